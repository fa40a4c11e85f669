//! A verdict as plain text, for a reimbursement form or a message.

use crate::i18n::{Lang, date, field, headline, money, reason, time, words};
use std::fmt::Write;
use verifier::verdict::{Field, Status, Verdict};

/// The summary: sentence, fields, checks, and the header that it rests on.
pub fn text(lang: Lang, verdict: &Verdict) -> String {
    let mut out = headline(lang, &verdict.headline, &verdict.facts);
    let colon = lang.pick("：", ": ");
    for one in verdict
        .fields
        .iter()
        .filter(|one| one.name != "lines" && !one.value.is_empty())
    {
        let _ = write!(out, "\n{}{colon}{}", field(lang, &one.name), value(one));
    }
    for check in &verdict.checks {
        let word = lang.t(status_word(check));
        let _ = write!(
            out,
            "\n[{word}] {}",
            reason(lang, &check.reason, &check.facts).0
        );
    }
    if let Some(anchor) = &verdict.anchor {
        let _ = write!(
            out,
            "\n{} {} · {} {} · {}\n{}",
            lang.t(words::CHAIN),
            anchor.chain_id,
            lang.t(words::HEIGHT),
            anchor.height,
            time(&anchor.time),
            anchor.hash
        );
    }
    out
}

/// A field's value as text.
pub fn value(one: &Field) -> String {
    match one.name.as_str() {
        "total" | "amount" | "tax" => money(&one.value),
        "date" => date(&one.value),
        _ => one.value.clone(),
    }
}

/// A file name that says what the proof is about.
pub fn file_name(verdict: &Verdict) -> String {
    format!("{}-{}.proof", verdict.kind, verdict.id)
}
