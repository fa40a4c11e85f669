//! `lianyan proof`: proof files made, shown, verified and renewed.

use crate::{
    Exit, Line, arguments, check, config,
    http::{Terminal, block_on},
    print, unreadable,
};
use arguments::{Make, Proof};
use light_client::sha256;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use verifier::{
    Reason,
    portable::{self, Asked, MAX_FILE, NotMade, Portable},
    verdict::{Outcome, Status, Verdict},
};

/// Runs the command.
pub fn run(proof: &Proof) -> Exit {
    match proof {
        Proof::Make(make) => self::make(make),
        Proof::Show(file) => show(file),
        Proof::Verify { file, chain } => verify(file, chain.as_deref()),
        Proof::Renew {
            file,
            out,
            nodes,
            chain,
        } => renew(file, out, nodes, chain.as_deref()),
    }
    .unwrap_or_else(|exit| exit)
}

fn make(make: &Make) -> Result<Exit, Exit> {
    let chain = config::chain(make.chain.as_deref(), &make.nodes)?;
    let mut worst = Exit::Verified;
    for what in &make.what {
        let mut asked = asked(what)?;
        if let Some(fields) = &make.show {
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            let why = "there are no openings of these fields to choose from";
            asked = asked
                .showing(&fields)
                .ok_or_else(|| unreadable(what, &why))?;
        }
        let out = place(make, &asked);
        let made = block_on(portable::make(&portable::beside(&Terminal), &chain, asked));
        worst = worst.max(keep(what, &out, made)?);
    }
    Ok(worst)
}

/// The question of a text, a file's text or picture, or a record's name.
fn asked(what: &str) -> Result<Asked, Exit> {
    let text = check::text_of(what).map_err(|why| unreadable(what, &why))?;
    let named = text.split_once('/').and_then(|(kind, id)| {
        records::registry::kind(kind)?;
        records::RecordName::new(kind, id)
    });
    Ok(match named {
        Some(name) => Asked::Record {
            kind: name.kind().into(),
            id: name.id().into(),
            opening: None,
        },
        None => Asked::text(&text),
    })
}

/// Where a file goes: where the command line says, and of several into that folder under the record's name.
fn place(make: &Make, asked: &Asked) -> PathBuf {
    if make.what.len() == 1 && !make.out.is_dir() {
        return make.out.clone();
    }
    let name = match asked {
        Asked::Record { kind, id, .. } => format!("{kind}-{id}"),
        Asked::Text(text) => hex::encode(sha256(&[text.as_bytes()])),
    };
    make.out.join([&name, ".proof"].concat())
}

fn keep(what: &str, out: &Path, made: Result<(Vec<u8>, Verdict), NotMade>) -> Result<Exit, Exit> {
    let (bytes, verdict) = match made {
        Ok(made) => made,
        Err(NotMade::Unreadable(error)) => return Err(unreadable(what, &error)),
        Err(error) => {
            let rows = vec![("not made".into(), error.to_string())];
            print(&Line {
                json: json!({ "made": false, "reason": error.code(), "why": error.to_string() }),
                rows,
            });
            return Ok(Exit::NotEstablished);
        }
    };
    let name = out.display().to_string();
    std::fs::write(out, &bytes).map_err(|error| unreadable(&name, &error))?;
    let hash = hex::encode(sha256(&[&bytes]));
    let rows = vec![
        ("file".into(), name.clone()),
        ("bytes".into(), bytes.len().to_string()),
        ("hash".into(), hash.clone()),
        ("proves".into(), verdict.headline.clone()),
    ];
    print(&Line {
        json: json!({ "made": true, "file": name, "bytes": bytes.len(), "hash": hash, "headline": verdict.headline, "facts": verdict.facts }),
        rows,
    });
    Ok(exit_of(&verdict))
}

