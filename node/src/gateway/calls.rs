//! The methods that a gateway answers, and their parameters in one spelling: what is asked twice is known again.

use crate::rpc::{Params, RpcError};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::Value;
use std::{collections::BTreeMap, fmt::Write, time::Duration};

/// How a parameter is written in JSON.
#[derive(Clone, Copy)]
enum Kind {
    Integer,
    Flag,
    Text,
    Base64,
    Hex,
    Json,
}

/// What may be done with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// It is about a height or a hash and never changes; whether it is the final one, the answer itself says.
    Lasting,
    /// It changes with every block; within this time those who ask get the same one.
    Fleeting(Duration),
    /// It does something, and is never kept.
    Acting,
}

struct Method {
    name: &'static str,
    params: &'static [(&'static str, Kind)],
    life: Life,
}

const BRIEF: Life = Life::Fleeting(Duration::from_millis(500));
const MINUTE: Life = Life::Fleeting(Duration::from_secs(60));
const HEIGHT: (&str, Kind) = ("height", Kind::Integer);

/// Reading, and handing in an event or evidence. Nothing that tells of a node's peers or queue, that waits for a block, or that makes a node search.
static METHODS: &[Method] = &[
    method("health", &[], BRIEF),
    method("status", &[], BRIEF),
    method("abci_info", &[], BRIEF),
    method("genesis", &[], MINUTE),
    method("consensus_params", &[HEIGHT], Life::Lasting),
    method("header", &[HEIGHT], Life::Lasting),
    method("header_by_hash", &[("hash", Kind::Hex)], Life::Lasting),
    method("block", &[HEIGHT], Life::Lasting),
    method("block_by_hash", &[("hash", Kind::Base64)], Life::Lasting),
    method("block_results", &[HEIGHT], Life::Lasting),
    method("commit", &[HEIGHT], Life::Lasting),
    method(
        "validators",
        &[HEIGHT, ("page", Kind::Integer), ("per_page", Kind::Integer)],
        Life::Lasting,
    ),
    method(
        "blockchain",
        &[("minHeight", Kind::Integer), ("maxHeight", Kind::Integer)],
        BRIEF,
    ),
    method(
        "tx",
        &[("hash", Kind::Base64), ("prove", Kind::Flag)],
        Life::Lasting,
    ),
    method(
        "abci_query",
        &[
            ("path", Kind::Text),
            ("data", Kind::Hex),
            HEIGHT,
            ("prove", Kind::Flag),
        ],
        Life::Lasting,
    ),
    method("broadcast_tx_sync", &[("tx", Kind::Base64)], Life::Acting),
    method(
        "broadcast_evidence",
        &[("evidence", Kind::Json)],
        Life::Acting,
    ),
];

const fn method(name: &'static str, params: &'static [(&'static str, Kind)], life: Life) -> Method {
    Method { name, params, life }
}

/// Names of the methods.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    METHODS.iter().map(|method| method.name)
}

/// A call with its parameters in one spelling.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub method: &'static str,
    /// Each by its name, as JSON writes it: a tree of a document's values is many times as large, and is there for as long as a node is asked.
    params: BTreeMap<&'static str, String>,
    pub life: Life,
}

impl Call {
    /// Reads a call as a client wrote it.
    pub fn from_json(method: &str, params: Option<Value>) -> Result<Self, RpcError> {
        let method = find(method)?;
        let names: Vec<&str> = method.params.iter().map(|(name, _)| *name).collect();
        Self::read(method, &Params::from_json(params, &names)?)
    }

    /// Reads a call from a URI.
    pub fn from_uri(method: &str, params: Params) -> Result<Self, RpcError> {
        Self::read(find(method)?, &params)
    }

    fn read(method: &'static Method, given: &Params) -> Result<Self, RpcError> {
        let mut params = BTreeMap::new();
        for (name, kind) in method.params {
            if let Some(value) = read(given, name, *kind)? {
                params.insert(*name, value.to_string());
            }
        }
        let height = given.integer("height")?.filter(|height| *height > 0);
        let path = params.get("path").map(String::as_str);
        let takes_height = method.params.iter().any(|(name, _)| *name == "height");
        let life = match method.life {
            _ if path == Some(BLOB_KEEP) => Life::Acting,
            _ if path == Some(BLOB) => MINUTE,
            Life::Lasting if takes_height && height.is_none() => BRIEF,
            life => life,
        };
        Ok(Self {
            method: method.name,
            params,
            life,
        })
    }

    /// The same for every spelling of the same call.
    pub fn key(&self) -> String {
        format!("{} {}", self.method, self.arguments())
    }

