//! Identities: made, kept as a file before first use, brought back, removed.

pub mod change;
mod file;
mod new;
mod recover;

use crate::draw::prelude::*;
use crate::engine::Link;
use crate::i18n::{Lang, Text, short, words};
use crate::shell::{Page, use_page};
use crate::vote::rooms;
use crate::widget;
pub use change::watch;
use file::KeepFile;
use new::{Import, New};
pub use new::{answer, answered};
use recover::Recover;
use worker::{Held, Identity, RecordRef, Role, ToKeys};

/// The page.
#[derive(PartialEq)]
pub struct Keys {
    /// A new key for which somebody asks this one to vouch, from a link.
    pub asked: Option<String>,
}

part!(Keys, use_keys);

#[hook]
fn use_keys(props: &Keys) -> Html {
    let page = use_page();
    let lang = page.lang;
    let list = &page.known.identities;
    let link = props.asked.clone();
    let recover = keyed(
        link.as_deref().unwrap_or_default(),
        Recover { link: link.clone() },
    );
    let content = html! {
        <>
            { widget::keys_notice(&page) }
            if props.asked.is_some() { { recover.clone() } }
            <p class="small">{ lang.t(words::KEYS_SAY) }</p>
            if list.iter().any(|identity| identity.exported && !identity.stored) { <p class="note warn" role="status" data-testid="not-stored">{ lang.t(words::KEYS_NOT_STORED) }</p> }
            if list.is_empty() && page.known.keys == Some(Link::Ready) { <p class="note" data-testid="no-identities">{ lang.t(words::KEYS_NONE) }</p> }
            { for list.iter().map(|identity| keyed(&identity.key, Card { identity: identity.clone() })) }
            { part(Import) }
            { part(New) }
            if props.asked.is_none() { { recover } }
        </>
    };
    widget::frame(false, content)
}

/// What an identity is for, in words.
pub fn role_name(role: Role) -> Text {
    match role {
        Role::Patient => words::ROLE_PATIENT,
        Role::Owner => words::ROLE_OWNER,
        Role::Member => words::ROLE_MEMBER,
    }
}

#[derive(PartialEq)]
struct Card {
    identity: Identity,
}

part!(Card, use_card);

#[hook]
fn use_card(props: &Card) -> Html {
    let page = use_page();
    let lang = page.lang;
    let identity = &props.identity;
    let own = match identity.role {
        Role::Patient => documents(identity),
        Role::Owner => rooms(identity.records.iter().map(|held| &*held.seat)),
        Role::Member => Vec::new(),
    };
    let (class, word) = match (identity.exported, identity.stored) {
        (false, _) => ("pill warn", words::KEYS_UNSAVED),
        (true, false) => ("pill warn", words::KEYS_VISIT_ONLY),
        (true, true) => ("pill ok", words::KEYS_READY),
    };
    html! {
        <section class="card stack" data-testid="identity-card" data-key={identity.key.clone()} data-exported={identity.exported.to_string()} data-stored={identity.stored.to_string()}>
            <div class="row"><span class="avatar" aria-hidden="true">{ identity.name.chars().next() }</span>
                <div class="grow"><b>{ &identity.name }</b><div class="caption">{ lang.t(role_name(identity.role)) }</div></div><span {class}>{ lang.t(word) }</span></div>
            <p class="mono caption">{ short(&identity.key) }</p>
            { watch(&identity.key, own) }
            { widget::pending(&page, identity) }
            { part(KeepFile { identity: identity.clone() }) }
            { forget(lang, &page, identity) }
        </section>
    }
}

/// A patient's own.
fn documents(identity: &Identity) -> Vec<RecordRef> {
    let held = identity.records.iter();
    let held = held.filter(|held| held.kind == "document");
    let name = |held: &Held| RecordRef {
        kind: held.kind.clone(),
        id: held.id.clone(),
    };
    held.map(name).collect()
}

/// Removal, behind a fold so that it takes two steps.
fn forget(lang: Lang, page: &Page, identity: &Identity) -> Html {
    let (engine, key) = (page.engine.clone(), identity.key.clone());
    let press = Callback::from(move |_| {
        let key = key.clone();
        engine.keys().send(ToKeys::Forget { id: 0, key });
    });
    html! {
        <details data-testid="forget-fold"><summary>{ lang.t(words::KEYS_FORGET) }</summary>
            <button type="button" class="btn slim danger" onclick={press} data-testid="forget">{ lang.t(words::KEYS_FORGET_SURE) }</button></details>
    }
}
