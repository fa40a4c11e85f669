//! The keys worker: fetched when an identity is first needed, and started again when it ends.

use super::{
    Link,
    port::{Port, Side},
};
use gloo::timers::callback::Timeout;
use litemap::LiteMap;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use worker::{Facts, FromKeys, Id, Identity, ToKeys};
use yew::Callback;

const WORKER: &str = "keys";
const STARTS: u32 = 3;
/// A worker that loads says `Ready` well within this time even on a slow phone.
const PATIENCE_MILLIS: u32 = 25_000;

/// What the whole page hears of the keys.
pub enum News {
    /// Whether they are there.
    Link(Link),
    /// The identities, after each change.
    Identities(Vec<Identity>),
}

/// The page's hold on the keys worker; clones share it.
#[derive(Clone)]
pub struct Keys(Rc<Inner>);

struct Inner {
    port: RefCell<Option<Port>>,
    ready: Cell<bool>,
    starts: Cell<u32>,
    next: Cell<Id>,
    queue: RefCell<Vec<ToKeys>>,
    asked: RefCell<LiteMap<Id, Callback<FromKeys>>>,
    tell: Callback<News>,
    patience: RefCell<Option<Timeout>>,
}

impl Keys {
    /// Not started yet; `tell` hears what concerns the whole page.
    pub fn new(tell: Callback<News>) -> Self {
        Self(Rc::new(Inner {
            port: RefCell::default(),
            ready: Cell::new(false),
            starts: Cell::new(0),
            next: Cell::new(1),
            queue: RefCell::default(),
            asked: RefCell::default(),
            tell,
            patience: RefCell::default(),
        }))
    }

    /// Starts the worker where that was not done yet.
    pub fn need(&self) {
        if self.0.starts.get() == 0 {
            self.0.open();
        }
    }

    /// Starts it again after a failure, because the person asked for it.
    pub fn retry(&self) {
        self.0.starts.set(0);
        self.0.open();
    }

    /// Asks; `hear` gets every message that belongs to the question.
    pub fn ask(&self, question: impl FnOnce(Id) -> ToKeys, hear: Callback<FromKeys>) -> Id {
        let id = self.0.next.replace(self.0.next.get() + 1);
        self.0.asked.borrow_mut().insert(id, hear);
        self.send(question(id));
        id
    }

    /// Says something that has no answer of its own.
    pub fn send(&self, message: ToKeys) {
        self.need();
        if self.0.ready.get() {
            self.0.post(&message);
        } else {
            self.0.queue.borrow_mut().push(message);
        }
    }

    /// Hears no more of a question.
    pub fn leave(&self, id: Id) {
        self.0.asked.borrow_mut().remove(&id);
    }
}

impl Inner {
    fn open(self: &Rc<Self>) {
        self.ready.set(false);
        let link = match self.starts.replace(self.starts.get() + 1) {
            0 => Link::Loading,
            _ => Link::Restarting,
        };
        self.tell.emit(News::Link(link));
        *self.port.borrow_mut() = Some(Port::start(WORKER, self));
        let waiting = Rc::downgrade(self);
        *self.patience.borrow_mut() = Some(Timeout::new(PATIENCE_MILLIS, move || {
            if let Some(inner) = waiting.upgrade().filter(|inner| !inner.ready.get()) {
                inner.tell.emit(News::Link(Link::Slow));
            }
        }));
    }

    fn post(&self, message: &ToKeys) {
        if let (Some(port), Some(text)) = (&*self.port.borrow(), worker::write(message)) {
            port.post(&text);
        }
    }
}

impl Side for Inner {
    type Message = FromKeys;

    fn hear(self: &Rc<Self>, message: FromKeys) {
        match &message {
            FromKeys::Ready => {
                self.ready.set(true);
                *self.patience.borrow_mut() = None;
                self.post(&ToKeys::Identities { id: 0 });
                for message in std::mem::take(&mut *self.queue.borrow_mut()) {
                    self.post(&message);
                }
            }
            FromKeys::Identities { identities, .. } => {
                self.tell.emit(News::Identities(identities.clone()));
            }
            _ => {}
        }
        let Some(id) = message.id() else { return };
        let hear = if message.is_last() {
            self.asked.borrow_mut().remove(&id)
        } else {
            self.asked.borrow().get(&id).cloned()
        };
        if let Some(hear) = hear {
            hear.emit(message);
        }
    }

    /// What was stored is there again in the next one; what it was doing is lost, and said so.
    fn ended(self: &Rc<Self>) {
        let lost = std::mem::take(&mut *self.asked.borrow_mut());
        self.queue.borrow_mut().clear();
        if self.starts.get() < STARTS {
            self.open();
        } else {
            self.ready.set(false);
            *self.port.borrow_mut() = None;
            *self.patience.borrow_mut() = None;
            self.tell.emit(News::Link(Link::Missing));
        }
        for (id, hear) in lost {
            hear.emit(FromKeys::Failed {
                id,
                reason: "keys-ended".into(),
                facts: Facts::new(),
            });
        }
    }
}
