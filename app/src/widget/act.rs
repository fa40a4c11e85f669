//! Signing and sending, step by step until it is proven to be written.

use super::{
    checks::waiting,
    mark::{Mark, mark},
};
use crate::draw::Setter;
use crate::draw::prelude::*;
use crate::engine::{Engine, Ticket};
use crate::i18n::{Lang, reason, thousands, time, words};
use std::{cell::RefCell, rc::Rc};
use worker::{Action, FromVerifier, ToVerifier, verify::Facts};

/// How far it got.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Doing {
    /// Nothing asked yet.
    #[default]
    Idle,
    /// Being prepared, with what is waited for.
    Waiting(String, Facts),
    /// Handed over; it may still be written until then.
    Sent(String),
    /// Written at this height.
    Written(u64),
    /// Written, and this is what may now be read.
    Content(String),
    /// Not written.
    Failed(String, Facts),
}

impl Doing {
    /// Whether something is under way: nothing else may be signed meanwhile.
    pub fn busy(&self) -> bool {
        matches!(self, Self::Waiting(..) | Self::Sent(_))
    }
}

/// Signs and sends with the identity of a key; the second part starts it.
#[hook]
pub fn use_act(engine: &Engine) -> (Doing, Callback<(String, Action)>) {
    let doing = use_state(Doing::default);
    let ticket = use_kept(|| RefCell::new(None::<Ticket>));
    let start = {
        let (engine, set) = (engine.clone(), doing.setter());
        Callback::from(move |(key, action): (String, Action)| {
            begin(&engine, &ticket, set.clone(), key, action)
        })
    };
    ((*doing).clone(), start)
}

fn begin(
    engine: &Engine,
    ticket: &Rc<RefCell<Option<Ticket>>>,
    set: Setter<Doing>,
    key: String,
    action: Action,
) {
    set.set(Doing::Waiting("signing".into(), Facts::new()));
    let hear = Callback::from(move |message| match message {
        FromVerifier::Waiting { step, facts, .. } => set.set(Doing::Waiting(step, facts)),
        FromVerifier::Sent { until, .. } => set.set(Doing::Sent(until)),
        FromVerifier::Written { height, .. } => set.set(Doing::Written(height)),
        FromVerifier::Content { text, .. } => set.set(Doing::Content(text)),
        FromVerifier::Failed { reason, facts, .. } => set.set(Doing::Failed(reason, facts)),
        _ => {}
    });
    *ticket.borrow_mut() = Some(engine.ask(|id| ToVerifier::Act { id, key, action }, hear));
}

/// Says how far it got.
pub fn act_view(lang: Lang, doing: &Doing) -> Html {
    let row = |shape, class: &'static str, text: String, detail: String| {
        html! {
            <div class="card check" role="status" data-testid="act" data-state={class}>{ mark(shape, 22) }<div>{ text }<small>{ detail }</small></div></div>
        }
    };
    match doing {
        Doing::Idle => Html::default(),
        Doing::Waiting(code, facts) => {
            html! { <div class="card checks" role="status" data-testid="act" data-state="waiting">{ waiting(lang, code, facts) }</div> }
        }
        Doing::Sent(until) => row(
            Mark::Dash,
            "sent",
            lang.fill(words::SIGN_SENT, &[("until", &time(until))]),
            String::new(),
        ),
        Doing::Written(height) => row(
            Mark::Tick,
            "written",
            lang.fill(
                words::SIGN_WRITTEN,
                &[("height", &thousands((*height).into()))],
            ),
            String::new(),
        ),
        Doing::Content(text) => html! {
            <section class="card" data-testid="act" data-state="content"><h3>{ lang.t(words::MED_CONTENT) }</h3><pre data-testid="content">{ text }</pre></section>
        },
        Doing::Failed(code, facts) => {
            let (sentence, detail) = reason(lang, code, facts);
            row(Mark::Cross, "failed", sentence, detail)
        }
    }
}
