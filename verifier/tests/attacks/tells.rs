//! The lies.

use crate::common::{Lie, chain, comet, lie};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use records::{RecordName, log};
use serde_json::{Value, json};
use std::rc::Rc;
use verifier::Unreachable;

pub fn bend_value(answer: &mut Value, change: impl Fn(Vec<u8>) -> Vec<u8>) {
    let value = &mut answer["result"]["response"]["value"];
    let bytes = STANDARD
        .decode(value.as_str().unwrap_or_default())
        .expect("base64");
    *value = STANDARD.encode(change(bytes)).into();
}

pub fn is_query(method: &str, params: &Value, path: &str) -> bool {
    method == "abci_query" && params["path"] == path
}

pub fn is_about(params: &Value, kind: &str, id: &str) -> bool {
    let key = hex::encode(RecordName::new(kind, id).expect("a name").tree_key());
    params["data"]
        .as_str()
        .is_some_and(|data| data.starts_with(&key))
}

/// Changed state with the old proof.
pub fn changed_state() -> Lie {
    lie(|method, params, mut answer| {
        if is_query(method, params, "/head") {
            bend_value(&mut answer, |mut head| {
                head.iter_mut().take(1).for_each(|byte| *byte ^= 1);
                head
            });
        }
        answer
    })
}

/// A log one entry at a time, however many are asked for.
pub fn log_in_pieces() -> Lie {
    lie(|method, params, mut answer| {
        if is_query(method, params, "/log") {
            bend_value(&mut answer, |packed| {
                let entries = log::unpack_entries(&packed).expect("whole");
                log::pack_entries(entries.iter().take(1).copied())
            });
        }
        answer
    })
}

/// A log without its last entry.
pub fn hidden_entry() -> Lie {
    lie(|method, params, mut answer| {
        if is_query(method, params, "/log") {
            bend_value(&mut answer, |packed| {
                let entries = log::unpack_entries(&packed).expect("whole");
                log::pack_entries(
                    entries
                        .iter()
                        .take(entries.len().saturating_sub(1))
                        .copied(),
                )
            });
        }
        answer
    })
}

/// A log whose last entry is another one.
pub fn forged_entry() -> Lie {
    lie(|method, params, mut answer| {
        if is_query(method, params, "/log") {
            bend_value(&mut answer, |packed| {
                let mut entries: Vec<Vec<u8>> = log::unpack_entries(&packed)
                    .expect("whole")
                    .into_iter()
                    .map(Into::into)
                    .collect();
                if let Some(last) = entries.last_mut().and_then(|entry| entry.last_mut()) {
                    *last ^= 1;
                }
                log::pack_entries(entries.iter().map(Vec::as_slice))
            });
        }
        answer
    })
}

/// The state as it was a block earlier, with its own true proof: proofs of two heights in one verdict.
pub fn other_height() -> Lie {
    let earlier = Rc::new(chain());
    lie(move |method, params, mut answer| {
        if is_query(method, params, "/head") {
            let key = hex::decode(params["data"].as_str().expect("hex")).expect("hex");
            let (value, proof) = earlier.prove(&key, 1);
            let response = &mut answer["result"]["response"];
            response["height"] = "1".into();
            response["value"] = STANDARD.encode(value).into();
            response["proofOps"]["ops"][0]["data"] = STANDARD.encode(proof).into();
        }
        answer
    })
}

/// The same, but it says that it is the height asked for.
pub fn other_height_denied() -> Lie {
    let earlier = Rc::new(chain());
    lie(move |method, params, mut answer| {
        if is_query(method, params, "/head") {
            let key = hex::decode(params["data"].as_str().expect("hex")).expect("hex");
            let (value, proof) = earlier.prove(&key, 1);
            let response = &mut answer["result"]["response"];
            response["value"] = STANDARD.encode(value).into();
            response["proofOps"]["ops"][0]["data"] = STANDARD.encode(proof).into();
        }
        answer
    })
}

/// A true answer about another record.
pub fn other_record() -> Lie {
    let chain = Rc::new(chain());
    lie(move |method, params, mut answer| {
        if is_query(method, params, "/head") {
            let key = RecordName::new("quota", "nobody")
                .expect("a name")
                .tree_key();
            let (_, proof) = chain.prove(&key, 2);
            let response = &mut answer["result"]["response"];
            response["value"] = "".into();
            response["proofOps"]["ops"][0]["data"] = STANDARD.encode(proof).into();
        }
        answer
    })
}

