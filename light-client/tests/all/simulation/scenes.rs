//! Single scenes, one for each thing that a client promises.

use std::rc::Rc;
use std::time::Duration;

use light_client::client::{
    Failure, Fault, LightClient, Limits, Mode, Resource, Said, Settings, StepKind, Store,
};
use light_client::{Options, Time, TrustLevel};

use super::chain::{Chain, soon_after};
use super::nodes::{Manners, Node, block_on, client, client_with, node};
use crate::common::generate::{Rng, at};

fn chain(length: u64, percent: u64) -> Rc<Chain> {
    Rc::new(Chain::new(length, percent, &mut Rng(1)))
}

fn settings() -> Settings {
    Settings::new(Options::default())
}

#[test]
fn the_tip_is_reached_and_kept() {
    let chain = chain(40, 5);
    let nodes = vec![node("a", &chain), node("b", &chain)];
    let mut client = client(&chain, nodes, TrustLevel::ONE_THIRD, soon_after(&chain));
    let followed = block_on(client.newest()).expect("reached");
    assert_eq!(followed.header.header(), chain.header(40));
    assert_eq!(followed.trace.from, 1);
    assert_eq!(followed.trace.steps.last().map(|step| step.to), Some(40));
    assert!(followed.trace.steps.len() < 30, "headers are skipped");
    assert!(followed.trace.spent.signatures > 0 && followed.trace.spent.headers > 1);
    let said: Vec<&Said> = followed.standings.iter().map(|s| &s.said).collect();
    assert_eq!(said, [&Said::Led, &Said::Agrees]);
    let kept = block_on(client.store_mut().newest()).expect("reads");
    assert_eq!(kept.map(|state| state.height()), Some(40));
}

/// Nodes of three members, of which the last shows other blocks than the chain's.
fn beside(chain: &Rc<Chain>, change: impl FnOnce(&mut Chain), manners: Manners) -> Vec<Node> {
    let mut other = Chain::clone(chain);
    change(&mut other);
    let other = Node::new("other", &Rc::new(other), manners, 3);
    vec![node("a", chain), node("b", chain), other]
}

#[test]
fn a_block_of_another_height_is_never_taken_for_the_one_that_was_asked_for() {
    let chain = chain(20, 0);
    let sequential = Settings {
        mode: Mode::Sequential,
        ..settings()
    };
    let skips = |other: &mut Chain| drop(other.blocks.insert(2, chain.blocks[&5].clone()));
    let mut nodes = beside(&chain, skips, Manners::default());
    nodes.rotate_right(1);
    let mut client = client_with(&chain, 1, nodes, sequential, soon_after(&chain));
    let followed = block_on(client.newest()).expect("over every header");
    assert_eq!(followed.trace.steps.len(), 19);
    // Nor is its header another one of that height, which it would have to prove.
    let late = |other: &mut Chain| drop(other.blocks.insert(20, chain.blocks[&19].clone()));
    let nodes = beside(&chain, late, Manners::default());
    let mut client = client_with(&chain, 1, nodes, settings(), soon_after(&chain));
    let followed = block_on(client.at(20)).expect("two hold it");
    let said = &followed.standings[2].said;
    assert!(matches!(said, Said::Failed(Fault::Garbage(_))), "{said:?}");
}

#[test]
fn one_that_lacks_the_height_and_is_of_another_chain_is_of_another_chain() {
    let chain = chain(20, 0);
    let renamed = |other: &mut Chain| {
        let tip = other.blocks.get_mut(&20).expect("there");
        tip.signed_header.header.chain_id = "other".into();
    };
    let mute = Manners {
        shows_nothing: true,
        ..Manners::default()
    };
    let nodes = beside(&chain, renamed, mute);
    let mut client = client_with(&chain, 1, nodes, settings(), soon_after(&chain));
    let followed = block_on(client.at(20)).expect("two hold it");
    let wrong = Said::Failed(Fault::WrongChain("other".into()));
    assert_eq!(followed.standings[2].said, wrong);
}

#[test]
fn a_height_on_the_way_to_the_tip_is_reached_exactly_and_none_beyond_it() {
    let chain = chain(40, 5);
    let manners = Manners {
        lag: 1,
        ..Manners::default()
    };
    let behind = Node::new("b", &chain, manners, 3);
    let nodes = vec![node("a", &chain), behind];
    let mut client = client_with(&chain, 10, nodes, settings(), soon_after(&chain));
    let followed = block_on(client.forward(Some(25))).expect("reached");
    assert_eq!(followed.header.header(), chain.header(25));
    let said: Vec<&Said> = followed.standings.iter().map(|s| &s.said).collect();
    assert_eq!(said, [&Said::Led, &Said::Agrees]);
    // Nothing is believed where an honest node could not contradict, and there is no way down.
    for height in [40, 24] {
        let refused = block_on(client.forward(Some(height))).expect_err("out of reach");
        assert_eq!(refused.code(), "no-way", "{height}");
    }
}

