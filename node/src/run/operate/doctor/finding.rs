//! What was found, and what to do.

use crate::run::words::shown;
use std::fmt;

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// To be mended.
    Fault,
    /// To be known.
    Note,
}

/// Something that the operator should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub weight: Weight,
    /// Its word in docs/operate.md.
    pub code: &'static str,
    pub what: String,
    pub mend: String,
}

impl Finding {
    /// A mistake, and how to mend it.
    pub fn fault(code: &'static str, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            weight: Weight::Fault,
            code,
            what: what.into(),
            mend: mend.into(),
        }
    }

    /// No mistake, or not yet one.
    pub fn note(code: &'static str, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            weight: Weight::Note,
            ..Self::fault(code, what, mend)
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.weight {
            Weight::Fault => "fault",
            Weight::Note => "note",
        };
        write!(
            f,
            "{word:<6}  {}: {}\n        {}",
            self.code,
            shown(&self.what),
            shown(&self.mend)
        )
    }
}
