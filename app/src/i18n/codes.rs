//! Codes and what they say to people. A sentence may carry a detail behind a bar: `sentence|detail`.

use super::texts::{Section, find};
use super::{Lang, filled, words};
use litemap::LiteMap;

fn sentence(
    section: Section,
    lang: Lang,
    code: &str,
    facts: &LiteMap<String, String>,
) -> Option<(String, String)> {
    let text = filled(lang, find(section, lang, code)?, facts);
    let (sentence, detail) = text.split_once('|').unwrap_or((&text, ""));
    let word = if facts.contains_key("said_by") {
        [lang.pick("", " "), lang.t(words::SAID_BY_NODE)].concat()
    } else {
        String::new()
    };
    Some(([sentence, &word].concat(), detail.to_owned()))
}

/// The sentence on top of a verdict: that of its headline, else of its deciding check.
pub fn headline(lang: Lang, code: &str, facts: &LiteMap<String, String>) -> String {
    first(
        &[Section::Headlines, Section::Reasons, Section::Refusals],
        lang,
        code,
        facts,
    )
    .0
}

/// A reason's sentence and detail.
pub fn reason(lang: Lang, code: &str, facts: &LiteMap<String, String>) -> (String, String) {
    first(
        &[Section::Reasons, Section::Headlines, Section::Refusals],
        lang,
        code,
        facts,
    )
}

/// That a header is the built-in checkpoint itself.
pub fn checkpoint(lang: Lang) -> String {
    reason(lang, "header-is-checkpoint", &LiteMap::new()).0
}

/// What the first section that knows a code says; a code that none knows stands as the sentence.
fn first(
    sections: &[Section],
    lang: Lang,
    code: &str,
    facts: &LiteMap<String, String>,
) -> (String, String) {
    let known = sections
        .iter()
        .find_map(|section| sentence(*section, lang, code, facts));
    known.unwrap_or_else(|| (code.to_owned(), String::new()))
}

/// What is being waited for.
pub fn step(lang: Lang, code: &str, facts: &LiteMap<String, String>) -> String {
    sentence(Section::Steps, lang, code, facts)
        .map_or_else(|| code.to_owned(), |(sentence, _)| sentence)
}

/// A field's name.
pub fn field(lang: Lang, name: &str) -> String {
    find(Section::Fields, lang, name).unwrap_or(name).to_owned()
}

/// An event's name.
pub fn event(lang: Lang, name: &str) -> String {
    find(Section::Events, lang, name).unwrap_or(name).to_owned()
}

/// A purpose, matter, choice or role.
pub fn small(lang: Lang, code: &str) -> String {
    find(Section::Small, lang, code).unwrap_or(code).to_owned()
}

/// At what a node failed that stands so. What it says itself is not repeated: nobody has proven it.
pub fn fault(lang: Lang, state: &str, reason: &str) -> Option<&'static str> {
    let known = find(Section::Faults, lang, reason);
    known.or_else(|| find(Section::Faults, lang, state).filter(|_| !reason.is_empty()))
}

/// A law as a refusal names it, `民法典 278`: the statute by its name in this language, where that is known.
pub fn law(lang: Lang, law: &str) -> String {
    match law.split_once(' ') {
        Some((statute, article)) => [&small(lang, statute), " ", article].concat(),
        None => law.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_law_is_named_in_the_language_of_the_page() {
        super::super::texts::both::with_english();
        let civil = "民法典 278";
        assert_eq!(law(Lang::Zh, civil), civil);
        assert_eq!(law(Lang::En, civil), "Civil Code, art. 278");
        assert_eq!(law(Lang::En, "财会〔2020〕6号"), "财会〔2020〕6号");
    }
}
