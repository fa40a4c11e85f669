//! Headers of a fork, properly signed by validators that lie.

use light_client::json::{self, write};
use light_client::{Address, BlockIdFlag, Header, SignedHeader, Time, sha256};
use records::{SecretKey, ValidatorKey};
use serde_json::Value;

/// Bends the answer to `commit` or `header` for this height or a later one; none where it is another answer.
pub fn forge(answer: &mut Value, from: u64, seeds: &[[u8; 32]]) -> Option<()> {
    let Some(place) = answer.pointer_mut("/result/signed_header") else {
        return forge_alone(answer, from);
    };
    let signed = json::parse(place.to_string().as_bytes()).ok()?;
    let signed = json::signed_header(&signed).ok()?;
    (signed.header.height >= from).then_some(())?;
    let text = write::signed_header(&forged(signed, seeds));
    *place = serde_json::from_str(&text).ok()?;
    Some(())
}

/// The header of the same block, alone.
fn forge_alone(answer: &mut Value, from: u64) -> Option<()> {
    let mut header = json::header(answer).ok()?;
    (header.height >= from).then_some(())?;
    bend(&mut header);
    let text = write::header(&header);
    *answer.pointer_mut("/result/header")? = serde_json::from_str(&text).ok()?;
    Some(())
}

/// Nothing in it contradicts the chain's state but the evidence that it names.
fn bend(header: &mut Header) {
    header.evidence_hash = Some(sha256(&[b"no such evidence"]));
}

/// The liars have signed it.
fn forged(mut signed: SignedHeader, seeds: &[[u8; 32]]) -> SignedHeader {
    bend(&mut signed.header);
    signed.commit.block_id.hash = Some(signed.header.hash());
    for index in 0..signed.commit.signatures.len() {
        let bytes = signed
            .commit
            .vote_sign_bytes(&signed.header.chain_id, index);
        let entry = &mut signed.commit.signatures[index];
        let own = |seed: &&[u8; 32]| Some(address(seed)) == entry.address;
        match (seeds.iter().find(own), bytes) {
            (Some(seed), Some(bytes)) => {
                entry.signature = SecretKey::from_seed(seed).sign(&bytes);
            }
            _ => {
                entry.flag = BlockIdFlag::Absent;
                entry.address = None;
                entry.signature.clear();
                entry.timestamp = Time::GO_ZERO;
            }
        }
    }
    signed
}

fn address(seed: &[u8; 32]) -> Address {
    ValidatorKey::from(SecretKey::from_seed(seed).public()).address()
}