#[test]
fn every_header_is_verified_where_that_is_wanted() {
    let chain = chain(12, 30);
    let cut_off = Manners {
        silent: (4, u64::MAX),
        ..Manners::default()
    };
    // What it left unfinished is not on the next one's way.
    let cut_off = Node::new("cut off", &chain, cut_off, 3);
    let nodes = vec![cut_off, node("a", &chain), node("b", &chain)];
    let settings = Settings {
        mode: Mode::Sequential,
        ..settings()
    };
    let mut client = client_with(&chain, 1, nodes, settings, soon_after(&chain));
    let followed = block_on(client.newest()).expect("reached");
    let heights: Vec<u64> = followed.trace.steps.iter().map(|step| step.to).collect();
    assert_eq!(heights, (2..=12).collect::<Vec<u64>>());
    // Five votes of six are more than two thirds.
    assert!(
        followed.trace.spent.signatures >= 11 * 5,
        "all are paid for"
    );
    assert!(
        followed
            .trace
            .steps
            .iter()
            .all(|step| matches!(step.kind, StepKind::Next(_)))
    );
}

#[test]
fn without_a_witness_of_another_member_nothing_is_believed() {
    let chain = chain(20, 5);
    let nodes = vec![node("bank/1", &chain), node("bank/2", &chain)];
    let mut client = client(&chain, nodes, TrustLevel::ONE_THIRD, soon_after(&chain));
    let failure = block_on(client.newest()).expect_err("a bank does not witness itself");
    assert_eq!(failure.code(), "not-witnessed");
    let kept = block_on(client.store_mut().newest()).expect("reads");
    assert_eq!(kept.map(|state| state.height()), Some(1), "nor is it kept");
}

#[test]
fn as_many_members_and_those_are_needed_that_the_settings_want() {
    let chain = chain(20, 5);
    // A member's nodes need not stand beside each other.
    let nodes = ["bank/1", "shop", "bank/2", "notary"];
    for (count, one_of, wanted) in [
        (1, &[][..], None),
        (2, &[], None),
        // The bank's second node is none.
        (3, &[], Some("not-witnessed")),
        (1, &["notary"], None),
        (1, &["bank", "tax"], None),
        (1, &["tax"], Some("not-witnessed")),
    ] {
        let settings = Settings {
            witnesses: count,
            one_of: one_of.iter().map(|member| String::from(*member)).collect(),
            ..settings()
        };
        let nodes = nodes.map(|name| node(name, &chain)).into();
        let mut client = client_with(&chain, 1, nodes, settings, soon_after(&chain));
        let outcome = block_on(client.newest());
        assert_eq!(
            outcome.err().map(|failure| failure.code()),
            wanted,
            "{count} {one_of:?}"
        );
    }
}

#[test]
fn a_silent_witness_is_no_witness() {
    let chain = chain(20, 5);
    let deaf = Manners {
        drops: 100,
        ..Manners::default()
    };
    let nodes = vec![node("a", &chain), Node::new("b", &chain, deaf, 1)];
    let mut client = client(&chain, nodes, TrustLevel::ONE_THIRD, soon_after(&chain));
    let Err(Failure::NotWitnessed(followed)) = block_on(client.newest()) else {
        panic!("nobody else answered");
    };
    assert_eq!(followed.standings[1].said.code(), "unreachable");
}

#[test]
fn a_witness_that_is_behind_is_named_and_the_rest_suffice() {
    let chain = chain(30, 5);
    let slow = Manners {
        lag: 4,
        ..Manners::default()
    };
    let nodes = vec![
        node("a", &chain),
        Node::new("slow", &chain, slow, 1),
        node("c", &chain),
    ];
    let mut client = client(&chain, nodes, TrustLevel::ONE_THIRD, soon_after(&chain));
    let followed = block_on(client.newest()).expect("reached");
    assert_eq!(followed.header.header().height, 30);
    assert_eq!(followed.standings[1].said, Said::Behind);
    assert_eq!(followed.standings[2].said, Said::Agrees);
}

