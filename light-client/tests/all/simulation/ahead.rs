//! The tip of a living chain, where an honest node has no header yet to hold against a forged one.

use std::cell::Cell;
use std::rc::Rc;

use light_client::client::{
    Failure, Fault, Followed, LightClient, MemoryStore, Resource, Said, Settings, Store,
};
use light_client::{Options, Time, TrustLevel};

use super::chain::{Chain, VALIDATORS};
use super::nodes::{BORN, Client, Clock, Device, Manners, Node, block_on, state};
use super::random::runs;
use crate::common::generate::Rng;

/// Blocks that there are when a client comes, ten seconds apart.
const TIP: u64 = 20;
/// Blocks that are made while it is there.
const LATER: u64 = 20;
const SECOND: i128 = 1_000_000_000;
/// What clocks may differ and nodes may lag, as the settings have it.
const WINDOW: i128 = 20 * SECOND;
/// The longest wait: until a header is that old whose time was as far ahead as it may be.
const LONGEST: i128 = WINDOW + 10 * SECOND;

/// A living chain, and the device's clock, when the block `TIP` is there.
struct World {
    chain: Rc<Chain>,
    clock: Clock,
    rng: Rng,
}

impl World {
    fn new(percent_replaced: u64, mut rng: Rng) -> World {
        let chain = Chain::new(TIP + LATER, percent_replaced, &mut rng);
        World::over(Rc::new(chain), rng)
    }

    fn over(chain: Rc<Chain>, rng: Rng) -> World {
        let now = chain.header(TIP).time.unix_nanos() + BORN;
        World {
            chain,
            clock: Rc::new(Cell::new(now)),
            rng,
        }
    }

    fn honest(&self, name: &str) -> Node {
        self.lagging(name, 0)
    }

    fn lagging(&self, name: &str, lag: u64) -> Node {
        let manners = Manners {
            grows: true,
            lag,
            ..Manners::default()
        };
        Node::new(name, &self.chain, manners, 3).by(&self.clock)
    }

    /// On the honest chain, whatever it claims.
    fn claiming(&self, name: &str, height: u64, age: i128) -> Node {
        let manners = Manners {
            grows: true,
            claims: Some((height, age)),
            ..Manners::default()
        };
        Node::new(name, &self.chain, manners, 3).by(&self.clock)
    }

    /// A branch that all validators signed, up to a height, the last block so long after the device's time.
    fn branch(&mut self, fork: u64, to: u64, after: i128) -> Rc<Chain> {
        let last = Time::from_unix_nanos(self.clock.get() + after).expect("a time");
        let all = self.chain.members[&(fork + 1)].clone();
        Rc::new(self.chain.forge_ahead(fork, to, last, &all, &mut self.rng))
    }

    /// Two members' nodes.
    fn liars(&self, branch: &Rc<Chain>) -> Vec<Node> {
        ["liar", "its friend"]
            .map(|name| Node::new(name, branch, Manners::default(), 3).by(&self.clock))
            .into()
    }

    fn client(&self, trusted: u64, nodes: Vec<Node>) -> Client {
        let settings = Settings::new(Options {
            trust_level: TrustLevel::TWO_THIRDS,
            ..Options::default()
        });
        let device = Device::by(&self.clock);
        let mut client = LightClient::new(nodes, MemoryStore::default(), device, settings);
        block_on(client.trust(&state(&self.chain.blocks[&trusted]))).expect("kept");
        client
    }
}

fn world() -> World {
    World::new(0, Rng(5))
}

fn height(followed: &Followed) -> u64 {
    followed.header.header().height
}

fn said(followed: &Followed, name: &str) -> Said {
    let mut standings = followed.standings.iter();
    let one = standings.find(|standing| standing.name == name);
    one.expect("there").said.clone()
}

fn is_named(followed: &Followed, name: &str) -> bool {
    matches!(said(followed, name), Said::Failed(Fault::Garbage(why)) if why.contains("time"))
}

#[test]
fn a_height_that_only_colluders_claim_is_not_gone_for() {
    for above in [1, 2, 3, 4, 30] {
        let mut world = World::new(0, Rng(5));
        let branch = world.branch(15, (TIP + above).min(TIP + LATER), 9 * SECOND);
        let mut nodes = world.liars(&branch);
        nodes.push(world.honest("honest"));
        let mut client = world.client(1, nodes);
        // At the height that the honest node has, it shows that the chain has forked.
        let attack = block_on(client.newest()).expect_err("a fork");
        assert_eq!(attack.code(), "attack", "{above}");
    }
}

