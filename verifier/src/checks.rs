//! From checks to one outcome: never a guess, and never the better of two.

use crate::{
    host::{Host, News},
    reasons::{self, Reason},
    verdict::{Check, CheckId, Outcome, Status, Verdict},
};
use alloc::{string::String, vec::Vec};
use litemap::LiteMap;

/// The checks of a coming verdict, told to the person who waits as they end.
pub struct Checks<'a, H> {
    host: &'a H,
    list: Vec<Check>,
}

impl<'a, H: Host> Checks<'a, H> {
    pub fn new(host: &'a H) -> Self {
        let list = Vec::new();
        Self { host, list }
    }

    pub fn note(&mut self, reason: Reason) {
        self.note_with(reason, LiteMap::new());
    }

    pub fn note_with(&mut self, reason: Reason, facts: LiteMap<String, String>) {
        let check = Check {
            id: reason.check,
            status: reason.status,
            reason: reason.code.into(),
            facts,
        };
        self.host.tell(News::Checked(check.clone()));
        self.list.push(check);
    }

    pub fn finish(mut self) -> Vec<Check> {
        self.list.sort_by_key(|check| check.id);
        self.list
    }
}

/// What must have passed before anything is called verified, the most basic first.
const BASIS: [CheckId; 5] = [
    CheckId::HeaderSigned,
    CheckId::NodesAgree,
    CheckId::InState,
    CheckId::HistoryReplayed,
    CheckId::LifeCycle,
];

/// Puts outcome and headline on top of the checks. The rules, in this order:
///
/// 1. a fork of the chain: not established, whatever else was found;
/// 2. a proven absence, under a fresh header that other nodes hold: absent;
/// 3. a check failed under a signed header: rejected;
/// 4. all that is needed holds: verified, or out of force;
/// 5. anything else: not established, for the first reason that stands in the way.
pub fn conclude(verdict: &mut Verdict) {
    let (outcome, headline) = outcome(&verdict.checks);
    verdict.outcome = outcome;
    if let Some(check) = verdict.checks.iter().find(|check| check.reason == headline) {
        verdict.facts.extend(check.facts.clone());
    }
    verdict.headline = headline;
}

fn outcome(checks: &[Check]) -> (Outcome, String) {
    let of = |id: CheckId| checks.iter().find(|check| check.id == id);
    let is = |reason: Reason| of(reason.check).is_some_and(|check| check.reason == reason.code);
    let all = |id: CheckId| checks.iter().filter(move |check| check.id == id);
    let passed = |id: CheckId| of(id).is_some_and(|check| check.status == Status::Passed);
    if is(reasons::CHAIN_FORKED) {
        return (Outcome::NotEstablished, reasons::CHAIN_FORKED.code.into());
    }
    let anchored = passed(CheckId::HeaderSigned) && passed(CheckId::NodesAgree);
    if is(reasons::RECORD_ABSENT) && anchored {
        return (Outcome::Absent, reasons::RECORD_ABSENT.code.into());
    }
    let failed = [CheckId::FieldsMatch, CheckId::HistoryReplayed]
        .into_iter()
        .flat_map(all)
        .find(|check| check.status == Status::Failed);
    if let Some(failed) = failed.filter(|_| passed(CheckId::HeaderSigned)) {
        return (Outcome::Rejected, failed.reason.clone());
    }
    let holds = |check: &Check| matches!(check.status, Status::Passed | Status::OutOfForce);
    // A question may take several checks: then all of them must hold.
    let missing = BASIS
        .into_iter()
        .find(|id| of(*id).is_none() || !all(*id).all(holds));
    let open_fields = of(CheckId::FieldsMatch).filter(|check| !holds(check));
    let life = of(CheckId::LifeCycle);
    match (missing, open_fields, life) {
        (None, None, Some(life)) => concluded(
            life,
            is(reasons::FIELDS_OPENED) || is(reasons::PRINT_RECORDED),
        ),
        (None, Some(fields), _) => (Outcome::NotEstablished, fields.reason.clone()),
        _ => {
            let first = |check: &&Check| !holds(check) && check.id != CheckId::OutsideProof;
            // What stands in the way, else what was not even reached: then the last check that was.
            let why = missing
                .and_then(|id| all(id).find(first))
                .or_else(|| BASIS.into_iter().flat_map(all).find(first))
                .or_else(|| checks.iter().find(first))
                .map(|check| check.reason.clone());
            (
                Outcome::NotEstablished,
                why.unwrap_or_else(|| reasons::NOT_CONFIGURED.code.into()),
            )
        }
    }
}

/// All holds: the life-cycle decides.
fn concluded(life: &Check, compared: bool) -> (Outcome, String) {
    if life.status == Status::OutOfForce {
        (Outcome::OutOfForce, life.reason.clone())
    } else if compared && life.reason == reasons::INVOICE_UNCLAIMED.code {
        let headline = reasons::INVOICE_UNCHANGED_UNCLAIMED;
        (headline.outcome, headline.code.into())
    } else {
        (Outcome::Verified, life.reason.clone())
    }
}
