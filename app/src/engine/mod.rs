//! The page's end of its two workers: it asks, and it hears. Nothing is verified here.

mod port;
mod question;
mod scanner;
mod verifier;

pub use question::{Inquiry, Question, use_inquiry};
pub use scanner::Scanner;
pub use verifier::{Engine, Link, Ticket};

use std::rc::Rc;
use worker::{Chain, Identity};

/// What the whole page knows of its verifier.
#[derive(Clone, Default, PartialEq)]
pub struct Known {
    /// Whether the verifier is there.
    pub link: Link,
    /// The state of trust, once it was told.
    pub chain: Option<Rc<Chain>>,
    /// The identities in this browser.
    pub identities: Rc<Vec<Identity>>,
}
