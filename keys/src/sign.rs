//! From an action to a signed event.

use crate::{Action, Identity, Pending, acts, random::Stream};
use litemap::LiteMap;
use records::{
    Ground, Hash, Payload, RecordName, SecretKey,
    canonical::{self, Value},
};

/// An event may be written for this long after the newest header, in nanoseconds: ten minutes.
pub const OPEN_FOR: i64 = 600 * 1_000_000_000;

/// Why nothing was signed, or nothing could be opened. The code is for machines and the translation table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsigned {
    /// Reason code: one of those named for acts in `docs/verdicts.md`.
    pub reason: &'static str,
    /// Facts for its sentence.
    pub facts: LiteMap<String, String>,
}

impl Unsigned {
    /// With this code and no facts.
    pub fn new(reason: &'static str) -> Self {
        Self {
            reason,
            facts: LiteMap::new(),
        }
    }
}

impl From<canonical::Error> for Unsigned {
    fn from(_: canonical::Error) -> Self {
        Self::new("state-unreadable")
    }
}

/// An event to be signed.
pub(crate) struct Draft {
    /// `<kind>.<verb>`.
    pub event_type: &'static str,
    /// The record that it is about.
    pub subject: RecordName,
    /// The type's own fields.
    pub body: Value,
    /// Who signs.
    pub keys: Vec<SecretKey>,
    /// What lies beside the chain and is named by its hash in the body.
    pub blob: Option<Vec<u8>>,
}

/// A signed event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The envelope, in its one encoding.
    pub envelope: Vec<u8>,
    /// What the nodes must keep before the event is handed in.
    pub blob: Option<Vec<u8>>,
}

/// Signs what `action` says, on the chain that the person was shown, from what is proven.
///
/// `random` are 32 unpredictable bytes. The event is noted in the identity: while it may be written, no other about its subject is signed, and the same action
/// gives the same envelope again. Keep the identity before the envelope leaves.
pub fn sign(
    who: &mut Identity,
    action: &Action,
    chain: &str,
    ground: &Ground,
    random: Hash,
) -> Result<Signed, Unsigned> {
    if ground.chain != chain {
        return Err(Unsigned::new("other-chain"));
    }
    let draft = acts::draft(who, action, ground, &mut Stream::new(random))?;
    let seq = ground.state(&draft.subject).map_or(0, |state| state.seq);
    who.pending
        .retain(|pending| pending.payload.chain != chain || pending.payload.until >= ground.time);
    let standing = who.pending.iter().find(|pending| {
        let payload = &pending.payload;
        payload.chain == chain
            && payload.subject == draft.subject
            && pending.is_live(ground.time, seq)
    });
    if let Some(pending) = standing {
        return again(pending, draft);
    }
    let payload = Payload {
        body: draft.body,
        chain: chain.into(),
        seq,
        subject: draft.subject,
        event_type: draft.event_type.into(),
        until: ground.time.saturating_add(OPEN_FOR),
    };
    let keys: Vec<&SecretKey> = draft.keys.iter().collect();
    let envelope = payload.sign(&keys)?.encode();
    who.pending.push(Pending {
        payload,
        envelope: envelope.clone(),
    });
    Ok(Signed {
        envelope,
        blob: draft.blob,
    })
}

/// The same may be handed in again; anything else has to wait.
fn again(pending: &Pending, draft: Draft) -> Result<Signed, Unsigned> {
    if pending.says(draft.event_type, &draft.body) {
        return Ok(Signed {
            envelope: pending.envelope.clone(),
            blob: draft.blob,
        });
    }
    let until = pending.payload.until.to_string();
    Err(Unsigned {
        reason: "still-pending",
        facts: [("until".into(), until)].into_iter().collect(),
    })
}