    /// The request to a node.
    pub fn to_request(&self) -> String {
        let (method, arguments) = (self.method, self.arguments());
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{arguments}}}"#)
    }

    fn arguments(&self) -> String {
        let mut text = String::from("{");
        for (name, value) in &self.params {
            let comma = if text.len() > 1 { "," } else { "" };
            // A string takes everything.
            let _ = write!(text, r#"{comma}"{name}":{value}"#);
        }
        text + "}"
    }

    /// Whether another node may have what this one has not: it has forgotten the height, or has not reached it.
    pub fn may_be_elsewhere(&self, result: Option<&Value>) -> bool {
        let is_blob = self.params.get("path").is_some_and(|path| path == BLOB);
        let lacks = |result: &Value| !self.is_answered_by(result);
        (self.life == Life::Lasting || is_blob) && result.is_none_or(lacks)
    }

    /// Whether this answer, which looked lasting, is the final one: not of a block whose commit may still be completed, and not a refusal, in whose
    /// place a later block may accept.
    pub fn is_final(&self, result: &Value) -> bool {
        let is_last_word = match self.method {
            "commit" => result["canonical"] == true,
            "abci_query" => self.is_at_height(&result["response"]["height"]),
            "tx" => result["tx_result"]["code"] == 0,
            _ => true,
        };
        is_last_word && self.is_answered_by(result)
    }

    /// Whether a result holds what was asked for. A node that has pruned a block may leave out the block, the header or the proof, and call that no error.
    pub fn is_answered_by(&self, result: &Value) -> bool {
        let at = |height: &Value| self.is_at_height(height);
        match self.method {
            "header" => at(&result["header"]["height"]),
            "block" => at(&result["block"]["header"]["height"]),
            "commit" => {
                let signed = &result["signed_header"];
                at(&signed["header"]["height"]) && at(&signed["commit"]["height"])
            }
            "validators" | "consensus_params" => at(&result["block_height"]),
            "block_results" => at(&result["height"]),
            "header_by_hash" => !result["header"].is_null(),
            "block_by_hash" => !result["block"].is_null(),
            "tx" => !self.params.contains_key("prove") || is_proof(&result["proof"]),
            "abci_query" => result["response"]["code"] == 0,
            _ => !result.is_null(),
        }
    }

    fn is_at_height(&self, height: &Value) -> bool {
        let told = height.to_string();
        self.params.get("height") == Some(&told)
    }
}

/// CometBFT writes the proof that it cannot make as one with an empty root.
fn is_proof(proof: &Value) -> bool {
    let root = proof["root_hash"].as_str();
    root.is_some_and(|root| !root.is_empty())
}

/// The query path that hands in a blob, as JSON writes it.
const BLOB_KEEP: &str = r#""/blob/keep""#;
/// The query path of blobs. Their names are their hashes, but a node may have to forget one: it is not kept for long.
const BLOB: &str = r#""/blob""#;

fn find(name: &str) -> Result<&'static Method, RpcError> {
    let method = METHODS.iter().find(|method| method.name == name);
    method.ok_or_else(RpcError::no_method)
}

