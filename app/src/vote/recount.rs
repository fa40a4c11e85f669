//! The recount: every ballot, or a random sample, counted again on this device.

use super::ballots::Ballots;
use crate::draw::prelude::*;
use crate::engine::{Question, use_inquiry};
use crate::i18n::{Lang, headline, reason, thousands, words};
use crate::shell::use_page;
use crate::widget::{self, outcome_pill};
use verifier::verdict::{CheckId, Verdict};

/// Ballots above which a sample is offered first.
const MANY: u64 = 2_000;
const SAMPLE: u32 = 200;

/// Which vote, and how many ballots stand.
#[derive(PartialEq)]
pub struct Recount {
    /// Vote record id.
    pub id: String,
    /// Ballots that stand.
    pub ballots: u64,
}

part!(Recount, use_recount);

/// The card.
#[hook]
fn use_recount(props: &Recount) -> Html {
    let page = use_page();
    let lang = page.lang;
    let run = use_state(|| None::<(u32, u32)>);
    let question = run.map(|(sample, _)| Question::Recount(props.id.clone(), sample));
    let inquiry = use_inquiry(&page.engine, question, run.map_or(0, |(_, again)| again));
    let start = |sample: u32| {
        let run = run.clone();
        Callback::from(move |_| run.set(Some((sample, run.map_or(1, |(_, again)| again + 1)))))
    };
    let stop = {
        let run = run.clone();
        Callback::from(move |_| run.set(None))
    };
    let many = props.ballots > MANY;
    let verdict = inquiry.verdict.clone();
    // A sample has not every ballot to list.
    let whole = matches!(*run, Some((0, _)));
    html! {
        <>
            <section class="card stack" data-testid="recount" data-outcome={verdict.as_ref().map(|verdict| widget::outcome_code(verdict.outcome))} data-headline={verdict.as_ref().map(|verdict| verdict.headline.clone())}>
                <div><h3>{ lang.t(words::VOTE_RECOUNT) }</h3><p class="small">{ lang.fill(words::VOTE_RECOUNT_SAY, &[("count", &thousands(props.ballots))]) }</p></div>
                <div aria-live={widget::live(inquiry.waiting.as_ref())}>
                    if let Some((code, facts)) = &inquiry.waiting { { widget::checks_waiting(lang, code, facts) } }
                    if let Some((code, facts)) = &inquiry.failed { <p class="note bad">{ reason(lang, code, facts).0 }</p> }
                    if let Some(verdict) = &verdict {
                        <div class="row"><b class="grow">{ headline(lang, &verdict.headline, &verdict.facts) }</b>{ outcome_pill(lang, verdict.outcome) }</div>
                        <p class="small">{ counted(lang, verdict) }</p>{ widget::up_to(lang, verdict) }<p class="caption">{ widget::took(lang, verdict) }</p>
                    }
                </div>
                <div class="row wrap">
                    if inquiry.waiting.is_some() { <button type="button" class="btn" onclick={stop} data-testid="recount-stop">{ lang.t(words::STOP) }</button> }
                    if many { <button type="button" class="btn" onclick={start(SAMPLE)} disabled={inquiry.waiting.is_some()} data-testid="recount-sample">{ lang.fill(words::VOTE_SAMPLE, &[("count", &SAMPLE.to_string())]) }</button> }
                    <button type="button" class="btn primary" onclick={start(0)} disabled={inquiry.waiting.is_some()} data-testid="recount-start">{ lang.t(words::VOTE_RECOUNT) }</button>
                </div>
            </section>
            if let Some(verdict) = verdict.filter(|verdict| whole && !verdict.history.is_empty()) { { part(Ballots { verdict }) } }
        </>
    }
}

/// Whether every ballot was counted, or some were drawn.
fn counted(lang: Lang, verdict: &Verdict) -> Option<String> {
    let mut checks = verdict.checks.iter();
    let check = checks.find(|check| check.id == CheckId::HistoryReplayed)?;
    Some(reason(lang, &check.reason, &check.facts).0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widget::sample;
    use verifier::verdict::{Check, Outcome, Status};
    use worker::Facts;

    /// *Attack: of ten thousand ballots two hundred are drawn, and the screen says that the vote was counted.*
    #[test]
    fn a_sample_is_not_called_a_count() {
        let amounts = [("entries", "10000"), ("sample", "200")];
        let amounts = amounts.map(|(name, amount)| (name.to_owned(), amount.to_owned()));
        let facts: Facts = amounts.into_iter().collect();
        let mut verdict = sample::verdict("vote", Outcome::Verified, "vote-passed");
        assert_eq!(counted(Lang::Zh, &verdict), None);
        verdict.checks.push(Check {
            id: CheckId::HistoryReplayed,
            status: Status::Passed,
            reason: "history-sampled".into(),
            facts,
        });
        let said = counted(Lang::Zh, &verdict).expect("said");
        assert!(said.contains("抽查了 200 / 10000 条"), "{said}");
        // What stands on top is true of both.
        let top = headline(Lang::Zh, &verdict.headline, &verdict.facts);
        assert!(!top.contains("计票"), "{top}");
    }
}
