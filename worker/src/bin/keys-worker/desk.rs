//! What comes in, one message after the other.

use crate::{
    acts::{Acts, report},
    browser::{failed, post, scope},
    keyring::Keyring,
};
use std::{cell::RefCell, collections::VecDeque, rc::Rc};
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::MessageEvent;
use worker::{FromKeys, ToKeys};

/// Messages that wait.
type Queue = Rc<RefCell<VecDeque<ToKeys>>>;

/// Identities and acts; here only while nothing is being handled.
type Idle = Rc<RefCell<Option<(Keyring, Acts)>>>;

/// Listens to the page, and loads what is stored.
pub fn open() {
    let (queue, idle) = (Queue::default(), Idle::default());
    let (filled, taken) = (queue.clone(), idle.clone());
    let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let message = event
            .data()
            .as_string()
            .and_then(|text| worker::read(&text));
        filled.borrow_mut().extend(message);
        if let Some(state) = taken.borrow_mut().take() {
            spawn_local(work(filled.clone(), taken.clone(), state));
        }
    });
    let _ = scope().add_event_listener_with_callback("message", hear.as_ref().unchecked_ref());
    hear.forget();
    spawn_local(async move {
        let state = (Keyring::load().await, Acts::default());
        work(queue, idle, state).await;
    });
    post(&FromKeys::Ready);
}

async fn work(queue: Queue, idle: Idle, (mut ring, mut acts): (Keyring, Acts)) {
    loop {
        let next = queue.borrow_mut().pop_front();
        match next {
            Some(message) => handle(&mut ring, &mut acts, message).await,
            None => break,
        }
    }
    *idle.borrow_mut() = Some((ring, acts));
}

async fn handle(ring: &mut Keyring, acts: &mut Acts, message: ToKeys) {
    let id = match message {
        ToKeys::Act {
            id,
            key,
            action,
            chain,
        } => return report(id, acts.begin(ring, id, (key, action, chain)).await),
        ToKeys::Ground { id, ground } => return report(id, acts.sign(ring, id, &ground).await),
        ToKeys::Written { id } => {
            report(id, acts.written(ring, id).await);
            0
        }
        ToKeys::Drop { id } => {
            acts.drop(id);
            0
        }
        ToKeys::Export { id, key } => return ring.export(id, &key),
        ToKeys::Import { id, text } => match ring.import(&text).await {
            Ok(()) => id,
            Err(unsigned) => return failed(id, unsigned),
        },
        ToKeys::Identities { id } => id,
        ToKeys::Create { id, name, role } => {
            ring.create(role, &name);
            id
        }
        ToKeys::Exported { id, key } => {
            ring.exported(&key).await;
            id
        }
        ToKeys::Forget { id, key } => {
            ring.forget(&key).await;
            id
        }
    };
    ring.list(id);
}
