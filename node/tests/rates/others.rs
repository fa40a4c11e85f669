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

/// What it writes itself, one after the other.
fn own(node: &Node, count: u64) -> Vec<Vec<u8>> {
    let rekey = |seq| node.rekeying(0, seq, [&[], &[]], &[]);
    (0..count).map(rekey).collect()
}

/// As much as a key may hand in that nobody has exhausted.
#[track_caller]
fn is_unharmed(node: &Node, founder: usize) {
    let own: Vec<_> = (1_000..1_200)
        .map(|number| node.lone(number, &[&founder_key(founder)]))
        .collect();
    node.takes(KEY, &own);
}

#[test]
fn a_proposer_exhausts_nobody_with_what_is_in_blocks_already() {
    let mut node = Node::new();
    let accepted = own(&node, 10);
    node.accept(&accepted);
    for _ in 0..10 {
        let results = node.decide(&accepted);
        assert!(results.iter().all(|result| result.code == code::REFUSED));
    }
    is_unharmed(&node, 0);
    let lone = |number| node.lone(number, &[&founder_key(1)]);
    let (refused, more) = ([lone(0)], (1..100).map(lone).collect::<Vec<_>>());
    for _ in 0..10 {
        node.decide(&refused);
    }
    let (at_once, pace) = KEY;
    // Once it was the signer's own.
    node.takes((at_once - 10, pace), &more);
}

/// *Attack: a proposer proposes, round after round, what others signed and rules refuse, and sees to it that none of it is decided.*
#[test]
fn nobody_pays_for_a_block_that_was_executed_ahead_and_not_decided() {
    let mut node = Node::new();
    let proposed = |node: &Node, founder| ProposedBlock {
        txs: (0..4)
            .map(|number| node.lone(number, &[&founder_key(founder)]))
            .collect(),
        misbehaviour: Vec::new(),
        hash: [0; 32],
        height: node.height + 1,
        time: node.time() + SECOND,
    };
    for _ in 0..10 {
        let block = proposed(&node, 0);
        node.application.execute_ahead(block);
    }
    node.decide(&[]);
    is_unharmed(&node, 0);
    let block = proposed(&node, 1);
    node.application.execute_ahead(block.clone());
    let decided = node.application.finalize_block(&block.decided());
    let results = decided.expect("executes").tx_results;
    assert!(results.iter().all(|result| result.code == code::REFUSED));
    let more: Vec<_> = (4..100)
        .map(|number| node.lone(number, &[&founder_key(1)]))
        .collect();
    let (at_once, pace) = KEY;
    node.takes((at_once - 40, pace), &more);
}

#[test]
fn a_proposer_exhausts_nobody_with_what_is_too_late() {
    let mut node = Node::new();
    let late: Vec<_> = (0..20)
        .map(|number| {
            let id = format!("m-{number}");
            let before = node.time() - 2 * 3_600 * SECOND;
            let event = payload("member.admit", ("member", &id), 0, &member(&id), before);
            event.sign(&[&founder_key(0)]).expect("signs").encode()
        })
        .collect();
    let results = node.decide(&late);
    assert!(results.iter().all(|result| result.code == code::REFUSED));
    is_unharmed(&node, 0);
}

#[test]
fn an_accepted_event_is_known_with_whichever_signatures_and_paid_for() {
    let mut node = Node::new();
    let others = keys("a branch of founder-1", 20);
    node.add(1, &others);
    let copies: Vec<_> = others
        .iter()
        .map(|other| node.rekeying(0, 0, [&[], &[]], &[other]))
        .collect();
    let accepted = own(&node, 1);
    node.accept(&accepted);
    for copy in &copies {
        assert_eq!(node.check(copy), code::KNOWN);
    }
    for copy in copies {
        let results = node.decide(&[copy]);
        assert!(results.iter().all(|result| result.code == code::REFUSED));
    }
    is_unharmed(&node, 0);
}

/// Else whoever takes a signature away would keep the event out.
#[test]
fn what_was_refused_for_want_of_signatures_may_come_with_them() {
    let mut node = Node::new();
    let founders: Vec<SecretKey> = (0..4).map(founder_key).collect();
    let founders: Vec<&SecretKey> = founders.iter().collect();
    let (few, enough) = (node.lone(0, &founders[..1]), node.lone(0, &founders));
    let results = node.decide(&[few]);
    assert_eq!(results[0].code, code::REFUSED);
    assert_eq!(node.check(&enough), code::OK);
    node.accept(&[enough]);
}

#[test]
fn a_member_exhausts_no_other_with_signatures_of_its_own() {
    let mut node = Node::new();
    let others = keys("a branch of founder-1", 60);
    node.add(1, &others);
    let copies: Vec<_> = keys("next", 2)
        .iter()
        .flat_map(|next| {
            let changes = [std::slice::from_ref(next), &[]];
            let copy = |other| node.rekeying(0, 0, changes, &[other]);
            others.iter().map(copy).collect::<Vec<_>>()
        })
        .collect();
    // Any of them could come into a block.
    node.takes(MEMBER, &copies);
    is_unharmed(&node, 0);
}

/// A node that was off, or joins, executes in a minute what was refused in a day.
#[test]
fn nobody_pays_for_what_was_refused_while_a_node_was_off() {
    let mut node = Node::beginning(now() - 86_400 * SECOND);
    let members: Vec<_> = (0..20)
        .map(|number| node.lone(number, &[&founder_key(0)]))
        .collect();
    let strangers = node.flood(80);
    let (before, later) = strangers.split_at(20);
    for txs in [&members, before] {
        let results = node.decide(txs);
        assert!(results.iter().all(|result| result.code == code::REFUSED));
    }
    is_unharmed(&node, 0);
    node.takes(STRANGERS, later);
}

/// *Attack: a member takes what another signed and the rules refuse, and signs it too, in ever other ways: both pay, the other has one key's worth.*
#[test]
fn nobody_pays_twice_for_what_was_refused_because_a_member_signs_it_too() {
    let mut node = Node::new();
    let branches = keys("a branch of founder-1", 20);
    node.add(1, &branches);
    let refused = node.lone(0, &[&founder_key(0)]);
    let with = |signers: &[&SecretKey]| {
        let first = founder_key(0);
        let signers: Vec<_> = [&first]
            .into_iter()
            .chain(signers.iter().copied())
            .collect();
        node.lone(0, &signers)
    };
    let singles: Vec<_> = branches.iter().map(|branch| with(&[branch])).collect();
    let pairs: Vec<_> = branches
        .windows(2)
        .map(|pair| with(&[&pair[0], &pair[1]]))
        .collect();
    node.decide(&[refused]);
    for copy in singles {
        let results = node.decide(&[copy]);
        assert_eq!(results[0].code, code::REFUSED);
    }
    for copy in &pairs {
        assert_eq!(node.check(copy), code::KNOWN);
    }
    let more: Vec<_> = (1..100)
        .map(|number| node.lone(number, &[&founder_key(0)]))
        .collect();
    let (at_once, pace) = KEY;
    node.takes((at_once - 10, pace), &more);
}
