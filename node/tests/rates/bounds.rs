//! What each may hand in: at once, and as time goes by.

use super::*;

#[test]
fn a_key_that_hands_in_too_much_has_to_wait_and_others_do_not() {
    let node = Node::new();
    let (flood, quiet) = (founder_key(0), founder_key(1));
    // Signed beforehand: what takes long gives the key time to recover.
    let events: Vec<_> = (0..200)
        .map(|number| node.lone(number, &[&flood]))
        .collect();
    node.takes(KEY, &events);
    assert_eq!(node.check(&node.lone(0, &[&quiet])), code::OK);
    let again = CheckTxRequest {
        tx: &events[0],
        again: true,
    };
    let answer = node.application.check_tx(again);
    assert_eq!(answer.code, code::OK, "what waits already goes on waiting");
}

#[test]
fn a_refused_event_counts_more_than_one() {
    let mut node = Node::new();
    let event = |node: &Node, number| node.lone(number, &[&founder_key(0)]);
    let refused: Vec<_> = (0..4).map(|number| event(&node, number)).collect();
    let results = node.decide(&refused);
    assert!(results.iter().all(|result| result.code == code::REFUSED));
    let events: Vec<_> = (4..100).map(|number| event(&node, number)).collect();
    let (at_once, pace) = KEY;
    node.takes((at_once - 40, pace), &events);
}

#[test]
fn a_member_does_not_flood_by_using_one_key_after_the_other() {
    let mut node = Node::new();
    let own = keys("a branch of founder-0", 20);
    node.add(0, &own);
    let flood: Vec<_> = (0..400)
        .map(|number| node.lone(number, &[&own[number % own.len()]]))
        .collect();
    node.takes(MEMBER, &flood);
    let (_, pace) = MEMBER;
    let first: Vec<_> = (0..40)
        .map(|number| node.lone(number, &[&founder_key(0)]))
        .collect();
    node.takes((0, pace), &first);
    assert_eq!(node.check(&node.lone(0, &[&founder_key(1)])), code::OK);
}

#[test]
fn a_key_that_a_member_has_ended_is_anybodys() {
    let mut node = Node::new();
    let stolen = keys("a branch of founder-0", 20);
    let seq = node.add(0, &stolen);
    let ended = node.rekeying(0, seq, [&[], &stolen], &[]);
    node.accept(&[ended]);
    let flood: Vec<_> = (0..200)
        .map(|number| node.lone(number, &[&stolen[number % stolen.len()]]))
        .collect();
    node.takes(STRANGERS, &flood);
    let own = node.lone(0, &[&founder_key(0)]);
    assert_eq!(node.check(&own), code::OK, "the member has not flooded");
}

#[test]
fn new_keys_for_every_event_count_as_one_key_and_keep_nobody_out() {
    let mut node = Node::new();
    let confirmations = node.patients(&keys("patient", 5));
    node.takes(STRANGERS, &node.flood(200));
    for confirmation in &confirmations {
        assert_eq!(node.check(confirmation), code::OK, "a patient's own event");
    }
    assert_eq!(node.check(&node.lone(0, &[&founder_key(0)])), code::OK);
    node.accept(&confirmations);
}

#[test]
fn large_events_of_strangers_use_up_what_all_of_them_have() {
    let mut node = Node::new();
    let strangers = keys("nobody", 40);
    let large = |(number, key): (usize, &SecretKey)| {
        let id = format!("m-{number}");
        let body = Member {
            name_en: "x".repeat(45_000),
            ..member(&id)
        };
        let subject = ("member", id.as_str());
        let event = payload("member.admit", subject, 0, &body, node.time());
        event.sign(&[key]).expect("signs").encode()
    };
    let flood: Vec<_> = strangers.iter().enumerate().map(large).collect();
    let size = flood[0].len().div_ceil(4 * 1024);
    let (at_once, pace) = STRANGERS;
    node.takes((at_once.div_ceil(size), pace), &flood);
    node.decide(&flood[..4]);
    let small = node.lone(99, &[&key("nobody else")]);
    assert_eq!(node.check(&small), code::TOO_MANY);
    assert_eq!(node.check(&node.lone(0, &[&founder_key(0)])), code::OK);
}

#[test]
fn persons_however_many_leave_room_to_members() {
    let mut node = Node::new();
    let confirmations = node.patients(&keys("patient", 250));
    node.takes(PERSONS, &confirmations);
    assert_eq!(node.check(&node.lone(0, &[&founder_key(0)])), code::OK);
}
