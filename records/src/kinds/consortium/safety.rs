//! What must hold of every validator set, and of every change from one block to the next. All sums are exact.

use super::{Consortium, Seat, Validator};
use crate::{canonical::MAX_INTEGER, refusal::Refusal, validator_key::ValidatorKey};

/// Most voting power of all validators together: exact in every JSON reader, and below CometBFT's own bound of 2⁶³ ⁄ 8.
const MAX_POWER: u128 = MAX_INTEGER.unsigned_abs() as u128;

fn is_third(part: u128, total: u128) -> bool {
    part * 3 >= total
}

/// Requires that no member, nor all members of one organisation together, hold one third of the power or more: they could otherwise stop the chain, or
/// invent a validator set with few others. So too of all who are suspended together, and that every validator has some power, a key of an allowed
/// type, and no other's key.
pub(super) fn require_safe(consortium: &Consortium) -> Result<(), Refusal> {
    for (at, validator) in consortium.validators().enumerate() {
        let key_type = validator.key.key_type();
        if !consortium.allows(key_type) {
            return Err(Refusal::new("key-type-not-allowed").with("type", key_type.word()));
        }
        let mut earlier = consortium.validators().take(at);
        if earlier.any(|known| known.key == validator.key) {
            return Err(Refusal::new("validator-known").with("key", &validator.key));
        }
        if validator.power == 0 {
            return Err(Refusal::new("no-power").with("key", &validator.key));
        }
    }
    let total = sum(consortium.validators().map(|validator| validator.power));
    if total == 0 {
        return Err(Refusal::new("no-validators"));
    }
    if total > MAX_POWER {
        return Err(Refusal::new("too-much-power").with("most", MAX_POWER));
    }
    for seat in &consortium.members {
        let house = consortium.members.iter().filter(|one| one.org == seat.org);
        if is_third(sum(house.map(Seat::power)), total) {
            return Err(Refusal::new("one-third-reached").with("member", &seat.id));
        }
    }
    let suspended = consortium.validators().filter(|v| v.suspended.is_some());
    if is_third(sum(suspended.map(|validator| validator.power)), total) {
        return Err(Refusal::new("too-many-suspended"));
    }
    Ok(())
}

/// Requires that within one block neither a third of the old set's power goes nor a third of the new one's comes: the chain then goes on even if
/// none of the newcomers is there, and whoever follows it still knows more than two thirds of those who sign.
pub(super) fn require_gradual(before: &Consortium, after: &Consortium) -> Result<(), Refusal> {
    for (from, to) in [(before, after), (after, before)] {
        let lost = active(from).map(|v| v.power.saturating_sub(power_of(to, &v.key)));
        if is_third(sum(lost), sum(active(from).map(|v| v.power))) {
            return Err(Refusal::new("too-much-at-once"));
        }
    }
    Ok(())
}

/// Who takes part in the consensus.
fn active(consortium: &Consortium) -> impl Iterator<Item = &Validator> {
    consortium.validators().filter(|v| v.suspended.is_none())
}

fn power_of(consortium: &Consortium, key: &ValidatorKey) -> u64 {
    let found = active(consortium).find(|v| v.key == *key);
    found.map_or(0, |v| v.power)
}

fn sum(powers: impl Iterator<Item = u64>) -> u128 {
    powers.map(u128::from).sum()
}
