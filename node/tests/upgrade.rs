//! The members agree on new rules from a height on. Programs that know them go on; one that does not stops before that block, without a trace.

mod common;

use common::{GENESIS, admit, begun, follow, founder_key, open, payload, time_at};
use node::{
    abci::answer_next,
    application::{
        Application, FinalizeBlockResponse, PrepareProposalRequest, ProcessProposalRequest,
    },
    error::{Error, Result},
};
use prost::Message;
use records::{kinds::rules::Activation, registry::RULES_VERSION};
use std::process::{Command, Stdio};
use tendermint_proto::v0_38::abci::{
    Request, RequestProcessProposal, Response, request::Value as Ask, response::Value as Answer,
};

/// Version that the members agree on.
const NEXT: u64 = RULES_VERSION + 1;
/// First height at which it holds.
const FROM: u64 = 5;
/// The last block.
const LAST: u64 = 9;

/// In block 2 the members activate the next version; every third block is empty, and so is the first under the new rules.
fn txs(height: u64) -> Vec<Vec<u8>> {
    let time = time_at(height);
    match height {
        2 => {
            let body = Activation {
                from: FROM,
                version: NEXT,
            };
            let keys: Vec<_> = (0..4).map(founder_key).collect();
            let event = payload("rules.activate", ("rules", "main"), 0, &body, time);
            let event = event.sign(&keys.iter().collect::<Vec<_>>());
            vec![event.expect("signs").encode()]
        }
        _ if height % 3 == 2 => Vec::new(),
        _ => vec![admit(&format!("m-{height}"), time)],
    }
}

fn next(application: &Application, height: u64) -> Result<FinalizeBlockResponse> {
    follow(application, height, &txs(height))
}

/// Whether this stops the application because of the rules of the block at [`FROM`].
#[track_caller]
fn stops<T>(result: Result<T>) {
    match result {
        Err(Error::TooOld {
            height,
            version,
            known,
        }) => assert_eq!((height, version, known), (FROM, NEXT, RULES_VERSION)),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("went on"),
    }
}

#[test]
fn who_does_not_know_the_next_rules_stops_before_their_first_block_and_goes_on_with_a_newer_program()
 {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("forgotten");
    let informed = begun(open(&folder.path().join("informed")).with_rules(NEXT));
    let forgotten = begun(open(&file));
    for height in 1..FROM {
        let (a, b) = (next(&informed, height), next(&forgotten, height));
        let (a, b) = (a.expect("executes"), b.expect("executes"));
        assert_eq!(a.app_hash, b.app_hash, "height {height}");
        assert!(a.tx_results.iter().all(|result| result.code == 0));
        // The header of the first block under them names them.
        let changes = (height + 1 == FROM).then_some(NEXT);
        assert_eq!((a.app_version, b.app_version), (changes, changes));
    }
    let stood = forgotten.info();
    assert!(txs(FROM).is_empty(), "an empty block is one too");
    stops(next(&forgotten, FROM));
    stops(forgotten.process_proposal(&ProcessProposalRequest { txs: &[] }));
    stops(forgotten.prepare_proposal(PrepareProposalRequest {
        max_tx_bytes: 1 << 16,
        txs: Vec::new(),
        time: GENESIS,
        local_time: GENESIS,
    }));
    let stands = forgotten.info();
    assert_eq!(
        (stands.last_block_height, &stands.last_block_app_hash),
        (FROM - 1, &stood.last_block_app_hash)
    );
    drop(forgotten);
    stops(open(&file).require_known_rules());

    let caught_up = open(&file).with_rules(NEXT);
    for height in FROM..=LAST {
        let (a, b) = (next(&informed, height), next(&caught_up, height));
        let (a, b) = (a.expect("executes"), b.expect("executes"));
        assert_eq!(a.app_hash, b.app_hash, "height {height}");
        assert!(a.tx_results.iter().all(|result| result.code == 0));
    }
    let info = caught_up.info();
    assert_eq!((info.last_block_height, info.app_version), (LAST, NEXT));
    assert_ne!(info.last_block_app_hash, stood.last_block_app_hash);
}

#[test]
fn cometbft_is_told_why_and_the_program_ends_with_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let application = begun(open(&folder.path().join("application.redb")));
    for height in 1..FROM {
        next(&application, height).expect("executes");
    }
    let ask = Request {
        value: Some(Ask::ProcessProposal(RequestProcessProposal::default())),
    };
    let answered = answer_next(
        &application,
        &mut ask.encode_length_delimited_to_vec().as_slice(),
    );
    let answered = answered.expect("reads").expect("an answer");
    let why = answered.failure.expect("ends").to_string();
    match Response::decode_length_delimited(answered.response.as_slice()).map(|answer| answer.value)
    {
        Ok(Some(Answer::Exception(exception))) => assert_eq!(exception.error, why),
        other => panic!("{other:?}"),
    }
    drop(application);
    let ended = Command::new(env!("CARGO_BIN_EXE_lianyan-node"))
        .args([
            "abci",
            "--with-parent",
            "--listen",
            "unix://app.sock",
            "--home",
            ".",
        ])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(
        (ended.status.code(), said.trim()),
        (Some(1), format!("lianyan-node: {why}").as_str())
    );
    assert!(why.contains("block 5 follows version 2"), "{why}");
}
