//! Step 10 of docs/operate.md as it is typed: a validator's key is replaced.

use super::typed::{HOME, Machine, block};
use std::{fs, os::unix::fs::symlink, path::Path};

const SECOND: &str = "var/lib/lianyan-2";
const KEY: &str = "config/priv_validator_key.json";
const SIGNED: &str = "data/priv_validator_state.json";
const CONFIG: &str = "config/config.toml";

/// A machine whose validator is about to have another key, in a second home with units of its own.
fn machine() -> Machine {
    let machine = Machine::of_a_founder();
    let programs = machine.path("usr/local/bin");
    fs::create_dir_all(&programs).expect("a folder");
    // A program that knows every key stands for CometBFT.
    symlink("/bin/true", programs.join("cometbft")).expect("a program");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    assert!(machine.type_in(&source, block("keys rotate")));
    machine
}

/// Where a home's processes listen.
fn addresses(machine: &Machine, home: &str) -> Vec<String> {
    let config = machine.text(&format!("{home}/{CONFIG}"));
    let listens = |line: &&str| line.contains("addr = ") && !line.ends_with("\"\"");
    let lines = config.lines().filter(listens);
    lines.map(str::to_owned).collect()
}

#[test]
fn a_second_homes_units_are_about_nothing_of_the_first() {
    let machine = machine();
    for unit in ["app", "comet"] {
        let text = machine.text(&format!("etc/systemd/system/lianyan-2-{unit}.service"));
        let of_first = |text: &str| text.matches("lianyan-app").count();
        assert_eq!(of_first(&text), 0, "{text}");
        let homes = text.matches("/var/lib/lianyan").count();
        assert_eq!(homes, text.matches("/var/lib/lianyan-2").count(), "{text}");
        assert!(homes > 1, "{text}");
    }
    let [first, second] = [HOME, SECOND].map(|home| addresses(&machine, home));
    assert_eq!((first.len(), second.len()), (3, 3));
    assert!(
        first.iter().all(|address| !second.contains(address)),
        "{second:?}"
    );
}

/// *Attack: the blobs stay with the old home; or what the new key signed is written over, and it signs once more.*
#[test]
fn a_second_home_takes_the_place_of_the_first_with_all_that_it_had() {
    let machine = machine();
    let [first, second] = [HOME, SECOND].map(|home| move |file: &str| format!("{home}/{file}"));
    machine.put(&first("data/blocks"), "all");
    machine.put(&first("application/blob"), "sealed");
    machine.put(&first(SIGNED), "by the old key");
    machine.put(&second("data/blocks"), "since the snapshot");
    machine.put(&second("application/left"), "");
    machine.put(&second(SIGNED), "by the new key");
    let key = machine.text(&first(KEY));
    let listened = addresses(&machine, HOME);

    assert!(machine.type_in(&machine.path("."), block("-mindepth 1")));
    assert_eq!(machine.text(&second("data/blocks")), "all");
    assert_eq!(machine.text(&second("application/blob")), "sealed");
    assert!(!machine.path(&second("application/left")).exists());
    assert_eq!(machine.text(&second(SIGNED)), "by the new key");
    assert_eq!(machine.text(&first(SIGNED)), "by the old key");

    assert!(machine.type_in(&machine.path("."), block("doctor.service.d")));
    assert!(!machine.path(&first(KEY)).exists());
    assert_eq!(machine.text(&first("ended_validator_key.json")), key);
    assert_ne!(machine.text(&second(KEY)), key);
    assert_eq!(addresses(&machine, SECOND), listened);
    let doctor = machine.text("etc/systemd/system/lianyan-doctor.service.d/home.conf");
    assert!(doctor.starts_with(
        "[Service]\nExecStart=\nExecStart=/usr/local/bin/lianyan-node doctor --home "
    ));
    assert!(doctor.contains("/var/lib/lianyan-2 --chains "), "{doctor}");
    assert!(doctor.ends_with("/etc/lianyan/chains.json\n"), "{doctor}");
    let told = machine.told();
    let told: Vec<&str> = told
        .lines()
        .filter(|line| *line != "daemon-reload")
        .collect();
    let all = [
        "enable --now lianyan-2-app lianyan-2-comet",
        "disable --now lianyan-comet lianyan-app",
        "stop lianyan-2-comet lianyan-2-app",
        "start lianyan-2-app lianyan-2-comet",
    ];
    assert_eq!(told, all);
}

/// *Attack: what the new key signed is written over by what the old one did, and it signs once more; or the old key stays where it can sign.*
#[test]
fn a_second_machine_takes_all_that_the_first_had_but_its_key() {
    let machine = Machine::of_a_founder();
    let [old, new] = ["var/lib/old", HOME].map(|home| move |file: &str| format!("{home}/{file}"));
    fs::rename(machine.path(HOME), machine.path("var/lib/old")).expect("moves");
    for folder in ["config", "data", "application"] {
        fs::create_dir_all(machine.path(&new(folder))).expect("a folder");
    }
    machine.program(
        "ssh",
        "shift; exec $(echo $@ | sed s#/var/lib/lianyan#/var/lib/old#)",
    );
    machine.put(&old("data/blocks"), "all");
    machine.put(&old("application/blob"), "sealed");
    machine.put(&old(SIGNED), "by the old key");
    machine.put(&new("data/blocks"), "since the snapshot");
    machine.put(&new("application/left"), "");
    machine.put(&new(SIGNED), "by the new key");
    machine.put(&new(KEY), "new");
    let key = machine.text(&old(KEY));

    let block = block("disable --now lianyan-doctor.timer");
    let mut typed = block.split("\n\n");
    let mut at = |place: &str, path: &str| {
        let part = typed.next().expect("a part");
        assert!(part.contains(place), "{part}");
        let part = part.replace("/var/lib/lianyan", path);
        assert!(machine.type_in(&machine.path("."), &part), "{part}");
    };
    at("on the old machine", "/var/lib/old");
    assert!(!machine.path(&old(KEY)).exists());
    assert_eq!(machine.text(&old("ended_validator_key.json")), key);
    at("on the new machine", "/var/lib/lianyan");
    at("on the old machine", "/var/lib/old");
    assert_eq!(machine.text(&new("data/blocks")), "all");
    assert_eq!(machine.text(&new("application/blob")), "sealed");
    assert!(!machine.path(&new("application/left")).exists());
    assert_eq!(machine.text(&new(SIGNED)), "by the new key");
    assert_eq!(machine.text(&new(KEY)), "new");
    assert_eq!(machine.text(&old(SIGNED)), "by the old key");
    let told = machine.told();
    let told: Vec<&str> = told.lines().collect();
    let all = [
        "disable --now lianyan-doctor.timer",
        "stop lianyan-comet lianyan-app",
        "stop lianyan-comet lianyan-app",
        "start lianyan-app lianyan-comet",
        "start lianyan-app lianyan-comet",
    ];
    assert_eq!(told, all);
}
