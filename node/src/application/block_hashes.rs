//! `block-hashes/main`: an old header is proven under a header of today by the log of the chain's block hashes.

use super::{Application, FinalizeBlockRequest, execution::Execution, position::Position};
use crate::{
    error::{Error, Result},
    store::Table,
};
use records::{
    RecordName, State,
    canonical::{Map, Value},
    log::leaf_hash,
    shape::{Shape, put},
};

impl Application {
    /// Brings `block-hashes/main` up to date with the block itself.
    pub(super) fn log_block_hashes(
        &self,
        execution: &mut Execution<'_>,
        position: &mut Position,
        request: &FinalizeBlockRequest<'_>,
    ) -> Result<()> {
        let record = block_hashes();
        let mut data = Map::new();
        put(&mut data, "height", request.height.write());
        let data = Value::Object(data);
        let state = State { data, seq: 0 };
        let bytes = state
            .encode()
            .map_err(|error| Error::Setup(error.to_string()))?;
        execution.set(&record, state, bytes)?;
        for height in position.hashes_logged + 1..=request.height {
            let hash = if height == request.height {
                request.hash.to_vec()
            } else {
                execution
                    .snapshot
                    .require(Table::BlockHashes, &height.to_be_bytes())?
            };
            execution.append(&record, leaf_hash(&block_hash_entry(height, &hash)));
        }
        position.hashes_logged = request.height;
        Ok(())
    }
}

/// The record that the application keeps itself.
pub(crate) fn block_hashes() -> RecordName {
    RecordName::new("block-hashes", "main").expect("a constant record name")
}

/// Its entries: `height u64 ‖ block hash`.
pub(crate) fn block_hash_entry(height: u64, hash: &[u8]) -> Vec<u8> {
    [&height.to_be_bytes()[..], hash].concat()
}
