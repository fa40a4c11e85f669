//! What the cards of a person's records have in common: the record is looked at, and the person's acts on it are signed and sent.

use super::use_act;
use crate::draw::prelude::*;
use crate::engine::{Doing, Inquiry, Question, use_inquiry};
use crate::shell::use_page;
use std::rc::Rc;
use worker::{Action, RecordRef};

/// One of a person's records.
#[derive(PartialEq)]
pub struct Subject {
    /// Record id.
    pub id: String,
    /// Key of the person's identity.
    pub identity: String,
    /// Looks again when it changes.
    pub again: u32,
    /// Hears that something was written.
    pub changed: Callback<()>,
}

/// What a card is drawn from.
pub struct Card {
    /// The record's name.
    pub record: RecordRef,
    /// What is known of it.
    pub inquiry: Rc<Inquiry>,
    /// How far the person's last act got.
    pub doing: Doing,
    /// Begins an act.
    pub act: Callback<Action>,
}

/// The card of a record of this kind.
#[hook]
pub fn use_card(kind: &str, subject: &Subject) -> Card {
    let page = use_page();
    let record = RecordRef {
        kind: kind.to_owned(),
        id: subject.id.clone(),
    };
    let question = Question::Record(record.clone());
    let inquiry = use_inquiry(&page.engine, Some(question), subject.again);
    let (doing, act) = use_act(&page.engine, &subject.identity, subject.changed.clone());
    Card {
        record,
        inquiry,
        doing,
        act,
    }
}
