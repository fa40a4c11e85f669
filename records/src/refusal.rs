//! Why a record's rules refuse an event.

use crate::{
    canonical::{self, Map, Value},
    shape::{Shape, put, text_or_empty},
};
use core::ops::Deref;

/// A rule said no. In a box, for it is carried through every rule, and seldom made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("refused: {}", .0.code)]
pub struct Refusal(Box<Grounds>);

/// Why a rule said no. The code is for machines and the translation table, the law for people, the detail for both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grounds {
    /// Reason code, kebab-case.
    pub code: &'static str,
    /// The law or rule it rests on, if any, e.g. `民法典 278`.
    pub law: &'static str,
    /// Facts: who locked the invoice first, how many were allowed, …
    pub detail: Vec<(&'static str, String)>,
}

impl Deref for Refusal {
    type Target = Grounds;

    fn deref(&self) -> &Grounds {
        &self.0
    }
}

impl Grounds {
    /// A fact by its name.
    pub fn fact(&self, name: &str) -> Option<&str> {
        let found = self.detail.iter().find(|(known, _)| *known == name);
        found.map(|(_, fact)| fact.as_str())
    }
}

impl Refusal {
    /// A refusal with this reason code.
    #[inline(never)]
    pub fn new(code: &'static str) -> Self {
        Self(Box::new(Grounds {
            code,
            law: "",
            detail: Vec::new(),
        }))
    }

    /// Names the law or rule.
    pub fn under(mut self, law: &'static str) -> Self {
        self.0.law = law;
        self
    }

    /// Adds a fact.
    pub fn with(self, name: &'static str, fact: impl ToString) -> Self {
        self.noting(name, fact.to_string())
    }

    #[inline(never)]
    fn noting(mut self, name: &'static str, fact: String) -> Self {
        self.0.detail.push((name, fact));
        self
    }

    /// Canonical JSON of the refusal: the transaction's result data.
    pub fn encode(&self) -> Vec<u8> {
        let mut detail = Map::new();
        for (name, fact) in &self.detail {
            put(&mut detail, name, fact.write());
        }
        let detail = (!detail.is_empty()).then_some(Value::Object(detail));
        let mut object = Map::new();
        put(&mut object, "code", Some(self.code.into()));
        put(&mut object, "law", text_or_empty::write(self.law));
        put(&mut object, "detail", detail);
        // Texts three deep always have an encoding.
        canonical::encode_value(&Value::Object(object)).unwrap_or_default()
    }
}

/// Why `apply` stopped: a rule's refusal, or something about the surroundings that the caller has to provide first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// A rule said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// This governing record (a member, the consortium, the rules) has to be proven and replayed first.
    #[error("{0} is not loaded")]
    NotLoaded(crate::RecordName),
    /// The rules in force are newer than this program.
    #[error("rules version {0} is newer than this program")]
    RulesUnknown(u64),
}

impl From<canonical::Error> for Stop {
    fn from(error: canonical::Error) -> Self {
        Self::Refused(Refusal::new("malformed-body").with("why", error))
    }
}
