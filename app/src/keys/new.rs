//! A new identity, or one from its file.

use super::role_name;
use crate::draw::{Setter, prelude::*};
use crate::i18n::{Lang, Text, reason, words};
use crate::shell::use_page;
use crate::widget::{self, file_pick};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{File, HtmlInputElement, HtmlTextAreaElement};
use worker::{FromKeys, Role, ToKeys};

const ROLES: [Role; 3] = [Role::Patient, Role::Owner, Role::Member];

/// Hears what became of a change of the identities.
pub fn answered(lang: Lang, said: Setter<Option<Result<(), String>>>) -> Callback<FromKeys> {
    Callback::from(move |message| {
        said.set(Some(match message {
            FromKeys::Failed {
                reason: code,
                facts,
                ..
            } => Err(reason(lang, &code, &facts).0),
            _ => Ok(()),
        }));
    })
}

/// Says what became of it.
pub fn answer(lang: Lang, said: &Option<Result<(), String>>, done: Text) -> Html {
    match said {
        None => Html::default(),
        Some(Ok(())) => html! { <p class="note" role="status">{ lang.t(done) }</p> },
        Some(Err(sentence)) => html! {
            <p class="note bad" role="status" data-testid="import-failed">{ sentence }</p>
        },
    }
}

/// Makes a key pair.
#[derive(PartialEq)]
pub struct New;

part!(New, use_new());

#[hook]
fn use_new() -> Html {
    let page = use_page();
    let lang = page.lang;
    let role = use_state(|| Role::Patient);
    let name = use_node_ref();
    let said = use_state(|| None::<Result<(), String>>);
    let create = {
        let (engine, role, field) = (page.engine.clone(), *role, name.clone());
        let said = said.setter();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(field) = field.cast::<HtmlInputElement>() else {
                return;
            };
            let name = field.value().trim().to_owned();
            if !name.is_empty() {
                let hear = answered(lang, said.clone());
                let ask = |id| ToKeys::Create { id, name, role };
                engine.keys().ask(ask, hear);
                field.set_value("");
            }
        })
    };
    let choices = ROLES.map(|one| {
        let role = role.clone();
        let checked = *role == one;
        let id = match one {
            Role::Patient => "role-patient",
            Role::Owner => "role-owner",
            Role::Member => "role-member",
        };
        html! {
            <label class="choice"><input type="radio" name="role" {checked} data-testid={id} onchange={Callback::from(move |_| role.set(one))} />{ lang.t(role_name(one)) }</label>
        }
    });
    let form = html! {
        <form class="stack" onsubmit={create}>
            <label class="field"><span>{ lang.t(words::KEYS_NAME) }</span><input ref={name} class="input" required=true maxlength="40" placeholder={lang.t(words::KEYS_NAME_EXAMPLE)} data-testid="identity-name" /></label>
            <fieldset class="stack"><legend class="small">{ lang.t(words::KEYS_ROLE) }</legend>{ for choices }</fieldset>
            <button class="btn primary" data-testid="create">{ lang.t(words::KEYS_CREATE) }</button>
            { answer(lang, &said, words::KEYS_CREATED) }
        </form>
    };
    widget::fold(lang.t(words::KEYS_NEW), "new-identity", false, form)
}

/// Takes an identity from its file.
#[derive(PartialEq)]
pub struct Import;

part!(Import, use_import());

#[hook]
fn use_import() -> Html {
    let page = use_page();
    let lang = page.lang;
    let area = use_node_ref();
    let said = use_state(|| None::<Result<(), String>>);
    let import = {
        let (engine, said) = (page.engine.clone(), said.setter());
        Callback::from(move |text: String| {
            let hear = answered(lang, said.clone());
            engine.keys().ask(|id| ToKeys::Import { id, text }, hear);
        })
    };
    let press = {
        let (area, import) = (area.clone(), import.clone());
        Callback::from(move |_| {
            if let Some(area) = area.cast::<HtmlTextAreaElement>() {
                import.emit(area.value());
                area.set_value("");
            }
        })
    };
    let chosen = Callback::from(move |file: File| {
        let import = import.clone();
        spawn_local(async move {
            if let Some(text) = JsFuture::from(file.text())
                .await
                .ok()
                .and_then(|text| text.as_string())
            {
                import.emit(text);
            }
        });
    });
    let form = html! {
        <div class="stack">
            <label class="field"><span>{ lang.t(words::KEYS_IMPORT_SAY) }</span><textarea ref={area} class="input" rows="3" autocomplete="off" autocapitalize="off" spellcheck="false" data-testid="import-text" /></label>
            { answer(lang, &said, words::KEYS_IMPORTED) }
            <div class="row">{ file_pick(".json,application/json,text/plain", None, "import-file", &chosen, html! { { lang.t(words::KEYS_FILE) } }) }
                <button type="button" class="btn primary" onclick={press} data-testid="import">{ lang.t(words::KEYS_IMPORT_DO) }</button></div>
        </div>
    };
    widget::fold(
        lang.t(words::KEYS_IMPORT),
        "import-identity",
        page.known.identities.is_empty(),
        form,
    )
}
