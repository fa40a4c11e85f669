//! A founder's card: what it tells the others before the chain is founded, signed with its member's key.

use crate::{
    error::{Error, Result},
    run::words::require_plain,
};
use records::{
    KeyType, SecretKey, canonical,
    hash::{Hash, sha256},
    kinds::consortium::Founder,
    shape::nanoseconds,
};
use std::{fs, path::Path};

/// Form of the file, and what its signature begins with, so that it is no signature of anything else.
pub(super) const FORM: &str = "card/1";

/// What a founder tells.
#[derive(Clone, Debug)]
pub(super) struct Card {
    /// [`FORM`].
    pub lianyan: String,
    /// What the founders agreed to call the chain.
    pub chain: String,
    /// The member, and its validator with its power.
    pub founder: Founder,
    /// The node's id among peers.
    pub node: String,
    /// Where others reach it, host:port.
    pub address: String,
    /// Types of validators' keys that its CometBFT knows.
    pub key_types: Vec<KeyType>,
    /// What its CometBFT calls itself.
    pub cometbft: String,
    /// When it was made, Unix ns.
    pub made: i64,
}

records::shape!(Card {
    lianyan,
    chain,
    founder,
    node,
    address,
    key_types,
    cometbft,
    made: nanoseconds
});

/// The file.
struct Signed {
    card: Card,
    signature: String,
}

records::shape!(Signed { card, signature });

impl Card {
    /// Signs it: the text of its file.
    pub fn sign(self, key: &SecretKey) -> Result<String> {
        let signature = hex::encode(key.sign(&self.message()?));
        let file = Signed {
            card: self,
            signature,
        };
        let bytes = canonical::encode(&file).map_err(unwritten)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Reads a card's file: whole, and signed with the key that it names.
    pub fn read(file: &Path) -> Result<Self> {
        let bytes = fs::read(file).map_err(Error::file(file))?;
        Self::parse(&bytes).map_err(|why| Error::Setup(format!("{}: {why}", file.display())))
    }

    /// What the file holds; a sentence where that is no founder's card.
    pub fn parse(file: &[u8]) -> Result<Self, String> {
        let Signed { card, signature } =
            canonical::decode(file.trim_ascii()).map_err(|error| format!("no card: {error}"))?;
        if card.lianyan != FORM {
            return Err(format!("a card of another form, `{}`", card.lianyan));
        }
        let signature = hex::decode(signature).unwrap_or_default();
        let message = card.message().map_err(|error| error.to_string())?;
        require_plain(card.texts())?;
        let keys = card.founder.member.keys.as_slice();
        match keys {
            [key] if key.key.verifies(&message, &signature) => Ok(card),
            _ => Err("the card was altered: its signature does not fit it".into()),
        }
    }

    /// What tells this card from any other.
    pub fn hash(&self) -> Result<Hash> {
        Ok(sha256(&[&self.message()?]))
    }

    fn message(&self) -> Result<Vec<u8>> {
        let card = canonical::encode(self).map_err(unwritten)?;
        Ok([b"lianyan/", FORM.as_bytes(), &[0], &card].concat())
    }

    /// What everybody reads at the ceremony, in the founder's own words.
    fn texts(&self) -> impl Iterator<Item = &String> {
        let member = &self.founder.member;
        let names = [&member.id, &member.name, &member.name_en, &member.org];
        let places = [&self.chain, &self.node, &self.address, &self.cometbft];
        names.into_iter().chain(places).chain(&member.roles)
    }

    /// The founder's id.
    pub fn id(&self) -> &str {
        &self.founder.member.id
    }

    /// Its voting power.
    pub fn power(&self) -> u64 {
        let validators = self.founder.validators.iter();
        validators.fold(0, |sum, validator| sum.saturating_add(validator.power))
    }

    /// As others name it among their peers.
    pub fn peer(&self) -> String {
        format!("{}@{}", self.node, self.address)
    }
}

/// What cannot be written down.
pub(super) fn unwritten(error: canonical::Error) -> Error {
    Error::Setup(error.to_string())
}

/// A hash to be read aloud: groups of four digits.
pub(super) fn aloud(hash: &[u8]) -> String {
    let digits = hex::encode(hash);
    let groups: Vec<&str> = (0..digits.len())
        .step_by(4)
        .filter_map(|at| digits.get(at..at + 4))
        .collect();
    groups.join(" ")
}
