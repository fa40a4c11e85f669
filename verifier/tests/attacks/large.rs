//! A vote with more ballots than fit into any memory at once, counted to the last.

use crate::{
    ask::NODES,
    common::{
        Lie, Net, TestChain, json, now, verifier,
        vote::{VOTE, owner, voting},
    },
};
use records::{
    RecordName, State, canonical,
    kinds::{
        ballot::{self, Cast, Seat},
        vote::{Choice, Rank, Standing, Vote},
    },
    log::Entry,
    roster::{Leaf, Room, Roster},
    testing::SECOND,
};
use std::rc::Rc;
use verifier::{Question, verdict::Outcome};

const HEADS: u32 = 100_500;
const AREA: u64 = 500_000;

fn roster() -> Roster {
    let leaf = |head: u32| {
        let room = format!("1-{head}");
        let rooms = vec![Room { area: AREA, room }];
        Leaf::new(&format!("h{head}"), Some(owner(head).public()), rooms).expect("a leaf")
    };
    Roster::new((0..HEADS).map(leaf).collect()).expect("a roster")
}

/// Everybody has voted in favour, in one block: block by block it would take an hour.
fn voted() -> Rc<TestChain> {
    let roster = roster();
    let mut chain = voting(|open| {
        open.roster = roster.totals();
        open.scope = roster.scope();
    })
    .chain;
    let mut vote: Vote = chain.ledger.data("vote", VOTE);
    let mut log = chain.ledger.log("vote", VOTE).to_vec();
    for head in 0..HEADS {
        let cast = Cast {
            by: None,
            choice: Choice::For,
            rank: Rank::Owner,
            replaces: None,
            seat: Seat::on(&roster, head, VOTE, "garden").expect("on the roster"),
        };
        let id = ballot::id(VOTE, head);
        let payload = chain
            .ledger
            .payload("ballot.cast", ("ballot", &id), json(&cast));
        let envelope = payload.sign(&[&owner(head)]).expect("encodes").encode();
        let entry = Entry {
            height: chain.height() + 1,
            time: chain.ledger.time,
            envelope: &envelope,
        };
        log.push(entry.encode());
        let (choice, rank) = (cast.choice, cast.rank);
        vote.tally
            .add(Standing { choice, rank }, AREA)
            .expect("fits");
    }
    let name = RecordName::new("vote", VOTE).expect("a name");
    let state = State {
        data: canonical::to_value(&vote).expect("encodes"),
        seq: chain.ledger.seq(&name),
    };
    chain.forge(&name, &state, log);
    chain.ledger.time += 11 * 24 * 3600 * SECOND;
    chain.empty();
    chain.empty();
    Rc::new(chain)
}

#[test]
#[ignore = "slow unless optimised"]
fn a_vote_of_a_hundred_thousand_ballots_is_counted_to_the_last() {
    let chain = voted();
    let net = Net::at(chain.time() + 3 * SECOND);
    let net = NODES
        .iter()
        .fold(net, |net, (url, _)| net.with(url, &chain, Lie::None));
    let question = Question::recount(VOTE, 0).expect("a vote");
    let verdict = now(verifier(&chain, &NODES).check(&net, &question));
    assert_eq!(verdict.outcome, Outcome::Verified, "{:#?}", verdict.checks);
    assert_eq!(verdict.history.len(), HEADS as usize + 1);
}
