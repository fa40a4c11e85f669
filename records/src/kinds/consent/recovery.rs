//! The replacement of a patient's or a guardian's key that was lost, or that somebody else has.
//!
//! Two desks vouch for it, and who would be robbed by that can veto. But so can a thief, and whose key was stolen would be without a key for ever. So there is
//! one veto: from then on the hospital signs too, which has to know whose record it is before it hands it to anybody (医疗机构病历管理规定), and nobody vetoes
//! any more. Neither a thief, nor the desks, nor the hospital has the last word alone.

use super::document::Document;
use crate::{
    context::require_key,
    keys::PublicKey,
    refusal::{Refusal, Stop},
    registry::Case,
    shape::nanoseconds,
};
use core::iter::once;

/// A new key counts after this long, in nanoseconds (three days): until then a key of today may veto, the first time.
pub const RECOVERY_DELAY: i64 = 3 * 24 * 3600 * 1_000_000_000;

/// A key's replacement, waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// Block time from which the new key counts, Unix nanoseconds.
    pub from: i64,
    /// The new key.
    pub key: PublicKey,
    /// The key in whose place it comes: the patient's, or the guardian's.
    pub lost: PublicKey,
}

crate::shape!(Recovery {
    from: nanoseconds,
    key,
    lost
});

/// Body of `document.recover`: two members of different organisations vouch for a new key, which signs too.
#[derive(Clone, Debug)]
pub struct Recover {
    /// The two, role `desk`.
    pub by: [String; 2],
    /// The new key.
    pub key: PublicKey,
    /// The key in whose place it comes: the patient's, or the guardian's.
    pub lost: PublicKey,
}

crate::shape!(Recover { by, key, lost });

impl Document {
    /// A replacement whose time has come is done.
    pub(super) fn settle_recovery(&mut self, time: i64) {
        if let Some(recovery) = self.recovery.take_if(|recovery| recovery.from <= time) {
            let keys = once(&mut self.patient).chain(&mut self.guardian);
            keys.filter(|key| **key == recovery.lost)
                .for_each(|key| *key = recovery.key);
        }
    }

    /// While a key is being replaced, only revoking and denying is accepted.
    pub(super) fn require_settled(&self) -> Result<(), Stop> {
        if self.recovery.is_some() {
            Err(Refusal::new("key-recovery-pending").into())
        } else {
            Ok(())
        }
    }

    pub(super) fn recover(&mut self, case: &Case<'_>) -> Result<(), Stop> {
        let Recover {
            by: [first, second],
            key,
            lost,
        } = case.body()?;
        case.context.require_two_besides(
            case.event,
            [&first, &second],
            &["desk"],
            &self.hospital,
        )?;
        if self.vetoed.is_some() {
            case.context
                .require_signed(case.event, &self.hospital, "hospital")?;
        }
        require_key(case.event, &key, "new")?;
        self.require_settled()?;
        if lost == key || (self.patient != lost && self.guardian != Some(lost)) {
            return Err(Refusal::new("changes-nothing").into());
        }
        self.recovery = Some(Recovery {
            from: case.context.time.saturating_add(RECOVERY_DELAY),
            key,
            lost,
        });
        Ok(())
    }

    pub(super) fn veto(&mut self, case: &Case<'_>) -> Result<(), Stop> {
        self.require_patient(case)?;
        if self.recovery.is_none() || self.vetoed.is_some() {
            return Err(Refusal::new("nothing-to-veto").into());
        }
        self.recovery = None;
        self.vetoed = Some(case.context.time);
        Ok(())
    }
}
