//! What stands beside a host while a proof file is made or verified.
//!
//! The verifier is written out once for every type of host and of store. A program that counts its bytes gives its own host a place for this, and its
//! own type of store; others wrap theirs.

use super::{
    format::Portable,
    offline::{Held, envelope},
    recorder::Book,
};
use crate::{
    host::{Host, Limits, News},
    rpc::Call,
};
use alloc::{rc::Rc, vec::Vec};
use core::cell::RefCell;
use light_client::{
    client::{MemoryStore, Store, Unreachable},
    json::Value,
};

/// A proof file that is being made or verified.
#[derive(Clone)]
pub enum Aside {
    /// What nodes answer is kept, with what a short proof answers in their place.
    Keeping(Rc<RefCell<Book>>),
    /// The file answers in the nodes' place; no node is asked.
    Instead(Rc<Portable>),
}

impl Aside {
    /// The answer to a call for which no node is asked.
    pub(crate) fn answer(&self, call: &Call) -> Option<Value> {
        let book;
        let held = match self {
            Self::Keeping(kept) => {
                book = kept.borrow();
                let own = book.given.as_ref()?;
                Held {
                    under: own.header.0,
                    shelves: &own.shelves,
                    whole: None,
                }
            }
            Self::Instead(proof) => Held {
                under: proof.header().height,
                shelves: &proof.shelves,
                whole: Some(proof),
            },
        };
        let result = held.result(call);
        // A file answers every call, a short proof those about its own record.
        (result.is_some() || held.whole.is_some()).then(|| envelope(result))
    }
}

/// What files are made and verified with: a host with a file beside it, and a store for a trust that begins at the checkpoint and ends with the file.
pub trait Apart {
    /// Type of the host.
    type Host: Host;
    /// Type of the store.
    type Store: Store;

    /// The host with this beside it.
    fn host(&self, aside: Aside) -> Self::Host;

    /// An empty store that keeps nothing for later.
    fn store(&self) -> Self::Store;
}

/// A host with something beside it.
pub struct Beside<'a, H> {
    host: &'a H,
    aside: Aside,
}

/// Puts things beside a host.
pub fn beside<H: Host>(host: &H) -> impl Apart {
    Bench(host)
}

struct Bench<'a, H>(&'a H);

impl<'a, H: Host> Apart for Bench<'a, H> {
    type Host = Beside<'a, H>;
    type Store = MemoryStore;

    fn host(&self, aside: Aside) -> Beside<'a, H> {
        Beside {
            host: self.0,
            aside,
        }
    }

    fn store(&self) -> MemoryStore {
        MemoryStore::default()
    }
}

impl<H: Host> Host for Beside<'_, H> {
    async fn post(&self, url: &str, body: Vec<u8>, limits: Limits) -> Result<Vec<u8>, Unreachable> {
        self.host.post(url, body, limits).await
    }

    fn aside(&self) -> Option<&Aside> {
        Some(&self.aside)
    }

    fn now(&self) -> i64 {
        self.host.now()
    }

    fn random(&self) -> [u8; 32] {
        self.host.random()
    }

    fn tell(&self, news: News) {
        self.host.tell(news);
    }

    async fn pause(&self, millis: u32) {
        self.host.pause(millis).await;
    }
}
