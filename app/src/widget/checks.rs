//! The list of checks: each a fact with its number, the one being waited for as a sentence at the end.

use super::mark::{Mark, mark};
use crate::draw::prelude::*;
use crate::engine::Inquiry;
use crate::i18n::{Lang, reason, step, words};
use verifier::verdict::{Check, Status};
use worker::Facts;

/// The list.
pub fn checks(lang: Lang, inquiry: &Inquiry) -> Html {
    if inquiry.checks.is_empty() && inquiry.waiting.is_none() {
        return Html::default();
    }
    html! {
        <section class="card checks" aria-label={lang.t(words::CHECKS)}>
            <ul>{ for inquiry.checks.iter().map(|check| row(lang, check)) }</ul>
            { inquiry.waiting.as_ref().map_or_else(Html::default, |(code, facts)| waiting(lang, code, facts)) }
        </section>
    }
}

fn row(lang: Lang, check: &Check) -> Html {
    let (sentence, detail) = reason(lang, &check.reason, &check.facts);
    let (word, status) = match check.status {
        Status::Passed => (words::STATUS_PASSED, "passed"),
        Status::Failed => (words::STATUS_FAILED, "failed"),
        Status::OutOfForce => (words::STATUS_OUT, "out-of-force"),
        Status::NotEstablished => (words::STATUS_OPEN, "not-established"),
    };
    html! {
        <li class="check" data-testid="check" data-check={check.id.word()} data-status={status} data-reason={check.reason.clone()}>
            { mark(Mark::from(check.status), 22) }
            <div><span class="sr">{ lang.t(word) }{ ": " }</span>{ sentence }<small>{ detail }</small></div>
        </li>
    }
}

/// What is being waited for, with a bar where there is an amount.
pub fn waiting(lang: Lang, code: &str, facts: &Facts) -> Html {
    let number = |name| facts.get(name).and_then(|text| text.parse::<u64>().ok());
    let share = number("done")
        .zip(number("total"))
        .and_then(|(done, total)| (done.min(total) * 100).checked_div(total));
    html! {
        <div class="waiting" data-testid="waiting" data-step={code.to_owned()}>
            <span class="pulse"></span>
            <div style="flex:1">{ step(lang, code, facts) }
                if let Some(share) = share { <div class="progress"><i style={format!("width:{share}%")}></i></div> }
            </div>
        </div>
    }
}
