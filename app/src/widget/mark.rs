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

const OCTAGON: &str = "M6.1 1h7.8L19 6.1v7.8L13.9 19H6.1L1 13.9V6.1z";

/// Draws a mark; its word stands beside it, so it is hidden from screen readers.
pub fn mark(mark: Mark, size: u32) -> Html {
    let (ink, ground) = (
        ["var(--", mark.tone(), ")"].concat(),
        ["var(--", mark.tone(), "-bg)"].concat(),
    );
    let size = size.to_string();
    let (shape, sign) = match mark {
        Mark::Tick => (
            html! { <circle cx="10" cy="10" r="9.5" fill={ground} /> },
            "M5.7 10.3l3 3 5.7-6.5",
        ),
        Mark::Cross => (
            html! { <path d={OCTAGON} fill={ground} /> },
            "M6.8 6.8l6.4 6.4M13.2 6.8l-6.4 6.4",
        ),
        Mark::Bar => (
            html! { <rect x="1" y="1" width="18" height="18" rx="3" fill={ground} /> },
            "M5.5 10h9",
        ),
        Mark::Dash => (
            html! { <circle cx="10" cy="10" r="8.8" fill={ground} stroke={ink.clone()} stroke-width="1.2" stroke-dasharray="2.6 2.3" /> },
            "M6.5 10h7",
        ),
        Mark::Absent => (
            html! { <path d={OCTAGON} fill={ground} stroke={ink.clone()} stroke-width="1.2" /> },
            "M7.5 7.7a2.6 2.6 0 115 .7c0 1.7-2.5 2-2.5 3.6M10 14.8v.01",
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
