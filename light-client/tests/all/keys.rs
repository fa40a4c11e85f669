//! Every key type of CometBFT v0.40, on votes that real validators signed.

use crate::common::chain;
use crate::common::generate::Rng;
use crate::common::signing::Key;
use light_client::{BlockIdFlag, PublicKey};

/// A key, the vote it signed, and the signature; from each recorded chain with more than one key type, and ML-DSA.
fn votes() -> Vec<(PublicKey, Vec<u8>, Vec<u8>)> {
    let blocks = chain("v0.40-mixed-keys").into_iter().take(3);
    let mut votes = Vec::new();
    for block in blocks {
        let commit = &block.signed_header.commit;
        let chain_id = &block.signed_header.header.chain_id;
        for (index, (entry, validator)) in commit
            .signatures
            .iter()
            .zip(block.validators.validators())
            .enumerate()
        {
            if entry.flag == BlockIdFlag::Commit {
                let message = commit.vote_sign_bytes(chain_id, index).unwrap();
                votes.push((validator.key().clone(), message, entry.signature.clone()));
            }
        }
    }
    for name in ["Ed25519", "MlDsa65", "Secp256k1", "Secp256k1eth"] {
        let name = format!("PubKey{name}");
        assert!(
            votes
                .iter()
                .any(|(key, ..)| key.type_name().ends_with(&name)),
            "{name}"
        );
    }
    votes
}

#[test]
fn genuine_votes_hold_and_bent_ones_do_not() {
    for (key, message, signature) in votes() {
        assert!(key.verify(&message, &signature));
        let step = (signature.len() / 40).max(1);
        for position in (0..signature.len())
            .step_by(step)
            .chain([signature.len() - 1])
        {
            for mask in [0x01, 0x80] {
                let mut bent = signature.clone();
                bent[position] ^= mask;
                assert!(
                    !key.verify(&message, &bent),
                    "{} byte {position}",
                    key.type_name()
                );
            }
        }
        for position in 0..message.len() {
            let mut bent = message.clone();
            bent[position] ^= 1;
            assert!(
                !key.verify(&bent, &signature),
                "{} message byte {position}",
                key.type_name()
            );
        }
    }
}

#[test]
fn garbage_is_refused_without_a_panic() {
    let mut random = Rng(41);
    for (key, message, signature) in votes() {
        for length in [0, 1, 31, 63, 64, 65, 66, 3308, 3309, 3310, signature.len()] {
            let garbage: Vec<u8> = (0..length)
                .map(|_| random.next().to_le_bytes()[0])
                .collect();
            assert!(!key.verify(&message, &garbage));
            assert!(!key.verify(&message, &vec![0; length]));
            assert!(!key.verify(&message, &vec![0xff; length]));
            if length != signature.len() {
                let mut cut = signature.clone();
                cut.resize(length, 0);
                assert!(!key.verify(&message, &cut));
            }
        }
        // A key that is garbage, where it is one at all, verifies nothing.
        for byte in [0, 1, 2, 3, 0xff] {
            let bytes = vec![byte; key.as_bytes().len()];
            if let Some(garbage) = PublicKey::from_type_and_bytes(key.type_name(), &bytes) {
                assert!(
                    !garbage.verify(&message, &signature),
                    "{} of {byte}",
                    key.type_name()
                );
            }
        }
    }
}

#[test]
fn a_key_is_read_by_its_type_and_its_exact_length() {
    for (key, ..) in votes() {
        let again = PublicKey::from_type_and_bytes(key.type_name(), key.as_bytes());
        assert_eq!(again.as_ref(), Some(&key));
        let longer = [key.as_bytes(), &[0]].concat();
        assert_eq!(
            PublicKey::from_type_and_bytes(key.type_name(), &longer),
            None
        );
        assert_eq!(
            PublicKey::from_type_and_bytes(key.type_name(), &longer[..longer.len() - 2]),
            None
        );
        assert_eq!(
            PublicKey::from_type_and_bytes("tendermint/PubKeyUnknown", key.as_bytes()),
            None
        );
    }
}

#[test]
fn the_second_form_of_an_ecdsa_signature_is_refused() {
    let mut seen = 0;
    for (key, message, signature) in votes()
        .into_iter()
        .filter(|(key, ..)| key.type_name().contains("Secp256k1"))
    {
        let (r_s, v) = signature.split_at(64);
        let low = k256::ecdsa::Signature::from_slice(r_s).unwrap();
        let high = k256::ecdsa::Signature::from_scalars(*low.r(), -*low.s()).unwrap();
        // Ethereum's form needs the other v as well to recover the same key.
        for v in [v.to_vec(), v.iter().map(|v| v ^ 1).collect()] {
            assert!(
                !key.verify(&message, &[&high.to_bytes()[..], &v].concat()),
                "{}",
                key.type_name()
            );
        }
        if let [v] = v {
            for other in (0..=255).filter(|other| other != v) {
                assert!(
                    !key.verify(&message, &[r_s, &[other]].concat()),
                    "v = {other}"
                );
            }
        }
        seen += 1;
    }
    assert!(seen >= 2);
}

#[test]
fn a_signature_in_ethereums_form_holds_with_either_v() {
    let key = Key::of_type(2, 1);
    let mut seen = [false; 2];
    for message in 0..32u8 {
        let signature = key.sign(&[message]);
        assert!(key.public().verify(&[message], &signature));
        seen[usize::from(signature[64])] = true;
    }
    assert_eq!(seen, [true; 2]);
}

#[test]
fn each_key_type_has_the_address_under_which_its_owner_voted() {
    for block in chain("v0.40-mixed-keys") {
        for (entry, validator) in block
            .signed_header
            .commit
            .signatures
            .iter()
            .zip(block.validators.validators())
        {
            assert!(
                entry
                    .address
                    .is_none_or(|address| address == validator.key().address())
            );
        }
    }
}
