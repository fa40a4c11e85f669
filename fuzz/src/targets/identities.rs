//! Identity files, acts on whatever was proven, and copies of documents for a reader.

use crate::{
    edit::edit,
    input::Input,
    targets::records::{ground, seal::Zeros, story},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use keys::{Action, Identity, Known, Pending, Role, needs, open, sign};
use records::{
    Envelope, Event, Ground, Proven, RecordName, State, canonical,
    seal::{SealKey, seal},
    testing::CHAIN,
};
use serde_json::{Value, json};

fn known(ids: &[&str]) -> Vec<Known> {
    ids.iter()
        .map(|id| Known {
            id: (*id).into(),
            opening: "AgA".into(),
        })
        .collect()
}

/// A patient, an owner, a member.
fn people() -> [Identity; 3] {
    let mut people = [Role::Patient, Role::Owner, Role::Member]
        .map(|role| Identity::new(role, "某人", [role as u8; 32]));
    for person in &mut people {
        person.exported = true;
        person.documents = known(&["d1", "d2"]);
        person.grants = known(&["g2"]);
    }
    people[1].ballots = vec![story::seat(&story::roster(), 0)];
    people[2].member = "huashan".into();
    let signed = story::told_entries().pop().and_then(|entry| {
        let envelope = records::log::Entry::decode(&entry)?.envelope.to_vec();
        Pending::read(&String::from_utf8(envelope).ok()?)
    });
    people[0].pending.extend(signed);
    people
}

pub fn files() -> Vec<Vec<u8>> {
    people()
        .iter()
        .map(|person| person.file().into_bytes())
        .collect()
}

/// What reads is written again without loss.
pub fn file(bytes: &[u8]) {
    if let Ok(identity) = Identity::read(&Input(bytes).text()) {
        let file = identity.file();
        let again = Identity::read(&file).expect("what is written can be read");
        assert_eq!(
            (again.file(), again.public()),
            (file, identity.public()),
            "written and read again"
        );
    }
}

fn actions() -> Vec<Action> {
    let document = || "d1".to_owned();
    let documents = || vec![document()];
    vec![
        Action::Cast {
            vote: "v1".into(),
            choice: "for".into(),
        },
        Action::Give {
            documents: documents(),
            to: "huashan".into(),
            purpose: "treatment".into(),
            until: "1767312000000000000".into(),
            note: "注".into(),
        },
        Action::Revoke { grant: "g2".into() },
        Action::Deny {
            documents: documents(),
            member: "insurer".into(),
        },
        Action::Allow {
            documents: documents(),
            member: "insurer".into(),
        },
        Action::Confirm {
            document: document(),
        },
        Action::Reject {
            document: document(),
        },
        Action::Veto {
            kind: "document".into(),
            id: document(),
        },
        Action::Veto {
            kind: "room".into(),
            id: "r1".into(),
        },
        Action::Recover {
            document: document(),
            lost: "patient".into(),
            by: vec!["huashan".into(), "insurer".into()],
            key: String::new(),
            begun: String::new(),
        },
        Action::Read {
            document: document(),
            grant: "g2".into(),
        },
        Action::Emergency {
            document: document(),
            reason: "昏迷".into(),
        },
        Action::Review {
            read: "r2".into(),
            justified: true,
        },
    ]
}

pub fn acts() -> Vec<Vec<u8>> {
    let pairs = (0..3).flat_map(|who| (0..11).map(move |what| (who, what)));
    pairs
        .flat_map(|(who, what)| {
            [
                vec![who, what, 0],
                vec![who, what, 6, 0, 0, 2, 0, 0, 1],
                vec![who, what, 0, 3, 0, 0, 5, 0, 9, 1],
            ]
        })
        .collect()
}

/// Whatever was proven, what is signed is a well-formed event of the chain that the person was shown. The bytes: who, what, how many bytes change the action, those bytes; then a record and the changes to its state.
pub fn act(bytes: &[u8]) {
    let mut input = Input(bytes);
    let (Some(mut who), Some(action)) = (
        input.pick(&people()).cloned(),
        input.pick(&actions()).cloned(),
    ) else {
        return;
    };
    let length = usize::from(input.byte() % 32);
    let Some(action) = changed(&action, &mut Input(input.take(length))) else {
        return;
    };
    let mut ground = ground::ground();
    bend(&mut ground, &mut input);
    if needs(&who, &action).is_err() {
        return;
    }
    if let Ok(signed) = sign(&mut who, &action, CHAIN, &ground, [3; 32]) {
        Envelope::decode(&signed.envelope).expect("in its one encoding");
        // An act that touches too much is signed all the same, and refused by every node.
        if let Ok(event) = Event::open(&signed.envelope) {
            assert_eq!(event.payload().chain, CHAIN, "signed for another chain");
        }
    }
}

fn changed(action: &Action, input: &mut Input<'_>) -> Option<Action> {
    let mut json: Value = serde_json::from_slice(&canonical::encode(action).ok()?).ok()?;
    edit(&mut json, input);
    canonical::decode(json.to_string().as_bytes()).ok()
}

/// Another state of one record.
fn bend(ground: &mut Ground, input: &mut Input<'_>) {
    let place = usize::from(input.byte()) % ground.records.len().max(1);
    let Some((_, proven)) = ground.records.iter_mut().nth(place) else {
        return;
    };
    let bent = proven.state.as_ref().and_then(|state| {
        let mut json = serde_json::from_slice(&state.encode().ok()?).ok()?;
        edit(&mut json, input);
        State::decode(json.to_string().as_bytes()).ok()
    });
    proven.state = bent;
}

const CONTENT: &str = "诊断";

fn reader() -> Identity {
    Identity::new(Role::Member, "某医院", [9; 32])
}

pub fn copies() -> Vec<Vec<u8>> {
    let seed = reader().seal_seeds().next().expect("its own");
    let key = SealKey::from_seed(&seed).public();
    let copy = |document: &str| {
        let record = RecordName::new("document", document).expect("a record name");
        let sealed = seal(CONTENT.as_bytes(), &key, &record, &mut Zeros);
        STANDARD.encode(sealed.expect("seals"))
    };
    let blobs = [
        json!({ "d1": copy("d1") }),
        json!({ "d1": copy("d2"), "d2": copy("d1") }),
        json!({ "d1": "", "d2": null }),
    ];
    blobs.map(|blob| blob.to_string().into_bytes()).into()
}

/// Whatever stands in a grant's blob, only what was sealed to the reader for a document opens as that document.
pub fn copy(bytes: &[u8]) {
    let grant = RecordName::new("grant", "g2").expect("a record name");
    let proven = Proven {
        state: None,
        blob: Some(bytes.to_vec()),
    };
    let ground = Ground {
        chain: CHAIN.into(),
        time: 0,
        records: [(grant, proven)].into_iter().collect(),
    };
    for document in ["d1", "d2"] {
        if let Ok(content) = open(&reader(), document, "g2", &ground) {
            assert_eq!(content, CONTENT, "something else opens");
        }
    }
}
