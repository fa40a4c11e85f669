//! What reaches the page from outside its own controls: paste, drop, and a hand-held scanner that types while nothing has focus.

use crate::draw::prelude::*;
use gloo::events::{EventListener, EventListenerOptions};
use verifier::portable;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ClipboardEvent, DataTransfer, DragEvent, Element, Event, File, KeyboardEvent};

/// Keystrokes further apart than this are a person's.
const SCANNER_MILLIS: f64 = 80.0;
const SHORTEST: usize = 8;

/// Listens while the page is open.
#[hook]
pub fn use_input(picture: Callback<File>, text: Callback<String>) {
    use_effect_with((), move |()| {
        let document = web_sys::window().and_then(|window| window.document());
        let listeners = document.map(|document| {
            let (to_picture, to_text) = (picture.clone(), text.clone());
            let active = EventListenerOptions::enable_prevent_default();
            [
                EventListener::new_with_options(&document, "paste", active, move |event| {
                    paste(event, &to_picture, &to_text)
                }),
                EventListener::new_with_options(
                    &document,
                    "dragover",
                    active,
                    Event::prevent_default,
                ),
                EventListener::new_with_options(&document, "drop", active, {
                    let text = text.clone();
                    move |event| drop_in(event, &picture, &text)
                }),
                keys(&document, text),
            ]
        });
        move || drop(listeners)
    });
}

/// The clipboard's text, where the browser hands it over.
pub fn clipboard(done: Callback<Option<String>>) {
    let window = web_sys::window().filter(web_sys::Window::is_secure_context);
    let Some(window) = window else {
        return done.emit(None);
    };
    spawn_local(async move {
        let text = JsFuture::from(window.navigator().clipboard().read_text()).await;
        let text = text
            .ok()
            .and_then(|text| text.as_string())
            .map(|text| text.trim().to_owned());
        done.emit(text.filter(|text| !text.is_empty()));
    });
}

/// A file's bytes as base64, unless it is longer than a proof file may be.
pub fn as_text(file: File, done: Callback<Option<String>>) {
    spawn_local(async move {
        let text = async || {
            if file.size() > portable::MAX_FILE as f64 {
                return None;
            }
            let bytes = JsFuture::from(file.array_buffer()).await.ok()?;
            let bytes = js_sys::Uint8Array::new(&bytes).to_vec();
            let text: String = bytes.into_iter().map(char::from).collect();
            web_sys::window()?.btoa(&text).ok()
        };
        done.emit(text().await);
    });
}

fn in_a_field(event: &Event) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    target
        .is_some_and(|target| matches!(target.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}

fn paste(event: &Event, picture: &Callback<File>, text: &Callback<String>) {
    let data = event
        .dyn_ref::<ClipboardEvent>()
        .and_then(ClipboardEvent::clipboard_data);
    let Some(data) = data else { return };
    if take_file(&data, picture) {
        event.prevent_default();
    } else if !in_a_field(event) {
        take_text(&data, text);
    }
}

fn drop_in(event: &Event, picture: &Callback<File>, text: &Callback<String>) {
    event.prevent_default();
    let data = event
        .dyn_ref::<DragEvent>()
        .and_then(DragEvent::data_transfer);
    if let Some(data) = data.filter(|data| !take_file(data, picture)) {
        take_text(&data, text);
    }
}

fn take_file(data: &DataTransfer, picture: &Callback<File>) -> bool {
    let file = data.files().and_then(|files| files.item(0));
    let taken = file.is_some();
    if let Some(file) = file {
        picture.emit(file);
    }
    taken
}

fn take_text(data: &DataTransfer, text: &Callback<String>) {
    if let Some(found) = data
        .get_data("text")
        .ok()
        .filter(|found| !found.trim().is_empty())
    {
        text.emit(found);
    }
}

/// A hand-held scanner is a keyboard that types fast and ends with Enter.
fn keys(document: &web_sys::Document, text: Callback<String>) -> EventListener {
    let typed = std::cell::RefCell::new((0.0, String::new()));
    EventListener::new(document, "keydown", move |event| {
        let Some(key) = event
            .dyn_ref::<KeyboardEvent>()
            .filter(|_| !in_a_field(event))
        else {
            return;
        };
        let (last, buffer) = &mut *typed.borrow_mut();
        let now = js_sys::Date::now();
        if now - *last > SCANNER_MILLIS {
            buffer.clear();
        }
        *last = now;
        let name = key.key();
        if name == "Enter" && buffer.chars().count() >= SHORTEST {
            text.emit(std::mem::take(buffer));
        } else if name.chars().count() == 1 {
            buffer.push_str(&name);
        }
    })
}
