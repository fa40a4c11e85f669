//! What an invoice's record says.

use crate::{Digest, PublicKey, shape::nanoseconds};

/// State of an invoice. Claim and tax status are apart: one is the buyer's, one the issuer's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// The issuer's member id.
    pub issuer: String,
    /// Commitment to all fields.
    pub root: Digest,
    /// Digests of its printed codes ([`print_digest`](crate::codes::print_digest)), at most four.
    pub prints: Vec<Digest>,
    /// Where it stands on the way to a company's books.
    pub status: Status,
    /// Where it stands with the tax bureau.
    pub tax: Tax,
    /// Block time of its issue, Unix nanoseconds.
    pub issued: i64,
    /// Key of whoever holds it; a key of its own for each invoice. Absent while nobody does.
    pub holder: Option<PublicKey>,
    /// The claim that locks or closed it.
    pub claim: Option<Claim>,
    /// Salted digest of the payment on which it was issued (支付即开票).
    pub payment: Option<Digest>,
    /// Red invoices (红字发票) against it, at most sixteen.
    pub red: Vec<RedNote>,
    /// The invoice that this one takes back, where this is a red one.
    pub reverses: Option<String>,
}

crate::shape!(Invoice {
    issuer,
    root,
    prints,
    status,
    tax,
    issued: nanoseconds,
    holder,
    claim,
    payment,
    red,
    reverses
});

/// Where an invoice stands on the way to a company's books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Issued, claimed by nobody.
    Issued,
    /// In one company's claim; nobody else can claim it.
    Locked,
    /// In that company's books, for good.
    Closed,
}

crate::names!(Status { Issued "issued", Locked "locked", Closed "closed" });

/// Where an invoice stands with the tax bureau.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tax {
    /// 正常.
    Normal,
    /// 作废.
    Void,
    /// 部分红冲.
    RedPart,
    /// 全额红冲.
    RedFull,
    /// A red invoice itself (红字发票): it takes another back, and nothing moves it any more.
    Red,
}

crate::names!(Tax { Normal "normal", Void "void", RedPart "red-part", RedFull "red-full", Red "red" });

/// One company's claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The company's member id.
    pub by: String,
    /// Its own number for the claim.
    pub claim: String,
    /// What became of it, once closed.
    pub outcome: Option<Outcome>,
}

crate::shape!(Claim { by, claim, outcome as "as" });

/// How a claim ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 报销.
    Reimbursed,
    /// 入账.
    Entered,
    /// 报税.
    Declared,
}

crate::names!(Outcome { Reimbursed "reimbursed", Entered "entered", Declared "declared" });

/// A red invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedNote {
    /// The red invoice's own id.
    pub id: String,
    /// Commitment to its fields, under the same schema.
    pub root: Digest,
}

crate::shape!(RedNote { id, root });
