//! A validator's key is on two machines.

use super::super::{governance, misbehaviour};
use super::day::{Day, until};
use lianyan_tests::Outcome;

/// The node that has the notary's validator, and the one that is given its key too.
const NOTARY: usize = 3;
const TWIN: usize = 4;

/// As where a machine is restored from a copy while the old one still runs: both sign, sooner or later for two blocks. The others report it, it is
/// written down with the member's name, and by rule the validator is suspended; a fifth of the power is not needed for going on.
pub fn one_key_on_two_machines(day: &mut Day) -> Outcome {
    let key = day.consortium.key(NOTARY);
    day.consortium.rekey(TWIN, key)?;
    let found = misbehaviour::written_down(&mut day.consortium, NOTARY)?;
    if found.member != "notary-office" {
        return Err(format!("the wrong one: {found:?}").into());
    }
    let own = governance::address(&day.consortium, NOTARY);
    until("it is suspended", || {
        let newest = day.consortium.client(0).newest();
        let signing = newest.map(|(height, _)| day.consortium.validators(height));
        matches!(signing, Ok(Ok(signing)) if signing.iter().all(|(address, _)| *address != own))
    })?;
    day.goes_on(&[0, 1, 2, NOTARY, TWIN])
}
