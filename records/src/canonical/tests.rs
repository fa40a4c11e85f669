//! Our reader and writer against serde_json's.

use super::*;

/// What serde_json reads, and writes again as RFC 8785 asks: the reference for "the one encoding".
fn reference(bytes: &[u8]) -> Option<Value> {
    let value: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    (written(&value, 0)? == bytes).then(|| ours(&value))
}

fn written(value: &serde_json::Value, depth: usize) -> Option<Vec<u8>> {
    if depth > 16 {
        return None;
    }
    let text = |text: &str| serde_json::to_vec(text).expect("encodes");
    match value {
        serde_json::Value::String(string) => Some(text(string)),
        serde_json::Value::Number(number) => {
            let number = number.as_i64()?;
            (number.abs() <= MAX_INTEGER).then(|| number.to_string().into_bytes())
        }
        serde_json::Value::Array(items) => {
            let items: Option<Vec<_>> = items.iter().map(|i| written(i, depth + 1)).collect();
            Some([b"[", items?.join(&b',').as_slice(), b"]"].concat())
        }
        serde_json::Value::Object(map) => {
            let mut fields: Vec<_> = map.iter().collect();
            fields.sort_by_key(|(name, _)| name.encode_utf16().collect::<Vec<_>>());
            let fields: Option<Vec<_>> = fields
                .into_iter()
                .map(|(name, value)| Some([text(name), written(value, depth + 1)?].join(&b':')))
                .collect();
            Some([b"{", fields?.join(&b',').as_slice(), b"}"].concat())
        }
        serde_json::Value::Bool(_) | serde_json::Value::Null => None,
    }
}

fn ours(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::String(text) => Value::String(text.clone()),
        serde_json::Value::Number(number) => Value::Integer(number.as_i64().expect("checked")),
        serde_json::Value::Array(items) => Value::Array(items.iter().map(ours).collect()),
        serde_json::Value::Object(map) => {
            let mut object = Map::new();
            for (name, value) in map {
                object.insert(name.clone(), ours(value));
            }
            Value::Object(object)
        }
        other => panic!("{other} has no encoding"),
    }
}

/// Whether both read the same from these bytes; whether they read anything.
fn agree(bytes: &[u8]) -> bool {
    let expected = reference(bytes);
    let shown = String::from_utf8_lossy(bytes);
    assert_eq!(decode_value(bytes).ok(), expected, "{shown}");
    if let Some(value) = &expected {
        assert_eq!(encode_value(value).as_deref(), Ok(bytes), "{shown}");
    }
    expected.is_some()
}

