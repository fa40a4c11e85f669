//! The top of every answer: the ring, one sentence, and who vouches for it.

use super::{
    anchor::signers,
    checks::live,
    mark::{Mark, outcome_code},
    ring::{label, ring, settled},
};
use crate::draw::prelude::*;
use crate::engine::Inquiry;
use crate::i18n::{Lang, checkpoint, event, headline, percent, step, words};
use crate::shell::use_page;
use std::rc::Rc;
use verifier::verdict::{Anchor, CheckId, Outcome, Signer, Verdict};

/// The top of an answer, or of the wait for it.
#[derive(PartialEq)]
pub struct VerdictHead {
    /// What was heard so far.
    pub inquiry: Rc<Inquiry>,
}

part!(VerdictHead, use_verdict_head);

/// Draws it. Pressing the ring names the members.
#[hook]
fn use_verdict_head(props: &VerdictHead) -> Html {
    let page = use_page();
    let lang = page.lang;
    let open = use_state(|| false);
    let inquiry = &props.inquiry;
    let (list, total) = power(inquiry);
    let toggle = {
        let open = open.clone();
        Callback::from(move |_| open.set(!*open))
    };
    let shape = shape(inquiry);
    let chain = page.known.chain.as_deref();
    let halted = chain.is_some_and(|chain| Some(&chain.reason) == code(inquiry).as_ref());
    html! {
        <section class="verdict" data-testid="verdict" data-outcome={outcome(inquiry)} data-headline={code(inquiry)}>
            <button type="button" onclick={toggle} aria-expanded={open.to_string()} aria-label={(!list.is_empty()).then(|| label(lang, list, total, settled(shape)))} disabled={list.is_empty()} data-testid="ring" style="border-radius:50%">
                { ring(list, total, shape, count(lang, inquiry)) }
            </button>
            <div role="status" aria-live={live(inquiry.waiting.as_ref())}>
                if let Some(happened) = &inquiry.changed { <p class="pill warn" data-testid="changed" data-event={happened.clone()}>{ changed(lang, happened) }</p> }
                <h2>{ sentence(lang, inquiry) }</h2>
                { vouch(lang, inquiry.verdict.as_deref()) }
                // Why nothing of this chain is verified, and what can be done about it, stands there.
                if halted { <a class="link" href="#/trust" data-testid="why-halted">{ lang.t(words::TRUST) }</a> }
            </div>
            if *open && !list.is_empty() { <div class="card" style="width:100%;text-align:left">{ signers(lang, list, total) }</div> }
        </section>
    }
}

fn changed(lang: Lang, happened: &str) -> String {
    match happened {
        "" => lang.t(words::CHANGED_ANYHOW).to_owned(),
        happened => lang.fill(words::CHANGED, &[("event", &event(lang, happened))]),
    }
}

fn power(inquiry: &Inquiry) -> (&[Signer], u64) {
    match inquiry
        .verdict
        .as_ref()
        .and_then(|verdict| verdict.anchor.as_ref())
    {
        Some(anchor) => (&anchor.signers, anchor.total_power),
        None => (&inquiry.signers, inquiry.total_power),
    }
}

fn shape(inquiry: &Inquiry) -> Option<Mark> {
    let verdict = inquiry
        .verdict
        .as_ref()
        .map(|verdict| Mark::from(verdict.outcome));
    verdict.or_else(|| inquiry.failed.as_ref().map(|_| Mark::Dash))
}

fn outcome(inquiry: &Inquiry) -> Option<&'static str> {
    let outcome = match &inquiry.verdict {
        Some(verdict) => verdict.outcome,
        None => inquiry.failed.as_ref().map(|_| Outcome::NotEstablished)?,
    };
    Some(outcome_code(outcome))
}

fn code(inquiry: &Inquiry) -> Option<String> {
    let verdict = inquiry
        .verdict
        .as_ref()
        .map(|verdict| verdict.headline.clone());
    verdict.or_else(|| inquiry.failed.as_ref().map(|(code, _)| code.clone()))
}

fn sentence(lang: Lang, inquiry: &Inquiry) -> String {
    match (&inquiry.verdict, &inquiry.failed, &inquiry.waiting) {
        (Some(verdict), _, _) => headline(lang, &verdict.headline, &verdict.facts),
        (None, Some((code, facts)), _) => headline(lang, code, facts),
        (None, None, Some((code, facts))) => step(lang, code, facts),
        (None, None, None) => lang.t(words::CHECKING).to_owned(),
    }
}

/// How many questions were answered so far, of all that a verdict answers.
fn count(lang: Lang, inquiry: &Inquiry) -> Html {
    let all = CheckId::OutsideProof as usize + 1;
    let mut answered: Vec<CheckId> = inquiry.checks.iter().map(|check| check.id).collect();
    answered.sort_unstable();
    answered.dedup();
    html! { <span class="count"><b>{ format!("{}/{all}", answered.len()) }</b><span class="caption">{ lang.t(words::STEPS_DONE) }</span></span> }
}

fn vouch(lang: Lang, verdict: Option<&Verdict>) -> Html {
    let Some(anchor) = verdict.and_then(|verdict| verdict.anchor.as_ref()) else {
        return Html::default();
    };
    let share = percent(anchor.signed_power, anchor.total_power);
    let by = match anchor.signed_power {
        0 => checkpoint(lang),
        _ => lang.fill(
            words::VOUCH,
            &[("names", &names(lang, anchor)), ("percent", &share)],
        ),
    };
    html! { <p class="small" style="margin-top:6px">{ by }</p> }
}

fn names(lang: Lang, anchor: &Anchor) -> String {
    let signed = anchor.signers.iter().filter(|signer| signer.signed > 0);
    let names: Vec<String> = signed
        .map(|signer| lang.pick(&signer.name, &signer.name_en).to_owned())
        .collect();
    lang.list(&names)
}
