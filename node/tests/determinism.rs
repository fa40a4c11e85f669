//! Two applications that are given the same blocks end with the same app hash, however often they are restarted and asked in between.

mod common;

use common::{
    CHAIN, Dice, GENESIS, POWERS, SECOND, admit, approve, begun, enact, follow, founded,
    founder_key, genesis, key, member, open, payload, seat, time_at, tree_key, validator_key,
};
use node::{
    application::{
        AppState, Application, CheckTxRequest, FinalizeBlockResponse, Misbehaviour,
        PrepareProposalRequest, ProcessProposalRequest, ProposedBlock, QueryRequest,
    },
    chain::Genesis,
    comet,
    demo::{Script, Size, Tempo},
    merkle::sha256,
    store::Changes,
};
use records::{
    Event, KeyType, ValidatorKey,
    kinds::{
        member::Rekey,
        misbehaviour::{Incident, Offence},
    },
};
use std::collections::BTreeSet;

const ROUNDS: u64 = 12;
const HEIGHTS: u64 = 40;

/// Blocks with accepted events, refused ones, repeated ones and none at all, at times that jump.
fn blocks(dice: &mut Dice) -> Vec<ProposedBlock> {
    let mut time = GENESIS;
    (1..=HEIGHTS)
        .map(|height| {
            time += 1 + dice.below(90) as i64 * SECOND / 2;
            let count = dice.below(5);
            let txs = (0..count).map(|_| {
                if dice.below(2) == 0 {
                    return governing(dice, time);
                }
                let id = format!("m-{}", dice.below(60));
                match dice.below(4) {
                    0 => payload("member.admit", ("member", &id), 0, &member(&id), time)
                        .sign(&[&founder_key(0)])
                        .expect("signs")
                        .encode(),
                    _ => admit(&id, time),
                }
            });
            let txs = txs.collect();
            let misbehaviour = (0..dice.below(12) / 11).map(|_| misbehaviour(dice, height));
            ProposedBlock {
                txs,
                misbehaviour: misbehaviour.collect(),
                hash: sha256(&height.to_be_bytes()),
                height,
                time,
            }
        })
        .collect()
}

/// A step of one of six changes of seats, each possible once the one before is done: a proposal, an approval, or the change itself.
fn governing(dice: &mut Dice, time: i64) -> Vec<u8> {
    let seq = 1 + dice.below(6);
    let (member, founder) = (dice_founder(seq), dice.below(4) as usize);
    let act = seat(&member, Some((4 + seq as usize, 20 + seq)), seq);
    match dice.below(4) {
        0 => enact(&act, &[&founder_key(founder)], time),
        1 => {
            let keys = [founder_key(0), founder_key(1), founder_key(2)];
            enact(&act, &keys.each_ref(), time)
        }
        _ => approve(&act, founder, dice.below(3), time),
    }
}

fn dice_founder(seq: u64) -> String {
    format!("founder-{}", seq % 4)
}

/// A founder's first validator, or one that came later, misbehaved.
fn misbehaviour(dice: &mut Dice, height: u64) -> Misbehaviour {
    let key = validator_key(dice.below(8) as usize).public();
    Misbehaviour {
        address: ValidatorKey::from(key).address(),
        incident: Incident {
            height,
            offence: Offence::LightClientAttack,
            power: 1 + dice.below(30),
            time: GENESIS,
        },
    }
}

/// All that consensus is told, and the words beside it.
fn execute(application: &Application, block: &ProposedBlock) -> FinalizeBlockResponse {
    let decided = block.decided();
    application.finalize_block(&decided).expect("executes")
}

/// What a validator is asked besides; nothing of it may leave a trace.
fn disturb(
    application: &Application,
    dice: &mut Dice,
    blocks: &[ProposedBlock],
    next: &ProposedBlock,
) {
    let block = ProposedBlock {
        txs: blocks[dice.below(HEIGHTS) as usize].txs.clone(),
        misbehaviour: blocks[dice.below(HEIGHTS) as usize].misbehaviour.clone(),
        ..*next
    };
    match dice.below(6) {
        // A decided block that was not committed, for the node stopped.
        0 => drop(execute(application, &block)),
        // A proposal of another round, executed before the votes on it, and the one that will be decided.
        1 => application.execute_ahead(block),
        2 => application.execute_ahead(next.clone()),
        3 => {
            let request = ProcessProposalRequest { txs: &block.txs };
            application.process_proposal(&request).expect("answers");
        }
        4 => {
            let request = PrepareProposalRequest {
                max_tx_bytes: 1 << 16,
                txs: block.txs.clone(),
                time: block.time,
                local_time: block.time,
            };
            application.prepare_proposal(request).expect("answers");
        }
        _ => block.txs.iter().for_each(|tx| {
            application.check_tx(CheckTxRequest { tx, again: false });
        }),
    }
}

