//! An invoice's life, from its state.

use super::Life;
use crate::reasons;
use alloc::string::ToString;
use records::{
    canonical::{self, Value},
    kinds::invoice::{Invoice, Outcome, Tax},
};

/// What the tax bureau's side says comes first: a red-flushed invoice stays so, whoever claimed it.
pub fn life(data: &Value) -> Option<Life> {
    let invoice: Invoice = canonical::from_value(data).ok()?;
    Some(match (invoice.tax, &invoice.claim) {
        (Tax::Void, _) => Life::last(reasons::INVOICE_VOID),
        (Tax::RedFull, _) => Life::last(reasons::INVOICE_RED_FLUSHED),
        (Tax::Red, _) => Life::last(reasons::INVOICE_IS_RED)
            .with([("reverses", invoice.reverses.unwrap_or_default())]),
        (_, Some(claim)) => {
            // A closed claim is final; red-flushing it later makes it no less claimed.
            let life = match claim.outcome {
                None => Life::new(reasons::INVOICE_LOCKED),
                Some(Outcome::Reimbursed) => Life::last(reasons::INVOICE_REIMBURSED),
                Some(Outcome::Entered) => Life::last(reasons::INVOICE_ENTERED),
                Some(Outcome::Declared) => Life::last(reasons::INVOICE_DECLARED),
            };
            life.with([("by", claim.by.clone()), ("claim", claim.claim.clone())])
        }
        (Tax::RedPart, None) => Life::new(reasons::INVOICE_RED_PART).with([
            ("red", invoice.red.len().to_string()),
            ("issuer", invoice.issuer.clone()),
        ]),
        (Tax::Normal, None) => {
            Life::new(reasons::INVOICE_UNCLAIMED).with([("issuer", invoice.issuer)])
        }
    })
}
