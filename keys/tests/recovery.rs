//! A document's key that was lost: who holds a new one begins, and two desks vouch for it, each on a device of its own.

mod common;

use common::{DAY, World, patient, reader, text};
use keys::{Action, Identity, Pending, Role, Signed, Unsigned};
use records::kinds::consent::document::Document;

const DESKS: [&str; 2] = ["street", "notary"];

fn recover(by: &[&str], key: &str, begun: &str) -> Action {
    Action::Recover {
        document: text("d1"),
        lost: text("patient"),
        by: by.iter().map(|id| text(id)).collect(),
        key: text(key),
        begun: text(begun),
    }
}

/// Who has lost the seed of `d1`, with a new one.
fn renewed() -> Identity {
    let mut who = Identity::new(Role::Patient, "张三", [9; 32]);
    who.exported = true;
    who
}

/// What goes on to the next one.
fn begun(signed: Result<Signed, Unsigned>) -> String {
    let signed = signed.expect("signed");
    signed.share.expect("others have yet to sign")
}

fn reason<T>(outcome: Result<T, Unsigned>) -> &'static str {
    outcome.err().map_or("signed", |unsigned| unsigned.reason)
}

/// The new key and the first desk have signed; with the new key as text.
fn half(world: &World, by: &[&str]) -> (Identity, String, String) {
    let mut new = renewed();
    let key = new.document_key("d1").public().to_string();
    let link = begun(world.sign(&mut new, &recover(by, "", "")));
    let link = begun(world.sign(&mut reader("street"), &recover(by, &key, &link)));
    (new, key, link)
}

#[test]
fn two_desks_put_a_new_key_in_the_place_of_a_lost_one() {
    let mut world = World::new();
    let (mut new, key, link) = half(&world, &DESKS);
    let signed = world.sign(&mut reader("notary"), &recover(&DESKS, &key, &link));
    let signed = signed.expect("signed");
    assert_eq!(signed.share, None);
    // It is hers to look at from now on, and nobody says that it was handed in from her device.
    assert!(new.documents.iter().any(|known| known.id == "d1"));
    assert!(new.pending.iter().all(Pending::waits_for_others));
    world.write(signed).expect("accepted");
    let state: Document = world.ledger.data("document", "d1");
    let coming = state.recovery.expect("it waits").key;
    assert_eq!(coming.to_string(), key);
    world.ledger.time += 4 * DAY;
    let confirm = Action::Confirm {
        document: text("d1"),
    };
    assert_eq!(
        world.refusal(&mut patient(), &confirm),
        "not-signed-by-patient"
    );
    world.act(&mut new, &confirm);
    world.ledger.replay_all();
}

/// Once one was vetoed the hospital signs too, and nothing is handed in before it has.
#[test]
fn after_a_veto_it_waits_for_the_hospital_too() {
    let mut world = World::new();
    let thief = Identity::new(Role::Patient, "x", [12; 32]).document_key("d1");
    let mut old = patient();
    world.recover("d1", &old.document_key("d1"), &thief);
    let veto = Action::Veto {
        kind: text("document"),
        id: text("d1"),
    };
    world.act(&mut old, &veto);
    let by = ["street", "notary", "huashan"];
    let (_, key, link) = half(&world, &by);
    let link = begun(world.sign(&mut reader("notary"), &recover(&by, &key, &link)));
    let signed = world.sign(&mut reader("huashan"), &recover(&by, &key, &link));
    world.write(signed.expect("signed")).expect("accepted");
}

/// *Attack: a link makes a desk vouch for another key than stands on its screen; and who is not asked signs.*
#[test]
fn a_desk_signs_what_stands_on_its_screen_and_nobody_else_signs() {
    let world = World::new();
    let (_, key, link) = half(&world, &DESKS);
    let other = Identity::new(Role::Patient, "x", [12; 32]).document_key("d1");
    let other = other.public().to_string();
    let sign = |who: &mut Identity, action: Action| reason(world.sign(who, &action));
    let mut notary = reader("notary");
    for (bent, why) in [
        (recover(&DESKS, &other, &link), "another key"),
        (recover(&["notary", "street"], &key, &link), "other members"),
        (recover(&DESKS, "", &link), "no key"),
        (recover(&["notary"], &key, &link), "one desk"),
    ] {
        assert_eq!(sign(&mut notary, bent), "other-agreement", "{why}");
        notary.pending.clear();
    }
    let whole = || recover(&DESKS, &key, &link);
    assert_eq!(sign(&mut reader("renji"), whole()), "other-role");
    assert_eq!(sign(&mut notary, whole()), "signed");
}
