//! Executing an event: what the node does once for every record that it touches, and the browser again for the one it looks at.

use crate::{
    context::Context,
    event::{Event, MAX_UNTIL_AHEAD},
    kinds::misbehaviour,
    name::RecordName,
    refusal::{Refusal, Stop},
    registry::{self, Case, SUBJECT, Touch},
    state::State,
};
use core::borrow::Borrow;

/// A touched record's new state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The record.
    pub record: RecordName,
    /// Its new state.
    pub state: State,
    /// The same, in its one encoding.
    pub bytes: Vec<u8>,
}

/// Judges an event by every record that it touches: all accept, and the changes come back in the order of the touches, or nothing is written. What would
/// leave every record's data as it is is refused.
/// `load` gives a record's state before the event.
pub fn execute<S: Borrow<State>>(
    event: &Event,
    context: &Context<'_>,
    mut load: impl FnMut(&RecordName) -> Option<S>,
) -> Result<Vec<Change>, Stop> {
    admit(event, context)?;
    let mut idle = true;
    let changes = registry::touches(event.payload())?
        .into_iter()
        .map(|touch| {
            let before = load(&touch.record);
            let before = before.as_ref().map(S::borrow);
            let change = judge(touch, before, event, context)?;
            idle = idle && before.is_some_and(|before| before.data == change.state.data);
            Ok(change)
        });
    let changes = changes.collect::<Result<_, Stop>>()?;
    // Else whoever may do something once does it without end: logs grow that others have to read.
    if idle {
        return Err(Refusal::new("changes-nothing").into());
    }
    Ok(changes)
}

/// What holds for every event before any record looks at it: this chain, not too late, rules that this program knows.
pub(crate) fn admit(event: &Event, context: &Context<'_>) -> Result<(), Stop> {
    if context.rules_version > context.directory.newest_rules() {
        return Err(Stop::RulesUnknown(context.rules_version));
    }
    let payload = event.payload();
    // What the chain writes itself nobody else may write, and nothing else goes unsigned.
    if event.signers().is_empty() != (payload.event_type == misbehaviour::FOUND) {
        return Err(Refusal::new("not-by-the-chain").into());
    }
    if payload.chain != context.chain {
        return Err(Refusal::new("other-chain")
            .with("chain", &payload.chain)
            .into());
    }
    if payload.until < context.time {
        return Err(Refusal::new("too-late").with("until", payload.until).into());
    }
    if payload.until > context.time.saturating_add(MAX_UNTIL_AHEAD) {
        return Err(Refusal::new("until-too-far")
            .with("until", payload.until)
            .into());
    }
    Ok(registry::require_known(payload, context.rules_version)?)
}

/// One touched record's judgement.
pub(crate) fn judge(
    touch: Touch,
    before: Option<&State>,
    event: &Event,
    context: &Context<'_>,
) -> Result<Change, Stop> {
    let kind = registry::kind(touch.record.kind()).ok_or_else(|| Refusal::new("unknown-kind"))?;
    let mut seq = before.map_or(0, |state| state.seq);
    if touch.role == SUBJECT {
        if event.payload().seq != seq {
            return Err(Refusal::new("wrong-sequence").with("expected", seq).into());
        }
        seq += 1;
    }
    let state = before.map(|state| &state.data);
    let data = (kind.apply)(&Case {
        record: &touch.record,
        state,
        role: touch.role,
        event,
        context,
    })?;
    let state = State { data, seq };
    let bytes = state.encode()?;
    Ok(Change {
        record: touch.record,
        state,
        bytes,
    })
}
