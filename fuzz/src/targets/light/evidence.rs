//! Evidence of an attack from any two blocks: it can always be made and written.

use super::{GENUINE, changed, trust};
use crate::input::Input;
use light_client::{client::AttackEvidence, json};

pub fn seeds() -> Vec<Vec<u8>> {
    (0..4)
        .flat_map(|chain| {
            [
                vec![chain, 0, 2, 2, 0],
                vec![chain, 1, 3, 3, 4, 0, 50, 0, 9, 1],
            ]
        })
        .collect()
}

/// Chain, common block, the block trusted, the conflicting one and its changes.
pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let Some(blocks) = input.pick(&GENUINE) else {
        return;
    };
    let (Some(common), Some(trusted)) = (input.pick(blocks), input.pick(blocks)) else {
        return;
    };
    let Some(conflicting) = changed(blocks, &mut input) else {
        return;
    };
    let evidence = AttackEvidence::new(&conflicting, &trusted.block, &trust(&common.block));
    let mut addresses: Vec<_> = evidence
        .byzantine
        .iter()
        .map(|validator| *validator.address())
        .collect();
    addresses.sort_unstable();
    addresses.dedup();
    assert_eq!(
        addresses.len(),
        evidence.byzantine.len(),
        "a validator is accused twice"
    );
    json::parse(json::write::attack_evidence(&evidence).as_bytes()).expect("JSON");
}
