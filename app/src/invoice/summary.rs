//! A verdict as plain text, for a reimbursement form or a message.

use crate::i18n::{Lang, date, field, headline, kept, money, reason, time, words};
use crate::widget::status_word;
use std::fmt::Write;
use verifier::verdict::{Backing, Field, Verdict};

/// The summary: sentence, fields, checks, and the header that it rests on.
pub fn text(lang: Lang, verdict: &Verdict) -> String {
    let mut out = headline(lang, &verdict.headline, &verdict.facts);
    let colon = lang.pick("：", ": ");
    for one in verdict
        .fields
        .iter()
        .filter(|one| one.name != "lines" && !one.value.is_empty())
    {
        let (name, value) = (field(lang, &one.name), value(one));
        let _ = write!(out, "\n{name}{colon}{value}{}", backing(lang, one.backing));
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
    kept(&out)
}

/// What a value rests on, in brackets, where the chain does not cover it.
fn backing(lang: Lang, backing: Backing) -> String {
    let word = match backing {
        Backing::Proven | Backing::Withheld => return String::new(),
        Backing::Claimed => words::FIELD_CLAIMED,
        Backing::Contradicted => words::FIELD_BENT,
    };
    [lang.pick("（", " ("), lang.t(word), lang.pick("）", ")")].concat()
}

/// The same for all fields at once: the worst of them.
pub fn backing_of_all(lang: Lang, fields: &[Field]) -> &'static str {
    let any = |backing| fields.iter().any(|one| one.backing == backing);
    if any(Backing::Contradicted) {
        lang.t(words::FIELD_BENT)
    } else if any(Backing::Claimed) {
        lang.t(words::FIELD_CLAIMED)
    } else {
        ""
    }
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
    [&verdict.kind, "-", &verdict.id, ".proof"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widget::sample;
    use verifier::verdict::Outcome;

    #[test]
    fn a_copied_summary_says_what_the_chain_does_not_cover() {
        let said = |backing| {
            let fields = [("total", "128600"), ("date", "20261118")];
            let fields = fields.map(|(name, value)| Field {
                name: name.into(),
                value: value.into(),
                backing,
            });
            let verdict = Verdict {
                fields: fields.into(),
                anchor: None,
                ..sample::verdict("invoice", Outcome::Verified, "invoice-unclaimed")
            };
            let of_all = backing_of_all(Lang::Zh, &verdict.fields);
            (text(Lang::Zh, &verdict), of_all)
        };
        assert!(said(Backing::Proven).0.contains("价税合计：¥1,286.00\n"));
        assert!(said(Backing::Proven).0.contains("开票日期：2026-11-18\n"));
        assert_eq!(said(Backing::Proven).1, "");
        for (backing, word) in [
            (Backing::Claimed, words::FIELD_CLAIMED),
            (Backing::Contradicted, words::FIELD_BENT),
        ] {
            let word = Lang::Zh.t(word);
            let (text, of_all) = said(backing);
            assert!(text.contains(&format!("¥1,286.00（{word}）")), "{text}");
            assert_eq!(of_all, word);
        }
    }
}
