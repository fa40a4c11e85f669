//! A long vote without counting every ballot: its state, and ballots drawn at random from its log.

use crate::{
    host::{Host, News},
    proof, reasons,
    rebuilt::Broken,
    rpc::Fault,
    session::{Gap, Session, broken_log},
    stages::Stage,
    trust::facts,
};
use alloc::{string::ToString, vec::Vec};
use records::{
    Directory, Event, Head, RecordName, State, canonical,
    hash::sha256,
    kinds::{ballot::Cast, vote::Vote},
    log::Entry,
    registry::{self, RULES_VERSION},
};

/// Entries asked for in one go.
const STRETCH: usize = 25;

impl<H: Host> Session<'_, H> {
    /// Proves a vote's state, and that entries drawn at random are in its log, signed, about this vote, from heads of its roster, and written under rules that
    /// this program knows; the rules' own record is replayed already.
    pub async fn sample(
        &mut self,
        name: &RecordName,
        head: &Head,
        count: u32,
    ) -> Result<State, Gap> {
        let mut gap = Gap::from(reasons::HISTORY_NOT_GIVEN);
        let indices = draw(self.host.random(), head.log_size, count);
        for at in self.roll.for_proofs() {
            match self.sample_of(at, name, head, &indices).await {
                Ok(Ok(state)) => return Ok(state),
                Ok(Err(broken)) => return Err(broken),
                Err(fault) => {
                    if matches!(fault, Fault::Refuted(_)) {
                        gap = reasons::HISTORY_REFUTED.into();
                    }
                    self.roll.fault(at, &fault);
                }
            }
        }
        Err(gap)
    }

    async fn sample_of(
        &self,
        at: usize,
        name: &RecordName,
        head: &Head,
        indices: &[u64],
    ) -> Result<Result<State, Gap>, Fault> {
        let (node, key) = (self.node(at)?, name.tree_key());
        let height = proof::state_height(self.header);
        let state = proof::state(&node, &key, head, height).await?;
        let Ok(vote) = canonical::from_value::<Vote>(&state.data) else {
            // Nothing was replayed that could say whether rules wrote it that this program does not know.
            return Ok(Err(reasons::KIND_UNKNOWN.into()));
        };
        let mut done = 0;
        for stretch in indices.chunks(STRETCH) {
            let entries = proof::log_entries(&node, &key, stretch, head, height).await?;
            for entry in entries {
                let broken = match self.newer_rules(&entry) {
                    Some(version) => Some(Broken::TooNew(version)),
                    None => fault_of(&entry, name, &self.header.header().chain_id, &vote)
                        .map(|why| Broken::Rules(why.into())),
                };
                if let Some(broken) = broken {
                    return Ok(Err(broken_log(name, broken)));
                }
            }
            done += stretch.len();
            let amount = [
                ("done", done.to_string()),
                ("total", indices.len().to_string()),
            ];
            self.host
                .tell(News::Waiting(Stage::Counting, facts(amount)));
            self.host.pause(0).await;
        }
        Ok(Ok(state))
    }

    /// The version of the rules under which an entry was written, where this program does not know it.
    fn newer_rules(&self, entry: &[u8]) -> Option<u64> {
        let height = Entry::decode(entry)?.height;
        let version = self.archive.timeline().rules_version(height).ok()?;
        (version > RULES_VERSION).then_some(version)
    }
}

/// Different places in a log, drawn evenly enough: the bias of a 64-bit remainder is below 2⁻⁴⁰ for any log that fits a disk.
fn draw(seed: [u8; 32], size: u64, count: u32) -> Vec<u64> {
    let mut drawn: Vec<u64> = Vec::new();
    let wanted = usize::try_from(u64::from(count).min(size)).unwrap_or(usize::MAX);
    for counter in 0..u64::from(count).saturating_mul(8) {
        if drawn.len() >= wanted {
            break;
        }
        let digest = sha256(&[&seed, &counter.to_be_bytes()]);
        let number = digest
            .first_chunk()
            .map_or(0, |bytes| u64::from_be_bytes(*bytes));
        if let Some(index) = number.checked_rem(size)
            && !drawn.contains(&index)
        {
            drawn.push(index);
        }
    }
    drawn
}

/// What is wrong with an entry of a vote's log, as far as it can be seen alone.
fn fault_of(entry: &[u8], name: &RecordName, chain: &str, vote: &Vote) -> Option<&'static str> {
    let Some(entry) = Entry::decode(entry) else {
        return Some("torn entry");
    };
    let Ok(event) = Event::open(entry.envelope) else {
        return Some("not a signed event");
    };
    let payload = event.payload();
    if payload.chain != chain || payload.until < entry.time {
        return Some("another chain, or too late");
    }
    let touches = registry::touches(payload).unwrap_or_default();
    if !touches.iter().any(|touch| touch.record == *name) {
        return Some("not about this vote");
    }
    if payload.event_type != "ballot.cast" {
        return None;
    }
    let Ok(cast) = payload.body::<Cast>() else {
        return Some("not a ballot");
    };
    let seat = cast.seat;
    let held = vote.roster.verify(&seat.entry, seat.index, &seat.path);
    held.is_err().then_some("not on the roster")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_is_of_different_places_within_the_log() {
        for (size, count, expected) in [(1000, 50, 50), (3, 50, 3), (0, 5, 0), (1, 1, 1)] {
            let mut drawn = draw([7; 32], size, count);
            assert_eq!(drawn.len(), expected);
            drawn.sort_unstable();
            drawn.dedup();
            assert_eq!(drawn.len(), expected);
            assert!(drawn.iter().all(|index| *index < size));
        }
    }
}
