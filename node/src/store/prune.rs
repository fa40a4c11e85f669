//! Forgetting old versions of the state. Logs, blocks and commits are never forgotten.

use super::{Changes, Snapshot, Table};
use crate::error::{Error, Result};

/// Rows looked at in one go, so that a block after a long pause is not a long one.
const STEP: usize = 20_000;

/// Removes what no version from `oldest` on shows any more.
pub fn prune(snapshot: &Snapshot, oldest: u64, changes: &mut Changes) -> Result<()> {
    let tables = [
        (Table::StaleNodes, Table::Nodes),
        (Table::StaleRecords, Table::Records),
    ];
    for (index, table) in tables {
        let end = oldest.saturating_add(1).to_be_bytes();
        for (row, _) in snapshot.range(index, &[0; 8], &end, STEP)? {
            let key = row.get(8..).ok_or(Error::Damaged("a stale row"))?;
            changes.remove(table, key.to_vec());
            changes.remove(index, row);
        }
    }
    Ok(())
}
