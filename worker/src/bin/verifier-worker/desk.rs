//! The queue of questions, and who answers them.

use crate::{
    browser::{Browser, failed, post, report_panics, scope, sleep},
    until::Off,
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
    rc::Rc,
};
use verifier::{Look, Question, Verifier, chains};
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::MessageEvent;
use worker::{Chain, FromVerifier, Id, Member, ToVerifier};

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
    open: RefCell<BTreeMap<Id, Off>>,
    working: RefCell<bool>,
    follow: RefCell<(u32, u32)>,
    verifier: RefCell<Option<Verifier>>,
}

/// Listens to the page.
pub fn open() {
    report_panics();
    let desk: Rc<Desk> = Rc::default();
    let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let message = event
            .data()
            .as_string()
            .and_then(|text| serde_json::from_str(&text).ok());
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
                        Some(verifier) => drop(off.or(answer(verifier, message, id)).await),
                        None => failed(id, "not-configured", BTreeMap::new()),
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

fn number(message: &ToVerifier) -> Option<Id> {
    match message {
        ToVerifier::Check { id, .. } | ToVerifier::Record { id, .. } => Some(*id),
        _ => None,
    }
}

async fn look(verifier: &mut Verifier) {
    let look = verifier.look(&Browser { id: None }).await;
    post(&FromVerifier::Chain {
        chain: Box::new(chain(verifier.chain(), look)),
    });
}

fn chain(chain: &chains::Chain, look: Look) -> Chain {
    let member = |member: records::kinds::member::Member| Member {
        id: member.id,
        name: member.name,
        name_en: member.name_en,
        org: member.org,
        roles: member.roles,
    };
    Chain {
        id: chain.id.clone(),
        name: chain.name.clone(),
        name_en: chain.name_en.clone(),
        dev: chain.dev,
        checkpoint_height: chain.checkpoint_height,
        checkpoint_hash: hex::encode(chain.checkpoint_hash),
        anchor: look.anchor,
        reason: look.reason,
        facts: look.facts,
        nodes: look.nodes,
        members: look.members.into_iter().map(member).collect(),
    }
}

async fn answer(verifier: &mut Verifier, message: ToVerifier, id: Id) {
    let host = Browser { id: Some(id) };
    match message {
        ToVerifier::Check { text, .. } => {
            let verdict = verifier.check(&host, &Question::text(&text)).await;
            post(&FromVerifier::Verdict {
                id,
                verdict: Box::new(verdict),
            });
        }
        ToVerifier::Record {
            record, openings, ..
        } => {
            let opening = match openings.as_str() {
                "" => Some(None),
                text => Question::opening_from_text(text).map(Some),
            };
            let question =
                opening.and_then(|opening| Question::record(&record.kind, &record.id, opening));
            match question {
                Some(question) => {
                    let verdict = verifier.check(&host, &question).await;
                    post(&FromVerifier::Verdict {
                        id,
                        verdict: Box::new(verdict),
                    });
                }
                None => failed(id, "not-a-record-name", BTreeMap::new()),
            }
        }
        _ => failed(id, "not-understood", BTreeMap::new()),
    }
}