fn read(given: &Params, name: &str, kind: Kind) -> Result<Option<Value>, RpcError> {
    let text = |text: String| (!text.is_empty()).then(|| Value::from(text));
    Ok(match kind {
        Kind::Integer => given.integer(name)?.map(|number| number.to_string().into()),
        Kind::Flag => given.flag(name)?.then_some(Value::Bool(true)),
        Kind::Text => text(given.text(name)?),
        Kind::Base64 => text(BASE64.encode(given.bytes(name)?)),
        Kind::Hex => text(hex::encode(given.hex_bytes(name)?)),
        Kind::Json => given.json(name)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::said;
    use serde_json::json;
    use std::collections::HashMap;

    fn json_call(method: &str, params: Value) -> Call {
        Call::from_json(method, Some(params)).expect("reads")
    }

    #[test]
    fn every_spelling_of_a_call_has_the_same_key() {
        let uri = HashMap::from([
            ("height".to_owned(), "\"7\"".to_owned()),
            ("per_page".to_owned(), "100".to_owned()),
        ]);
        let uri = Call::from_uri("validators", Params::Uri(uri)).expect("reads");
        for other in [
            json_call("validators", json!({"height": "7", "per_page": "100"})),
            json_call("validators", json!({"per_page": 100, "height": 7})),
            json_call("validators", json!(["7", null, "100"])),
        ] {
            assert_eq!(uri.key(), other.key());
            assert_eq!(other.life, Life::Lasting);
        }
        let other = json_call("validators", json!({"height": "8", "per_page": "100"}));
        assert_ne!(uri.key(), other.key());
    }

    #[test]
    fn what_names_no_height_or_writes_is_not_kept() {
        for latest in [json!({}), json!({"height": "0"}), json!({"height": null})] {
            assert_eq!(json_call("commit", latest).life, BRIEF);
        }
        let query = |path| {
            json_call(
                "abci_query",
                json!({"path": path, "data": "00", "height": "3"}),
            )
        };
        assert_eq!(query("/head").life, Life::Lasting);
        assert_eq!(query("/blob").life, MINUTE);
        assert_eq!(query("/blob/keep").life, Life::Acting);
        let tx = json_call("broadcast_tx_sync", json!({"tx": "AA=="}));
        assert_eq!(tx.life, Life::Acting);
    }

    #[test]
    fn a_node_is_asked_what_the_client_asked() {
        let evidence =
            json!({"type": "tendermint/DuplicateVoteEvidence", "value": [1, {"a": "\u{1}\"链"}]});
        for (method, params, asked) in [
            ("status", json!({}), json!({})),
            (
                "abci_query",
                json!({"path": "/\"}, {\"", "data": "0A", "height": 3, "prove": true}),
                json!({"path": "/\"}, {\"", "data": "0a", "height": "3", "prove": true}),
            ),
            (
                "broadcast_evidence",
                json!({"evidence": evidence}),
                json!({"evidence": evidence}),
            ),
        ] {
            let request = json_call(method, params).to_request();
            let request: Value = serde_json::from_str(&request).expect("JSON");
            let expected = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": asked});
            assert_eq!(request, expected);
        }
    }

    #[test]
    fn what_a_node_keeps_to_itself_is_no_method() {
        for method in [
            "net_info",
            "unconfirmed_txs",
            "tx_search",
            "broadcast_tx_commit",
            "dial_peers",
            "",
        ] {
            assert!(Call::from_json(method, None).is_err(), "{method}");
        }
    }

    /// What is left of a node's result to judge it by.
    fn gist(result: &Value) -> Value {
        let answer = json!({ "result": result }).to_string();
        let said = said::read(answer.as_bytes()).expect("an answer");
        said.expect("a result").gist
    }

    #[test]
    fn only_a_final_answer_lasts() {
        let commit = json_call("commit", json!({"height": "7"}));
        let signed = |header: &str, commit: &str, canonical: bool| {
            json!({
                "signed_header": {"header": {"height": header}, "commit": {"height": commit}},
                "canonical": canonical,
            })
        };
        assert!(commit.is_final(&gist(&signed("7", "7", true))));
        assert!(!commit.is_final(&gist(&signed("7", "7", false))));
        assert!(!commit.is_final(&gist(&signed("8", "7", true))));
        assert!(!commit.is_final(&gist(&signed("7", "8", true))));
        assert!(!commit.is_final(&gist(&Value::Null)));
        let query = json_call(
            "abci_query",
            json!({"path": "/head", "data": "00", "height": "7"}),
        );
        let answer =
            |code: u32, height: &str| json!({"response": {"code": code, "height": height}});
        assert!(query.is_final(&gist(&answer(0, "7"))));
        assert!(!query.is_final(&gist(&answer(1, "7"))));
        assert!(!query.is_final(&gist(&answer(0, "8"))));
    }

    #[test]
    fn what_is_left_out_or_of_another_height_is_asked_elsewhere_and_does_not_last() {
        let of_seven = |method| json_call(method, json!([7]));
        let [header, block] = ["header", "block"].map(of_seven);
        let [validators, params, results] =
            ["validators", "consensus_params", "block_results"].map(of_seven);
        for (call, answer, fits) in [
            (&header, json!({"header": {"height": "7"}}), true),
            (&header, json!({"header": {"height": "8"}}), false),
            (&header, json!({"header": null}), false),
            (&block, json!({"block": {"header": {"height": "7"}}}), true),
            (&block, json!({"block": {"header": {"height": "8"}}}), false),
            (&block, json!({"block": null}), false),
            (&validators, json!({"block_height": "7"}), true),
            (&validators, json!({"block_height": "8"}), false),
            (&validators, Value::Null, false),
            (&params, json!({"block_height": "7"}), true),
            (&params, json!({"block_height": "8"}), false),
            (&results, json!({"height": "7"}), true),
            (&results, json!({"height": "8"}), false),
        ] {
            assert_eq!(call.is_final(&gist(&answer)), fits, "{answer}");
            assert_eq!(call.may_be_elsewhere(Some(&gist(&answer))), !fits);
        }
    }

    /// CometBFT finds a transaction in its index, and leaves the proof empty where the block is pruned. A refusal is replaced by a later acceptance.
    #[test]
    fn a_transaction_lasts_once_accepted_and_with_the_proof_that_was_asked_for() {
        let call = |prove: bool| json_call("tx", json!({"hash": "AA==", "prove": prove}));
        let answer = |code: u32, root: &str| {
            let proof = json!({"root_hash": root, "data": "", "proof": {"total": "0"}});
            json!({"tx_result": {"code": code}, "proof": proof})
        };
        for (prove, answer, lacks, lasts) in [
            (true, answer(0, "AB"), false, true),
            (true, answer(5, "AB"), false, false),
            (true, answer(0, ""), true, false),
            (true, json!({"tx_result": {"code": 0}}), true, false),
            (false, answer(0, ""), false, true),
            (false, answer(5, ""), false, false),
        ] {
            assert_eq!(call(prove).is_final(&gist(&answer)), lasts, "{answer}");
            assert_eq!(call(prove).may_be_elsewhere(Some(&gist(&answer))), lacks);
        }
    }
}
