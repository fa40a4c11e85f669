//! A blockchain invoice's portal address names no invoice: a record of its own says which one it is of.

use crate::{
    host::Host,
    session::{Gap, Session},
};
use records::{
    RecordName, canonical,
    kinds::{invoice, portal},
};

impl<H: Host> Session<'_, H> {
    /// The invoice of an address's record, replayed; none for any other record, and where there is no such address.
    pub async fn invoice_of(&mut self, name: &RecordName) -> Result<Option<RecordName>, Gap> {
        if name.kind() != portal::NAME {
            return Ok(None);
        }
        self.replay(core::slice::from_ref(name)).await?;
        if self.head(name).is_none() {
            return Ok(None);
        }
        let state = self.archive.kept(name).and_then(|kept| kept.state());
        let address = state.map(|state| canonical::from_value::<portal::Portal>(&state.data));
        let invoice = address.and_then(Result::ok);
        Ok(invoice.and_then(|found| RecordName::new(invoice::NAME, &found.invoice)))
    }
}
