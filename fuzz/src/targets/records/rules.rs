//! The rules of every kind: events of a story after changes, signed by any of its people, in any order. A record's log replays to its state, always.

use super::story::{self, STORY, Step};
use crate::{edit::edit, input::Input};
use records::{
    Envelope, Event, Stop, canonical,
    testing::{Ledger, SECOND},
};

/// Most events of one run.
const MOST: usize = 12;

pub fn seeds() -> Vec<Vec<u8>> {
    // The whole story in pieces, and each event alone with one change.
    let steps: Vec<u8> = (0..u8::try_from(STORY.len()).unwrap_or(u8::MAX)).collect();
    let pieces = steps
        .chunks(MOST)
        .map(|piece| piece.iter().flat_map(|step| [*step, 0, 0, 0]).collect());
    let alone = steps
        .iter()
        .flat_map(|step| (0..8).map(|what| vec![*step, 0, 0, 6, what, 0, 3, 0, 5, 1]));
    pieces.chain(alone).collect()
}

/// For each event: which, who does not sign, how much time passes, how many bytes change its body, and those bytes. The story is told up to the first event.
pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let first = Input(bytes).byte();
    let mut ledger = story::told_until(usize::from(first) % STORY.len());
    let mut accepted = 0;
    for _ in 0..MOST {
        if input.is_empty() {
            break;
        }
        accepted += usize::from(one(&mut ledger, &mut input));
    }
    if accepted > 0 {
        ledger.replay_all();
    }
}

fn one(ledger: &mut Ledger, input: &mut Input<'_>) -> bool {
    let Some(step) = input.pick(&STORY) else {
        return false;
    };
    let (absent, hours) = (input.byte(), input.byte());
    ledger.time = ledger.time.saturating_add(i64::from(hours) * 3600 * SECOND);
    let length = usize::from(input.byte());
    let Some(envelope) = signed(ledger, step, absent, &mut Input(input.take(length))) else {
        return false;
    };
    match ledger.write(&envelope) {
        Ok(()) => true,
        Err(Stop::Refused(refusal)) => {
            assert!(
                canonical::decode_value(&refusal.data()).is_ok(),
                "a refusal that cannot be read"
            );
            false
        }
        // Rules that were agreed on for an earlier height than the story's.
        Err(Stop::RulesUnknown(_)) => false,
        Err(stop) => panic!("{stop:?}"),
    }
}

/// The step's event as it would be signed now; none where it is no event any more.
fn signed(ledger: &Ledger, step: &Step, absent: u8, changes: &mut Input<'_>) -> Option<Envelope> {
    let body = canonical::encode_value(&step.body).ok()?;
    let mut body = serde_json::from_slice(&body).ok()?;
    edit(&mut body, changes);
    let body = canonical::decode_value(body.to_string().as_bytes()).ok()?;
    let subject = (step.kind, step.id.as_str());
    let keys = step
        .signers
        .iter()
        .enumerate()
        .filter(|(at, _)| absent & (1 << (at % 8)) == 0);
    let keys: Vec<_> = keys.map(|(_, key)| key).collect();
    let envelope = ledger
        .payload(step.event_type, subject, body)
        .sign(&keys)
        .ok()?;
    Event::open(&envelope.encode()).is_ok().then_some(envelope)
}
