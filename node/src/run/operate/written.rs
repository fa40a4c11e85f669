//! What docs/operate.md and deploy/ tell an operator to type is what the program reads.

use crate::run::options::parse;

const WRITTEN: [(&str, &str); 5] = [
    (
        "docs/operate.md",
        include_str!("../../../../docs/operate.md"),
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

/// The words after `lianyan-node` on a line that is a command, as a shell would take them.
fn command(line: &str) -> Option<Vec<String>> {
    let line = line.trim_start();
    let line = ["ExecStart=/usr/local/bin/", "command: "]
        .iter()
        .find_map(|before| line.strip_prefix(before))
        .unwrap_or(line);
    let line = line.strip_prefix("lianyan-node ")?;
    let line = line.split(" # ").next().unwrap_or(line);
    let mut words = Vec::new();
    for (at, part) in line.split('"').enumerate() {
        match at % 2 {
            1 => words.push(part.to_owned()),
            _ => words.extend(part.split_whitespace().map(str::to_owned)),
        }
    }
    Some(words)
}

#[test]
fn every_command_that_is_written_down_is_read() {
    for (file, text) in WRITTEN {
        let mut count = 0;
        for words in text.lines().filter_map(command) {
            count += 1;
            if let Err(why) = parse(&words) {
                panic!("{file}: {words:?}: {why}");
            }
        }
        assert!(count > 0, "{file} has no command");
    }
}
