//! Recounts and samples: what the log yields, and logs that lie.

use crate::community::{AREAS, Community, DESKS, VOTE, owner, roster, voting, voting_with};
use records::{
    Envelope, Event, Fault, Head, RecordName, Stop, canonical,
    kinds::{
        ballot,
        vote::{
            Choice, Rank, Recount, RecountFault, Recounted, Standing, Vote, check_sampled, draw,
        },
    },
    log::{Entry, LogTree, leaf_hash},
    testing::{CHAIN, key},
};

/// A vote with ballots of every rank, a replaced one, a conflict, a bound key and a proxy for two heads.
fn lively() -> Community {
    let mut community = voting();
    for index in 0..5 {
        community.cast(index, Choice::For).expect("cast");
    }
    community.cast(1, Choice::Against).expect("replaced");
    community.paper(2, Choice::Against).expect("a conflict");
    community.paper(9, Choice::Abstain).expect("entered");
    community
        .bind("1-8", Some(8), "phone", DESKS, None)
        .expect("bound");
    let cast = community.cast_body(8, Choice::For, Rank::Owner);
    community
        .submit_cast(&cast, &[&key("phone")])
        .expect("cast");
    for index in [6, 7] {
        community
            .appoint(index, Some("son"), None)
            .expect("appointed");
        let cast = community.cast_body(index, Choice::For, Rank::Proxy);
        community.submit_cast(&cast, &[&key("son")]).expect("cast");
    }
    community
}

fn recount(community: &Community, log: &[Vec<u8>], head: &Head) -> Result<Recounted, RecountFault> {
    let mut recount = Recount::new(VOTE, CHAIN)?;
    for entry in log {
        recount.push(entry, &community.ledger.timeline)?;
    }
    recount.finish(head)
}

fn log(community: &Community) -> Vec<Vec<u8>> {
    community.ledger.log("vote", VOTE).to_vec()
}

#[test]
fn a_recount_finds_every_ballot_that_stands() {
    let community = lively();
    let head = community.ledger.head("vote", VOTE);
    let counted = recount(&community, &log(&community), &head).expect("agrees");
    assert_eq!(counted.tally, community.vote().tally);
    let indices: Vec<u32> = counted.lines.iter().map(|line| line.index).collect();
    assert_eq!(indices, [0, 1, 2, 3, 4, 6, 7, 8, 9]);
    assert_eq!(counted.lines[1].ballot.choice, Choice::Against);
    assert_eq!(counted.lines[2].ballot.choice, Choice::For);
    assert_eq!(counted.lines[2].conflicts, 1);
    assert_eq!(counted.lines[8].ballot.rank, Rank::Paper);
    assert_eq!(counted.lines[8].entry.rooms.len(), 2);
    let bound: Vec<u32> = counted
        .lines
        .iter()
        .filter(|line| line.bound)
        .map(|line| line.index)
        .collect();
    assert_eq!(bound, [8]);
    assert_eq!(
        counted.shared_keys,
        [(key("son").public(), vec![6, 7])],
        "one proxy for two heads"
    );
    for line in &counted.lines {
        assert_eq!(community.stands(line.index), Some(line.ballot));
    }
}

#[test]
fn the_roster_is_confirmed_by_its_leaves_and_by_no_others() {
    let community = lively();
    assert!(community.vote().rests_on(&community.roster));
    assert!(!community.vote().rests_on(&roster(&AREAS[..9])));
    assert!(!community.vote().rests_on(&roster(&[90; 10])));
}

#[test]
fn a_ballot_hidden_anywhere_is_missed() {
    let community = lively();
    let (log, head) = (log(&community), community.ledger.head("vote", VOTE));
    for hidden in 0..log.len() {
        let mut rest = log.clone();
        rest.remove(hidden);
        assert!(recount(&community, &rest, &head).is_err(), "entry {hidden}");
    }
    let last = recount(&community, &log[..log.len() - 1], &head);
    assert_eq!(last, Err(RecountFault::Log(Fault::OtherLog)));
}

#[test]
fn a_ballot_repeated_or_moved_is_found() {
    let community = lively();
    let (log, head) = (log(&community), community.ledger.head("vote", VOTE));
    for at in 1..log.len() {
        let mut repeated = log.clone();
        repeated.push(log[at].clone());
        assert!(recount(&community, &repeated, &head).is_err());
        let mut swapped = log.clone();
        swapped.swap(at - 1, at);
        assert!(recount(&community, &swapped, &head).is_err());
    }
}

/// A log that a node wrote itself: the entry bent, and the head made to fit whatever the vote alone makes of it.
fn forged(community: &Community, entries: Vec<Vec<u8>>) -> Result<Recounted, RecountFault> {
    let record = RecordName::new("vote", VOTE).expect("a name");
    let mut replay = records::Replay::new(record, CHAIN);
    let mut tree = LogTree::new();
    for entry in &entries {
        replay
            .push(entry, &community.ledger.timeline)
            .expect("the vote alone accepts it");
        tree.append(leaf_hash(entry));
    }
    let state = replay.state().expect("some").encode().expect("encodes");
    recount(community, &entries, &Head::new(&state, &tree))
}

fn refusal(result: Result<Recounted, RecountFault>) -> &'static str {
    match result {
        Err(RecountFault::Log(Fault::Stopped(_, Stop::Refused(refusal)))) => refusal.code,
        other => panic!("not refused: {other:?}"),
    }
}

