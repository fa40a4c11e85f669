//! Texts that people read on the chain's word: names, organisations, titles.

/// Longest of them, characters.
pub const MAX_TEXT: usize = 200;

/// Whether a text is there and shows what it is: nothing in it is unseen, turns what stands beside it around, or breaks the line, and no blank hides at
/// its ends. Two texts that differ in such things alone would look the same.
pub fn is_plain(text: &str) -> bool {
    const BLANKS: [char; 2] = [' ', '\u{3000}'];
    (1..=MAX_TEXT).contains(&text.chars().count())
        && !text.starts_with(BLANKS)
        && !text.ends_with(BLANKS)
        && !text.chars().any(is_unseen)
}

/// Controls, bidirectional and other format characters, fillers, variation selectors, blanks besides the two common ones, and what is no character. The list
/// is of the rules: it stays as it is whatever Unicode adds, or nodes that know another Unicode would split the chain.
pub fn is_unseen(c: char) -> bool {
    // The last two places of each plane are no characters.
    u32::from(c) & 0xfffe == 0xfffe
        || matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{1680}'
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}'
        | '\u{205f}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffd}' | '\u{13430}'..='\u{1343f}' | '\u{16fe4}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_plain() {
        for text in [
            "物业费调整（2026 年度）",
            "River Bank, Ltd.",
            "第　一　次",
            "ئۇيغۇر",
            "𠮷野家",
            "é",
            &"长".repeat(MAX_TEXT),
        ] {
            assert!(is_plain(text), "{text}");
        }
    }

    #[test]
    fn what_is_not_seen_is_refused_wherever_it_stands() {
        for bad in [
            '\n',
            '\t',
            '\u{7f}',
            '\u{85}',
            '\u{a0}',
            '\u{ad}',
            '\u{200b}',
            '\u{200d}',
            '\u{200e}',
            '\u{202a}',
            '\u{202e}',
            '\u{2028}',
            '\u{2066}',
            '\u{2069}',
            '\u{2003}',
            '\u{2060}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{3164}',
            '\u{e0041}',
            '\u{e0100}',
            '\u{ffff}',
            '\u{1fffe}',
            '\u{10ffff}',
            '\u{fdd0}',
            '\u{fffd}',
            '\u{13430}',
            '\u{16fe4}',
            '\u{61c}',
        ] {
            for text in [format!("a{bad}b"), format!("{bad}ab"), format!("ab{bad}")] {
                assert!(!is_plain(&text), "{bad:?}");
            }
        }
        for text in [
            "",
            " ",
            " a",
            "a ",
            "　a",
            "a　",
            &"长".repeat(MAX_TEXT + 1),
        ] {
            assert!(!is_plain(text), "{text:?}");
        }
    }
}
