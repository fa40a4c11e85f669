//! Why a record's rules refuse an event.

use crate::{
    canonical::{self, Map, Value},
    shape::{Shape, put, text_or_empty},
};
use core::ops::Deref;

/// A rule said no. In a box, for it is carried through every rule, and seldom made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("refused: {}", .0.code)]
pub struct Refusal(Box<Grounds>);

/// Why a rule said no. Code and detail are of the consensus: the chain commits to them, so that no node may word them otherwise without new rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grounds {
    /// Reason code, kebab-case; for machines and the translation table.
    pub code: &'static str,
    /// Facts: who locked the invoice first, how many were allowed, … Names, numbers and ids, no sentences.
    pub detail: Vec<(&'static str, String)>,
    /// A sentence for engineers, worded as this program words it; often empty.
    pub why: String,
}

impl Deref for Refusal {
    type Target = Grounds;

    fn deref(&self) -> &Grounds {
        &self.0
    }
}

impl Grounds {
    /// A fact by its name.
    pub fn fact(&self, name: &str) -> Option<&str> {
        let found = self.detail.iter().find(|(known, _)| *known == name);
        found.map(|(_, fact)| fact.as_str())
    }
}

impl Refusal {
    /// A refusal with this reason code.
    #[inline(never)]
    pub fn new(code: &'static str) -> Self {
        Self(Box::new(Grounds {
            code,
            detail: Vec::new(),
            why: String::new(),
        }))
    }

    /// Says it in a sentence, too.
    pub fn because(mut self, why: impl ToString) -> Self {
        self.0.why = why.to_string();
        self
    }

    /// Adds a fact.
    pub fn with(self, name: &'static str, fact: impl ToString) -> Self {
        self.noting(name, fact.to_string())
    }

    #[inline(never)]
    fn noting(mut self, name: &'static str, fact: String) -> Self {
        self.0.detail.push((name, fact));
        self
    }

    /// Canonical JSON of code and detail: the transaction's result data, to which the next header commits.
    pub fn data(&self) -> Vec<u8> {
        self.encode("")
    }

    /// Canonical JSON with the sentence: the transaction's log, to which nothing commits.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&self.encode(&self.why)).into_owned()
    }

    fn encode(&self, why: &str) -> Vec<u8> {
        let mut detail = Map::new();
        for (name, fact) in &self.detail {
            put(&mut detail, name, fact.write());
        }
        let detail = (!detail.is_empty()).then_some(Value::Object(detail));
        let mut object = Map::new();
        put(&mut object, "code", Some(self.code.into()));
        put(&mut object, "detail", detail);
        put(&mut object, "why", text_or_empty::write(why));
        // Texts three deep always have an encoding.
        canonical::encode_value(&Value::Object(object)).unwrap_or_default()
    }
}

/// The law or rule on which a code rests wherever it is said, e.g. `民法典 278`; empty for what the chain's own forms ask. Laws are numbered anew: who reads
/// a refusal looks it up here, and no chain commits to it.
pub fn law(code: &str) -> &'static str {
    match code {
        "bad-thresholds" | "not-on-roster" | "participation-reached" => "民法典 278",
        "first-ballot-counts" | "not-extensible" => "业主大会议事规则",
        "no-proxy" | "proxy-appointed" | "only-the-owner-withdraws" => "民法典 165",
        "paper-needs-two" => "纸质票须双人录入",
        "own-cause" => "利害关系人回避",
        "denied"
        | "document-not-shared"
        | "no-live-grant"
        | "not-granted"
        | "not-signed-by-patient" => "个人信息保护法 29",
        "already-claimed" => "财会〔2020〕6号 第三条",
        "electronic-not-voidable" | "month-over" => "国税发〔2006〕156号 第二十条",
        "bill-not-voidable" => "财政电子票据只有冲红",
        "quota-used-up" => "发票管理办法 第十五条",
        "bills-used-up" => "财政票据管理办法",
        _ => "",
    }
}

/// Why `apply` stopped: a rule's refusal, or something about the surroundings that the caller has to provide first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// A rule said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// This governing record (a member, the consortium, the rules) has to be proven and replayed first.
    #[error("{0} is not loaded")]
    NotLoaded(crate::RecordName),
    /// The rules in force are newer than this program.
    #[error("rules version {0} is newer than this program")]
    RulesUnknown(u64),
}

impl From<canonical::Error> for Stop {
    fn from(error: canonical::Error) -> Self {
        Self::Refused(Refusal::new("malformed-body").because(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_commits_to_codes_and_facts_and_to_no_sentence() {
        let refusal = Refusal::new("already-claimed").with("by", "acme");
        let data = br#"{"code":"already-claimed","detail":{"by":"acme"}}"#;
        assert_eq!(refusal.data(), data);
        assert_eq!(refusal.log().as_bytes(), data);
        let worded = refusal.because("somebody was first");
        assert_eq!(worded.data(), data);
        assert!(worded.log().contains("somebody was first"));
    }
}
