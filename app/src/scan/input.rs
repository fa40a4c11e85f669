//! What reaches the page from outside its own controls: paste, drop, and a hand-held scanner that types while nothing has focus.

use crate::draw::prelude::*;
use gloo::events::{EventListener, EventListenerOptions};
use js_sys::{Array, Function, Promise, Reflect};
use verifier::portable;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Clipboard, ClipboardEvent, DataTransfer, DragEvent, Element, Event, File, FilePropertyBag,
    KeyboardEvent,
};

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
                EventListener::new_with_options(&document, "dragover", active, |event| {
                    event.prevent_default();
                    over(true);
                }),
                EventListener::new(&document, "dragleave", |event| {
                    let event = event.dyn_ref::<DragEvent>();
                    // Nothing beneath: it has left the page.
                    if event.is_some_and(|event| event.related_target().is_none()) {
                        over(false);
                    }
                }),
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

/// What the browser hands over of the clipboard.
pub enum Pasted {
    /// A picture.
    Picture(File),
    /// A text that is not empty.
    Text(String),
    /// Neither, or it refuses.
    Nothing,
}

/// The clipboard's picture or text.
pub fn clipboard(done: Callback<Pasted>) {
    let window = web_sys::window().filter(web_sys::Window::is_secure_context);
    let Some(window) = window else {
        return done.emit(Pasted::Nothing);
    };
    spawn_local(async move {
        let clipboard = window.navigator().clipboard();
        if let Some(picture) = picture_in(&clipboard).await {
            return done.emit(Pasted::Picture(picture));
        }
        let text = JsFuture::from(clipboard.read_text()).await.ok();
        let text = text.and_then(|text| text.as_string());
        let text = text.map(|text| text.trim().to_owned());
        let text = text.filter(|text| !text.is_empty());
        done.emit(text.map_or(Pasted::Nothing, Pasted::Text));
    });
}

/// The clipboard's first picture; not every browser has `read`.
async fn picture_in(clipboard: &Clipboard) -> Option<File> {
    let read: Function = get(clipboard, "read")?.dyn_into().ok()?;
    let promise: Promise = read.call0(clipboard).ok()?.dyn_into().ok()?;
    let items: Array = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
    for item in items.iter() {
        let types: Array = get(&item, "types")?.dyn_into().ok()?;
        let mut types = types.iter().filter_map(|kind| kind.as_string());
        let Some(kind) = types.find(|kind| kind.starts_with("image/")) else {
            continue;
        };
        let take: Function = get(&item, "getType")?.dyn_into().ok()?;
        let promise: Promise = take
            .call1(&item, &kind.as_str().into())
            .ok()?
            .dyn_into()
            .ok()?;
        let blob = JsFuture::from(promise).await.ok()?;
        let bag = FilePropertyBag::new();
        bag.set_type(&kind);
        return File::new_with_blob_sequence_and_options(&Array::of1(&blob), "", &bag).ok();
    }
    None
}

fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok()
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

/// Shows whether something is held over the page.
fn over(on: bool) {
    let document = web_sys::window().and_then(|window| window.document());
    let main = document.and_then(|document| document.get_element_by_id("main"));
    if let Some(main) = main {
        let _ = main.class_list().toggle_with_force("drop", on);
    }
}

fn drop_in(event: &Event, picture: &Callback<File>, text: &Callback<String>) {
    event.prevent_default();
    over(false);
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
