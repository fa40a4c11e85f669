//! Which identity acts.

use crate::draw::prelude::*;
use crate::i18n::words;
use crate::shell::{Page, use_page};
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use worker::{Identity, Role};

/// The identities of one role.
pub fn mine(page: &Page, role: Role) -> Vec<&Identity> {
    page.known
        .identities
        .iter()
        .filter(|identity| identity.role == role)
        .collect()
}

/// The choice of an identity.
#[derive(PartialEq)]
pub struct IdentityPick {
    /// For which role.
    pub role: Role,
    /// The one chosen, by key.
    pub chosen: String,
    /// Hears the choice.
    pub choose: Callback<String>,
}

part!(IdentityPick, use_identity_pick);

/// Draws the choice, or the way to an identity where there is none; an identity without a kept file leads to keeping it.
#[hook]
fn use_identity_pick(props: &IdentityPick) -> Html {
    let page = use_page();
    let lang = page.lang;
    let list = mine(&page, props.role);
    {
        let first = list.first().map(|identity| identity.key.clone());
        let missing = !list.iter().any(|identity| *identity.key == *props.chosen);
        let choose = props.choose.clone();
        use_effect_with((first, missing), move |(first, missing)| {
            if let (true, Some(first)) = (*missing, first) {
                choose.emit(first.clone());
            }
        });
    }
    if list.is_empty() {
        return html! {
            <div class="card stack" data-testid="no-identity"><div>{ lang.t(words::KEYS_NEED) }</div><a class="btn slim" href="#/keys">{ lang.t(words::KEYS) }</a></div>
        };
    }
    let choose = props.choose.clone();
    let change = Callback::from(move |event: Event| {
        if let Some(select) = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok())
        {
            choose.emit(select.value());
        }
    });
    let unsaved = list
        .iter()
        .any(|identity| *identity.key == *props.chosen && !identity.exported);
    html! {
        <div class="stack">
            <label class="field"><span>{ lang.t(words::KEYS_CHOOSE) }</span>
                <select class="input" data-testid="identity" onchange={change}>
                    { for list.iter().map(|identity| html! { <option value={identity.key.clone()} selected={*identity.key == *props.chosen}>{ &identity.name }</option> }) }
                </select>
            </label>
            if unsaved { <a class="note warn" href="#/keys" data-testid="export-first">{ lang.t(words::KEYS_EXPORT_FIRST) }</a> }
        </div>
    }
}
