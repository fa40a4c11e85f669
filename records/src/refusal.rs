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

/// Why a rule said no. The code is for machines and the translation table, the law for people, the detail for both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grounds {
    /// Reason code, kebab-case.
    pub code: &'static str,
    /// The law or rule it rests on, if any, e.g. `民法典 278`.
    pub law: &'static str,
    /// Facts: who locked the invoice first, how many were allowed, …
    pub detail: Vec<(&'static str, String)>,
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
            law: law(code),
            detail: Vec::new(),
        }))
    }

    /// Names another law or rule than the code's usual one.
    pub fn under(mut self, law: &'static str) -> Self {
        self.0.law = law;
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

    /// Canonical JSON of the refusal: the transaction's result data.
    pub fn encode(&self) -> Vec<u8> {
        let mut detail = Map::new();
        for (name, fact) in &self.detail {
            put(&mut detail, name, fact.write());
        }
        let detail = (!detail.is_empty()).then_some(Value::Object(detail));
        let mut object = Map::new();
        put(&mut object, "code", Some(self.code.into()));
        put(&mut object, "law", text_or_empty::write(self.law));
        put(&mut object, "detail", detail);
        // Texts three deep always have an encoding.
        canonical::encode_value(&Value::Object(object)).unwrap_or_default()
    }
}

/// The law or rule on which a code rests wherever it is said; empty for what the chain's own forms ask.
fn law(code: &str) -> &'static str {
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
        "month-over" => "国税发〔2006〕156号 第二十条",
        "quota-used-up" => "发票管理办法 第十五条",
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
        Self::Refused(Refusal::new("malformed-body").with("why", error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rests_on_a_law_or_rule_names_it_in_the_transactions_result() {
        for (code, law) in [
            ("quota-used-up", "发票管理办法 第十五条"),
            ("already-claimed", "财会〔2020〕6号 第三条"),
            ("month-over", "国税发〔2006〕156号 第二十条"),
            ("not-signed-by-patient", "个人信息保护法 29"),
            ("no-live-grant", "个人信息保护法 29"),
            ("not-granted", "个人信息保护法 29"),
            ("denied", "个人信息保护法 29"),
            ("document-not-shared", "个人信息保护法 29"),
            ("not-on-roster", "民法典 278"),
            ("bad-thresholds", "民法典 278"),
            ("participation-reached", "民法典 278"),
            ("no-proxy", "民法典 165"),
            ("proxy-appointed", "民法典 165"),
            ("only-the-owner-withdraws", "民法典 165"),
            ("first-ballot-counts", "业主大会议事规则"),
            ("not-extensible", "业主大会议事规则"),
            ("paper-needs-two", "纸质票须双人录入"),
            ("own-cause", "利害关系人回避"),
        ] {
            let refusal = Refusal::new(code);
            assert_eq!(refusal.law, law, "{code}");
            let written = String::from_utf8(refusal.encode()).expect("text");
            assert_eq!(written, format!(r#"{{"code":"{code}","law":"{law}"}}"#));
        }
        assert_eq!(Refusal::new("wrong-sequence").law, "");
    }
}
