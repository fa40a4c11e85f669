//! What CometBFT sends over ABCI: whatever comes, two applications that hear it stand where each other stands.

use super::{VALIDATORS, raw, validator};
use crate::{input::Input, targets::records::story};
use node::{
    abci::answer_next,
    application::{AppState, Application, DEFAULT_HORIZON},
    comet,
    store::Store,
};
use prost::Message;
use records::{
    log::Entry,
    testing::{CHAIN, GENESIS},
};
use std::sync::Arc;
use tendermint_proto::v0_38::{
    abci::{
        Request, RequestCheckTx, RequestCommit, RequestFinalizeBlock, RequestInfo,
        RequestInitChain, RequestPrepareProposal, RequestProcessProposal, RequestQuery,
        ValidatorUpdate, request::Value as Ask,
    },
    crypto::{PublicKey, public_key::Sum},
};

/// The bytes are a connection's, as they are.
const STREAM: u8 = 0;
/// The bytes are messages after lengths of two bytes, so that a change of one leaves the next ones whole.
const MESSAGES: u8 = 1;

fn init() -> (Ask, Vec<(i64, Vec<u8>)>) {
    let mut entries = story::told_entries().into_iter().map(|entry| {
        let entry = Entry::decode(&entry).expect("whole");
        (entry.time, entry.envelope.to_vec())
    });
    let (_, founding) = entries.next().expect("founded");
    let validators = VALIDATORS.map(|(id, power)| ValidatorUpdate {
        pub_key: Some(PublicKey {
            sum: Some(Sum::Ed25519(raw(&validator(id).public()).to_vec())),
        }),
        power,
    });
    let state = AppState::new([founding]);
    let init = RequestInitChain {
        time: Some(comet::timestamp(GENESIS)),
        chain_id: CHAIN.into(),
        validators: validators.into(),
        app_state_bytes: serde_json::to_vec(&state).expect("encodes").into(),
        initial_height: 1,
        ..RequestInitChain::default()
    };
    (Ask::InitChain(init), entries.collect())
}

/// A chain's beginning, and then what is asked about one event.
fn about(height: i64, time: i64, tx: &[u8]) -> Vec<Ask> {
    let txs = vec![tx.to_vec().into()];
    let time = Some(comet::timestamp(time));
    vec![
        Ask::CheckTx(RequestCheckTx {
            tx: tx.to_vec().into(),
            ..RequestCheckTx::default()
        }),
        Ask::PrepareProposal(RequestPrepareProposal {
            max_tx_bytes: 100_000,
            txs: txs.clone(),
            time,
            height,
            ..RequestPrepareProposal::default()
        }),
        Ask::ProcessProposal(RequestProcessProposal {
            txs: txs.clone(),
            height,
            time,
            ..RequestProcessProposal::default()
        }),
        Ask::FinalizeBlock(RequestFinalizeBlock {
            txs,
            hash: vec![7; 32].into(),
            height,
            time,
            ..RequestFinalizeBlock::default()
        }),
        Ask::Commit(RequestCommit {}),
    ]
}

fn message(ask: Ask) -> Vec<u8> {
    Request { value: Some(ask) }.encode_to_vec()
}

pub fn seeds() -> Vec<Vec<u8>> {
    let (init, events) = init();
    let begin = [Ask::Info(RequestInfo::default()), init].map(message);
    let first = events.iter().take(4).zip(1..);
    let blocks = first.flat_map(|((time, tx), height)| about(height, *time, tx));
    let query = Ask::Query(RequestQuery {
        path: "/head".into(),
        data: vec![1; 32].into(),
        prove: true,
        ..RequestQuery::default()
    });
    let all: Vec<Vec<u8>> = begin
        .into_iter()
        .chain(blocks.map(message))
        .chain([message(query)])
        .collect();
    let framed = |messages: &[Vec<u8>]| {
        let length = |message: &[u8]| u16::try_from(message.len()).unwrap_or(0).to_be_bytes();
        let framed = messages.iter().map(|one| [&length(one), &one[..]].concat());
        [vec![MESSAGES], framed.collect::<Vec<_>>().concat()].concat()
    };
    let stream: Vec<Vec<u8>> = all.iter().take(7).map(|one| delimited(one)).collect();
    vec![
        [vec![STREAM], stream.concat()].concat(),
        framed(&all[..2]),
        framed(&all[..7]),
        framed(&all),
    ]
}

fn delimited(message: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    prost::encoding::encode_varint(message.len() as u64, &mut bytes);
    bytes.extend_from_slice(message);
    bytes
}

fn stream(bytes: &[u8]) -> Vec<u8> {
    let mut input = Input(bytes);
    if input.byte() == STREAM {
        return input.0.to_vec();
    }
    let mut stream = Vec::new();
    while !input.is_empty() {
        let length = usize::from(input.short());
        stream.extend(delimited(input.take(length)));
    }
    stream
}

pub fn run(bytes: &[u8]) {
    let stream = stream(bytes);
    let [one, other] = [false, true].map(|is_ahead| hear(&stream, is_ahead));
    assert_eq!(one, other, "two applications differ");
}

/// Where an application stands after this connection; one may execute what is proposed before it is decided.
fn hear(mut stream: &[u8], is_ahead: bool) -> (u64, Vec<u8>) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("app.redb")).expect("opens");
    // Nothing here has to survive a power cut.
    store.set_durable_every(u64::MAX);
    let application = Application::open(Arc::new(store), DEFAULT_HORIZON).expect("opens");
    while let Ok(Some(answered)) = answer_next(&application, &mut stream) {
        assert!(!answered.response.is_empty(), "every request is answered");
        if answered.failure.is_some() {
            break;
        }
        if let Some(block) = answered.acceptable.filter(|_| is_ahead) {
            application.execute_ahead(block);
        }
    }
    let info = application.info();
    (info.last_block_height, info.last_block_app_hash)
}
