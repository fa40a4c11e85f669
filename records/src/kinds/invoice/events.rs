//! The bodies of an invoice's events.

use super::state::Outcome;
use crate::{Digest, PublicKey};

/// `invoice.issue` (开票), signed by the issuer; uses one of its quota.
#[derive(Clone, Debug)]
pub struct Issue {
    /// The issuer's member id.
    pub issuer: String,
    /// Commitment to all fields.
    pub root: Digest,
    /// Digests of its printed codes, at most four, none twice.
    pub prints: Vec<Digest>,
    /// The first holder's key; absent where the invoice goes straight to the buyer's company, or is delivered later.
    pub holder: Option<PublicKey>,
    /// Salted digest of the payment on which it was issued.
    pub payment: Option<Digest>,
    /// The one of its prints that is an address of a portal, by which it is to be found.
    pub portal: Option<Digest>,
}

crate::shape!(Issue {
    issuer,
    root,
    prints,
    holder,
    payment,
    portal
});

/// `invoice.deliver` (交付), signed by the issuer, while nobody holds the invoice.
#[derive(Clone, Debug)]
pub struct Deliver {
    /// The issuer's member id.
    pub issuer: String,
    /// The first holder's key.
    pub to: PublicKey,
}

crate::shape!(Deliver { issuer, to });

/// `invoice.pass` (流转), signed by the holder.
#[derive(Clone, Debug)]
pub struct Pass {
    /// The next holder's key.
    pub to: PublicKey,
}

crate::shape!(Pass { to });

/// `invoice.lock`, signed by the company, and by the holder unless the company is the buyer.
#[derive(Clone, Debug)]
pub struct Lock {
    /// Opening of the invoice's `buyer_id` and of no other field, base64url without padding, where the company claims what it bought.
    pub buyer: Option<String>,
    /// The company's member id.
    pub by: String,
    /// Its own number for the claim, `[A-Za-z0-9._-]{1,96}`.
    pub claim: String,
}

crate::shape!(Lock { buyer, by, claim });

/// `invoice.unlock`, signed by the company that locked it.
#[derive(Clone, Debug)]
pub struct Unlock {
    /// The company's member id.
    pub by: String,
}

crate::shape!(Unlock { by });

/// `invoice.close` (入账, 报销, 报税), signed by the company that locked it.
#[derive(Clone, Debug)]
pub struct Close {
    /// The company's member id.
    pub by: String,
    /// What became of the claim.
    pub outcome: Outcome,
}

crate::shape!(Close { by, outcome as "as" });

/// `invoice.red` (红冲), signed by the issuer; once closed, by the company too.
#[derive(Clone, Debug)]
pub struct Red {
    /// The issuer's member id.
    pub issuer: String,
    /// 1 for the whole invoice, 0 for a part.
    pub whole: u8,
    /// The red invoice's own id; its record is made along.
    pub id: String,
    /// Commitment to its fields.
    pub root: Digest,
    /// Digests of its printed codes, at most four, none twice.
    pub prints: Vec<Digest>,
    /// The one of its prints that is an address of a portal.
    pub portal: Option<Digest>,
}

crate::shape!(Red {
    issuer,
    whole,
    id,
    root,
    prints,
    portal
});

/// `invoice.void` (作废), signed by the issuer.
#[derive(Clone, Debug)]
pub struct Void {
    /// The issuer's member id.
    pub issuer: String,
}

crate::shape!(Void { issuer });
