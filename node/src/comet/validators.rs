//! Validator sets and the rotation of proposers (types/validator_set.go).

use crate::merkle::{self, Hash, sha256};
use prost::Message;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tendermint_proto::v0_38::{
    crypto::{PublicKey, public_key},
    types::SimpleValidator,
};

/// First 20 bytes of SHA-256 of the raw key.
pub type Address = [u8; 20];

/// Priorities stay within this many times the total power.
const PRIORITY_WINDOW: i64 = 2;

/// Address of an Ed25519 key.
pub fn address_of(key: &[u8; 32]) -> Address {
    let hash = sha256(key);
    std::array::from_fn(|i| hash[i])
}

/// A validator and its place in the rotation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validator {
    /// Raw Ed25519 key.
    pub key: [u8; 32],
    /// Voting power.
    pub power: i64,
    /// Proposer priority.
    pub priority: i64,
}

impl Validator {
    /// The validator's address.
    pub fn address(&self) -> Address {
        address_of(&self.key)
    }
}

/// Validators in canonical order: power descending, then address ascending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidatorSet {
    validators: Vec<Validator>,
    proposer: Option<Address>,
}

impl ValidatorSet {
    /// The first set of a chain, from keys and powers.
    pub fn new(validators: impl IntoIterator<Item = ([u8; 32], i64)>) -> Self {
        let mut set = Self {
            validators: Vec::new(),
            proposer: None,
        };
        set.update(validators);
        set.advance();
        set
    }

    /// The validators in canonical order.
    pub fn iter(&self) -> std::slice::Iter<'_, Validator> {
        self.validators.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.validators.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.validators.is_empty()
    }

    /// Sum of the powers.
    pub fn total_power(&self) -> i64 {
        self.validators
            .iter()
            .map(|validator| validator.power)
            .sum()
    }

    /// The header's `validators_hash`.
    pub fn hash(&self) -> Hash {
        let leaves: Vec<Vec<u8>> = self
            .validators
            .iter()
            .map(|validator| {
                SimpleValidator {
                    pub_key: Some(PublicKey {
                        sum: Some(public_key::Sum::Ed25519(validator.key.to_vec())),
                    }),
                    voting_power: validator.power,
                }
                .encode_to_vec()
            })
            .collect();
        merkle::root(&leaves)
    }

    /// The proposer of this set's height in round 0.
    pub fn proposer(&self) -> Option<Address> {
        self.proposer
    }

    /// Moves the rotation on by one height.
    pub fn advance(&mut self) {
        self.rescale();
        self.centre();
        let total = self.total_power();
        for validator in &mut self.validators {
            validator.priority = validator.priority.saturating_add(validator.power);
        }
        if let Some(chosen) = self
            .validators
            .iter_mut()
            .max_by_key(|validator| (validator.priority, std::cmp::Reverse(validator.address())))
        {
            chosen.priority = chosen.priority.saturating_sub(total);
            self.proposer = Some(chosen.address());
        }
    }

    /// Applies changes of power; 0 removes. A newcomer starts at the end of the queue.
    pub fn update(&mut self, changes: impl IntoIterator<Item = ([u8; 32], i64)>) {
        let changes: BTreeMap<[u8; 32], i64> = changes.into_iter().collect();
        if changes.is_empty() {
            return;
        }
        let mut powers: BTreeMap<[u8; 32], i64> = self
            .validators
            .iter()
            .map(|validator| (validator.key, validator.power))
            .collect();
        powers.extend(changes.iter().filter(|(_, power)| **power > 0));
        let before_removals: i64 = powers.values().sum();
        let newcomer = -(before_removals + (before_removals >> 3));
        let priorities: BTreeMap<[u8; 32], i64> = self
            .validators
            .iter()
            .map(|validator| (validator.key, validator.priority))
            .collect();
        self.validators = powers
            .into_iter()
            .filter(|(key, _)| changes.get(key) != Some(&0))
            .map(|(key, power)| Validator {
                key,
                power,
                priority: priorities.get(&key).copied().unwrap_or(newcomer),
            })
            .collect();
        self.rescale();
        self.centre();
        self.validators
            .sort_by_key(|validator| (std::cmp::Reverse(validator.power), validator.address()));
    }

    fn rescale(&mut self) {
        let limit = PRIORITY_WINDOW * self.total_power();
        let priorities = || self.validators.iter().map(|validator| validator.priority);
        let (Some(highest), Some(lowest)) = (priorities().max(), priorities().min()) else {
            return;
        };
        let spread = highest - lowest;
        if limit > 0 && spread > limit {
            let ratio = (spread + limit - 1) / limit;
            for validator in &mut self.validators {
                validator.priority /= ratio;
            }
        }
    }

    fn centre(&mut self) {
        if self.validators.is_empty() {
            return;
        }
        let sum: i64 = self
            .validators
            .iter()
            .map(|validator| validator.priority)
            .sum();
        let average = sum.div_euclid(self.validators.len() as i64);
        for validator in &mut self.validators {
            validator.priority -= average;
        }
    }
}
