//! A quota of invoices (领票) or of fiscal e-bills (财政票据领用), from its state.

use super::Life;
use crate::reasons;
use alloc::string::ToString;
use records::{
    canonical::{self, Value},
    kinds::quota::Quota,
};

/// How many were granted and issued, and how many are left.
pub fn quota(data: &Value) -> Option<Life> {
    let quota: Quota = canonical::from_value(data).ok()?;
    let left = quota.granted.saturating_sub(quota.used);
    Some(Life::new(reasons::QUOTA_COUNTED).with([
        ("granted", quota.granted.to_string()),
        ("used", quota.used.to_string()),
        ("left", left.to_string()),
        ("issuer", quota.issuer),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::life;

    #[test]
    fn a_quota_says_how_many_are_left() {
        let quota = Quota {
            granted: 100,
            issuer: "cafe".into(),
            used: 97,
        };
        let data = canonical::to_value(&quota).expect("a state");
        for kind in ["quota", "fiscal-quota"] {
            let life = life(kind, &data, 0).expect("a life");
            let fact = |name: &str| life.facts.get(name).map(|fact| fact.as_str());
            assert_eq!(life.reason, reasons::QUOTA_COUNTED);
            assert_eq!(
                ["granted", "used", "left"].map(fact),
                [Some("100"), Some("97"), Some("3")]
            );
            // A later issue uses another one.
            assert!(!life.last);
        }
    }
}
