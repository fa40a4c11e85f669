//! An act under way. The keys say what they need to know, the verifier proves it, the keys sign, the verifier sends and proves that it is in: the page
//! carries each one's words to the other.

use super::{Engine, Ticket};
use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};
use verifier::Stage;
use worker::{Action, Facts, FromKeys, FromVerifier, Id, ToKeys, ToVerifier};
use yew::Callback;

/// What is waited for while the keys sign.
pub const SIGNING: &str = "signing";

/// How far an act got.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Doing {
    /// Nothing asked yet.
    #[default]
    Idle,
    /// Being prepared, with what is waited for.
    Waiting(String, Facts),
    /// Signed, but not by everybody: this goes to who has not signed yet.
    Shared(String),
    /// Handed over; it may still be written until then.
    Sent(String),
    /// Written at this height.
    Written(u64),
    /// Written, and this is what may now be read.
    Content(String),
    /// Not written.
    Failed(String, Facts),
}

impl Doing {
    /// Whether something is under way: nothing else may be signed meanwhile.
    pub fn busy(&self) -> bool {
        matches!(self, Self::Waiting(..) | Self::Sent(_))
    }
}

/// An act; dropping it ends what is being asked, not what was handed over.
pub struct Act {
    engine: Engine,
    id: Cell<Id>,
    ticket: RefCell<Option<Ticket>>,
    /// Whether it was handed over.
    sent: Cell<bool>,
    /// The envelope and the blob, from when they are signed until it is known what became of them.
    signed: RefCell<Option<(String, String)>>,
    hear: Callback<Doing>,
}

impl Act {
    /// Begins; `hear` gets every step. Only for the chain that the page shows now anything is signed.
    pub fn begin(engine: &Engine, key: String, action: Action, hear: Callback<Doing>) -> Rc<Self> {
        hear.emit(Doing::Waiting(SIGNING.into(), Facts::new()));
        let act = Rc::new(Self {
            engine: engine.clone(),
            id: Cell::default(),
            ticket: RefCell::default(),
            sent: Cell::default(),
            signed: RefCell::default(),
            hear,
        });
        let Some(chain) = engine.chain() else {
            act.hear
                .emit(Doing::Failed("not-configured".into(), Facts::new()));
            return act;
        };
        let weak = Rc::downgrade(&act);
        let answer = Callback::from(move |message| with(&weak, |act| act.signing(message)));
        let ask = |id| ToKeys::Act {
            id,
            key,
            action,
            chain,
        };
        act.id.set(engine.keys().ask(ask, answer));
        act
    }

    fn signing(self: &Rc<Self>, message: FromKeys) {
        match message {
            FromKeys::Needs { records, blobs, .. } => {
                self.verify(|id| ToVerifier::Ground { id, records, blobs })
            }
            FromKeys::Signed { share, .. } if !share.is_empty() => {
                self.hear.emit(Doing::Shared(share));
            }
            FromKeys::Signed { envelope, blob, .. } => {
                *self.signed.borrow_mut() = Some((envelope, blob));
                self.hand_over();
            }
            FromKeys::Content { text, .. } => self.hear.emit(Doing::Content(text)),
            // What is signed goes its way without the keys.
            FromKeys::Failed { .. } if self.signed.borrow().is_some() => {}
            FromKeys::Failed { reason, facts, .. } => {
                self.hear.emit(Doing::Failed(reason, facts));
            }
            _ => {}
        }
    }

    /// Hands over what is signed; a second time it is found, or handed in again.
    fn hand_over(self: &Rc<Self>) {
        let signed = self.signed.borrow().clone();
        if let Some((envelope, blob)) = signed {
            self.verify(|id| ToVerifier::Send { id, envelope, blob });
        }
    }

    fn verify(self: &Rc<Self>, question: impl FnOnce(Id) -> ToVerifier) {
        let weak = Rc::downgrade(self);
        let answer = Callback::from(move |message| with(&weak, |act| act.sending(message)));
        *self.ticket.borrow_mut() = Some(self.engine.ask(question, answer));
    }

    fn sending(self: &Rc<Self>, message: FromVerifier) {
        let (id, keys) = (self.id.get(), self.engine.keys());
        match message {
            // What was handed over may still be written: that stays on the screen, until it is written and no node keeps its content.
            FromVerifier::Waiting { step, facts, .. }
                if !self.sent.get() || step == Stage::KEEPING =>
            {
                self.hear.emit(Doing::Waiting(step, facts));
            }
            FromVerifier::Ground { ground, .. } => keys.send(ToKeys::Ground { id, ground }),
            FromVerifier::Sent { until, .. } => {
                self.sent.set(true);
                self.hear.emit(Doing::Sent(until));
            }
            FromVerifier::Written { height, .. } => {
                self.signed.take();
                self.hear.emit(Doing::Written(height));
                keys.send(ToKeys::Written { id });
            }
            // That says nothing of the event: the next verifier looks for it.
            FromVerifier::Failed { reason, .. }
                if reason == "verifier-ended" && self.signed.borrow().is_some() =>
            {
                self.hand_over();
            }
            FromVerifier::Failed { reason, facts, .. } => {
                self.signed.take();
                self.hear.emit(Doing::Failed(reason, facts));
                keys.send(ToKeys::Drop { id });
            }
            _ => {}
        }
    }
}

fn with(act: &Weak<Act>, then: impl FnOnce(&Rc<Act>)) {
    if let Some(act) = act.upgrade() {
        then(&act);
    }
}

impl Drop for Act {
    fn drop(&mut self) {
        let id = self.id.get();
        self.engine.keys().leave(id);
        self.engine.keys().send(ToKeys::Drop { id });
    }
}
