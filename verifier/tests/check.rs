//! `lianyan check` and `lianyan scan` as processes: every exit code, with the JSON that goes with it.

#[path = "common/mod.rs"]
mod common;

use common::{Lie, PRINTED, chain, lie, link, node};
use scanner::testing::{Kind, photo_of};
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    process::{Command, Output},
};

/// Files of this test alone, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("lianyan-check-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("makes a folder");
        Self(path)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).expect("writes");
        path.to_string_lossy().into_owned()
    }

    /// `chains.json` for nodes of three members. The tests' chain was made at the beginning of 2026.
    fn chains(&self, nodes: [String; 3]) -> String {
        let members = ["tax", "notary", "regulator"];
        let named = |(url, member): (&String, &str)| json!({ "url": url, "member": member });
        let nodes: Vec<Value> = nodes.iter().zip(members).map(named).collect();
        let chains = json!({ "chains": [{
            "id": records::testing::CHAIN, "name": "测试链", "name_en": "Test chain", "dev": true,
            "checkpoint": { "height": 1, "hash": hex::encode(chain().header(1).hash()) },
            "nodes": nodes, "trusting_period_seconds": 3_240_000_000_u64, "fresh_seconds": 3_000_000_000_u64,
        }]});
        self.file("chains.json", chains.to_string())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn lianyan(words: &[&str]) -> (i32, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lianyan"));
    let Output { status, stdout, .. } = command.args(words).output().expect("runs");
    let line = stdout.split(|byte| *byte == b'\n').next();
    let line = serde_json::from_slice(line.unwrap_or_default());
    (status.code().expect("a code"), line.unwrap_or_default())
}

fn honest() -> [String; 3] {
    [0; 3].map(|_| node(|| Lie::None))
}

#[test]
fn every_outcome_has_its_exit_code() {
    let folder = Folder::new("outcomes");
    let chains = folder.chains(honest());
    let altered = PRINTED.replace("356.60", "956.60");
    let unknown = PRINTED.replace("26105568", "26105569");
    let link = link();
    for (text, code, outcome) in [
        (link.as_str(), 0, "verified"),
        (&altered, 1, "rejected"),
        (&unknown, 1, "absent"),
        ("no code at all", 2, "not-established"),
    ] {
        let (exit, said) = lianyan(&["check", text, "--chain", &chains]);
        assert_eq!(
            (exit, &said["outcome"]),
            (code, &json!(outcome)),
            "{said:#}"
        );
    }
    let dead = folder.chains([7, 8, 9].map(|port| format!("http://127.0.0.1:{port}")));
    let (exit, said) = lianyan(&["check", &link, "--chain", &dead]);
    assert_eq!(
        (exit, &said["outcome"]),
        (2, &json!("not-established")),
        "{said:#}"
    );
}

#[test]
fn where_every_node_lies_nothing_is_established() {
    let folder = Folder::new("lies");
    let bent = || {
        lie(|method, _, mut answer| {
            if method == "abci_query" {
                answer["result"]["response"]["value"] = "AAAA".into();
            }
            answer
        })
    };
    let chains = folder.chains([0; 3].map(|_| node(bent)));
    let (exit, said) = lianyan(&["check", &link(), "--chain", &chains]);
    assert_eq!(
        (exit, &said["outcome"]),
        (2, &json!("not-established")),
        "{said:#}"
    );
    assert_eq!(said["nodes"][0]["state"], "refuted", "{said:#}");
}

#[test]
fn a_file_is_read_whether_it_holds_a_text_or_a_picture() {
    let folder = Folder::new("files");
    let chains = folder.chains(honest());
    let text = folder.file("code.txt", link());
    let (exit, said) = lianyan(&["check", &text, "--chain", &chains]);
    assert_eq!(
        (exit, &said["outcome"]),
        (0, &json!("verified")),
        "{said:#}"
    );
    let photo = photo_of(PRINTED, Kind::Faint, 3).expect("a photo");
    let picture = folder.file("photo.png", photo.to_png().expect("a picture"));
    let (exit, said) = lianyan(&["check", &picture, "--chain", &chains]);
    assert_eq!(said["id"], common::INVOICE, "{said:#}");
    assert_eq!(exit, 0, "{said:#}");
    let torn = folder.file("torn.png", [0x89, b'P', b'N', b'G', 0xff, 0xfe]);
    assert_eq!(lianyan(&["check", &torn, "--chain", &chains]).0, 65);
    assert_eq!(lianyan(&["check", &text, "--chain", "nowhere.json"]).0, 65);
    assert_eq!(lianyan(&["check"]).0, 64);
}

#[test]
fn a_scan_prints_each_text_and_says_where_there_is_none() {
    let folder = Folder::new("scan");
    let photo = photo_of(PRINTED, Kind::SecondCode, 4).expect("a photo");
    let picture = folder.file("two.png", photo.to_png().expect("a picture"));
    let (exit, said) = lianyan(&["scan", &picture]);
    assert_eq!(exit, 0, "{said:#}");
    assert!(said.to_string().contains("26105568"), "{said:#}");
    let words = folder.file("words.png", "no picture");
    assert_eq!(lianyan(&["scan", &words]).0, 65);
}

#[test]
fn a_short_proof_fits_a_code_and_is_completed_where_nodes_answer() {
    let folder = Folder::new("short");
    let chains = folder.chains(honest());
    let short = folder.file("short.proof", "");
    let record = link();
    let make = ["proof", "make", &record, "--short", "-o", &short];
    let (exit, made) = lianyan(&[&make[..], &["--chain", &chains]].concat());
    assert_eq!((exit, &made["code"]["fits"]), (0, &json!(true)), "{made:#}");
    let link = made["link"].as_str().expect("a link");
    assert_eq!(made["code"]["link_bytes"], link.len(), "{made:#}");
    let bytes = std::fs::read(&short).expect("written");
    assert_eq!(made["bytes"], bytes.len(), "{made:#}");
    let (exit, shown) = lianyan(&["proof", "show", &short]);
    assert_eq!((exit, &shown["height"]), (0, &json!("3")), "{shown:#}");
    assert_eq!(shown["verified"], false);
    assert_eq!(
        (&shown["link"], &shown["hash"]),
        (&json!(link), &made["hash"])
    );

    let verify = |file: &str, chains: &str| lianyan(&["proof", "verify", file, "--chain", chains]);
    let (exit, said) = verify(&short, &chains);
    assert_eq!(
        (exit, &said["headline"], &said["proof"]),
        (0, &json!("proven-as-of"), &made["hash"]),
        "{said:#}"
    );
    let scanned = ["https://any.example/", link].concat();
    let (exit, same) = lianyan(&["check", &scanned, "--chain", &chains]);
    // Who made the link chose its height: that the invoice was unclaimed then is no answer to whether it is.
    assert_eq!((exit, &same["proof"]), (2, &said["proof"]), "{same:#}");
    let dead = folder.chains([7, 8, 9].map(|port| format!("http://127.0.0.1:{port}")));
    let (exit, said) = verify(&short, &dead);
    assert_eq!(
        (exit, &said["outcome"], &said["headline"]),
        (2, &json!("not-established"), &json!("checkpoint-not-given")),
        "{said:#}"
    );
    // Renewed it is whole, and needs no node any more.
    let chains = folder.chains(honest());
    let whole = folder.file("whole.proof", "");
    let (exit, said) = lianyan(&["proof", "renew", &short, "-o", &whole, "--chain", &chains]);
    assert_eq!((exit, &said["code"]), (0, &Value::Null), "{said:#}");
    let dead = folder.chains([7, 8, 9].map(|port| format!("http://127.0.0.1:{port}")));
    assert_eq!(verify(&whole, &dead).0, 0);
    let bent = folder.file("bent.proof", [&bytes[..], &[0]].concat());
    assert_eq!(verify(&bent, &dead).0, 65);
}

/// *Attack: one node, named twice, confirms its own header.*
#[test]
fn a_node_under_two_names_is_no_witness_to_itself() {
    let folder = Folder::new("names");
    let nodes = honest();
    let chains = folder.chains(nodes.clone());
    let [one, other, _] = nodes;
    let same = one.replace("127.0.0.1", "localhost");
    for (second, code, headline) in [
        (&same, 2, "no-other-node"),
        (&other, 0, "invoice-unchanged-unclaimed"),
    ] {
        let named = ["--node", &one, "--node", second, "--chain", &chains];
        let (exit, said) = lianyan(&[&["check", &link()][..], &named].concat());
        assert_eq!(
            (exit, &said["headline"]),
            (code, &json!(headline)),
            "{said:#}"
        );
    }
}

#[test]
fn several_proofs_go_into_a_folder_and_each_is_read_by_whoever_knows_its_chain() {
    let folder = Folder::new("several");
    let chains = folder.chains(honest());
    let out = folder.file("several", "");
    std::fs::remove_file(&out).expect("removes");
    let invoice = format!("invoice/{}", common::INVOICE);
    let make = ["proof", "make", &invoice, "quota/shop", "-o", &out];
    let (exit, made) = lianyan(&[&make[..], &["--chain", &chains]].concat());
    assert_eq!((exit, &made["made"]), (0, &json!(true)), "{made:#}");
    let file = made["file"].as_str().expect("a file").to_owned();
    assert_eq!(std::fs::read_dir(&out).expect("made").count(), 2);
    let half = std::fs::read(&file).expect("written");
    let half = folder.file("half.proof", &half[..half.len() / 2]);
    assert_eq!(lianyan(&["proof", "show", &half]).0, 65);
    let verify = ["proof", "verify", &half, "--chain", &chains];
    assert_eq!(lianyan(&verify).0, 65);
    // Both ways to say that the chain is another one's.
    let text = std::fs::read_to_string(&chains).expect("written");
    let other = folder.file(
        "other.json",
        text.replace(records::testing::CHAIN, "dev-other-1"),
    );
    let (exit, said) = lianyan(&["proof", "verify", &file, "--chain", &other]);
    let unknown = json!("proof-chain-unknown");
    assert_eq!((exit, &said["headline"]), (2, &unknown), "{said:#}");
    let (exit, said) = lianyan(&["proof", "renew", &file, "-o", &half, "--chain", &other]);
    assert_eq!((exit, &said["reason"]), (2, &unknown), "{said:#}");
}
