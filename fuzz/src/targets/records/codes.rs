//! Texts of printed codes: whatever a code says, it is read without harm, and what is written again reads the same.

use crate::{input::Input, targets::scanner};
use records::{
    codes::{self, Scanned, money, uscc},
    kinds::invoice::amounts,
};

pub fn seeds() -> Vec<Vec<u8>> {
    let lines = r#"[{"amount":10000,"item":"餐饮服务","qty":"1","rate":"1.5%","tax":150}]"#;
    let texts = scanner::TEXTS.iter().chain([&lines]);
    texts.map(|text| text.as_bytes().to_vec()).collect()
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
    if let Some(lines) = amounts::read_lines(&text) {
        amounts::compare(i64::MAX, 0, i64::MIN, &lines);
    }
    money::parse_yuan(&text);
    uscc::check(&text);
    codes::Date::parse(&text);
}
