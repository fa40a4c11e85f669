//! Openings of committed fields: what opens against a commitment is what was committed to.

use crate::{input::Input, targets::scanner::TEXTS};
use records::{
    codes,
    fields::Schema,
    kinds::{
        consent::{DOCUMENT_FIELDS, GRANT_FIELDS},
        invoice::{self, facts},
    },
};

const SCHEMAS: [&Schema; 3] = [&invoice::SCHEMA, &DOCUMENT_FIELDS, &GRANT_FIELDS];
const SEED: [u8; 16] = [7; 16];

fn values(schema: &Schema) -> Vec<&str> {
    schema.fields.to_vec()
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (schema, number) in SCHEMAS.into_iter().zip(0u8..) {
        let values = values(schema);
        let shown: [&[usize]; 3] = [&[0], &[1, 2], &[]];
        let partial = shown
            .iter()
            .filter_map(|shown| schema.open_some(&SEED, &values, shown).ok());
        let full = schema.open_all(&SEED, &values).ok();
        seeds.extend(
            partial
                .chain(full)
                .map(|opening| [&[number], opening.as_slice()].concat()),
        );
    }
    seeds
}

/// Which schema, and the opening.
pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let Some(schema) = input.pick(&SCHEMAS) else {
        return;
    };
    let values = values(schema);
    let commitment = schema.commit(&SEED, &values).expect("fits");
    let Ok((claimed, root)) = schema.claimed(input.0) else {
        return;
    };
    assert!(
        claimed.windows(2).all(|pair| pair[0].0 < pair[1].0),
        "one value per field"
    );
    assert_eq!(
        schema.open(input.0, &commitment).is_ok(),
        root == commitment
    );
    if let Ok(narrowed) = schema.narrow(input.0, &[0]) {
        let shown = schema.claimed(&narrowed);
        assert_eq!(
            shown,
            Ok((claimed[..1].to_vec(), root)),
            "narrowed is the same"
        );
    }
    if let Some(declared) = codes::read(TEXTS[0]).declared() {
        facts::compare(&declared, &claimed);
    }
    if root == commitment {
        for (index, value) in claimed {
            assert_eq!(
                values.get(index),
                Some(&value.as_str()),
                "another value is opened"
            );
        }
    }
}
