//! Canonical JSON: what decodes has one encoding, and is what an ordinary reader of JSON finds.

use super::story;
use records::{Head, State, canonical};
use serde_json::Value as Json;

pub fn seeds() -> Vec<Vec<u8>> {
    let odd: [&[u8]; 5] = [
        br#"{"a":"\u0000\"\\\n"}"#,
        br#"[-9007199254740991,0,9007199254740991]"#,
        br#"{"":[],"\ud83d\ude00":{}}"#,
        b"[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]",
        b"1.0",
    ];
    let ledger = story::told();
    let states = ledger
        .names()
        .filter_map(|name| ledger.state(name)?.encode().ok());
    odd.iter()
        .map(|bytes| bytes.to_vec())
        .chain(states)
        .collect()
}

pub fn run(bytes: &[u8]) {
    if let Ok(value) = canonical::decode_value(bytes) {
        assert_eq!(
            canonical::encode_value(&value).as_deref(),
            Ok(bytes),
            "one encoding"
        );
        let json: Json = serde_json::from_slice(bytes).expect("what is canonical is JSON");
        assert!(
            same(&value, &json),
            "an ordinary reader finds something else"
        );
    }
    if let Ok(state) = State::decode(bytes) {
        assert_eq!(state.encode().as_deref(), Ok(bytes), "one encoding");
    }
    Head::decode(bytes);
}

fn same(ours: &canonical::Value, json: &Json) -> bool {
    match (ours, json) {
        (canonical::Value::Integer(ours), Json::Number(json)) => json.as_i64() == Some(*ours),
        (canonical::Value::Array(ours), Json::Array(json)) => {
            ours.len() == json.len() && ours.iter().zip(json).all(|(ours, json)| same(ours, json))
        }
        (canonical::Value::Object(ours), Json::Object(json)) => {
            ours.iter().len() == json.len()
                && ours
                    .iter()
                    .all(|(name, ours)| json.get(name).is_some_and(|json| same(ours, json)))
        }
        (ours, Json::String(json)) => ours.as_str() == Some(json),
        _ => false,
    }
}
