//! What `--help` says and what the documents say.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

/// Options in a text: `--` and what follows of letters, digits and hyphens.
fn options(text: &str) -> BTreeSet<&str> {
    let words = text.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '-');
    let is_option = |word: &&str| {
        let name = word.strip_prefix("--");
        name.is_some_and(|name| name.starts_with(|sign: char| sign.is_ascii_alphabetic()))
    };
    words.filter(is_option).collect()
}

/// The rows of a table of options, without what they explain.
fn stated(text: &str) -> BTreeSet<&str> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `--"));
    let named = rows.filter_map(|row| row.split_once(" |"));
    named
        .flat_map(|(cell, _)| {
            cell.split("`--")
                .flat_map(|part| part.split(['`', ' ', ',']).next())
        })
        .collect()
}

fn document(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    fs::read_to_string(folder.join(name)).expect("a document")
}

fn help() -> String {
    let help = Command::new(env!("CARGO_BIN_EXE_lianyan-node"))
        .arg("--help")
        .output();
    String::from_utf8(help.expect("it runs").stdout).expect("text")
}

/// Command for command, so that an option of one is not taken for that of another.
#[test]
fn the_documents_and_the_help_name_the_same_options() {
    let (node, gateway, help) = (document("node.md"), document("gateway.md"), help());
    let (_, tables) = node
        .split_once("\n## Commands and their options\n")
        .expect("the tables");
    let mut documents: Vec<&str> = tables.split("\n**`lianyan-node ").skip(1).collect();
    // Its options are where the gateway is explained.
    documents.insert(3, &gateway);
    let helps: Vec<&str> = help.split("\n\nlianyan-node ").collect();
    assert_eq!(documents.len(), helps.len(), "{help}");
    for (document, help) in documents.into_iter().zip(helps) {
        let said: BTreeSet<&str> = options(help)
            .into_iter()
            .map(|option| option.trim_start_matches('-'))
            .collect();
        let command = help.lines().next().unwrap_or_default();
        assert!(said.len() > 1, "{command}");
        assert_eq!(
            stated(document),
            said,
            "the document, and the help of {command}"
        );
    }
}
