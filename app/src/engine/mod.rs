//! The page's end of its workers: it asks, and it hears. Nothing is verified here, and nothing signed.

mod act;
mod halt;
mod keys;
mod port;
mod question;
mod scanner;
mod verifier;

#[cfg(test)]
pub use act::SIGNING;
pub use act::{Act, Doing};
pub use keys::Keys;
pub use question::{Inquiry, Question, use_inquiry};
pub use scanner::Scanner;
pub use verifier::{Engine, Link, Ticket};

use std::rc::Rc;
use worker::{Chain, Held, Identity, RecordRef};

/// What the whole page knows of its verifier.
#[derive(Clone, Default, PartialEq)]
pub struct Known {
    /// Whether the verifier is there.
    pub link: Link,
    /// The state of trust, once it was told.
    pub chain: Option<Rc<Chain>>,
    /// Whether the keys are there; none while nothing needed them.
    pub keys: Option<Link>,
    /// The identities in this browser, once the keys are there.
    pub identities: Rc<Vec<Identity>>,
}

impl Known {
    /// The opening that an identity keeps for a record; empty where there is none.
    fn opening(&self, record: &RecordRef) -> String {
        let held = self
            .identities
            .iter()
            .flat_map(|identity| &identity.records);
        let mut fitting = held.filter(|held| held.kind == record.kind && held.id == record.id);
        fitting
            .find(|held| !held.opening.is_empty())
            .map_or_else(String::new, |held| held.opening.clone())
    }

    /// The seat of the identity with this key in a vote; empty where it has none.
    pub fn seat(&self, key: &str, vote: &str) -> String {
        self.held(key, vote)
            .map_or_else(String::new, |held| held.seat.clone())
    }

    /// With which key the identity with this key acts on a record: a patient has one for each document.
    pub fn acting<'a>(&'a self, key: &'a str, record: &str) -> &'a str {
        let held = self.held(key, record).map(|held| &*held.key);
        held.filter(|key| !key.is_empty()).unwrap_or(key)
    }

    fn held(&self, key: &str, record: &str) -> Option<&Held> {
        let mut identities = self.identities.iter();
        let identity = identities.find(|identity| identity.key == key)?;
        identity.records.iter().find(|held| held.id == record)
    }
}
