//! What others do keeps nobody out.

use super::*;

#[test]
fn what_a_member_and_a_person_have_to_sign_finds_room_beside_strangers() {
    let mut node = Node::new();
    let (hospital, patients) = (key("hospital"), keys("patient", 200));
    let confirmations = node.patients(&patients);
    node.accept(&confirmations);
    node.takes(STRANGERS, &node.flood(200));
    let erasings: Vec<_> = (0..)
        .zip(&patients)
        .map(|(number, patient)| node.erasing(number, &[&hospital, patient]))
        .collect();
    node.takes(KEY, &erasings);
    node.accept(&erasings[..5]);
}

#[test]
fn nobody_exhausts_others_with_signatures_beside_those_of_a_member_and_a_person() {
    let mut node = Node::new();
    let (hospital, patients) = (key("hospital"), keys("patient", 2));
    let confirmations = node.patients(&patients);
    node.accept(&confirmations);
    let strangers = keys("nobody", 200);
    let copies: Vec<_> = strangers
        .iter()
        .map(|stranger| node.erasing(0, &[&hospital, &patients[0], stranger]))
        .collect();
    node.takes(STRANGERS, &copies);
    let (own, another) = (&[&hospital, &patients[0]], &[&hospital, &patients[1]]);
    for (number, signers) in [own, another].into_iter().enumerate() {
        assert_eq!(node.check(&node.erasing(number, signers)), code::OK);
    }
}

#[test]
fn nobody_exhausts_persons_with_signatures_of_its_own() {
    let mut node = Node::new();
    let patients = keys("patient", 120);
    let confirmations = node.patients(&patients);
    let strangers = keys("nobody", 200);
    let copies: Vec<_> = strangers
        .iter()
        .map(|stranger| node.confirmation(0, &[&patients[0], stranger]))
        .collect();
    node.takes(STRANGERS, &copies);
    node.takes(PERSONS, &confirmations);
}

#[test]
fn nobody_exhausts_a_member_with_signatures_of_its_own() {
    let mut node = Node::new();
    let founders: Vec<SecretKey> = (0..4).map(founder_key).collect();
    let event = payload(
        "member.admit",
        ("member", "x"),
        0,
        &member("x"),
        node.time(),
    );
    let sign = |signers: &[&SecretKey]| event.sign(signers).expect("signs").encode();
    let strangers = keys("nobody", 300);
    let copies: Vec<_> = strangers
        .iter()
        .map(|stranger| {
            let mut signers: Vec<&SecretKey> = founders.iter().collect();
            signers.push(stranger);
            sign(&signers)
        })
        .collect();
    let (before, after) = copies.split_at(150);
    // Any of them could come into a block first.
    node.takes(STRANGERS, before);
    node.accept(&[sign(&founders.iter().collect::<Vec<_>>())]);
    // All of them are refused now.
    let refused = node.decide(after);
    assert!(refused.iter().all(|result| result.code == code::REFUSED));
    let own: Vec<_> = (0..200)
        .map(|number| node.lone(number, &[&founders[0]]))
        .collect();
    node.takes(KEY, &own);
}
