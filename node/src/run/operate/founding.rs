//! What follows from the founders' cards, for everybody alike: the chain's id, its founding event, its genesis.

use super::{
    card::{Card, unwritten},
    consent::Consent,
};
use crate::{
    application::AppState,
    chain::{Genesis, GenesisValidator},
    comet::{self, ConsensusParams},
    error::{Error, Result},
    network::is_v0_38,
};
use records::{
    Envelope, Hash, KeyType, Payload, PublicKey, RecordName, canonical,
    envelope::{MAX_ENVELOPE, MAX_SIGNATURES, pae},
    hash::sha256,
    kinds::consortium::{self, Found},
};
use std::collections::BTreeSet;

const HOUR: i64 = 3600 * 1_000_000_000;
/// Longest name of a chain: its id, which has nine characters more, may have 50 in CometBFT.
const MAX_NAME: usize = 40;

/// Founders who agree on what their cards say.
pub(super) struct Founding {
    /// By member id.
    pub cards: Vec<Card>,
    /// The chain's id.
    pub chain: String,
    /// Genesis time, Unix ns: when the last card was made.
    pub time: i64,
    /// Types of keys that validators may ever have.
    pub key_types: Vec<KeyType>,
    /// The founding event, to be signed by every founder.
    pub payload: Vec<u8>,
}

impl Founding {
    /// From cards in any order.
    pub fn new(mut cards: Vec<Card>) -> Result<Self> {
        cards.sort_by(|a, b| a.id().cmp(b.id()));
        require_fit(&cards)?;
        let hashes = cards.iter().map(Card::hash).collect::<Result<Vec<_>>>()?;
        let [a, b, c, d, ..] = sha256(&[hashes.concat().as_slice()]);
        let name = cards.first().map_or("", |card| &card.chain);
        let mut founding = Self {
            chain: format!("{name}-{}", hex::encode([a, b, c, d])),
            time: cards.iter().map(|card| card.made).max().unwrap_or_default(),
            key_types: common_key_types(&cards),
            payload: Vec::new(),
            cards,
        };
        founding.require_key_types()?;
        founding.payload = founding.event()?.encode().map_err(unwritten)?;
        Ok(founding)
    }

    fn event(&self) -> Result<Payload> {
        let body = Found {
            members: self.cards.iter().map(|card| card.founder.clone()).collect(),
            key_types: (self.key_types != [KeyType::Ed25519]).then(|| self.key_types.clone()),
        };
        Ok(Payload {
            body: canonical::to_value(&body).map_err(unwritten)?,
            chain: self.chain.clone(),
            seq: 0,
            subject: RecordName::new(consortium::NAME, consortium::ID)
                .ok_or(Error::Damaged("a constant record name"))?,
            event_type: "consortium.found".into(),
            until: self.time.saturating_add(HOUR),
        })
    }

    /// What the founders read aloud to each other: the founding event's identity.
    pub fn number(&self) -> Hash {
        sha256(&[&pae(&self.payload)])
    }

    /// A founder's key.
    pub fn key_of(&self, member: &str) -> Option<PublicKey> {
        let card = self.cards.iter().find(|card| card.id() == member)?;
        card.founder.member.keys.first().map(|key| key.key)
    }

    /// Founders of whom there is no consent.
    pub fn missing<'a>(&'a self, consents: &[Consent]) -> Vec<&'a str> {
        let ids = self.cards.iter().map(Card::id);
        ids.filter(|id| !consents.iter().any(|consent| consent.member == *id))
            .collect()
    }

    /// The genesis, once everybody consents.
    pub fn genesis(&self, consents: &[Consent]) -> Result<Genesis> {
        let signatures: Result<Vec<_>> = consents
            .iter()
            .map(|consent| consent.signature(self))
            .collect();
        let envelope = Envelope::assemble(self.payload.clone(), signatures?).encode();
        if envelope.len() > MAX_ENVELOPE {
            return Err(Error::Setup(format!(
                "the founding event has {} bytes, of at most {MAX_ENVELOPE}: let some join later",
                envelope.len()
            )));
        }
        let validators = self.cards.iter().flat_map(|card| {
            card.founder
                .validators
                .iter()
                .map(|validator| GenesisValidator {
                    name: card.id().into(),
                    key: validator.key.clone(),
                    power: i64::try_from(validator.power).unwrap_or(i64::MAX),
                })
        });
        Ok(Genesis {
            chain_id: self.chain.clone(),
            time: comet::timestamp(self.time),
            params: ConsensusParams::with_keys(&self.key_types),
            validators: validators.collect(),
            app_state: AppState::new([envelope]),
        })
    }

    fn require_key_types(&self) -> Result<()> {
        for card in &self.cards {
            for validator in &card.founder.validators {
                let key_type = validator.key.key_type();
                if !self.key_types.contains(&key_type) {
                    return Err(Error::Setup(format!(
                        "{} has a key of type {}, which not every founder's CometBFT knows",
                        card.id(),
                        key_type.word()
                    )));
                }
            }
        }
        Ok(())
    }
}

