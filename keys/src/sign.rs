//! From an action to a signed event.

use crate::{Action, Identity, Pending, acts, random::Stream, shared::Shared};
use litemap::LiteMap;
use records::{
    Envelope, Ground, Hash, Payload, RecordName, SecretKey,
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
    /// Who signs it besides, where one signature is not enough.
    pub shared: Option<Shared>,
}

impl Draft {
    /// One person's event, with nothing beside it.
    pub fn new(
        event_type: &'static str,
        subject: RecordName,
        body: Value,
        keys: Vec<SecretKey>,
    ) -> Self {
        Self {
            event_type,
            subject,
            body,
            keys,
            blob: None,
            shared: None,
        }
    }

    /// Whether others signed it before.
    fn is_begun(&self) -> bool {
        self.shared
            .as_ref()
            .is_some_and(|shared| shared.begun.is_some())
    }

    /// Until when it may be written.
    fn until(&self, time: i64) -> Result<i64, Unsigned> {
        match &self.shared {
            Some(shared) => shared.until(time),
            None => Ok(time.saturating_add(OPEN_FOR)),
        }
    }

    /// What is given away.
    fn signed(self, until: i64, envelope: &Envelope) -> Signed {
        Signed {
            envelope: envelope.encode(),
            blob: self.blob,
            share: self.shared.and_then(|shared| shared.share(until, envelope)),
        }
    }
}

/// A signed event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The envelope, in its one encoding.
    pub envelope: Vec<u8>,
    /// What the nodes must keep before the event is handed in.
    pub blob: Option<Vec<u8>>,
    /// What goes to who has not signed yet, as [`Action::Name`] takes it; none where the event is complete.
    pub share: Option<String>,
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
        if !pending.says(draft.event_type, &draft.body) {
            return Err(still_pending(pending));
        }
        // The same may be handed in again; and where others began it too, theirs is the one that all sign.
        if !draft.is_begun() {
            let envelope = pending.envelope();
            let envelope = envelope.ok_or_else(|| Unsigned::new("state-unreadable"))?;
            return Ok(draft.signed(pending.payload.until, &envelope));
        }
    }
    let payload = Payload {
        until: draft.until(ground.time)?,
        body: draft.body.clone(),
        chain: chain.into(),
        seq,
        subject: draft.subject.clone(),
        event_type: draft.event_type.into(),
    };
    let keys: Vec<&SecretKey> = draft.keys.iter().collect();
    let own = payload.sign(&keys)?;
    let envelope = match &draft.shared {
        Some(shared) => shared.joined(own)?,
        None => own,
    };
    let signed = draft.signed(payload.until, &envelope);
    who.pending.push(Pending {
        payload,
        envelope: signed.envelope.clone(),
    });
    Ok(signed)
}

/// Anything else has to wait.
fn still_pending(pending: &Pending) -> Unsigned {
    let until = pending.payload.until.to_string();
    Unsigned {
        reason: "still-pending",
        facts: [("until".into(), until)].into_iter().collect(),
    }
}
