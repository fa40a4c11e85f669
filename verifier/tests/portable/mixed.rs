//! Files of a chain whose validators have keys of every type.

use crate::{
    bent::flip_all,
    common::{mixed, signing::TYPES},
    made, reader, verify, verify_changed,
};
use std::{collections::BTreeSet, rc::Rc};
use verifier::{portable::Portable, verdict::Outcome};

#[test]
fn a_file_is_made_and_verified_alone_whatever_the_types_of_the_validators_keys() {
    let chain = Rc::new(mixed());
    let file = made(&chain);
    let proof = Portable::decode(&file).expect("reads");
    assert_eq!(proof.encode().as_ref(), Some(&file));
    let types: BTreeSet<&str> = (proof.start.1.validators().iter())
        .map(|validator| validator.key().type_name())
        .collect();
    assert_eq!(types.len() as u64, TYPES);
    let kept = verify(&chain, &file);
    assert_eq!(
        (kept.outcome, kept.headline.as_str()),
        (Outcome::NotEstablished, "proven-as-of"),
        "{kept:#?}"
    );
    let anchor = kept.anchor.expect("an anchor");
    assert_eq!((anchor.signed_power, anchor.total_power), (100, 100));
    println!("validators of four types: {} bytes", file.len());
}

#[test]
fn one_byte_of_a_signature_of_any_type_refutes_a_file() {
    let chain = Rc::new(mixed());
    let file = made(&chain);
    let steps = Portable::decode(&file).expect("reads").steps;
    let votes = steps
        .iter()
        .map(|step| step.signed_header.commit.signatures.len());
    assert_eq!(votes.sum::<usize>() as u64, TYPES, "one step, four votes");
    for vote in 0..TYPES as usize {
        let verdict = verify_changed(&chain, &file, |proof| {
            let commit = &mut proof.steps[0].signed_header.commit;
            let signature = &mut commit.signatures[vote].signature;
            let middle = signature.len() / 2;
            signature[middle] ^= 1;
        });
        assert_eq!(
            (verdict.outcome, verdict.headline.as_str()),
            (Outcome::NotEstablished, "header-refuted"),
            "vote {vote}"
        );
        assert_eq!(verdict.facts[&"why".to_owned()], "bad-signature");
        assert_eq!(verdict.anchor, None);
    }
}

#[test]
fn no_bent_byte_makes_a_file_of_a_mixed_set_prove_something_else() {
    let chain = Rc::new(mixed());
    let (read, same) = flip_all(&chain, &reader(&chain, 1), &made(&chain), 13);
    assert!(read > 300, "the test reaches the checks: {read}");
    assert_eq!(same, 0, "every byte counts");
}
