//! Step 7 of docs/operate.md as it is typed.

use super::typed::{HOME, Machine, block, files};
use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

const BACKUP: &str = "backup/lianyan.tar.gz";
const KEY: &str = "config/priv_validator_key.json";
const SIGNED: &str = "data/priv_validator_state.json";
const SOCKET: &str = "application.sock";

/// *Attack: the disk is full, and the only copy of the blobs is cut to nothing before the new one is whole.*
#[test]
fn a_backup_that_fails_leaves_the_one_before() {
    let machine = Machine::new();
    fs::create_dir(machine.path("backup")).expect("a folder");
    machine.put(BACKUP, "the one before");
    machine.program(
        "tar",
        r#"while [ "$1" != -czf ]; do shift; done; echo half > "$2"; exit 2"#,
    );
    assert!(machine.type_in(&machine.path("."), block("-czf")));
    let left = fs::read_dir(machine.path("backup")).expect("a folder");
    assert_eq!(left.count(), 1, "what is half fills the disk");
    assert_eq!(machine.text(BACKUP), "the one before");
    let told = machine.told();
    let told: Vec<&str> = told.lines().collect();
    let both = [
        "stop lianyan-comet lianyan-app",
        "start lianyan-app lianyan-comet",
    ];
    assert_eq!(told, both);
}

/// *Attack: what the validator signed last is put back from the past, and it signs once more.*
#[test]
fn all_comes_back_from_a_backup_but_what_was_signed() {
    let machine = Machine::of_a_founder();
    let home = machine.path(HOME);
    let at = |file: &str| format!("{HOME}/{file}");
    machine.put(&at(SIGNED), r#"{"height":"90","round":0,"step":3}"#);
    machine.put(&at(SOCKET), "");
    machine.put(&at("application/blob"), "sealed");
    assert!(machine.type_in(&machine.path("."), block("-czf")));

    let (died, copies) = (machine.path("died"), machine.path("copies"));
    fs::rename(&home, &died).expect("moves");
    fs::create_dir(&home).expect("a folder");
    fs::create_dir(&copies).expect("a folder");
    fs::copy(machine.path(BACKUP), copies.join("lianyan.tar.gz")).expect("copies");
    fs::copy(died.join(KEY), copies.join("priv_validator_key.json")).expect("copies");
    assert!(machine.type_in(&copies, block("-xzpf")));
    assert!(!home.join(SIGNED).exists());
    assert!(machine.type_in(&home, block(r#""step":0"#)));

    let (mut before, mut after) = (files(&died), files(&home));
    before.remove(Path::new(SOCKET)).expect("a socket");
    before.remove(Path::new(SIGNED)).expect("signed");
    let signed = after.remove(Path::new(SIGNED)).expect("begun anew");
    assert_eq!(after, before);
    let signed: Value = serde_json::from_slice(&signed).expect("JSON");
    assert_eq!(signed, json!({ "height": "0", "round": 0, "step": 0 }));
    for file in [KEY, SIGNED, "member.json"] {
        let mode = fs::metadata(home.join(file)).expect(file).permissions();
        assert_eq!(mode.mode() & 0o777, 0o600, "{file}");
    }
}
