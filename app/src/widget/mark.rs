//! Marks whose shape says how something ended, before any colour does.

use super::held::outcome_word;
use crate::draw::prelude::*;
use crate::i18n::Lang;
use verifier::verdict::{Outcome, Status};

/// The five shapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Round, with a tick.
    Tick,
    /// An octagon, with a cross.
    Cross,
    /// A square, with a bar.
    Bar,
    /// A dashed circle, with a dash.
    Dash,
    /// An open octagon, empty.
    Absent,
}

impl From<Status> for Mark {
    fn from(status: Status) -> Self {
        match status {
            Status::Passed => Self::Tick,
            Status::Failed => Self::Cross,
            Status::OutOfForce => Self::Bar,
            Status::NotEstablished => Self::Dash,
        }
    }
}

impl From<Outcome> for Mark {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Verified => Self::Tick,
            Outcome::Rejected => Self::Cross,
            Outcome::OutOfForce => Self::Bar,
            Outcome::NotEstablished => Self::Dash,
            Outcome::Absent => Self::Absent,
        }
    }
}

/// An outcome as verdicts are written in JSON.
pub fn outcome_code(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Verified => "verified",
        Outcome::OutOfForce => "out-of-force",
        Outcome::Rejected => "rejected",
        Outcome::Absent => "absent",
        Outcome::NotEstablished => "not-established",
    }
}

impl Mark {
    /// The name of its colour in the style sheets.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Tick => "ok",
            Self::Cross | Self::Absent => "bad",
            Self::Bar => "warn",
            Self::Dash => "unknown",
        }
    }
}

const OCTAGON: &str = "M6.100 1h7.800L19 6.100v7.800L13.900 19H6.100L1 13.900V6.100z";

/// Draws a mark; its word stands beside it, so it is hidden from screen readers.
pub fn mark(mark: Mark, size: u32) -> Html {
    let (ink, ground) = (
        ["var(--", mark.tone(), ")"].concat(),
        ["var(--", mark.tone(), "-bg)"].concat(),
    );
    let size = size.to_string();
    let (shape, sign) = match mark {
        Mark::Tick => (
            html! { <circle cx="10" cy="10" r="9.500" fill={ground} /> },
            "M5.700 10.300l3 3 5.700-6.500",
        ),
        Mark::Cross => (
            html! { <path d={OCTAGON} fill={ground} /> },
            "M6.800 6.800l6.400 6.400M13.200 6.800l-6.400 6.400",
        ),
        Mark::Bar => (
            html! { <rect x="1" y="1" width="18" height="18" rx="3" fill={ground} /> },
            "M5.500 10h9",
        ),
        Mark::Dash => (
            html! { <circle cx="10" cy="10" r="8.800" fill={ground} stroke={ink.clone()} stroke-width="1.200" stroke-dasharray="2.600 2.300" /> },
            "M6.500 10h7",
        ),
        Mark::Absent => (
            html! { <path d={OCTAGON} fill={ground} stroke={ink.clone()} stroke-width="1.200" /> },
            "M7.500 7.700a2.600 2.600 0 115 .7c0 1.700-2.500 2-2.500 3.600M10 14.800v.01",
        ),
    };
    html! {
        <svg class="mark" width={size.clone()} height={size} viewBox="0 0 20 20" aria-hidden="true">
            { shape }
            <path d={sign} fill="none" stroke={ink} stroke-width="2" stroke-linecap="round" stroke-linejoin="round" />
        </svg>
    }
}

/// A verdict's outcome as a word in its shape.
pub fn outcome_pill(lang: Lang, outcome: Outcome) -> Html {
    let shape = Mark::from(outcome);
    html! { <span class={classes(["pill", shape.tone()])}>{ mark(shape, 14) }{ lang.t(outcome_word(outcome)) }</span> }
}
