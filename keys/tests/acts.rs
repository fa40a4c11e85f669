//! Each act, as the chain's own rules take it.

mod common;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use common::{CONTENT, DAY, VOTE, World, name, owner, patient, reader, text};
use keys::{Action, Identity, Role, needs, open};
use records::kinds::{
    ballot::{self, Ballot},
    consent::{
        READ_FIELDS,
        document::{Document, Status},
        grant::{Grant, Standing},
        read::{Basis, Read},
    },
    room::Room,
    vote::Choice,
};

fn veto(kind: &str, id: &str) -> Action {
    Action::Veto {
        kind: text(kind),
        id: text(id),
    }
}

fn confirm(document: &str) -> Action {
    Action::Confirm {
        document: text(document),
    }
}

fn give(world: &World, documents: &[&str], to: &str) -> Action {
    Action::Give {
        documents: documents.iter().map(|id| text(id)).collect(),
        to: text(to),
        purpose: text("treatment"),
        until: (world.ledger.time + DAY).to_string(),
        note: text("复诊"),
    }
}

fn read(document: &str, grant: &str) -> Action {
    Action::Read {
        document: text(document),
        grant: text(grant),
    }
}

/// A patient whose two documents are shared and granted to a hospital; the grant's id.
fn granted(world: &mut World) -> (Identity, String) {
    let mut patient = patient();
    for document in ["d1", "d2"] {
        world.act(&mut patient, &confirm(document));
    }
    let give = give(world, &["d1", "d2"], "renji");
    world.act(&mut patient, &give);
    let grant = patient.grants[0].id.clone();
    (patient, grant)
}

/// The one read on the ledger.
fn the_read(world: &World) -> (String, Read) {
    let name = world.ledger.names().find(|name| name.kind() == "read");
    let id = name.expect("a read").id();
    (text(id), world.ledger.data("read", id))
}

#[test]
fn a_granted_reader_reads_what_the_patient_sealed_to_it_and_nobody_else_does() {
    let mut world = World::new();
    let (patient, grant) = granted(&mut world);
    assert!(!patient.grants[0].opening.is_empty());
    let mut renji = reader("renji");
    let ground = world.ground(&needs(&renji, &read("d1", &grant)).expect("can read"));
    world.act(&mut renji, &read("d1", &grant));
    assert!(matches!(the_read(&world).1.basis, Basis::Grant { .. }));
    for document in ["d1", "d2"] {
        let content = open(&renji, document, &grant, &ground);
        assert_eq!(content.as_deref(), Ok(CONTENT));
    }
    let reason =
        |who: &Identity, document| open(who, document, &grant, &ground).map_err(|e| e.reason);
    assert_eq!(reason(&reader("huashan"), "d1"), Err("content-not-yours"));
    assert_eq!(reason(&renji, "d3"), Err("content-not-given"));
    assert_eq!(
        world.refusal(&mut reader("huashan"), &read("d1", &grant)),
        "no-live-grant"
    );
    world.ledger.replay_all();
}

