//! tendermint-rs's verifier, which shares no code with us, judges our headers and commits as a client reads them from the RPC.

mod common;

use common::{Chain, Server};
use std::time::Duration;
use tendermint::{block::signed_header::SignedHeader, node, validator};
use tendermint_light_client_verifier::{
    ProdVerifier, Verdict, Verifier,
    options::Options,
    types::{LightBlock, TrustThreshold},
};

const BLOCKS: u64 = 300;

fn light_block(server: &Server, height: u64) -> LightBlock {
    let commit = server.result(&format!("/commit?height={height}"));
    let signed: SignedHeader =
        serde_json::from_value(commit["signed_header"].clone()).expect("CometBFT's shape");
    let set = |height: u64| {
        let answer = server.result(&format!("/validators?height={height}"));
        let list: Vec<validator::Info> =
            serde_json::from_value(answer["validators"].clone()).expect("CometBFT's shape");
        validator::Set::without_proposer(list)
    };
    let peer = node::Id::new([0; 20]);
    LightBlock::new(signed, set(height), set(height + 1), peer)
}

fn options() -> Options {
    Options {
        trust_threshold: TrustThreshold::TWO_THIRDS,
        trusting_period: Duration::from_secs(14 * 24 * 3600),
        clock_drift: Duration::from_secs(10),
    }
}

#[test]
fn every_step_between_our_headers_is_verified() {
    let chain = Chain::new();
    let mut absent = 0;
    for height in 1..=BLOCKS {
        let txs = if height % 7 == 3 {
            (0..5)
                .map(|i| chain.admit(&format!("m-{height}-{i}")))
                .collect()
        } else {
            Vec::new()
        };
        let (_, commit) = chain.decide(txs);
        absent += commit
            .signatures
            .iter()
            .filter(|vote| vote.signature.is_empty())
            .count();
    }
    assert!(
        absent > 3,
        "a validator is absent now and then, {absent} times here"
    );

    let server = chain.serve();
    let blocks: Vec<LightBlock> = (1..BLOCKS)
        .map(|height| light_block(&server, height))
        .collect();
    let now = (blocks.last().expect("blocks").signed_header.header.time + Duration::from_secs(5))
        .expect("a time");
    for (index, block) in blocks.iter().enumerate().skip(1) {
        for before in [index - 1, index / 2, 0] {
            let trusted = &blocks[before];
            let verdict = ProdVerifier::default().verify_update_header(
                block.as_untrusted_state(),
                trusted.as_trusted_state(),
                &options(),
                now,
            );
            assert_eq!(
                verdict,
                Verdict::Success,
                "from {} to {}",
                before + 1,
                index + 1
            );
        }
    }
}

#[test]
fn every_step_over_changes_of_validators_is_verified() {
    let chain = Chain::new();
    let founders = [0, 1, 2, 3].map(common::founder_key);
    for (index, power) in common::POWERS.into_iter().enumerate() {
        let act = common::seat(
            &format!("founder-{index}"),
            Some((index + 4, power + 1)),
            1 + index as u64,
        );
        let signed = common::enact(&act, &founders.each_ref(), chain.time());
        chain.decide(vec![signed]);
        chain.decide(Vec::new());
    }
    chain.decide(Vec::new());
    chain.decide(Vec::new());
    let server = chain.serve();
    let blocks: Vec<LightBlock> = (1..chain.node.height())
        .map(|height| light_block(&server, height))
        .collect();
    let (first, last) = (&blocks[0], blocks.last().expect("blocks"));
    let signers = |block: &LightBlock| block.signed_header.header.validators_hash;
    assert_ne!(signers(first), signers(last), "nobody is who it was");
    let now = (last.signed_header.header.time + Duration::from_secs(5)).expect("a time");
    for pair in blocks.windows(2) {
        let verdict = ProdVerifier::default().verify_update_header(
            pair[1].as_untrusted_state(),
            pair[0].as_trusted_state(),
            &options(),
            now,
        );
        assert_eq!(verdict, Verdict::Success);
    }
}

#[test]
fn the_judge_refuses_a_header_that_was_changed() {
    let chain = Chain::new();
    for _ in 0..5 {
        chain.decide(Vec::new());
    }
    let server = chain.serve();
    let (trusted, mut changed) = (light_block(&server, 1), light_block(&server, 4));
    changed.signed_header.header.app_hash = vec![7; 32].try_into().expect("a hash");
    let now = (changed.signed_header.header.time + Duration::from_secs(5)).expect("a time");
    let verdict = ProdVerifier::default().verify_update_header(
        changed.as_untrusted_state(),
        trusted.as_trusted_state(),
        &options(),
        now,
    );
    assert!(matches!(verdict, Verdict::Invalid(_)), "{verdict:?}");
}
