//! Parameters of a method, from a URI or from JSON.

use super::RpcError;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// A method's parameters.
pub enum Params {
    /// From a URI: strings in double quotes, bytes as 0x… or a quoted string, numbers plain or quoted.
    Uri(HashMap<String, String>),
    /// By name, from a JSON-RPC request.
    Json(Map<String, Value>),
}

impl Params {
    /// From a JSON-RPC request's `params`; `names` are the method's parameters in order, for those given by position.
    pub fn from_json(params: Option<Value>, names: &[&str]) -> Result<Self, RpcError> {
        match params {
            None | Some(Value::Null) => Ok(Self::Json(Map::new())),
            Some(Value::Object(mut named)) => {
                // A million bytes of `[0],` are forty times as many in memory.
                named.retain(|name, _| names.contains(&name.as_str()));
                Ok(Self::Json(named))
            }
            Some(Value::Array(values)) if values.len() <= names.len() => Ok(Self::Json(
                names.iter().map(ToString::to_string).zip(values).collect(),
            )),
            Some(Value::Array(values)) => Err(RpcError::invalid_params(format!(
                "error converting json params to arguments: expected {} parameters ({names:?}), got {}",
                names.len(),
                values.len()
            ))),
            Some(_) => Err(RpcError::invalid_params(
                "error converting json params to arguments: params must be an object or an array",
            )),
        }
    }

    /// Refuses lists and objects, which none of CometBFT's methods of a node takes.
    pub(super) fn plain(self) -> Result<Self, RpcError> {
        let Self::Json(params) = &self else {
            return Ok(self);
        };
        let nested = params
            .iter()
            .find(|(_, value)| value.is_array() || value.is_object());
        match nested {
            Some((name, _)) => Err(bad(name, "expected a plain value")),
            None => Ok(self),
        }
    }

    /// An integer; none where it is not given.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, RpcError> {
        let text = match self {
            Self::Uri(params) => params.get(name).map(|text| unquoted(text).to_owned()),
            Self::Json(params) => match params.get(name) {
                None | Some(Value::Null) => None,
                Some(Value::String(text)) => Some(text.clone()),
                Some(Value::Number(number)) => Some(number.to_string()),
                Some(_) => return Err(bad(name, "expected an integer")),
            },
        };
        match text.as_deref() {
            None | Some("") => Ok(None),
            Some(text) => text
                .parse()
                .map(Some)
                .map_err(|_| bad(name, "expected an integer")),
        }
    }

    /// A height; none where it is not given.
    pub fn height(&self) -> Result<Option<i64>, RpcError> {
        self.integer("height")
    }

    /// A truth value; false where it is not given.
    pub fn flag(&self, name: &str) -> Result<bool, RpcError> {
        let text = match self {
            Self::Uri(params) => params.get(name).map(|text| unquoted(text)),
            Self::Json(params) => match params.get(name) {
                None | Some(Value::Null) => None,
                Some(Value::Bool(flag)) => return Ok(*flag),
                Some(Value::String(text)) => Some(text.as_str()),
                Some(_) => return Err(bad(name, "expected true or false")),
            },
        };
        match text {
            None | Some("" | "false" | "0") => Ok(false),
            Some("true" | "1") => Ok(true),
            Some(_) => Err(bad(name, "expected true or false")),
        }
    }

    /// A text; empty where it is not given.
    pub fn text(&self, name: &str) -> Result<String, RpcError> {
        match self {
            Self::Uri(params) => Ok(params
                .get(name)
                .map_or("", |text| unquoted(text))
                .to_owned()),
            Self::Json(params) => match params.get(name) {
                None | Some(Value::Null) => Ok(String::new()),
                Some(Value::String(text)) => Ok(text.clone()),
                Some(_) => Err(bad(name, "expected a string")),
            },
        }
    }

    /// Bytes that JSON carries as base64: transactions and hashes.
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>, RpcError> {
        self.decoded(name, "expected base64", |text| BASE64.decode(text).ok())
    }

    /// Bytes that JSON carries as hex: the data of `abci_query`, and the hash of a header.
    pub fn hex_bytes(&self, name: &str) -> Result<Vec<u8>, RpcError> {
        self.decoded(name, "expected hex", |text| hex::decode(text).ok())
    }

    fn decoded(
        &self,
        name: &str,
        expected: &str,
        decode: impl Fn(&str) -> Option<Vec<u8>>,
    ) -> Result<Vec<u8>, RpcError> {
        match self {
            Self::Uri(params) => uri_bytes(params.get(name).map_or("", String::as_str))
                .ok_or_else(|| bad(name, "expected 0x and hex, or a quoted string")),
            Self::Json(_) => decode(&self.text(name)?).ok_or_else(|| bad(name, expected)),
        }
    }

    /// Any JSON, which a URI cannot carry.
    pub fn json(&self, name: &str) -> Result<Option<Value>, RpcError> {
        match self {
            Self::Json(params) => Ok(params.get(name).cloned()),
            Self::Uri(params) if !params.contains_key(name) => Ok(None),
            Self::Uri(_) => Err(bad(name, "expected a JSON-RPC request")),
        }
    }

    /// Whether the answer stays the same for ever, for caches: it is about a given height.
    pub fn is_about_a_height(&self) -> bool {
        matches!(self.height(), Ok(Some(height)) if height > 0)
    }
}

fn uri_bytes(text: &str) -> Option<Vec<u8>> {
    match text.strip_prefix("0x") {
        Some(digits) => hex::decode(digits).ok(),
        None if text.is_empty() => Some(Vec::new()),
        None => Some(quoted(text)?.as_bytes().to_vec()),
    }
}

fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"')
}

fn unquoted(text: &str) -> &str {
    quoted(text).unwrap_or(text)
}

fn bad(name: &str, why: &str) -> RpcError {
    RpcError::invalid_params(format!(
        "error converting params to arguments: {name}: {why}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// *Attack: who waits ten seconds for a block has the node hold forty million bytes meanwhile, and a hundred wait.*
    #[test]
    fn what_a_method_does_not_take_is_not_held() {
        let junk = json!([[0], [0], { "a": [0] }]);
        let read = |params| Params::from_json(Some(params), &["tx"]).and_then(Params::plain);
        let params = read(json!({ "tx": "AA==", "junk": junk })).expect("reads");
        assert!(matches!(&params, Params::Json(held) if held.len() == 1));
        assert_eq!(params.bytes("tx").expect("reads"), [0]);
        for nested in [json!({ "tx": junk }), json!([junk])] {
            assert!(read(nested).is_err());
        }
    }
}
