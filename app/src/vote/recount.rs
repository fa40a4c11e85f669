//! The recount: every ballot, or a random sample, counted again on this device.

use super::ballots::Ballots;
use crate::draw::prelude::*;
use crate::engine::{Question, use_inquiry};
use crate::i18n::{headline, reason, thousands, words};
use crate::shell::use_page;
use crate::widget::{self, outcome_pill};

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
                        { widget::up_to(lang, verdict) }<p class="caption">{ widget::took(lang, verdict) }</p>
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