#[test]
fn one_node_alone_cannot_keep_us_waiting_for_its_block() {
    let chain = chain(30, 5);
    let slow = Manners {
        lag: 1,
        ..Manners::default()
    };
    let nodes = vec![node("a", &chain), Node::new("b", &chain, slow, 1)];
    let mut client = client(&chain, nodes, TrustLevel::ONE_THIRD, soon_after(&chain));
    let followed = block_on(client.newest()).expect("reached");
    assert_eq!(followed.header.header().height, 29, "what two members have");
}

#[test]
fn a_dead_or_lying_first_node_is_replaced_and_remembered() {
    let chain = chain(30, 10);
    let (dead, lying) = (
        Manners {
            drops: 100,
            ..Manners::default()
        },
        Manners {
            garbles: 100,
            ..Manners::default()
        },
    );
    // Three tries for a header, or nothing.
    for (manners, asked_later) in [(dead, 3), (lying, 0)] {
        let nodes = vec![
            Node::new("bad", &chain, manners, 1),
            node("b", &chain),
            node("c", &chain),
        ];
        let requests = nodes[0].requests.clone();
        let mut client = client(&chain, nodes, TrustLevel::ONE_THIRD, soon_after(&chain));
        let followed = block_on(client.at(20)).expect("reached over the next");
        assert!(matches!(followed.standings[0].said, Said::Failed(_)));
        assert_eq!(followed.standings[1].said, Said::Led);
        // A dead one is asked for its header alone, one that was proven wrong for nothing.
        let before = requests.get();
        let followed = block_on(client.at(30)).expect("reached");
        assert_eq!(followed.header.header().height, 30);
        assert_eq!(followed.standings[1].said, Said::Led);
        assert_eq!(requests.get() - before, asked_later, "{manners:?}");
    }
}

#[test]
fn a_busy_node_is_asked_again_after_the_time_it_named() {
    let chain = chain(10, 0);
    let busy = Manners {
        busy: 2,
        ..Manners::default()
    };
    let nodes = vec![Node::new("a", &chain, busy, 1), node("b", &chain)];
    let mut client = client(&chain, nodes, TrustLevel::ONE_THIRD, soon_after(&chain));
    let followed = block_on(client.newest()).expect("reached");
    assert_eq!(followed.standings[0].said, Said::Led);
}

#[test]
fn expired_trust_is_said_and_never_passes_by_itself() {
    let chain = chain(10, 0);
    let nodes = vec![node("a", &chain), node("b", &chain)];
    let month = at(30 * 24 * 3600 * 1_000_000_000);
    let mut client = client(&chain, nodes, TrustLevel::ONE_THIRD, month);
    for _ in 0..2 {
        let failure = block_on(client.newest()).expect_err("expired");
        let Failure::TrustExpired { since, .. } = failure else {
            panic!("{failure:?}");
        };
        assert_eq!(since, chain.header(1).time);
    }
    let failure = block_on(client.at(5)).expect_err("expired");
    assert_eq!(failure.code(), "trust-expired");
}

#[test]
fn where_trust_expired_by_a_clock_that_may_be_ahead_that_is_said_and_nothing_is_trusted() {
    const SECOND: i128 = 1_000_000_000;
    let chain = chain(10, 0);
    let tip = chain.header(10).time;
    // A month after the tip, by the device.
    let ahead = 30 * 24 * 3600;
    let now = at(tip.unix_nanos() - at(0).unix_nanos() + ahead * SECOND);
    let claims = |age: i128| Manners {
        claims: Some((10, age * SECOND)),
        ..Manners::default()
    };
    let by = |now: Time, name, manners| {
        let clock = Rc::new(now.unix_nanos().into());
        Node::new(name, &chain, manners, 1).by(&clock)
    };
    let month = Duration::from_secs(ahead as u64);
    for (case, nodes, behind) in [
        (
            "all are behind",
            vec![("a", claims(ahead)), ("b", claims(ahead + 5))],
            Some(month),
        ),
        (
            "one is not",
            vec![("a", claims(ahead)), ("b", claims(ahead)), ("c", claims(3))],
            None,
        ),
        (
            "one member",
            vec![("a", claims(ahead)), ("a/2", claims(ahead))],
            None,
        ),
        (
            "one that answers",
            vec![
                ("a", claims(ahead)),
                (
                    "b",
                    Manners {
                        drops: 100,
                        ..claims(3)
                    },
                ),
            ],
            None,
        ),
        (
            "expired by their time too",
            vec![("a", claims(14 * 24 * 3600)), ("b", claims(ahead))],
            None,
        ),
        (
            "older than what is trusted",
            vec![("a", claims(ahead + 95)), ("b", claims(ahead + 95))],
            None,
        ),
    ] {
        let nodes = nodes
            .into_iter()
            .map(|(name, manners)| by(now, name, manners));
        let mut client = client(&chain, nodes.collect(), TrustLevel::ONE_THIRD, now);
        let failure = block_on(client.newest()).expect_err("expired");
        let since = chain.header(1).time;
        assert_eq!(failure, Failure::TrustExpired { since, behind }, "{case}");
        let ahead = failure
            .to_string()
            .contains("2592000 s behind this device's clock");
        assert_eq!(ahead, behind.is_some(), "{case}: {failure}");
        assert_eq!(
            block_on(client.at(5)).expect_err("expired").code(),
            "trust-expired"
        );
    }
    // Expired a moment ago, while blocks come as ever: no clock explains that.
    let week = Options::default().trusting_period.as_nanos() as i128;
    let just = at(chain.header(1).time.unix_nanos() - at(0).unix_nanos() + week);
    let nodes = ["a", "b"].map(|name| by(just, name, claims(15)));
    let mut client = client(&chain, nodes.into(), TrustLevel::ONE_THIRD, just);
    let failure = block_on(client.newest()).expect_err("expired");
    assert!(
        matches!(failure, Failure::TrustExpired { behind: None, .. }),
        "{failure:?}"
    );
}

