//! The queue of questions, and who answers them.

use crate::{
    answers::{Verifier, answer, look, number, send_on, stale},
    browser::{failed, milliseconds, pass_on, post, scope, sleep},
    live::Live,
    shelf,
    tabs::Tabs,
    until::Off,
};
use litemap::LiteMap;
use std::{cell::RefCell, collections::VecDeque, rc::Rc};
use verifier::{Sending, chains};
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::MessageEvent;
use worker::{
    FromVerifier, Id, ToVerifier,
    pace::{Pace, seconds},
    watch::Watch,
};

/// What waits to be done.
enum Task {
    /// A message of the page.
    Message(ToVerifier),
    /// Time to look for the event of this number.
    Event(Id),
    /// Time to look for a newer header; the number tells whether following was changed meanwhile.
    Look(u32),
}

/// A question that waits or is worked on.
#[derive(Default)]
struct Open {
    off: Off,
    /// The event that it handed in, which is looked for now and then.
    event: Option<Sending>,
}

/// The desk: what comes in, and what is being done.
#[derive(Default)]
struct Desk {
    queue: RefCell<VecDeque<Task>>,
    /// The questions that wait or are worked on.
    open: RefCell<LiteMap<Id, Open>>,
    working: RefCell<bool>,
    follow: RefCell<(u32, u32)>,
    verifier: RefCell<Option<Verifier>>,
    pace: Pace,
    live: Live,
    tabs: Tabs,
    watch: Watch,
}

/// Listens to the page.
pub fn open() {
    let desk: Rc<Desk> = Rc::default();
    let aging = desk.clone();
    spawn_local(async move { aging.watch.age(sleep, milliseconds, stale).await });
    let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let message = event
            .data()
            .as_string()
            .and_then(|text| worker::read(&text));
        if let Some(message) = message {
            desk.hear(message);
        }
    });
    let _ = scope().add_event_listener_with_callback("message", hear.as_ref().unchecked_ref());
    hear.forget();
    post(&FromVerifier::Ready { rules: vec![1] });
}

impl Desk {
    fn hear(self: &Rc<Self>, message: ToVerifier) {
        match message {
            ToVerifier::Cancel { id } => {
                if let Some(open) = self.open.borrow_mut().remove(&id) {
                    open.off.call();
                }
                self.watch.drop(id);
            }
            ToVerifier::Follow { every_seconds } => {
                self.follow.borrow_mut().0 = every_seconds;
                // After an hour of sleep a line may look open and be dead.
                self.live.close();
                self.look_now();
                if every_seconds == 0 {
                    self.tabs.leave();
                }
            }
            message => {
                if let Some(id) = number(&message) {
                    self.open.borrow_mut().insert(id, Open::default());
                }
                self.push(Task::Message(message));
            }
        }
    }

    /// Follows the chain for all pages of this browser once it is this one's turn.
    fn take_turn(self: &Rc<Self>) {
        let desk = Rc::downgrade(self);
        self.tabs.want(move || {
            // One that is at work looks again by itself.
            if let Some(desk) = desk.upgrade().filter(|desk| !*desk.working.borrow()) {
                desk.look_now();
            }
        });
    }

    fn listen_to_others(self: &Rc<Self>, chain: &str) {
        let desk = Rc::downgrade(self);
        self.tabs.listen(chain, move |text| {
            if let Some(desk) = desk.upgrade() {
                desk.hear_from_another(&text);
            }
        });
    }

    /// What another page of this browser found: shown here as well, instead of looking. Where a record is on the screen, this page looks itself.
    fn hear_from_another(self: &Rc<Self>, text: &str) {
        if self.follow.borrow().0 == 0 || self.tabs.is_following() {
            return;
        }
        if self.watch.names().is_empty() {
            pass_on(text);
            let version = self.begin_anew();
            self.look_again(version);
        } else {
            self.look_now();
        }
    }

    /// Looks for a newer header at once, if the chain is followed; the look that was due later is not needed any more.
    fn look_now(self: &Rc<Self>) {
        let version = self.begin_anew();
        if self.follow.borrow().0 > 0 {
            self.push(Task::Look(version));
        }
    }

    /// From now on only looks of this number are still wanted.
    fn begin_anew(&self) -> u32 {
        let mut follow = self.follow.borrow_mut();
        follow.1 = follow.1.wrapping_add(1);
        follow.1
    }

    fn push(self: &Rc<Self>, task: Task) {
        self.queue.borrow_mut().push_back(task);
        if !self.working.replace(true) {
            let desk = self.clone();
            spawn_local(async move {
                loop {
                    let next = desk.queue.borrow_mut().pop_front();
                    match next {
                        Some(task) => desk.work(task).await,
                        None => break,
                    }
                }
                desk.working.replace(false);
            });
        }
    }

