//! The identities that this browser holds. Private keys leave this program in exported files, and for the browser's own storage, alone.

use crate::{
    browser::{failed, post, random},
    store,
};
use keys::{Identity, Role, Unsigned};
use litemap::LiteMap;
use worker::{FromKeys, Held, Id};

/// Identities by their public key.
#[derive(Default)]
pub struct Keyring {
    held: LiteMap<String, Identity>,
    /// Those that the browser keeps beyond this visit.
    stored: LiteMap<String, ()>,
}

impl Keyring {
    /// With what is stored; nothing where the browser refuses.
    pub async fn load() -> Self {
        let mut ring = Self::default();
        for file in store::all().await.unwrap_or_default() {
            if let Ok(identity) = Identity::read(&file) {
                let key = identity.public();
                ring.stored.insert(key.clone(), ());
                ring.held.insert(key, identity);
            }
        }
        ring
    }

    /// The identity with this public key, as it is stored now: another page of this browser may have signed with it meanwhile.
    pub async fn fresh(&mut self, key: &str) -> Option<&mut Identity> {
        if self.stored.contains_key(key) {
            match store::get(key)
                .await
                .ok()
                .flatten()
                .as_deref()
                .map(Identity::read)
            {
                Some(Ok(identity)) => {
                    self.held.insert(key.into(), identity);
                }
                // Removed, or lost by the browser: it lives on in this program.
                _ => {
                    self.stored.remove(key);
                }
            }
        }
        self.held.get_mut(key)
    }

    /// Stores a changed identity; one whose file was not exported lives in this program alone, and so does one that the browser has lost.
    pub async fn keep(&mut self, key: &str) {
        let Some(identity) = self.held.get(key).filter(|_| self.stored.contains_key(key)) else {
            return;
        };
        if store::put(key, &identity.file()).await.is_err() {
            self.stored.remove(key);
        }
    }

    /// Makes an identity.
    pub fn create(&mut self, role: Role, name: &str) {
        let identity = Identity::new(role, name, random());
        self.held.insert(identity.public(), identity);
    }

    /// Offers the file.
    pub fn export(&self, id: Id, key: &str) {
        let Some(identity) = self.held.get(key) else {
            return failed(id, Unsigned::new("no-such-identity"));
        };
        let short: String = key.chars().skip("ed25519:".len()).take(8).collect();
        post(&FromKeys::IdentityFile {
            id,
            name: format!("lianyan-{short}.json"),
            text: identity.file(),
        });
    }

    /// Notes that the file is kept; only now the browser keeps the identity too.
    pub async fn exported(&mut self, key: &str) {
        if let Some(identity) = self.held.get_mut(key) {
            identity.exported = true;
            self.stored.insert(key.into(), ());
            self.keep(key).await;
        }
    }

    /// Takes an identity from its file. Events that are pending here stay so.
    pub async fn import(&mut self, text: &str) -> Result<(), Unsigned> {
        let mut identity = Identity::read(text).map_err(|_| Unsigned::new("not-an-identity"))?;
        let key = identity.public();
        if let Some(here) = self.fresh(&key).await {
            identity.join(here);
        }
        self.held.insert(key.clone(), identity);
        self.stored.insert(key.clone(), ());
        self.keep(&key).await;
        Ok(())
    }

    /// Removes an identity here and from the browser's storage.
    pub async fn forget(&mut self, key: &str) {
        self.held.remove(key);
        self.stored.remove(key);
        // A storage that refuses to be written holds nothing either.
        let _ = store::remove(key).await;
    }

    /// Tells the page which identities there are.
    pub fn list(&self, id: Id) {
        let describe = |(key, identity): (&String, &Identity)| {
            let stored = self.stored.contains_key(key);
            describe(key, identity, stored)
        };
        let identities = self.held.iter().map(describe).collect();
        post(&FromKeys::Identities { id, identities });
    }
}

fn describe(key: &str, identity: &Identity, stored: bool) -> worker::Identity {
    let known = [
        ("document", &identity.documents),
        ("grant", &identity.grants),
        ("read", &identity.reads),
    ];
    let known = known.into_iter().flat_map(|(kind, list)| {
        list.iter()
            .map(move |known| held(kind, &known.id, known.opening.clone(), String::new()))
    });
    let seats = identity.ballots.iter().map(|seat| {
        let text = records::canonical::encode(seat).ok();
        let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
        held("vote", &seat.vote, String::new(), text.unwrap_or_default())
    });
    let mut records: Vec<Held> = known.chain(seats).collect();
    if identity.role == Role::Patient {
        let documents = records.iter_mut().filter(|held| held.kind == "document");
        documents.for_each(|held| held.key = identity.document_key(&held.id).public().to_string());
    }
    let pending = identity.pending.iter();
    let pending = pending.filter(|pending| !pending.waits_for_others());
    let pending = pending.map(|pending| pending.payload.until);
    worker::Identity {
        key: key.into(),
        name: identity.name.clone(),
        role: identity.role,
        exported: identity.exported,
        stored,
        member: identity.member.clone(),
        records,
        pending: pending
            .max()
            .map(|until| until.to_string())
            .unwrap_or_default(),
    }
}

fn held(kind: &str, id: &str, opening: String, seat: String) -> Held {
    Held {
        kind: kind.into(),
        id: id.into(),
        key: String::new(),
        opening,
        seat,
    }
}
