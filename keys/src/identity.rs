//! Identities: one seed each, the keys derived from it, and the file that its owner keeps. `docs/identity.md` fixes both.

use crate::Pending;
use records::{
    SecretKey, canonical,
    hash::{parse_hash, sha256},
    kinds::ballot::Seat,
    shape::{Reader, Shape, text_or_empty},
};

/// Form of the file.
const FORM: &str = "identity/1";

/// What an identity is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A patient, or a guardian.
    Patient,
    /// A flat's owner.
    Owner,
    /// A member of the consortium or of its systems.
    Member,
}

records::names!(Role { Patient "patient", Owner "owner", Member "member" });

/// The text is no identity file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identity file")]
pub struct NotAnIdentity;

/// A record that an identity knows of, and the opening of its committed fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Record id.
    pub id: String,
    /// Opening, base64url without padding; empty where there is none.
    pub opening: String,
}

records::shape!(Known {
    id,
    opening: text_or_empty
});

struct File {
    lianyan: String,
    role: Role,
    name: String,
    seed: String,
    member: String,
    documents: Vec<Known>,
    grants: Vec<Known>,
    reads: Vec<Known>,
    ballots: Vec<Seat>,
    pending: Vec<String>,
    earlier_seeds: Vec<String>,
}

records::shape!(File {
    lianyan,
    role,
    name,
    seed,
    member: text_or_empty,
    documents: list_or_empty,
    grants: list_or_empty,
    reads: list_or_empty,
    ballots: list_or_empty,
    pending: list_or_empty,
    earlier_seeds: list_or_empty,
});

/// A list that is left out where it is empty.
mod list_or_empty {
    use super::{Reader, Shape};
    use records::canonical::Value;

    pub fn read<T: Shape>(found: Option<&Value>, reader: &mut Reader) -> Vec<T> {
        found.map_or_else(Vec::new, |_| Shape::read(found, reader))
    }

    pub fn write<T: Shape>(list: &Vec<T>) -> Option<Value> {
        if list.is_empty() { None } else { list.write() }
    }
}

/// An identity and its seed.
#[derive(Clone)]
pub struct Identity {
    /// What it is for.
    pub role: Role,
    /// What the person calls it.
    pub name: String,
    /// The member it acts for; empty for a person.
    pub member: String,
    /// A patient's own documents, or those of which a reader knows.
    pub documents: Vec<Known>,
    /// Grants given or held.
    pub grants: Vec<Known>,
    /// Readings in emergency, with their reasons: by the member itself, or of a patient's documents.
    pub reads: Vec<Known>,
    /// An owner's seats on rosters.
    pub ballots: Vec<Seat>,
    /// Events that were signed and may still be written.
    pub pending: Vec<Pending>,
    /// Whether its file was exported, or it came from a file; before that it signs nothing.
    pub exported: bool,
    seed: [u8; 32],
    /// Of keys that were replaced: nothing is signed with them, but what was sealed to them is opened.
    earlier_seeds: Vec<[u8; 32]>,
}

impl Identity {
    /// A new identity from 32 unpredictable bytes.
    pub fn new(role: Role, name: &str, seed: [u8; 32]) -> Self {
        Self {
            role,
            name: name.into(),
            member: String::new(),
            documents: Vec::new(),
            grants: Vec::new(),
            reads: Vec::new(),
            ballots: Vec::new(),
            pending: Vec::new(),
            exported: false,
            seed,
            earlier_seeds: Vec::new(),
        }
    }

    /// Reads an identity file.
    pub fn read(text: &str) -> Result<Self, NotAnIdentity> {
        let file = canonical::decode(text.trim().as_bytes());
        let file: File = file.map_err(|_| NotAnIdentity)?;
        if file.lianyan != FORM || file.member.is_empty() == (file.role == Role::Member) {
            return Err(NotAnIdentity);
        }
        let pending = file.pending.iter().map(|text| Pending::read(text));
        let earlier = file.earlier_seeds.iter().map(|seed| parse_hash(seed));
        Ok(Self {
            earlier_seeds: earlier.collect::<Option<_>>().ok_or(NotAnIdentity)?,
            pending: pending.collect::<Option<_>>().ok_or(NotAnIdentity)?,
            role: file.role,
            name: file.name,
            member: file.member,
            documents: file.documents,
            grants: file.grants,
            reads: file.reads,
            ballots: file.ballots,
            exported: true,
            seed: parse_hash(&file.seed).ok_or(NotAnIdentity)?,
        })
    }

    /// Its file.
    pub fn file(&self) -> String {
        let file = File {
            lianyan: FORM.into(),
            role: self.role,
            name: self.name.clone(),
            seed: hex::encode(self.seed),
            member: self.member.clone(),
            documents: self.documents.clone(),
            grants: self.grants.clone(),
            reads: self.reads.clone(),
            ballots: self.ballots.clone(),
            pending: self.pending.iter().map(Pending::text).collect(),
            earlier_seeds: self.earlier_seeds.iter().map(hex::encode).collect(),
        };
        let text = canonical::encode(&file).unwrap_or_default();
        String::from_utf8(text).unwrap_or_default()
    }

    /// The identity's own key; a patient signs with derived ones.
    pub fn key(&self) -> SecretKey {
        SecretKey::from_seed(&self.seed)
    }

    /// The public half of [`Identity::key`], as text: what the identity is called between page and worker.
    pub fn public(&self) -> String {
        self.key().public().to_string()
    }

    /// A patient's key for one document: documents cannot be linked by their keys.
    pub fn document_key(&self, id: &str) -> SecretKey {
        self.derived("document", id)
    }

