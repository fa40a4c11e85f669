//! Records on the screen: who asked for them, and how long their logs were when they were proven, or that it may be worth to ask again.

use crate::Id;
use litemap::LiteMap;
use records::{
    RecordName,
    kinds::{consent::grant, vote},
};
use std::cell::RefCell;
use verifier::verdict::{Check, CheckId, Outcome, Status, Verdict};

/// As many as can be on a screen; older ones are not watched any more.
const MOST: usize = 8;
/// An open vote changes with every block, and whoever votes must not wait behind the counting of others' ballots: it is proven anew after this,
/// in milliseconds.
const VOTE_RESTS: f64 = 30_000.;
/// Milliseconds from one look at the clock to the next.
const AGES: i32 = 1_000;
/// A grant ends by time, and by what is written about its documents: it is proven anew after this, in milliseconds.
const GRANT_STANDS: f64 = 30_000.;

/// The records that are watched. Times are the device's, in milliseconds since 1970.
#[derive(Debug, Default)]
pub struct Watch(RefCell<Vec<Watched>>);

#[derive(Debug)]
struct Watched {
    by: Id,
    name: RecordName,
    /// How many events it had; none where no node or header was there to prove anything.
    size: Option<u64>,
    /// A change before this time is told at this time.
    rests_until: f64,
    /// From then on it may be otherwise though nothing was written about it.
    stands_until: f64,
    /// From then on its header is too old to say what is so now, where the verdict does say that.
    fresh_until: f64,
}

impl Watch {
    /// Watches what a verdict proved: how many events the record has, or that it has none; and whether it can be proven, where that failed for something
    /// that passes.
    pub fn add(&self, id: Id, verdict: &Verdict, fresh_until: f64, now: f64) {
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
                rests_until: now + rest,
                stands_until: stands_until(verdict, now),
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

    /// No verdict on the screen stands any more: these are told.
    pub fn all(&self) -> Vec<Id> {
        self.take(&|watched| watched.size.is_some())
    }

    /// Whose records have events that their verdicts do not know; and, where all is well with the header, whose may be otherwise by now, and whose can be
    /// proven now. Each is told once. The others stand for as long as that header is fresh.
    pub fn compare(
        &self,
        sizes: &LiteMap<RecordName, u64>,
        well: bool,
        fresh_until: f64,
        now: f64,
    ) -> Vec<Id> {
        let changed = self.take(&|watched| {
            let changed = sizes.get(&watched.name).is_some_and(|size| {
                let is_over = well && watched.stands_until <= now;
                let known = watched.size.map(|known| known != *size || is_over);
                known.unwrap_or(well)
            });
            changed && watched.rests_until <= now
        });
        for watched in &mut *self.0.borrow_mut() {
            if well && sizes.contains_key(&watched.name) {
                watched.fresh_until = watched.fresh_until.max(fresh_until);
            }
        }
        changed
    }

    /// Tells in time, for as long as the program runs, whose verdicts no header is fresh enough for any more: also while a count of a hundred thousand ballots
    /// holds up every look. `sleep` takes milliseconds.
    pub async fn age<S: Future<Output = ()>>(
        &self,
        sleep: impl Fn(i32) -> S,
        now: impl Fn() -> f64,
        tell: impl Fn(Id),
    ) {
        loop {
            sleep(AGES).await;
            self.expire(now()).into_iter().for_each(&tell);
        }
    }

    /// For whose verdicts no header is fresh enough any more; they are asked for again once one is.
    fn expire(&self, now: f64) -> Vec<Id> {
        let mut watched = self.0.borrow_mut();
        let stale = watched
            .iter_mut()
            .filter(|watched| watched.size.is_some() && watched.fresh_until < now);
        stale
            .map(|watched| {
                watched.size = None;
                watched.by
            })
            .collect()
    }

    fn take(&self, such: &dyn Fn(&Watched) -> bool) -> Vec<Id> {
        let mut taken = Vec::new();
        self.0.borrow_mut().retain(|watched| {
            let take = such(watched);
            if take {
                taken.push(watched.by);
            }
            !take
        });
        taken
    }
}

/// Until when a verdict stands where nothing is written about its record: a vote opens and closes by time alone, a key comes into force, and a grant's end may be
/// written elsewhere. What turns after the header's own time is proven anew.
fn stands_until(verdict: &Verdict, now: f64) -> f64 {
    let is_grant = verdict.kind == grant::NAME && verdict.outcome == Outcome::Verified;
    let proven_at = verdict.anchor.as_ref().map(|anchor| time(&anchor.time));
    let turns = verdict.checks.iter().flat_map(|check| &check.facts);
    let turns = turns.filter(|(name, _)| matches!(name.as_str(), "opens" | "closes" | "from_time"));
    let turns = turns.map(|(_, at)| time(at));
    let turns = turns.filter(|at| proven_at.is_some_and(|proven_at| *at >= proven_at));
    let stands = if is_grant {
        now + GRANT_STANDS
    } else {
        f64::INFINITY
    };
    turns.fold(stands, f64::min)
}

/// Unix nanoseconds as decimal text, in milliseconds. Read as the integer that they are: to read fractions takes 16 KB more of program.
fn time(nanos: &str) -> f64 {
    let nanos: Result<i64, _> = nanos.parse();
    nanos.map_or(f64::INFINITY, |nanos| nanos as f64 / 1_000_000.)
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        cell::Cell,
        pin::pin,
        task::{Context, Poll, Waker},
    };
    use verifier::verdict::Anchor;

