//! Thousands of networks from seeds.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use light_client::client::{Failure, Followed, LightClient, Limits, MemoryStore, Settings};
use light_client::{Options, Time, TrustLevel};

use super::chain::{Chain, Lie, VALIDATORS};
use super::nodes::{BORN, Client, Clock, Device, Manners, Node, block_on, state};
use crate::common::generate::{Member, Rng};

const SECOND: i128 = 1_000_000_000;
/// How far clocks may differ, as the settings have it.
const DRIFT: i128 = 10 * SECOND;

/// How many networks; `LIANYAN_SIMULATIONS` asks for more.
pub fn runs() -> u64 {
    let wanted = std::env::var("LIANYAN_SIMULATIONS").ok();
    wanted.and_then(|text| text.parse().ok()).unwrap_or(2_000)
}

/// What came of the calls.
#[derive(Debug, Default)]
struct Count {
    reached: u64,
    attacks: u64,
    not_established: u64,
}

#[test]
fn no_forged_header_is_accepted_and_the_tip_is_reached() {
    let mut count = Count::default();
    for seed in 0..runs() {
        Network::new(seed).run(&mut count);
    }
    eprintln!("{count:?}");
    // Neither property would mean anything if one side never came up.
    assert!(
        count.reached > runs() && count.attacks * 20 > runs(),
        "{count:?}"
    );
}

/// What is known of a node from outside.
struct Party {
    /// The branch that it shows instead of the honest chain.
    branch: Option<Branch>,
    /// It answers everything, at once and always the same.
    is_plain: bool,
    lag: u64,
    asleep: Rc<Cell<bool>>,
}

#[derive(Clone)]
struct Branch {
    chain: Rc<Chain>,
    /// Whether all of its blocks are signed by more than two thirds.
    is_proven: bool,
}

/// Who answers while a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awake {
    All,
    /// The honest, and each liar or not.
    Some,
    Honest,
    Liars,
}

/// Nodes over an honest chain and over branches of it, and a client of theirs. One node is honest, complete and awake whenever the honest are.
struct Network {
    seed: u64,
    rng: Rng,
    honest: Rc<Chain>,
    clock: Clock,
    /// Whether every honest node answers everything.
    is_live: bool,
    is_crowd: bool,
    parties: Vec<Party>,
    client: Client,
}

impl Network {
    fn new(seed: u64) -> Network {
        let mut rng = Rng(seed);
        // A crowd of liars, slow and with long ways to go, before whom an honest witness must still be heard.
        let is_crowd = rng.one_in(8);
        // One liar alone, who is among the first that are asked.
        let is_lone = rng.one_in(5);
        let length = match is_crowd {
            true => 20 + rng.below(13),
            false => 3 + rng.below(30),
        };
        let replaced = match is_crowd {
            true => 100,
            false => [0, 0, 3, 10, 30, 60, 100][rng.below(7) as usize],
        };
        let honest = Rc::new(Chain::new(length, replaced, &mut rng));
        // The newest block is there when it is a few seconds old. A crowd's nodes move the clock themselves.
        let wrong_by = match is_crowd {
            true => 60,
            false => rng.below(121) as i128 - 60,
        };
        let tip = honest.header(length).time.unix_nanos();
        let clock: Clock = Rc::new(Cell::new(tip + BORN + wrong_by * SECOND));
        let is_live = is_crowd || rng.one_in(2);
        let others = if is_crowd { 7 } else { 2 + rng.below(4) };
        let shared = match is_crowd {
            true => long_branch(&honest, 0, &mut rng),
            false => branch(&honest, replaced, &mut rng),
        };
        let (mut nodes, mut parties) = (Vec::new(), Vec::new());
        for number in 0..others {
            let lies = is_crowd || if is_lone { number == 0 } else { rng.one_in(2) };
            let in_league = if is_crowd { number < 2 } else { rng.one_in(2) };
            let branch = match (lies, in_league) {
                (false, _) => None,
                (true, true) => Some(shared.clone()),
                (true, false) if is_crowd => Some(long_branch(&honest, 100, &mut rng)),
                (true, false) => Some(branch(&honest, replaced, &mut rng)),
            };
            let manners = match (lies, is_live) {
                (true, _) if is_crowd => taking(if in_league { 0 } else { 6_000 }),
                (true, _) => lying(&mut rng),
                (false, true) => lagging(&mut rng),
                (false, false) => poor(&mut rng),
            };
            let chain = branch.as_ref().map_or(&honest, |branch| &branch.chain);
            let mut node = Node::new(&format!("{number}"), chain, manners, rng.next()).by(&clock);
            let is_fickle = lies && !is_crowd && rng.one_in(5);
            if is_fickle {
                node = node.fickle(&honest);
            }
            parties.push(Party {
                is_plain: !is_fickle && manners == Manners::default(),
                branch,
                lag: manners.lag,
                asleep: node.asleep.clone(),
            });
            nodes.push(node);
        }
        let place = rng.below(others + 1) as usize;
        let node = Node::new(
            "honest",
            &honest,
            taking(if is_crowd { 100 } else { 0 }),
            rng.next(),
        )
        .by(&clock);
        parties.insert(
            place,
            Party {
                branch: None,
                is_plain: true,
                lag: 0,
                asleep: node.asleep.clone(),
            },
        );
        nodes.insert(place, node);
        let level = [TrustLevel::ONE_THIRD, TrustLevel::TWO_THIRDS][rng.below(2) as usize];
        let mut settings = Settings::new(Options {
            trust_level: level,
            ..Options::default()
        });
        if is_crowd {
            // What an honest way takes, for each of the nodes and three more.
            let way = Duration::from_millis(100) * (3 * length as u32 + 10);
            settings.limits = Limits {
                time: way * (others as u32 + 4),
                ..Limits::default()
            };
        }
        let device = Device::by(&clock);
        let mut client = LightClient::new(nodes, MemoryStore::default(), device, settings);
        block_on(client.trust(&state(&honest.blocks[&1]))).expect("kept");
        Network {
            seed,
            rng,
            honest,
            clock,
            is_live,
            is_crowd,
            parties,
            client,
        }
    }

