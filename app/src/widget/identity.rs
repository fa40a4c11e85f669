//! Which identity acts.

use crate::draw::prelude::*;
use crate::engine::Link;
use crate::i18n::{time, words};
use crate::shell::{Page, use_page};
use worker::{Identity, Role};

/// The identities of one role.
pub fn mine(page: &Page, role: Role) -> Vec<&Identity> {
    page.known
        .identities
        .iter()
        .filter(|identity| identity.role == role)
        .collect()
}

/// Until when events that it signed may still be written, as far as the newest header tells.
pub fn pending(page: &Page, identity: &Identity) -> Html {
    let anchor = page
        .known
        .chain
        .as_ref()
        .and_then(|chain| chain.anchor.as_ref());
    let now: i64 = anchor
        .and_then(|anchor| anchor.time.parse().ok())
        .unwrap_or(0);
    let until = &identity.pending;
    if until.parse::<i64>().is_ok_and(|until| until >= now) {
        let say = page.lang.fill(words::SIGN_SENT, &[("until", &time(until))]);
        html! { <p class="note" data-testid="pending" data-until={until.clone()}>{ say }</p> }
    } else {
        Html::default()
    }
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
    if list.is_empty() && page.known.keys != Some(Link::Ready) {
        return super::keys_notice(&page);
    }
    if list.is_empty() {
        return html! {
            <div class="note stack" data-testid="no-identity"><div>{ lang.t(words::KEYS_NEED) }</div><a class="btn slim" href="#/keys">{ lang.t(words::KEYS) }</a>
                if page.dev.is_some() { <a class="btn slim" href="#/try">{ lang.t(words::TRY_IDENTITIES) }</a> }</div>
        };
    }
    let choose = props.choose.clone();
    let change = Callback::from(move |event: Event| {
        if let Some(key) = super::entered(&event) {
            choose.emit(key);
        }
    });
    let chosen = list.iter().find(|identity| identity.key == props.chosen);
    let unsaved = chosen.is_some_and(|identity| !identity.exported);
    html! {
        <div class="stack">
            <label class="field"><span>{ lang.t(words::KEYS_CHOOSE) }</span>
                <select class="input" data-testid="identity" onchange={change}>
                    { for list.iter().map(|identity| html! { <option value={identity.key.clone()} selected={*identity.key == *props.chosen}>{ &identity.name }</option> }) }
                </select>
            </label>
            if unsaved { <a class="note warn" href="#/keys" data-testid="export-first">{ lang.t(words::KEYS_EXPORT_FIRST) }</a> }
            { for chosen.map(|identity| pending(&page, identity)) }
        </div>
    }
}
