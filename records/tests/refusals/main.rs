//! Every refusal, with the bytes that a chain commits to: code and detail are hashed into the header of the block after the event's. Whoever words one
//! otherwise, in a program that other nodes do not have yet, splits the chain; so here each is provoked, and compared with what was written down.

// The votes' own tests use the rest of it.
#[allow(dead_code)]
#[path = "../vote/community.rs"]
mod community;
mod consents;
mod floor;
mod governance;
mod invoices;
mod mechanism;
mod votes;
mod world;

use records::{Refusal, Stop, law};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/refusals-v1.txt");

/// Refusals, each with the type of the event that was refused.
#[derive(Default)]
struct Table(Vec<(String, Refusal)>);

impl Table {
    #[track_caller]
    fn note(&mut self, event: &str, outcome: Result<(), Stop>) {
        match outcome {
            Err(Stop::Refused(refusal)) => self.0.push((event.into(), refusal)),
            other => panic!("{event} is not refused: {other:?}"),
        }
    }

    /// Everything that the rules refuse.
    fn all() -> Self {
        let mut table = Self::default();
        mechanism::provoke(&mut table);
        governance::provoke(&mut table);
        invoices::provoke(&mut table);
        consents::provoke(&mut table);
        votes::provoke(&mut table);
        table
    }

    fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<_> = self.0.iter().map(|(_, refusal)| refusal.code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    /// A line each: the committed bytes, the event, the law, and the log where that says more than the bytes.
    fn written(&self) -> String {
        let line = |(event, refusal): &(String, Refusal)| {
            let data = String::from_utf8(refusal.data()).expect("text");
            let log = refusal.log();
            let log = if log == data { "" } else { &log };
            format!("{data}\t{event}\t{}\t{log}\n", law(refusal.code))
        };
        let mut lines: Vec<_> = self.0.iter().map(line).collect();
        lines.sort_unstable();
        lines.dedup();
        lines.concat()
    }
}

#[test]
#[ignore = "writes the golden file; only for a new version of the rules, under a new name"]
fn write_golden() {
    std::fs::write(GOLDEN, Table::all().written()).expect("written");
}

#[test]
fn a_refusal_has_the_bytes_that_it_always_had() {
    let golden = std::fs::read_to_string(GOLDEN).expect("the golden file");
    let written = Table::all().written();
    let lacks = |text: &str, line: &&str| !text.lines().any(|other| other == *line);
    let gone: Vec<_> = golden
        .lines()
        .filter(|line| lacks(&written, line))
        .collect();
    let new: Vec<_> = written
        .lines()
        .filter(|line| lacks(&golden, line))
        .collect();
    assert!(
        gone.is_empty() && new.is_empty(),
        "gone: {gone:#?}\nnew: {new:#?}"
    );
}
