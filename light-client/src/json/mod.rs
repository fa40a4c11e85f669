//! JSON as real nodes write it (CometBFT RPC, v0.34 to v0.40).
//!
//! 64-bit integers are strings, so that no reader rounds them; hashes are upper-case hex, signatures, keys and values base64;
//! times keep every nanosecond. Unknown fields are ignored, missing ones are an error that names the path.
//!
//! Each function takes the answer to one call, either the bare `result` or the whole JSON-RPC envelope around it.

mod answers;
mod blocks;
mod cursor;
mod evidence;
mod sets;
pub mod write;

use alloc::string::String;

pub use answers::{
    AbciQuery, Block, BlockResults, ConsensusParams, ProofOp, Status, TxAnswer, TxResult,
    abci_query, block, block_results, consensus_params, status, tx,
};
pub use blocks::{commit, header, light_block, signed_header};
/// A parsed JSON document.
pub use serde_json::Value;
pub use sets::{ValidatorsPage, join_pages, validator_set, validators};

use cursor::Cursor;
use thiserror::Error;

/// Why an answer could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum JsonError {
    /// The text is not JSON.
    #[error("not JSON: error at line {line}, column {column}")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A field is missing.
    #[error("{path} is missing")]
    Missing {
        /// Where, for example `signed_header.commit.signatures[3].timestamp`.
        path: String,
    },
    /// A field holds something else than it should.
    #[error("{path} is not {expected}")]
    Malformed {
        /// Where.
        path: String,
        /// What should be there.
        expected: &'static str,
    },
    /// The node answered with an error.
    #[error("the node answers: {message} ({code}) {data}")]
    Node {
        /// JSON-RPC error code.
        code: i64,
        /// The message, mostly "Internal error".
        message: String,
        /// The details, where nodes say what is wrong.
        data: String,
    },
}

/// Parses JSON text.
pub fn parse(text: &[u8]) -> Result<Value, JsonError> {
    serde_json::from_slice(text).map_err(|error| JsonError::Syntax {
        line: error.line(),
        column: error.column(),
    })
}

/// Opens the JSON-RPC envelope, where there is one.
fn open(answer: &Value) -> Result<Cursor<'_, '_>, JsonError> {
    let root = Cursor::root(answer);
    if root.optional("jsonrpc").is_none() {
        return Ok(root);
    }
    match answer.get("error").filter(|error| !error.is_null()) {
        Some(error) => {
            let text =
                |name| String::from(error.get(name).and_then(Value::as_str).unwrap_or_default());
            let code = error
                .get("code")
                .and_then(Value::as_i64)
                .unwrap_or_default();
            Err(JsonError::Node {
                code,
                message: text("message"),
                data: text("data"),
            })
        }
        None => answer
            .get("result")
            .map(Cursor::root)
            .ok_or(JsonError::Missing {
                path: String::from("result"),
            }),
    }
}
