//! A light client that looks on all day, and asks what it can see for itself.

use super::super::Consortium;
use super::device::{Device, block_on};
use super::load::{Book, Written, invoice_name};
use super::random::Random;
use lianyan_tests::Outcome;
use records::RecordName;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use verifier::chains::{self, Chain};
use verifier::verdict::{Outcome as Verdict, Verdict as Whole};
use verifier::{Host, Question, Verifier};

/// Oldest header under which anything is said to be in force or absent. Blocks come every three seconds at least.
pub const FRESH_SECONDS: u32 = 12;
/// Between two rounds of questions.
const PAUSE: Duration = Duration::from_millis(200);

/// What it saw.
#[derive(Default)]
pub struct Sights {
    /// Verdicts "verified", of invoices that were answered as committed.
    pub verified: u64,
    /// Verdicts "absent", of invoices that nobody has issued.
    pub absent: u64,
    /// Verdicts "not established", by their reasons.
    pub open: BTreeMap<String, u64>,
    /// Headers on which verdicts rested: hash by height.
    pub headers: BTreeMap<u64, String>,
    /// Verdicts that must not be.
    wrong: Vec<String>,
}

/// The light client.
pub struct Watch {
    sights: Arc<Mutex<Sights>>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Verifier>,
}

/// The chain as its light clients know it, trusted from this height on.
pub fn chain(consortium: &Consortium, checkpoint: u64) -> Outcome<Chain> {
    let text = std::fs::read(consortium.chains(checkpoint)?)?;
    let mut document: Value = serde_json::from_slice(&text)?;
    document["chains"][0]["fresh_seconds"] = FRESH_SECONDS.into();
    let chain = chains::read(&document.to_string())?.pop();
    Ok(chain.ok_or("no chain")?)
}

impl Watch {
    /// Begins with the block at this height as checkpoint.
    pub fn start(consortium: &Consortium, checkpoint: u64, book: Arc<Book>) -> Outcome<Self> {
        let mut verifier = Verifier::new(chain(consortium, checkpoint)?);
        let (sights, stop) = (
            Arc::<Mutex<Sights>>::default(),
            Arc::<AtomicBool>::default(),
        );
        let thread = thread::spawn({
            let (sights, stop) = (sights.clone(), stop.clone());
            move || {
                let (_, mut random) = Random::fresh();
                while !stop.load(Ordering::Relaxed) {
                    round(&mut verifier, &book, &mut random, &sights);
                    thread::sleep(PAUSE);
                }
                verifier
            }
        });
        Ok(Self {
            sights,
            stop,
            thread,
        })
    }

    /// What it has seen so far.
    pub fn sights(&self) -> MutexGuard<'_, Sights> {
        self.sights.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends it: what it saw, where nothing of that was wrong, and the light client.
    pub fn stop(self) -> Outcome<(Sights, Verifier)> {
        self.stop.store(true, Ordering::Relaxed);
        let verifier = self.thread.join().map_err(|_| "the light client broke")?;
        let mut sights = self.sights.lock().unwrap_or_else(PoisonError::into_inner);
        let sights = std::mem::take(&mut *sights);
        match sights.wrong.first() {
            Some(wrong) => Err(format!("{} wrong verdicts: {wrong}", sights.wrong.len()).into()),
            None => Ok((sights, verifier)),
        }
    }
}

/// The newest invoice, one of the others, and one that nobody has issued.
fn round(verifier: &mut Verifier, book: &Book, random: &mut Random, sights: &Mutex<Sights>) {
    let mut asked: Vec<Option<Written>> = vec![None];
    {
        let written = book.written();
        asked.extend(written.last().cloned().map(Some));
        let other = random.index(written.len());
        asked.extend(written.get(other).cloned().map(Some));
    }
    for written in asked {
        let name = written
            .as_ref()
            .map_or_else(invoice_name, |w| w.name.clone());
        let now = Device.now();
        let verdict = ask(verifier, &name);
        let mut sights = sights.lock().unwrap_or_else(PoisonError::into_inner);
        sights.judge(written.as_ref(), &verdict, now);
    }
}

/// A verdict on a record.
pub fn ask(verifier: &mut Verifier, name: &RecordName) -> Whole {
    let question = Question::record(name.kind(), name.id(), None).expect("a name is one");
    block_on(verifier.check(&Device, &question))
}

impl Sights {
    /// How often an old header kept it from saying that an invoice is in force, and that there is none.
    pub fn stale(&self) -> [u64; 2] {
        ["life-cycle-stale", "absence-stale"].map(|why| self.open.get(why).copied().unwrap_or(0))
    }

    /// Counts a verdict on an invoice that was answered as committed, or that nobody has issued, asked at this time. A false statement is
    /// never right; that nothing is established always is: that this ends is for the day to see.
    fn judge(&mut self, written: Option<&Written>, verdict: &Whole, asked: i64) {
        if let Some(anchor) = &verdict.anchor {
            let before = self.headers.last_key_value().map(|(height, _)| *height);
            let known = self.headers.insert(anchor.height, anchor.hash.clone());
            let other = known.is_some_and(|hash| hash != anchor.hash);
            // Nobody is named as the checkpoint's signer: it is trusted by its hash.
            let most_signed = anchor.steps == 0 || anchor.signed_power * 3 > anchor.total_power * 2;
            if other || before.is_some_and(|before| before > anchor.height) || !most_signed {
                self.wrong.push(format!("rests on {anchor:?}"));
            }
        }
        if verdict.outcome == Verdict::NotEstablished {
            *self.open.entry(verdict.headline.clone()).or_default() += 1;
            return;
        }
        // What a block writes is proven by the header after it.
        let anchor = verdict.anchor.as_ref();
        let shown = |written: &Written| anchor.is_some_and(|a| a.height > written.height);
        match (verdict.outcome, written.map(shown)) {
            _ if !is_fresh(verdict, asked) => self.wrong.push(format!("is old: {verdict:?}")),
            (Verdict::Verified, Some(true)) => self.verified += 1,
            (Verdict::Absent, None | Some(false)) => self.absent += 1,
            _ => self.wrong.push(format!("{written:?}: {verdict:?}")),
        }
    }
}

/// Whether the verdict's header was fresh when it was asked for.
fn is_fresh(verdict: &Whole, asked: i64) -> bool {
    let time = verdict
        .anchor
        .as_ref()
        .and_then(|anchor| anchor.time.parse::<i64>().ok());
    time.is_some_and(|time| (asked - time) / 1_000_000_000 <= i64::from(FRESH_SECONDS))
}
