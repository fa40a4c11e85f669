//! A fixed log of a vote, as rules version 1 wrote it: its replay must stay equal for ever.

use crate::community::{DESKS, VOTE, voting};
use records::{
    kinds::vote::{Choice, Decision, Rank, Recount, Vote, outcome},
    log::unpack_entries,
    testing::{CHAIN, Ledger, key, replay_written, written},
};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/vote-v1.txt");

/// Ballots of every rank, replaced, refused to replace, bound, appointed, vetoed by voting, and an extension.
fn story() -> Ledger {
    let mut community = voting();
    for index in 0..4 {
        community.cast(index, Choice::For).expect("cast");
    }
    community.cast(1, Choice::Abstain).expect("replaced");
    community.paper(2, Choice::Against).expect("a conflict");
    community.paper(9, Choice::Against).expect("entered");
    community
        .bind("1-8", Some(8), "phone", DESKS, None)
        .expect("bound");
    let cast = community.cast_body(8, Choice::For, Rank::Owner);
    community
        .submit_cast(&cast, &[&key("phone")])
        .expect("cast");
    let from = community.ledger.time + 4 * crate::community::DAY;
    community
        .bind("1-5", Some(5), "phone 5", DESKS, Some(from))
        .expect("pending");
    let closes = community.vote().closes;
    community
        .extend(closes + crate::community::DAY)
        .expect("extended");
    community.cast(5, Choice::For).expect("the old key ends it");
    community.appoint(7, Some("son"), None).expect("appointed");
    let cast = community.cast_body(7, Choice::For, Rank::Proxy);
    community.submit_cast(&cast, &[&key("son")]).expect("cast");
    community.ledger
}

#[test]
#[ignore = "writes the golden file; only for a new version of the rules, under a new name"]
fn write_golden() {
    std::fs::write(GOLDEN, written(&story())).expect("written");
}

#[test]
fn the_golden_log_replays_to_its_heads() {
    let text = std::fs::read_to_string(GOLDEN).expect("the golden file");
    let (logs, timeline) = replay_written(&text);
    let (head, log) = &logs[&format!("vote/{VOTE}")];
    let mut recount = Recount::new(VOTE, CHAIN).expect("a vote");
    for entry in unpack_entries(log).expect("packed") {
        recount.push(entry, &timeline).expect("counts");
    }
    let vote: Vote = recount.vote().expect("open");
    let counted = recount.finish(head).expect("agrees");
    assert_eq!(counted.lines.len(), 8);
    let result = outcome(&vote, vote.closes);
    assert_eq!(result.decision, Decision::Passed);
    assert_eq!(
        (result.approval.heads.part, result.approval.heads.whole),
        (6, 8)
    );
}

#[test]
fn the_same_story_still_writes_the_golden_log() {
    let text = std::fs::read_to_string(GOLDEN).expect("the golden file");
    assert!(
        written(&story()) == text,
        "events, states or logs have changed"
    );
}
