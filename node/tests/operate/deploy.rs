//! The files of deploy/, as far as this machine can judge them.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

#[test]
fn systemd_finds_nothing_wrong_with_the_units() {
    let known = Command::new("systemd-analyze")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    if !known.is_ok_and(|status| status.success()) {
        println!("SKIPPED: systemd-analyze is absent");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let units = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/systemd");
    let mut files = Vec::new();
    for unit in fs::read_dir(units).expect("units") {
        let unit = unit.expect("a unit").path();
        let text = fs::read_to_string(&unit).expect("readable");
        // Neither the programs nor the user are on this machine.
        let text = text
            .replace("/usr/local/bin/lianyan-node", "/bin/true")
            .replace("/usr/local/bin/cometbft", "/bin/true")
            .replace("User=lianyan", "User=root");
        let file = folder.path().join(unit.file_name().expect("a name"));
        fs::write(&file, text).expect("writes");
        files.push(file);
    }
    assert_eq!(files.len(), 3);
    let verified = Command::new("systemd-analyze")
        .arg("verify")
        .args(&files)
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&verified.stderr).into_owned();
    let ours = said.lines().filter(|line| line.contains("lianyan"));
    assert_eq!(ours.collect::<Vec<_>>(), Vec::<&str>::new());
    assert!(verified.status.success(), "{said}");
}
