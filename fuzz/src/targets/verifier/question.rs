//! Questions as people bring them: scanned, pasted, typed, or in a link.

use crate::{input::Input, targets::scanner};
use verifier::{
    Question,
    portable::{self, Asked},
};

pub fn seeds() -> Vec<Vec<u8>> {
    scanner::TEXTS
        .iter()
        .map(|text| text.as_bytes().to_vec())
        .collect()
}

pub fn run(bytes: &[u8]) {
    let text = Input(bytes).text();
    Question::text(&text);
    Question::opening_from_text(&text);
    Asked::text(&text).showing(&["kind", "total"]);
    if let Some(file) = portable::from_text(&text) {
        assert!(
            !portable::is_text(&text) || portable::to_text(&file) == text,
            "one encoding"
        );
    }
    Question::recount(&text, 5);
    Question::record("invoice", &text, Some(bytes.to_vec()));
}
