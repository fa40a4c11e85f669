//! Keeping an identity's file: shown, downloaded or copied, and then declared as kept.

use crate::draw::prelude::*;
use crate::i18n::{reason, words};
use crate::shell::use_page;
use crate::widget::{copy, download, use_focus};
use worker::{FromKeys, Identity, ToKeys};

/// Whose file.
#[derive(PartialEq)]
pub struct KeepFile {
    /// The identity.
    pub identity: Identity,
}

/// What came of asking for it.
#[derive(Clone, PartialEq)]
enum File {
    None,
    Here(String, String),
    Failed(String),
}

part!(KeepFile, use_keep_file);

/// The way to the file.
#[hook]
fn use_keep_file(props: &KeepFile) -> Html {
    let page = use_page();
    let lang = page.lang;
    let file = use_state(|| File::None);
    let place = use_node_ref();
    use_focus(&place, matches!(*file, File::Here(..)));
    let key = props.identity.key.clone();
    let show = {
        let (engine, file, key) = (page.engine.clone(), file.setter(), key.clone());
        Callback::from(move |_| {
            let (file, key) = (file.clone(), key.clone());
            let hear = Callback::from(move |message| match message {
                FromKeys::IdentityFile { name, text, .. } => file.set(File::Here(name, text)),
                FromKeys::Failed {
                    reason: code,
                    facts,
                    ..
                } => file.set(File::Failed(reason(lang, &code, &facts).0)),
                _ => {}
            });
            engine.keys().ask(|id| ToKeys::Export { id, key }, hear);
        })
    };
    let kept = {
        let (engine, file) = (page.engine.clone(), file.setter());
        Callback::from(move |_| {
            let key = key.clone();
            engine.keys().send(ToKeys::Exported { id: 0, key });
            file.set(File::None);
        })
    };
    let step = match &*file {
        File::None => html! {
            <button type="button" class={classes(["btn", "slim", when(!props.identity.exported, "primary")])} onclick={show} data-testid="export">{ lang.t(words::KEYS_EXPORT) }</button>
        },
        File::Failed(sentence) => html! { <p class="note bad" role="status">{ sentence }</p> },
        File::Here(name, text) => {
            let (offer, content) = (name.clone(), text.clone());
            let save = Callback::from(move |_| {
                download(&offer, &content);
            });
            html! {
                <div class="stack">
                    <p class="note warn">{ lang.t(words::KEYS_EXPORT_SAY) }</p>
                    <pre tabindex="0" data-testid="identity-file" data-name={name.clone()}>{ text }</pre>
                    <div class="row wrap"><button type="button" class="btn slim" onclick={save} data-testid="download">{ lang.t(words::KEYS_DOWNLOAD) }</button>{ copy(text.clone(), lang.t(words::COPY), "copy-identity") }</div>
                    <button type="button" class="btn primary" onclick={kept} data-testid="kept">{ lang.t(words::KEYS_KEPT) }</button>
                </div>
            }
        }
    };
    html! { <div ref={place} tabindex="-1" role="group" aria-label={lang.t(words::KEYS_EXPORT)}>{ step }</div> }
}