/// A header signed by validators of its own, under the chain's name.
pub fn forged_header() -> Lie {
    let forged = {
        let mut seats = chain().seats;
        for (index, seat) in seats.iter_mut().enumerate() {
            let key = records::testing::key(&format!("forger {index}"));
            *seat = comet::Seat::of(&key, seat.power);
        }
        seats
    };
    lie(move |method, params, answer| {
        let height: u64 = params["height"]
            .as_str()
            .map_or(0, |height| height.parse().expect("a height"));
        let result = match method {
            "commit" if height > 1 => {
                let mut header = chain().header(height).clone();
                header.validators_hash = comet::set(&forged).hash();
                header.app_hash = vec![9; 32];
                comet::commit_json(&header, &forged, |_| true)
            }
            "validators" if height > 1 => comet::validators_json(height, params, &forged),
            _ => return answer,
        };
        json!({ "jsonrpc": "2.0", "id": answer["id"], "result": result })
    })
}

/// The true header with another state, and the true commit beside it.
pub fn bent_header() -> Lie {
    lie(|method, params, mut answer| {
        if method == "commit" && params["height"] != "1" {
            answer["result"]["signed_header"]["header"]["app_hash"] = "09".repeat(32).into();
        }
        answer
    })
}

/// Another header of every height, for which one validator signed.
pub fn unproven_header() -> Lie {
    lie(|method, params, answer| {
        if method != "commit" || params["height"] == "1" {
            return answer;
        }
        let chain = chain();
        let height = params["height"].as_str().expect("set").parse();
        let mut header = chain.header(height.expect("a height")).clone();
        header.app_hash = vec![9; 32];
        let result = comet::commit_json(&header, &chain.seats, |index| index == 0);
        json!({ "jsonrpc": "2.0", "id": answer["id"], "result": result })
    })
}

/// A commit that only a minority signed.
pub fn minority() -> Lie {
    let chain = chain();
    lie(move |method, params, answer| {
        if method != "commit" || params["height"] == "1" {
            return answer;
        }
        let height = params["height"]
            .as_str()
            .expect("set")
            .parse()
            .expect("a height");
        let result = comet::commit_json(chain.header(height), &chain.seats, |index| index < 2);
        json!({ "jsonrpc": "2.0", "id": answer["id"], "result": result })
    })
}

pub fn other_chain() -> Lie {
    lie(|method, _, mut answer| {
        match method {
            "status" => answer["result"]["node_info"]["network"] = "dev-other-1111".into(),
            "commit" => {
                answer["result"]["signed_header"]["header"]["chain_id"] = "dev-other-1111".into()
            }
            _ => {}
        }
        answer
    })
}

/// Another chain that only its headers betray.
pub fn other_chain_denied() -> Lie {
    lie(|method, _, mut answer| {
        if method == "commit" {
            answer["result"]["signed_header"]["header"]["chain_id"] = "dev-other-1111".into();
        }
        answer
    })
}

pub fn from_the_future() -> Lie {
    lie(|method, params, mut answer| {
        if method == "commit" && params["height"] != "1" {
            answer["result"]["signed_header"]["header"]["time"] = "2199-01-01T00:00:00Z".into();
        }
        answer
    })
}

pub fn boasts_of_height() -> Lie {
    lie(|method, _, mut answer| {
        if method == "status" {
            answer["result"]["sync_info"]["latest_block_height"] = "9223372036854775806".into();
        }
        answer
    })
}

pub fn cut() -> Lie {
    Lie::Cut
}

pub fn slow() -> Lie {
    Lie::Fails(Unreachable::TimedOut)
}

pub fn bad_gateway() -> Lie {
    Lie::Fails(Unreachable::Status(502))
}

pub fn endless() -> Lie {
    Lie::Endless
}

pub fn not_json() -> Lie {
    Lie::Garbage(b"<html>502 Bad Gateway</html>".to_vec())
}

pub fn deep_json() -> Lie {
    Lie::Garbage(b"[".repeat(100_000))
}

pub fn empty() -> Lie {
    Lie::Garbage(Vec::new())
}

pub fn no_numbers() -> Lie {
    Lie::Garbage(br#"[{"jsonrpc":"2.0","id":0,"result":{}}]"#.to_vec())
}
