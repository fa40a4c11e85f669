//! The files that a visitor finds under `/try`.

use super::*;
use crate::demo::random::seed;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use records::codes::{self, Scanned};
use serde_json::Value;
use std::{collections::HashSet, fs};

const PAGE: &str = "http://127.0.0.1:8080/";

#[test]
fn the_files_are_what_docs_demo_md_says() {
    let (script, ledger) = small();
    let folder = tempfile::tempdir().expect("a folder");
    script.write_try(folder.path(), PAGE).expect("written");
    let read = |file: &str| fs::read(folder.path().join(file)).expect("is there");
    let demo: Value = serde_json::from_slice(&read("demo.json")).expect("JSON");
    let list = |name: &str| demo[name].as_array().expect("a list").clone();
    let mut names = HashSet::new();
    for invoice in list("invoices") {
        let text = invoice["text"].as_str().expect("a text");
        assert!(!matches!(codes::read(text), Scanned::Text(_)), "{text}");
        let picture = read(invoice["png"].as_str().expect("a picture"));
        assert_eq!(decoded(&picture), text);
        names.insert(invoice["name"].as_str().expect("a name").to_owned());
    }
    for name in [
        "genuine",
        "altered",
        "red",
        "reimbursed",
        "unknown",
        "digital",
        "metro",
        "bill",
    ] {
        assert!(names.contains(name), "{name}");
    }
    for vote in list("votes") {
        assert!(vote["free_rooms"].is_array() && vote["title"].is_string());
    }
    for record in list("records") {
        let (kind, id) = (record["kind"].as_str(), record["id"].as_str());
        let name = RecordName::new(kind.expect("a kind"), id.expect("an id")).expect("a name");
        assert!(ledger.states.contains_key(&name), "{name}");
    }
    assert!(list("identities").len() >= 10);
    let shared = |one: &&Value| {
        one["file"]
            .as_str()
            .is_some_and(|file| file.contains("co-owner"))
    };
    assert_eq!(list("identities").iter().filter(shared).count(), 2);
}

/// What a scanner reads from a picture.
fn decoded(picture: &[u8]) -> String {
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture))
        .read_info()
        .expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("fits")];
    let frame = reader.next_frame(&mut pixels).expect("a frame");
    let picture = scanner::Picture::new(frame.width, frame.height, &pixels).expect("a picture");
    let standing_still = || 0.0;
    let budget = scanner::Budget::new(&standing_still, 1.0);
    let outcome = scanner::scan(picture, &budget, &|_| true, &mut |_| ());
    outcome.texts.first().cloned().unwrap_or_default()
}

#[test]
fn identity_files_hold_the_keys_that_the_records_know() {
    let (script, ledger) = small();
    let folder = tempfile::tempdir().expect("a folder");
    script.write_try(folder.path(), PAGE).expect("written");
    let mut roles = HashSet::new();
    for file in fs::read_dir(folder.path().join("identities")).expect("a folder") {
        let bytes = fs::read(file.expect("a file").path()).expect("is there");
        assert!(bytes.len() < 256 * 1024);
        let identity: Value = serde_json::from_slice(&bytes).expect("JSON");
        let role = identity["role"].as_str().expect("a role");
        roles.insert(role.to_owned());
        let own =
            records::hash::parse_hash(identity["seed"].as_str().expect("a seed")).expect("hex");
        match role {
            "patient" => check_patient(&identity, &own, ledger),
            "member" => check_member(&identity, &own, ledger),
            "owner" => check_owner(&identity, &own, ledger),
            other => panic!("{other}"),
        }
    }
    assert_eq!(roles.len(), 3);
    assert_ne!(seed(&["a", "b"]), seed(&["ab"]));
}

fn derived(own: &[u8; 32], kind: &str, id: &str) -> PublicKey {
    let seed =
        records::hash::sha256(&[b"lianyan/key/1", own, kind.as_bytes(), &[0], id.as_bytes()]);
    SecretKey::from_seed(&seed).public()
}

fn check_patient(identity: &Value, own: &[u8; 32], ledger: &Ledger) {
    use records::kinds::consent::{READ_FIELDS, document::Document, grant::Grant, read::Read};
    for known in identity["documents"].as_array().expect("documents") {
        let id = known["id"].as_str().expect("an id");
        let document: Document = ledger.find("document", id).expect("proposed");
        let key = derived(own, "document", id);
        assert!([Some(document.patient), document.guardian].contains(&Some(key)));
    }
    for known in identity["grants"].as_array().into_iter().flatten() {
        let id = known["id"].as_str().expect("an id");
        let grant: Grant = ledger.find("grant", id).expect("given");
        assert_eq!(grant.by, derived(own, "grant", id));
    }
    // What the hospital handed over tells the reasons of its readings.
    for known in identity["reads"].as_array().into_iter().flatten() {
        let read: Read = ledger
            .find("read", known["id"].as_str().expect("an id"))
            .expect("read");
        let opening = known["opening"].as_str().expect("an opening");
        let opening = BASE64_URL_SAFE_NO_PAD.decode(opening).expect("base64url");
        let root = read.root.expect("a commitment").0;
        let opened = READ_FIELDS.open(&opening, &root).expect("opens");
        assert!(!opened[0].1.is_empty());
    }
}

fn check_member(identity: &Value, own: &[u8; 32], ledger: &Ledger) {
    let id = identity["member"].as_str().expect("a member");
    let member: Member = ledger.find("member", id).expect("admitted");
    assert!(member.owns(&SecretKey::from_seed(own).public()));
}

fn check_owner(identity: &Value, own: &[u8; 32], ledger: &Ledger) {
    use records::kinds::{ballot::Seat, vote::Vote};
    let ballots = identity["ballots"].as_array().expect("ballots");
    assert!(!ballots.is_empty());
    for ballot in ballots {
        let seat: Seat = records::shape::json::deserialize(ballot).expect("a seat");
        let vote: Vote = ledger.find("vote", &seat.vote).expect("opened");
        assert_eq!(
            vote.roster.verify(&seat.entry, seat.index, &seat.path),
            Ok(())
        );
        let key = SecretKey::from_seed(own).public();
        let owners = seat.entry.owners.as_deref().unwrap_or_default();
        assert!(seat.entry.key == Some(key) || owners.contains(&key));
    }
}
