//! What a node says, read without a tree of its values: sixteen megabytes of `[0,0,…]` are many times as much in one.

use super::upstream::MAX_ANSWER;
use axum::body::Bytes;
use serde::{
    Serialize,
    de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};
use std::fmt;

/// A node's result, or the error that it gave instead.
#[derive(Debug)]
pub(super) struct Said {
    /// All of it: JSON, without what the node put between.
    pub text: Bytes,
    /// What a call is judged by: of the outer objects, without lists and long texts.
    pub gist: Value,
}

/// Values in each other that the gist may know: a result, its `block`, that one's `header`, its `height`.
const OUTER: u8 = 4;
/// Bytes of the longest text in a gist: hashes, heights, names of chains are shorter.
const LONGEST: usize = 128;
/// What is asked of a result, at whatever depth.
const MEMBERS: &[&str] = &[
    "block",
    "block_height",
    "canonical",
    "code",
    "commit",
    "header",
    "height",
    "network",
    "node_info",
    "proof",
    "response",
    "root_hash",
    "signed_header",
    "tx_result",
];

/// The result or the error of a JSON-RPC answer; none where it is no such answer.
pub(super) fn read(answer: &[u8]) -> Option<Result<Said, Said>> {
    let mut reader = serde_json::Deserializer::from_slice(answer);
    let outcome = reader.deserialize_map(Envelope).ok()?;
    reader.end().ok()?;
    Some(outcome)
}

struct Envelope;

impl<'de> Visitor<'de> for Envelope {
    type Value = Result<Said, Said>;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("an answer")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let (mut result, mut error) = (None, None);
        while let Some(name) = members.next_key::<String>()? {
            let place = match name.as_str() {
                "result" => &mut result,
                "error" => &mut error,
                _ => {
                    members.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            let mut text = Vec::new();
            let gist = members.next_value_seed(Copied {
                to: &mut text,
                outer: OUTER,
            })?;
            let text = text.into_boxed_slice().into();
            if place.replace(Said { text, gist }).is_some() {
                return Err(A::Error::custom("said twice"));
            }
        }
        match (error.filter(|error| error.text != "null"), result) {
            (Some(error), _) => Ok(Err(error)),
            (None, Some(result)) => Ok(Ok(result)),
            (None, None) => Err(A::Error::missing_field("result")),
        }
    }
}

/// Writes a value down while it is read, and returns its gist.
struct Copied<'text> {
    to: &'text mut Vec<u8>,
    /// Values from here inwards that the gist may still know.
    outer: u8,
}

impl Copied<'_> {
    fn inner(&mut self, outer: u8) -> Copied<'_> {
        Copied {
            to: &mut *self.to,
            outer,
        }
    }

    fn write<E: Error>(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), E> {
        serde_json::to_writer(&mut *self.to, value).map_err(E::custom)?;
        // A number may be longer than the node wrote it.
        match self.to.len() <= MAX_ANSWER {
            true => Ok(()),
            false => Err(E::custom("too long")),
        }
    }

    fn written<E: Error>(mut self, value: impl Serialize + Into<Value>) -> Result<Value, E> {
        self.write(&value)?;
        Ok(value.into())
    }
}

impl<'de> DeserializeSeed<'de> for Copied<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Copied<'_> {
    type Value = Value;

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        self.written(())
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        self.written(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        self.written(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        self.written(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        self.written(value)
    }

    fn visit_str<E: Error>(mut self, value: &str) -> Result<Value, E> {
        self.write(value)?;
        let is_kept = self.outer > 0 && value.len() <= LONGEST;
        Ok(Value::from(if is_kept { value } else { "" }))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        self.to.push(b'[');
        let start = self.to.len();
        while items.next_element_seed(self.inner(0))?.is_some() {
            self.to.push(b',');
        }
        if self.to.len() > start {
            self.to.pop();
        }
        self.to.push(b']');
        Ok(Value::Array(Vec::new()))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Value, A::Error> {
        let mut gist = Map::new();
        let inside = self.outer.saturating_sub(1);
        self.to.push(b'{');
        let start = self.to.len();
        while let Some(name) = members.next_key::<String>()? {
            if self.to.len() > start {
                self.to.push(b',');
            }
            self.write(name.as_str())?;
            self.to.push(b':');
            let is_kept = self.outer > 0 && MEMBERS.contains(&name.as_str());
            let value = members.next_value_seed(self.inner(if is_kept { inside } else { 0 }))?;
            if is_kept {
                gist.insert(name, value);
            }
        }
        self.to.push(b'}');
        Ok(Value::Object(gist))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn result(result: &str) -> Said {
        let answer = format!(r#"{{"jsonrpc": "2.0", "id": 1, "result": {result}}}"#);
        read(answer.as_bytes())
            .expect("an answer")
            .expect("a result")
    }

    #[test]
    fn all_of_it_is_passed_on_and_nothing_between() {
        let text = "{ \"a\" : [ 1 , -2, [], [[{}]], 0.5 ],\n\t\"b\\\"\": { \"c\" : null , \"链\": \"\\u0000\\ud83d\\ude00/\" }, \"d\": true }";
        let said = result(text);
        let value: Value = serde_json::from_str(text).expect("reads");
        assert_eq!(
            serde_json::from_slice::<Value>(&said.text).expect("reads"),
            value
        );
        assert_eq!(said.text.len(), value.to_string().len());
    }

    #[test]
    fn what_a_call_is_judged_by_is_in_the_gist_and_nothing_else() {
        let block = json!({"header": {"height": "7", "app_hash": "AB"}, "data": {"txs": ["AA=="]}});
        let said = result(&json!({"block_id": {"hash": "AB"}, "block": block}).to_string());
        assert_eq!(said.gist, json!({"block": {"header": {"height": "7"}}}));
        let long = "x".repeat(LONGEST + 1);
        let said =
            result(&json!({"height": long, "code": [0], "proof": {"root_hash": "AB"}}).to_string());
        let gist = json!({"height": "", "code": [], "proof": {"root_hash": "AB"}});
        assert_eq!(said.gist, gist);
    }

    #[test]
    fn an_error_is_one_unless_it_is_null() {
        let of = |text: &str| read(text.as_bytes());
        let error = of(r#"{"error": {"code": -1}, "result": 1}"#);
        assert_eq!(
            error.expect("an answer").unwrap_err().text,
            r#"{"code":-1}"#
        );
        let result = of(r#"{"error": null, "result": 1}"#);
        assert_eq!(result.expect("an answer").expect("a result").text, "1");
    }

    #[test]
    fn what_is_no_answer_is_none() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"error": null}"#,
            r#"{"result": 1"#,
            r#"{"result": 1} 2"#,
            r#"{"result": 1, "result": 2}"#,
            r#"{"result": "\ud800"}"#,
            r#"{"result": 1e999}"#,
            &format!(r#"{{"result": {}"#, "[".repeat(10_000)),
        ] {
            assert!(read(text.as_bytes()).is_none(), "{text}");
        }
        // Each of five bytes would become one of nineteen.
        let long = format!(r#"{{"result": [{}1]}}"#, "1e15,".repeat(1_000_000));
        assert!(read(long.as_bytes()).is_none());
    }
}
