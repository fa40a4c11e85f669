//! What docs/operate.md and deploy/ tell an operator to type is what the program reads.

use crate::run::options::parse;

const COMET: &str = include_str!("../../../../deploy/systemd/lianyan-comet.service");
const WRITTEN: [(&str, &str); 8] = [
    (
        "docs/operate.md",
        include_str!("../../../../docs/operate.md"),
    ),
    (
        "docs/gateway.md",
        include_str!("../../../../docs/gateway.md"),
    ),
    ("docs/node.md", include_str!("../../../../docs/node.md")),
    (
        "lianyan-doctor.service",
        include_str!("../../../../deploy/systemd/lianyan-doctor.service"),
    ),
    (
        "lianyan-app.service",
        include_str!("../../../../deploy/systemd/lianyan-app.service"),
    ),
    (
        "lianyan-gateway.service",
        include_str!("../../../../deploy/systemd/lianyan-gateway.service"),
    ),
    (
        "compose.yaml",
        include_str!("../../../../deploy/compose.yaml"),
    ),
    (
        "docs/governance.md",
        include_str!("../../../../docs/governance.md"),
    ),
];

/// A text's lines; one that ends with a backslash goes on.
fn lines(text: &str) -> Vec<String> {
    let whole = text.replace("\\\n", " ");
    whole.lines().map(str::to_owned).collect()
}

/// The words after `lianyan-node` on a line that is a command, as a shell would take them.
fn command(line: &str) -> Option<Vec<String>> {
    let line = line.trim_start();
    let line = ["ExecStart=/usr/local/bin/", "command: "]
        .iter()
        .find_map(|before| line.strip_prefix(before))
        .unwrap_or(line);
    let line = line.strip_prefix("lianyan-node ")?;
    let line = line.split(" # ").next().unwrap_or(line);
    let line = line.strip_suffix(" &&").unwrap_or(line);
    Some(words(line))
}

fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('"').enumerate() {
        match at % 2 {
            1 => words.push(part.to_owned()),
            _ => words.extend(part.split_whitespace().map(str::to_owned)),
        }
    }
    words
}

/// Commands within a sentence, which leave out what is not its matter.
fn mentions(text: &str) -> impl Iterator<Item = Vec<String>> {
    let code = text.split('`').skip(1).step_by(2);
    code.filter_map(|code| code.strip_prefix("lianyan-node "))
        .filter(|code| !code.contains(['|', '\n']))
        .map(|code| words(&code.replace('…', " ")))
}

#[test]
fn every_command_that_is_written_down_is_read() {
    for (file, text) in WRITTEN {
        let mut count = 0;
        for words in lines(text).iter().filter_map(|line| command(line)) {
            count += 1;
            if let Err(why) = parse(&words) {
                panic!("{file}: {words:?}: {why}");
            }
        }
        assert!(count > 0, "{file} has no command");
    }
}

#[test]
fn no_sentence_names_a_command_or_an_option_that_there_is_not() {
    let mut count = 0;
    for (file, text) in WRITTEN {
        for words in mentions(text) {
            count += 1;
            if let Err(why) = parse(&words) {
                let unknown = ["knows no", "no command"];
                let unknown = unknown.iter().any(|unknown| why.contains(unknown));
                assert!(!unknown, "{file}: {words:?}: {why}");
            }
        }
    }
    assert!(count > 10, "{count} are found");
}

/// The socket by which they find each other is in that folder.
#[test]
fn application_and_cometbft_run_in_one_home() {
    let (_, app) = WRITTEN
        .iter()
        .find(|(file, _)| *file == "lianyan-app.service")
        .expect("one of them");
    let setting = |unit: &str, name: &str| -> Vec<String> {
        let found = unit.lines().find_map(|line| line.strip_prefix(name));
        words(found.expect(name))
    };
    let home = setting(app, "WorkingDirectory=");
    assert_eq!(setting(COMET, "WorkingDirectory="), home);
    let starts = setting(COMET, "ExecStart=");
    let expected = ["/usr/local/bin/cometbft", "start", "--home", &home[0]];
    assert_eq!(starts, expected);
    assert_eq!(setting(COMET, "Requires="), ["lianyan-app.service"]);
}
