//! What a record rests on: other records that accepted the event by which it was made. They are replayed too, within bounds.

use crate::{
    host::Host,
    reasons::{self, Reason},
    session::{Gap, Session},
    trust::facts,
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use litemap::LiteMap;
use records::{
    Hash, RecordName, canonical,
    kinds::consent::{
        document::{self, Document, Status},
        grant, read,
    },
    registry,
};

/// Log entries that are replayed for this, all records together.
const MAX_ENTRIES: u64 = 5_000;

/// What was found.
pub struct Rests {
    /// How the replay ended.
    pub reason: Reason,
    /// Facts for it.
    pub facts: LiteMap<String, String>,
    /// Documents that were replayed; of a grant's, those on which it lives.
    pub documents: usize,
    /// Those of them that deny the reader, whatever is granted.
    pub denying: usize,
    /// Those of the others whose content was erased: nothing is read under any grant.
    pub erased: usize,
}

/// The event that made a record.
struct Making {
    id: Hash,
    /// Who is to read.
    reader: String,
    /// The other records that it touches.
    others: Vec<RecordName>,
}

impl<H: Host> Session<'_, H> {
    /// Replays what a grant or a reading rests on, and looks there for the event that made it. None for other kinds.
    pub async fn rests(&mut self, name: &RecordName) -> Option<Rests> {
        let making = self.making(name)?;
        let mut rests = Rests {
            reason: reasons::RESTS_REPLAYED,
            facts: LiteMap::new(),
            documents: 0,
            denying: 0,
            erased: 0,
        };
        let (mut replayed, mut left) = (0, MAX_ENTRIES);
        let _ = self.prove(&making.others).await;
        for other in &making.others {
            match self.holds(other, &making.id, &mut left).await {
                Ok(true) => replayed += 1,
                Ok(false) => {}
                Err(Gap { reason, facts }) => {
                    (rests.reason, rests.facts) = (reason, facts);
                    return Some(rests);
                }
            }
            // One for which the grant was revoked says nothing about it any more.
            let is_live = |document: &Document| {
                let mut grants = document.grants.iter();
                name.kind() != grant::NAME || grants.any(|live| live.grant == name.id())
            };
            if let Some(document) = self.document(other).filter(is_live) {
                rests.documents += 1;
                let denies = document.denied.contains(&making.reader);
                rests.denying += usize::from(denies);
                rests.erased += usize::from(!denies && document.status == Status::Erased);
            }
        }
        if replayed < making.others.len() {
            rests.reason = reasons::RESTS_NOT_REPLAYED;
        }
        rests.facts = facts([
            ("records", making.others.len().to_string()),
            ("replayed", replayed.to_string()),
        ]);
        Some(rests)
    }

    fn making(&self, name: &RecordName) -> Option<Making> {
        if ![grant::NAME, read::NAME].contains(&name.kind()) {
            return None;
        }
        let first = self.archive.kept(name)?.history.first()?;
        let payload = first.event.payload();
        let reader = payload
            .body
            .get("to")
            .or(payload.body.get("by"))?
            .as_str()?;
        let touches = registry::touches(payload).ok()?;
        // It does not rest on what it leaves out.
        let others = touches.into_iter().filter(|touch| touch.role != "left");
        let others = others.map(|touch| touch.record);
        Some(Making {
            id: *first.event.id(),
            reader: reader.into(),
            others: others.filter(|other| other != name).collect(),
        })
    }

    /// Whether a record was replayed and is seen to hold the event; an error where it is replayed and lacks it, or does not stand.
    async fn holds(
        &mut self,
        name: &RecordName,
        event_id: &Hash,
        left: &mut u64,
    ) -> Result<bool, Gap> {
        let size = self.head(name).map_or(0, |head| head.log_size);
        let Some(rest) = left.checked_sub(size) else {
            return Ok(false);
        };
        *left = rest;
        match self.replay(core::slice::from_ref(name)).await {
            Err(gap) if gap.reason == reasons::HISTORY_BREAKS_RULES => return Err(gap),
            Err(_) => return Ok(false),
            Ok(()) => {}
        }
        let exists = self.head(name).is_some();
        let kept = self.archive.kept(name).filter(|_| exists);
        match kept.and_then(|kept| kept.found(event_id)) {
            Some(_) => Ok(true),
            None => Err(Gap {
                reason: reasons::RESTS_DIFFER,
                facts: facts([("record", name.to_string())]),
            }),
        }
    }

    /// A document's state, where it was replayed to its end.
    fn document(&self, name: &RecordName) -> Option<Document> {
        let (kept, head) = (self.archive.kept(name)?, self.head(name)?);
        let whole = name.kind() == document::NAME && kept.size() == head.log_size;
        let state = kept.state().filter(|_| whole)?;
        canonical::from_value(&state.data).ok()
    }
}
