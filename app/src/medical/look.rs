//! Looking again at what others may have changed: a reading is written by somebody else.

use crate::draw::{Setter, prelude::*};
use gloo::{events::EventListener, timers::callback::Interval};

const EVERY_MILLIS: u32 = 20_000;

/// Looks again when the page is seen again, and now and then while it is.
#[hook]
pub fn use_looking(again: Setter<u32>) {
    use_effect_with((), move |()| {
        let look = move || {
            if document().is_some_and(|document| !document.hidden()) {
                again.change(|again| again + 1);
            }
        };
        let seen = look.clone();
        let listener = document()
            .map(|document| EventListener::new(&document, "visibilitychange", move |_| seen()));
        let interval = Interval::new(EVERY_MILLIS, look);
        move || drop((listener, interval))
    });
}

fn document() -> Option<web_sys::Document> {
    web_sys::window()?.document()
}
