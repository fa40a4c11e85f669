//! The verifier worker: started, configured, asked, and started again when it ends.

use super::{
    Keys, Known,
    keys::News,
    port::{Port, Side},
};
use gloo::timers::callback::Timeout;
use litemap::LiteMap;
use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};
use worker::{FromVerifier, Id, ToVerifier};
use yew::Callback;

const WORKER: &str = "verifier";
const STARTS: u32 = 3;
/// A worker that loads says `Ready` well within this time even on a slow phone.
const PATIENCE_MILLIS: u32 = 25_000;
const FOLLOW_SECONDS: u32 = 5;

/// Whether the verifier is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Link {
    /// Being fetched.
    #[default]
    Loading,
    /// It takes longer than it should.
    Slow,
    /// It listens.
    Ready,
    /// It ended and is being started again.
    Restarting,
    /// It could not be started.
    Missing,
    /// `chains.json` could not be fetched.
    NoChains,
}

/// The page's hold on the verifier worker; clones share it.
#[derive(Clone)]
pub struct Engine(Rc<Inner>);

impl PartialEq for Engine {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

struct Inner {
    keys: Keys,
    port: RefCell<Option<Port>>,
    ready: Cell<bool>,
    starts: Cell<u32>,
    next: Cell<Id>,
    chains: RefCell<Option<String>>,
    queue: RefCell<Vec<ToVerifier>>,
    asked: RefCell<LiteMap<Id, Callback<FromVerifier>>>,
    /// Questions that have their verdict, and hear of a change.
    watched: RefCell<LiteMap<Id, Callback<FromVerifier>>>,
    known: RefCell<Known>,
    /// Whether the page is seen: only then the chain is followed.
    seen: Cell<bool>,
    tell: Callback<Known>,
    patience: RefCell<Option<Timeout>>,
}

/// A question under way, or one whose record is watched; dropping it tells the worker to stop.
pub struct Ticket {
    engine: Weak<Inner>,
    id: Id,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let Some(inner) = self.engine.upgrade() else {
            return;
        };
        let asked = inner.asked.borrow_mut().remove(&self.id);
        let watched = inner.watched.borrow_mut().remove(&self.id);
        if asked.or(watched).is_some() {
            inner.send(ToVerifier::Cancel { id: self.id });
        }
    }
}

impl Engine {
    /// Starts the worker; `tell` hears every change of what is known.
    pub fn start(tell: Callback<Known>) -> Self {
        let engine = Self(Rc::new_cyclic(|engine: &Weak<Inner>| Inner {
            keys: Keys::new(told(engine.clone())),
            port: RefCell::default(),
            ready: Cell::new(false),
            starts: Cell::new(0),
            next: Cell::new(1),
            chains: RefCell::default(),
            queue: RefCell::default(),
            asked: RefCell::default(),
            watched: RefCell::default(),
            known: RefCell::default(),
            seen: Cell::new(true),
            tell,
            patience: RefCell::default(),
        }));
        engine.0.open();
        engine
    }

    /// Hands over `chains.json`, or its absence.
    pub fn configure(&self, chains: Option<String>) {
        match chains {
            Some(text) => {
                *self.0.chains.borrow_mut() = Some(text);
                self.0.begin();
            }
            None => self.0.change(|known| known.link = Link::NoChains),
        }
    }

    /// Asks; `hear` gets every message that belongs to the question.
    pub fn ask(
        &self,
        question: impl FnOnce(Id) -> ToVerifier,
        hear: Callback<FromVerifier>,
    ) -> Ticket {
        let id = self.0.next.replace(self.0.next.get() + 1);
        self.0.asked.borrow_mut().insert(id, hear);
        self.0.send(question(id));
        Ticket {
            engine: Rc::downgrade(&self.0),
            id,
        }
    }

    /// The keys.
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// What is known now.
    pub fn known(&self) -> Known {
        self.0.known.borrow().clone()
    }

    /// The chain that the page shows.
    pub fn chain(&self) -> Option<String> {
        let known = self.0.known.borrow();
        known.chain.as_ref().map(|chain| chain.id.clone())
    }

    /// Follows the chain while the page is seen.
    pub fn follow(&self, seen: bool) {
        self.0.seen.set(seen);
        if self.0.listens() {
            self.0.follow();
        }
    }

