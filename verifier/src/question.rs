//! What is asked: a record, and what a code, a link or a person says about it.

use crate::{
    fields,
    reasons::{self, Reason},
    verdict::{Backing, Field},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use records::{
    Digest, Hash, RecordName,
    codes::{self, Crc, Scanned},
    kinds::{
        ballot::{self, Seat},
        portal,
    },
};

/// A question about one record.
#[derive(Clone, Debug)]
pub struct Question {
    /// The record; none where the text names none.
    pub(crate) record: Option<RecordName>,
    /// How reading the code went; none where nothing was scanned.
    pub(crate) scan: Option<Reason>,
    /// Openings of committed fields that came with the question.
    pub(crate) opening: Option<Vec<u8>>,
    /// What a printed code is to be compared by.
    pub(crate) print: Print,
    /// What the code says.
    pub(crate) claimed: Vec<Field>,
    /// How many entries of a vote's log to look at: 0 counts every ballot; none leaves it to the size.
    pub(crate) count: Option<u32>,
}

/// How a printed code can be compared with its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Print {
    /// No printed code was read.
    None,
    /// It has no part that cannot be guessed.
    NotComparable,
    /// By its digest.
    Digest(Hash),
}

impl Question {
    /// From scanned, pasted or typed text. Whatever the text, there is a question; it may name no record.
    pub fn text(text: &str) -> Self {
        let scanned = codes::read(text);
        let kind = match &scanned {
            Scanned::Link(link) => link.kind(),
            _ => records::kinds::invoice::NAME,
        };
        let print = match &scanned {
            Scanned::Link(_) | Scanned::Text(_) => Print::None,
            _ => codes::print_digest(&scanned).map_or(Print::NotComparable, Print::Digest),
        };
        let record = match (scanned.record_id(), print) {
            (Some(id), _) => RecordName::new(kind, &id),
            // An address of a portal.
            (None, Print::Digest(digest)) => {
                RecordName::new(portal::NAME, &portal::id(&Digest(digest)))
            }
            _ => None,
        };
        Self {
            scan: Some(scan_reason(&scanned)),
            record,
            opening: match &scanned {
                Scanned::Link(link) => link.openings().map(<[u8]>::to_vec),
                _ => None,
            },
            print,
            claimed: scanned.declared().map(fields::declared).unwrap_or_default(),
            count: None,
        }
    }

    /// About a record by its name, with openings of its committed fields; none where the name cannot be one.
    pub fn record(kind: &str, id: &str, opening: Option<Vec<u8>>) -> Option<Self> {
        Some(Self {
            record: Some(RecordName::new(kind, id)?),
            scan: None,
            opening,
            print: Print::None,
            claimed: Vec::new(),
            count: None,
        })
    }

    /// About a vote, counted again: every ballot for a sample of 0, else as many entries drawn at random.
    pub fn recount(vote: &str, sample: u32) -> Option<Self> {
        Some(Self {
            count: Some(sample),
            ..Self::record(records::kinds::vote::NAME, vote, None)?
        })
    }

    /// About the ballot of a seat; the seat's own facts are shown beside it.
    pub fn ballot(seat: &Seat) -> Option<Self> {
        let id = ballot::id(&seat.vote, seat.index);
        let rooms: Vec<&str> = seat
            .entry
            .rooms
            .iter()
            .map(|room| room.room.as_str())
            .collect();
        let field = |name: &str, value: String| Field {
            name: name.into(),
            value,
            backing: Backing::Claimed,
        };
        Some(Self {
            claimed: Vec::from([
                field("head", seat.entry.head.clone()),
                field("rooms", rooms.join("、")),
                field("area", seat.entry.area.to_string()),
            ]),
            ..Self::record(ballot::NAME, &id, None)?
        })
    }

    /// Openings as a link carries them: base64url without padding.
    pub fn opening_from_text(text: &str) -> Option<Vec<u8>> {
        use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
        BASE64_URL_SAFE_NO_PAD.decode(text).ok()
    }
}

fn scan_reason(scanned: &Scanned) -> Reason {
    match scanned {
        Scanned::Text(_) => reasons::TEXT_UNKNOWN,
        Scanned::Link(_) => reasons::LINK_READ,
        _ if !scanned.format_is_confirmed() => reasons::FORMAT_UNCONFIRMED,
        _ => match scanned.declared().map(|declared| declared.crc) {
            Some(Crc::Matches) => reasons::SCAN_COMPLETE,
            Some(Crc::NoMatch) => reasons::SCAN_CHECK_DIFFERS,
            Some(Crc::Absent) | None => reasons::SCAN_READ,
        },
    }
}
