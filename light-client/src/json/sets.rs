//! Validators and validator sets.

use alloc::vec::Vec;

use super::cursor::Cursor;
use super::{JsonError, Value, open};
use crate::keys::PublicKey;
use crate::validators::{Validator, ValidatorSet};

/// One page of the answer to `/validators`: nodes give 30 at a time unless asked for more, and never more than 100.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidatorsPage {
    /// The height that these validators sign. Without a height in the question, it is the one after the newest block.
    pub block_height: u64,
    /// The validators on this page.
    pub validators: Vec<Validator>,
    /// How many there are on all pages.
    pub total: u64,
}

/// The answer to `/validators`, which is **not** the whole set while `total` is larger than what was collected.
pub fn validators(answer: &Value) -> Result<ValidatorsPage, JsonError> {
    let at = open(answer)?;
    Ok(ValidatorsPage {
        block_height: at.field("block_height")?.int64()?,
        validators: at
            .field("validators")?
            .items(|entry| validator_at(&entry))?,
        total: at.field("total")?.int64()?,
    })
}

/// The set of all pages, each of the same height; none while pages are missing or do not belong together, or if the
/// validators are no set.
pub fn join_pages(pages: Vec<ValidatorsPage>) -> Option<ValidatorSet> {
    let (height, total) = pages.first().map(|page| (page.block_height, page.total))?;
    if pages
        .iter()
        .any(|page| (page.block_height, page.total) != (height, total))
    {
        return None;
    }
    let validators: Vec<Validator> = pages.into_iter().flat_map(|page| page.validators).collect();
    let complete = u64::try_from(validators.len()).ok() == Some(total);
    if complete {
        ValidatorSet::new(validators).ok()
    } else {
        None
    }
}

/// A validator set `{validators: […]}` as it stands in files.
pub fn validator_set(value: &Value) -> Result<ValidatorSet, JsonError> {
    set_in(&Cursor::root(value))
}

pub(super) fn set_in(at: &Cursor<'_, '_>) -> Result<ValidatorSet, JsonError> {
    let validators = at.field("validators")?;
    let list = validators.items(|entry| validator_at(&entry))?;
    ValidatorSet::new(list).map_err(|_| validators.malformed("a validator set"))
}

pub(super) fn validator_at(at: &Cursor<'_, '_>) -> Result<Validator, JsonError> {
    let key = at.field("pub_key")?;
    let bytes = key.field("value")?.base64()?;
    let key = PublicKey::from_type_and_bytes(key.field("type")?.text()?, &bytes)
        .ok_or_else(|| key.malformed("a public key of a known type"))?;
    let validator = Validator::new(key, at.field("voting_power")?.int64()?);
    // Computed, not believed: what the node writes must agree.
    let address = at.field("address")?;
    if address.address()? == *validator.address() {
        Ok(validator)
    } else {
        Err(address.malformed("the key's address"))
    }
}
