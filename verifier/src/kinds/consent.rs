//! Documents, grants and readings, from their states.

use super::Life;
use crate::reasons;
use alloc::string::ToString;
use records::{
    canonical::{self, Value},
    kinds::consent::{
        Finding,
        document::{Document, Status},
        grant::{Grant, Standing},
        read::{Basis, Read},
    },
};

pub fn document(data: &Value) -> Option<Life> {
    let document: Document = canonical::from_value(data).ok()?;
    let life = match document.status {
        Status::Proposed => Life::new(reasons::DOCUMENT_PROPOSED),
        Status::Shared => Life::new(reasons::DOCUMENT_SHARED),
        Status::Rejected => Life::last(reasons::DOCUMENT_REJECTED),
        Status::Erased => Life::last(reasons::DOCUMENT_ERASED),
    };
    Some(life.with([
        ("hospital", document.hospital),
        ("grants", document.grants.len().to_string()),
        ("reads", document.reads.to_string()),
        ("emergencies", document.emergencies.to_string()),
        ("open_reviews", document.open_reviews.to_string()),
    ]))
}

/// Expiry is judged by block time: `time` is the header's, and the true one is not earlier.
pub fn grant(data: &Value, time: i64) -> Option<Life> {
    let grant: Grant = canonical::from_value(data).ok()?;
    let life = match grant.standing(time) {
        Standing::InForce => Life::new(reasons::GRANT_ACTIVE),
        Standing::Expired => Life::last(reasons::GRANT_EXPIRED),
        Standing::Revoked => Life::last(reasons::GRANT_REVOKED),
        Standing::Superseded => Life::last(reasons::GRANT_SUPERSEDED),
    };
    Some(life.with([
        ("to", grant.to),
        ("until", grant.until.to_string()),
        ("reads", grant.reads.to_string()),
        ("successor", grant.successor.unwrap_or_default()),
    ]))
}

pub fn read(data: &Value) -> Option<Life> {
    let read: Read = canonical::from_value(data).ok()?;
    let life = match &read.basis {
        Basis::Grant { .. } => Life::last(reasons::READ_DONE),
        Basis::Emergency => Life::new(reasons::READ_OPEN),
        Basis::Reviewed {
            finding: Finding::Justified,
            ..
        } => Life::last(reasons::READ_REVIEWED),
        Basis::Reviewed { .. } => Life::last(reasons::READ_UNJUSTIFIED),
    };
    Some(life.with([("by", read.by), ("document", read.document)]))
}
