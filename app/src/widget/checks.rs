//! The list of checks: each a fact with its number, the one being waited for as a sentence at the end.

use super::mark::{Mark, mark};
use crate::draw::prelude::*;
use crate::engine::Inquiry;
use crate::i18n::{Lang, Text, reason, step, words};
use verifier::verdict::{Check, Status, Verdict};
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
    let shape = if is_absence(check) {
        Mark::Absent
    } else {
        Mark::from(check.status)
    };
    html! {
        <li class="check" data-testid="check" data-check={check.id.word()} data-status={check.status.word()} data-reason={check.reason.clone()}>
            { mark(shape, 22) }
            <div><span class="sr">{ lang.t(status_word(check)) }{ ": " }</span>{ sentence }<small>{ detail }</small></div>
        </li>
    }
}

/// That there is no such record is a finding, and says nothing against what was shown.
fn is_absence(check: &Check) -> bool {
    check.reason == "record-absent"
}

/// How a check ended, in a word.
pub fn status_word(check: &Check) -> Text {
    match check.status {
        Status::Passed => words::STATUS_PASSED,
        Status::Failed if is_absence(check) => words::OUT_ABSENT,
        Status::Failed => words::STATUS_FAILED,
        Status::OutOfForce => words::STATUS_OUT,
        Status::NotEstablished => words::STATUS_OPEN,
    }
}

/// How long all of it took; nothing where there was nothing to do.
pub fn took(lang: Lang, verdict: &Verdict) -> Option<String> {
    let seconds = format!("{}.{:03}", verdict.millis / 1000, verdict.millis % 1000);
    (verdict.millis > 0).then(|| lang.fill(words::TOOK, &[("seconds", &seconds)]))
}

/// How a region that shows a wait speaks: not at each tick of a count.
pub fn live(waiting: Option<&(String, Facts)>) -> &'static str {
    match waiting {
        Some((_, facts)) if facts.contains_key("done") => "off",
        _ => "polite",
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
                if let Some(share) = share { <div class="progress" role="progressbar" aria-label={lang.t(words::CHECKING)} aria-valuenow={share.to_string()} aria-valuemin="0" aria-valuemax="100"><i style={format!("width:{share}%")}></i></div> }
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use verifier::verdict::CheckId;

    #[test]
    fn absence_is_not_called_a_difference() {
        let check = |reason: &str| Check {
            id: CheckId::InState,
            status: Status::Failed,
            reason: reason.into(),
            facts: Facts::new(),
        };
        assert_eq!(status_word(&check("record-absent")), words::OUT_ABSENT);
        assert_eq!(status_word(&check("fields-altered")), words::STATUS_FAILED);
    }

    #[test]
    fn a_count_is_not_read_out_tick_by_tick() {
        let wait = |facts: Facts| live(Some(&("counting".into(), facts)));
        let ticking = [("done".to_owned(), "3".to_owned())].into_iter().collect();
        assert_eq!(wait(ticking), "off");
        assert_eq!((wait(Facts::new()), live(None)), ("polite", "polite"));
    }
}
