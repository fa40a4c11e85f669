//! The events of consent, each with all that it needs.

use super::papers::Paper;
use crate::demo::{
    book::{Book, Key},
    calendar::{Calendar, date},
    members::{Members, seal_key},
    random::Random,
};
use base64::{
    Engine as _, engine::general_purpose::STANDARD as BASE64,
    engine::general_purpose::URL_SAFE_NO_PAD,
};
use litemap::LiteMap;
use records::{
    Digest, RecordName, SecretKey, canonical,
    hash::sha256,
    kinds::consent::{
        DOCUMENT_FIELDS, Done, Emergency, Finding, GRANT_FIELDS, Give, READ_FIELDS, Review, Revoke,
        document::{Deny, Propose, Recover},
    },
    seal::seal,
};
use serde::Serialize;
use std::sync::Arc;

/// A record that somebody knows of, with the full opening of its fields; as identity files list them.
#[derive(Clone, Debug, Serialize)]
pub struct Known {
    pub id: String,
    pub opening: String,
}

/// Who keeps documents: a patient, or the guardian of one.
pub struct Keeper {
    pub name: String,
    pub seed: [u8; 32],
    sealed_to: String,
}

impl Keeper {
    pub fn new(name: &str, seed: [u8; 32]) -> Self {
        Self {
            name: name.into(),
            seed,
            sealed_to: seal_key(&seed).public(),
        }
    }

    /// The derived key for a record, as `docs/identity.md` says.
    fn key(&self, kind: &str, id: &str) -> Key {
        let seed = sha256(&[
            b"lianyan/key/1",
            &self.seed,
            kind.as_bytes(),
            &[0],
            id.as_bytes(),
        ]);
        Arc::new(SecretKey::from_seed(&seed))
    }
}

/// A document, as its keeper knows it.
#[derive(Clone)]
pub struct Document {
    pub known: Known,
    pub title: &'static str,
    hospital: &'static str,
    text: String,
    /// The keeper's key: the patient's, or the guardian's.
    key: Key,
    /// The patient's.
    patient: Key,
}

/// A grant, as its giver knows it.
#[derive(Clone)]
pub struct Grant {
    pub known: Known,
    pub to: &'static str,
    documents: Vec<String>,
    key: Key,
}

/// Where the events are written.
pub struct Clinic<'a> {
    pub book: &'a mut Book,
    pub members: &'a Members,
    pub calendar: &'a Calendar,
    pub random: Random,
}