    const HEADER: f64 = 1_000_000.;

    /// A verdict under a header of that time, with these facts about its life.
    fn verdict(kind: &str, outcome: Outcome, life: &[(&str, f64)]) -> Verdict {
        let nanos = |millis: f64| format!("{:.0}", millis * 1_000_000.);
        let check = |id, reason: &str, facts: &[(&str, String)]| Check {
            id,
            status: Status::Passed,
            reason: reason.into(),
            facts: facts
                .iter()
                .map(|(name, fact)| ((*name).into(), fact.clone()))
                .collect(),
        };
        let life: Vec<(&str, String)> = life.iter().map(|(name, at)| (*name, nanos(*at))).collect();
        Verdict {
            outcome,
            headline: String::new(),
            facts: LiteMap::new(),
            kind: kind.into(),
            id: "a".into(),
            checks: vec![
                check(
                    CheckId::InState,
                    "record-proven",
                    &[("log_size", "3".into())],
                ),
                check(CheckId::LifeCycle, "as-it-is", &life),
            ],
            fields: Vec::new(),
            state: String::new(),
            history: Vec::new(),
            anchor: Some(Anchor {
                chain_id: String::new(),
                dev: true,
                height: 3,
                hash: String::new(),
                time: nanos(HEADER),
                age_seconds: 0,
                signers: Vec::new(),
                total_power: 0,
                signed_power: 0,
                from: 1,
                steps: 1,
                signatures: 0,
                last_steps: Vec::new(),
            }),
            nodes: Vec::new(),
            raw: String::new(),
            millis: 0,
        }
    }

    /// Who is told at each of these times, so many milliseconds after the header, where the record is as it was and new headers come.
    fn told(verdict: &Verdict, well: bool, looks: &[f64]) -> Vec<bool> {
        let watch = Watch::default();
        watch.add(7, verdict, HEADER + 120_000., HEADER);
        let names = watch.names();
        let sizes: LiteMap<RecordName, u64> = names.into_iter().map(|name| (name, 3)).collect();
        let look = |after: &f64| {
            let now = HEADER + after;
            assert_eq!(watch.expire(now), [] as [Id; 0]);
            watch.compare(&sizes, well, now + 120_000., now) == [7]
        };
        looks.iter().map(look).collect()
    }

    /// *Attack: a reader keeps a page open on which a grant is in force. The patient denies the reader, which stands in the document's log; or the time is over.*
    #[test]
    fn a_grant_is_proven_anew_though_nothing_was_written_about_it() {
        let grant = verdict("grant", Outcome::Verified, &[("until", HEADER + 90_000.)]);
        assert_eq!(
            told(&grant, true, &[5_000., 29_000., 31_000., 36_000.]),
            [false, false, true, false]
        );
        assert_eq!(
            told(&grant, false, &[31_000., 90_000.]),
            [false; 2],
            "under no header that holds"
        );
        let over = verdict("grant", Outcome::OutOfForce, &[("until", HEADER)]);
        assert_eq!(told(&over, true, &[31_000., 90_000.]), [false; 2]);
    }

