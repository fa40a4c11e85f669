//! An issuer's quota: how many invoices the tax bureau granted (领票) and did not take back (缴销), or how many bills the finance department did
//! (财政票据领用), and how many were issued.
//!
//! `quota/<issuer's member id>`, of fiscal e-bills `fiscal-quota/<issuer's member id>`. Its log holds every grant and every
//! issue, so that replaying it proves the count; an invoice alone does not establish that it lies within the quota.

use super::invoice;
use crate::{
    canonical::{MAX_INTEGER, Value},
    refusal::{Refusal, Stop},
    registry::{Case, EventType, Kind, SUBJECT, updated},
};

/// Kind name of a quota of invoices.
pub const NAME: &str = "quota";
/// Kind name of a quota of fiscal e-bills.
pub const FISCAL_NAME: &str = "fiscal-quota";

/// The kind of quotas of invoices.
pub static KIND: Kind = Kind {
    name: NAME,
    events: &[EventType::alone("quota.grant")],
    apply,
};

/// The kind of quotas of fiscal e-bills.
pub static FISCAL: Kind = Kind {
    name: FISCAL_NAME,
    events: &[EventType::alone("fiscal-quota.grant")],
    apply,
};

/// The kind of the quota that an invoice of this id uses.
pub(super) fn of(invoice_id: &str) -> &'static str {
    if invoice::is_fiscal(invoice_id) {
        FISCAL_NAME
    } else {
        NAME
    }
}

/// State of a quota.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Invoices granted so far, without those taken back.
    pub granted: u64,
    /// The issuer's member id; the record's own id.
    pub issuer: String,
    /// Invoices issued so far.
    pub used: u64,
}

crate::shape!(Quota {
    granted,
    issuer,
    used
});

/// Body of `quota.grant` and `fiscal-quota.grant`.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The member id of the tax bureau, or of the finance department; it signs.
    pub by: String,
    /// How many more invoices; below 0, how many unused ones are taken back (缴销): else what a thief of the office's key granted stayed granted.
    pub count: i64,
}

crate::shape!(Grant { by, count });

fn apply(case: &Case<'_>) -> Result<Value, Stop> {
    match case.what() {
        ("quota.grant", SUBJECT) => grant(case, "tax-bureau"),
        ("fiscal-quota.grant", SUBJECT) => grant(case, "finance-department"),
        ("invoice.issue", invoice::QUOTA_ROLE) => {
            let body: invoice::Issue = case.body()?;
            issue(case, &body.issuer)
        }
        ("invoice.red", invoice::QUOTA_ROLE) => {
            let body: invoice::Red = case.body()?;
            issue(case, &body.issuer)
        }
        _ => Err(case.unexpected()),
    }
}

fn grant(case: &Case<'_>, role: &'static str) -> Result<Value, Stop> {
    let body: Grant = case.body()?;
    case.context.require_signed(case.event, &body.by, role)?;
    let mut quota = match case.state {
        Some(_) => case.existing()?,
        None => empty(case)?,
    };
    let possible = quota.used..=MAX_INTEGER.unsigned_abs();
    let granted = quota.granted.checked_add_signed(body.count);
    quota.granted = granted
        .filter(|granted| body.count != 0 && possible.contains(granted))
        .ok_or_else(|| Refusal::new("bad-count").with("count", body.count))?;
    updated(&quota)
}

/// The first grant makes the record, for a member that may issue.
fn empty(case: &Case<'_>) -> Result<Quota, Stop> {
    let issuer = case.context.member(case.record.id())?;
    if !issuer.has_role(invoice::ISSUER) {
        let refusal = Refusal::new("role-missing").with("member", &issuer.id);
        return Err(refusal.with("role", invoice::ISSUER).into());
    }
    Ok(Quota {
        granted: 0,
        issuer: issuer.id.clone(),
        used: 0,
    })
}

/// An invoice, red or not, uses one of its own issuer's quota. The touch follows from the body's issuer; the
/// issuer's signature is asked for here too, for the quota's log must stand without the invoice's.
fn issue(case: &Case<'_>, issuer: &str) -> Result<Value, Stop> {
    if case.state.is_none() {
        return Err(no_quota(case, issuer, 0).into());
    }
    let mut quota: Quota = case.existing()?;
    case.context
        .require_signed(case.event, &quota.issuer, invoice::ISSUER)?;
    if quota.used >= quota.granted {
        return Err(no_quota(case, &quota.issuer, quota.granted).into());
    }
    quota.used += 1;
    updated(&quota)
}

fn no_quota(case: &Case<'_>, issuer: &str, granted: u64) -> Refusal {
    Refusal::new(match case.record.kind() {
        FISCAL_NAME => "bills-used-up",
        _ => "quota-used-up",
    })
    .with("issuer", issuer)
    .with("granted", granted)
}