impl Clinic<'_> {
    /// A hospital deposits a document; `child` where the keeper is the guardian of this patient.
    pub fn propose(
        &mut self,
        time: i64,
        keeper: &Keeper,
        child: Option<&Keeper>,
        hospital: &'static str,
        paper: &Paper,
    ) -> Document {
        let id = self.random.id();
        let patient = child.unwrap_or(keeper);
        let hospital_name = &self.members.get(hospital).member.name;
        let day = date(time);
        let text = format!(
            "{hospital_name}　{}\n{}\n\n患者：{}\n日期：{day}\n\n{}\n\n医师：{}\n",
            paper.department, paper.title, patient.name, paper.body, paper.author
        );
        let sealed = self.seal(&text, &keeper.sealed_to, &id);
        let values = [
            paper.class,
            paper.title,
            paper.department,
            &day.compact(),
            &patient.name,
            paper.author,
        ];
        let salt: [u8; 16] = self.random.bytes();
        let document = Document {
            title: paper.title,
            hospital,
            text,
            key: keeper.key("document", &id),
            patient: patient.key("document", &id),
            known: Known {
                opening: URL_SAFE_NO_PAD
                    .encode(DOCUMENT_FIELDS.open_all(&salt, &values).expect("fits")),
                id: id.clone(),
            },
        };
        let body = Propose {
            content: hex::encode(self.book.blob(sealed)),
            guardian: child.map(|_| document.key.public()),
            hospital: hospital.into(),
            patient: document.patient.public(),
            root: hex::encode(DOCUMENT_FIELDS.commit(&salt, &values).expect("fits")),
        };
        let key = self.members.key(hospital);
        self.book
            .write(time, "document.propose", &id, &body, &[key]);
        document
    }

    fn seal(&mut self, text: &str, reader: &str, document: &str) -> Vec<u8> {
        let record = RecordName::new("document", document).expect("a record name");
        seal(text.as_bytes(), reader, &record, &mut self.random).expect("a sealing key")
    }

    /// The patient takes the document in, or does not.
    pub fn answer(&mut self, time: i64, document: &Document, accepts: bool) {
        let verb = if accepts {
            "document.confirm"
        } else {
            "document.reject"
        };
        let body = LiteMap::<String, String>::new();
        self.book
            .write(time, verb, &document.known.id, &body, &[&document.key]);
    }

    /// The patient denies a member these documents, or lifts the denial.
    pub fn deny(&mut self, time: i64, documents: &[&Document], member: &str, denies: bool) {
        let verb = if denies {
            "document.deny"
        } else {
            "document.allow"
        };
        let (first, others) = documents.split_first().expect("a document");
        let body = Deny {
            documents: others
                .iter()
                .map(|document| document.known.id.clone())
                .collect(),
            member: member.into(),
        };
        let keys: Vec<&Key> = documents.iter().map(|document| &document.key).collect();
        self.book.write(time, verb, &first.known.id, &body, &keys);
    }

    /// The patient lets a member read until a block time; `replaces` is superseded.
    pub fn give(
        &mut self,
        time: i64,
        keeper: &Keeper,
        documents: &[&Document],
        (to, purpose, note): (&'static str, &str, &str),
        until: i64,
        replaces: Option<&Grant>,
    ) -> Grant {
        let id = self.random.id();
        let key = keeper.key("grant", &id);
        let titles: Vec<&str> = documents.iter().map(|document| document.title).collect();
        let values = [purpose, &titles.join("、"), note];
        let salt: [u8; 16] = self.random.bytes();
        let sealed = self.seal_for(to, documents);
        let names: Vec<String> = documents
            .iter()
            .map(|document| document.known.id.clone())
            .collect();
        let body = Give {
            by: key.public(),
            documents: names.clone(),
            left: replaces
                .map(|grant| left_out(grant, &names))
                .filter(|left| !left.is_empty()),
            replaces: replaces.map(|grant| grant.known.id.clone()),
            root: hex::encode(GRANT_FIELDS.commit(&salt, &values).expect("fits")),
            sealed: Some(sealed),
            to: to.into(),
            until,
        };
        let mut keys = vec![&key];
        keys.extend(documents.iter().map(|document| &document.key));
        keys.extend(replaces.map(|grant| &grant.key));
        self.book.write(time, "grant.give", &id, &body, &keys);
        Grant {
            known: Known {
                opening: URL_SAFE_NO_PAD
                    .encode(GRANT_FIELDS.open_all(&salt, &values).expect("fits")),
                id,
            },
            to,
            documents: names,
            key,
        }
    }

    /// The blob with a copy of each document for the reader; its hash.
    fn seal_for(&mut self, reader: &str, documents: &[&Document]) -> String {
        let public = self.members.get(reader).member.seal_key.clone();
        let copies: LiteMap<String, String> = documents
            .iter()
            .map(|document| {
                let sealed = self.seal(&document.text, &public, &document.known.id);
                (document.known.id.clone(), BASE64.encode(sealed))
            })
            .collect();
        let blob = canonical::encode(&copies).expect("encodes");
        hex::encode(self.book.blob(blob))
    }

    /// The patient takes a grant back.
    pub fn revoke(&mut self, time: i64, grant: &Grant) {
        let body = Revoke {
            documents: grant.documents.clone(),
        };
        self.book
            .write(time, "grant.revoke", &grant.known.id, &body, &[&grant.key]);
    }

    /// The grant's reader reads.
    pub fn read(&mut self, time: i64, document: &Document, grant: &Grant) {
        let body = Done {
            by: grant.to.into(),
            document: document.known.id.clone(),
            grant: grant.known.id.clone(),
        };
        let (id, key) = (self.random.id(), self.members.key(grant.to));
        self.book.write(time, "read.done", &id, &body, &[key]);
    }

    /// A hospital breaks the glass; gives the reading, with what opens its reason.
    pub fn emergency(&mut self, time: i64, document: &Document, by: &str, reason: &str) -> Known {
        let seed = self.random.bytes();
        let opening = READ_FIELDS.open_all(&seed, &[reason]).expect("fits");
        let body = Emergency {
            by: by.into(),
            document: document.known.id.clone(),
            root: Digest(READ_FIELDS.commit(&seed, &[reason]).expect("fits")),
        };
        let (id, key) = (self.random.id(), self.members.key(by));
        self.book.write(time, "read.emergency", &id, &body, &[key]);
        let opening = URL_SAFE_NO_PAD.encode(opening);
        Known { id, opening }
    }

    /// A reviewer says whether there was an emergency.
    pub fn review(
        &mut self,
        time: i64,
        read: &str,
        document: &Document,
        by: &str,
        finding: Finding,
    ) {
        let body = Review {
            by: Some(by.into()),
            document: document.known.id.clone(),
            finding,
        };
        let key = self.members.key(by);
        self.book.write(time, "read.review", read, &body, &[key]);
    }

    /// Two desks put a new key in the place of one that is said to be lost; the old one vetoes.
    pub fn recover_in_vain(&mut self, times: [i64; 2], document: &Document) {
        let by = crate::demo::votes::DESKS;
        let new = Arc::new(SecretKey::from_seed(&self.random.bytes()));
        let body = Recover {
            by: by.map(String::from),
            key: new.public(),
            lost: document.key.public(),
        };
        let [first, second] = by.map(|id| self.members.key(id));
        let (id, keys) = (&document.known.id, [first, second, &new]);
        self.book
            .write(times[0], "document.recover", id, &body, &keys);
        let body = LiteMap::<String, String>::new();
        self.book
            .write(times[1], "document.veto", id, &body, &[&document.key]);
    }

    /// Hospital and patient have the content erased; the record stays.
    pub fn erase(&mut self, time: i64, document: &Document) {
        let keys = [self.members.key(document.hospital), &document.key];
        let body = LiteMap::<String, String>::new();
        self.book
            .write(time, "document.erase", &document.known.id, &body, &keys);
    }
}

/// Documents of a grant that are not among these.
fn left_out(grant: &Grant, names: &[String]) -> Vec<String> {
    let documents = grant.documents.iter();
    documents
        .filter(|id| !names.contains(id))
        .cloned()
        .collect()
}
