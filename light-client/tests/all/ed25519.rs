//! The 914 edge cases of C2SP/CCTV, one by one and against the verifier that tendermint-rs uses.

use crate::common::{public_vectors, read};
use light_client::PublicKey;
use light_client::json::Value;
use tendermint::crypto::signature::Verifier;

fn has(case: &Value, flag: &str) -> bool {
    case["flags"]
        .as_array()
        .is_some_and(|flags| flags.iter().any(|found| found == flag))
}

/// ZIP-215 hashes the points as they were sent. The cases marked `reencoded_k` were signed as if the points had first been
/// brought into canonical form; they hold only where the hash does not matter, which is where the key is of low order. No known
/// verifier re-encodes, CometBFT's neither.
fn expected(case: &Value) -> bool {
    !has(case, "reencoded_k") || has(case, "low_order_A")
}

#[test]
fn every_edge_case_is_judged_by_the_rules_of_zip_215() {
    let Some(folder) = public_vectors("ed25519") else {
        return;
    };
    let file = read(&folder.join("cctv_ed25519vectors.json"));
    let cases = file.as_array().unwrap();
    let mut accepted = 0;
    for case in cases {
        let bytes = |name: &str| hex::decode(case[name].as_str().unwrap()).unwrap();
        let (key, signature) = (bytes("key"), bytes("sig"));
        let message = case["msg"].as_str().unwrap().as_bytes();
        let ours = PublicKey::from_type_and_bytes("tendermint/PubKeyEd25519", &key).unwrap();
        let found = ours.verify(message, &signature);
        assert_eq!(found, expected(case), "case {}", case["number"]);
        assert_eq!(
            found,
            tendermint_verifies(&key, message, &signature),
            "case {}",
            case["number"]
        );
        accepted += usize::from(found);

        let mut beyond_the_order = signature;
        beyond_the_order[63] |= 0xe0;
        assert!(
            !ours.verify(message, &beyond_the_order),
            "case {} with s too large",
            case["number"]
        );
    }
    assert_eq!((cases.len(), accepted), (914, 826));
}

fn tendermint_verifies(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let key = tendermint::PublicKey::from_raw_ed25519(key).unwrap();
    let signature = tendermint::Signature::try_from(signature).unwrap();
    tendermint::crypto::default::signature::Verifier::verify(key, message, &signature).is_ok()
}
