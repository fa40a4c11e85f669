//! Signing and sending, step by step until it is proven to be written.

use super::{
    checks::waiting,
    clip::{copy, place},
    code::Code,
    focus::focus,
    mark::{Mark, mark},
};
use crate::draw::prelude::*;
use crate::engine::{Act, Doing, Engine};
use crate::i18n::{Lang, law, reason, thousands, time, words};
use std::cell::RefCell;
use worker::Action;

/// Signs and sends with the identity of `key`; the second part starts it, and `written` hears that it stands in the chain.
#[hook]
pub fn use_act(engine: &Engine, key: &str, written: Callback<()>) -> (Doing, Callback<Action>) {
    let doing = use_state(Doing::default);
    let act = use_kept(|| RefCell::new(None));
    let start = {
        let (engine, key, set) = (engine.clone(), key.to_owned(), doing.setter());
        Callback::from(move |action: Action| {
            let set = set.clone();
            let hear = Callback::from(move |doing| set.set(doing));
            *act.borrow_mut() = Some(Act::begin(&engine, key.clone(), action, hear));
        })
    };
    use_effect_with((*doing).clone(), move |doing| {
        if matches!(doing, Doing::Written(_)) {
            written.emit(());
        }
    });
    ((*doing).clone(), start)
}

/// Says how far it got. The place is there before anything is said, for a screen reader to listen to; and it takes the focus of the button that began it,
/// which is closed from then on, or goes away.
pub fn act_view(lang: Lang, doing: &Doing) -> Html {
    let doing = doing.clone();
    part(ActView { lang, doing })
}

#[derive(PartialEq)]
struct ActView {
    lang: Lang,
    doing: Doing,
}

part!(ActView, use_act_view);

#[hook]
fn use_act_view(props: &ActView) -> Html {
    let spot = use_node_ref();
    let begun = matches!(props.doing, Doing::Waiting(..));
    let here = spot.clone();
    use_effect_with(begun, move |begun| {
        if *begun {
            focus(here.cast());
        }
    });
    html! { <div ref={spot} class="act" tabindex="-1" role="status">{ said(props.lang, &props.doing) }</div> }
}

fn said(lang: Lang, doing: &Doing) -> Html {
    let row = |shape, class: &'static str, text: String, detail: String| {
        html! {
            <div class="card check" data-testid="act" data-state={class}>{ mark(shape, 22) }<div>{ text }<small>{ detail }</small></div></div>
        }
    };
    match doing {
        // What others have yet to sign is shown by who asked for it.
        Doing::Idle | Doing::Shared(_) => Html::default(),
        Doing::Waiting(code, facts) => {
            html! { <div class="card checks" data-testid="act" data-state="waiting">{ waiting(lang, code, facts) }</div> }
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
            lang.fill(words::SIGN_WRITTEN, &[("height", &thousands(*height))]),
            String::new(),
        ),
        Doing::Content(text) => html! {
            <section class="card" data-testid="act" data-state="content"><h3>{ lang.t(words::MED_CONTENT) }</h3><pre data-testid="content">{ text }</pre></section>
        },
        Doing::Failed(code, facts) => {
            let (sentence, detail) = reason(lang, code, facts);
            let basis = facts.get("law").map(|one| {
                let facts = [("law", &*law(lang, one))];
                html! { <p class="caption" data-testid="law">{ lang.fill(words::SIGN_LAW, &facts) }</p> }
            });
            html! { <div data-testid="refusal" data-reason={code.clone()}>{ row(Mark::Cross, "failed", sentence, detail) }{ basis }</div> }
        }
    }
}

/// What an event that several people sign is about, from what goes between them: the key that is named.
pub fn named(begun: &str) -> &str {
    begun.split('.').next().unwrap_or_default()
}

/// The end of a key, as its identity's own card shows it.
pub fn tail(key: &str) -> &str {
    let at = key.len().saturating_sub(KEY_SHOWN);
    key.get(at..).unwrap_or_default()
}

const KEY_SHOWN: usize = 4;

/// The way to who has not signed yet.
pub fn hand_on(lang: Lang, link: &str) -> Html {
    let link = [&place(), link].concat();
    html! {
        <div class="stack" data-testid="hand-on" data-link={link.clone()}>
            <p>{ lang.t(words::SIGN_SHARE) }</p>
            { part(Code { text: link.clone() }) }
            { copy(link, lang.t(words::LINK_COPY), "copy-link") }
        </div>
    }
}
