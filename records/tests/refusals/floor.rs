//! No refusal without a row: what the crate's own text names is what the table holds.

use crate::Table;
use std::{fs, path::Path};

/// No event leads here, as the kinds stand: every record that an event touches is of a kind there is.
const UNREACHABLE: &str = "unknown-kind";

/// The crate's program without its tests.
fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("an entry").path();
        let name = path.display().to_string();
        if path.is_dir() {
            if !name.ends_with("tests") {
                sources(&path, found);
            }
        } else {
            let text = fs::read_to_string(&path).expect("a source is text");
            let program = text.split("#[cfg(test)]\nmod tests {").next();
            found.push((name, program.expect("the whole at least").into()));
        }
    }
}

fn program() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    sources(&folder, &mut found);
    found
}

/// Up to the parenthesis that ends the call.
fn argument(after: &str) -> &str {
    let mut open = 1;
    let end = after.find(|c| {
        open += i32::from(c == '(') - i32::from(c == ')');
        open == 0
    });
    &after[..end.expect("a call ends")]
}

/// The codes of all refusals that the program makes.
fn named() -> Vec<String> {
    let mut codes = Vec::new();
    for (file, text) in program() {
        for after in text.split("Refusal::new(").skip(1) {
            let written: Vec<&str> = argument(after).split('"').skip(1).step_by(2).collect();
            assert!(
                !written.is_empty(),
                "{file}: a refusal's code is written out where it is made"
            );
            codes.extend(written.into_iter().map(str::to_owned));
        }
    }
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[test]
fn every_code_that_the_rules_can_give_is_in_the_table() {
    let mut expected = named();
    assert!(expected.len() > 100, "only {} codes", expected.len());
    expected.retain(|code| code != UNREACHABLE);
    let table = Table::all().codes();
    let lacks = |code: &&String| !table.contains(&code.as_str());
    let without: Vec<_> = expected.iter().filter(lacks).collect();
    assert!(without.is_empty(), "without a row: {without:?}");
    assert_eq!(table, expected, "a row of a code that is no more");
}

#[test]
fn a_law_belongs_to_a_code_that_there_is() {
    let codes = named();
    let all = program();
    let (_, refusal) = all
        .iter()
        .find(|(file, _)| file.ends_with("refusal.rs"))
        .expect("is there");
    let (_, laws) = refusal.split_once("pub fn law").expect("is there");
    let (laws, _) = laws.split_once("_ => ").expect("the rest has none");
    let texts = laws.split('"').skip(1).step_by(2);
    let named: Vec<_> = texts.filter(|text| text.is_ascii()).collect();
    assert!(named.len() > 10, "only {named:?}");
    for code in named {
        assert!(codes.iter().any(|known| known == code), "{code}");
        assert_ne!(records::law(code), "", "{code}");
    }
}
