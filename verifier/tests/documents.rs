//! `docs/verdicts.md` and `docs/codes.md` say the same as the code.

use light_client::{
    Reason,
    client::{AttackKind, Failure, Fault, Said, Unreachable},
};
use std::{collections::BTreeSet, path::Path};
use verifier::{
    ACTS, HEADLINES, REASONS,
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

/// Codes of acts are those that the table names, but for those that a rule or a check has as well.
#[test]
fn every_code_of_an_act_is_in_the_document_and_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = std::fs::read_to_string(root.join("docs/verdicts.md")).expect("docs/verdicts.md");
    let (_, table) = text.split_once("| code: | meaning |").expect("the table");
    let rows = table.lines().filter_map(|row| row.strip_prefix("| "));
    let codes = rows.filter_map(|row| row.split('|').next());
    let codes = codes.flat_map(|codes| codes.split(',').map(str::trim));
    let shared = ["other-chain", "no-documents", "proof-not-given"];
    let stated: BTreeSet<&str> = codes.filter(|code| !shared.contains(code)).collect();
    assert_eq!(stated, ACTS.iter().copied().collect());
}

#[test]
fn every_code_of_the_light_client_is_in_the_document_and_no_other() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/codes.md");
    let text = std::fs::read_to_string(path).expect("docs/codes.md");
    let codes = [
        Reason::CODES,
        Failure::CODES,
        Said::CODES,
        Fault::CODES,
        Unreachable::CODES,
        AttackKind::CODES,
    ];
    let rows = codes.concat();
    let rows = rows
        .iter()
        .map(|(code, meaning)| format!("| `{code}` | {meaning} |"));
    let stated = text.lines().filter(|line| line.starts_with("| `"));
    assert!(rows.eq(stated), "docs/codes.md says other than the code");
}

/// Tests name codes as texts, and this program's own code as constants: a code that no test names is one that none has seen.
#[test]
fn every_reason_code_is_named_by_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut code = String::new();
    for part in ["tests", "src/kinds", "../tests/tests"] {
        sources(&root.join(part), &mut code);
    }
    let reasons = REASONS.iter().map(|reason| reason.code);
    let all = reasons.chain(HEADLINES.iter().map(|headline| headline.code));
    // Where chains.json cannot be read there is no verifier, and its worker says so.
    let all = all.filter(|reason| *reason != "not-configured");
    let named = |reason: &&str| code.contains(&format!("\"{reason}\""));
    let unnamed: Vec<&str> = all.filter(|reason| !named(reason)).collect();
    assert_eq!(unnamed, [] as [&str; 0]);
}

/// Options in a text: `--` and what follows of letters and hyphens.
fn options(text: &str) -> BTreeSet<&str> {
    let words = text.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '-');
    let named = |word: &&str| {
        let name = word.strip_prefix("--");
        name.is_some_and(|name| name.starts_with(|sign: char| sign.is_ascii_alphabetic()))
    };
    let options = words.filter(named);
    options.collect()
}

#[test]
fn cli_md_and_the_help_name_the_same_options() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = std::fs::read_to_string(root.join("docs/cli.md")).expect("docs/cli.md");
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_lianyan"))
        .arg("--help")
        .output();
    let help = String::from_utf8(help.expect("it runs").stdout).expect("text");
    // How it is built and asked for help, above the table.
    let (_, table) = text.split_once("| command |").expect("the table");
    assert!(options(&help).len() > 20, "{help}");
    assert_eq!(options(table), options(&help));
}

/// Names in backquotes in the last column of the table.
fn tests_named(text: &str) -> Vec<&str> {
    let rows = text.lines().filter(|line| line.starts_with("| "));
    let last = rows.filter_map(|row| row.trim_end_matches(['|', ' ']).rsplit('|').next());
    let names = last.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    names.collect()
}

fn sources(folder: &Path, found: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            sources(&path, found);
        } else if name.ends_with(".rs") {
            found.push_str(&std::fs::read_to_string(&path).expect("text"));
        }
    }
}

/// Functions that run as tests whenever tests are run.
fn tests(code: &str) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    let mut attributes: Vec<&str> = Vec::new();
    for line in code.lines().map(str::trim) {
        if line.starts_with("#[") {
            attributes.push(line);
            continue;
        }
        let has = |begin: &str| attributes.iter().any(|line| line.starts_with(begin));
        let is_test = (has("#[test]") || has("#[tokio::test")) && !has("#[ignore");
        let function = line.trim_start_matches("async ").strip_prefix("fn ");
        let name = function.and_then(|rest| rest.split_once('('));
        names.extend(name.filter(|_| is_test).map(|(name, _)| name));
        if !line.starts_with("//") {
            attributes.clear();
        }
    }
    names
}

/// Functions that the browser's scenarios run.
fn scenarios(code: &str) -> BTreeSet<&str> {
    let runs = code.lines().map(str::trim);
    let runs = runs.filter_map(|line| line.strip_prefix("run: ")?.strip_suffix(','));
    runs.collect()
}

#[test]
fn a_function_that_nothing_runs_is_no_test() {
    let code = "
        fn helper() {}
        #[test]
        // Why.
        #[should_panic]
        fn one() {}
        fn after_a_test() {}
        #[tokio::test(flavor = \"current_thread\")]
        async fn two() {}
        #[test]
        #[ignore]
        fn left_out() {}
        // #[test]
        // fn commented_out() {}
        #[allow(dead_code)]
        fn allowed() {}";
    assert_eq!(tests(code), BTreeSet::from(["one", "two"]));
    let code = "
        Scenario {
            name: \"played\",
            run: played,
        },
        // run: commented_out,
        fn helper(world: &World) -> Outcome {}";
    assert_eq!(scenarios(code), BTreeSet::from(["played"]));
}

#[test]
fn every_attack_that_soundness_md_names_is_played() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = std::fs::read_to_string(root.join("docs/soundness.md")).expect("docs/soundness.md");
    let (mut code, mut browser) = (String::new(), String::new());
    for part in [
        "light-client",
        "records",
        "keys",
        "verifier",
        "node",
        "xtask",
        "tests",
    ] {
        sources(&root.join(part), &mut code);
    }
    sources(&root.join("tests/tests/browser"), &mut browser);
    let names = tests_named(&text);
    assert!(names.len() > 60, "{names:?}");
    let (tests, scenarios) = (tests(&code), scenarios(&browser));
    for name in names {
        assert!(
            tests.contains(name) || scenarios.contains(name),
            "no test plays {name}"
        );
    }
}
