//! Blocks, from the genesis on, also with kills between any two steps.

use crate::{
    common::{GENESIS, admit, founder_key, genesis, member, payload, tree_key},
    program::{Application, init_chain, time},
};
use node::application::code;
use tendermint_proto::v0_38::{
    abci::{
        Misbehavior, MisbehaviorType, RequestCheckTx, RequestFinalizeBlock, RequestPrepareProposal,
        RequestProcessProposal, RequestQuery, Validator, request::Value as Ask,
        response::Value as Answer, response_process_proposal::ProposalStatus,
    },
    crypto::public_key::Sum,
};

#[test]
fn a_block_goes_through_every_method_and_its_state_is_proven() {
    let home = tempfile::tempdir().expect("a folder");
    goes_through_every_method(Application::start(home.path()));
}

#[test]
fn it_does_so_over_tcp_too() {
    let home = tempfile::tempdir().expect("a folder");
    goes_through_every_method(Application::start_at_port(home.path()));
}

fn goes_through_every_method(mut application: Application) {
    let info = application.info();
    assert_eq!(
        (
            info.app_version,
            info.last_block_height,
            info.last_block_app_hash.len()
        ),
        (1, 0, 0),
        "nothing yet"
    );
    let founded = application.init_chain();

    let event = admit("m-1", GENESIS);
    let lone = payload(
        "member.admit",
        ("member", "m-2"),
        0,
        &member("m-2"),
        GENESIS,
    )
    .sign(&[&founder_key(0)])
    .expect("signs")
    .encode();
    let check = |application: &mut Application, tx: &[u8]| {
        let request = RequestCheckTx {
            tx: tx.to_vec().into(),
            ..RequestCheckTx::default()
        };
        match application.ask(Ask::CheckTx(request)) {
            Answer::CheckTx(answer) => answer.code,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(check(&mut application, &event), code::OK);
    assert_eq!(check(&mut application, &lone), code::OK);
    assert_eq!(check(&mut application, b"garbage"), code::MALFORMED);

    let proposed = |application: &mut Application, local: bool| {
        let request = RequestPrepareProposal {
            max_tx_bytes: 1 << 20,
            txs: vec![event.clone().into(), b"garbage".to_vec().into()],
            height: 1,
            time: Some(match local {
                true => node::comet::timestamp(node::consortium::now()),
                false => time(1),
            }),
            ..RequestPrepareProposal::default()
        };
        match application.ask(Ask::PrepareProposal(request)) {
            Answer::PrepareProposal(answer) => answer.txs,
            other => panic!("{other:?}"),
        }
    };
    assert!(
        proposed(&mut application, false).is_empty(),
        "block time is years behind"
    );
    // By now the event's `until` has passed.
    assert!(proposed(&mut application, true).is_empty());

    let judged = |application: &mut Application, tx: &[u8]| {
        let request = RequestProcessProposal {
            txs: vec![tx.to_vec().into()],
            height: 1,
            time: Some(time(1)),
            ..RequestProcessProposal::default()
        };
        match application.ask(Ask::ProcessProposal(request)) {
            Answer::ProcessProposal(answer) => answer.status(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(judged(&mut application, &event), ProposalStatus::Accept);
    assert_eq!(judged(&mut application, b"garbage"), ProposalStatus::Reject);

    let answer = application.finalize(1, &[event, lone]);
    let codes: Vec<u32> = answer.tx_results.iter().map(|result| result.code).collect();
    assert_eq!(codes, [code::OK, code::REFUSED]);
    assert_ne!(answer.app_hash, founded);
    application.commit();
    let info = application.info();
    assert_eq!(info.last_block_height, 1);
    assert_eq!(info.last_block_app_hash, answer.app_hash);

    let query = RequestQuery {
        path: "/head".into(),
        data: tree_key("member", "m-1").to_vec().into(),
        height: 1,
        prove: true,
    };
    let Answer::Query(proven) = application.ask(Ask::Query(query)) else {
        panic!("no answer to a query");
    };
    assert_eq!((proven.code, proven.height), (code::OK, 1));
    let ops = proven.proof_ops.expect("a proof").ops;
    assert_eq!((ops.len(), ops[0].r#type.as_str()), (1, "ics23:jmt"));
    assert_eq!(ops[0].key, proven.key);
    let unknown = RequestQuery {
        path: "/nowhere".into(),
        height: -1,
        ..RequestQuery::default()
    };
    assert!(
        matches!(application.ask(Ask::Query(unknown)), Answer::Query(answer) if answer.code == code::FAILED),
        "a bad question does not end the application"
    );
}

/// What CometBFT does after a crash: it asks where the application stands and sends again what is missing.
#[test]
fn killed_between_any_two_steps_it_reaches_the_same_app_hash() {
    let blocks: Vec<Vec<Vec<u8>>> = (0..6)
        .map(|height| {
            (0..height % 3)
                .map(|number| admit(&format!("m-{height}-{number}"), GENESIS))
                .collect()
        })
        .collect();
    let undisturbed = {
        let home = tempfile::tempdir().expect("a folder");
        let mut application = Application::start(home.path());
        application.init_chain();
        let hashes = (1..).zip(&blocks).map(|(height, txs)| {
            let answer = application.finalize(height, txs);
            application.commit();
            answer.app_hash
        });
        hashes.collect::<Vec<_>>()
    };

    let home = tempfile::tempdir().expect("a folder");
    let mut application = Application::start(home.path());
    let founded = application.init_chain();
    application.kill();
    application = Application::start(home.path());
    assert_eq!(application.info().last_block_height, 0);
    assert_eq!(
        application.init_chain(),
        founded,
        "it begins again, the same"
    );
    for (height, (txs, hash)) in (1..).zip(blocks.iter().zip(&undisturbed)) {
        assert_eq!(&application.finalize(height, txs).app_hash, hash);
        application.kill();
        application = Application::start(home.path());
        assert_eq!(
            application.info().last_block_height,
            height - 1,
            "not committed"
        );
        assert_eq!(
            &application.finalize(height, txs).app_hash,
            hash,
            "replayed"
        );
        application.commit();
        application.kill();
        application = Application::start(home.path());
        let info = application.info();
        assert_eq!(
            (info.last_block_height, &info.last_block_app_hash),
            (height, hash)
        );
    }
}

#[test]
fn a_genesis_whose_parameters_do_not_know_the_validators_keys_is_refused() {
    let home = tempfile::tempdir().expect("a folder");
    let mut application = Application::start(home.path());
    let mut other = init_chain();
    other.consensus_params = None;
    let answer = application.ask(Ask::InitChain(other));
    assert!(
        matches!(&answer, Answer::Exception(exception) if exception.error.contains("pub_key_types")),
        "{answer:?}"
    );
}

#[test]
fn evidence_in_a_block_suspends_a_validator() {
    let home = tempfile::tempdir().expect("a folder");
    let mut application = Application::start(home.path());
    application.init_chain();
    let culprit = &genesis().validators[3];
    let request = RequestFinalizeBlock {
        misbehavior: vec![Misbehavior {
            r#type: MisbehaviorType::DuplicateVote.into(),
            validator: Some(Validator {
                address: culprit.key.address().to_vec().into(),
                power: culprit.power,
            }),
            height: 1,
            time: Some(time(0)),
            total_voting_power: 100,
        }],
        hash: node::merkle::sha256(b"1").to_vec().into(),
        height: 1,
        time: Some(time(1)),
        ..RequestFinalizeBlock::default()
    };
    let answer = match application.ask(Ask::FinalizeBlock(request)) {
        Answer::FinalizeBlock(answer) => answer,
        other => panic!("{other:?}"),
    };
    let [update] = &answer.validator_updates[..] else {
        panic!("{answer:?}");
    };
    let key = update.pub_key.as_ref().and_then(|key| key.sum.as_ref());
    let expected = Sum::Ed25519(culprit.key.bytes().to_vec());
    assert_eq!((key, update.power), (Some(&expected), 0));
}
