//! The version of the rules, and from which height each holds. One record, `rules/main`.
//!
//! Each version's `apply` stays as it was, so that old logs replay as they were written.

use crate::{
    canonical::Value,
    kinds::consortium,
    refusal::{Refusal, Stop},
    registry::{Case, EventType, Kind, SUBJECT, updated},
};

/// Kind name.
pub const NAME: &str = "rules";
/// Id of the one record.
pub const ID: &str = "main";

/// The kind.
pub static KIND: Kind = Kind {
    name: NAME,
    events: &[EventType::alone("rules.activate")],
    apply,
};

/// State of the rules: every version with the first height at which it holds, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Versions, ascending.
    pub versions: Vec<Activation>,
}

crate::shape!(Rules { versions });

/// A version and where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activation {
    /// First height at which it holds.
    pub from: u64,
    /// Version.
    pub version: u64,
}

crate::shape!(Activation { from, version });

impl Rules {
    /// The version in force at a height.
    pub fn version_at(&self, height: u64) -> u64 {
        self.versions
            .iter()
            .rev()
            .find(|activation| activation.from <= height)
            .map_or(1, |activation| activation.version)
    }
}

fn apply(case: &Case<'_>) -> Result<Value, Stop> {
    match case.what() {
        ("consortium.found", "founded") => {
            case.require_new()?;
            consortium::founding(case)?;
            updated(&Rules {
                versions: vec![Activation {
                    from: 0,
                    version: 1,
                }],
            })
        }
        ("rules.activate", SUBJECT) => {
            let mut rules: Rules = case.existing()?;
            case.context.require_quorum(case.event)?;
            let next: Activation = case.body()?;
            let last = rules
                .versions
                .last()
                .map_or(1, |activation| activation.version);
            if next.version != last + 1 || next.from <= case.context.height {
                return Err(Refusal::new("not-the-next-version")
                    .with("last", last)
                    .into());
            }
            rules.versions.push(next);
            updated(&rules)
        }
        _ => Err(case.unexpected()),
    }
}
