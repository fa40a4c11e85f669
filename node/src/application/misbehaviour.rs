//! What the evidence in a block proves becomes events of the chain's own: nobody signs them, and no transaction can be one.

use super::{Misbehaviour, execution::Execution};
use crate::{
    error::{Error, Result},
    store::{EntryPlace, Table},
};
use records::{
    Context, Envelope, Event, Payload, RecordName, canonical,
    kinds::misbehaviour::{FOUND, NAME},
    log::Entry,
};

impl Execution<'_> {
    /// Writes down who misbehaved, behind this many transactions of the block. It is executed before them, so that no transaction of the block can
    /// take the room that a suspension needs.
    pub fn misbehaviour(
        &mut self,
        found: &[Misbehaviour],
        context: &Context<'_>,
        behind: usize,
    ) -> Result<()> {
        for (misbehaviour, position) in found.iter().zip(behind..) {
            let envelope = self.told(misbehaviour, context)?.encode();
            let place = EntryPlace {
                height: context.height,
                position: u32::try_from(position).map_err(|_| Error::Damaged("a block"))?,
            };
            let entry = Entry {
                height: context.height,
                time: context.time,
                envelope: &envelope,
            }
            .encode();
            let event = Event::recorded(&envelope).map_err(|_| Error::Damaged("evidence"))?;
            // A refusal is everywhere the same, and no reason to stand still.
            if self.event(&event, context, place, &entry)?.is_ok() {
                self.changes.put(Table::Entries, place.encode(), entry);
            }
        }
        Ok(())
    }

    fn told(&mut self, misbehaviour: &Misbehaviour, context: &Context<'_>) -> Result<Envelope> {
        let subject = RecordName::new(NAME, &hex::encode(misbehaviour.address))
            .ok_or(Error::Damaged("an address"))?;
        let malformed = |error: canonical::Error| Error::Setup(format!("misbehaviour: {error}"));
        let payload = Payload {
            body: canonical::to_value(&misbehaviour.incident).map_err(malformed)?,
            chain: context.chain.into(),
            seq: self.load(&subject)?.map_or(0, |state| state.seq),
            subject,
            event_type: FOUND.into(),
            until: context.time,
        };
        payload.sign(&[]).map_err(malformed)
    }
}