fn show(file: &Path) -> Result<Exit, Exit> {
    let bytes = read(file)?;
    let name = file.display().to_string();
    let proof = Portable::decode(&bytes).map_err(|error| unreadable(&name, &error))?;
    let (header, last) = (proof.header(), proof.last());
    let asked = match proof.asked.clone() {
        Asked::Text(text) => json!({ "text": text }),
        Asked::Record { kind, id, opening } => {
            json!({ "kind": kind, "id": id, "opening_bytes": opening.map(|opening| opening.len()) })
        }
    };
    let [blocks, records, entries, headers, blobs] = proof.contents();
    let contents = json!({ "blocks": blocks, "records": records, "entries": entries, "headers": headers, "blobs": blobs });
    let hash = hex::encode(sha256(&[&bytes]));
    let rows = [
        ("verified", "no; see `lianyan proof verify`".to_string()),
        ("chain", proof.chain.clone()),
        ("asked", asked.to_string()),
        ("height", header.height.to_string()),
        ("time", header.time.to_string()),
        ("header", hex::encode(header.hash())),
        (
            "way",
            format!("{} to {}", proof.start.0.height, last.height),
        ),
        ("contents", contents.to_string()),
        ("bytes", bytes.len().to_string()),
        ("hash", hash.clone()),
    ];
    print(&Line {
        json: json!({
            "verified": false, "chain": proof.chain, "asked": asked, "bytes": bytes.len(), "hash": hash, "contents": contents,
            "height": header.height.to_string(), "time": header.time.to_string(), "header": hex::encode(header.hash()),
            "from": proof.start.0.height.to_string(), "to": last.height.to_string(),
        }),
        rows: rows.map(|(name, value)| (name.into(), value)).into(),
    });
    Ok(Exit::Verified)
}

fn verify(file: &Path, chain: Option<&Path>) -> Result<Exit, Exit> {
    let bytes = read(file)?;
    let chains = config::chains(chain)?;
    let verdict = block_on(portable::verify(
        &portable::beside(&Terminal),
        &chains,
        &bytes,
    ));
    let verdict = verdict.map_err(|error| unreadable(&file.display().to_string(), &error))?;
    let hash = hex::encode(sha256(&[&bytes]));
    let mut json = serde_json::to_value(&verdict).map_err(|error| unreadable("verdict", &error))?;
    if let Value::Object(fields) = &mut json {
        fields.insert("proof".into(), hash.clone().into());
    }
    let mut rows = check::rows(&verdict);
    let facts = verdict.facts.iter();
    rows.extend(facts.map(|(name, fact)| (name.clone(), fact.clone())));
    rows.push(("proof".into(), hash));
    print(&Line { json, rows });
    Ok(exit_of(&verdict))
}

fn renew(file: &Path, out: &Path, nodes: &[String], chain: Option<&Path>) -> Result<Exit, Exit> {
    let bytes = read(file)?;
    let name = file.display().to_string();
    let proof = Portable::decode(&bytes).map_err(|error| unreadable(&name, &error))?;
    let mut chains = config::chains(chain)?.into_iter();
    let Some(chain) = chains.find(|chain| chain.id == proof.chain) else {
        let why = format!("chains.json does not name its chain {}", proof.chain);
        return Err(unreadable(&name, &why));
    };
    let chain = config::asking(chain, nodes);
    let renewed = block_on(portable::renew(
        &portable::beside(&Terminal),
        &chain,
        &bytes,
    ));
    keep(&name, out, renewed)
}

/// A file's bytes; of one that is too long no more than tells so.
fn read(file: &Path) -> Result<Vec<u8>, Exit> {
    use std::io::Read;
    let most = u64::try_from(MAX_FILE)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut bytes = Vec::new();
    let read = std::fs::File::open(file).and_then(|file| file.take(most).read_to_end(&mut bytes));
    read.map_err(|error| unreadable(&file.display().to_string(), &error))?;
    Ok(bytes)
}

/// 0: it proves what it shows, as of its header, and the record was in force then.
fn exit_of(verdict: &Verdict) -> Exit {
    let last = verdict
        .facts
        .get("last")
        .and_then(|code| Reason::by_code(code));
    let out_of_force = last.is_some_and(|last| last.status == Status::OutOfForce);
    match verdict.outcome {
        Outcome::NotEstablished if verdict.headline == "proven-as-of" => {
            if out_of_force {
                Exit::Rejected
            } else {
                Exit::Verified
            }
        }
        Outcome::NotEstablished => Exit::NotEstablished,
        _ => Exit::Rejected,
    }
}
