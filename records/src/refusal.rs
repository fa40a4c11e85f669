//! Why a record's rules refuse an event.

use crate::{
    canonical::{self, Map, Value},
    shape::{Shape, put, text_or_empty},
};
use std::collections::BTreeMap;

/// A rule said no. The code is for machines and the translation table, the law for people, the detail for both.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("refused: {code}")]
pub struct Refusal {
    /// Reason code, kebab-case.
    pub code: &'static str,
    /// The law or rule it rests on, if any, e.g. `民法典 278`.
    pub law: &'static str,
    /// Facts: who locked the invoice first, how many were allowed, …
    pub detail: BTreeMap<&'static str, String>,
}

impl Refusal {
    /// A refusal with this reason code.
    pub fn new(code: &'static str) -> Self {
        Self {
            code,
            law: "",
            detail: BTreeMap::new(),
        }
    }

    /// Names the law or rule.
    pub fn under(mut self, law: &'static str) -> Self {
        self.law = law;
        self
    }

    /// Adds a fact.
    pub fn with(mut self, name: &'static str, fact: impl ToString) -> Self {
        self.detail.insert(name, fact.to_string());
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
