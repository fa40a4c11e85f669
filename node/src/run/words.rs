//! Others' words, before they stand on a terminal.

use records::text::is_unseen;

/// A text with what moves the cursor, turns the direction of writing or is not seen written out: `\u{1b}`.
pub(super) fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match is_unseen(c) {
            true => shown.extend(c.escape_unicode()),
            false => shown.push(c),
        }
    }
    shown
}

/// Nothing is in these texts that is not seen as it is; else a sentence.
pub(super) fn require_plain<'a>(texts: impl IntoIterator<Item = &'a String>) -> Result<(), String> {
    let mut texts = texts.into_iter();
    let hides = texts.find(|text| text.chars().any(is_unseen));
    hides.map_or(Ok(()), |text| {
        Err(format!(
            "`{}` has characters that a terminal hides or obeys",
            shown(text)
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_hide_or_obey_is_written_out() {
        for (text, is_seen) in [
            ("a\u{1b}[2A", "a\\u{1b}[2A"),
            ("\u{9b}2J\u{7f}", "\\u{9b}2J\\u{7f}"),
            ("ab\u{202e}cd\u{2069}", "ab\\u{202e}cd\\u{2069}"),
            ("one\ntwo", "one\\u{a}two"),
        ] {
            assert_eq!(shown(text), is_seen);
            let why = require_plain([&text.to_owned()]).expect_err(text);
            assert!(why.contains(is_seen), "{why}");
        }
    }

    #[test]
    fn names_of_every_script_stay_as_they_are() {
        for name in [
            "江滨市税务局",
            "བོད་རང་སྐྱོང་ལྗོངས།",
            "شىنجاڭ",
            "Jiangbin “Tax” \\ Bureau",
        ] {
            assert_eq!(shown(name), name);
            assert!(require_plain([&name.to_owned()]).is_ok(), "{name}");
        }
    }
}
