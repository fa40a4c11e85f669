//! `docs/verdicts.md` says the same as the code.

use std::path::Path;
use verifier::{
    HEADLINES, REASONS,
    verdict::{CheckId, Outcome, Status},
};

fn word<T: serde::Serialize>(value: T) -> String {
    serde_json::to_value(value)
        .expect("encodes")
        .as_str()
        .expect("a word")
        .into()
}

fn row(code: &str, check: CheckId, status: Status, meaning: &str) -> String {
    format!(
        "| `{code}` | {} | {} | {meaning} |",
        word(check),
        word(status)
    )
}

fn headline(code: &str, outcome: Outcome, meaning: &str) -> String {
    format!("| `{code}` | {} | {meaning} |", word(outcome))
}

/// To write the tables anew after a change: `PRINT_TABLES=1 cargo test -p verifier --test documents -- --nocapture`.
#[test]
fn every_reason_code_is_in_the_document_and_no_other() {
    let rows: Vec<String> = REASONS
        .iter()
        .map(|reason| row(reason.code, reason.check, reason.status, reason.meaning))
        .collect();
    let headlines: Vec<String> = HEADLINES
        .iter()
        .map(|line| headline(line.code, line.outcome, line.meaning))
        .collect();
    if std::env::var_os("PRINT_TABLES").is_some() {
        println!("{}\n\n{}", rows.join("\n"), headlines.join("\n"));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/verdicts.md");
    let text = std::fs::read_to_string(path).expect("docs/verdicts.md");
    for expected in rows.iter().chain(&headlines) {
        assert!(
            text.lines().any(|line| line == expected),
            "not in docs/verdicts.md: {expected}"
        );
    }
    let stated = text.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(
        stated,
        rows.len() + headlines.len(),
        "docs/verdicts.md has rows that the code does not"
    );
}