    /// To the tip, to any height, and to the tip again; or to any height where the liars are alone, then without them, and so on.
    fn run(&mut self, count: &mut Count) {
        let mut height = || Some(1 + self.rng.below(self.honest.tip()));
        let (one, other) = (height(), height());
        let calls = match !self.is_crowd && self.rng.one_in(4) {
            true => vec![
                (one, Awake::Liars),
                (None, Awake::Honest),
                (other, Awake::Some),
                (None, Awake::All),
            ],
            false => vec![
                (None, Awake::Some),
                (other, Awake::Some),
                (None, Awake::All),
            ],
        };
        for (wanted, awake) in calls {
            self.wake(awake);
            let is_behind = self.is_behind(wanted);
            let outcome = match wanted {
                None => block_on(self.client.newest()),
                Some(height) => block_on(self.client.at(height)),
            };
            match outcome {
                // What they agree on is believed.
                Ok(_) | Err(Failure::NotWitnessed(_)) if awake == Awake::Liars => {}
                Ok(followed) => {
                    self.judge(&followed, wanted, is_behind);
                    count.reached += 1;
                }
                Err(Failure::Attack(attack)) => {
                    let lied = self.parties.iter().any(|party| party.branch.is_some());
                    assert!(lied, "seed {}: nobody lied", self.seed);
                    assert_ne!(attack.ours, attack.theirs, "seed {}", self.seed);
                    assert!(!attack.evidence.is_empty(), "seed {}", self.seed);
                    assert!(attack.headers().is_ok(), "seed {}", self.seed);
                    count.attacks += 1;
                    return;
                }
                Err(failure) => {
                    if let Failure::NotWitnessed(followed) = &failure {
                        self.is_honest(followed);
                    }
                    // With two honest nodes, of which one can witness, lies in vain are no reason to stop.
                    let honest = self.parties.iter().filter(|party| party.branch.is_none());
                    let answers = self.is_live && awake != Awake::Liars && !is_behind;
                    let stopped = answers && honest.count() > 1;
                    assert!(!stopped, "seed {}: {failure:?}", self.seed);
                    count.not_established += 1;
                }
            }
        }
    }

    fn wake(&mut self, awake: Awake) {
        for party in &self.parties {
            let answers = match (awake, &party.branch) {
                (Awake::All, _) => true,
                (Awake::Some, Some(_)) => self.is_crowd || self.rng.one_in(2),
                (Awake::Some, None) => true,
                (Awake::Honest, branch) => branch.is_none(),
                (Awake::Liars, branch) => branch.is_some(),
            };
            party.asleep.set(!answers);
        }
    }

    /// Whether what is wanted of the honest chain is from the future for the device.
    fn is_behind(&self, wanted: Option<u64>) -> bool {
        let header = self.honest.header(wanted.unwrap_or(self.honest.tip()));
        header.time.unix_nanos() >= self.clock.get() + DRIFT
    }

