//! How each node stands: by name, and from one client to the next.

use std::rc::Rc;

use light_client::client::{Fault, LightClient, MemoryStore, Said};
use light_client::{Reason, Time, TrustLevel};

use super::chain::{Chain, Lie, soon_after};
use super::nodes::{
    Client, Device, Manners, Node, attack_of, block_on, client, node, settings, state,
};
use crate::common::generate::{Member, Rng};

fn chain() -> Rc<Chain> {
    Rc::new(Chain::new(12, 0, &mut Rng(1)))
}

fn said(client: &Client) -> Vec<Said> {
    client
        .standings()
        .into_iter()
        .map(|node| node.said)
        .collect()
}

/// A chain of another name, and else the same.
fn renamed(chain: &Chain) -> Rc<Chain> {
    let mut other = chain.clone();
    for block in other.blocks.values_mut() {
        block.signed_header.header.chain_id = "another".into();
    }
    Rc::new(other)
}

#[test]
fn a_node_of_another_chain_is_named_and_left_alone() {
    let chain = chain();
    let stranger = node("stranger", &renamed(&chain));
    let requests = stranger.requests.clone();
    let nodes = vec![node("a", &chain), stranger, node("b", &chain)];
    let mut client = client(&chain, nodes, TrustLevel::TWO_THIRDS, soon_after(&chain));
    for _ in 0..2 {
        block_on(client.newest()).expect("reached");
        let wrong = Said::Failed(Fault::WrongChain("another".into()));
        assert_eq!(said(&client)[1], wrong);
    }
    assert_eq!(requests.get(), 1, "asked once, and never again");
}

#[test]
fn who_lied_to_one_client_is_not_asked_by_the_next() {
    let chain = chain();
    let nodes = || {
        vec![
            node("stranger", &renamed(&chain)),
            node("a", &chain),
            node("b", &chain),
        ]
    };
    let now = soon_after(&chain);
    let mut first = client(&chain, nodes(), TrustLevel::TWO_THIRDS, now);
    block_on(first.newest()).expect("reached");
    let mut next = LightClient::new(nodes(), MemoryStore::default(), Device::at(now), settings());
    block_on(next.trust(&state(&chain.blocks[&1]))).expect("kept");
    next.recall(&first.standings());
    block_on(next.at(12)).expect("reached");
    assert_eq!(said(&next), said(&first));
}

#[test]
fn who_failed_one_client_leads_the_next_only_after_the_others() {
    let chain = chain();
    let cut_off = Manners {
        silent: (0, 1_000),
        ..Manners::default()
    };
    let now = soon_after(&chain);
    let silent = Node::new("a", &chain, cut_off, 3);
    let mut first = client(
        &chain,
        vec![silent, node("b", &chain), node("c", &chain)],
        TrustLevel::TWO_THIRDS,
        now,
    );
    block_on(first.at(12)).expect("reached");
    // It answers again, a minute later.
    let now = Time::from_unix_nanos(now.unix_nanos() + 60_000_000_000).expect("a time");
    let nodes: Vec<Node> = ["a", "b", "c"].map(|name| node(name, &chain)).into();
    let asleep: Vec<_> = nodes.iter().map(|node| node.asleep.clone()).collect();
    let mut next = client(&chain, nodes, TrustLevel::TWO_THIRDS, now);
    next.recall(&first.standings());
    block_on(next.at(9)).expect("reached");
    assert_eq!(said(&next)[..2], [Said::Agrees, Said::Led]);
    // It leads where no other does, and is a leader like any from then on.
    asleep[1].set(true);
    block_on(next.at(12)).expect("reached");
    assert_eq!(said(&next)[2], Said::Led);
    asleep[2].set(true);
    assert!(
        block_on(next.at(10)).is_err(),
        "nobody is left to witness it"
    );
    assert_eq!(said(&next)[0], Said::Led);
    assert_eq!(next.standings()[0].failed, None);
}

#[test]
fn who_proved_a_fork_is_named() {
    let chain = chain();
    let corrupt = &chain.members[&6][..];
    let forged = Rc::new(chain.forge(5, Lie::Lunatic, corrupt, &mut Rng(2)));
    let nodes = vec![node("a", &forged), node("b", &chain)];
    let mut client = client(&chain, nodes, TrustLevel::TWO_THIRDS, soon_after(&chain));
    let attack = attack_of(block_on(client.newest()));
    assert_eq!(attack.theirs_from, "b");
    assert_eq!(said(&client), [Said::Led, Said::Forked]);
}

#[test]
fn who_was_proven_wrong_stays_so_whatever_it_holds_or_claims_besides() {
    let chain = chain();
    let corrupt = &chain.members[&6][..2];
    let forged = Rc::new(chain.forge(5, Lie::Lunatic, corrupt, &mut Rng(2)));
    // It claims the tip with another time, so its claim is disproved as well; or does not even hold what all trust began with.
    let claiming = Manners {
        claims: Some((12, -1_000_000_000)),
        ..Manners::default()
    };
    let strangers = |number, power| Member::new(1_000 + number, power);
    let foreign = Rc::new(Chain::of(strangers, 12, 0, &mut Rng(1)));
    for liar in [
        Node::new("liar", &forged, claiming, 3),
        node("liar", &foreign),
    ] {
        let requests = liar.requests.clone();
        let nodes = vec![liar, node("a", &chain), node("b", &chain)];
        let mut client = client(&chain, nodes, TrustLevel::TWO_THIRDS, soon_after(&chain));
        block_on(client.newest()).expect("reached");
        let found = &said(&client)[0];
        assert!(
            matches!(found, Said::Failed(Fault::Refuted(_))),
            "{found:?}"
        );
        let before = requests.get();
        block_on(client.newest()).expect("reached");
        assert_eq!(requests.get(), before, "it is not asked again");
    }
}

#[test]
fn one_that_disputed_rests_with_the_next_client_too_and_for_good_where_it_was_proven_wrong() {
    let chain = chain();
    let now = soon_after(&chain);
    let unproven = || Fault::Refused("no common header is left".into());
    let wrong = Fault::Refuted(Reason::HeightNotAbove {
        trusted: 1,
        found: 1,
    });
    for (fault, since, is_asked) in [
        (unproven(), now, false),
        (unproven(), Time::UNIX_EPOCH, true),
        (wrong, Time::UNIX_EPOCH, false),
    ] {
        let nodes: Vec<Node> = ["a", "b", "c"].map(|name| node(name, &chain)).into();
        let requests = nodes[0].requests.clone();
        let mut client = client(&chain, nodes, TrustLevel::TWO_THIRDS, now);
        let mut standings = client.standings();
        (standings[0].said, standings[0].since) = (Said::Disputes(fault.clone()), Some(since));
        client.recall(&standings);
        block_on(client.newest()).expect("reached");
        assert_eq!(requests.get() > 0, is_asked, "{fault:?} since {since:?}");
    }
}

#[test]
fn what_a_node_claimed_in_an_earlier_call_counts_no_more() {
    let chain = chain();
    let nodes: Vec<Node> = ["a", "b", "c"].map(|name| node(name, &chain)).into();
    let asleep = nodes[2].asleep.clone();
    let mut client = client(&chain, nodes, TrustLevel::TWO_THIRDS, soon_after(&chain));
    for (sleeps, height) in [(false, Some(12)), (true, None)] {
        asleep.set(sleeps);
        let followed = block_on(client.newest()).expect("reached");
        assert_eq!(followed.standings[2].height, height);
    }
}
