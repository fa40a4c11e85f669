//! Ed25519 by the rules of ZIP-215, which CometBFT follows since v0.38: the cofactored equation, non-canonical points
//! accepted, s below the group order. Alone among the usual rule sets it gives one answer for a batch and for single checks.

use core::convert::Infallible;

use ed25519_zebra::{Signature, VerificationKey, VerificationKeyBytes, batch};
use rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest, Sha256};

pub(super) fn verify(key: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    match (
        VerificationKey::try_from(*key),
        Signature::from_slice(signature),
    ) {
        (Ok(key), Ok(signature)) => key.verify(&signature, message).is_ok(),
        _ => false,
    }
}

/// Whether all of (key, message, signature) hold.
pub(super) fn verify_batch(items: &[(&[u8; 32], &[u8], &[u8])]) -> bool {
    let mut verifier = batch::Verifier::new();
    for (key, message, signature) in items {
        let Ok(signature) = Signature::from_slice(signature) else {
            return false;
        };
        verifier.queue((VerificationKeyBytes::from(**key), signature, *message));
    }
    verifier.verify(Blinding::over(items)).is_ok()
}

/// The random factors of the batch equation, drawn from a hash of everything that is in the batch.
///
/// The batch adds up the equations of all signatures, each times a 128-bit factor. A bad signature hides in the sum only
/// if its maker knew the factors. These come from SHA-256 over all keys, messages and signatures (the Fiat–Shamir way): to
/// change a bit of any of them changes all factors, so a forger is left with trying about 2¹²⁸ batches, exactly as many as
/// against a random source. It needs no entropy from the platform, and the same input always gives the same verdict.
struct Blinding {
    seed: [u8; 32],
    counter: u64,
}

impl Blinding {
    fn over(items: &[(&[u8; 32], &[u8], &[u8])]) -> Blinding {
        let mut transcript = Sha256::new();
        transcript.update(b"light-client/ed25519-batch/1");
        for (key, message, signature) in items {
            // Key and signature have fixed sizes; with the message's length, no two batches share a transcript.
            transcript.update(key);
            transcript.update(signature);
            transcript.update((message.len() as u64).to_le_bytes());
            transcript.update(message);
        }
        Blinding {
            seed: transcript.finalize().into(),
            counter: 0,
        }
    }

    fn block(&mut self) -> [u8; 32] {
        let block = Sha256::new()
            .chain_update(self.seed)
            .chain_update(self.counter.to_le_bytes())
            .finalize();
        self.counter = self.counter.wrapping_add(1);
        block.into()
    }
}

impl TryRng for Blinding {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let [a, b, c, d, ..] = self.block();
        Ok(u32::from_le_bytes([a, b, c, d]))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let [a, b, c, d, e, f, g, h, ..] = self.block();
        Ok(u64::from_le_bytes([a, b, c, d, e, f, g, h]))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for chunk in out.chunks_mut(32) {
            let block = self.block();
            for (byte, random) in chunk.iter_mut().zip(block) {
                *byte = random;
            }
        }
        Ok(())
    }
}

impl TryCryptoRng for Blinding {}

#[cfg(test)]
mod tests {
    extern crate std;

    use alloc::vec::Vec;

    use ed25519_zebra::SigningKey;

    use super::*;

    type Owned = ([u8; 32], Vec<u8>, Vec<u8>);

    fn signed(number: u8) -> Owned {
        let key = SigningKey::from([number; 32]);
        let message = alloc::vec![number; usize::from(number)];
        let signature: [u8; 64] = key.sign(&message).into();
        (
            VerificationKeyBytes::from(&key).into(),
            message,
            signature.to_vec(),
        )
    }

    fn holds(items: &[Owned]) -> bool {
        let items: Vec<_> = items
            .iter()
            .map(|(key, message, signature)| (key, &message[..], &signature[..]))
            .collect();
        verify_batch(&items)
    }

    #[test]
    fn a_batch_holds_exactly_if_every_signature_in_it_does() {
        for size in [0, 1, 2, 5, 40] {
            let good: Vec<Owned> = (0..size).map(signed).collect();
            assert!(holds(&good), "{size}");
            for bad in 0..good.len() {
                for byte in [0, 33, 63] {
                    let mut items = good.clone();
                    items[bad].2[byte] ^= 1;
                    assert!(!holds(&items), "signature {bad} of {size}, byte {byte}");
                }
            }
        }
    }

    /// C2SP/CCTV, whose single verdicts `tests/ed25519.rs` judges.
    #[test]
    fn every_edge_case_has_the_same_verdict_alone_in_a_batch_and_among_good_ones() {
        let path = std::format!(
            "{}/../../shared/vectors/ed25519/cctv_ed25519vectors.json",
            env!("CARGO_MANIFEST_DIR")
        );
        let Ok(text) = std::fs::read(&path) else {
            std::eprintln!("SKIPPED: no public vectors at {path}");
            return;
        };
        let cases: Vec<serde_json::Value> = serde_json::from_slice(&text).unwrap();
        assert_eq!(cases.len(), 914);
        for case in &cases {
            let text = |name: &str| case[name].as_str().unwrap();
            let key = hex::decode(text("key")).unwrap();
            let edge: Owned = (
                key.try_into().unwrap(),
                text("msg").into(),
                hex::decode(text("sig")).unwrap(),
            );
            let alone = verify(&edge.0, &edge.1, &edge.2);
            let number = &case["number"];
            assert_eq!(holds(core::slice::from_ref(&edge)), alone, "{number}");
            let among = [signed(1), edge.clone(), signed(2), edge];
            assert_eq!(holds(&among), alone, "{number} among good ones, twice");
        }
    }

    #[test]
    fn two_wrongs_do_not_cancel_out() {
        let mut items = [signed(1), signed(1)];
        // s + 1 and s − 1: without random factors the two errors would sum up to nothing.
        let add_one = items
            .iter()
            .position(|item| item.2[32] < 0xff && item.2[32] > 0)
            .unwrap();
        items[add_one].2[32] += 1;
        items[1 - add_one].2[32] -= 1;
        assert!(!holds(&items));
    }

    #[test]
    fn the_blinding_depends_on_every_byte_and_never_repeats() {
        let (key, message, signature) = signed(9);
        let seed = |key: &[u8; 32], message: &[u8], signature: &[u8]| {
            Blinding::over(&[(key, message, signature)]).seed
        };
        let mut other_signature = signature.clone();
        other_signature[0] ^= 1;
        let mut other_message = message.clone();
        other_message[0] ^= 1;
        let seeds = [
            seed(&key, &message, &signature),
            seed(&[0; 32], &message, &signature),
            seed(&key, &message[1..], &signature),
            seed(&key, &other_message, &signature),
            seed(&key, &message, &other_signature),
        ];
        for (index, seed) in seeds.iter().enumerate() {
            assert!(!seeds[index + 1..].contains(seed));
        }
        // Two votes, and one whose message holds the second.
        let merged = [&message[..], &key, &signature, &message].concat();
        let vote = (&key, &message[..], &signature[..]);
        assert_ne!(
            Blinding::over(&[vote, vote]).seed,
            seed(&key, &merged, &signature)
        );
        let mut blinding = Blinding::over(&[(&key, &message, &signature)]);
        assert_ne!(blinding.block(), blinding.block());
    }
}
