//! What is wrong is said in one line, with a next step, an exit code that is not 0, and a reason code for programs.

use crate::common::{Lie, chain, node};
use crate::{Folder, chains_json};
use serde_json::Value;
use std::{fs, net::TcpListener, process::Command};

/// Runs a command line that cannot work; says its exit code, its reason code and its one line for people.
fn failed(arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lianyan"));
    // Where no chains.json is.
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = crate::output(command.args(arguments));
    let said = String::from_utf8(output.stderr).expect("text");
    let answer = String::from_utf8(output.stdout).expect("text");
    assert_eq!(answer.lines().count(), 1, "{arguments:?}: {answer}");
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    assert_eq!(answer["verified"], false, "{arguments:?}: {answer}");
    let (reason, why) = (&answer["reason"], &answer["why"]);
    let why = why.as_str().expect("a sentence").to_string();
    if !said.is_empty() {
        assert_eq!(said, format!("lianyan: {why}\n"), "{arguments:?}");
    }
    let code = output.status.code().expect("a code");
    (code, reason.as_str().expect("a code").into(), why)
}

#[test]
fn a_wrong_command_line_is_answered_with_what_it_takes() {
    let chain = ["light", "--chain-id", "x"];
    for (arguments, part) in [
        (&[][..], "`lianyan help`"),
        (&["lihgt"], "no such command: lihgt"),
        (&["proof", "mkae"], "no such command: proof mkae"),
        (&["light", "--hieght", "5"], "invalid option '--hieght'"),
        (&["light", "--height", "0"], "a height from 1 on, not \"0\""),
        (
            &["light", "--trust-hash", "e8"],
            "64 hex digits, not \"e8\"",
        ),
        (&["light", "--trust-level", "2"], "2/3, not \"2\""),
        (
            &["light", "--every", "5"],
            "336h, 1h30m or 500ms, not \"5\"",
        ),
        (
            &["light", "--serve", "8888"],
            "127.0.0.1:8888, not \"8888\"",
        ),
        (
            &["light", "--node", "bank:1"],
            "http://127.0.0.1:26657, not \"bank:1\"",
        ),
        (&["light", "--witness", "bank"], "--witness takes"),
        (&["check", "x", "--node", "bank"], "--node takes"),
        (&["proof", "verify", "x", "--node", "bank"], "--node takes"),
        (&["proof", "verify", "x", "y"], "unexpected argument"),
        (&["checkpoint", "sign", "--node", "bank"], "--node takes"),
        (
            &["step", "--now", "2026"],
            "2026-01-01T00:00:00Z, not \"2026\"",
        ),
        (
            &["light", "--serve", "127.0.0.1:0", "--once"],
            "--serve and --once",
        ),
        (
            &["light", "--serve", "127.0.0.1:0", "--height", "1"],
            "--serve and --height",
        ),
        (&chain, "--chain-id with --trust-height and --trust-hash"),
        (&["light"], "name it with --chain"),
        (&["check", "x"], "name it with --chain"),
    ] {
        let (code, reason, why) = failed(arguments);
        assert_eq!((code, reason.as_str()), (64, "usage"), "{arguments:?}");
        assert!(why.contains(part), "{arguments:?}: {why}");
    }
}

#[test]
fn what_cannot_be_read_written_or_listened_at_is_named() {
    let folder = Folder::new("wrong");
    fs::create_dir_all(&folder.0).expect("a folder");
    let path = |name: &str| folder.0.join(name).display().to_string();
    let write = |name: &str, text: &str| {
        fs::write(path(name), text).expect("writes");
        path(name)
    };
    let nodes = [node(|| Lie::None), node(|| Lie::None)];
    let chains = write("chains.json", &chains_json(&nodes));
    let torn = write("torn.json", "{");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = taken.local_addr().expect("bound").to_string();
    let (gone, here) = (path("gone"), folder.0.display().to_string());
    let picture = path("gone.png");
    let below = path("torn.json/store");
    for (arguments, named, part) in [
        (
            &["light", "--chain", &gone][..],
            &gone,
            "--chain names a file",
        ),
        (&["light", "--chain", &torn], &torn, "not JSON"),
        (
            &["light", "--chain", &chains, "--store", &torn],
            &torn,
            "--store names a folder",
        ),
        (
            &["light", "--chain", &chains, "--store", &below],
            &below,
            "--store names a folder",
        ),
        (
            &["light", "--chain", &chains, "--serve", &taken],
            &taken,
            "a free port",
        ),
        (
            &["light", "--chain", &chains, "--checkpoint", &gone],
            &gone,
            "No such file",
        ),
        (
            &["check", &picture, "--chain", &chains],
            &picture,
            "No such file",
        ),
        (&["check", &here, "--chain", &chains], &here, "directory"),
        (&["scan", &gone], &gone, "No such file"),
        (&["proof", "show", &torn], &torn, "not a proof file"),
        (
            &["proof", "verify", &gone, "--chain", &chains],
            &gone,
            "No such file",
        ),
        (&["evidence", "show", &torn], &torn, "not a proven fork"),
        (
            &["checkpoint", "verify", &torn, "--chain", &chains],
            &torn,
            "no signed checkpoint",
        ),
    ] {
        let (code, reason, why) = failed(arguments);
        assert_eq!((code, reason.as_str()), (65, "unreadable"), "{arguments:?}");
        let begins = why.starts_with(named.as_str());
        assert!(begins && why.contains(part), "{arguments:?}: {why}");
    }
}

#[test]
fn nodes_that_do_not_give_the_checkpoint_are_named_with_what_each_of_them_said() {
    let folder = Folder::new("wrong-nodes");
    fs::create_dir_all(&folder.0).expect("a folder");
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = format!("http://{}", silent.local_addr().expect("bound"));
    let nodes = [silent, node(crate::forked)];
    let file = folder.0.join("chains.json");
    let wrong =
        chains_json(&nodes).replace(&hex::encode(chain().header(1).hash()), &"7".repeat(64));
    fs::write(&file, wrong).expect("writes");
    let mut command = Command::new(env!("CARGO_BIN_EXE_lianyan"));
    command.args(["light", "--once", "--chain"]).arg(&file);
    let (code, line) = crate::run(&mut command);
    assert_eq!((code, &line["reason"]), (2, &"checkpoint-not-given".into()));
    let said = |at: usize| {
        (
            line["nodes"][at]["node"].clone(),
            line["nodes"][at]["said"].clone(),
        )
    };
    assert_eq!(said(0), (nodes[0].clone().into(), "unreachable".into()));
    assert_eq!(
        said(1),
        (nodes[1].clone().into(), "wrong-checkpoint".into())
    );
}