#[test]
fn a_branch_that_begins_at_the_tip_is_found_once_the_honest_node_is_there() {
    // Once it has the height, or a block of that time; the next ones come after ten and twenty seconds.
    for (above, after, until) in [(1, 0, 10), (1, 9, 10), (3, 0, 10), (15, 0, 10), (15, 9, 20)] {
        let mut world = World::new(0, Rng(5));
        let branch = world.branch(TIP, TIP + above, after * SECOND);
        let mut nodes = world.liars(&branch);
        nodes.push(world.honest("honest"));
        let mut client = world.client(1, nodes);
        let followed = block_on(client.newest()).expect("what all have");
        assert_eq!(height(&followed), TIP);
        let before = world.clock.get();
        let failure = block_on(client.at(TIP + above)).expect_err("a fork");
        assert_eq!(failure.code(), "attack", "{above} {after}");
        let waited = world.clock.get() - before;
        assert!(waited <= (until + 2) * SECOND, "{above} {after}: {waited}");
    }
}

#[test]
fn slow_leaders_leave_no_header_whose_time_the_honest_node_has_not_reached() {
    let mut world = world();
    // Each uses up its share of the time; the liar's header is as new as may be when that is over.
    let branch = world.branch(TIP, TIP + 15, 7 * 13 * SECOND + 9 * SECOND);
    let slow = |headers_only| Manners {
        slow: 13_000,
        headers_only,
        ..Manners::default()
    };
    let names = ["1", "2", "3", "4", "5", "6", "liar"];
    let node = |name| Node::new(name, &branch, slow(name != "liar"), 3).by(&world.clock);
    let mut nodes: Vec<Node> = names.map(node).into();
    nodes.push(world.honest("honest"));
    let mut client = world.client(1, nodes);
    let outcome = block_on(client.at(TIP + 15));
    assert_eq!(outcome, Err(Failure::OutOf(Resource::Time)));
    // Those who were slow do not lead the next time.
    let outcome = block_on(client.at(TIP + 15));
    assert_eq!(outcome.map_err(|failure| failure.code()), Err("attack"));
}

#[test]
fn where_the_chain_stands_still_the_block_above_is_not_gone_for() {
    let mut world = world();
    // The next blocks are long in coming.
    let chain = world.chain.up_to(TIP);
    world.clock.set(world.clock.get() + 10 * WINDOW);
    let branch = world.branch(TIP, TIP + 1, 0);
    let mut nodes = world.liars(&branch);
    let honest = |name| Node::new(name, &Rc::new(chain), Manners::default(), 3);
    nodes.push(honest("honest").by(&world.clock));
    let mut client = world.client(1, nodes);
    let followed = block_on(client.newest()).expect("what all have");
    assert_eq!(height(&followed), TIP);
}

#[test]
fn a_forgery_that_was_believed_is_found_once_the_honest_chain_has_its_time() {
    let mut world = world();
    let branch = world.branch(TIP, TIP + 15, 0);
    let mut nodes = world.liars(&branch);
    let away = world.honest("honest");
    let switch = away.asleep.clone();
    nodes.push(away);
    let mut client = world.client(TIP, nodes);
    switch.set(true);
    block_on(client.at(TIP + 15)).expect("nobody says otherwise");
    switch.set(false);
    world.clock.set(world.clock.get() + WINDOW);
    // It is far below in height still.
    let Err(Failure::Attack(attack)) = block_on(client.newest()) else {
        panic!("both are signed");
    };
    assert_eq!(attack.common_height, TIP);
    assert!(attack.theirs.signed_header.header.height < TIP + 15);
}

#[test]
fn a_node_that_is_soon_there_is_waited_for_no_longer_than_that() {
    let world = world();
    let late = Manners {
        grows: true,
        lag: 1,
        catches_up: true,
        ..Manners::default()
    };
    let late = Node::new("late", &world.chain, late, 3).by(&world.clock);
    let nodes = vec![world.honest("a"), world.honest("b"), late];
    let mut client = world.client(1, nodes);
    let before = world.clock.get();
    let followed = block_on(client.at(TIP)).expect("reached");
    assert_eq!(said(&followed, "late"), Said::Agrees);
    // It was there after a second.
    assert_eq!(world.clock.get() - before, SECOND);
}

#[test]
fn a_node_that_stays_behind_costs_a_wait_where_the_header_is_new_and_no_more() {
    let world = world();
    // Its chain ends there.
    for (newest, holds_up) in [(TIP - 1, true), (TIP - 9, false)] {
        let blocks = world.chain.blocks.clone();
        let chain = Chain {
            blocks: blocks.into_iter().take(newest as usize).collect(),
            members: world.chain.members.clone(),
        };
        let stuck = Node::new("stuck", &Rc::new(chain), Manners::default(), 3);
        let nodes = vec![world.honest("a"), world.honest("b"), stuck];
        let mut client = world.client(1, nodes);
        for wanted in [5, TIP, TIP] {
            let before = world.clock.get();
            let followed = block_on(client.at(wanted)).expect("the rest suffice");
            let said = said(&followed, "stuck");
            let has = wanted <= newest;
            assert_eq!(said, if has { Said::Agrees } else { Said::Behind });
            let waited = world.clock.get() - before;
            let new = holds_up && wanted == TIP && waited > 0;
            assert!(waited == 0 || new && waited <= LONGEST, "{newest} {wanted}");
        }
        world
            .clock
            .set(world.chain.header(TIP).time.unix_nanos() + BORN);
    }
}

