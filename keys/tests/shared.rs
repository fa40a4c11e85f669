//! Co-owners name the one of them who votes: each signs on a device of their own.

mod common;

use common::{DAY, VOTE, World, co_owners, name, owner, text};
use keys::{Action, Identity, SHARED_FOR, Signed, Unsigned};
use records::{
    kinds::{
        ballot::{self, Ballot},
        vote::Choice,
    },
    testing::SECOND,
};

fn naming(named: &str, begun: &str) -> Action {
    Action::Name {
        vote: text(VOTE),
        named: text(named),
        begun: text(begun),
    }
}

fn cast(choice: &str) -> Action {
    Action::Cast {
        vote: text(VOTE),
        choice: text(choice),
    }
}

fn begun(signed: Result<Signed, Unsigned>) -> String {
    signed
        .expect("signed")
        .share
        .expect("one signature is not enough")
}

fn reason<T>(outcome: Result<T, Unsigned>) -> &'static str {
    outcome.err().map_or("signed", |unsigned| unsigned.reason)
}

#[test]
fn who_both_have_named_votes_and_nobody_else() {
    let mut world = World::new();
    let [mut first, mut second] = co_owners();
    let first_key = first.public();
    let link = begun(world.sign(&mut first, &naming(&first_key, "")));
    assert!(link.len() < 450, "it fits a code: {link}");
    world.ledger.time += 3600 * SECOND;
    let signed = world
        .sign(&mut second, &naming(&first_key, &link))
        .expect("signed");
    assert_eq!(signed.share, None);
    let waits = |who: &Identity| who.pending.iter().all(keys::Pending::waits_for_others);
    assert!(waits(&first) && !waits(&second));
    world.write(signed).expect("accepted");

    let id = ballot::id(VOTE, 3);
    assert_eq!(
        world.refusal(&mut second, &cast("against")),
        "not-signed-by-key"
    );
    world.act(&mut first, &cast("for"));
    let ballot: Ballot = world.ledger.data("ballot", &id);
    assert_eq!(ballot.key, Some(first.key().public()));
    assert_eq!(ballot.stands.map(|stands| stands.choice), Some(Choice::For));
}

#[test]
fn one_signature_is_not_enough_even_where_it_is_handed_in() {
    let mut world = World::new();
    let [mut first, _] = co_owners();
    let first_key = first.public();
    assert_eq!(
        world.refusal(&mut first, &naming(&first_key, "")),
        "not-signed-by-key"
    );
}

/// What a device signs it makes itself: a link can only say who signed, and until when.
#[test]
fn nothing_is_signed_that_the_first_one_did_not_sign() {
    let world = World::new();
    let [mut first, mut second] = co_owners();
    let [first_key, second_key] = [first.public(), second.public()];
    let link = begun(world.sign(&mut first, &naming(&first_key, "")));
    // The link says that the first one is to vote; the second is shown, and signs, another name.
    assert_eq!(
        reason(world.sign(&mut second, &naming(&second_key, &link))),
        "other-agreement"
    );
    let parts: Vec<&str> = link.split('.').collect();
    let [_, until, event, _, signature] = parts[..] else {
        panic!("five parts: {link}");
    };
    let later = (until.parse::<i64>().expect("a time") + 1).to_string();
    let stranger = owner();
    for (bent, why) in [
        (link.replace(until, &later), "another time"),
        (link.replace(event, &"00".repeat(32)), "another event"),
        (
            link.replace(
                &format!(".{}.", first.public()),
                &format!(".{}.", stranger.public()),
            ),
            "a stranger's signature",
        ),
        (link[..link.len() - 2].to_owned(), "cut"),
        (
            link.replace(&format!(".{signature}"), ""),
            "cut before the signature",
        ),
        (format!("{link}.{}.00", stranger.public()), "one too many"),
        (text("x"), "no link"),
    ] {
        assert_eq!(
            reason(world.sign(&mut second, &naming(&first_key, &bent))),
            "other-agreement",
            "{why}"
        );
    }
    assert!(second.pending.is_empty());
    world
        .sign(&mut second, &naming(&first_key, &link))
        .expect("the right one");
}

