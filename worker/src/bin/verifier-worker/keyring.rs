//! The identities that this browser holds, for as long as this program runs. Private keys leave it in exported files alone.

use crate::browser::{Browser, failed, post};
use std::collections::BTreeMap;
use verifier::{Host, Identity};
use worker::{FromVerifier, Id, RecordRef, Role, ToVerifier};

/// Identities by their public key.
#[derive(Default)]
pub struct Keyring(BTreeMap<String, Identity>);

impl Keyring {
    /// The identity with this public key.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Identity> {
        self.0.get_mut(key)
    }

    /// The opening that one of them keeps for a record.
    pub fn opening(&self, kind: &str, id: &str) -> Option<&str> {
        self.0
            .values()
            .find_map(|identity| identity.opening(kind, id))
    }

    /// Does what a message asks of the keyring; gives back any other message.
    pub fn handle(&mut self, message: ToVerifier) -> Option<ToVerifier> {
        match message {
            ToVerifier::Identities { id } => self.list(id),
            ToVerifier::Create { id, name, role } => {
                let seed = Browser { id: None }.random();
                self.keep(Identity::new(to_identity(role), &name, seed));
                self.list(id);
            }
            ToVerifier::Export { id, key } => match self.0.get(&key) {
                Some(identity) => post(&FromVerifier::IdentityFile {
                    id,
                    key,
                    name: file_name(identity),
                    text: identity.file(),
                }),
                None => unknown(id),
            },
            ToVerifier::Exported { id, key } => match self.0.get_mut(&key) {
                Some(identity) => {
                    identity.exported = true;
                    self.list(id);
                }
                None => unknown(id),
            },
            ToVerifier::Import { id, text } => match Identity::read(&text) {
                Ok(identity) => {
                    self.keep(identity);
                    self.list(id);
                }
                Err(_) => failed(id, "not-an-identity", BTreeMap::new()),
            },
            ToVerifier::Forget { id, key } => {
                self.0.remove(&key);
                self.list(id);
            }
            other => return Some(other),
        }
        None
    }

    fn keep(&mut self, identity: Identity) {
        self.0.insert(identity.public(), identity);
    }

    /// Tells the page which identities there are.
    pub fn list(&self, id: Id) {
        let identities = self
            .0
            .iter()
            .map(|(key, identity)| describe(key, identity))
            .collect();
        post(&FromVerifier::Identities { id, identities });
    }
}

fn unknown(id: Id) {
    failed(id, "no-such-identity", BTreeMap::new());
}

fn describe(key: &str, identity: &Identity) -> worker::Identity {
    let record = |kind: &str, id: &str| RecordRef {
        kind: kind.into(),
        id: id.into(),
    };
    let documents = identity
        .documents
        .iter()
        .map(|known| record("document", &known.id));
    let grants = identity
        .grants
        .iter()
        .map(|known| record("grant", &known.id));
    let votes = identity
        .ballots
        .iter()
        .map(|seat| record("vote", &seat.vote));
    worker::Identity {
        key: key.into(),
        name: identity.name.clone(),
        role: match identity.role {
            verifier::Role::Patient => Role::Patient,
            verifier::Role::Owner => Role::Owner,
            verifier::Role::Member => Role::Member,
        },
        exported: identity.exported,
        member: identity.member.clone(),
        records: documents.chain(grants).chain(votes).collect(),
    }
}

fn to_identity(role: Role) -> verifier::Role {
    match role {
        Role::Patient => verifier::Role::Patient,
        Role::Owner => verifier::Role::Owner,
        Role::Member => verifier::Role::Member,
    }
}

fn file_name(identity: &Identity) -> String {
    let public = identity.public();
    let short: String = public.chars().skip("ed25519:".len()).take(8).collect();
    format!("lianyan-{short}.json")
}
