//! The bodies of an invoice's events.

use super::state::Outcome;
use crate::{Digest, PublicKey};
use serde::{Deserialize, Serialize};

/// `invoice.issue` (开票), signed by the issuer; uses one of its quota.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issue {
    /// The issuer's member id.
    pub issuer: String,
    /// Commitment to all fields.
    pub root: Digest,
    /// Digests of its printed codes, at most four, none twice.
    pub prints: Vec<Digest>,
    /// The first holder's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<PublicKey>,
    /// Salted digest of the payment on which it was issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<Digest>,
}

/// `invoice.pass` (流转), signed by the holder.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pass {
    /// The next holder's key.
    pub to: PublicKey,
}

/// `invoice.lock`, signed by the company, and by the holder where there is one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// The company's member id.
    pub by: String,
    /// Its own number for the claim, `[A-Za-z0-9._-]{1,96}`.
    pub claim: String,
}

/// `invoice.unlock`, signed by the company that locked it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unlock {
    /// The company's member id.
    pub by: String,
}

/// `invoice.close` (入账, 报销, 报税), signed by the company that locked it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// The company's member id.
    pub by: String,
    /// What became of the claim.
    #[serde(rename = "as")]
    pub outcome: Outcome,
}

/// `invoice.red` (红冲), signed by the issuer; once closed, by the company too.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Red {
    /// The issuer's member id.
    pub issuer: String,
    /// 1 for the whole invoice, 0 for a part.
    pub whole: u8,
    /// The red invoice's own id.
    pub id: String,
    /// Commitment to its fields.
    pub root: Digest,
}

/// `invoice.void` (作废), signed by the issuer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Void {
    /// The issuer's member id.
    pub issuer: String,
}