/// The verifier opens every event before it is handed in, as every node does.
#[test]
fn a_forged_signature_makes_no_event() {
    let world = World::new();
    let [mut first, mut second] = co_owners();
    let first_key = first.public();
    let link = begun(world.sign(&mut first, &naming(&first_key, "")));
    let (rest, _) = link.rsplit_once('.').expect("a signature");
    let forged = format!("{rest}.{}", "00".repeat(64));
    let signed = world.sign(&mut second, &naming(&first_key, &forged));
    let envelope = signed.expect("signed by the second").envelope;
    assert!(records::Event::open(&envelope).is_err());
    // It stands in nobody's way: the right link says the same.
    let signed = world.sign(&mut second, &naming(&first_key, &link));
    assert!(records::Event::open(&signed.expect("signed").envelope).is_ok());
}

/// *Attack: who passes a link on puts a bad signature under the next one's own key, in the place of the one that is made there.*
#[test]
fn a_link_brings_nobody_a_signature_of_their_own() {
    let world = World::new();
    let [mut first, mut second] = co_owners();
    let first_key = first.public();
    let link = begun(world.sign(&mut first, &naming(&first_key, "")));
    let bent = format!("{link}.{}.{}", second.public(), "00".repeat(64));
    let signed = world.sign(&mut second, &naming(&first_key, &bent));
    assert!(records::Event::open(&signed.expect("signed").envelope).is_ok());
}

#[test]
fn a_link_ends_after_a_day_and_none_is_open_for_longer() {
    let mut world = World::new();
    let [mut first, mut second] = co_owners();
    let first_key = first.public();
    let link = begun(world.sign(&mut first, &naming(&first_key, "")));
    let begins = world.ledger.time;
    world.ledger.time = begins + SHARED_FOR + 1;
    assert_eq!(
        reason(world.sign(&mut second.clone(), &naming(&first_key, &link))),
        "agreement-over"
    );
    // A first one who put its end a week ahead would have the second wait for it as long.
    world.ledger.time = begins - DAY;
    assert_eq!(
        reason(world.sign(&mut second, &naming(&first_key, &link))),
        "agreement-over"
    );
}

#[test]
fn both_may_begin_and_the_one_who_opens_the_others_link_ends_it() {
    let mut world = World::new();
    let [mut first, mut second] = co_owners();
    let [first_key, second_key] = [first.public(), second.public()];
    let link = begun(world.sign(&mut first, &naming(&first_key, "")));
    world.ledger.time += SECOND;
    let own = begun(world.sign(&mut second, &naming(&first_key, "")));
    assert_ne!(own, link);
    // The same again, after a reload: the same link.
    let mut reloaded = Identity::read(&first.file()).expect("reads");
    world.ledger.time += SECOND;
    assert_eq!(
        begun(world.sign(&mut reloaded, &naming(&first_key, ""))),
        link
    );
    // Another name has to wait.
    assert_eq!(
        reason(world.sign(&mut reloaded, &naming(&second_key, ""))),
        "still-pending"
    );
    let signed = world
        .sign(&mut second, &naming(&first_key, &link))
        .expect("signed");
    world.write(signed).expect("accepted");
}

#[test]
fn only_co_owners_name_only_one_of_them_and_only_once() {
    let mut world = World::new();
    let [mut first, mut second] = co_owners();
    let [first_key, second_key] = [first.public(), second.public()];
    let mut alone = owner();
    let alone_key = alone.public();
    assert_eq!(
        reason(world.sign(&mut alone, &naming(&first_key, ""))),
        "not-a-co-owner"
    );
    assert_eq!(
        reason(world.sign(&mut first, &naming(&alone_key, ""))),
        "not-a-co-owner"
    );
    let link = begun(world.sign(&mut first, &naming(&first_key, "")));
    let signed = world
        .sign(&mut second, &naming(&first_key, &link))
        .expect("signed");
    world.write(signed).expect("accepted");
    // The key in force would appoint a proxy by the same event, alone.
    assert_eq!(
        reason(world.sign(&mut first, &naming(&second_key, ""))),
        "already-named"
    );
    assert!(
        world
            .ledger
            .state(&name("ballot", &ballot::id(VOTE, 3)))
            .is_some()
    );
}
