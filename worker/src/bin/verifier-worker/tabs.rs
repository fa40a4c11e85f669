//! Several pages in one browser: one of them follows the chain, the others hear what it finds. Where the browser cannot tell them apart, each follows.

use js_sys::{Function, Object, Promise, Reflect};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, BroadcastChannel, MessageEvent};

/// This page among the others.
#[derive(Default)]
pub struct Tabs {
    /// One name for the lock (Web Locks) and for the channel.
    name: RefCell<String>,
    turn: Rc<RefCell<Turn>>,
    channel: RefCell<Option<Channel>>,
}

/// Whose turn it is to follow.
#[derive(Default)]
enum Turn {
    /// It does not want to.
    #[default]
    Idle,
    /// Another page follows; this one is next, or later.
    Waits(AbortController),
    /// This one follows, until this is called.
    Follows(Function),
    /// It follows without knowing of others.
    Alone,
}

struct Channel {
    channel: BroadcastChannel,
    _hear: Closure<dyn FnMut(MessageEvent)>,
}

impl Tabs {
    /// Hears what other pages found of this chain.
    pub fn listen(&self, chain: &str, mut hear: impl FnMut(String) + 'static) {
        let name = format!("lianyan-follow {chain}");
        let channel = BroadcastChannel::new(&name);
        *self.name.borrow_mut() = name;
        let Ok(channel) = channel else {
            return;
        };
        let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(text) = event.data().as_string() {
                hear(text);
            }
        });
        channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        *self.channel.borrow_mut() = Some(Channel {
            channel,
            _hear: heard,
        });
    }

    /// Tells the others what was found, if this page follows.
    pub fn tell(&self, text: &str) {
        if self.is_following()
            && let Some(channel) = &*self.channel.borrow()
        {
            let _ = channel.channel.post_message(&text.into());
        }
    }

    /// Whether this page follows.
    pub fn is_following(&self) -> bool {
        matches!(&*self.turn.borrow(), Turn::Follows(_) | Turn::Alone)
    }

    /// Wants to follow; `begin` is called once it is this page's turn.
    pub fn want(&self, begin: impl FnOnce() + 'static) {
        if !matches!(&*self.turn.borrow(), Turn::Idle) {
            return;
        }
        match self.request(begin) {
            Some(waiting) => *self.turn.borrow_mut() = Turn::Waits(waiting),
            None => *self.turn.borrow_mut() = Turn::Alone,
        }
    }

    /// Leaves it to the others.
    pub fn leave(&self) {
        match self.turn.take() {
            Turn::Waits(waiting) => waiting.abort(),
            Turn::Follows(end) => drop(end.call0(&JsValue::NULL)),
            Turn::Idle | Turn::Alone => {}
        }
    }

    fn request(&self, begin: impl FnOnce() + 'static) -> Option<AbortController> {
        let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
        let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
        let request: Function = Reflect::get(&locks, &"request".into())
            .ok()?
            .dyn_into()
            .ok()?;
        let waiting = AbortController::new().ok()?;
        let options = Object::new();
        Reflect::set(&options, &"signal".into(), &waiting.signal()).ok()?;
        let turn = self.turn.clone();
        // The lock is held until the promise is kept.
        let granted = Closure::once_into_js(move |_: JsValue| {
            let held = Promise::new(&mut |end, _| *turn.borrow_mut() = Turn::Follows(end));
            begin();
            held
        });
        let asked = request
            .call3(&locks, &(&*self.name.borrow()).into(), &options, &granted)
            .ok()?;
        let (turn, signal) = (self.turn.clone(), waiting.signal());
        spawn_local(async move {
            let refused = JsFuture::from(Promise::from(asked)).await.is_err();
            // Waiting was given up, or this browser knows locks and grants none.
            if refused && !signal.aborted() {
                *turn.borrow_mut() = Turn::Alone;
            }
        });
        Some(waiting)
    }
}
