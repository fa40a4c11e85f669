//! Texts of printed codes: whatever a code says, it is read without harm, and what is written again reads the same.

use crate::{input::Input, targets::scanner};
use records::codes::{self, Scanned, money, uscc};

pub fn seeds() -> Vec<Vec<u8>> {
    scanner::TEXTS
        .iter()
        .map(|text| text.as_bytes().to_vec())
        .collect()
}

pub fn run(bytes: &[u8]) {
    let text = Input(bytes).text();
    let scanned = codes::read(&text);
    scanned.record_id();
    scanned.declared();
    scanned.format_is_confirmed();
    codes::print_digest(&scanned);
    if let Scanned::Link(link) = &scanned {
        let again = codes::read(&link.to_fragment());
        assert_eq!(
            again, scanned,
            "a link that is written again reads otherwise"
        );
    }
    if let Some(fen) = money::parse_fen(&text) {
        codes::capital(fen);
    }
    money::parse_yuan(&text);
    uscc::check(&text);
    codes::Date::parse(&text);
}
