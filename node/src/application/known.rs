//! Which events are in a block already. Whoever signs an event too makes another transaction of the same event.

use crate::{
    error::Result,
    merkle::Hash,
    store::{Changes, EntryPlace, Snapshot, Table},
};
use records::{Event, PublicKey};

/// Notes that an event was accepted.
pub(crate) fn note_accepted(event: &Hash, place: EntryPlace, changes: &mut Changes) {
    changes.put(Table::TxIndex, row(event), place.encode());
}

/// Whether a transaction is in a block, or its event was accepted with whichever signatures: it is so once and never again. Refused with some, it
/// may be accepted with others.
pub(super) fn is_known(snapshot: &Snapshot, tx: &Hash, event: &Hash) -> Result<bool> {
    let is_there = |key: &[u8]| {
        let place = snapshot.get(Table::TxIndex, key);
        place.map(|place| place.is_some())
    };
    Ok(is_there(tx)? || is_there(&row(event))?)
}

/// Notes that an event was refused, with the signatures of these keys.
pub(super) fn note_refused(event: &Event, place: EntryPlace, changes: &mut Changes) {
    for key in event.signers() {
        changes.put(Table::TxIndex, refused(event, key), place.encode());
    }
}

/// Whether an event was refused with the signature of this key.
pub(super) fn was_refused(snapshot: &Snapshot, event: &Event, key: &PublicKey) -> Result<bool> {
    snapshot.has(Table::TxIndex, &refused(event, key))
}

fn refused(event: &Event, key: &PublicKey) -> Vec<u8> {
    [&event.id()[..], b"r", key.to_string().as_bytes()].concat()
}

/// Apart from the hashes of transactions, which are shorter.
fn row(event: &Hash) -> Vec<u8> {
    [&event[..], b"e"].concat()
}
