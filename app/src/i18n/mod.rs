//! Every word that the page shows, in Chinese and English, and how numbers, money and times are written.

mod codes;
mod format;
mod names;
mod texts;
pub mod words;

use litemap::LiteMap;

pub use codes::{checkpoint, event, fault, field, headline, law, reason, small, step};
pub use format::{
    age, area, date, day_time, grouped, kept, money, percent, share, short, thousands, time, ward,
};

pub use texts::{is_known, learn_english};

pub use names::{ask_for, known as known_members, learn, member, tell as tell_names};

/// The page's languages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

/// A word of the page, by its place in the files of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text(u16);

impl Lang {
    /// The text in this language.
    pub fn t(self, text: Text) -> &'static str {
        texts::word(self, text.0)
    }

    /// Names one after another.
    pub fn list(self, names: &[String]) -> String {
        names.join(self.pick("、", ", "))
    }

    /// The text with its `{places}` filled in.
    pub fn fill(self, text: Text, facts: &[(&str, &str)]) -> String {
        fill(self.t(text), |name| {
            facts
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    /// The tag for the `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The name in this language, where a name exists in both.
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        if self == Self::En && !en.is_empty() {
            en
        } else {
            zh
        }
    }
}

/// Fills a code's sentence with the facts that came with it; times and money are written for people by the fact's name.
fn filled(lang: Lang, template: &str, facts: &LiteMap<String, String>) -> String {
    fill(template, |name| {
        facts.get(name).map(|value| format::fact(lang, name, value))
    })
}

/// Replaces each `{name}`; a fact that is missing is shown as a dash and never silently dropped.
fn fill(template: &str, find: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, tail)) = after.split_once('}') else {
            break;
        };
        out.push_str(before);
        out.push_str(find(name).as_deref().unwrap_or("—"));
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<&str> {
        let parts = text
            .split('{')
            .skip(1)
            .filter_map(|part| part.split_once('}'));
        let mut found: Vec<_> = parts.map(|(name, _)| name).collect();
        found.sort_unstable();
        found
    }

    fn is_chinese(c: char) -> bool {
        ('\u{4e00}'..='\u{9fff}').contains(&c)
    }

    fn assert_complete(name: &str, zh: &str, en: &str) {
        assert!(
            !zh.trim().is_empty() && !en.trim().is_empty(),
            "{name} lacks a language"
        );
        assert_eq!(
            places(zh),
            places(en),
            "{name} names other facts in the other language"
        );
        assert!(
            !en.chars().any(is_chinese) || ["LANGUAGE", "LANGUAGE_SAY"].contains(&name),
            "{name}: Chinese in English"
        );
    }

    #[test]
    fn every_text_exists_in_both_languages_and_stands_once() {
        let sections = texts::both::lines();
        assert!(sections.iter().flatten().count() > 600);
        for section in sections {
            let mut seen = std::collections::BTreeSet::new();
            for (name, zh, en) in section {
                assert_complete(name, zh, en);
                assert_eq!(
                    zh.contains('|'),
                    en.contains('|'),
                    "{name}: detail in one language only"
                );
                assert!(seen.insert(name), "{name} stands twice");
            }
        }
    }

    #[test]
    fn every_reason_that_the_verifier_gives_has_its_sentence() {
        texts::both::with_english();
        let headlines = verifier::HEADLINES.iter().map(|headline| headline.code);
        for code in verifier::REASONS
            .iter()
            .map(|reason| reason.code)
            .chain(headlines)
        {
            for lang in [Lang::Zh, Lang::En] {
                assert_ne!(
                    headline(lang, code, &LiteMap::new()),
                    code,
                    "{code} has no headline"
                );
                if verifier::Reason::by_code(code).is_some() {
                    assert_ne!(
                        reason(lang, code, &LiteMap::new()).0,
                        code,
                        "{code} has no sentence"
                    );
                }
            }
        }
    }

    /// A fact that no check gives is a dash on the screen: the table names those that come with each code.
    #[test]
    fn no_sentence_of_a_reason_asks_for_a_fact_that_does_not_come_with_it() {
        let table = include_str!("../../../docs/verdicts.md");
        let [headlines, reasons] = [texts::Section::Headlines, texts::Section::Reasons];
        let mut count = 0;
        for row in table.lines().filter(|line| line.starts_with("| `")) {
            let named: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
            for section in [headlines, reasons] {
                let text = texts::find(section, Lang::Zh, named[0]).unwrap_or_default();
                for place in places(text) {
                    assert!(named[1..].contains(&place), "{}: {place}", named[0]);
                    count += 1;
                }
            }
        }
        assert!(count > 50, "only {count}");
    }

    #[test]
    fn everything_that_is_waited_for_has_its_sentence() {
        texts::both::with_english();
        let steps = verifier::Stage::ALL.map(verifier::Stage::code);
        for code in steps.into_iter().chain([crate::engine::SIGNING]) {
            for lang in [Lang::Zh, Lang::En] {
                let amounts = ["done", "total"].map(|name| (name.to_owned(), "7".to_owned()));
                let said = step(lang, code, &amounts.into_iter().collect());
                assert_ne!(said, code, "{code} has no sentence");
                assert!(!said.contains('—'), "{code}: {said}");
            }
        }
    }

    /// Every `.rs` file below a folder of the workspace.
    fn sources(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("the workspace's folders are there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                found.push(std::fs::read_to_string(path).expect("a source is text"));
            }
        }
    }

    fn assert_said(code: &str) {
        texts::both::with_english();
        for lang in [Lang::Zh, Lang::En] {
            let said = reason(lang, code, &LiteMap::new()).0;
            assert_ne!(said, code, "{code} has no sentence");
        }
    }

    #[test]
    fn every_refusal_of_the_records_has_its_sentence() {
        let mut files = Vec::new();
        let records = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../records/src");
        sources(&records, &mut files);
        let mut count = 0;
        for code in files
            .iter()
            .flat_map(|text| text.split("Refusal::new(").skip(1))
        {
            // One that is not written out is a state's own code, which is a check's as well.
            let code = code.trim_start().strip_prefix('"');
            let Some((code, _)) = code.and_then(|code| code.split_once('"')) else {
                continue;
            };
            assert_said(code);
            count += 1;
        }
        assert!(count > 80, "only {count} refusals were found");
    }

    fn assert_named(section: texts::Section, code: &str) {
        texts::both::with_english();
        for lang in [Lang::Zh, Lang::En] {
            let text = texts::find(section, lang, code);
            assert!(text.is_some(), "{code} has no word in {lang:?}");
        }
    }

    #[test]
    fn every_event_has_its_word() {
        let kinds = records::registry::KINDS.iter();
        let events: Vec<_> = kinds.flat_map(|kind| kind.events).collect();
        assert!(events.len() > 30, "only {} events", events.len());
        for event in events {
            assert_named(texts::Section::Events, event.name);
        }
    }

    #[test]
    fn every_committed_or_printed_field_has_its_name() {
        use records::kinds::{consent, invoice};
        let schemas = [
            &invoice::SCHEMA,
            &consent::DOCUMENT_FIELDS,
            &consent::GRANT_FIELDS,
            &consent::READ_FIELDS,
        ];
        let committed = schemas.into_iter().flat_map(|one| one.fields);
        let mut count = 0;
        // What a code prints beside these, and what a seat shows.
        let others = ["code", "number", "check_code", "head", "rooms", "area"];
        for name in committed.chain(&others) {
            assert_named(texts::Section::Fields, name);
            count += 1;
        }
        assert!(count > 20, "only {count} fields");
    }

    #[test]
    fn every_choice_rank_claim_finding_matter_and_role_has_its_word() {
        use records::kinds::{invoice::Outcome, vote::Choice, vote::Rank};
        let claims = [Outcome::Reimbursed, Outcome::Entered, Outcome::Declared];
        let ranks = [Rank::Paper, Rank::Proxy, Rank::Owner];
        let matters = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "lenders"];
        let roles = [
            "tax-bureau",
            "finance-department",
            "hospital",
            "reviewer",
            "convener",
            "desk",
        ];
        let findings = ["justified", "unjustified"];
        let authors = ["holder", "patient", "owner"];
        let codes = (claims.map(Outcome::word).into_iter())
            .chain(ranks.map(Rank::word))
            .chain(Choice::ALL.map(Choice::word))
            .chain(matters)
            .chain(roles)
            .chain(findings)
            .chain(authors);
        codes.for_each(|code| assert_named(texts::Section::Small, code));
    }

    #[test]
    fn whatever_a_node_fails_at_has_its_words() {
        let mut files = Vec::new();
        let verifier = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../verifier/src");
        sources(&verifier, &mut files);
        let proven = files
            .iter()
            .flat_map(|text| text.split("Fault::Refuted(\"").skip(1))
            .filter_map(|text| Some(text.split_once('"')?.0));
        let unreachable = [
            verifier::Unreachable::NoConnection,
            verifier::Unreachable::TimedOut,
            verifier::Unreachable::TooLong,
            verifier::Unreachable::Busy(None),
            verifier::Unreachable::Status(502),
        ];
        let codes: Vec<&str> = proven
            .chain(unreachable.iter().map(|why| why.code()))
            .collect();
        assert!(codes.len() > 14, "only {codes:?}");
        for code in &codes {
            assert_named(texts::Section::Faults, code);
        }
        for lang in [Lang::Zh, Lang::En] {
            // A rule of the light client without words of its own, and words of the node's own.
            let own = "the node answers: height 1 is not available";
            assert!(fault(lang, "refuted", "commit-size").is_some());
            assert!(fault(lang, "behind", own).is_some());
            assert_eq!(fault(lang, "agrees", ""), None);
        }
    }

    #[test]
    fn every_code_of_what_failed_has_its_sentence() {
        let table = include_str!("../../../docs/verdicts.md")
            .split_once("| code: | meaning |")
            .expect("docs/verdicts.md lists them")
            .1;
        let rows = table
            .lines()
            .skip(2)
            .take_while(|line| line.starts_with('|'));
        let cells = rows.filter_map(|row| row.split('|').nth(1));
        let codes: Vec<&str> = cells
            .flat_map(|cell| cell.split(','))
            .map(str::trim)
            .collect();
        assert!(codes.len() > 12, "only {codes:?}");
        codes.into_iter().for_each(assert_said);
    }

    #[test]
    fn a_verdict_is_never_called_genuine_or_forged() {
        for (code, zh, en) in texts::both::lines().into_iter().flatten() {
            for word in ["真票", "假票", "真伪", "伪造", "假冒", "正品"] {
                assert!(!zh.contains(word), "{code} says {word}");
            }
            for word in ["genuine", "forged", "fake", "authentic", "invalid"] {
                assert!(!en.to_lowercase().contains(word), "{code} says {word}");
            }
        }
    }

    #[test]
    fn a_missing_fact_is_shown_as_a_dash() {
        let facts = [("height", "7")];
        let find = |text: &str| {
            fill(text, |name| {
                let fact = facts.iter().find(|(key, _)| *key == name);
                fact.map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(find("高度 {height}，{age}"), "高度 7，—");
        assert_eq!(fill("{a}", |_| Some("{b}".into())), "{b}");
    }
}
