//! What stands beside a host while a proof file is made or verified.
//!
//! The verifier is written out once for every type of host. A program that counts its bytes gives its own host a place for this; others wrap theirs.

use super::{format::Portable, recorder::Book};
use crate::host::{Host, Limits, News, Unreachable};
use alloc::{rc::Rc, vec::Vec};
use core::cell::RefCell;

/// A proof file that is being made or verified.
#[derive(Clone)]
pub enum Aside {
    /// What nodes answer is kept.
    Keeping(Rc<RefCell<Book>>),
    /// The file answers in the nodes' place; no node is asked.
    Instead(Rc<Portable>),
}

/// A host with something beside it.
pub struct Beside<'a, H> {
    host: &'a H,
    aside: Aside,
}

/// Puts things beside a host.
pub fn beside<'a, H: Host>(host: &'a H) -> impl Fn(Aside) -> Beside<'a, H> {
    move |aside| Beside { host, aside }
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
