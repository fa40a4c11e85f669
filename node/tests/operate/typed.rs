//! Blocks of commands in docs/operate.md, typed into a shell.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

const OPERATE: &str = include_str!("../../../docs/operate.md");

/// The block of commands with this in it.
fn block(word: &str) -> &'static str {
    let blocks = OPERATE.split("```").skip(1).step_by(2);
    let found = blocks
        .filter(|block| block.contains(word))
        .collect::<Vec<_>>();
    assert_eq!(found.len(), 1, "{word}");
    found[0]
}

/// Types a block in a folder, where `curl` gives this answer.
fn type_in(folder: &Path, block: &str, answer: &str) {
    let curl = folder.join("curl");
    fs::write(folder.join("answer"), answer).expect("writes");
    fs::write(&curl, "#!/bin/sh\ncat answer\n").expect("writes");
    fs::set_permissions(&curl, fs::Permissions::from_mode(0o755)).expect("a program");
    let path = std::env::var("PATH").expect("programs");
    let mut shell = Command::new("sh");
    shell.args(["-c", block]).current_dir(folder);
    shell.env("PATH", format!("{}:{path}", folder.display()));
    shell.stdout(Stdio::null()).stderr(Stdio::null());
    shell.status().expect("a shell");
}

/// *Attack: the node is down, and an empty file takes the place of what every visitor trusts.*
#[test]
fn a_checkpoint_is_renewed_by_a_whole_answer_alone() {
    if Command::new("jq").arg("--version").output().is_err() {
        println!("SKIPPED: jq is absent");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("chains.json");
    let old = r#"{"chains":[{"id":"jiangbin-57dc52fa","checkpoint":{"height":1,"hash":"aa"}}]}"#;
    fs::write(&file, old).expect("writes");
    let answer = |height: &str, hash: &str| {
        format!(
            r#"{{"result":{{"signed_header":{{"commit":{{"height":"{height}","block_id":{{"hash":"{hash}"}}}}}}}}}}"#
        )
    };
    let whole = answer("900", &"AB".repeat(32));
    let bad = [
        String::new(),
        "{}".into(),
        r#"{"error":{"code":-32603}}"#.into(),
        whole[..40].into(),
        answer("0", ""),
        answer("900", ""),
    ];
    for bad in bad {
        type_in(folder.path(), block("chains.new"), &bad);
        assert_eq!(fs::read_to_string(&file).expect("is there"), old, "{bad}");
    }
    type_in(folder.path(), block("chains.new"), &whole);
    let new: serde_json::Value =
        serde_json::from_slice(&fs::read(&file).expect("is there")).expect("JSON");
    let checkpoint = serde_json::json!({ "height": 900, "hash": "ab".repeat(32) });
    assert_eq!(new["chains"][0]["checkpoint"], checkpoint);
    assert_eq!(new["chains"][0]["id"], "jiangbin-57dc52fa");
}
