//! The verdict: never one boolean. A list of separate checks, each with a reason code, and one outcome on top.
//!
//! These types cross the worker boundary, are printed by the command line and are what the page draws; texts for people are
//! made from the codes in one place (the page's translation table), never here.

use alloc::{string::String, vec::Vec};
use litemap::LiteMap;
use records::shape::{decimal, optional_decimal, text_or_empty};

/// What a verdict comes to. "Not established" never looks like "rejected", and never like "verified".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "native", derive(serde::Serialize))]
#[cfg_attr(feature = "native", serde(rename_all = "kebab-case"))]
pub enum Outcome {
    /// Everything that can be checked was checked and holds; the record is in force.
    Verified,
    /// Everything holds, and what it proves is that the record is no longer in force (void, red-flushed, revoked, expired, claimed).
    OutOfForce,
    /// A check failed: what was shown is not what the chain holds, or a node lied.
    Rejected,
    /// The chain provably holds no such record.
    Absent,
    /// Nothing was refuted, but something needed could not be established (offline, stale, expired trust, disagreeing nodes).
    NotEstablished,
}

/// The separate questions that a verdict answers, in the order in which the page lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "native", derive(serde::Serialize))]
#[cfg_attr(feature = "native", serde(rename_all = "kebab-case"))]
pub enum CheckId {
    /// The printed code was read whole (check characters agree).
    ScanRead,
    /// What was printed or opened equals what the record commits to.
    FieldsMatch,
    /// The record is in the state, or provably absent.
    InState,
    /// The record's log is complete, and replaying it gives the proven state.
    HistoryReplayed,
    /// The header is signed by more than two thirds of the voting power.
    HeaderSigned,
    /// The header is recent enough for the question.
    HeaderFresh,
    /// Independent nodes hold the same header.
    NodesAgree,
    /// Where the record is in its life: in force, reimbursed, revoked, …
    LifeCycle,
    /// What lies outside every proof: that the fact itself is true.
    OutsideProof,
}

/// How one check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "native", derive(serde::Serialize))]
#[cfg_attr(feature = "native", serde(rename_all = "kebab-case"))]
pub enum Status {
    /// Checked, and it holds.
    Passed,
    /// Checked, and it does not hold.
    Failed,
    /// Holds, and says that the record is out of force.
    OutOfForce,
    /// Could not be checked.
    NotEstablished,
}

/// One check of a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "native", derive(serde::Serialize))]
pub struct Check {
    /// Which question.
    pub id: CheckId,
    /// How it ended.
    pub status: Status,
    /// Reason code, kebab-case; the page, the JavaScript API, the command line and the logs share it.
    pub reason: String,
    /// Facts to fill into the sentence: numbers, names, times; keys are snake_case, values are text.
    #[cfg_attr(feature = "native", serde(skip_serializing_if = "LiteMap::is_empty"))]
    pub facts: LiteMap<String, String>,
}

/// One member that holds a validator, and whether it signed the header on which the verdict rests.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "native", derive(serde::Serialize))]
pub struct Signer {
    /// Member id; empty where the validator belongs to no member known from the consortium record.
    pub member: String,
    /// The member's name, Chinese; the validator's address in hex where no member is known.
    pub name: String,
    /// The member's name, English.
    pub name_en: String,
    /// The types of its validators' keys, as in JSON, each once: `tendermint/PubKeyEd25519`.
    pub key_types: Vec<String>,
    /// Voting power of all its validators together.
    pub power: u64,
    /// The part of it that signed.
    pub signed: u64,
}

/// The header on which a verdict rests. All proofs of one verdict are at this one height.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "native", derive(serde::Serialize))]
pub struct Anchor {
    /// Chain id as signed in the header.
    pub chain_id: String,
    /// Whether this is a chain with development keys.
    pub dev: bool,
    /// Height of the header.
    pub height: u64,
    /// Header hash, hex.
    pub hash: String,
    /// Header time, Unix nanoseconds as decimal text.
    pub time: String,
    /// Age in seconds at the moment of the check, by the device's clock.
    pub age_seconds: i64,
    /// Who could sign and who did, strongest first.
    pub signers: Vec<Signer>,
    /// Total voting power.
    pub total_power: u64,
    /// Voting power that signed.
    pub signed_power: u64,
    /// The height that was trusted before: when this program began, or where trust began anew since; for a proof file the checkpoint's.
    pub from: u64,
    /// Steps from there to this header.
    pub steps: u32,
    /// What the signatures on the way cost, in Ed25519 signatures.
    pub signatures: u32,
    /// The last of the steps, at most 20, in the order they were taken.
    pub last_steps: Vec<Step>,
}

/// A step to a header, and why it is trusted: the power of the signatures that were checked, which is not more than was needed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "native", derive(serde::Serialize))]
pub struct Step {
    /// Height that it led to.
    pub to: u64,
    /// Power of the header's own validators that signed.
    pub signed: u64,
    /// Power of them all.
    pub total: u64,
    /// Power of those who signed among the validators that were trusted before; a step to the next block counts none.
    pub trusted_signed: u64,
    /// Power of all that were trusted before; 0 for a step to the next block, whose validators the block before has named.
    pub trusted_total: u64,
}

/// What one asked node said.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "native", derive(serde::Serialize))]
pub struct NodeAnswer {
    /// Its address.
    pub url: String,
    /// The member that runs it, as chains.json says.
    pub member: String,
    /// `agrees`, `behind`, `disagrees`, `unreachable`, `wrong-chain`, `garbage`; `refuted`: it handed out something provably false.
    pub state: String,
    /// At what it failed: a code where one names it (`timed-out`, `bad-signature`), else a text for engineers. Empty when all is well.
    #[cfg_attr(feature = "native", serde(skip_serializing_if = "String::is_empty"))]
    pub reason: String,
    /// The newest height that it named, if it answered.
    pub height: Option<u64>,
}

