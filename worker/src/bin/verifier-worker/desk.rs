//! The queue of questions, and who answers them.

use crate::{
    answers::{answer, look, number},
    browser::{failed, post, scope, sleep},
    until::Off,
};
use litemap::LiteMap;
use std::{cell::RefCell, collections::VecDeque, rc::Rc};
use verifier::{Verifier, chains};
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::MessageEvent;
use worker::{FromVerifier, Id, ToVerifier};

/// What waits to be done.
enum Task {
    /// A message of the page.
    Message(ToVerifier),
    /// Time to look for a newer header; the number tells whether following was changed meanwhile.
    Look(u32),
}

/// The desk: what comes in, and what is being done.
#[derive(Default)]
struct Desk {
    queue: RefCell<VecDeque<Task>>,
    /// The questions that wait or are worked on.
    open: RefCell<LiteMap<Id, Off>>,
    working: RefCell<bool>,
    follow: RefCell<(u32, u32)>,
    verifier: RefCell<Option<Verifier>>,
}

/// Listens to the page.
pub fn open() {
    let desk: Rc<Desk> = Rc::default();
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
                if let Some(off) = self.open.borrow_mut().remove(&id) {
                    off.call();
                }
            }
            ToVerifier::Follow { every_seconds } => {
                let version = {
                    let mut follow = self.follow.borrow_mut();
                    *follow = (every_seconds, follow.1.wrapping_add(1));
                    follow.1
                };
                if every_seconds > 0 {
                    self.push(Task::Look(version));
                }
            }
            message => {
                if let Some(id) = number(&message) {
                    self.open.borrow_mut().insert(id, Off::default());
                }
                self.push(Task::Message(message));
            }
        }
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
        // One task at a time: nobody else borrows the verifier meanwhile.
        let mut verifier = self.verifier.borrow_mut();
        match task {
            Task::Look(version) => {
                if let Some(verifier) = verifier.as_mut()
                    && self.follow.borrow().1 == version
                {
                    look(verifier).await;
                }
                self.look_again(version);
            }
            Task::Message(ToVerifier::Configure { chains }) => {
                *verifier = chains::read(&chains)
                    .ok()
                    .and_then(|chains| chains.into_iter().next())
                    .map(Verifier::new);
            }
            Task::Message(message) => {
                let Some(id) = number(&message) else { return };
                let off = self.open.borrow().get(&id).cloned();
                if let Some(off) = off {
                    match verifier.as_mut() {
                        Some(verifier) => {
                            off.or(answer(verifier, message, id)).await;
                        }
                        None => failed(id, "not-configured", LiteMap::new()),
                    }
                    self.open.borrow_mut().remove(&id);
                }
            }
        }
    }

    fn look_again(self: &Rc<Self>, version: u32) {
        let (seconds, newest) = *self.follow.borrow();
        if seconds > 0 && newest == version {
            let desk = self.clone();
            spawn_local(async move {
                sleep(
                    i32::try_from(seconds)
                        .unwrap_or(i32::MAX / 1000)
                        .saturating_mul(1000),
                )
                .await;
                if desk.follow.borrow().1 == version {
                    desk.push(Task::Look(version));
                }
            });
        }
    }
}
