//! Votes end as they are meant to, and visitors can take part in the open ones.

use super::*;
use records::kinds::vote::{Decision, Vote, outcome};
use serde_json::json;

pub const ENDINGS: [(&str, Decision); 9] = [
    ("taoyuan-01", Decision::Passed),
    ("taoyuan-02", Decision::FailedByHeads),
    ("taoyuan-03", Decision::FailedByArea),
    ("taoyuan-04", Decision::FailedByParticipation),
    ("taoyuan-05", Decision::Passed),
    ("taoyuan-06", Decision::Open),
    ("taoyuan-07", Decision::Open),
    ("heyuan-01", Decision::FailedByParticipation),
    ("shanhai-exit-plan", Decision::Passed),
];

pub fn decision(ledger: &Ledger, id: &str, time: i64) -> Decision {
    let vote: Vote = ledger.find("vote", id).expect("opened");
    outcome(&vote, time).decision
}

#[test]
fn votes_end_as_they_are_meant_to() {
    let (_, ledger) = small();
    for (id, wanted) in ENDINGS {
        assert_eq!(decision(ledger, id, START + SPAN), wanted, "{id}");
    }
}

#[test]
fn there_are_proxies_conflicts_bound_keys_replaced_ballots_and_an_extension() {
    let (_, ledger) = small();
    let votes: Vec<(String, Vote)> = ledger.all("vote");
    let proxies: u64 = votes
        .iter()
        .map(|(_, vote)| vote.tally.in_favour.proxy.heads)
        .sum();
    let papers: u64 = votes
        .iter()
        .map(|(_, vote)| vote.tally.in_favour.paper.heads)
        .sum();
    assert!(proxies > 3 && papers > 50);
    assert!(votes.iter().any(|(_, vote)| vote.conflicts > 1));
    assert!(votes.iter().any(|(_, vote)| vote.bound > 5));
    let extended = votes
        .iter()
        .filter(|(_, vote)| vote.extended_from.is_some());
    assert_eq!(extended.count(), 1);
    let ballots: Vec<(String, records::kinds::ballot::Ballot)> = ledger.all("ballot");
    assert!(
        ballots
            .iter()
            .filter(|(_, ballot)| ballot.casts.owner > 1)
            .count()
            > 10
    );
}

/// One community's rules count the silent: the ballots decide all the same, and what the silent would make of it stands apart.
#[test]
fn one_vote_shows_the_silent_apart() {
    let (_, ledger) = small();
    let votes: Vec<(String, Vote)> = ledger.all("vote");
    let shown = votes.iter().filter_map(|(id, vote)| {
        let outcome = outcome(vote, START + SPAN);
        let apart = outcome.with_silent?;
        Some((id.as_str(), outcome.decision, apart.decision))
    });
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [(
            "heyuan-01",
            Decision::FailedByParticipation,
            Decision::Passed
        )]
    );
}

/// Co-owners name one of them, whose ballot is an owner's.
#[test]
fn co_owned_flats_vote_by_the_one_whom_their_owners_named() {
    let (script, ledger) = small();
    let mut voted = 0;
    for held in &script.votes.held {
        for (index, leaf) in (0..).zip(held.roster.leaves()) {
            let Some(owners) = &leaf.owners else { continue };
            assert_eq!((owners.len(), leaf.key), (2, None));
            let id = records::kinds::ballot::id(held.id, index);
            let ballot: Option<records::kinds::ballot::Ballot> = ledger.find("ballot", &id);
            if let Some(key) = ballot.and_then(|ballot| ballot.key) {
                assert!(owners.contains(&key));
                voted += 1;
            }
        }
    }
    assert!(voted > 10, "{voted}");
}

#[test]
fn published_rosters_are_the_ones_on_which_the_votes_rest() {
    let (script, ledger) = small();
    let blob = |hash: &records::Hash| {
        let found = script
            .blobs()
            .iter()
            .find(|blob| records::hash::sha256(&[blob]) == *hash);
        found.cloned()
    };
    for (id, vote) in ledger.all::<Vote>("vote") {
        assert!(blob(&vote.notice.0).is_some(), "{id}");
        let list = vote.published.expect("published");
        let roster = records::roster::from_blobs(&list, blob).expect("published");
        assert!(vote.rests_on(&roster), "{id}");
    }
}

impl View for Ledger {
    fn time(&self) -> i64 {
        self.time
    }
    fn state(&self, record: &RecordName) -> Option<State> {
        self.states.get(record).cloned()
    }
}

#[test]
fn a_visitors_key_is_bound_to_a_free_room_and_votes() {
    let script = Script::new(CHAIN, START, Size::Small, Tempo::Past);
    let mut ledger = Ledger::play(&script);
    let desk = script.desk();
    let key = SecretKey::from_seed(&[77; 32]);
    let mut bound = 0;
    for held in script.votes.held.iter().filter(|held| held.is_open) {
        assert!(held.free_rooms.len() >= 8);
        let request =
            json!({ "key": key.public().to_string(), "room": held.free_rooms[2], "vote": held.id });
        let (seat, event) = desk.answer(request.to_string().as_bytes(), &ledger);
        let seat: records::kinds::ballot::Seat =
            records::shape::json::deserialize(seat).expect("a seat");
        ledger.block(1_000 + bound, ledger.time + 1, &[event.expect("an event")]);
        let cast = records::kinds::ballot::Cast {
            by: None,
            choice: records::kinds::vote::Choice::For,
            rank: records::kinds::vote::Rank::Owner,
            replaces: None,
            seat: seat.clone(),
        };
        let id = records::kinds::ballot::id(held.id, seat.index);
        let payload = records::Payload {
            body: records::canonical::to_value(&cast).expect("encodes"),
            chain: CHAIN.into(),
            seq: 0,
            subject: RecordName::new("ballot", &id).expect("a name"),
            event_type: "ballot.cast".into(),
            until: ledger.time + 1_000_000_000,
        };
        let envelope = payload.sign(&[&key]).expect("encodes").encode();
        ledger.block(2_000 + bound, ledger.time + 1, &[envelope]);
        bound += 1;
        // Somebody else comes too late for this room.
        let other = SecretKey::from_seed(&[78; 32]).public();
        let request =
            json!({ "key": other.to_string(), "room": held.free_rooms[2], "vote": held.id });
        let (answer, event) = desk.answer(request.to_string().as_bytes(), &ledger);
        assert_eq!((answer, event), (json!({ "error": "room-taken" }), None));
    }
    assert_eq!(bound, 2);
    for (request, code) in [
        (json!({}), "malformed-request"),
        (
            json!({ "key": key.public().to_string(), "room": "1-0101", "vote": "taoyuan-01" }),
            "unknown-vote",
        ),
        (
            json!({ "key": key.public().to_string(), "room": "9-9999", "vote": "taoyuan-06" }),
            "room-not-free",
        ),
    ] {
        let (answer, _) = desk.answer(request.to_string().as_bytes(), &ledger);
        assert_eq!(answer, json!({ "error": code }));
    }
}
