//! Light blocks and their parts as bytes: what reads has one encoding, and means the same as JSON.

use super::GENUINE;
use crate::input::Input;
use light_client::{Commit, Header, LightBlock, ValidatorSet, json};

const WHOLE: u8 = 0;
const HEADER: u8 = 1;
const SET: u8 = 2;
const COMMIT: u8 = 3;

pub fn seeds() -> Vec<Vec<u8>> {
    let blocks = GENUINE.iter().flat_map(|chain| chain.iter().take(3));
    let parts = blocks.flat_map(|genuine| {
        let block = &genuine.block;
        [
            (WHOLE, block.to_bytes()),
            (HEADER, block.signed_header.header.to_bytes()),
            (SET, block.validators.to_bytes()),
            (COMMIT, block.signed_header.commit.to_bytes()),
        ]
    });
    parts
        .map(|(part, bytes)| [&[part], bytes.as_slice()].concat())
        .collect()
}

pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    match input.byte() % 4 {
        WHOLE => whole(input.0),
        HEADER => {
            if let Ok(header) = Header::from_bytes(input.0) {
                assert_eq!(header.to_bytes(), input.0, "one encoding");
                header.hash();
            }
        }
        SET => {
            if let Ok(set) = ValidatorSet::from_bytes(input.0) {
                assert_eq!(set.to_bytes(), input.0, "one encoding");
                set.hash();
            }
        }
        _ => {
            for genuine in GENUINE.iter().filter_map(|chain| chain.first()) {
                if let Ok(commit) = Commit::from_bytes(input.0, &genuine.block.validators) {
                    assert_eq!(commit.to_bytes(), input.0, "one encoding");
                }
            }
        }
    }
}

fn whole(bytes: &[u8]) {
    let Ok(block) = LightBlock::from_bytes(bytes) else {
        return;
    };
    assert_eq!(block.to_bytes(), bytes, "one encoding");
    let text = json::write::light_block(&block);
    // JSON spells some things that bytes cannot leave out, such as a height of 0.
    if let Ok(again) = json::parse(text.as_bytes()).and_then(|again| json::light_block(&again)) {
        assert_eq!(
            again.signed_header.header.hash(),
            block.signed_header.header.hash()
        );
    }
}
