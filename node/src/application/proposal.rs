//! Making and judging proposals.

use super::{
    Application, PrepareProposalRequest, ProcessProposalRequest, Proposal, recent::Opened,
    weight::Weight,
};
use crate::error::Result;
use records::{Event, PublicKey, RecordName};
use std::collections::{HashMap, HashSet};

/// A block whose time is further behind the proposer's clock carries no events: the time of an event is only known to lie between its block's
/// and the next one's, and that interval must stay narrow.
const MAX_LAG: i64 = 30 * 1_000_000_000;
/// What a transaction costs in a block besides its bytes: tag and length.
pub const TX_OVERHEAD: usize = 6;

/// A transaction, and the event that it is.
type Arrived = (Vec<u8>, Opened);

impl Application {
    /// `PrepareProposal`: the transactions for a block, in order; malformed, expired and repeated ones are left out, those that would be too much work
    /// for every node, and what rests on them.
    pub fn prepare_proposal(&self, request: PrepareProposalRequest) -> Result<Vec<Vec<u8>>> {
        let position = self.ready()?;
        if request.local_time.saturating_sub(request.time) > MAX_LAG {
            return Ok(Vec::new());
        }
        let mut left = request.max_tx_bytes;
        let mut seen = HashSet::new();
        let mut left_out = LeftOut::default();
        let snapshot = self.store.snapshot();
        let mut weight = Weight::new(&snapshot, position.version);
        let mut txs = Vec::new();
        let opened = self.open_all(&position.chain_id, position.app_version, &request.txs);
        let opened = request.txs.into_iter().zip(opened);
        let opened = opened.filter_map(|(tx, event)| Some((tx, event.ok()?)));
        for (tx, event) in in_sequence(opened.collect()) {
            let cost = tx.len() + TX_OVERHEAD;
            let fits = cost <= left && event.payload().until >= request.time;
            if !fits || left_out.precede(&event) {
                left_out.add(&event);
            } else if seen.contains(event.id()) {
                continue;
            } else if !weight.take(&event, tx.len())? {
                left_out.add(&event);
            } else {
                seen.insert(*event.id());
                left -= cost;
                txs.push(tx);
            }
        }
        Ok(txs)
    }

    /// `ProcessProposal`: refuses a block with anything malformed, oversized, badly signed or twice in it, and one that is too much work
    /// for every node. Never judges the clock.
    pub fn process_proposal(&self, request: &ProcessProposalRequest<'_>) -> Result<Proposal> {
        let position = self.ready()?;
        let mut seen = HashSet::new();
        let opened = self.open_all(&position.chain_id, position.app_version, request.txs);
        let snapshot = self.store.snapshot();
        let mut weight = Weight::new(&snapshot, position.version);
        for (position, (event, tx)) in opened.into_iter().zip(request.txs).enumerate() {
            let why = match event {
                Err(why) => why,
                Ok(event) if !seen.insert(*event.id()) => {
                    "the event is in this block already".into()
                }
                Ok(event) if !weight.take(&event, tx.len())? => {
                    "it and those before it touch more of large records than a block may".into()
                }
                Ok(_) => continue,
            };
            let why = format!("transaction {position}: {why}");
            return Ok(Proposal::Reject(why));
        }
        Ok(Proposal::Accept)
    }
}

/// Who signed events that were left out, by their subjects: who signed the next event of such a subject too would find it refused before its turn,
/// and pay for it. Somebody else's may go in, for anybody may sign an event about any subject.
#[derive(Default)]
struct LeftOut(HashMap<RecordName, Vec<PublicKey>>);

impl LeftOut {
    fn add(&mut self, event: &Event) {
        let subject = event.payload().subject.clone();
        self.0.entry(subject).or_default().extend(event.signers());
    }

    /// Whether one of them comes before this event.
    fn precede(&self, event: &Event) -> bool {
        let signers = self.0.get(&event.payload().subject);
        signers.is_some_and(|signers| signers.iter().any(|key| event.is_signed_by(key)))
    }
}

/// The events of each subject in the order of their sequence numbers, at the places where that subject's events arrived: gossip may have swapped
/// them, and the later one would be refused before the earlier.
fn in_sequence(events: Vec<Arrived>) -> Vec<Arrived> {
    let mut subjects: HashMap<RecordName, (Vec<usize>, Vec<Arrived>)> = HashMap::new();
    for (place, event) in events.into_iter().enumerate() {
        let subject = event.1.payload().subject.clone();
        let (places, of_subject) = subjects.entry(subject).or_default();
        places.push(place);
        of_subject.push(event);
    }
    let placed = subjects.into_values().flat_map(|(places, mut events)| {
        events.sort_by_key(|(_, event)| event.payload().seq);
        places.into_iter().zip(events)
    });
    let mut placed: Vec<_> = placed.collect();
    placed.sort_unstable_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, event)| event).collect()
}
