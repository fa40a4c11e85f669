//! Validator sets.

use alloc::vec::Vec;

use thiserror::Error;

use crate::header::Address;
use crate::keys::PublicKey;
use crate::merkle::{self, Hash};
use crate::proto::Writer;

/// CometBFT refuses more validators than this (`types.MaxVotesCount`).
pub const MAX_VALIDATORS: usize = 10_000;

/// CometBFT refuses more voting power than this in sum (`types.MaxTotalVotingPower`).
pub const MAX_TOTAL_POWER: u64 = i64::MAX as u64 / 8;

/// A member of a validator set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validator {
    address: Address,
    key: PublicKey,
    power: u64,
}

impl Validator {
    /// A validator with this key and voting power; the address is computed from the key.
    pub fn new(key: PublicKey, power: u64) -> Validator {
        Validator {
            address: key.address(),
            key,
            power,
        }
    }

    /// A validator under an address that is not its key's: what a collision of two addresses would look like.
    #[cfg(test)]
    pub(crate) fn under_address(self, address: Address) -> Validator {
        Validator { address, ..self }
    }

    /// Its address, computed from its key.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Its key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Its voting power.
    pub fn power(&self) -> u64 {
        self.power
    }

    /// `SimpleValidator`: key = 1 (a oneof), power = 2. Neither address nor proposer priority is committed to.
    fn encode(&self) -> Vec<u8> {
        let (field, key) = self.key.proto_field();
        let key = Writer::default().message(field, key).finish();
        Writer::default()
            .message(1, &key)
            .uint(2, self.power)
            .finish()
    }
}

/// Why validators do not form a set.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ValidatorSetError {
    /// There are more than [`MAX_VALIDATORS`].
    #[error("{0} validators are more than a chain can have")]
    TooMany(usize),
    /// One stands in the list twice; its power would count twice.
    #[error("validator {} is listed twice", hex::encode_upper(.0))]
    Duplicate(Address),
    /// Their power exceeds [`MAX_TOTAL_POWER`].
    #[error("the voting power adds up to more than a chain can have")]
    TooMuchPower,
}

/// Validators in CometBFT's order: by power, largest first, then by address. Each is in it once.
///
/// A set may be empty, as some nodes write one; nothing can be signed by more than a part of no power, so it verifies nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidatorSet {
    validators: Vec<Validator>,
    by_address: Vec<usize>,
    total_power: u64,
}

impl ValidatorSet {
    /// Sorts the validators and checks that they can be a set.
    pub fn new(mut validators: Vec<Validator>) -> Result<ValidatorSet, ValidatorSetError> {
        if validators.len() > MAX_VALIDATORS {
            return Err(ValidatorSetError::TooMany(validators.len()));
        }
        validators.sort_unstable_by(|a, b| {
            b.power
                .cmp(&a.power)
                .then_with(|| a.address.cmp(&b.address))
        });
        let mut total_power = 0u64;
        for validator in &validators {
            let sum = total_power
                .checked_add(validator.power)
                .filter(|sum| *sum <= MAX_TOTAL_POWER);
            total_power = sum.ok_or(ValidatorSetError::TooMuchPower)?;
        }
        let mut places: Vec<(Address, usize)> = validators
            .iter()
            .enumerate()
            .map(|(place, validator)| (validator.address, place))
            .collect();
        places.sort_unstable();
        if let Some(twice) = places
            .iter()
            .zip(places.iter().skip(1))
            .find(|(a, b)| a.0 == b.0)
        {
            return Err(ValidatorSetError::Duplicate(twice.0.0));
        }
        let by_address = places.into_iter().map(|(_, place)| place).collect();
        Ok(ValidatorSet {
            validators,
            by_address,
            total_power,
        })
    }

    /// The validators, in order.
    pub fn validators(&self) -> &[Validator] {
        &self.validators
    }

    /// The sum of their voting power, at most [`MAX_TOTAL_POWER`].
    pub fn total_power(&self) -> u64 {
        self.total_power
    }

    /// The member with this address.
    pub fn by_address(&self, address: &Address) -> Option<&Validator> {
        let found = self.by_address.binary_search_by(|place| {
            self.validators
                .get(*place)
                .map(|validator| &validator.address)
                .cmp(&Some(address))
        });
        self.validators.get(*self.by_address.get(found.ok()?)?)
    }

    /// What headers carry as `validators_hash`.
    pub fn hash(&self) -> Hash {
        let leaves: Vec<Vec<u8>> = self.validators.iter().map(Validator::encode).collect();
        merkle::root(&leaves)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn validator(number: usize, power: u64) -> Validator {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&number.to_be_bytes());
        Validator::new(PublicKey::Ed25519(key), power)
    }

    fn of(count: usize) -> Result<ValidatorSet, ValidatorSetError> {
        ValidatorSet::new((0..count).map(|number| validator(number, 1)).collect())
    }

    #[test]
    fn a_set_has_as_many_validators_as_a_chain_can_have_and_no_more() {
        assert!(of(MAX_VALIDATORS).is_ok());
        let many = MAX_VALIDATORS + 1;
        assert_eq!(of(many), Err(ValidatorSetError::TooMany(many)));
    }

    #[test]
    fn a_set_has_as_much_power_as_a_chain_can_have_and_no_more() {
        let with = |powers: [u64; 2]| {
            let validators = powers.into_iter().enumerate();
            let validators = validators.map(|(number, power)| validator(number, power));
            ValidatorSet::new(validators.collect()).map(|set| set.total_power())
        };
        assert_eq!(with([MAX_TOTAL_POWER - 1, 1]), Ok(MAX_TOTAL_POWER));
        for powers in [
            [MAX_TOTAL_POWER, 1],
            [MAX_TOTAL_POWER + 1, 0],
            [u64::MAX, 1],
        ] {
            assert_eq!(with(powers), Err(ValidatorSetError::TooMuchPower));
        }
    }
}
