//! JSON-RPC errors, worded as CometBFT words them.

use serde_json::{Value, json};

/// Why a request has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RpcError {
    /// JSON-RPC 2.0 error code.
    pub code: i64,
    /// What the code means.
    pub message: &'static str,
    /// What happened.
    pub data: String,
}

impl RpcError {
    /// Not JSON.
    pub fn parse(data: impl ToString) -> Self {
        Self::new(-32700, "Parse error. Invalid JSON", data)
    }

    /// Not a request.
    pub fn invalid_request(data: impl ToString) -> Self {
        Self::new(-32600, "Invalid Request", data)
    }

    /// No such method.
    pub fn no_method() -> Self {
        Self::new(-32601, "Method not found", "")
    }

    /// Parameters that cannot be read.
    pub fn invalid_params(data: impl ToString) -> Self {
        Self::new(-32602, "Invalid params", data)
    }

    /// The method refuses.
    pub fn internal(data: impl ToString) -> Self {
        Self::new(-32603, "Internal error", data)
    }

    /// The server ends what it had promised.
    pub fn server(data: impl ToString) -> Self {
        Self::new(-32000, "Server error", data)
    }

    fn new(code: i64, message: &'static str, data: impl ToString) -> Self {
        Self {
            code,
            message,
            data: data.to_string(),
        }
    }

    /// The `error` member of an answer.
    pub fn to_json(&self) -> Value {
        let mut error = json!({ "code": self.code, "message": self.message });
        if !self.data.is_empty() {
            error["data"] = json!(self.data);
        }
        error
    }
}

impl From<crate::error::Error> for RpcError {
    fn from(error: crate::error::Error) -> Self {
        Self::internal(error)
    }
}
