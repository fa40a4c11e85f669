//! One web worker, its messages as text, and its end.

use gloo::{events::EventListener, timers::callback::Timeout};
use js_sys::{Array, ArrayBuffer, Function, Promise, Reflect};
use records::shape::Shape;
use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{MessageEvent, Worker};

/// What stands on the page's side of a worker.
pub trait Side: 'static {
    /// A message of the worker.
    type Message: Shape;

    /// Takes a message.
    fn hear(self: &Rc<Self>, message: Self::Message);

    /// The worker cannot be loaded, or has crashed.
    fn ended(self: &Rc<Self>);
}

/// A worker that is being fetched or runs; it ends when this is dropped.
pub struct Port(Rc<RefCell<Option<Running>>>);

struct Running {
    worker: Worker,
    _message: EventListener,
    _error: EventListener,
}

impl Port {
    /// Starts the worker of this name for `side`, which it does not keep alive.
    pub fn start<S: Side>(name: &'static str, side: &Rc<S>) -> Self {
        let (hearing, ending) = (Rc::downgrade(side), Rc::downgrade(side));
        let hear = move |text: String| {
            if let (Some(side), Some(message)) = (hearing.upgrade(), worker::read(&text)) {
                side.hear(message);
            }
        };
        let end = move || {
            if let Some(side) = ending.upgrade() {
                // The port must not be dropped while its own listener runs.
                Timeout::new(0, move || side.ended()).forget();
            }
        };
        Self::open(name, Box::new(hear), Box::new(end))
    }

    fn open(name: &'static str, hear: Box<dyn Fn(String)>, end: Box<dyn Fn()>) -> Self {
        let port = Self(Rc::default());
        let place = Rc::downgrade(&port.0);
        spawn_local(async move {
            match fetch(name).await {
                Ok(worker) => settle(&place, worker, hear, end),
                Err(_) => end(),
            }
        });
        port
    }

    /// Posts a text.
    pub fn post(&self, text: &str) {
        if let Some(running) = &*self.0.borrow() {
            // Only an object that cannot be cloned is refused; a text always can.
            let _ = running.worker.post_message(&JsValue::from_str(text));
        }
    }

    /// Posts a text with a buffer beside it, which is handed over.
    pub fn post_with(&self, text: &str, buffer: &ArrayBuffer) {
        if let Some(running) = &*self.0.borrow() {
            let pair = Array::of2(&JsValue::from_str(text), buffer);
            let _ = running
                .worker
                .post_message_with_transfer(&pair, &Array::of1(buffer));
        }
    }
}

fn settle(
    place: &Weak<RefCell<Option<Running>>>,
    worker: Worker,
    hear: Box<dyn Fn(String)>,
    end: Box<dyn Fn()>,
) {
    let Some(place) = place.upgrade() else {
        return worker.terminate();
    };
    let message = EventListener::new(&worker, "message", move |event| {
        let data = event.dyn_ref::<MessageEvent>().map(MessageEvent::data);
        if let Some(text) = data.and_then(|data| data.as_string()) {
            hear(text);
        }
    });
    let error = EventListener::new(&worker, "error", move |_| end());
    *place.borrow_mut() = Some(Running {
        worker,
        _message: message,
        _error: error,
    });
}

/// The page's boot script fetches a worker's program with the hash that index.html pins.
async fn fetch(name: &str) -> Result<Worker, JsValue> {
    let boot = Reflect::get(&js_sys::global(), &"lianyan".into())?;
    let start: Function = Reflect::get(&boot, &"startWorker".into())?.dyn_into()?;
    let promise: Promise = start.call1(&boot, &name.into())?.dyn_into()?;
    JsFuture::from(promise).await?.dyn_into()
}

impl Drop for Running {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}
