//! The scanner worker: fetched at the first picture, where the browser cannot read QR codes itself.

use super::port::{Port, Side};
use js_sys::Uint8Array;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use worker::{FromScanner, Id, ToScanner};
use yew::Callback;

const WORKER: &str = "scanner";

/// What the scanner says of one picture: the texts found, or a reason code; of a text, the rows of its QR code.
pub type Found = Result<Vec<String>, String>;

/// A message, and the picture beside it.
type Task = (ToScanner, Uint8Array);

/// The page's hold on the scanner worker; clones share it.
#[derive(Clone, Default)]
pub struct Scanner(Rc<Inner>);

#[derive(Default)]
struct Inner {
    port: RefCell<Option<Port>>,
    ready: Cell<bool>,
    next: Cell<Id>,
    queue: RefCell<Vec<Task>>,
    asked: RefCell<Vec<(Id, Callback<Found>)>>,
}

impl PartialEq for Scanner {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Scanner {
    /// Looks for codes in RGBA pixels.
    pub fn scan(
        &self,
        (width, height): (u32, u32),
        pixels: Uint8Array,
        budget_millis: u32,
        hear: Callback<Found>,
    ) {
        let message = |id| ToScanner::Scan {
            id,
            width,
            height,
            budget_millis,
        };
        self.ask(message, pixels, hear);
    }

    /// Whether the worker has arrived.
    pub fn is_ready(&self) -> bool {
        self.0.ready.get()
    }

    /// Draws a text as a QR code: its rows, `1` for dark.
    pub fn draw(&self, text: String, hear: Callback<Found>) {
        let nothing = Uint8Array::new_with_length(0);
        self.ask(|id| ToScanner::Draw { id, text }, nothing, hear);
    }

    fn ask(
        &self,
        message: impl FnOnce(Id) -> ToScanner,
        pixels: Uint8Array,
        hear: Callback<Found>,
    ) {
        let id = self.0.next.replace(self.0.next.get() + 1);
        self.0.asked.borrow_mut().push((id, hear));
        let task = (message(id), pixels);
        if self.0.port.borrow().is_none() {
            self.0.open();
        }
        if self.0.ready.get() {
            self.0.post(&task);
        } else {
            self.0.queue.borrow_mut().push(task);
        }
    }
}

impl Inner {
    fn open(self: &Rc<Self>) {
        self.ready.set(false);
        *self.port.borrow_mut() = Some(Port::start(WORKER, self));
    }

    fn post(&self, (message, pixels): &Task) {
        if let (Some(port), Some(text)) = (&*self.port.borrow(), worker::write(message)) {
            port.post_with(&text, &pixels.buffer());
        }
    }
}

impl Side for Inner {
    type Message = FromScanner;

    fn hear(self: &Rc<Self>, message: FromScanner) {
        let (id, found) = match message {
            FromScanner::Ready => {
                self.ready.set(true);
                for task in std::mem::take(&mut *self.queue.borrow_mut()) {
                    self.post(&task);
                }
                return;
            }
            FromScanner::Found { id, texts, .. } => (id, Ok(texts)),
            FromScanner::Drawn { id, rows } => (id, Ok(rows)),
            FromScanner::Failed { id, reason } => (id, Err(reason)),
        };
        let position = self
            .asked
            .borrow()
            .iter()
            .position(|(asked, _)| *asked == id);
        if let Some(position) = position {
            let (_, hear) = self.asked.borrow_mut().swap_remove(position);
            hear.emit(found);
        }
    }

    /// The next picture starts it anew.
    fn ended(self: &Rc<Self>) {
        *self.port.borrow_mut() = None;
        self.ready.set(false);
        self.queue.borrow_mut().clear();
        for (_, hear) in std::mem::take(&mut *self.asked.borrow_mut()) {
            hear.emit(Err("scanner-ended".into()));
        }
    }
}
