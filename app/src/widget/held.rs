//! What is drawn from a state, and how far the verdict on it stands behind it: a state under an old or disputed header is the past.

use super::mark::Mark;
use crate::draw::prelude::*;
use crate::engine::{Inquiry, Known};
use crate::i18n::{Lang, Text, headline, thousands, time, words};
use records::{canonical, shape::Shape};
use std::{cell::RefCell, rc::Rc};
use verifier::verdict::{CheckId, Outcome, Verdict};

/// A proven state.
pub fn proven<T: Shape>(verdict: &Verdict) -> Option<T> {
    canonical::decode(verdict.state.as_bytes()).ok()
}

/// The block time up to which a verdict speaks, Unix nanoseconds.
pub fn block_time(verdict: &Verdict) -> i64 {
    verdict
        .anchor
        .as_ref()
        .and_then(|anchor| anchor.time.parse().ok())
        .unwrap_or(i64::MAX)
}

/// The last verdict on a record: while it is being looked at again, what was proven before stays in sight.
#[hook]
pub fn use_last(known: &Known, inquiry: &Inquiry) -> Option<Rc<Verdict>> {
    let last = use_kept(|| RefCell::new(None));
    if inquiry.verdict.is_some() || inquiry.failed.is_some() {
        last.replace(inquiry.verdict.clone());
    }
    last.borrow().as_ref().map(|verdict| known.shown(verdict))
}

/// Whether what the proven state says may be shown as being so now.
pub fn holds(verdict: &Verdict) -> bool {
    matches!(verdict.outcome, Outcome::Verified | Outcome::OutOfForce)
}

/// Where the record is in its life: the code of the check that says so.
pub fn life(verdict: &Verdict) -> &str {
    let mut checks = verdict.checks.iter();
    let life = checks.find(|check| check.id == CheckId::LifeCycle);
    life.map_or("", |check| &check.reason)
}

/// How a record stands, by word and shape: `force` where it is verified, `out` where it provably is in force no more.
pub fn standing(verdict: &Verdict, force: (Text, Mark), out: (Text, Mark)) -> (Text, Mark) {
    match verdict.outcome {
        Outcome::Verified => force,
        Outcome::OutOfForce => out,
        outcome => (outcome_word(outcome), Mark::from(outcome)),
    }
}

/// An outcome in a word.
pub fn outcome_word(outcome: Outcome) -> Text {
    match outcome {
        Outcome::Verified => words::OUT_VERIFIED,
        Outcome::Rejected => words::STATUS_FAILED,
        Outcome::OutOfForce => words::STATUS_OUT,
        Outcome::NotEstablished => words::STATUS_OPEN,
        Outcome::Absent => words::OUT_ABSENT,
    }
}

/// Of when a state is that is not said to hold now; nothing where it holds.
pub fn as_of(lang: Lang, verdict: &Verdict) -> Html {
    if holds(verdict) {
        return Html::default();
    }
    stamp(lang, verdict, words::AS_OF, "as-of")
}

/// The same with the verdict's sentence, where none stands above.
pub fn doubt(lang: Lang, verdict: &Verdict) -> Html {
    if holds(verdict) {
        return Html::default();
    }
    html! { <div class="note" role="status" data-testid="doubt" data-headline={verdict.headline.clone()}>{ headline(lang, &verdict.headline, &verdict.facts) }{ as_of(lang, verdict) }</div> }
}

/// At which header something was counted or checked that is not looked at again.
pub fn up_to(lang: Lang, verdict: &Verdict) -> Html {
    stamp(lang, verdict, words::UP_TO, "up-to")
}

fn stamp(lang: Lang, verdict: &Verdict, word: Text, id: &'static str) -> Html {
    let Some(anchor) = &verdict.anchor else {
        return Html::default();
    };
    let facts = [
        ("time", &*time(&anchor.time)),
        ("height", &*thousands(anchor.height)),
    ];
    html! { <p class="caption" data-testid={id}>{ lang.fill(word, &facts) }</p> }
}
