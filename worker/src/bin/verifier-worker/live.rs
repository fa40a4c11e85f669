//! A node's word that there is a new block (CometBFT's `subscribe` over a websocket). Nothing that it says is believed or even read: it only says
//! when to look.

use crate::browser::{address, sleep};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, WebSocket};

const SUBSCRIBE: &str = r#"{"jsonrpc":"2.0","id":0,"method":"subscribe","params":{"query":"tm.event='NewBlockHeader'"}}"#;
/// All that a node says within this time is one word: a block with events is followed at once by one that proves its state.
const WORD_MILLIS: i32 = 1_000;

/// How many lines to each node are begun at most; the browser's own clock needs none.
const TRIES: usize = 4;

/// One node that is listened to, while it lasts.
#[derive(Default)]
pub struct Live {
    line: RefCell<Option<Line>>,
    /// How many lines were begun since they were closed last: the next one is to another node.
    tried: Cell<usize>,
}

struct Line {
    socket: WebSocket,
    _hear: Closure<dyn FnMut(Event)>,
    _opened: Closure<dyn FnMut(Event)>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onopen(None);
        let _ = self.socket.close();
    }
}

impl Live {
    /// Whether a node is listened to.
    pub fn is_open(&self) -> bool {
        let line = self.line.borrow();
        line.as_ref()
            .is_some_and(|line| line.socket.ready_state() == WebSocket::OPEN)
    }

    /// Listens to no node any more.
    pub fn close(&self) {
        self.tried.set(0);
        *self.line.borrow_mut() = None;
    }

    /// Listens to one of these nodes, the next one each time; `hear` is called when it says something. Where none keeps a line open, that is
    /// that until the line is closed.
    pub fn open(&self, nodes: &[verifier::chains::Node], hear: Rc<dyn Fn()>) {
        let tried = self.tried.get();
        if tried >= nodes.len().saturating_mul(TRIES) {
            return;
        }
        self.tried.set(tried + 1);
        let node = tried
            .checked_rem(nodes.len())
            .and_then(|place| nodes.get(place));
        *self.line.borrow_mut() = node.and_then(|node| connect(&node.url, hear));
    }
}

fn connect(url: &str, hear: Rc<dyn Fn()>) -> Option<Line> {
    // `http` becomes `ws`, and `https` `wss`.
    let address = address(url).replacen("http", "ws", 1);
    let socket = WebSocket::new(&format!("{}/websocket", address.trim_end_matches('/'))).ok()?;
    let asked = socket.clone();
    let opened = Closure::<dyn FnMut(Event)>::new(move |_| {
        let _ = asked.send_with_str(SUBSCRIBE);
    });
    let speaks = Rc::new(Cell::new(false));
    let heard = Closure::<dyn FnMut(Event)>::new(move |_| {
        if !speaks.replace(true) {
            let (speaks, hear) = (speaks.clone(), hear.clone());
            spawn_local(async move {
                sleep(WORD_MILLIS).await;
                speaks.set(false);
                hear();
            });
        }
    });
    socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
    socket.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    Some(Line {
        socket,
        _hear: heard,
        _opened: opened,
    })
}
