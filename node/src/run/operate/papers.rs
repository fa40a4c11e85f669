//! What founders send each other: cards and consents, told apart by what they say they are.

use super::{
    card::{self, Card},
    consent::{self, Consent},
};
use crate::error::Result;
use records::Hash;
use serde_json::Value;

/// All that a founder has of itself and of the others; nothing counts twice.
pub(super) struct Papers {
    pub cards: Vec<Card>,
    pub consents: Vec<Consent>,
    /// The cards' numbers.
    seen: Vec<Hash>,
}

impl Papers {
    /// A founder's own card alone.
    pub fn new(own: Card) -> Result<Self> {
        Ok(Self {
            seen: vec![own.hash()?],
            cards: vec![own],
            consents: Vec::new(),
        })
    }

    /// Adds what a file holds; a sentence where that is neither.
    pub fn add(&mut self, file: &[u8]) -> Result<(), String> {
        let document: Value =
            serde_json::from_slice(file).map_err(|error| format!("no JSON: {error}"))?;
        if document["lianyan"] == consent::FORM {
            let consent = Consent::parse(file)?;
            let known = |known: &Consent| known.member == consent.member;
            if !self.consents.iter().any(known) {
                self.consents.push(consent);
            }
        } else if document["card"]["lianyan"] == card::FORM {
            let card = Card::parse(file)?;
            let hash = card.hash().map_err(|error| error.to_string())?;
            if !self.seen.contains(&hash) {
                self.seen.push(hash);
                self.cards.push(card);
            }
        } else {
            return Err("neither card nor consent".into());
        }
        Ok(())
    }
}
