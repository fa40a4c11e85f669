//! One grant: who, what, why, until when, in force or not, how often read; and revoking it.

use super::{
    card::{Card, Subject, use_card},
    state::{Grant, block_time, field, proven, unproven, use_last},
};
use crate::draw::prelude::*;
use crate::i18n::{Lang, Text, member, small, time, ward, words};
use crate::shell::{Route, use_page};
use crate::widget::{Mark, act_view, mark};
use verifier::verdict::Verdict;
use worker::Action;

/// Which grant, for whom.
#[derive(PartialEq)]
pub struct GrantCard {
    /// Which.
    pub subject: Subject,
}

/// How a grant stands at a block time, by word and shape.
fn standing(grant: &Grant, at: i64) -> (Text, Mark) {
    match grant.status.as_str() {
        "revoked" => (words::MED_REVOKED, Mark::Bar),
        "superseded" => (words::MED_SUPERSEDED, Mark::Bar),
        _ if grant.until.parse::<i64>().is_ok_and(|until| until <= at) => {
            (words::MED_EXPIRED, Mark::Bar)
        }
        _ => (words::MED_ACTIVE, Mark::Tick),
    }
}

part!(GrantCard, use_grant_card);

/// The card.
#[hook]
fn use_grant_card(props: &GrantCard) -> Html {
    let lang = use_page().lang;
    let subject = &props.subject;
    let Card {
        record,
        inquiry,
        doing,
        act,
    } = use_card("grant", subject);
    let revoke = {
        let grant = subject.id.clone();
        Callback::from(move |_| {
            act.emit(Action::Revoke {
                grant: grant.clone(),
            })
        })
    };
    let last = use_last(&inquiry);
    let shown = last.and_then(|verdict| Some((proven::<Grant>(&verdict)?, verdict)));
    let Some((grant, verdict)) = shown else {
        return html! { <section class="card row" data-testid="grant">{ unproven(lang, &inquiry) }</section> };
    };
    let (word, shape) = standing(&grant, block_time(&verdict));
    html! {
        <section class="card stack" data-testid="grant" data-id={subject.id.clone()} data-to={grant.to.clone()} data-standing={if shape == Mark::Tick { "in-force".to_owned() } else { grant.status.clone() }}>
            { head(lang, &grant, word, shape) }
            { rows(lang, &verdict, &grant) }
            if shape == Mark::Tick {
                <details><summary class="btn slim danger" data-testid="revoke">{ lang.t(words::MED_REVOKE) }</summary>
                    <div class="stack" style="padding-top:8px"><p class="caption">{ lang.t(words::MED_REVOKE_SAY) }</p>
                    <button type="button" class="btn danger" onclick={revoke} disabled={doing.busy()} data-testid="revoke-sure">{ lang.t(words::SIGN_DO) }</button></div></details>
            }
            { act_view(lang, &doing) }
            <a class="link" href={Route::Record(record, None).hash()}>{ lang.t(words::CHECKS) }</a>
        </section>
    }
}

fn head(lang: Lang, grant: &Grant, word: Text, shape: Mark) -> Html {
    let name = member(lang, &grant.to);
    html! {
        <div class="row"><span class="avatar" aria-hidden="true">{ name.chars().next() }</span>
            <div class="grow"><b>{ &name }</b><div class="small">{ lang.fill(words::MED_MAY_SAY, &[("count", &grant.documents.len().to_string())]) }</div></div>
            <span class={classes(["pill", shape.tone()])}>{ mark(shape, 14) }{ lang.t(word) }</span></div>
    }
}

fn rows(lang: Lang, verdict: &Verdict, grant: &Grant) -> Html {
    let left = ward(lang, &grant.until).map(|left| lang.fill(words::MED_LEFT, &[("time", &left)]));
    html! {
        <dl class="fields">
            if let Some(why) = field(verdict, "purpose") { <dt>{ lang.t(words::MED_WHY) }</dt><dd>{ small(lang, why) }</dd> }
            if let Some(note) = field(verdict, "note") { <dt>{ lang.t(words::MED_NOTE_SHOWN) }</dt><dd>{ note }</dd> }
            <dt>{ lang.t(words::MED_UNTIL) }</dt><dd>{ time(&grant.until) }{ left }</dd>
            <dt>{ lang.t(words::MED_READS) }</dt><dd>{ lang.fill(words::MED_READS_N, &[("count", &grant.reads.to_string())]) }</dd>
        </dl>
    }
}
