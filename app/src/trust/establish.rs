//! Trust established anew, by a person who has compared a block with a second source, or by a checkpoint that members signed.

use crate::draw::prelude::*;
use crate::i18n::{reason, words};
use crate::shell::use_page;
use crate::widget::{self, file_pick};
use std::cell::RefCell;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{File, HtmlInputElement};
use worker::{FromVerifier, ToVerifier};

/// Bytes of a checkpoint file that are looked at: one more than it may have.
const MOST: i32 = 8 * 1024 + 1;

/// The form.
#[derive(PartialEq)]
pub struct Establish {
    /// Height of the checkpoint that the page brings.
    pub height: u64,
    /// Its hash.
    pub hash: String,
}

part!(Establish, use_establish);

#[hook]
fn use_establish(props: &Establish) -> Html {
    let page = use_page();
    let lang = page.lang;
    let (height, hash) = (use_node_ref(), use_node_ref());
    let failed = use_state(String::new);
    let ticket = use_kept(|| RefCell::new(None));
    let fill = {
        let fields = [
            (height.clone(), props.height.to_string()),
            (hash.clone(), props.hash.clone()),
        ];
        Callback::from(move |_| {
            for (field, value) in &fields {
                if let Some(field) = field.cast::<HtmlInputElement>() {
                    field.set_value(value);
                }
            }
        })
    };
    let hear = {
        let failed = failed.setter();
        Callback::from(move |message| {
            failed.set(match message {
                FromVerifier::Failed {
                    reason: code,
                    facts,
                    ..
                } => reason(lang, &code, &facts).0,
                _ => String::new(),
            });
        })
    };
    let signed = {
        let (engine, hear, ticket) = (page.engine.clone(), hear.clone(), ticket.clone());
        Callback::from(move |file: File| {
            let (engine, hear, ticket) = (engine.clone(), hear.clone(), ticket.clone());
            // Of a file that is too long, enough for the verifier to see that it is.
            let Ok(part) = file.slice_with_i32_and_i32(0, MOST) else {
                return;
            };
            spawn_local(async move {
                let text = JsFuture::from(part.text()).await.ok();
                let file = text.and_then(|text| text.as_string()).unwrap_or_default();
                let asked = engine.ask(|id| ToVerifier::Vouch { id, file }, hear);
                *ticket.borrow_mut() = Some(asked);
            });
        })
    };
    let establish = {
        let engine = page.engine.clone();
        let (height, hash) = (height.clone(), hash.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let text = |field: &NodeRef| {
                let field = field.cast::<HtmlInputElement>();
                field.map_or_else(String::new, |field| field.value().trim().to_owned())
            };
            let (height, hash) = (text(&height).parse().unwrap_or(0), text(&hash));
            let asked = engine.ask(
                |id| ToVerifier::Establish { id, height, hash },
                hear.clone(),
            );
            *ticket.borrow_mut() = Some(asked);
        })
    };
    let form = html! {
        <form class="stack" onsubmit={establish}>
            <div class="row">{ file_pick(".json", None, "vouch", &signed, html! { { lang.t(words::CHECKPOINT_OPEN) } }) }</div>
            <p class="small">{ lang.t(words::ESTABLISH_SAY) }</p>
            <label class="field"><span>{ lang.t(words::HEIGHT) }</span><input ref={height} class="input" inputmode="numeric" required=true data-testid="establish-height" /></label>
            <label class="field"><span>{ lang.t(words::ESTABLISH_HASH) }</span><input ref={hash} class="input mono" required=true maxlength="64" autocomplete="off" data-testid="establish-hash" /></label>
            <button type="button" class="link" onclick={fill} data-testid="establish-built-in">{ lang.t(words::ESTABLISH_BUILT_IN) }</button>
            <label class="choice"><input type="checkbox" required=true data-testid="establish-compared" />{ lang.t(words::ESTABLISH_COMPARED) }</label>
            if !failed.is_empty() { <p class="note bad" role="status" data-testid="establish-failed">{ &*failed }</p> }
            <button class="btn primary" data-testid="establish">{ lang.t(words::ESTABLISH_DO) }</button>
        </form>
    };
    widget::fold(lang.t(words::ESTABLISH), "establish-fold", false, form)
}