#[test]
fn restarts_and_questions_in_between_change_nothing() {
    let (mut changed, mut suspended) = (0, 0);
    for round in 0..ROUNDS {
        let mut dice = Dice::new(round);
        let folder = tempfile::tempdir().expect("a folder");
        let files = [folder.path().join("a"), folder.path().join("b")];
        let blocks = blocks(&mut dice);
        let steady = begun(open(&files[0]));
        let mut shaken = begun(open(&files[1]));
        for block in &blocks {
            let expected = execute(&steady, block);
            match block.misbehaviour.is_empty() {
                true => changed += expected.validator_updates.len(),
                false => {
                    let updates = expected.validator_updates.iter();
                    suspended += updates.filter(|update| update.power == 0).count();
                }
            }
            steady.commit(Changes::default()).expect("commits");
            while dice.below(3) == 0 {
                disturb(&shaken, &mut dice, &blocks, block);
            }
            if dice.below(4) == 0 {
                execute(&shaken, block);
                drop(shaken);
                shaken = open(&files[1]);
            }
            assert_eq!(
                execute(&shaken, block),
                expected,
                "round {round}, height {}",
                block.height
            );
            shaken.commit(Changes::default()).expect("commits");
            if dice.below(5) == 0 {
                drop(shaken);
                shaken = open(&files[1]);
            }
        }
        let (a, b) = (steady.info(), shaken.info());
        assert_eq!(a.last_block_height, HEIGHTS);
        assert_eq!(a.last_block_app_hash, b.last_block_app_hash);
    }
    assert!(
        changed > 20 && suspended > 5,
        "{changed} powers changed, {suspended} validators suspended"
    );
}

/// The demo's events, as they were written: of every kind of record.
#[test]
fn records_of_every_kind_are_the_same_after_restarts() {
    let script = Script::new(CHAIN, GENESIS, Size::Small, Tempo::Past);
    let keys = [0, 1, 2, 3].map(|index| validator_key(index).public().into());
    let genesis = Genesis {
        time: comet::timestamp(script.start()),
        app_state: AppState::new([script.genesis(&keys, &[KeyType::Ed25519])]),
        ..genesis()
    };
    let folder = tempfile::tempdir().expect("a folder");
    let open = |name: &str| open(&folder.path().join(name));
    let begun = |name: &str| {
        let application = open(name);
        let request = genesis.init_chain().expect("a genesis");
        application.init_chain(&request).expect("begins");
        application.commit(Changes::default()).expect("commits");
        application
    };
    let (steady, mut shaken) = (begun("a"), begun("b"));
    let (mut dice, mut kinds) = (Dice::new(1), BTreeSet::new());
    for (height, block) in (1_u64..).zip(script.blocks()) {
        let block = ProposedBlock {
            txs: block.envelopes,
            misbehaviour: Vec::new(),
            hash: sha256(&height.to_be_bytes()),
            height,
            time: block.time,
        };
        let expected = execute(&steady, &block);
        steady.commit(Changes::default()).expect("commits");
        if dice.below(20) == 0 {
            execute(&shaken, &block);
            drop(shaken);
            shaken = open("b");
        }
        assert_eq!(execute(&shaken, &block), expected, "height {height}");
        shaken.commit(Changes::default()).expect("commits");
        for (envelope, result) in block.txs.iter().zip(&expected.tx_results) {
            let event = Event::open(envelope).expect("an event");
            let payload = event.payload();
            assert_eq!(result.code, 0, "{} {}", payload.event_type, payload.subject);
            kinds.insert(payload.subject.kind().to_owned());
        }
    }
    assert!(kinds.len() >= 10, "{kinds:?}");
}

#[test]
fn other_blocks_lead_to_another_app_hash() {
    let folder = tempfile::tempdir().expect("a folder");
    let last = |name: &str, dropped: Option<u64>| {
        let application = begun(open(&folder.path().join(name)));
        let mut accepted = Vec::new();
        for mut block in blocks(&mut Dice::new(1)) {
            if dropped == Some(block.height) {
                block.txs.clear();
            }
            let decided = execute(&application, &block);
            if decided.tx_results.iter().any(|result| result.code == 0) {
                accepted.push(block.height);
            }
            application.commit(Changes::default()).expect("commits");
        }
        (application.info().last_block_app_hash, accepted)
    };
    let (all, accepted) = last("all", None);
    let first = accepted.first().expect("a block with an accepted event");
    assert_ne!(all, last("less", Some(*first)).0);
}

/// *Attack: the founders find somebody's key to be bad before the first block, and found the chain again without them; who has it is a member still at
/// every node whose application was there the first time, and at no other.*
#[test]
fn a_founding_that_no_block_followed_leaves_nothing_behind() {
    let first = founded(POWERS, &["left-out"]);
    let first = first.init_chain().expect("a genesis");
    let body = Rekey {
        add: vec![key("another").public()],
        end: Vec::new(),
        seal_key: None,
    };
    let subject = ("member", "left-out");
    let event = payload("member.rekey", subject, 0, &body, time_at(1));
    let event = event.sign(&[&key("left-out"), &key("another")]);
    let txs = [event.expect("signs").encode(), admit("m", time_at(1))];
    let folder = tempfile::tempdir().expect("a folder");
    let open = |name: &str| open(&folder.path().join(name));
    let expected = follow(&begun(open("new")), 1, &txs).expect("follows");
    assert_eq!(
        expected.tx_results.iter().filter(|r| r.code == 0).count(),
        1
    );
    for restarts in [false, true] {
        let name = format!("restarts {restarts}");
        let mut application = open(&name);
        application.init_chain(&first).expect("begins");
        application.commit(Changes::default()).expect("commits");
        // Somebody looks at it: nodes of the tree are in memory from then on.
        let question = QueryRequest {
            path: "/head".into(),
            data: tree_key("member", "left-out").to_vec(),
            height: 0,
            prove: true,
        };
        let answer = application.query(&question).expect("answers");
        assert!(!answer.value.is_empty(), "{answer:?}");
        if restarts {
            drop(application);
            application = open(&name);
        }
        let begun = begun(application);
        let answer = follow(&begun, 1, &txs).expect("follows");
        assert_eq!(answer, expected, "{name}");
    }
}