    /// A patient's key for one grant.
    pub fn grant_key(&self, id: &str) -> SecretKey {
        self.derived("grant", id)
    }

    fn derived(&self, kind: &str, id: &str) -> SecretKey {
        let parts: [&[u8]; 5] = [
            b"lianyan/key/1",
            &self.seed,
            kind.as_bytes(),
            &[0],
            id.as_bytes(),
        ];
        SecretKey::from_seed(&sha256(&parts))
    }

    /// Seeds of the keys to which documents are sealed for this identity: its own, then those of keys that were replaced.
    pub fn seal_seeds(&self) -> impl Iterator<Item = [u8; 32]> {
        let seeds = [&self.seed].into_iter().chain(&self.earlier_seeds);
        seeds.map(|seed| sha256(&[b"lianyan/seal-key/1", seed]))
    }

    /// Takes over what `other`, the same identity kept elsewhere, knows besides: an older file must not lose a grant, the opening of a record, nor an event
    /// that may still be written.
    pub fn join(&mut self, other: &Self) {
        add_known(&mut self.documents, &other.documents);
        add_known(&mut self.grants, &other.grants);
        add_known(&mut self.reads, &other.reads);
        add(&mut self.ballots, &other.ballots, |seat| &seat.vote);
        add(&mut self.pending, &other.pending, |pending| {
            &pending.envelope
        });
        add(&mut self.earlier_seeds, &other.earlier_seeds, |seed| seed);
    }

    /// The opening kept for a record.
    pub fn opening(&self, kind: &str, id: &str) -> Option<&str> {
        let known = match kind {
            "document" => &self.documents,
            "grant" => &self.grants,
            "read" => &self.reads,
            _ => return None,
        };
        let found = known.iter().find(|known| known.id == id)?;
        (!found.opening.is_empty()).then_some(found.opening.as_str())
    }
}

/// Adds the records that are not there yet, and the openings that are not.
fn add_known(to: &mut Vec<Known>, from: &[Known]) {
    for known in to.iter_mut().filter(|known| known.opening.is_empty()) {
        if let Some(opened) = from.iter().find(|other| other.id == known.id) {
            known.opening.clone_from(&opened.opening);
        }
    }
    add(to, from, |known| &known.id);
}

/// Adds what is not there yet, told apart by `name`.
fn add<T: Clone, N: PartialEq + ?Sized>(to: &mut Vec<T>, from: &[T], name: impl Fn(&T) -> &N) {
    for one in from {
        if !to.iter().any(|here| name(here) == name(one)) {
            to.push(one.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_brings_the_same_keys_back() {
        let mut made = Identity::new(Role::Patient, "张三", [3; 32]);
        made.documents.push(Known {
            id: "d1".into(),
            opening: "AQID".into(),
        });
        let read = Identity::read(&made.file()).expect("reads");
        assert!(read.exported && !made.exported);
        assert_eq!(read.public(), made.public());
        assert_eq!(read.opening("document", "d1"), Some("AQID"));
        assert_eq!(
            read.document_key("d1").public(),
            made.document_key("d1").public()
        );
    }

    /// *Accident: the one file that must not be lost is written, and then too long to be read again.*
    #[test]
    fn a_file_is_read_again_however_much_it_knows() {
        let mut made = Identity::new(Role::Member, "x", [3; 32]);
        made.member = "renji".into();
        made.reads = (0..5_000)
            .map(|number| Known {
                id: format!("{number:032}"),
                opening: "A".repeat(100),
            })
            .collect();
        let file = made.file();
        assert!(file.len() > 512 * 1024);
        let read = Identity::read(&file).expect("reads");
        assert_eq!((read.public(), read.reads), (made.public(), made.reads));
    }

    #[test]
    fn a_file_without_an_opening_takes_none_away() {
        let known = |opening: &str| {
            let mut who = Identity::new(Role::Patient, "x", [3; 32]);
            let id = "d1".into();
            let opening = opening.into();
            who.documents = vec![Known { id, opening }];
            who
        };
        for (imported, here) in [("", "AQID"), ("AQID", ""), ("AQID", "BQYH")] {
            let mut joined = known(imported);
            joined.join(&known(here));
            assert_eq!(joined.opening("document", "d1"), Some("AQID"));
            assert_eq!(joined.documents.len(), 1);
        }
    }

    #[test]
    fn no_two_purposes_share_a_key() {
        let made = Identity::new(Role::Patient, "x", [3; 32]);
        let keys = [
            made.key(),
            made.document_key("a"),
            made.document_key("b"),
            made.grant_key("a"),
            made.grant_key("b"),
            SecretKey::from_seed(&made.seal_seeds().next().expect("its own")),
        ];
        for (i, one) in keys.iter().enumerate() {
            assert!(
                keys.iter()
                    .skip(i + 1)
                    .all(|other| other.public() != one.public())
            );
        }
    }

    #[test]
    fn what_is_no_identity_file_is_refused() {
        let mut good = Identity::new(Role::Owner, "x", [3; 32]);
        good.earlier_seeds.push([4; 32]);
        let good = good.file();
        assert!(Identity::read(&good).is_ok());
        for bad in [
            good.replace("identity/1", "identity/2"),
            good.replace("\"owner\"", "\"member\""),
            good.replace("\"name\"", "\"extra\":1,\"name\""),
            good.replace(',', ", "),
            good.replace("0303", "03"),
            good.replace("0404", "04"),
            String::new(),
        ] {
            assert!(Identity::read(&bad).is_err(), "{bad}");
        }
    }
}
