//! Questions as people bring them: scanned, pasted, typed, or in a link.

use crate::{Target, input::Input, targets::scanner};
use verifier::Question;

/// See above.
pub const TARGET: Target = Target {
    name: "question",
    seeds,
    run,
};

fn seeds() -> Vec<Vec<u8>> {
    scanner::TEXTS
        .iter()
        .map(|text| text.as_bytes().to_vec())
        .collect()
}

fn run(bytes: &[u8]) {
    let text = Input(bytes).text();
    Question::text(&text);
    Question::opening_from_text(&text);
    Question::recount(&text, 5);
    Question::record("invoice", &text, Some(bytes.to_vec()));
}
