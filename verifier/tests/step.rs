//! `lianyan step` against the model-based vectors: the verdict, and the exit code that goes with it.
#![cfg(feature = "native")]

use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

fn vectors() -> Option<PathBuf> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors/light-client-steps");
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("SKIPPED: no public vectors at {}", path.display());
    None
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn run(arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_lianyan"))
        .args(arguments)
        .output()
        .expect("runs");
    (
        output.status.code().expect("a code"),
        String::from_utf8(output.stdout).expect("text"),
    )
}

/// Writes both blocks to files and runs the step.
fn step(
    folder: &Path,
    trusted: &Value,
    untrusted: &Value,
    now: &str,
    period: &str,
) -> (i32, Value) {
    let (a, b) = (folder.join("a.json"), folder.join("b.json"));
    std::fs::write(&a, trusted.to_string()).expect("writes");
    std::fs::write(&b, untrusted.to_string()).expect("writes");
    let (a, b) = (a.display().to_string(), b.display().to_string());
    let (code, out) = run(&[
        "step",
        "--trusted",
        &a,
        "--untrusted",
        &b,
        "--now",
        now,
        "--trusting-period",
        period,
        "--clock-drift",
        "0s",
        "--trust-level",
        "1/3",
    ]);
    (code, serde_json::from_str(&out).unwrap_or_default())
}

#[test]
fn every_step_of_the_model_has_its_exit_code() {
    let Some(vectors) = vectors() else { return };
    let folder = folder("steps");
    let mut steps = 0;
    for entry in std::fs::read_dir(vectors).expect("a folder") {
        let path = entry.expect("an entry").path();
        let file: Value =
            serde_json::from_slice(&std::fs::read(&path).expect("reads")).expect("JSON");
        let initial = &file["initial"];
        let period = format!(
            "{}ns",
            initial["trusting_period"].as_str().expect("a period")
        );
        let mut trusted = json!({
            "signed_header": initial["signed_header"],
            "next_validator_set": initial["next_validator_set"],
        });
        for (index, input) in file["input"].as_array().expect("steps").iter().enumerate() {
            let now = input["now"].as_str().expect("a time");
            let (code, answer) = step(&folder, &trusted, &input["block"], now, &period);
            let (expected, verdict) = match input["verdict"].as_str() {
                Some("SUCCESS") => (0, "verified"),
                Some("NOT_ENOUGH_TRUST") => (2, "not-enough-trust"),
                _ => (1, "rejected"),
            };
            let place = format!("{} step {index}: {answer}", path.display());
            assert_eq!(
                (code, answer["verdict"].as_str()),
                (expected, Some(verdict)),
                "{place}"
            );
            if code == 0 {
                trusted = json!({
                    "signed_header": input["block"]["signed_header"],
                    "next_validator_set": input["block"]["next_validator_set"],
                });
            }
            steps += 1;
        }
    }
    assert_eq!(steps, 99);
}

/// *Attack: a block whose validators, taken for a set, would give one of them two votes, or more power than there may be.*
#[test]
fn validators_that_can_form_no_set_are_rejected() {
    let Some(vectors) = vectors() else { return };
    let mut files: Vec<PathBuf> = std::fs::read_dir(vectors)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    let file: Value =
        serde_json::from_slice(&std::fs::read(&files[0]).expect("reads")).expect("JSON");
    let trusted = json!({
        "signed_header": file["initial"]["signed_header"],
        "next_validator_set": file["initial"]["next_validator_set"],
    });
    let input = &file["input"][0];
    let now = input["now"].as_str().expect("a time");
    let bends: [fn(&mut Vec<Value>); 2] = [
        |validators| validators.push(validators[0].clone()),
        |validators| validators[0]["voting_power"] = "9223372036854775807".into(),
    ];
    for bend in bends {
        let mut block = input["block"].clone();
        let set = &mut block["validator_set"]["validators"];
        bend(set.as_array_mut().expect("validators"));
        let (code, answer) = step(&folder("no-set"), &trusted, &block, now, "99999h");
        let said = (code, answer["reason"].as_str());
        assert_eq!(said, (1, Some("bad-validator-set")), "{answer}");
    }
}

#[test]
fn what_cannot_be_read_and_what_cannot_be_asked_have_codes_of_their_own() {
    let folder = folder("faults");
    let torn = folder.join("torn.json");
    std::fs::write(&torn, "{\"signed_header\":").expect("writes");
    let torn = torn.display().to_string();
    let now = "2026-01-01T00:00:00Z";
    assert_eq!(
        run(&[
            "step",
            "--trusted",
            &torn,
            "--untrusted",
            &torn,
            "--now",
            now
        ])
        .0,
        65
    );
    assert_eq!(
        run(&[
            "step",
            "--trusted",
            "/none",
            "--untrusted",
            "/none",
            "--now",
            now
        ])
        .0,
        65
    );
    assert_eq!(run(&["scan", "/none"]).0, 65);
    for wrong in [
        &[][..],
        &["judge"],
        &["step", "--trusted", &torn],
        &[
            "step",
            "--trusted",
            &torn,
            "--untrusted",
            &torn,
            "--now",
            "today",
        ],
        &[
            "step",
            "--trusted",
            &torn,
            "--untrusted",
            &torn,
            "--now",
            now,
            "--trust-level",
            "1/4",
        ],
        &[
            "step",
            "--trusted",
            &torn,
            "--untrusted",
            &torn,
            "--now",
            now,
            "--clock-drift",
            "1.5s",
        ],
        &["scan"],
        &["check"],
    ] {
        assert_eq!(run(wrong).0, 64, "{wrong:?}");
    }
}
