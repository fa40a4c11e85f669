//! Light blocks as bytes: they come back as they were, no other bytes are taken, and CometBFT's own types read them.

use crate::common::generate::{Recipe, Rng, members};
use crate::common::{CHAINS, chain};
use light_client::{BlockIdFlag, LightBlock, ValidatorSet, WireError};
use prost::Message;
use tendermint_proto::v0_38::types as comet;

#[test]
fn blocks_of_every_recorded_chain_come_back() {
    for name in CHAINS {
        for block in &chain(name) {
            assert_eq!(
                LightBlock::from_bytes(&block.to_bytes()).as_ref(),
                Ok(block),
                "{name}"
            );
        }
    }
}

#[test]
fn no_other_bytes_are_taken() {
    let block = Recipe {
        round: 2,
        votes: vec![
            BlockIdFlag::Commit,
            BlockIdFlag::Absent,
            BlockIdFlag::Nil,
            BlockIdFlag::Commit,
        ],
        ..Recipe::new(7, &members(0, 4, 10))
    }
    .block();
    let bytes = block.to_bytes();
    for at in 0..bytes.len() {
        // Without the next validators it is a block as well, though another one.
        let cut = LightBlock::from_bytes(&bytes[..at]);
        assert!(
            cut.is_err() || cut.is_ok_and(|cut| cut.next_validators.is_none()),
            "cut at {at}"
        );
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            if let Ok(other) = LightBlock::from_bytes(&changed) {
                assert_eq!(other.to_bytes(), changed, "bit {bit} of byte {at}");
                assert_ne!(other, block, "bit {bit} of byte {at}");
            }
        }
    }
    // A field twice, an unknown field, a zero that is written out.
    for tail in [&[0x0a, 0x00][..], &[0x50, 0x01], &[0x18, 0x00]] {
        assert_eq!(
            LightBlock::from_bytes(&[&bytes[..], tail].concat()),
            Err(WireError("light block"))
        );
    }
}

#[test]
fn noise_is_refused_without_a_panic() {
    let rng = &mut Rng(3);
    for _ in 0..20_000 {
        let noise: Vec<u8> = (0..rng.below(80)).map(|_| rng.below(256) as u8).collect();
        if let Ok(set) = ValidatorSet::from_bytes(&noise) {
            assert_eq!(set.to_bytes(), noise);
        }
        assert!(LightBlock::from_bytes(&noise).is_err());
    }
}

#[test]
fn cometbft_types_read_the_same() {
    for name in ["v0.38-ed25519", "v0.40-ed25519"] {
        for block in &chain(name) {
            let theirs = comet::LightBlock::decode(&block.to_bytes()[..]).expect("protobuf");
            let signed = theirs.signed_header.expect("there");
            let header = signed.header.expect("there");
            let ours = &block.signed_header.header;
            assert_eq!(
                (header.chain_id, header.height as u64),
                (ours.chain_id.clone(), ours.height)
            );
            assert_eq!(header.app_hash, ours.app_hash);
            assert_eq!(header.proposer_address, ours.proposer_address);
            let commit = signed.commit.expect("there");
            let signatures = commit.signatures.iter().map(|entry| &entry.signature);
            assert!(
                signatures.eq(block
                    .signed_header
                    .commit
                    .signatures
                    .iter()
                    .map(|e| &e.signature))
            );
            let powers = theirs.validator_set.expect("there").validators;
            let powers = powers.iter().map(|validator| validator.voting_power as u64);
            assert!(powers.eq(block.validators.validators().iter().map(|v| v.power())));
        }
    }
}