#[test]
fn what_is_trusted_already_holds_nobody_up() {
    let world = world();
    let nodes = vec![
        world.honest("a"),
        world.honest("b"),
        world.lagging("late", 1),
    ];
    let mut client = world.client(TIP, nodes);
    let before = world.clock.get();
    for followed in [block_on(client.newest()), block_on(client.at(TIP))] {
        assert_eq!(height(&followed.expect("known")), TIP);
    }
    assert_eq!(world.clock.get(), before);
}

#[test]
fn one_that_says_that_it_has_the_header_and_shows_none_is_waited_for_a_moment() {
    let world = world();
    let mute = Manners {
        grows: true,
        shows_nothing: true,
        ..Manners::default()
    };
    let mute = Node::new("mute", &world.chain, mute, 3).by(&world.clock);
    let nodes = vec![world.honest("a"), world.honest("b"), mute];
    let mut client = world.client(1, nodes);
    let before = world.clock.get();
    let followed = block_on(client.newest()).expect("the rest suffice");
    assert_eq!(followed.standings[2].said, Said::Behind);
    let waited = world.clock.get() - before;
    assert!(waited > 0 && waited <= 2 * SECOND);
}

#[test]
fn a_claim_that_is_too_low_for_its_time_is_found_out_and_named() {
    let world = world();
    let age = |height| world.clock.get() - world.chain.header(height).time.unix_nanos();
    for (claimed, claimed_age, trusted) in [
        // An old block with a new one's time; the trusted one's height with another time; below it, and not older.
        (5, 0, 1),
        (19, age(TIP), 1),
        (12, 0, 12),
        (5, age(TIP - 1), TIP - 1),
        (5, 0, 12),
    ] {
        let low = world.claiming("low", claimed, claimed_age);
        let nodes = vec![low, world.honest("a"), world.honest("b")];
        let mut client = world.client(trusted, nodes);
        let followed = block_on(client.newest()).expect("reached");
        assert_eq!(height(&followed), TIP, "{claimed}");
        assert_eq!(followed.trace.from, trusted);
        assert_eq!(followed.trace.steps.last().map(|step| step.to), Some(TIP));
        assert!(is_named(&followed, "low"), "{claimed}: {followed:?}");
        let kept = block_on(client.store_mut().newest()).expect("reads");
        assert_eq!(kept.map(|state| state.height()), Some(TIP));
    }
}

#[test]
fn many_low_claims_are_found_out_one_after_the_other() {
    let world = world();
    let mut nodes: Vec<Node> = [17, 3, 11]
        .map(|claimed| world.claiming(&format!("low {claimed}"), claimed, SECOND))
        .into();
    nodes.extend([world.honest("a"), world.honest("b")]);
    let mut client = world.client(1, nodes);
    let followed = block_on(client.newest()).expect("reached");
    assert_eq!(height(&followed), TIP);
    for name in ["low 3", "low 11", "low 17"] {
        assert!(is_named(&followed, name), "{name}");
    }
    let steps: Vec<u64> = followed.trace.steps.iter().map(|step| step.to).collect();
    assert!(steps.is_sorted() && steps.contains(&3) && steps.contains(&17));
}

#[test]
fn a_low_claim_where_the_others_have_pruned_pulls_nobody_down() {
    for shows_nothing in [false, true] {
        let world = world();
        let low = Manners {
            claims: Some((5, 0)),
            shows_nothing,
            ..Manners::default()
        };
        let low = Node::new("low", &world.chain, low, 3).by(&world.clock);
        let pruned = Manners {
            grows: true,
            base: 10,
            ..Manners::default()
        };
        let pruned = |name| Node::new(name, &world.chain, pruned, 3).by(&world.clock);
        let mut client = world.client(1, vec![low, pruned("a"), pruned("b")]);
        let followed = block_on(client.newest()).expect("reached");
        assert_eq!(height(&followed), TIP, "{shows_nothing}");
    }
}

