//! Text by hand, by paste, or by a hand-held scanner that types and ends with Enter.

use crate::draw::prelude::*;
use crate::i18n::{Lang, words};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlTextAreaElement};

fn submit(area: &HtmlTextAreaElement, text: &Callback<String>) {
    let value = area.value().trim().to_owned();
    if !value.is_empty() {
        text.emit(value);
    }
}

/// The box and its button.
pub fn view(lang: Lang, text: &Callback<String>) -> Html {
    let enter = {
        let text = text.clone();
        Callback::from(move |event: KeyboardEvent| {
            let area = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok());
            if let Some(area) = area.filter(|_| event.key() == "Enter" && !event.is_composing()) {
                event.prevent_default();
                submit(&area, &text);
            }
        })
    };
    let press = {
        let text = text.clone();
        Callback::from(move |event: MouseEvent| {
            let button = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlElement>().ok());
            let card = button.and_then(|button| button.closest("section").ok().flatten());
            let area = card.and_then(|card| card.query_selector("textarea").ok().flatten());
            if let Some(area) = area.and_then(|area| area.dyn_into::<HtmlTextAreaElement>().ok()) {
                submit(&area, &text);
            }
        })
    };
    html! {
        <section class="card stack">
            <label class="field"><span>{ lang.t(words::SCAN_TYPE) }</span>
                <textarea class="input" rows="3" autocomplete="off" autocapitalize="off" spellcheck="false" placeholder={lang.t(words::SCAN_EXAMPLE)} onkeydown={enter} data-testid="scan-text" /></label>
            <p class="caption">{ lang.t(words::SCAN_TYPE_SAY) }</p>
            <div class="row"><button type="button" class="btn primary" onclick={press} data-testid="scan-check">{ lang.t(words::SCAN_GO) }</button></div>
        </section>
    }
}
