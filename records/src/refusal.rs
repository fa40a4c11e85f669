//! Why a record's rules refuse an event.

use crate::canonical::{self, Value};
use std::collections::BTreeMap;

/// A rule said no. The code is for machines and the translation table, the law for people, the detail for both.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, thiserror::Error)]
#[error("refused: {code}")]
pub struct Refusal {
    /// Reason code, kebab-case.
    pub code: &'static str,
    /// The law or rule it rests on, if any, e.g. `民法典 278`.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub law: &'static str,
    /// Facts: who locked the invoice first, how many were allowed, …
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
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
        let fallback = |_| Value::String(self.code.into()).to_string().into_bytes();
        canonical::encode(self).unwrap_or_else(fallback)
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
