//! Sealed documents: only what was sealed to the reader for the record opens.

use crate::input::Input;
use records::{
    RecordName,
    seal::{self, SealKey},
};
use std::sync::LazyLock;

const CONTENT: &[u8] = b"content";

static READER: LazyLock<SealKey> = LazyLock::new(|| SealKey::from_seed(&[9; 32]));

fn record() -> RecordName {
    RecordName::new("document", "d1").expect("a record name")
}

pub fn seeds() -> Vec<Vec<u8>> {
    let sealed = seal::seal(CONTENT, &READER.public(), &record(), &mut Zeros).expect("seals");
    vec![
        [&[0], sealed.as_slice()].concat(),
        [&[1], READER.public().as_bytes()].concat(),
    ]
}

pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    if input.byte() % 2 == 0 {
        if let Ok(content) = READER.open(input.0, &record()) {
            assert_eq!(content, CONTENT, "something else opens");
        }
    } else {
        let _ = seal::seal(CONTENT, &input.text(), &record(), &mut Zeros);
    }
}

/// No randomness: runs must be repeatable.
pub struct Zeros;

impl rand_core::TryRng for Zeros {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        bytes.fill(0);
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Zeros {}
