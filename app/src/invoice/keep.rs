//! Keeping a verdict's proof as a file, with as much of what was opened as the visitor chooses to show.

use super::{certificate::Certificate, summary};
use crate::draw::prelude::*;
use crate::engine::{Question, Ticket};
use crate::i18n::{Lang, field, reason, words};
use crate::shell::Page;
use crate::widget;
use std::{cell::RefCell, rc::Rc};
use verifier::{
    portable,
    verdict::{Anchor, Backing, Check, Verdict},
};
use worker::{FromVerifier, ToVerifier};

/// The button that keeps a proof, and the card that says what became of it.
#[derive(Default)]
pub struct Keep {
    /// For the bar of actions.
    pub button: Html,
    /// For the page.
    pub card: Html,
}

/// How far it got.
#[derive(Clone, PartialEq)]
enum Made {
    No,
    /// What of the opened fields is to be shown is being chosen; all but these so far.
    Choosing(Vec<String>),
    Being,
    Copied,
    Saved {
        hash: String,
        anchor: Rc<Anchor>,
    },
    Failed(String),
}

/// Proves once more and keeps what was proven; a proof file is renewed. Inside WeChat it is copied, and the page says so.
#[hook]
pub fn use_keep(page: &Page, verdict: Option<Rc<Verdict>>, question: &Question) -> Keep {
    let lang = page.lang;
    let made = use_state(|| Made::No);
    let ticket = use_kept(|| RefCell::new(None::<Ticket>));
    let place = use_node_ref();
    let choosing = matches!(*made, Made::Choosing(_));
    widget::use_focus(&place, choosing);
    {
        // What was kept was another answer's.
        let made = made.setter();
        use_effect_with(verdict.clone(), move |_| made.set(Made::No));
    }
    let verdict = verdict.filter(|verdict| !verdict.id.is_empty());
    let (Some(verdict), Some(text)) = (verdict, question.text(&page.known)) else {
        return Keep::default();
    };
    let name = summary::file_name(&verdict);
    let word = match &*made {
        Made::Being => words::SAVE_MAKING,
        _ if portable::is_text(&text) => words::SAVE_RENEW,
        _ => words::SAVE_PROOF,
    };
    let offered = offered(lang, &verdict, &made);
    let press = {
        let (engine, made, asks) = (page.engine.clone(), made.clone(), !offered.is_empty());
        Callback::from(move |_: MouseEvent| {
            let without = match &*made {
                Made::Choosing(without) => without.clone(),
                _ if asks => return made.set(Made::Choosing(Vec::new())),
                _ => Vec::new(),
            };
            let made = made.setter();
            made.set(Made::Being);
            let name = name.clone();
            let hear = Callback::from(move |message| match message {
                FromVerifier::Proof {
                    file, hash, anchor, ..
                } => {
                    let anchor = Rc::from(anchor);
                    made.set(match widget::download_bytes(&name, &file) {
                        true => Made::Saved { hash, anchor },
                        false => Made::Copied,
                    });
                }
                FromVerifier::Failed {
                    reason: code,
                    facts,
                    ..
                } => made.set(Made::Failed(reason(lang, &code, &facts).0)),
                _ => {}
            });
            let text = text.clone();
            *ticket.borrow_mut() =
                Some(engine.ask(|id| ToVerifier::Prove { id, text, without }, hear));
        })
    };
    let button = html! {
        <button type="button" class={classes(["btn", when(choosing, "primary")])} onclick={press} disabled={*made == Made::Being} data-testid="save-proof">{ lang.t(word) }</button>
    };
    let card = match &*made {
        Made::Choosing(without) => {
            let (without, made) = (without.clone(), made.setter());
            let toggle = Callback::from(move |name: String| {
                made.set(Made::Choosing(widget::toggled(&without, name)));
            });
            let label = lang.t(words::SAVE_SHOWN);
            let boxes = widget::boxes(label, "shown-field", offered, &toggle);
            return choice(lang, place, boxes, button);
        }
        Made::Copied => {
            html! { <div class="toast" role="status">{ lang.t(words::WECHAT_SAVE) }</div> }
        }
        Made::Failed(sentence) => {
            html! { <p class="note bad" role="status" data-testid="proof-failed">{ sentence }</p> }
        }
        Made::Saved { hash, anchor } => part(Certificate {
            kind: verdict.kind.clone(),
            id: verdict.id.clone(),
            anchor: anchor.clone(),
            proof: hash.clone(),
        }),
        Made::No | Made::Being => Html::default(),
    };
    Keep { button, card }
}

/// The opened fields, each of which may be left out of the file: its name, what it is called, and whether it is shown so far.
fn offered(lang: Lang, verdict: &Verdict, made: &Made) -> Vec<(String, String, bool)> {
    let opened = |check: &Check| check.reason == "fields-opened";
    if !verdict.checks.iter().any(opened) {
        return Vec::new();
    }
    let stays = |name: &String| !matches!(made, Made::Choosing(without) if without.contains(name));
    let fields = verdict.fields.iter();
    let shown = fields.filter(|one| one.backing == Backing::Proven);
    shown
        .map(|one| (one.name.clone(), field(lang, &one.name), stays(&one.name)))
        .collect()
}

/// The card on which it is chosen; the button that saves stands there, and nowhere else.
fn choice(lang: Lang, place: NodeRef, boxes: Html, button: Html) -> Keep {
    let card = html! {
        <section ref={place} tabindex="-1" class="card stack shown" aria-label={lang.t(words::SAVE_SHOWN)} data-testid="choose-shown">
            { boxes }<p class="caption">{ lang.t(words::SAVE_SHOWN_SAY) }</p>{ button }
        </section>
    };
    Keep {
        button: Html::default(),
        card,
    }
}
