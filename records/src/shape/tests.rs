//! What declared types accept, and what their errors name.

use super::*;
use crate::{
    canonical::{decode, encode},
    shape::{nanoseconds, optional_nanoseconds, text_or_empty},
};
use litemap::LiteMap;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Word {
    First,
    SecondOne,
}

crate::names!(Word { First "first", SecondOne "second-one" });

#[derive(Debug, PartialEq)]
enum Basis {
    None {},
    Grant { grant: String, from: Option<u32> },
}

crate::tagged!(Basis by "kind" {
    None "none" {},
    Grant "grant" { grant, from },
});

#[derive(Debug, PartialEq)]
struct Inner {
    pair: [u8; 2],
    words: Vec<Word>,
}

crate::shape!(Inner { pair, words });

#[derive(Debug, PartialEq)]
struct Outer {
    outcome: Option<String>,
    basis: Basis,
    facts: LiteMap<String, String>,
    inner: Vec<Inner>,
    name: String,
    since: i64,
    until: Option<i64>,
    yes: bool,
}

crate::shape!(Outer {
    outcome as "as",
    basis,
    facts,
    inner,
    name: text_or_empty,
    since: nanoseconds,
    until: optional_nanoseconds,
    yes,
});

fn least() -> Outer {
    Outer {
        outcome: None,
        basis: Basis::None {},
        facts: LiteMap::new(),
        inner: Vec::new(),
        name: String::new(),
        since: i64::MIN,
        until: None,
        yes: false,
    }
}

fn most() -> Outer {
    Outer {
        outcome: Some("x".into()),
        basis: Basis::Grant {
            grant: "g".into(),
            from: Some(u32::MAX),
        },
        facts: [("k".into(), "v".into())].into_iter().collect(),
        inner: vec![Inner {
            pair: [0, 255],
            words: vec![Word::SecondOne, Word::First],
        }],
        name: "n".into(),
        since: i64::MAX,
        until: Some(0),
        yes: true,
    }
}

const LEAST: &str =
    r#"{"basis":{"kind":"none"},"facts":{},"inner":[],"since":"-9223372036854775808","yes":0}"#;
const MOST: &str = r#"{"as":"x","basis":{"from":4294967295,"grant":"g","kind":"grant"},"facts":{"k":"v"},"inner":[{"pair":[0,255],"words":["second-one","first"]}],"name":"n","since":"9223372036854775807","until":"0","yes":1}"#;

#[test]
fn a_type_is_read_from_what_it_writes() {
    for (value, text) in [(least(), LEAST), (most(), MOST)] {
        assert_eq!(encode(&value).as_deref(), Ok(text.as_bytes()));
        assert_eq!(decode(text.as_bytes()), Ok(value));
    }
}

#[test]
fn every_mistake_is_refused_and_its_place_named() {
    for (from, to, why) in [
        (r#""inner":[],"#, "", "inner: missing"),
        (r#""since":"-9223372036854775808","#, "", "since: missing"),
        (r#""yes":0"#, r#""yes":0,"z":1"#, "unknown field z"),
        (r#"{"basis""#, r#"{"a":1,"basis""#, "unknown field a"),
        (r#""yes":0"#, r#""yes":2"#, "yes: neither 0 nor 1"),
        (
            r#""kind":"none""#,
            r#""kind":"other""#,
            "basis.kind: not one of the words allowed here",
        ),
        (
            r#""kind":"none""#,
            r#""grant":"g","kind":"none""#,
            "basis: unknown field grant",
        ),
        (
            r#""kind":"none""#,
            r#""kind":"grant""#,
            "basis.grant: missing",
        ),
        (r#"{"kind":"none"}"#, "[]", "basis: not an object"),
        ("[]", "{}", "inner: not a list"),
        (
            "[]",
            r#"[{"pair":[1,2],"words":[]},{"pair":[1],"words":[]}]"#,
            "inner[1].pair: missing",
        ),
        (
            "[]",
            r#"[{"pair":[1,2,3],"words":[]}]"#,
            "inner[0].pair[2]: one too many",
        ),
        (
            "[]",
            r#"[{"pair":[1,256],"words":[]}]"#,
            "inner[0].pair[1]: out of range",
        ),
        (
            "[]",
            r#"[{"pair":[1,-1],"words":[]}]"#,
            "inner[0].pair[1]: out of range",
        ),
        (
            "[]",
            r#"[{"pair":["1",1],"words":[]}]"#,
            "inner[0].pair[0]: not a whole number",
        ),
        (
            "[]",
            r#"[{"pair":[1,2],"words":["first","x"]}]"#,
            "inner[0].words[1]: not one of the words allowed here",
        ),
        ("\"-9223372036854775808\"", "1", "since: not a text"),
        (
            "\"-9223372036854775808\"",
            "\"01\"",
            "since: not a decimal number of nanoseconds",
        ),
        (
            "\"-9223372036854775808\"",
            "\"+1\"",
            "since: not a decimal number of nanoseconds",
        ),
        (
            "\"-9223372036854775808\"",
            "\"9223372036854775808\"",
            "since: not a decimal number of nanoseconds",
        ),
        (r#""facts":{}"#, r#""facts":{"k":1}"#, "facts: not a text"),
    ] {
        let bent = LEAST.replacen(from, to, 1);
        assert_ne!(bent, LEAST);
        let read = decode::<Outer>(bent.as_bytes());
        assert_eq!(read, Err(Error::Shape(why.into())), "{bent}");
    }
}

struct Part {
    yes: bool,
}

crate::shape!(Part { yes, .. });

#[test]
fn a_part_can_be_read_of_an_object() {
    assert!(decode::<Part>(MOST.as_bytes()).expect("reads").yes);
    assert!(decode::<Part>(br#"{"no":1}"#).is_err());
}

#[test]
fn no_field_of_a_large_object_slips_through() {
    // More fields than the reader keeps bits for.
    let many: Vec<String> = (100..200).map(|i| format!(r#""z{i}":1"#)).collect();
    let bent = LEAST.replace(r#""yes":0"#, &format!(r#""yes":0,{}"#, many.join(",")));
    assert!(matches!(
        decode::<Outer>(bent.as_bytes()),
        Err(Error::Shape(_))
    ));
    let before: Vec<String> = (100..200).map(|i| format!(r#""a{i}":1"#)).collect();
    let bent = LEAST.replace(r#"{"basis""#, &format!(r#"{{{},"basis""#, before.join(",")));
    assert!(matches!(
        decode::<Outer>(bent.as_bytes()),
        Err(Error::Shape(_))
    ));
}
