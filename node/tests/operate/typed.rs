//! Blocks of commands in docs/operate.md, typed into a shell.

use super::homes::Homes;
use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

const OPERATE: &str = include_str!("../../../docs/operate.md");
/// What a block may name of the machine that it is typed at.
const PLACES: [&str; 4] = [" /backup", " /etc/", " /var/lib/", " /usr/local/bin/"];
/// The node's home on a machine.
pub const HOME: &str = "var/lib/lianyan";

/// The block of commands with this in it.
pub fn block(word: &str) -> &'static str {
    let blocks = OPERATE.split("```").skip(1).step_by(2);
    let found = blocks
        .filter(|block| block.contains(word))
        .collect::<Vec<_>>();
    assert_eq!(found.len(), 1, "{word}");
    found[0]
}

/// A machine in a folder, with one user.
pub struct Machine(TempDir);

impl Machine {
    /// It has `lianyan-node`, and a `systemctl` that writes down what it is told.
    pub fn new() -> Self {
        let machine = Self(tempfile::tempdir().expect("a folder"));
        for folder in ["bin", "var/lib", "etc/systemd/system"] {
            fs::create_dir_all(machine.path(folder)).expect("a folder");
        }
        let node = machine.path("bin/lianyan-node");
        symlink(env!("CARGO_BIN_EXE_lianyan-node"), node).expect("a program");
        let told = machine.path("told").display().to_string();
        machine.program("systemctl", &format!("echo \"$@\" >> {told}"));
        machine
    }

    /// One with a founder's home.
    pub fn of_a_founder() -> Self {
        let (machine, homes) = (Self::new(), Homes::founded());
        fs::rename(homes.home("tax"), machine.path(HOME)).expect("moves");
        machine
    }

    /// Where something is.
    pub fn path(&self, place: &str) -> PathBuf {
        self.0.path().join(place)
    }

    /// What a file says.
    pub fn text(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).expect(file)
    }

    /// Writes a file.
    pub fn put(&self, file: &str, text: &str) {
        fs::write(self.path(file), text).expect(file);
    }

    /// Puts a program in place of the one that is called so.
    pub fn program(&self, name: &str, script: &str) {
        let file = self.path("bin").join(name);
        fs::write(&file, format!("#!/bin/sh\n{script}\n")).expect("writes");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("a program");
    }

    /// Types a block in a folder: whether the last command of it went well.
    pub fn type_in(&self, folder: &Path, block: &str) -> bool {
        let root = self.0.path().display();
        let mut typed = block.replace("-o lianyan -g lianyan ", "");
        for place in PLACES {
            typed = typed.replace(place, &format!(" {root}{}", place.trim_start()));
        }
        let path = std::env::var("PATH").expect("programs");
        let mut shell = Command::new("sh");
        shell.args(["-c", &typed]).current_dir(folder);
        shell.env("PATH", format!("{root}/bin:{path}"));
        let done = shell.output().expect("a shell");
        println!(
            "{}",
            String::from_utf8_lossy(&[done.stdout, done.stderr].concat())
        );
        done.status.success()
    }

    /// What `systemctl` was told.
    pub fn told(&self) -> String {
        self.text("told")
    }
}

/// Every file in a folder and in those within it, by its path there.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(&at).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("within").to_owned();
                found.insert(name, fs::read(&path).expect("readable"));
            }
        }
    }
    found
}

/// *Attack: the node is down, and an empty file takes the place of what every visitor trusts.*
#[test]
fn a_checkpoint_is_renewed_by_a_whole_answer_alone() {
    if Command::new("jq").arg("--version").output().is_err() {
        println!("SKIPPED: jq is absent");
        return;
    }
    let machine = Machine::new();
    machine.program(
        "curl",
        "case $2 in *height=900) cat other;; *) cat answer;; esac",
    );
    let folder = machine.path("etc");
    let file = folder.join("chains.json");
    let old = r#"{"chains":[{"id":"jiangbin-57dc52fa","checkpoint":{"height":1,"hash":"aa"}}]}"#;
    fs::write(&file, old).expect("writes");
    let renew_beside = |answer: &str, other: &str| {
        fs::write(folder.join("answer"), answer).expect("writes");
        fs::write(folder.join("other"), other).expect("writes");
        machine.type_in(&folder, block("chains.new"))
    };
    let renew = |answer: &str| renew_beside(answer, answer);
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
        assert!(!renew(&bad), "{bad}");
        assert_eq!(fs::read_to_string(&file).expect("is there"), old, "{bad}");
    }
    // *Attack: the node was led to another chain, and every new visitor follows it.*
    for other in [&answer("900", &"CD".repeat(32)), "{}", ""] {
        assert!(!renew_beside(&whole, other), "{other}");
        assert_eq!(fs::read_to_string(&file).expect("is there"), old, "{other}");
    }
    assert!(renew(&whole));
    let new: serde_json::Value =
        serde_json::from_slice(&fs::read(&file).expect("is there")).expect("JSON");
    let checkpoint = serde_json::json!({ "height": 900, "hash": "ab".repeat(32) });
    assert_eq!(new["chains"][0]["checkpoint"], checkpoint);
    assert_eq!(new["chains"][0]["id"], "jiangbin-57dc52fa");
}
