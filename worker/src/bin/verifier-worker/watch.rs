//! Records on the screen: who asked for them, and how long their logs were when they were proven, or that it may be worth to ask again.

use crate::browser::{milliseconds, post};
use litemap::LiteMap;
use records::{
    RecordName,
    kinds::{member, vote},
};
use std::cell::RefCell;
use verifier::verdict::{Check, CheckId, Outcome, Status, Verdict};
use worker::{FromVerifier, Id};

/// As many as can be on a screen; older ones are not watched any more.
const MOST: usize = 8;
/// An open vote changes with every block, and whoever votes must not wait behind the counting of others' ballots: it is proven anew after this,
/// in milliseconds.
const VOTE_RESTS: f64 = 30_000.;

/// The records that are watched.
#[derive(Default)]
pub struct Watch(RefCell<Vec<Watched>>);

struct Watched {
    by: Id,
    name: RecordName,
    /// How many events it had; none where no node or header was there to prove anything.
    size: Option<u64>,
    /// A change before this time is told at this time, in milliseconds since 1970.
    rests_until: f64,
    /// From then on its header is too old to say what is so now, where the verdict does say that; in milliseconds since 1970.
    fresh_until: f64,
}

impl Watch {
    /// Watches what a verdict proved: how many events the record has, or that it has none; and whether it can be proven, where that failed for something
    /// that passes. Members are asked for their names alone.
    pub fn add(&self, id: Id, verdict: &Verdict, fresh_until: f64) {
        if verdict.kind == member::NAME {
            return;
        }
        let passes = may_pass(verdict);
        let proven = verdict.checks.iter().find_map(|check| {
            let size = check.facts.get("log_size")?;
            (check.reason == "record-proven").then(|| size.parse().ok())?
        });
        let absent = verdict.checks.iter().any(|c| c.reason == "record-absent");
        let size = proven.or(absent.then_some(0)).filter(|_| !passes);
        if let Some(name) = RecordName::new(&verdict.kind, &verdict.id)
            && (passes || size.is_some())
        {
            let rest = if name.kind() == vote::NAME && !passes {
                VOTE_RESTS
            } else {
                0.
            };
            let mut watched = self.0.borrow_mut();
            watched.push(Watched {
                by: id,
                name,
                size,
                rests_until: milliseconds() + rest,
                fresh_until: match verdict.outcome {
                    Outcome::Verified | Outcome::Absent => fresh_until,
                    _ => f64::INFINITY,
                },
            });
            if watched.len() > MOST {
                watched.remove(0);
            }
        }
    }

    /// It is not on the screen any more.
    pub fn drop(&self, id: Id) {
        self.0.borrow_mut().retain(|watched| watched.by != id);
    }

    /// What is watched, each once.
    pub fn names(&self) -> Vec<RecordName> {
        let mut names: Vec<RecordName> = self
            .0
            .borrow()
            .iter()
            .map(|watched| watched.name.clone())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Whether a verdict waits for what may pass.
    pub fn waits(&self) -> bool {
        self.0.borrow().iter().any(|watched| watched.size.is_none())
    }

    /// Tells the page that no verdict on the screen stands any more.
    pub fn all(&self) {
        self.tell(&|watched| watched.size.is_some());
    }

    /// Tells the page which records have events that their verdicts do not know, and, where all is well with the header, which can be proven now; each is
    /// told once. The others stand for as long as that header is fresh.
    pub fn compare(&self, sizes: &LiteMap<RecordName, u64>, well: bool, fresh_until: f64) {
        let now = milliseconds();
        self.tell(&|watched| {
            let changed = sizes.get(&watched.name).is_some_and(|size| {
                let known = watched.size.map(|known| known != *size);
                known.unwrap_or(well)
            });
            changed && watched.rests_until <= now
        });
        for watched in &mut *self.0.borrow_mut() {
            if well && sizes.contains_key(&watched.name) {
                watched.fresh_until = watched.fresh_until.max(fresh_until);
            }
        }
    }

    /// Tells the page which verdicts no header is fresh enough for any more; they are asked for again once one is.
    pub fn expire(&self) {
        let now = milliseconds();
        for watched in &mut *self.0.borrow_mut() {
            if watched.size.is_some() && watched.fresh_until < now {
                watched.size = None;
                post(&FromVerifier::Checked {
                    id: watched.by,
                    check: Check {
                        id: CheckId::LifeCycle,
                        status: Status::NotEstablished,
                        reason: "life-cycle-stale".into(),
                        facts: LiteMap::new(),
                    },
                });
            }
        }
    }

    fn tell(&self, such: &dyn Fn(&Watched) -> bool) {
        self.0.borrow_mut().retain(|watched| {
            let tell = such(watched);
            if tell {
                post(&FromVerifier::Changed { id: watched.by });
            }
            !tell
        });
    }
}

/// Whether nothing was established for want of a header or a proof: with the next one that may be otherwise. What this page is too old for stays so.
fn may_pass(verdict: &Verdict) -> bool {
    let lacks = |check: &Check| {
        check.status == Status::NotEstablished
            && check.reason != "kind-unknown"
            && matches!(
                check.id,
                CheckId::InState
                    | CheckId::HeaderSigned
                    | CheckId::HeaderFresh
                    | CheckId::NodesAgree
            )
    };
    verdict.outcome == Outcome::NotEstablished && verdict.checks.iter().any(lacks)
}