    async fn work(self: &Rc<Self>, task: Task) {
        // One task at a time: nobody else wants the verifier meanwhile.
        let mut verifier = self.verifier.take();
        self.work_with(&mut verifier, task).await;
        self.verifier.replace(verifier);
    }

    async fn work_with(self: &Rc<Self>, verifier: &mut Option<Verifier>, task: Task) {
        match task {
            Task::Look(version) => {
                if let Some(verifier) = verifier.as_mut()
                    && self.follow.borrow().1 == version
                {
                    self.take_turn();
                    let on_its_way = |name: &_, size| {
                        let open = self.open.borrow();
                        let mut events = open.values().filter_map(|open| open.event.as_ref());
                        events.any(|event| event.explains(name, size))
                    };
                    let height = look(verifier, &self.watch, &self.tabs, on_its_way).await;
                    self.pace.looked(height);
                    self.listen(verifier, version);
                }
                self.look_again(version);
            }
            Task::Message(ToVerifier::Configure { chains }) => {
                let chains = chains::read(&chains).ok();
                *verifier = match chains.and_then(|chains| chains.into_iter().next()) {
                    Some(chain) => {
                        self.listen_to_others(&chain.id);
                        let store = shelf::open(&chain).await;
                        let mut verifier = Verifier::with_store(chain, store);
                        verifier.recall_signers(&shelf::Browsers).await;
                        Some(verifier)
                    }
                    None => None,
                };
            }
            Task::Event(id) => {
                let taken = |open: &mut Open| Some((open.off.clone(), open.event.take()?));
                let taken = self.open.borrow_mut().get_mut(&id).and_then(taken);
                if let (Some((off, event)), Some(verifier)) = (taken, verifier.as_mut()) {
                    let event = off.or(send_on(verifier, id, event)).await.flatten();
                    if !self.waits_for(id, event) {
                        self.look_now();
                    }
                }
            }
            Task::Message(message) => {
                let Some(id) = number(&message) else { return };
                let off = self.open.borrow().get(&id).map(|open| open.off.clone());
                if let Some(off) = off {
                    let trusts = matches!(
                        message,
                        ToVerifier::Establish { .. } | ToVerifier::Vouch { .. }
                    );
                    let waited = self.watch.waits();
                    let event = match verifier.as_mut() {
                        Some(verifier) => {
                            let answer = answer(verifier, &self.watch, message, id);
                            off.or(answer).await.flatten()
                        }
                        None => {
                            failed(id, "not-configured", LiteMap::new());
                            None
                        }
                    };
                    self.waits_for(id, event);
                    if trusts {
                        self.look_now();
                    } else if self.watch.waits() && !waited {
                        // The look that is due may be far off.
                        self.look_again(self.begin_anew());
                    }
                }
            }
        }
    }

    /// Looks again later where an event is on its way; else the question has its answer.
    fn waits_for(self: &Rc<Self>, id: Id, event: Option<Sending>) -> bool {
        let waits = event.is_some();
        let mut open = self.open.borrow_mut();
        if waits && let Some(open) = open.get_mut(&id) {
            open.event = event;
            let desk = self.clone();
            spawn_local(async move {
                sleep(Sending::PATIENCE.into()).await;
                desk.push(Task::Event(id));
            });
        } else {
            open.remove(&id);
        }
        waits
    }

    /// Listens for new blocks while the chain is followed, if no node is listened to.
    fn listen(self: &Rc<Self>, verifier: &Verifier, version: u32) {
        let (seconds, newest) = *self.follow.borrow();
        let follows = seconds > 0 && newest == version && self.tabs.is_following();
        if follows && !self.live.is_open() {
            let desk = Rc::downgrade(self);
            let hear = move || {
                if let Some(desk) = desk.upgrade()
                    && desk.pace.heeds()
                {
                    desk.look_now();
                }
            };
            self.live.open(&verifier.chain().nodes, Rc::new(hear));
        }
    }

    fn look_again(self: &Rc<Self>, version: u32) {
        let (every, newest) = *self.follow.borrow();
        // Who is told by another page asks only in case that one hangs, or where something on the screen waits.
        let told = !self.tabs.is_following() && !self.watch.waits();
        let seconds = seconds(every, told);
        if seconds > 0 && newest == version {
            let desk = self.clone();
            spawn_local(async move {
                sleep(i32::try_from(seconds.saturating_mul(1000)).unwrap_or(i32::MAX)).await;
                if desk.follow.borrow().1 == version {
                    desk.push(Task::Look(version));
                }
            });
        }
    }
}
