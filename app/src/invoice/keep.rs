//! Keeping a verdict's proof as a file.

use super::{certificate::Certificate, summary};
use crate::draw::prelude::*;
use crate::engine::{Question, Ticket};
use crate::i18n::{reason, words};
use crate::shell::Page;
use crate::widget;
use std::{cell::RefCell, rc::Rc};
use verifier::{
    portable,
    verdict::{Anchor, Verdict},
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
    Being,
    Copied,
    Saved { hash: String, anchor: Rc<Anchor> },
    Failed(String),
}

/// Proves once more and keeps what was proven; a proof file is renewed. Inside WeChat it is copied, and the page says so.
#[hook]
pub fn use_keep(page: &Page, verdict: Option<Rc<Verdict>>, question: &Question) -> Keep {
    let lang = page.lang;
    let made = use_state(|| Made::No);
    let ticket = use_kept(|| RefCell::new(None::<Ticket>));
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
    let press = {
        let (engine, made) = (page.engine.clone(), made.setter());
        Callback::from(move |_: MouseEvent| {
            made.set(Made::Being);
            let (name, made) = (name.clone(), made.clone());
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
            *ticket.borrow_mut() = Some(engine.ask(|id| ToVerifier::Prove { id, text }, hear));
        })
    };
    let button = html! {
        <button type="button" class="btn" onclick={press} disabled={*made == Made::Being} data-testid="save-proof">{ lang.t(word) }</button>
    };
    let card = match &*made {
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
