//! Genesis documents, which founders hand to each other and whoever joins fetches: what reads is written and read again.

use super::WORLD;
use crate::{edit::edit, input::Input};
use node::chain::Genesis;
use serde_json::Value;

/// The bytes are a document.
const DOCUMENT: u8 = 0;
/// The bytes change the true one.
const CHANGES: u8 = 1;

pub fn seeds() -> Vec<Vec<u8>> {
    let whole = [
        &[DOCUMENT],
        WORLD.node.genesis.to_json().to_string().as_bytes(),
    ]
    .concat();
    let changed = (0..16).map(|what| vec![CHANGES, what, 0, what, 0, 9, what]);
    [whole].into_iter().chain(changed).collect()
}

pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let document: Value = if input.byte() % 2 == DOCUMENT {
        let Ok(document) = serde_json::from_slice(input.0) else {
            return;
        };
        document
    } else {
        let mut document = WORLD.node.genesis.to_json();
        edit(&mut document, &mut input);
        document
    };
    let Ok(genesis) = Genesis::from_json(&document) else {
        return;
    };
    let written = genesis.to_json();
    let again = Genesis::from_json(&written).expect("what is written can be read");
    assert_eq!(again.to_json(), written, "written and read again");
    let _ = genesis.init_chain();
}
