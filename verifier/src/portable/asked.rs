//! What a proof file answers.

use super::bytes::{In, Out, Torn};
use crate::question::Question;
use alloc::{string::String, vec::Vec};
use records::kinds::vote;

const MAX_TEXT: usize = 8 * 1024;
const MAX_NAME: usize = 96;
const MAX_OPENING: usize = 64 * 1024;

/// What was asked when the file was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// What a printed code says.
    Text(String),
    /// A record, with openings of the fields that its keeper chose to show.
    Record {
        /// Its kind.
        kind: String,
        /// Its id.
        id: String,
        /// The openings, where there are any.
        opening: Option<Vec<u8>>,
    },
}

impl Asked {
    /// What a scanned, pasted or typed text asks. A link becomes the record that it names, so that its openings can be narrowed.
    pub fn text(text: &str) -> Self {
        match records::codes::read(text) {
            records::codes::Scanned::Link(link) => Self::Record {
                kind: link.kind().into(),
                id: link.id().into(),
                opening: link.openings().map(<[u8]>::to_vec),
            },
            _ => Self::Text(text.into()),
        }
    }

    /// The same question with these fields shown and all others withheld. None where a name is no field of the record, or the opening cannot be narrowed.
    pub fn showing(self, fields: &[&str]) -> Option<Self> {
        let Self::Record { kind, id, opening } = self else {
            return None;
        };
        let schema = crate::kinds::schema(&kind)?;
        let shown: Option<Vec<usize>> = fields.iter().map(|name| schema.index(name)).collect();
        let (opening, shown) = (opening?, shown?);
        let opening = match shown.is_empty() {
            true => None,
            false => Some(schema.narrow(&opening, &shown).ok()?),
        };
        Some(Self::Record { kind, id, opening })
    }

    /// The same question with these fields withheld besides those that its opening withholds. None where a name is no field of the record, or there is no opening
    /// that could be narrowed.
    pub fn withholding(&self, fields: &[String]) -> Option<Self> {
        let Self::Record {
            kind,
            opening: Some(opening),
            ..
        } = self
        else {
            return None;
        };
        let schema = crate::kinds::schema(kind)?;
        let (opened, _) = schema.claimed(opening).ok()?;
        let opened = opened.iter().filter_map(|(at, _)| schema.fields.get(*at));
        let withheld = |name: &&str| fields.iter().any(|field| field == name);
        let shown: Vec<&str> = opened.copied().filter(|name| !withheld(name)).collect();
        let known = |name: &String| schema.index(name).is_some();
        match fields.iter().all(known) {
            true => self.clone().showing(&shown),
            false => None,
        }
    }

    /// The question, about a record. Every ballot of a vote is counted: a sample of somebody else's choice proves nothing.
    pub(super) fn question(&self) -> Option<Question> {
        let mut question = match self {
            Self::Text(text) => Question::text(text),
            Self::Record { kind, id, opening } => Question::record(kind, id, opening.clone())?,
        };
        let name = question.record.as_ref()?;
        question.count = (name.kind() == vote::NAME).then_some(0);
        Some(question)
    }

    pub(super) fn write(&self, out: &mut Out) {
        match self {
            Self::Text(text) => {
                out.number(1);
                out.bytes(text.as_bytes());
            }
            Self::Record { kind, id, opening } => {
                out.number(2);
                out.bytes(kind.as_bytes());
                out.bytes(id.as_bytes());
                out.bytes(opening.as_deref().unwrap_or_default());
            }
        }
    }

    pub(super) fn read(from: &mut In<'_>) -> Result<Self, Torn> {
        match from.byte()? {
            1 => Ok(Self::Text(from.text(MAX_TEXT)?.into())),
            2 => Ok(Self::Record {
                kind: from.text(MAX_NAME)?.into(),
                id: from.text(MAX_NAME)?.into(),
                opening: match from.bytes(MAX_OPENING)? {
                    [] => None,
                    opening => Some(opening.to_vec()),
                },
            }),
            _ => Err(Torn),
        }
    }
}