    /// Starts again after a failure, because the person asked for it.
    pub fn retry(&self) {
        self.0.starts.set(0);
        self.0.open();
    }
}

/// Takes what the keys tell into what is known.
fn told(engine: Weak<Inner>) -> Callback<News> {
    Callback::from(move |news| {
        let Some(inner) = engine.upgrade() else {
            return;
        };
        inner.change(|known| match news {
            News::Link(link) => known.keys = Some(link),
            News::Identities(identities) => {
                known.keys = Some(Link::Ready);
                known.identities = Rc::new(identities);
            }
        });
    })
}

impl Inner {
    fn change(&self, edit: impl FnOnce(&mut Known)) {
        let known = {
            let mut known = self.known.borrow_mut();
            edit(&mut known);
            known.clone()
        };
        self.tell.emit(known);
    }

    fn open(self: &Rc<Self>) {
        self.ready.set(false);
        self.starts.set(self.starts.get() + 1);
        *self.port.borrow_mut() = Some(Port::start(WORKER, self));
        let waiting = Rc::downgrade(self);
        *self.patience.borrow_mut() = Some(Timeout::new(PATIENCE_MILLIS, move || {
            if let Some(inner) = waiting.upgrade().filter(|inner| !inner.ready.get()) {
                inner.change(|known| known.link = Link::Slow);
            }
        }));
    }

    /// Configures the worker and sends what was asked meanwhile, once both the worker and the chains are there.
    fn begin(&self) {
        let Some(chains) = self.chains.borrow().clone().filter(|_| self.ready.get()) else {
            return;
        };
        self.post(&ToVerifier::Configure { chains });
        self.follow();
        for message in std::mem::take(&mut *self.queue.borrow_mut()) {
            self.post(&message);
        }
        self.change(|known| known.link = Link::Ready);
    }

    fn follow(&self) {
        let every_seconds = if self.seen.get() { FOLLOW_SECONDS } else { 0 };
        self.post(&ToVerifier::Follow { every_seconds });
    }

    fn listens(&self) -> bool {
        self.ready.get() && self.chains.borrow().is_some()
    }

    fn send(&self, message: ToVerifier) {
        if self.listens() {
            self.post(&message);
        } else {
            self.queue.borrow_mut().push(message);
        }
    }

    fn post(&self, message: &ToVerifier) {
        if let (Some(port), Some(text)) = (&*self.port.borrow(), worker::write(message)) {
            port.post(&text);
        }
    }
}

impl Side for Inner {
    type Message = FromVerifier;

    fn hear(self: &Rc<Self>, message: FromVerifier) {
        match &message {
            FromVerifier::Ready { .. } => {
                self.ready.set(true);
                *self.patience.borrow_mut() = None;
                self.begin();
            }
            FromVerifier::Chain { chain } => {
                self.change(|known| known.chain = Some(Rc::new((**chain).clone())))
            }
            _ => {}
        }
        let Some(id) = message.id() else { return };
        let hear = match &message {
            FromVerifier::Changed { .. } => self.watched.borrow_mut().remove(&id),
            message if message.is_last() => self.asked.borrow_mut().remove(&id),
            _ => {
                let (asked, watched) = (self.asked.borrow(), self.watched.borrow());
                asked.get(&id).or_else(|| watched.get(&id)).cloned()
            }
        };
        if let (FromVerifier::Verdict { .. }, Some(hear)) = (&message, &hear) {
            self.watched.borrow_mut().insert(id, hear.clone());
        }
        if let Some(hear) = hear {
            hear.emit(message);
        }
    }

    fn ended(self: &Rc<Self>) {
        let lost: Vec<_> = std::mem::take(&mut *self.asked.borrow_mut())
            .into_iter()
            .collect();
        let watched = std::mem::take(&mut *self.watched.borrow_mut());
        self.queue.borrow_mut().clear();
        if self.starts.get() < STARTS {
            self.change(|known| known.link = Link::Restarting);
            self.open();
        } else {
            *self.port.borrow_mut() = None;
            self.change(|known| known.link = Link::Missing);
        }
        for (id, hear) in lost {
            hear.emit(FromVerifier::Failed {
                id,
                reason: "verifier-ended".into(),
                facts: LiteMap::new(),
            });
        }
        // The next one watches what it has proven itself.
        for (id, hear) in watched {
            hear.emit(FromVerifier::Changed { id });
        }
    }
}
