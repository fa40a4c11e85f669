//! The answer to what was scanned or linked: an invoice above all, and any other record as far as it can be drawn.

mod batch;
mod certificate;
mod keep;
mod life;
mod said;
pub mod summary;

pub use batch::Batch;

use crate::draw::prelude::*;
use crate::engine::{Inquiry, Question, use_inquiry};
use crate::i18n::{Lang, words};
use crate::shell::{Route, instead, replace, use_page};
use crate::widget::{self, Share, VerdictHead, copy};
use keep::use_keep;
use verifier::verdict::Verdict;
use worker::RecordRef;

/// The result of what was scanned.
#[derive(PartialEq)]
pub struct Scanned;

part!(Scanned, use_scanned());

#[hook]
fn use_scanned() -> Html {
    let page = use_page();
    let text = page.scanned.to_string();
    if text.is_empty() {
        // Opened anew: what was scanned lived in memory only.
        return part(Elsewhere { to: Route::Scan });
    }
    part(Answer {
        question: Question::Text(text),
    })
}

/// A record from a link.
#[derive(PartialEq)]
pub struct Linked {
    /// Which record.
    pub record: RecordRef,
    /// Openings that the link brought.
    pub openings: Option<String>,
}

part!(Linked, use_linked);

/// The result of a link.
#[hook]
fn use_linked(props: &Linked) -> Html {
    let record = props.record.clone();
    match &props.openings {
        _ if record.kind == "vote" => part(crate::vote::Vote {
            id: record.id,
            begun: None,
        }),
        Some(openings) => part(Answer {
            question: Question::Text(
                ["#/r/", &record.kind, "/", &record.id, "/", openings].concat(),
            ),
        }),
        None => part(Answer {
            question: Question::Record(record),
        }),
    }
}

#[derive(PartialEq)]
struct Elsewhere {
    to: Route,
}

part!(Elsewhere, use_elsewhere);

/// Goes somewhere else at once.
#[hook]
fn use_elsewhere(props: &Elsewhere) -> Html {
    use_effect_with(props.to.clone(), instead);
    Html::default()
}

#[derive(PartialEq)]
struct Answer {
    question: Question,
}

part!(Answer, use_answer);

#[hook]
fn use_answer(props: &Answer) -> Html {
    let page = use_page();
    let lang = page.lang;
    let again = use_state(|| 0u32);
    let inquiry = use_inquiry(&page.engine, Some(props.question.clone()), *again);
    use_effect_with(inquiry.verdict.clone(), |verdict| {
        if let Some(verdict) = verdict.as_ref().filter(|verdict| !verdict.id.is_empty()) {
            replace(&Route::Record(
                RecordRef {
                    kind: verdict.kind.clone(),
                    id: verdict.id.clone(),
                },
                None,
            ));
        }
    });
    let retry = {
        let again = again.clone();
        Callback::from(move |_: MouseEvent| again.set(*again + 1))
    };
    let done = inquiry.verdict.clone();
    let keep = use_keep(&page, done.clone(), &props.question);
    let content = html! {
        <>
            { widget::link_notice(&page) }
            <div class="desk">
                <div class="lead">
                    { part(VerdictHead { inquiry: inquiry.clone() }) }
                    { done.as_deref().map_or_else(Html::default, |verdict| paper(lang, verdict, &props.question)) }
                    { done.as_deref().map_or_else(Html::default, |verdict| said::card(lang, verdict)) }
                </div>
                <div class="rest">
                    { keep.card }
                    { widget::checks(lang, &inquiry) }
                    { done.as_deref().map_or_else(Html::default, |verdict| grounds(lang, verdict, &props.question)) }
                </div>
            </div>
            { actions(lang, &inquiry, keep.button, retry) }
        </>
    };
    widget::frame(true, content)
}

/// What it says, as the paper looks.
fn paper(lang: Lang, verdict: &Verdict, question: &Question) -> Html {
    let text = match question {
        Question::Text(text) if verdict.fields.is_empty() && verdict.id.is_empty() => Some(text),
        _ => None,
    };
    if let Some(text) = text {
        return html! {
            <section class="card" data-testid="unknown-text"><h3>{ lang.t(words::UNKNOWN_TEXT) }</h3><p class="mono">{ text }</p></section>
        };
    }
    let life = life::track_view(lang, verdict);
    if verdict.fields.is_empty() && life == Html::default() {
        return Html::default();
    }
    html! {
        <section class="card">
            { widget::fields(lang, &verdict.fields) }
            { widget::lines(lang, &verdict.fields) }
            { life }
        </section>
    }
}

/// Everything that the answer rests on.
fn grounds(lang: Lang, verdict: &Verdict, question: &Question) -> Html {
    html! {
        <>
            { widget::history(lang, &verdict.history) }
            { widget::grounds(lang, verdict) }
            if !verdict.id.is_empty() {
                { widget::fold(lang.t(words::SHARE), "share-fold", false, html! {
                    { part(Share { hash: ["#/r/", &verdict.kind, "/", &verdict.id].concat(), openings: openings(question) }) }
                }) }
            }
            <div class="row"><p class="caption grow">{ widget::took(lang, verdict) }</p>
                { copy(summary::text(lang, verdict), lang.t(words::SUMMARY), "copy-summary") }</div>
        </>
    }
}

/// The openings of a scanned or opened link.
fn openings(question: &Question) -> Option<String> {
    let Question::Text(text) = question else {
        return None;
    };
    let (_, link) = text.split_once("#/r/")?;
    link.split('/')
        .nth(2)
        .filter(|openings| !openings.is_empty())
        .map(str::to_owned)
}

fn actions(lang: Lang, inquiry: &Inquiry, keep: Html, retry: Callback<MouseEvent>) -> Html {
    html! {
        <div class="actions">
            if inquiry.verdict.as_ref().is_some_and(|verdict| verdict.anchor.is_some() && !verdict.id.is_empty()) { { keep } }
            else if inquiry.waiting.is_none() { <button type="button" class="btn" onclick={retry} data-testid="again">{ lang.t(words::AGAIN) }</button> }
            <a class="btn primary" href="#/scan" data-testid="scan-next">{ lang.t(words::SCAN_NEXT) }</a>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openings_come_from_the_scanned_link_alone() {
        let link = |text: &str| openings(&Question::Text(text.into()));
        assert_eq!(
            link("https://x.example/#/r/invoice/1/AQID"),
            Some("AQID".into())
        );
        assert_eq!(link("https://x.example/#/r/invoice/1"), None);
        assert_eq!(
            link("01,32,,25432000000031411143,655.00,20250311,,19E3"),
            None
        );
    }
}