    fn is_honest(&self, followed: &Followed) {
        let header = followed.header.header();
        let honest = self.honest.header(header.height);
        assert_eq!(header, honest, "seed {}: forged", self.seed);
    }

    /// The header is the honest chain's, it is the one that was wanted, and nobody who could prove another was passed over.
    fn judge(&self, followed: &Followed, wanted: Option<u64>, is_behind: bool) {
        self.is_honest(followed);
        let header = followed.header.header();
        if let Some(height) = wanted {
            assert_eq!(header.height, height, "seed {}", self.seed);
        } else if self.is_live && !is_behind {
            // What lags is not waited for where it is near.
            let lag = self.parties.iter().any(|party| party.lag > 0);
            let least = self.honest.tip() - if lag { 3 } else { 0 };
            assert!(header.height >= least, "seed {}: not the tip", self.seed);
        }
        let proves = |party: &&Party| party.is_plain && !party.asleep.get();
        let branches = self
            .parties
            .iter()
            .filter(proves)
            .filter_map(|p| p.branch.as_ref());
        for branch in branches.filter(|branch| branch.is_proven && self.is_live) {
            let other = branch.chain.header(header.height);
            assert_eq!(header, other, "seed {}: a fork was passed over", self.seed);
        }
    }
}

/// A branch of the chain at any height, by any number of the validators of its first block.
fn branch(honest: &Chain, replaced: u64, rng: &mut Rng) -> Branch {
    let fork = 1 + rng.below(honest.tip() - 1);
    let lie = [Lie::Lunatic, Lie::Equivocation, Lie::Amnesia][rng.below(3) as usize];
    let corrupt = corrupt(honest, fork, rng);
    let drift = [0, 0, 30, 100][rng.below(4) as usize];
    let enough = corrupt.len() as u64 * 3 > VALIDATORS * 2;
    let chain = match lie == Lie::Lunatic && rng.one_in(3) {
        // Its blocks follow each other faster, so that its newest is older.
        true => {
            let blocks = i128::from(honest.tip() - fork);
            let since = honest.header(fork).time.unix_nanos();
            let last = since + blocks * (1 + rng.below(9) as i128) * SECOND;
            let last = Time::from_unix_nanos(last).expect("a time");
            honest.forge_ahead(fork, honest.tip(), last, &corrupt, rng)
        }
        false => honest.forge_drifting(fork, lie, &corrupt, drift, rng),
    };
    Branch {
        chain: Rc::new(chain),
        is_proven: enough && (lie == Lie::Lunatic || replaced == 0),
    }
}

/// A branch off the upper half that all validators signed, whose own are replaced after each block with this chance in a hundred.
fn long_branch(honest: &Chain, replaced: u64, rng: &mut Rng) -> Branch {
    let half = honest.tip() / 2;
    let fork = half + rng.below(honest.tip() - half);
    let all = &honest.members[&(fork + 1)];
    Branch {
        chain: Rc::new(honest.forge_drifting(fork, Lie::Lunatic, all, replaced, rng)),
        is_proven: true,
    }
}

/// Whose keys the attacker has: any number of the validators after the fork, sometimes all.
fn corrupt(chain: &Chain, fork: u64, rng: &mut Rng) -> Vec<Member> {
    let many = 1 + rng.below(VALIDATORS) as usize;
    chain.members[&(fork + 1)][..many].to_vec()
}

/// A liar's, who may be as good as any node.
fn lying(rng: &mut Rng) -> Manners {
    let mut manners = Manners::default();
    match rng.below(6) {
        0 => manners.drops = rng.below(60),
        1 => manners.garbles = rng.below(60),
        2 => manners.base = rng.below(20),
        3 => {
            // Silent after its first answers, for a while or for good.
            let from = 1 + rng.below(12);
            manners.silent = (
                from,
                [from + 1 + rng.below(10), u64::MAX][rng.below(2) as usize],
            );
        }
        4 => manners.busy = rng.below(3),
        _ => {}
    }
    manners
}

/// An honest node's in a network that works: a little late, at most.
fn lagging(rng: &mut Rng) -> Manners {
    Manners {
        lag: [0, 0, 1, 2][rng.below(4) as usize],
        catches_up: true,
        ..Manners::default()
    }
}

/// An honest node's in a network that does not.
fn poor(rng: &mut Rng) -> Manners {
    Manners {
        drops: rng.below(60),
        garbles: rng.below(20),
        lag: rng.below(4),
        busy: rng.below(3),
        base: rng.below(20),
        ..Manners::default()
    }
}

/// So many milliseconds for each light block.
fn taking(slow: u64) -> Manners {
    Manners {
        slow,
        ..Manners::default()
    }
}