#[test]
fn every_other_spelling_is_refused() {
    assert!(agree(br#"{"a":1,"b":["x",-2]}"#));
    for (bytes, why) in [
        (&br#"{"b":1,"a":1}"#[..], "unsorted"),
        (br#"{"a":1,"a":1}"#, "duplicate key"),
        (br#"{"a": 1}"#, "white space"),
        (br#"{"a":1.0}"#, "float"),
        (br#"{"a":1e2}"#, "exponent"),
        (br#"{"a":-0}"#, "negative zero"),
        (br#"{"a":01}"#, "leading zero"),
        (br#"{"a":00}"#, "two zeros"),
        (br#"{"a":-}"#, "a minus alone"),
        (br#"{"a":+1}"#, "plus"),
        (br#"{"a":true}"#, "boolean"),
        (br#"{"a":null}"#, "null"),
        (br#"{"a":"\u0041"}"#, "long escape"),
        (br#"{"a":"\u000a"}"#, "long escape of a line feed"),
        (br#"{"a":"\u001F"}"#, "upper-case escape"),
        (br#"{"a":"\ud83d\ude00"}"#, "escaped surrogates"),
        (br#"{"a":"\ud83d"}"#, "half a surrogate pair"),
        (br#"{"a":"\/"}"#, "needless escape"),
        (b"{\"a\":\"\n\"}", "bare control character"),
        (b"{\"a\":\"\xc0\xaf\"}", "overlong UTF-8"),
        (b"{\"a\":\"\xed\xa0\x80\"}", "a surrogate in UTF-8"),
        (b"{\"a\":1}\n", "trailing newline"),
        (b"{\"a\":1}x", "trailing garbage"),
        (b"{\"a\":1,}", "trailing comma"),
        (b"[1,]", "trailing comma in a list"),
        (b"[,1]", "leading comma"),
        (b"[1 ,2]", "white space in a list"),
        (b"[1", "open list"),
        (b"{\"a\"", "open object"),
        (b"\"a", "open string"),
        (b"\"\\", "open escape"),
        (b"\"\\u00", "open long escape"),
        (b"", "empty"),
        (b"\xff", "not UTF-8"),
        (b"\xef\xbb\xbf1", "byte order mark"),
    ] {
        assert!(!agree(bytes), "{why}");
    }
}

#[test]
fn numbers_end_at_the_largest_exact_one() {
    for exact in [
        "0",
        "1",
        "-1",
        "10",
        "9007199254740991",
        "-9007199254740991",
    ] {
        assert!(agree(exact.as_bytes()), "{exact}");
    }
    for (past, _) in [
        ("9007199254740992", "2^53"),
        ("-9007199254740992", "-2^53"),
        ("9223372036854775807", "the largest of 64 bits"),
        ("9223372036854775808", "one more"),
        ("18446744073709551616", "past 64 bits"),
        ("99999999999999999999999999999999", "far past"),
    ] {
        assert!(!agree(past.as_bytes()), "{past}");
    }
    let past = Value::Integer(MAX_INTEGER + 1);
    assert_eq!(encode_value(&past), Err(Error::Forbidden));
    assert_eq!(
        encode_value(&Value::Integer(i64::MIN)),
        Err(Error::Forbidden)
    );
}

#[test]
fn depth_ends_at_sixteen() {
    for (depth, fits) in [(1, true), (17, true), (18, false), (5000, false)] {
        let lists = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(agree(lists.as_bytes()), fits, "{depth}");
        let filled = format!("{}1{}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        assert_eq!(agree(filled.as_bytes()), fits, "{depth}");
        assert!(decode_value("{\"a\":".repeat(depth).as_bytes()).is_err());
    }
}

#[test]
fn every_character_has_its_shortest_escape() {
    let all: String = (0u8..=0x7f)
        .map(char::from)
        .chain("é汉\u{2028}\u{fffe}😀".chars())
        .collect();
    // serde_json writes the same escapes (RFC 8785 §3.2.2.2), by code of its own.
    assert!(agree(&serde_json::to_vec(&all).expect("encodes")));
    for first in 0u8..=0xff {
        for text in [
            format!("\"\\u00{first:02x}\"").into_bytes(),
            [b"\"\\", &[first][..], b"\""].concat(),
            [b"\"", &[first][..], b"\""].concat(),
        ] {
            agree(&text);
        }
    }
}

#[test]
fn keys_sort_by_utf16_code_units() {
    assert!(agree("{\"\u{1f600}\":1,\"\u{e000}\":2}".as_bytes()));
    assert!(!agree("{\"\u{e000}\":1,\"\u{1f600}\":2}".as_bytes()));
    assert!(agree(
        "{\"\":1,\"a\":2,\"a\u{0}\":3}"
            .replace('\u{0}', "\\u0000")
            .as_bytes()
    ));
}

/// A small generator, so that a failure can be played again.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % bound
    }
}

#[test]
fn mutated_documents_are_read_as_the_reference_reads_them() {
    let seeds: [&[u8]; 3] = [
        br#"{"body":{"by":["d1","d2"],"count":-17,"list":[[],{},[0,1,{"a":""}]]},"seq":9007199254740991,"type":"a.b"}"#,
        "{\"A\":\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\u{7f}\",\"é\":\"汉😀\",\"\u{1f600}\":{\"x\":[1,2]},\"\u{e000}\":0}".as_bytes(),
        br#"{"payload":"e30=","payloadType":"application/vnd.lianyan.event+json","signatures":[{"keyid":"k","sig":"AA=="}]}"#,
    ];
    const BYTES: &[u8] = b"\"\\{}[]:,-0123456789.eEtfnu/abAB \n\0\x1f\x7f\x80\xc3\xa9\xed\xff";
    let mut random = Random(7);
    let (mut read, mut all) = (0, 0);
    for seed in seeds {
        assert!(agree(seed));
        for at in 0..seed.len() {
            agree(&seed[..at]);
            for byte in BYTES {
                let mut bent = seed.to_vec();
                bent[at] = *byte;
                read += usize::from(agree(&bent));
                bent.insert(at, seed[at]);
                read += usize::from(agree(&bent));
                all += 2;
            }
        }
        for _ in 0..20_000 {
            let mut bent = seed.to_vec();
            for _ in 0..1 + random.below(4) {
                let at = random.below(bent.len());
                let to = random.below(bent.len());
                match random.below(4) {
                    0 => bent[at] = BYTES[random.below(BYTES.len())],
                    1 => bent.insert(at, BYTES[random.below(BYTES.len())]),
                    2 => drop(bent.drain(at.min(to)..at.max(to).min(at.min(to) + 6))),
                    _ => bent.swap(at, to),
                }
                if bent.is_empty() {
                    break;
                }
            }
            read += usize::from(agree(&bent));
            all += 1;
        }
    }
    // A test of the test: both kinds occur in numbers.
    assert!(read > 1000 && all - read > 1000, "{read} of {all}");
}
