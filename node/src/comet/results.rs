//! Results of transactions.

use super::ExecTxResult;
use crate::merkle::{self, Hash};
use prost::Message;

/// The next header's `last_results_hash`: of each result only code, data and gas (types/results.go, abci `DeterministicExecTxResult`).
pub fn results_hash(results: &[ExecTxResult]) -> Hash {
    let leaves: Vec<Vec<u8>> = results
        .iter()
        .map(|result| {
            ExecTxResult {
                code: result.code,
                data: result.data.clone(),
                gas_wanted: result.gas_wanted,
                gas_used: result.gas_used,
                ..ExecTxResult::default()
            }
            .encode_to_vec()
        })
        .collect();
    merkle::root(&leaves)
}
