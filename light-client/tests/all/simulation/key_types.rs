//! Every type of key, and all of them in one set, on every way that a client goes.

use std::collections::BTreeSet;
use std::rc::Rc;

use light_client::client::{AttackKind, Failure, Mode, Settings, StepKind};
use light_client::{BlockIdFlag, LightBlock, Options, SignatureCheck, TrustLevel, json};

use super::chain::{Chain, Lie, soon_after};
use super::nodes::{block_on, client, client_with, node};
use crate::common::generate::{Member, Rng};
use crate::common::signing::{Key, TYPES};

/// Makes a member from its number and power.
type Maker = fn(u64, u64) -> Member;

/// Members of one type each, and of all types.
const SETS: [(&str, Maker); 5] = [
    ("Ed25519", |number, power| of_type(0, number, power)),
    ("Secp256k1", |number, power| of_type(1, number, power)),
    ("Secp256k1eth", |number, power| of_type(2, number, power)),
    ("MlDsa65", |number, power| of_type(3, number, power)),
    ("mixed", Member::of_any_type),
];

fn of_type(which: u64, number: u64, power: u64) -> Member {
    Member {
        key: Key::of_type(which, number),
        power,
    }
}

/// Every vote is checked, so that no signature of any type goes unseen.
fn settings(mode: Mode) -> Settings {
    Settings {
        mode,
        ..Settings::new(Options {
            signatures: SignatureCheck::All,
            ..Options::default()
        })
    }
}

#[test]
fn a_mixed_set_holds_every_type() {
    let names: BTreeSet<_> = (0..TYPES)
        .map(|number| Member::of_any_type(number, 1).key.public().type_name())
        .collect();
    assert_eq!(names.len() as u64, TYPES);
}

#[test]
fn the_tip_is_reached_by_skipping_and_step_by_step_and_old_headers_by_walking_back() {
    for (name, member) in SETS {
        let chain = Rc::new(Chain::of(member, 9, 5, &mut Rng(2)));
        for mode in [Mode::Skipping, Mode::Sequential] {
            let nodes = vec![node("a", &chain), node("b", &chain)];
            let now = soon_after(&chain);
            let mut client = client_with(&chain, 4, nodes, settings(mode), now);
            let followed = block_on(client.newest()).unwrap_or_else(|e| panic!("{name}: {e:?}"));
            assert_eq!(followed.header.header(), chain.header(9), "{name}");
            let old = block_on(client.at(2)).unwrap_or_else(|e| panic!("{name}: {e:?}"));
            assert_eq!(old.header.header(), chain.header(2), "{name}");
            assert_eq!(old.trace.steps.last().map(|s| s.kind), Some(StepKind::Back));
        }
    }
}

#[test]
fn a_bad_signature_of_any_type_is_not_followed() {
    for (name, member) in SETS {
        let honest = Chain::of(member, 3, 0, &mut Rng(2));
        let votes = honest.blocks[&3].signed_header.commit.signatures.len();
        for index in 0..votes {
            let mut bent = Chain {
                blocks: honest.blocks.clone(),
                members: honest.members.clone(),
            };
            let block = bent.blocks.get_mut(&3).expect("there");
            let entry = &mut block.signed_header.commit.signatures[index];
            if entry.flag != BlockIdFlag::Commit {
                continue;
            }
            let middle = entry.signature.len() / 2;
            entry.signature[middle] ^= 1;
            let bent = Rc::new(bent);
            let nodes = vec![node("a", &bent), node("b", &bent)];
            let now = soon_after(&bent);
            let mut client = client_with(&bent, 1, nodes, settings(Mode::Skipping), now);
            let failure = block_on(client.at(3)).expect_err("a bad signature");
            assert!(
                !matches!(failure, Failure::Attack(_)),
                "{name}: {failure:?}"
            );
        }
    }
}

#[test]
fn witnesses_find_forks_of_every_type_and_the_evidence_is_complete() {
    for (name, member) in SETS {
        let rng = &mut Rng(5);
        let honest = Chain::of(member, 6, 0, rng);
        for (lie, kind) in [
            (Lie::Lunatic, AttackKind::Lunatic),
            (Lie::Equivocation, AttackKind::Equivocation),
            (Lie::Amnesia, AttackKind::Amnesia),
        ] {
            let forged = Rc::new(honest.forge(3, lie, &honest.members[&4], rng));
            let honest = Rc::new(Chain {
                blocks: honest.blocks.clone(),
                members: honest.members.clone(),
            });
            let nodes = vec![node("liar", &forged), node("witness", &honest)];
            let now = soon_after(&honest);
            let mut client = client(&honest, nodes, TrustLevel::TWO_THIRDS, now);
            let Err(Failure::Attack(attack)) = block_on(client.newest()) else {
                panic!("{name}: {lie:?} must be found");
            };
            assert_eq!(attack.kind, kind, "{name}");
            for evidence in &attack.evidence {
                let text = json::write::attack_evidence(evidence);
                let read = json::parse(text.as_bytes()).expect("JSON");
                let block = json::light_block(&read["value"]["ConflictingBlock"]);
                assert_eq!(block.as_ref(), Ok(&evidence.conflicting), "{name}");
            }
        }
    }
}

#[test]
fn blocks_of_every_type_keep_their_bytes() {
    for (name, member) in SETS {
        for block in Chain::of(member, 2, 50, &mut Rng(2)).blocks.values() {
            let bytes = block.to_bytes();
            assert_eq!(LightBlock::from_bytes(&bytes).as_ref(), Ok(block), "{name}");
        }
    }
}

#[test]
fn a_key_of_an_unknown_type_is_a_clear_reason() {
    let chain = Chain::of(Member::of_any_type, 2, 0, &mut Rng(2));
    let text = json::write::light_block(&chain.blocks[&2]);
    let unknown = text.replace("cometbft/PubKeyMlDsa65", "cometbft/PubKeyBls12_381");
    assert_ne!(text, unknown);
    let read = json::parse(unknown.as_bytes()).and_then(|value| json::light_block(&value));
    let reason = read.expect_err("an unknown type").to_string();
    assert!(reason.contains("pub_key"), "{reason}");
    assert!(reason.ends_with("a public key of a known type"), "{reason}");
}

#[test]
fn a_signature_is_paid_for_by_what_its_type_costs_to_check() {
    for ((name, member), cost) in SETS.into_iter().zip([1, 3, 3, 5]) {
        let chain = Rc::new(Chain::of(member, 2, 0, &mut Rng(2)));
        let nodes = vec![node("a", &chain), node("b", &chain)];
        let now = soon_after(&chain);
        let mut client = client_with(&chain, 1, nodes, settings(Mode::Sequential), now);
        let followed = block_on(client.newest()).unwrap_or_else(|e| panic!("{name}: {e:?}"));
        let entries = followed.commit.expect("signed").signatures;
        let votes = entries
            .iter()
            .filter(|entry| entry.flag == BlockIdFlag::Commit);
        let votes = u32::try_from(votes.count()).expect("six at most");
        assert_eq!(followed.trace.spent.signatures, votes * cost, "{name}");
    }
}
