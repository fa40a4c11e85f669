//! Step 7 of docs/operate.md as it is typed.

use super::typed::{Machine, block};
use std::fs;

const BACKUP: &str = "backup/lianyan.tar.gz";

/// *Attack: the disk is full, and the only copy of the blobs is cut to nothing before the new one is whole.*
#[test]
fn a_backup_that_fails_leaves_the_one_before() {
    let machine = Machine::new();
    fs::create_dir(machine.path("backup")).expect("a folder");
    fs::write(machine.path(BACKUP), "the one before").expect("writes");
    machine.program(
        "tar",
        r#"while [ "$1" != -czf ]; do shift; done; echo half > "$2"; exit 2"#,
    );
    assert!(machine.type_in(&machine.path("."), block("-czf")));
    let left = fs::read_dir(machine.path("backup")).expect("a folder");
    assert_eq!(left.count(), 1, "what is half fills the disk");
    let text = fs::read_to_string(machine.path(BACKUP)).expect("is there");
    assert_eq!(text, "the one before");
    let told = machine.told();
    let told: Vec<&str> = told.lines().collect();
    let both = [
        "stop lianyan-comet lianyan-app",
        "start lianyan-app lianyan-comet",
    ];
    assert_eq!(told, both);
}