#[test]
fn a_low_claim_that_fits_costs_a_few_blocks_or_seconds_at_most() {
    let world = world();
    for height_claimed in 1..TIP {
        let age = world.clock.get() - world.chain.header(height_claimed).time.unix_nanos();
        let low = world.claiming("low", height_claimed, age);
        let nodes = vec![low, world.honest("a"), world.honest("b")];
        let mut client = world.client(1, nodes);
        let followed = block_on(client.newest()).expect("reached");
        let header = followed.header.header();
        let newest = world.chain.header(TIP).time.unix_nanos();
        let lost = newest - header.time.unix_nanos();
        assert!(
            header.height + 1 >= TIP || lost <= WINDOW,
            "{height_claimed}"
        );
    }
}

#[test]
fn a_height_out_of_thin_air_keeps_nobody_from_the_tip() {
    let world = world();
    for claimed in [TIP + 1, TIP + 4, u64::MAX] {
        for age in [0, -100 * SECOND, 1_000 * SECOND] {
            let high = world.claiming("high", claimed, age);
            let nodes = vec![high, world.honest("a"), world.honest("b")];
            let mut client = world.client(1, nodes);
            let followed = block_on(client.newest()).expect("reached");
            assert_eq!(height(&followed), TIP, "{claimed} {age}");
        }
    }
}

/// What came of the calls.
#[derive(Debug, Default)]
struct Count {
    reached: u64,
    attacks: u64,
    not_established: u64,
}

#[test]
fn no_header_from_ahead_of_the_honest_chain_is_accepted() {
    let mut count = Count::default();
    // Each takes as long as several of the others.
    let runs = runs() / 4;
    let chains = [0, 3, 10, 30].map(|replaced| World::new(replaced, Rng(5)).chain);
    for seed in 0..runs {
        meet(seed, &chains, &mut count);
    }
    eprintln!("{count:?}");
    assert!(
        count.reached > runs && count.attacks * 5 > runs,
        "{count:?}"
    );
}

/// Honest nodes of a living chain, colluders who are ahead of it, and nodes that claim to be behind.
fn meet(seed: u64, chains: &[Rc<Chain>; 4], count: &mut Count) {
    let mut rng = Rng(seed);
    let chain = &chains[rng.below(4) as usize];
    let world = World::over(chain.clone(), Rng(rng.next()));
    world
        .clock
        .set(world.clock.get() + rng.below(10) as i128 * SECOND);
    let fork = TIP - [0, 0, 0, 1, 5][rng.below(5) as usize];
    // Just above; a little further; so far that no honest block comes to be held against it.
    let most = [3, 8, LATER][rng.below(3) as usize];
    let to = TIP + 1 + rng.below(most);
    let corrupt = 1 + rng.below(VALIDATORS) as usize;
    let after = rng.below(10) as i128 - rng.below(6) as i128;
    let last = Time::from_unix_nanos(world.clock.get() + after * SECOND).expect("a time");
    let keys = world.chain.members[&(fork + 1)][..corrupt].to_vec();
    let branch = Rc::new(world.chain.forge_ahead(fork, to, last, &keys, &mut rng));
    let mut nodes = world.liars(&branch);
    let honest = 1 + rng.below(3);
    for number in 0..honest {
        nodes.push(world.honest(&format!("honest {number}")));
    }
    if rng.one_in(2) {
        let age = rng.below(30) as i128 * SECOND;
        nodes.push(world.claiming("low", 1 + rng.below(TIP), age));
    }
    if rng.one_in(3) {
        nodes.push(world.lagging("late", 1 + rng.below(4)));
    }
    for at in 1..nodes.len() {
        nodes.swap(at, rng.below(at as u64 + 1) as usize);
    }
    let mut client = world.client(1, nodes);
    for wanted in [None, Some(TIP + 1), None, Some(to), None] {
        let before = world.clock.get();
        let outcome = match wanted {
            None => block_on(client.newest()),
            Some(height) => block_on(client.at(height)),
        };
        let waited = world.clock.get() - before;
        assert!(waited <= LONGEST, "seed {seed}: waited {waited}");
        match outcome {
            Ok(followed) => {
                let header = followed.header.header();
                let honest = world.chain.header(header.height);
                assert_eq!(header, honest, "seed {seed}: forged");
                let tip = world.chain.blocks.values().rev();
                let mut times = tip.map(|block| block.signed_header.header.time.unix_nanos());
                let tip = times.find(|time| time + BORN <= before).expect("a tip");
                let lost = tip - header.time.unix_nanos();
                let is_new = lost <= WINDOW;
                assert!(wanted.is_some() || is_new, "seed {seed}: {lost}");
                count.reached += 1;
            }
            Err(Failure::Attack(attack)) => {
                assert!(attack.headers().is_ok(), "seed {seed}");
                count.attacks += 1;
                return;
            }
            Err(failure) => {
                let must = wanted.is_none() && honest > 1;
                assert!(!must, "seed {seed}: {failure:?}");
                count.not_established += 1;
            }
        }
        world
            .clock
            .set(world.clock.get() + rng.below(12) as i128 * SECOND);
    }
}
