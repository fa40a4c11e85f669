//! Changes to a genuine JSON document that keep its structure: a fuzzer that flips bytes of text seldom gets past the parser.

use crate::input::Input;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

/// Most changes to one document.
const MOST: usize = 16;

/// Changes the document as the input says.
pub fn edit(document: &mut Value, input: &mut Input<'_>) {
    for _ in 0..MOST {
        if input.is_empty() {
            return;
        }
        one(document, input);
    }
}

fn one(document: &mut Value, input: &mut Input<'_>) {
    let (what, place, other, byte) = (input.byte(), input.short(), input.short(), input.byte());
    let count = count(document);
    let elsewhere = node(document, usize::from(other) % count).cloned();
    let Some(here) = node_mut(document, usize::from(place) % count) else {
        return;
    };
    match what % 8 {
        0 => *here = odd(byte),
        1 => *here = elsewhere.unwrap_or_default(),
        2 => remove(here, other),
        3 => repeat(here, other, byte),
        4 => retype(here, other, byte),
        5 => spell(here, other, byte),
        6 => swap(here, other, byte),
        _ => number(here, other, byte),
    }
}

/// Values that readers stumble over.
fn odd(which: u8) -> Value {
    match which % 16 {
        0 => Value::Null,
        1 => json!(""),
        2 => json!([]),
        3 => json!({}),
        4 => json!(0),
        5 => json!(-1),
        6 => json!("0"),
        7 => json!("-1"),
        8 => json!(i64::MAX.to_string()),
        9 => json!(u64::MAX.to_string()),
        10 => json!(u64::MAX),
        11 => json!(1.5),
        12 => json!(true),
        13 => json!("0001-01-01T00:00:00Z"),
        14 => json!("é\u{0}\u{10ffff}"),
        _ => json!("A".repeat(5_000)),
    }
}

fn remove(here: &mut Value, which: u16) {
    match here {
        Value::Array(items) if !items.is_empty() => {
            items.remove(usize::from(which) % items.len());
        }
        Value::Object(fields) => {
            let name = fields
                .keys()
                .nth(usize::from(which) % fields.len().max(1))
                .cloned();
            fields.remove(&name.unwrap_or_default());
        }
        Value::String(text) => {
            text.pop();
        }
        _ => {}
    }
}

fn repeat(here: &mut Value, which: u16, times: u8) {
    match here {
        Value::Array(items) => {
            let item = items.get(usize::from(which) % items.len().max(1)).cloned();
            items.extend(item.into_iter().cycle().take(usize::from(times % 32) + 1));
        }
        Value::String(text) => text.push_str(&text.clone()),
        _ => {}
    }
}

fn swap(here: &mut Value, one: u16, other: u8) {
    if let Value::Array(items) = here
        && !items.is_empty()
    {
        let count = items.len();
        items.swap(usize::from(one) % count, usize::from(other) % count);
    }
}

/// Another character at a place of a text.
fn spell(here: &mut Value, place: u16, byte: u8) {
    if let Value::String(text) = here {
        let mut letters: Vec<char> = text.chars().collect();
        let place = usize::from(place) % letters.len().max(1);
        if let Some(letter) = letters.get_mut(place) {
            *letter = char::from(byte);
        }
        *text = letters.into_iter().collect();
    }
}

/// Other bytes where a text spells bytes: in hex or base64, as it was.
fn retype(here: &mut Value, place: u16, byte: u8) {
    let Value::String(text) = here else {
        return;
    };
    let is_hex = text.len() >= 40 && hex::decode(&*text).is_ok();
    let bytes = if is_hex {
        hex::decode(&*text).ok()
    } else {
        STANDARD.decode(&*text).ok()
    };
    if let Some(mut bytes) = bytes {
        let place = usize::from(place) % bytes.len().max(1);
        if let Some(changed) = bytes.get_mut(place) {
            *changed ^= byte.max(1);
        }
        *text = if is_hex {
            hex::encode_upper(bytes)
        } else {
            STANDARD.encode(bytes)
        };
    }
}

/// A number near the one that stands there, spelled as it was.
fn number(here: &mut Value, sign: u16, by: u8) {
    let by = if sign & 1 == 0 {
        i64::from(by)
    } else {
        -i64::from(by)
    };
    match here {
        Value::Number(number) => *here = json!(number.as_i64().unwrap_or(0).wrapping_add(by)),
        Value::String(text) => {
            if let Ok(number) = text.parse::<i64>() {
                *text = number.wrapping_add(by).to_string();
            }
        }
        _ => {}
    }
}

/// Nodes of the document, itself included.
fn count(value: &Value) -> usize {
    1 + children(value).map(count).sum::<usize>()
}

fn children(value: &Value) -> Box<dyn Iterator<Item = &Value> + '_> {
    match value {
        Value::Array(items) => Box::new(items.iter()),
        Value::Object(fields) => Box::new(Map::values(fields)),
        _ => Box::new(std::iter::empty()),
    }
}

fn node(value: &Value, mut index: usize) -> Option<&Value> {
    if index == 0 {
        return Some(value);
    }
    index -= 1;
    for child in children(value) {
        let below = count(child);
        if index < below {
            return node(child, index);
        }
        index -= below;
    }
    None
}

fn node_mut(value: &mut Value, mut index: usize) -> Option<&mut Value> {
    if index == 0 {
        return Some(value);
    }
    index -= 1;
    let children: Box<dyn Iterator<Item = &mut Value> + '_> = match value {
        Value::Array(items) => Box::new(items.iter_mut()),
        Value::Object(fields) => Box::new(fields.values_mut()),
        _ => Box::new(std::iter::empty()),
    };
    for child in children {
        let below = count(child);
        if index < below {
            return node_mut(child, index);
        }
        index -= below;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_is_reached_by_its_number() {
        let mut document = json!({"a": [1, {"b": "x"}], "c": null});
        assert_eq!(count(&document), 6);
        let all: Vec<Value> = (0..6)
            .filter_map(|at| node(&document, at).cloned())
            .collect();
        assert_eq!(all[3..], [json!({"b": "x"}), json!("x"), json!(null)]);
        *node_mut(&mut document, 4).expect("there") = json!(7);
        assert_eq!(document, json!({"a": [1, {"b": 7}], "c": null}));
        assert_eq!(node(&document, 6), None);
    }

    #[test]
    fn bytes_that_a_text_spells_are_changed_in_its_own_spelling() {
        let mut text = json!("AAAA");
        retype(&mut text, 1, 0xff);
        assert_eq!(text, json!("AP8A"));
        let mut text = json!("00".repeat(20));
        retype(&mut text, 0, 0xab);
        assert_eq!(text, json!(format!("AB{}", "00".repeat(19))));
    }
}
