//! Proposals: what members want to do together, and who approves of it.
//!
//! An act that needs more than two thirds of the consortium's power is an event like any other. Where its signers hold less, it may rest on a proposal
//! of exactly this act: the approvals in there count as signatures do. The proposal's id is the hash of the act, so that both find each other,
//! and the act's place in its subject's sequence is part of it, so that an act is done once.

use crate::{
    canonical::{self, Value},
    event::Payload,
    hash::sha256,
    name::RecordName,
    refusal::{Refusal, Stop},
    registry::{Case, EventType, Kind, SUBJECT, updated},
    shape::nanoseconds,
};

/// Kind name.
pub const NAME: &str = "proposal";
/// A proposal may be approved for at most this long: thirty days, in nanoseconds.
pub const MAX_OPEN: i64 = 30 * MIN_OPEN;
/// And for at least this long, in nanoseconds: one day. Else who is against an act proposes it again and again, for no time at all.
pub const MIN_OPEN: i64 = 24 * 3600 * 1_000_000_000;

/// The kind.
pub static KIND: Kind = Kind {
    name: NAME,
    events: &[
        EventType::alone("proposal.make"),
        EventType::alone("proposal.approve"),
        EventType::alone("proposal.withdraw"),
    ],
    apply,
};

/// What is to be done: an event without its envelope and its deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// The type's own fields.
    pub body: Value,
    /// The subject's sequence number before it.
    pub seq: u64,
    /// The record that it is about.
    pub subject: RecordName,
    /// `<kind>.<verb>`.
    pub event_type: String,
}

crate::shape!(Act { body, seq, subject, event_type as "type" });

impl Act {
    /// What an event does.
    pub fn of(payload: &Payload) -> Self {
        Self {
            body: payload.body.clone(),
            seq: payload.seq,
            subject: payload.subject.clone(),
            event_type: payload.event_type.clone(),
        }
    }

    /// The id of its proposal, hex of `H("lianyan/proposal/1" ‖ canonical JSON of the act)`.
    pub fn proposal(&self) -> Result<String, canonical::Error> {
        let act = canonical::encode(self)?;
        Ok(hex::encode(sha256(&[b"lianyan/proposal/1", &act])))
    }
}

/// State of a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What is proposed.
    pub act: Act,
    /// Ids of the members that approve, whoever proposed it first.
    pub approvals: Vec<String>,
    /// Block time after which it counts no more, Unix nanoseconds.
    pub until: i64,
    /// Ids of the members that approved and withdrew it; absent while none did.
    pub withdrawn: Option<Vec<String>>,
}

crate::shape!(Proposal {
    act,
    approvals,
    until: nanoseconds,
    withdrawn
});

impl Proposal {
    /// Whether it still counts at this block time.
    pub fn is_open(&self, time: i64) -> bool {
        time <= self.until
    }
}

/// Body of `proposal.make`, signed by the member.
pub struct Make {
    /// What is proposed.
    pub act: Act,
    /// Who proposes it, and approves of it.
    pub by: String,
    /// Until when, Unix nanoseconds.
    pub until: i64,
}

crate::shape!(Make {
    act,
    by,
    until: nanoseconds
});

/// Body of `proposal.approve` and of `proposal.withdraw`, signed by the member.
pub struct Approve {
    /// Who approves, or does no longer.
    pub by: String,
}

crate::shape!(Approve { by });

fn apply(case: &Case<'_>) -> Result<Value, Stop> {
    match case.what() {
        ("proposal.make", SUBJECT) => make(case),
        ("proposal.approve", SUBJECT) => approve(case),
        ("proposal.withdraw", SUBJECT) => withdraw(case),
        _ => Err(case.unexpected()),
    }
}

fn make(case: &Case<'_>) -> Result<Value, Stop> {
    let Make { act, by, until } = case.body()?;
    require_seat(case, &by)?;
    if act.proposal()? != case.record.id() {
        return Err(Refusal::new("other-act").into());
    }
    let time = case.context.time;
    if until < time.saturating_add(MIN_OPEN) || until > time.saturating_add(MAX_OPEN) {
        return Err(Refusal::new("bad-deadline").into());
    }
    // What nobody approved of in time may be proposed again.
    if case.state.is_some() && case.existing::<Proposal>()?.is_open(time) {
        return Err(Refusal::new("proposal-open").into());
    }
    let approvals = vec![by];
    updated(&Proposal {
        act,
        approvals,
        until,
        withdrawn: None,
    })
}

/// Once: who has withdrawn approves of it no more, for everybody who wants to know what was agreed reads the whole log.
fn approve(case: &Case<'_>) -> Result<Value, Stop> {
    let (mut proposal, by) = open(case)?;
    let decided = proposal.approvals.iter();
    if decided
        .chain(proposal.withdrawn.iter().flatten())
        .any(|known| *known == by)
    {
        return Err(Refusal::new("has-decided").with("member", by).into());
    }
    proposal.approvals.push(by);
    updated(&proposal)
}

/// Until the act is carried out: after that an approval is of no use.
fn withdraw(case: &Case<'_>) -> Result<Value, Stop> {
    let (mut proposal, by) = open(case)?;
    let at = proposal.approvals.iter().position(|known| *known == by);
    if let Some(at) = at {
        let withdrawn = proposal.withdrawn.get_or_insert_default();
        withdrawn.push(proposal.approvals.remove(at));
    }
    updated(&proposal)
}

/// A proposal that is open, and who has something to say about it.
fn open(case: &Case<'_>) -> Result<(Proposal, String), Stop> {
    let proposal: Proposal = case.existing()?;
    let Approve { by } = case.body()?;
    require_seat(case, &by)?;
    if proposal.is_open(case.context.time) {
        Ok((proposal, by))
    } else {
        Err(Refusal::new("proposal-expired").into())
    }
}

/// Only members with a seat have a say, by a live key of theirs.
fn require_seat(case: &Case<'_>, member: &str) -> Result<(), Stop> {
    if case.context.consortium()?.seat(member).is_none() {
        return Err(Refusal::new("no-seat").with("member", member).into());
    }
    if !case.context.member(member)?.signed(case.event) {
        return Err(Refusal::new("not-signed-by-member")
            .with("member", member)
            .into());
    }
    Ok(())
}