/// A reader's identity whose key was replaced: the old file's, the new one's, and the new one's without the earlier seed.
fn renewed() -> [Identity; 3] {
    let old = reader("renji");
    let (seed, new) = (hex::encode(old.key().seed()), hex::encode([5; 32]));
    let file = old.file();
    let earlier = format!(r#""earlier_seeds":["{seed}"],"lianyan""#);
    let forgot = file.replace(&seed, &new);
    let file = forgot.replace(r#""lianyan""#, &earlier);
    let [new, forgot] = [file, forgot].map(|file| Identity::read(&file).expect("a file"));
    [old, new, forgot]
}

/// *Attack: whoever stole a reader's file signs nothing any more, and opens what patients seal to the reader later on.*
#[test]
fn what_is_sealed_after_a_key_was_replaced_the_old_file_does_not_open() {
    let mut world = World::new();
    let (mut patient, _) = granted(&mut world);
    let [old, new, _] = renewed();
    world.rekey("renji", &old.key(), &new.key(), Some(&new));
    let again = give(&world, &["d1"], "renji");
    world.act(&mut patient, &again);
    let grant = patient.grants[1].id.clone();
    let ground = world.ground(&needs(&new, &read("d1", &grant)).expect("can read"));
    assert_eq!(open(&new, "d1", &grant, &ground).as_deref(), Ok(CONTENT));
    let stolen = open(&old, "d1", &grant, &ground).map_err(|why| why.reason);
    assert_eq!(stolen, Err("content-not-yours"));
}

/// A file without the seed of the key to which it was sealed opens nothing of it any more.
#[test]
fn a_hospital_that_replaced_its_key_reads_what_is_sealed_to_the_old_one() {
    let mut world = World::new();
    let (_, grant) = granted(&mut world);
    let [mut old, mut new, forgot] = renewed();
    world.rekey("renji", &old.key(), &new.key(), Some(&new));
    assert_eq!(
        world.refusal(&mut old, &read("d1", &grant)),
        "not-signed-by-member"
    );
    let ground = world.ground(&needs(&new, &read("d1", &grant)).expect("can read"));
    world.act(&mut new, &read("d1", &grant));
    assert_eq!(open(&new, "d1", &grant, &ground).as_deref(), Ok(CONTENT));
    let kept = Identity::read(&new.file()).expect("its file");
    assert_eq!(open(&kept, "d1", &grant, &ground).as_deref(), Ok(CONTENT));
    let lost = open(&forgot, "d1", &grant, &ground).map_err(|why| why.reason);
    assert_eq!(lost, Err("content-not-yours"));
}

#[test]
fn a_revoked_grant_is_read_under_no_more() {
    let mut world = World::new();
    let (mut patient, grant) = granted(&mut world);
    let revoke = Action::Revoke {
        grant: grant.clone(),
    };
    world.act(&mut patient, &revoke);
    let state: Grant = world.ledger.data("grant", &grant);
    assert_eq!(state.standing(world.ledger.time), Standing::Revoked);
    assert_eq!(
        world.refusal(&mut reader("renji"), &read("d1", &grant)),
        "no-live-grant"
    );
}

/// *Attack: the grants of one patient are linked by what they share.*
/// *Attack: a hospital's document is as large as it may be: the patient signs a grant whose copies no node takes, and nobody ever reads by it.*
#[test]
fn no_grant_promises_copies_that_no_node_takes() {
    let mut world = World::new();
    let mut patient = patient();
    let documents = [("large", 200), ("half", 100), ("other-half", 100)];
    for (id, kilobytes) in documents {
        world.propose_content(id, &vec![b'x'; kilobytes * 1024]);
        world.act(&mut patient, &confirm(id));
    }
    for documents in [&["large"][..], &["half", "other-half"]] {
        let unsigned = world.sign(&mut patient, &give(&world, documents, "renji"));
        assert_eq!(unsigned.map_err(|e| e.reason), Err("contents-too-large"));
        assert!(patient.grants.is_empty());
    }
    let half = give(&world, &["half"], "renji");
    world.act(&mut patient, &half);
    assert_eq!(patient.grants.len(), 1);
}

#[test]
fn two_grants_of_one_patient_share_neither_key_nor_id() {
    let mut world = World::new();
    let (mut patient, first) = granted(&mut world);
    let give = give(&world, &["d1", "d2"], "renji");
    world.act(&mut patient, &give);
    let second = patient.grants[1].id.clone();
    assert_ne!(first, second);
    let [one, other] = [first, second].map(|id| world.ledger.data::<Grant>("grant", &id));
    assert_ne!(one.by, other.by);
    assert_ne!(one.root, other.root);
    assert!(one.documents == other.documents && one.sealed != other.sealed);
}

/// *Attack: two desks in league put a key of their own in the place of a patient's.*
#[test]
fn a_patient_stops_the_key_that_others_put_in_the_place_of_todays() {
    let mut world = World::new();
    let (mut patient, _) = granted(&mut world);
    let veto = veto("document", "d1");
    assert_eq!(
        world.refusal(&mut patient.clone(), &veto),
        "nothing-to-veto"
    );
    let thief = Identity::new(Role::Patient, "x", [9; 32]);
    let keys = [&patient, &thief].map(|who| who.document_key("d1"));
    let [own, other] = &keys;
    world.recover("d1", own, other);
    let state: Document = world.ledger.data("document", "d1");
    assert!(state.recovery.is_some());
    world.act(&mut patient, &veto);
    let state: Document = world.ledger.data("document", "d1");
    assert!(state.recovery.is_none() && state.vetoed.is_some());
    world.ledger.time += 4 * DAY;
    let again = give(&world, &["d1"], "renji");
    world.act(&mut patient, &again);
    world.ledger.replay_all();
}

/// *Attack: two desks in league put a key of their own in the place of an owner's, in the home and in the vote that runs.*
#[test]
fn an_owner_stops_the_key_that_others_put_in_the_place_of_todays() {
    let mut world = World::new();
    let mut owner = owner();
    let seat = owner.ballots[0].clone();
    let veto = veto("room", "garden.1-1");
    let unsigned = world.sign(&mut owner, &veto).map_err(|e| e.reason);
    assert_eq!(unsigned, Err("record-absent"));
    world.bind("1-1", owner.key().public(), None, None);
    assert_eq!(world.refusal(&mut owner.clone(), &veto), "nothing-to-veto");
    let thief = Identity::new(Role::Owner, "x", [9; 32]).key().public();
    let from = world.ledger.time + 4 * DAY;
    world.bind("1-1", thief, Some(from), Some(&seat));
    let own_ballot = ballot::id(VOTE, seat.index);
    let coming = |world: &World| {
        let room: Room = world.ledger.data("room", "garden.1-1");
        let ballot: Ballot = world.ledger.data("ballot", &own_ballot);
        (room.pending.is_some(), ballot.pending.is_some())
    };
    assert_eq!(coming(&world), (true, true));
    world.act(&mut owner, &veto);
    assert_eq!(coming(&world), (false, false));
    let room: Room = world.ledger.data("room", "garden.1-1");
    assert_eq!((room.key, room.vetoes), (Some(owner.key().public()), 1));
    world.ledger.replay_all();
}

#[test]
fn who_may_object_to_a_key_follows_from_the_record() {
    let world = World::new();
    let vetoes = [
        veto("document", "d1"),
        veto("room", "garden.1-1"),
        veto("vote", VOTE),
    ];
    let refused = |mut who: Identity| {
        vetoes.each_ref().map(|veto| {
            let needed = needs(&who, veto).map_err(|why| why.reason);
            needed
                .and_then(|_| world.sign(&mut who, veto).map_err(|why| why.reason))
                .err()
        })
    };
    let no_name = Some("not-a-record-name");
    assert_eq!(refused(patient()), [None, Some("other-role"), no_name]);
    assert_eq!(
        refused(owner()),
        [Some("other-role"), Some("record-absent"), no_name]
    );
}

/// The seed that gave it is lost: the new one takes the grant back with its documents' keys.
#[test]
fn a_grant_of_a_lost_seed_is_revoked_with_the_documents_keys() {
    let mut world = World::new();
    let (mut lost, _) = granted(&mut world);
    let long = Action::Give {
        documents: ["d1", "d2"].map(text).to_vec(),
        to: text("renji"),
        purpose: text("treatment"),
        until: (world.ledger.time + 9 * DAY).to_string(),
        note: String::new(),
    };
    world.act(&mut lost, &long);
    let mut new = Identity::new(Role::Patient, "张三", [9; 32]);
    new.exported = true;
    for document in ["d1", "d2"] {
        let keys = [&lost, &new].map(|identity| identity.document_key(document));
        world.recover(document, &keys[0], &keys[1]);
    }
    let grant = lost.grants[1].id.clone();
    let revoke = Action::Revoke {
        grant: grant.clone(),
    };
    assert_eq!(
        world.refusal(&mut new.clone(), &revoke),
        "not-signed-by-patient"
    );
    world.ledger.time += 3 * DAY;
    world.act(&mut new, &revoke);
    let state: Grant = world.ledger.data("grant", &grant);
    assert_eq!(state.standing(world.ledger.time), Standing::Revoked);
}

/// *Attack: whoever stole the seed grants a document beside one of their own: the patient takes back what is theirs, and signs for nothing else.*
#[test]
fn a_grant_beside_a_strangers_document_is_revoked_for_ones_own() {
    let mut world = World::new();
    let (mut thief, _) = granted(&mut world);
    let mut give = give(&world, &["d1", "d2"], "renji");
    if let Action::Give { until, .. } = &mut give {
        *until = i64::MAX.to_string();
    }
    world.act(&mut thief, &give);
    let grant = thief.grants[1].id.clone();
    let mut new = Identity::new(Role::Patient, "张三", [9; 32]);
    new.exported = true;
    new.documents.push(thief.documents[0].clone());
    let keys = [&thief, &new].map(|identity| identity.document_key("d1"));
    world.recover("d1", &keys[0], &keys[1]);
    world.ledger.time += 3 * DAY;
    let revoke = Action::Revoke {
        grant: grant.clone(),
    };
    world.act(&mut new, &revoke);
    let state: Grant = world.ledger.data("grant", &grant);
    assert_eq!(state.documents, ["d2"]);
    assert_eq!(
        world.refusal(&mut reader("renji"), &read("d1", &grant)),
        "no-live-grant"
    );
}

#[test]
fn a_denial_beats_the_grant_until_it_is_lifted() {
    let mut world = World::new();
    let (mut patient, grant) = granted(&mut world);
    let (documents, member) = (vec![text("d1"), text("d2")], text("renji"));
    let deny = Action::Deny {
        documents: documents.clone(),
        member: member.clone(),
    };
    world.act(&mut patient, &deny);
    assert_eq!(
        world.refusal(&mut reader("renji"), &read("d2", &grant)),
        "no-live-grant"
    );
    let give = give(&world, &["d2"], "renji");
    assert_eq!(world.refusal(&mut patient, &give), "denied");
    world.act(&mut patient, &Action::Allow { documents, member });
    world.act(&mut reader("renji"), &read("d2", &grant));
}

#[test]
fn a_proposed_document_is_confirmed_or_rejected_by_its_patient_alone() {
    let mut world = World::new();
    let mut other = Identity::new(Role::Patient, "李四", [6; 32]);
    other.exported = true;
    assert_eq!(
        world.refusal(&mut other, &confirm("d1")),
        "not-signed-by-patient"
    );
    world.act(&mut patient(), &confirm("d1"));
    let reject = Action::Reject {
        document: text("d2"),
    };
    world.act(&mut patient(), &reject);
    let status = |id| world.ledger.data::<Document>("document", id).status;
    assert_eq!(
        (status("d1"), status("d2")),
        (Status::Shared, Status::Rejected)
    );
}

#[test]
fn an_emergency_is_open_until_the_patient_or_a_reviewer_judges_it() {
    for by_patient in [true, false] {
        let mut world = World::new();
        let (mut patient, _) = granted(&mut world);
        let emergency = Action::Emergency {
            document: text("d1"),
            reason: text("昏迷"),
        };
        let mut huashan = reader("huashan");
        world.act(&mut huashan, &emergency);
        let (id, read) = the_read(&world);
        assert_eq!(read.basis, Basis::Emergency);
        // The hospital keeps, also in its file, what tells the patient why.
        let kept = Identity::read(&huashan.file()).expect("reads");
        let opening = kept.opening("read", &id).expect("kept");
        let opening = BASE64_URL_SAFE_NO_PAD.decode(opening).expect("base64url");
        let root = read.root.expect("a commitment").0;
        let opened = READ_FIELDS.open(&opening, &root);
        assert_eq!(opened, Ok(vec![(0, text("昏迷"))]));
        let review = Action::Review {
            read: id,
            justified: true,
        };
        if by_patient {
            world.act(&mut patient, &review);
        } else {
            world.act(&mut reader("housing"), &review);
        }
        let reviewed = the_read(&world).1;
        assert!(matches!(reviewed.basis, Basis::Reviewed { .. }));
        assert_eq!(reviewed.root, read.root);
        world.ledger.replay_all();
    }
}

#[test]
fn an_owner_casts_and_then_changes_the_ballot() {
    let mut world = World::new();
    let mut owner = owner();
    for (choice, expected) in [("for", Choice::For), ("against", Choice::Against)] {
        let cast = Action::Cast {
            vote: text(VOTE),
            choice: text(choice),
        };
        world.act(&mut owner, &cast);
        let ballot: Ballot = world.ledger.data("ballot", &ballot::id(VOTE, 1));
        assert_eq!(ballot.stands.map(|stands| stands.choice), Some(expected));
    }
    world.ledger.replay_all();
}

#[test]
fn what_an_identity_cannot_do_is_refused_before_anything_is_asked() {
    let reason = |who: &Identity, action: &Action| needs(who, action).map_err(|e| e.reason);
    let cast = |vote: &str| Action::Cast {
        vote: text(vote),
        choice: text("for"),
    };
    let mut unsaved = patient();
    unsaved.exported = false;
    let none = Action::Deny {
        documents: Vec::new(),
        member: text("renji"),
    };
    assert_eq!(reason(&unsaved, &confirm("d1")), Err("not-exported"));
    assert_eq!(reason(&reader("renji"), &confirm("d1")), Err("other-role"));
    assert_eq!(reason(&patient(), &cast(VOTE)), Err("other-role"));
    assert_eq!(reason(&patient(), &read("d1", "g")), Err("other-role"));
    assert_eq!(reason(&owner(), &cast("v2")), Err("not-in-roster"));
    assert_eq!(
        reason(&patient(), &confirm("d 1")),
        Err("not-a-record-name")
    );
    assert_eq!(reason(&patient(), &none), Err("no-documents"));
    assert!(needs(&owner(), &cast(VOTE)).is_ok());
}

#[test]
fn a_grant_gives_no_copies_without_the_readers_key_and_is_not_signed_without_the_content() {
    let mut world = World::new();
    let mut patient = patient();
    world.act(&mut patient, &confirm("d1"));
    let keyless = world.sign(&mut patient, &give(&world, &["d1"], "huashan"));
    assert_eq!(keyless.map(|signed| signed.blob), Ok(None));
    let action = give(&world, &["d1"], "renji");
    let mut ground = world.ground(&needs(&patient, &action).expect("can give"));
    let document = ground.records.get_mut(&name("document", "d1"));
    document.expect("proven").blob = None;
    let lacking = world.sign_on(&mut patient, &action, &ground);
    assert_eq!(lacking.map_err(|e| e.reason), Err("content-not-given"));
}

/// *Accident: the page offers all of a patient's documents; signed with more keys than an envelope takes, the act could never be written.*
#[test]
fn so_many_documents_as_one_event_takes_are_permitted_or_denied_at_once() {
    let mut world = World::new();
    let mut patient = patient();
    let ids: Vec<String> = (0..17).map(|n| format!("x{n}")).collect();
    for id in &ids {
        world.propose(id);
        world.act(&mut patient, &confirm(id));
    }
    let give = |world: &World, count: usize| {
        let ids: Vec<&str> = ids.iter().take(count).map(String::as_str).collect();
        give(world, &ids, "renji")
    };
    let deny = |count: usize| Action::Deny {
        documents: ids[..count].to_vec(),
        member: text("huashan"),
    };
    world.act(&mut patient, &give(&world, 15));
    world.act(&mut patient, &deny(16));
    let pending = patient.pending.len();
    for (action, limit) in [(give(&world, 16), "15"), (deny(17), "16")] {
        let refused = world.sign(&mut patient, &action).expect_err("too many");
        assert_eq!(refused.reason, "too-many-documents");
        assert_eq!(refused.facts.get("limit").map(String::as_str), Some(limit));
    }
    assert_eq!(patient.pending.len(), pending);
    world.ledger.replay_all();
}