    /// *Attack: a page was opened before a vote closed, and its last ballot came before that.*
    #[test]
    fn a_vote_is_proven_anew_once_it_opens_and_once_it_closes() {
        let looks = [31_000., 59_000., 61_000., 150_000.];
        let upcoming = [("opens", HEADER + 60_000.), ("closes", HEADER + 300_000.)];
        let upcoming = verdict("vote", Outcome::Verified, &upcoming);
        assert_eq!(told(&upcoming, true, &looks), [false, false, true, false]);
        let open = [("opens", HEADER - 60_000.), ("closes", HEADER + 60_000.)];
        let open = verdict("vote", Outcome::Verified, &open);
        assert_eq!(told(&open, true, &looks), [false, false, true, false]);
        let closed = [("opens", HEADER - 60_000.), ("closes", HEADER - 1.)];
        let closed = verdict("vote", Outcome::Verified, &closed);
        assert_eq!(told(&closed, true, &looks), [false; 4]);
    }

    /// *Attack: a page stays open on a room whose key was stolen, and on a proposal; the new key's time comes, and the proposal's is that of the header: it
    /// counts then, and never after.*
    #[test]
    fn whatever_turns_by_time_is_proven_anew_also_where_that_is_the_headers_own() {
        let looks = [31_000., 59_000., 61_000., 150_000.];
        let coming = verdict(
            "room",
            Outcome::Verified,
            &[("from_time", HEADER + 60_000.)],
        );
        assert_eq!(told(&coming, true, &looks), [false, false, true, false]);
        let open = verdict("proposal", Outcome::Verified, &[("closes", HEADER)]);
        assert_eq!(told(&open, true, &looks), [true, false, false, false]);
    }

    /// *Attack: somebody has a long vote counted again, over nodes that answer just in time; meanwhile no look is made, and an invoice is claimed.*
    #[test]
    fn a_verdict_turns_stale_in_time_though_no_look_is_made() {
        let watch = Watch::default();
        for (id, kind) in [(3, "invoice"), (4, "member")] {
            let verdict = verdict(kind, Outcome::Verified, &[]);
            watch.add(id, &verdict, HEADER + 5_000., HEADER);
        }
        let (clock, told) = (Cell::new(HEADER), RefCell::new(Vec::new()));
        let sleep = |millis: i32| {
            let until = clock.get() + f64::from(millis);
            let wakes = until < HEADER + 9_000.;
            clock.set(until);
            std::future::poll_fn(move |_| match wakes {
                true => Poll::Ready(()),
                false => Poll::Pending,
            })
        };
        let tell = |id| told.borrow_mut().push((id, clock.get() - HEADER));
        let aging = pin!(watch.age(sleep, || clock.get(), tell));
        let polled = aging.poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending() && watch.waits());
        assert_eq!(*told.borrow(), [(3, 6_000.), (4, 6_000.)]);
    }

    #[test]
    fn what_was_written_is_told_once_and_what_no_header_is_fresh_for_is_called_stale_once() {
        let watch = Watch::default();
        let invoice = verdict("invoice", Outcome::Verified, &[]);
        watch.add(1, &invoice, HEADER + 120_000., HEADER);
        let name = watch.names().remove(0);
        let sizes = |size| LiteMap::from_iter([(name.clone(), size)]);
        let now = HEADER + 5_000.;
        assert!(watch.compare(&sizes(3), true, now, now).is_empty());
        assert_eq!(watch.compare(&sizes(4), false, now, now), [1]);
        assert!(watch.compare(&sizes(4), true, now, now).is_empty());
        watch.add(2, &invoice, HEADER + 120_000., HEADER);
        let late = HEADER + 121_000.;
        assert_eq!(watch.expire(late), [2]);
        assert!(watch.expire(late).is_empty() && watch.waits());
        assert!(watch.compare(&sizes(3), false, late, late).is_empty());
        assert_eq!(watch.compare(&sizes(3), true, late, late), [2]);
    }
}
