//! Where the keyboard is: what takes the place of a pressed button takes its focus, too.

use crate::draw::prelude::*;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Puts an element in focus, where it can be.
pub fn focus(element: Option<Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Puts `place` in focus whenever `shown` has changed; not at first.
#[hook]
pub fn use_focus<W: PartialEq + 'static>(place: &NodeRef, shown: W) {
    let place = place.clone();
    let changed = use_kept(|| Cell::new(false));
    use_effect_with(shown, move |_| {
        if changed.replace(true) {
            focus(place.cast());
        }
    });
}
