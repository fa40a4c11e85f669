//! Copying, sharing and keeping: with ways that work inside WeChat, where downloads do nothing.

use crate::draw::prelude::*;
use crate::i18n::words;
use crate::shell::{site, use_page};
use gloo::timers::callback::Timeout;
use js_sys::{Array, Function, Object, Reflect, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, HtmlTextAreaElement, Url};

/// Puts a text on the clipboard; `done` hears whether that worked.
fn to_clipboard(text: String, done: Callback<bool>) {
    spawn_local(async move { done.emit(modern(&text).await || old(&text)) });
}

async fn modern(text: &str) -> bool {
    let Some(window) = web_sys::window().filter(web_sys::Window::is_secure_context) else {
        return false;
    };
    JsFuture::from(window.navigator().clipboard().write_text(text))
        .await
        .is_ok()
}

/// The old way: a selected text area and the document's copy command.
fn old(text: &str) -> bool {
    let attempt = || {
        let document = web_sys::window()?.document()?;
        let area: HtmlTextAreaElement = document.create_element("textarea").ok()?.unchecked_into();
        area.set_value(text);
        let body = document.body()?;
        body.append_child(&area).ok()?;
        area.select();
        let command: Function = Reflect::get(&document, &"execCommand".into())
            .ok()?
            .dyn_into()
            .ok()?;
        let copied = command.call1(&document, &"copy".into()).ok()?.is_truthy();
        area.remove();
        Some(copied)
    };
    attempt().unwrap_or(false)
}

/// Offers a text as a file. Inside WeChat nothing would happen: there the text is copied instead, and `false` says so.
pub fn download(name: &str, text: &str) -> bool {
    if site::is_wechat() {
        to_clipboard(text.to_owned(), Callback::noop());
        return false;
    }
    save(name, text).is_some()
}

/// Offers bytes, given in base64, as a file; where that is not possible, the base64 is copied as [`download`] does with a text.
pub fn download_bytes(name: &str, base64: &str) -> bool {
    if site::is_wechat() {
        return download(name, base64);
    }
    let bytes = || {
        let text = web_sys::window()?.atob(base64).ok()?;
        // Each character is a byte.
        let bytes: Vec<u8> = text.chars().map(|byte| byte as u8).collect();
        let bytes = Array::of1(&Uint8Array::from(&bytes[..]));
        Blob::new_with_u8_array_sequence(&bytes).ok()
    };
    bytes().and_then(|blob| offer(name, &blob)).is_some()
}

fn save(name: &str, text: &str) -> Option<()> {
    let bag = BlobPropertyBag::new();
    bag.set_type("application/json");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &bag).ok()?;
    offer(name, &blob)
}

fn offer(name: &str, blob: &Blob) -> Option<()> {
    let address = Url::create_object_url_with_blob(blob).ok()?;
    let document = web_sys::window()?.document()?;
    let anchor: HtmlAnchorElement = document.create_element("a").ok()?.unchecked_into();
    anchor.set_href(&address);
    anchor.set_download(name);
    anchor.click();
    Timeout::new(10_000, move || drop(Url::revoke_object_url(&address))).forget();
    Some(())
}

#[derive(PartialEq)]
struct CopyButton {
    /// What is copied.
    text: String,
    /// Its label.
    label: String,
    /// Hook for tests.
    testid: &'static str,
}

/// A button that copies.
pub fn copy(text: String, label: &str, testid: &'static str) -> Html {
    part(CopyButton {
        text,
        label: label.to_owned(),
        testid,
    })
}

part!(CopyButton, use_copy_button);

/// Draws the button; it says itself whether the copy worked.
#[hook]
fn use_copy_button(props: &CopyButton) -> Html {
    let lang = use_page().lang;
    let state = use_state(|| None::<bool>);
    let press = {
        let (text, state) = (props.text.clone(), state.clone());
        Callback::from(move |_| {
            let state = state.clone();
            to_clipboard(
                text.clone(),
                Callback::from(move |worked| state.set(Some(worked))),
            );
        })
    };
    let label = match *state {
        None => &props.label,
        Some(true) => lang.t(words::COPIED),
        Some(false) => lang.t(words::COPY_FAILED),
    };
    html! {
        <button type="button" class="btn slim" onclick={press} data-testid={props.testid}>
            <span aria-live="polite">{ label }</span>
        </button>
    }
}

/// The share card.
#[derive(PartialEq)]
pub struct Share {
    /// `#/r/<kind>/<id>`.
    pub hash: String,
    /// Openings that may be shared along, when there are some.
    pub openings: Option<String>,
}

part!(Share, use_share);

/// A link to the record. Openings are left out unless the person asks for them.
#[hook]
fn use_share(props: &Share) -> Html {
    let lang = use_page().lang;
    let with = use_state(|| false);
    let toggle = {
        let with = with.clone();
        Callback::from(move |_: Event| with.set(!*with))
    };
    let openings = props.openings.as_ref().filter(|_| *with);
    let (slash, openings) = openings.map_or(("", ""), |text| ("/", text));
    let link = [&place(), &*props.hash, slash, openings].concat();
    let say = if *with {
        words::LINK_OPEN
    } else {
        words::LINK_PLAIN
    };
    let native = native(&link);
    html! {
        <div class="stack" data-testid="share">
            <p class="small">{ lang.t(words::SHARE_SAY) }</p>
            if props.openings.is_some() {
                <label class="choice"><input type="checkbox" checked={*with} onchange={toggle} data-testid="share-openings" />{ lang.t(words::LINK_WITH) }</label>
            }
            <p class="caption">{ lang.t(say) }</p>
            <p class="mono" data-testid="share-link">{ &link }</p>
            <div class="row wrap">
                { copy(link, lang.t(words::LINK_COPY), "copy-link") }
                if let Some(native) = native { <button type="button" class="btn slim" onclick={native}>{ lang.t(words::SHARE) }</button> }
            </div>
        </div>
    }
}

/// This page's own address, without what follows `#`.
pub fn place() -> String {
    let href = web_sys::window()
        .and_then(|window| window.location().href().ok())
        .unwrap_or_default();
    href.split('#').next().unwrap_or_default().to_owned()
}

/// The system's own share sheet, where there is one.
fn native(link: &str) -> Option<Callback<MouseEvent>> {
    let navigator = web_sys::window()?.navigator();
    let share: Function = Reflect::get(&navigator, &"share".into())
        .ok()?
        .dyn_into()
        .ok()?;
    let link = link.to_owned();
    Some(Callback::from(move |_| {
        let data = Object::new();
        let _ = Reflect::set(&data, &"url".into(), &link.as_str().into());
        // A share that the person closes is no error.
        let _ = share.call1(&navigator, &data);
    }))
}