/// How many members have a node that holds the header: two of one member confirm each other as one does.
pub fn agreeing_members(nodes: &[NodeAnswer]) -> usize {
    let agree = nodes.iter().filter(|node| node.state == "agrees");
    let mut members: Vec<&str> = agree.map(|node| node.member.as_str()).collect();
    members.sort_unstable();
    members.dedup();
    members.len()
}

/// One step of a record's life, taken from its replayed log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "native", derive(serde::Serialize))]
pub struct HistoryEntry {
    /// Height of the block that carried the event.
    pub height: u64,
    /// Block time, Unix nanoseconds as decimal text; the event happened between it and `until_time`.
    pub time: String,
    /// Time of the earliest later header or event that is proven, Unix nanoseconds as decimal text.
    pub until_time: String,
    /// Event type, e.g. `invoice.lock`.
    pub event: String,
    /// The event's identity, hex.
    pub event_id: String,
    /// Who signed: member ids, or `holder`, `patient`, `owner` for personal keys.
    pub by: Vec<String>,
    /// Names of those members, same order.
    pub by_names: Vec<String>,
    /// Facts of the event's body worth showing; nested values as canonical JSON text.
    pub facts: LiteMap<String, String>,
}

/// An answer to one question, with everything that it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "native", derive(serde::Serialize))]
pub struct Verdict {
    /// What it comes to.
    pub outcome: Outcome,
    /// Reason code of the sentence on top, e.g. `invoice-unchanged-unclaimed`, `invoice-red-flushed`, `fields-altered`.
    pub headline: String,
    /// Facts for that sentence.
    #[cfg_attr(feature = "native", serde(skip_serializing_if = "LiteMap::is_empty"))]
    pub facts: LiteMap<String, String>,
    /// Record kind asked about.
    pub kind: String,
    /// Record id asked about.
    pub id: String,
    /// The checks, in the order of [`CheckId`].
    pub checks: Vec<Check>,
    /// Fields shown to the person, in order: name, value, and whether the chain's commitment covers it (`proven`) or only the code says so (`claimed`).
    pub fields: Vec<Field>,
    /// The proven state's `data`, canonical JSON text; empty where none was proven.
    pub state: String,
    /// The replayed history, oldest first.
    pub history: Vec<HistoryEntry>,
    /// The header; none where no header could be trusted.
    pub anchor: Option<Anchor>,
    /// The nodes asked.
    pub nodes: Vec<NodeAnswer>,
    /// Raw material for those who want to check by other means: header, commit, proof, log, as JSON text.
    pub raw: String,
    /// Milliseconds from question to verdict.
    pub millis: u32,
}

/// One field on the card.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "native", derive(serde::Serialize))]
pub struct Field {
    /// Schema name: `total`, `seller_name`, …
    pub name: String,
    /// Its value as in the schema (fen, yyyyMMdd, text).
    pub value: String,
    /// How far it is backed.
    pub backing: Backing,
}

/// How far a field is backed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "native", derive(serde::Serialize))]
#[cfg_attr(feature = "native", serde(rename_all = "kebab-case"))]
pub enum Backing {
    /// The chain's commitment or state covers this value.
    Proven,
    /// Only the scanned code says so.
    Claimed,
    /// The chain's commitment contradicts this value.
    Contradicted,
    /// The commitment covers it, and who made the opening left it out: the value is empty, and may be so on the chain.
    Withheld,
}

// How they cross the worker boundary. Numbers that a node or a chain may make large are texts there.

records::names!(Outcome {
    Verified "verified",
    OutOfForce "out-of-force",
    Rejected "rejected",
    Absent "absent",
    NotEstablished "not-established",
});

records::names!(CheckId {
    ScanRead "scan-read",
    FieldsMatch "fields-match",
    InState "in-state",
    HistoryReplayed "history-replayed",
    HeaderSigned "header-signed",
    HeaderFresh "header-fresh",
    NodesAgree "nodes-agree",
    LifeCycle "life-cycle",
    OutsideProof "outside-proof",
});

records::names!(Status {
    Passed "passed",
    Failed "failed",
    OutOfForce "out-of-force",
    NotEstablished "not-established",
});

records::shape!(Check {
    id,
    status,
    reason,
    facts,
});

records::shape!(Signer {
    member,
    name,
    name_en,
    key_types,
    power: decimal,
    signed: decimal,
});

records::shape!(Anchor {
    chain_id,
    dev,
    height: decimal,
    hash,
    time,
    age_seconds,
    signers,
    total_power: decimal,
    signed_power: decimal,
    from: decimal,
    steps,
    signatures,
    last_steps,
});

records::shape!(Step {
    to: decimal,
    signed: decimal,
    total: decimal,
    trusted_signed: decimal,
    trusted_total: decimal,
});

records::shape!(NodeAnswer {
    url,
    member,
    state,
    reason: text_or_empty,
    height: optional_decimal,
});

records::shape!(HistoryEntry {
    height: decimal,
    time,
    until_time,
    event,
    event_id,
    by,
    by_names,
    facts,
});

records::shape!(Verdict {
    outcome,
    headline,
    facts,
    kind,
    id,
    checks,
    fields,
    state,
    history,
    anchor,
    nodes,
    raw,
    millis,
});

records::shape!(Field {
    name,
    value,
    backing,
});

records::names!(Backing {
    Proven "proven",
    Claimed "claimed",
    Contradicted "contradicted",
    Withheld "withheld",
});
