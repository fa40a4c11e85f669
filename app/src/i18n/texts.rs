//! The page's texts, one file a language. The program carries the Chinese one; the English one is fetched when it is first asked for.

use super::{Lang, words};
use std::cell::Cell;

/// A part of a file of texts, in the files' order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The page's own words.
    Words,
    /// Sentences on top of a verdict, where the deciding check's own sentence is not the best one there.
    Headlines,
    /// What checks found.
    Reasons,
    /// What the records' rules refuse.
    Refusals,
    /// What is being waited for.
    Steps,
    /// Fields and facts on cards.
    Fields,
    /// Events in a history.
    Events,
    /// Purposes, matters, choices, roles and other small codes.
    Small,
    /// At what nodes failed.
    Faults,
}

/// Names and texts of one section.
type Lines = Vec<(&'static str, &'static str)>;

/// One language.
struct Texts(Vec<Lines>);

impl Texts {
    /// Reads a file: `[section]`, then lines of a name and its text; `#` begins a comment.
    fn read(file: &'static str) -> Self {
        let mut sections: Vec<Lines> = Vec::new();
        for line in file.lines().filter(|line| !line.starts_with('#')) {
            if line.starts_with('[') {
                sections.push(Vec::new());
            } else if let (Some(lines), Some(pair)) = (sections.last_mut(), line.split_once(' ')) {
                lines.push(pair);
            }
        }
        Self(sections)
    }

    fn section(&self, section: Section) -> &[(&'static str, &'static str)] {
        self.0.get(section as usize).map_or(&[], Vec::as_slice)
    }
}

thread_local! {
    static CHINESE: Cell<Option<&'static Texts>> = const { Cell::new(None) };
    static ENGLISH: Cell<Option<&'static Texts>> = const { Cell::new(None) };
}

/// Takes over the English file.
pub fn learn_english(file: String) {
    ENGLISH.set(Some(Box::leak(Box::new(Texts::read(file.leak())))));
}

/// Whether the page can speak this language now.
pub fn is_known(lang: Lang) -> bool {
    lang == Lang::Zh || ENGLISH.get().is_some()
}

fn chinese() -> &'static Texts {
    CHINESE.get().unwrap_or_else(|| {
        let texts: &'static Texts = Box::leak(Box::new(Texts::read(words::CHINESE)));
        CHINESE.set(Some(texts));
        texts
    })
}

fn texts(lang: Lang) -> &'static Texts {
    let english = ENGLISH.get().filter(|_| lang == Lang::En);
    english.unwrap_or_else(chinese)
}

/// The word at a place of the first section.
pub fn word(lang: Lang, place: u16) -> &'static str {
    let word = texts(lang).section(Section::Words).get(usize::from(place));
    word.map_or("", |(_, text)| text)
}

/// The text of a name.
pub fn find(section: Section, lang: Lang, name: &str) -> Option<&'static str> {
    let mut lines = texts(lang).section(section).iter();
    lines
        .find(|(known, _)| *known == name)
        .map(|(_, text)| *text)
}

/// Both files, for the tests.
#[cfg(test)]
pub mod both {
    use super::{Lines, Texts, learn_english};

    const ZH: &str = include_str!("../../texts/zh.txt");
    const EN: &str = include_str!("../../texts/en.txt");

    /// A language switched on as in the page.
    pub fn with_english() {
        learn_english(EN.to_owned());
    }

    fn headings(file: &str) -> Vec<&str> {
        file.lines().filter(|line| line.starts_with('[')).collect()
    }

    /// Name, Chinese, English of every line, by section.
    pub fn lines() -> Vec<Vec<(&'static str, &'static str, &'static str)>> {
        assert_eq!(headings(ZH), headings(EN));
        let names = |texts: &Texts| -> Vec<Vec<&str>> {
            let names = |lines: &Lines| lines.iter().map(|(name, _)| *name).collect();
            texts.0.iter().map(names).collect()
        };
        let (zh, en) = (Texts::read(ZH), Texts::read(EN));
        assert_eq!(names(&zh), names(&en), "other names, or in another order");
        let rows = |(zh, en): (Lines, Lines)| {
            let rows = zh.into_iter().zip(en);
            rows.map(|((name, zh), (_, en))| (name, zh, en)).collect()
        };
        zh.0.into_iter().zip(en.0).map(rows).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_carries_what_the_chinese_file_says() {
        let all = both::lines();
        for (place, (name, zh, _)) in all[Section::Words as usize].iter().enumerate() {
            assert_eq!(word(Lang::Zh, place as u16), *zh, "{name}");
        }
        for (name, zh, _) in &all[Section::Faults as usize] {
            assert_eq!(find(Section::Faults, Lang::Zh, name), Some(*zh));
        }
        assert_eq!(all.len(), Section::Faults as usize + 1);
    }

    #[test]
    fn english_is_spoken_once_it_has_arrived() {
        assert!(!is_known(Lang::En) && is_known(Lang::Zh));
        assert_eq!(Lang::En.t(words::BACK), "返回");
        both::with_english();
        assert!(is_known(Lang::En));
        assert_eq!(Lang::En.t(words::BACK), "Back");
        assert_eq!(Lang::Zh.t(words::BACK), "返回");
    }

    #[test]
    fn a_file_that_lacks_a_line_leaves_no_hole_but_silence() {
        let short = Texts::read("[words]\nBACK Back");
        assert_eq!(short.section(Section::Small), &[]);
        assert_eq!(word(Lang::Zh, u16::MAX), "");
    }
}