#[test]
fn limits_end_what_costs_too_much() {
    let chain = chain(40, 40);
    let limited = |limits: Limits| {
        let nodes = vec![node("a", &chain), node("b", &chain)];
        let settings = Settings {
            limits,
            ..settings()
        };
        let mut client = client_with(&chain, 1, nodes, settings, soon_after(&chain));
        block_on(client.newest()).expect_err("limited")
    };
    let usual = Limits::default();
    let cases = [
        (
            Limits {
                signatures: 10,
                ..usual.clone()
            },
            Resource::Signatures,
        ),
        (
            Limits {
                headers: 6,
                ..usual.clone()
            },
            Resource::Headers,
        ),
        (
            Limits {
                bytes: 6_000,
                ..usual
            },
            Resource::Bytes,
        ),
    ];
    for (limits, resource) in cases {
        assert_eq!(limited(limits), Failure::OutOf(resource));
    }
}

#[test]
fn blocks_on_the_way_are_asked_for_together_and_within_every_limit() {
    let chain = chain(200, 10);
    let follow = |headers| {
        let leader = node("a", &chain);
        let (requests, together) = (leader.requests.clone(), leader.together.clone());
        let limits = Limits {
            headers,
            ..Limits::default()
        };
        let settings = Settings {
            limits,
            ..settings()
        };
        let nodes = vec![leader, node("b", &chain)];
        let mut client = client_with(&chain, 1, nodes, settings, soon_after(&chain));
        let outcome = block_on(client.newest());
        (outcome, requests.get(), together.get().1)
    };
    let (outcome, requests, together) = follow(1_000);
    let followed = outcome.expect("reached");
    assert_eq!(followed.header.header(), chain.header(200));
    assert_eq!(together, 4);
    // Besides blocks, its newest height; and the other node's header.
    let spent = followed.trace.spent.headers;
    assert_eq!(u64::from(spent), requests);
    assert!(spent > 40, "a long way: {spent}");
    for headers in 2..40 {
        let (outcome, requests, _) = follow(headers);
        assert_eq!(outcome, Err(Failure::OutOf(Resource::Headers)));
        // A third of them are the other node's, and a third are for the comparison.
        assert_eq!(requests, 1 + u64::from(headers / 3), "of {headers}");
    }
}

#[test]
fn an_empty_store_trusts_nothing() {
    use light_client::client::MemoryStore;
    let chain = chain(5, 0);
    let nodes = vec![node("a", &chain), node("b", &chain)];
    let device = super::nodes::Device::at(soon_after(&chain));
    let mut client = LightClient::new(nodes, MemoryStore::default(), device, settings());
    assert_eq!(block_on(client.newest()), Err(Failure::NoTrust));
    assert_eq!(block_on(client.at(3)), Err(Failure::NoTrust));
}

#[test]
fn an_answer_that_is_lost_beside_others_costs_its_node_nothing() {
    let chain = chain(200, 10);
    for lost in 1..20 {
        let manners = Manners {
            silent: (lost, lost + 1),
            ..Manners::default()
        };
        let leader = Node::new("leader", &chain, manners, 3);
        let nodes = vec![leader, node("a", &chain), node("b", &chain)];
        let mut client = client_with(&chain, 1, nodes, settings(), soon_after(&chain));
        let followed = block_on(client.newest()).expect("reached");
        assert_eq!(followed.standings[0].said, Said::Led, "request {lost}");
    }
}