fn common_key_types(cards: &[Card]) -> Vec<KeyType> {
    let every = [KeyType::Ed25519, KeyType::MlDsa65];
    let known = |key_type: &KeyType| cards.iter().all(|card| card.key_types.contains(key_type));
    every.into_iter().filter(known).collect()
}

/// A name that can begin a chain's id. `dev-…` says that its keys are for development.
pub(super) fn require_name(chain: &str) -> Result<()> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if chain.is_empty() || chain.len() > MAX_NAME || !chain.chars().all(fits) {
        return Err(Error::Setup(format!(
            "`{chain}` cannot name a chain: 1 to {MAX_NAME} lower-case letters, digits and hyphens"
        )));
    }
    if chain.starts_with("dev-") {
        return Err(Error::Setup(format!(
            "`{chain}` would be a chain with development keys; these keys are none"
        )));
    }
    Ok(())
}

/// Founders that can found a chain together.
fn require_fit(cards: &[Card]) -> Result<()> {
    if cards.len() > MAX_SIGNATURES {
        return Err(Error::Setup(format!(
            "{} founders are too many: {MAX_SIGNATURES} can sign one event; let the others join later",
            cards.len()
        )));
    }
    for (at, card) in cards.iter().enumerate() {
        require_name(&card.chain)?;
        let earlier = cards.get(..at).unwrap_or_default();
        for other in earlier {
            require_apart(card, other)?;
        }
        require_own_keys(card)?;
    }
    let total: u128 = cards.iter().map(|card| u128::from(card.power())).sum();
    for card in cards {
        let power = u128::from(card.power());
        if power == 0 {
            return Err(Error::Setup(format!("{} has no power", card.id())));
        }
        if power * 3 >= total {
            return Err(Error::Setup(format!(
                "{} would hold {power} of {total}: a third of the power can stop the chain, so every founder must hold less",
                card.id()
            )));
        }
    }
    Ok(())
}

/// Two founders must have nothing of their own in common, and the chain's name and CometBFT's line.
fn require_apart(card: &Card, other: &Card) -> Result<()> {
    if card.chain != other.chain {
        return Err(Error::Setup(format!(
            "{} wants the chain `{}`, {} wants `{}`",
            other.id(),
            other.chain,
            card.id(),
            card.chain
        )));
    }
    if is_v0_38(&card.cometbft) != is_v0_38(&other.cometbft) {
        return Err(Error::Setup(format!(
            "{} has CometBFT {}, {} has {}: the two lines must not run one chain (docs/operate.md, step 8); agree on one, and who has the other makes home and card anew",
            other.id(),
            other.cometbft,
            card.id(),
            card.cometbft
        )));
    }
    let (mine, theirs) = (own(card), own(other));
    let same = mine.iter().find(|one| theirs.contains(*one));
    same.map_or(Ok(()), |(what, _)| {
        Err(Error::Setup(format!(
            "{} and {} have the same {what}",
            other.id(),
            card.id()
        )))
    })
}

/// A member's key on a validator would be at hand on a machine that the network reaches.
fn require_own_keys(card: &Card) -> Result<()> {
    let mut keys = card.founder.member.keys.iter();
    let validators = &card.founder.validators;
    match keys.any(|key| validators.iter().any(|v| v.key == key.key.into())) {
        true => Err(Error::Setup(format!(
            "{} has one key for member and validator: make two",
            card.id()
        ))),
        false => Ok(()),
    }
}

/// What nobody else may have.
fn own(card: &Card) -> BTreeSet<(&'static str, String)> {
    let member = &card.founder.member;
    let mut own: BTreeSet<_> = [
        ("id", member.id.clone()),
        ("name", member.name.clone()),
        ("English name", member.name_en.clone()),
        ("node key", card.node.clone()),
        ("address", card.address.clone()),
    ]
    .into();
    let members = member.keys.iter().map(|key| key.key.to_string());
    let validators = card.founder.validators.iter();
    let keys = members.chain(validators.map(|validator| validator.key.to_string()));
    own.extend(keys.map(|key| ("key", key)));
    own
}
