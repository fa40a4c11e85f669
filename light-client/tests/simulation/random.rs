//! Thousands of networks from seeds.

use std::rc::Rc;

use light_client::TrustLevel;
use light_client::client::Failure;

use crate::chain::{Chain, Lie, VALIDATORS, soon_after};
use crate::common::generate::{Member, Rng};
use crate::nodes::{Manners, Node, block_on, client};

/// How many networks; `LIANYAN_SIMULATIONS` asks for more.
fn runs() -> u64 {
    let wanted = std::env::var("LIANYAN_SIMULATIONS").ok();
    wanted.and_then(|text| text.parse().ok()).unwrap_or(2_000)
}

/// What came of a network.
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
        run(seed, &mut count);
    }
    eprintln!("{count:?}");
    // Neither property would mean anything if one side never came up.
    assert!(
        count.reached * 4 > runs() && count.attacks * 20 > runs(),
        "{count:?}"
    );
}

fn run(seed: u64, count: &mut Count) {
    let rng = &mut Rng(seed);
    let length = 3 + rng.below(30);
    let replaced = [0, 0, 3, 10, 30, 60, 100][rng.below(7) as usize];
    let honest = Rc::new(Chain::new(length, replaced, rng));
    let fork = 1 + rng.below(length - 1);
    let lie = [Lie::Lunatic, Lie::Equivocation, Lie::Amnesia][rng.below(3) as usize];
    let corrupt = corrupt(&honest, fork, rng);
    let forged = Rc::new(honest.forge(fork, lie, &corrupt, rng));
    let live = rng.one_in(2);
    let manners = |rng: &mut Rng| match live {
        true => Manners::default(),
        false => Manners {
            drops: rng.below(60),
            garbles: rng.below(20),
            lag: rng.below(4),
            busy: rng.below(3),
        },
    };
    let first_lies = rng.one_in(2);
    let chains = [
        (first_lies, "first"),
        (rng.one_in(2), "second"),
        (false, "honest"),
    ];
    let nodes = chains.iter().map(|(lies, name)| {
        let chain = if *lies { &forged } else { &honest };
        let manners = match *name {
            "honest" => Manners::default(),
            _ => manners(rng),
        };
        Node::new(name, chain, manners, rng.next())
    });
    let nodes: Vec<Node> = nodes.collect();
    let level = [TrustLevel::ONE_THIRD, TrustLevel::TWO_THIRDS][rng.below(2) as usize];
    let mut client = client(&honest, nodes, level, soon_after(&honest));
    let liars = chains.iter().any(|(lies, _)| *lies);
    match block_on(client.newest()) {
        Ok(followed) => {
            let header = followed.header.header();
            assert_eq!(header, honest.header(header.height), "seed {seed}: forged");
            count.reached += 1;
            if live {
                assert_eq!(header.height, length, "seed {seed}: not the tip");
            }
        }
        Err(Failure::Attack(attack)) => {
            assert!(liars, "seed {seed}: nobody lied");
            assert_ne!(attack.ours, attack.theirs, "seed {seed}");
            assert!(!attack.evidence.is_empty(), "seed {seed}");
            count.attacks += 1;
        }
        Err(failure) => {
            // With two honest nodes, of which one can witness, lies in vain are no reason to stop.
            let honest_nodes = chains.iter().filter(|(lies, _)| !lies).count();
            assert!(!live || honest_nodes < 2, "seed {seed}: {failure:?}");
            count.not_established += 1;
        }
    }
}

/// Whose keys the attacker has: any number of the validators after the fork, sometimes all.
fn corrupt(chain: &Chain, fork: u64, rng: &mut Rng) -> Vec<Member> {
    let many = 1 + rng.below(VALIDATORS) as usize;
    chain.members[&(fork + 1)][..many].to_vec()
}
