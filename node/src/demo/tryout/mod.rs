//! The files of `/try`: what there is to try, as `docs/demo.md` describes them.

mod codes;
mod identities;
mod qr;

use super::Script;
use serde_json::{Value, json};
use std::{fs, io, path::Path};

pub(super) fn write(script: &Script, dir: &Path, page: &str) -> io::Result<()> {
    fs::create_dir_all(dir.join("identities"))?;
    let mut invoices = Vec::new();
    for code in codes::all(&script.showcase, page) {
        let picture = format!("{}.png", code.name);
        fs::write(dir.join(&picture), qr::png(&code.text)?)?;
        invoices.push(json!({
            "name": code.name, "title": code.title, "title_en": code.title_en, "text": code.text, "png": picture,
        }));
    }
    let mut identities = Vec::new();
    for identity in identities::all(script) {
        let file = format!("identities/{}.json", identity.file);
        fs::write(dir.join(&file), identity.encode()?)?;
        identities.push(json!({
            "role": identity.role.name(), "title": identity.title, "title_en": identity.title_en, "file": file,
        }));
    }
    let document = json!({
        "invoices": invoices,
        "identities": identities,
        "votes": votes(script),
        "records": records(script),
    });
    fs::write(dir.join("demo.json"), serde_json::to_vec_pretty(&document)?)
}

/// The open votes first.
fn votes(script: &Script) -> Vec<Value> {
    let mut held: Vec<_> = script.votes.held.iter().collect();
    held.sort_by_key(|held| !held.is_open);
    held.into_iter()
        .map(|held| {
            json!({ "id": held.id, "title": held.title, "title_en": held.title_en, "free_rooms": held.free_rooms })
        })
        .collect()
}

fn records(script: &Script) -> Vec<Value> {
    let record = |kind: &str, id: &str, title: &str, title_en: &str| json!({ "kind": kind, "id": id, "title": title, "title_en": title_en });
    let mut records = vec![
        record(
            "consortium",
            "main",
            "联盟成员与表决权",
            "Members and their power",
        ),
        record(
            "quota",
            "skyline-restaurant",
            "餐厅的领票与开票数",
            "How many invoices the restaurant may issue, and has",
        ),
        record(
            "fiscal-quota",
            super::members::GROUP,
            "医院从财政局领用的票据数",
            "How many bills the finance bureau granted the hospital",
        ),
        record(
            "quota",
            super::invoices::SCARCE,
            "领票额度已用完的面包房",
            "A bakery that has used up its quota",
        ),
    ];
    records.extend(
        script
            .medical
            .shown
            .iter()
            .map(|shown| record(shown.kind, &shown.id, shown.title, shown.title_en)),
    );
    let closed = script.votes.held.iter().filter(|held| !held.is_open);
    records.extend(closed.map(|held| record("vote", held.id, held.title, held.title_en)));
    records
}