/// An entry as a node could add it to the vote's log without asking the ballot.
fn entry(community: &Community, seq: u64, cast: &ballot::Cast, by: &str) -> Vec<u8> {
    let id = ballot::id(VOTE, cast.seat.index);
    let body = canonical::to_value(cast).expect("encodes");
    let mut payload = community
        .ledger
        .payload("ballot.cast", ("ballot", &id), body);
    payload.seq = seq;
    let envelope: Envelope = payload.sign(&[&key(by)]).expect("encodes");
    Entry {
        height: community.ledger.height,
        time: community.ledger.time,
        envelope: &envelope.encode(),
    }
    .encode()
}

#[test]
fn a_recount_needs_no_other_record_to_see_a_forged_ballot() {
    let community = lively();
    let with = |extra: Vec<u8>| {
        let mut log = log(&community);
        log.push(extra);
        forged(&community, log)
    };
    // A second ballot of head 0 as if it were the first.
    let mut twice = community.cast_body(0, Choice::For, Rank::Owner);
    twice.replaces = None;
    assert_eq!(
        refusal(with(entry(&community, 1, &twice, "owner 0"))),
        "replaces-wrong"
    );
    // One that takes away a choice that was never made.
    let mut subtracts = community.cast_body(5, Choice::Against, Rank::Owner);
    subtracts.replaces = Some(Standing {
        choice: Choice::For,
        rank: Rank::Owner,
    });
    assert_eq!(
        refusal(with(entry(&community, 0, &subtracts, "owner 5"))),
        "replaces-wrong"
    );
    // A ballot of the silent head 5 with a key that is not its own.
    let added = community.cast_body(5, Choice::For, Rank::Owner);
    assert_eq!(
        refusal(with(entry(&community, 0, &added, "thief"))),
        "not-signed-by-key"
    );
    assert_eq!(
        refusal(with(entry(&community, 7, &added, "owner 5"))),
        "wrong-sequence"
    );
    assert!(with(entry(&community, 0, &added, "owner 5")).is_ok());
}

#[test]
fn a_state_with_other_sums_is_refused() {
    let community = lively();
    let mut vote: Vote = community.vote();
    vote.tally.in_favour.owner.heads += 1;
    let log = log(&community);
    let mut tree = LogTree::new();
    for entry in &log {
        tree.append(leaf_hash(entry));
    }
    let state = records::State {
        data: canonical::to_value(&vote).expect("encodes"),
        seq: 1,
    };
    let head = Head::new(&state.encode().expect("encodes"), &tree);
    assert_eq!(
        recount(&community, &log, &head),
        Err(RecountFault::Log(Fault::OtherState))
    );
}

#[test]
fn a_fault_leaves_the_recount_where_it_was() {
    let community = lively();
    let mut recount = Recount::new(VOTE, CHAIN).expect("a vote");
    let unknown = records::Timeline::new();
    for entry in log(&community) {
        assert!(matches!(
            recount.push(&entry, &unknown),
            Err(RecountFault::Log(Fault::Stopped(_, Stop::NotLoaded(_))))
        ));
        let before = (recount.size(), recount.counted());
        assert!(
            recount
                .push(&entry[1..], &community.ledger.timeline)
                .is_err()
        );
        assert_eq!((recount.size(), recount.counted()), before);
        recount
            .push(&entry, &community.ledger.timeline)
            .expect("the same entry again");
    }
    assert_eq!(recount.counted(), 9);
    assert!(recount.finish(&community.ledger.head("vote", VOTE)).is_ok());
}

#[test]
fn a_sample_is_drawn_without_repetition_from_the_whole_log() {
    let drawn = draw(&[7; 32], 1_000_000, 200);
    assert_eq!(drawn.len(), 200);
    assert!(drawn.is_sorted_by(|a, b| a < b));
    assert!(drawn.last().is_some_and(|last| *last < 1_000_000));
    assert!(drawn.iter().any(|at| *at < 500_000) && drawn.iter().any(|at| *at >= 500_000));
    assert_ne!(drawn, draw(&[8; 32], 1_000_000, 200));
    assert_eq!(draw(&[7; 32], 3, 200), [0, 1, 2]);
    assert_eq!(draw(&[7; 32], 0, 200), [0; 0]);
    assert_eq!(draw(&[7; 32], 200, 199).len(), 199);
}

#[test]
fn sampled_entries_are_judged_one_by_one() {
    let community = lively();
    let record = RecordName::new("vote", VOTE).expect("a name");
    let vote = community.vote();
    let check = |at: usize, entry: &[u8]| {
        check_sampled(
            at as u64,
            entry,
            &record,
            &vote,
            CHAIN,
            &community.ledger.timeline,
        )
    };
    let mut ballots = 0;
    for (at, entry) in log(&community).iter().enumerate() {
        let event = Event::open(&entry[16..]).expect("opens");
        let sampled = check(at, entry).expect("stands");
        let is_ballot = event.payload().event_type == "ballot.cast";
        assert_eq!(sampled.is_some(), is_ballot);
        ballots += usize::from(is_ballot);
        for byte in [20, 200, entry.len() - 10] {
            let mut bent = entry.clone();
            bent[byte] ^= 0x40;
            assert!(check(at, &bent).is_err(), "byte {byte}");
        }
    }
    assert_eq!(ballots, 11);
    let foreign = community.ledger.log("member", "street")[0].clone();
    assert_eq!(check(0, &foreign), Err(Fault::NotTouched(0)));
    let other = voting_with(&[90; 10], |_| {});
    let added = other.cast_body(5, Choice::For, Rank::Owner);
    assert!(
        matches!(
            check(0, &entry(&other, 0, &added, "owner 5")),
            Err(Fault::Stopped(0, _))
        ),
        "a leaf of another roster"
    );
    assert_eq!(owner(5).public(), key("owner 5").public());
}
