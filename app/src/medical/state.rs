//! What is drawn of the proven states of documents and grants; the whole of them stands in docs/formats.md.

use crate::draw::prelude::*;
use crate::engine::Inquiry;
use crate::i18n::{Lang, headline, short, words};
use crate::keys::change;
use crate::widget::{checks_waiting, doubt, find, outcome_pill};
use verifier::verdict::{Outcome, Verdict};

/// A document.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Members who may not read, whatever is granted.
    pub denied: Vec<String>,
    /// Live grants.
    pub grants: Vec<LiveGrant>,
    /// `proposed`, `shared`, `rejected`, `erased`.
    pub status: String,
    /// The hospital that deposited it.
    pub hospital: String,
    /// Emergency readings that wait for their review.
    pub open_reviews: u64,
    /// The patient's key.
    pub patient: String,
    /// A guardian's key.
    pub guardian: Option<String>,
    /// The key that is to come in the place of the patient's or the guardian's.
    pub recovery: Option<Recovery>,
    /// Since when such a replacement takes the hospital too and cannot be vetoed, Unix nanoseconds as decimal text.
    pub vetoed: Option<String>,
}

records::shape!(Document {
    denied,
    grants,
    status,
    hospital,
    open_reviews,
    patient,
    guardian,
    recovery,
    vetoed,
    ..
});

/// A key's replacement.
#[derive(Clone, Debug, PartialEq)]
pub struct Recovery {
    /// Block time from which the new key counts, Unix nanoseconds as decimal text.
    pub from: String,
    /// The new key.
    pub key: String,
}

records::shape!(Recovery { from, key, .. });

/// A grant as the document knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveGrant {
    /// Record id.
    pub grant: String,
    /// Member.
    pub to: String,
    /// Unix nanoseconds as decimal text.
    pub until: String,
}

records::shape!(LiveGrant {
    grant,
    to,
    until,
    ..
});

/// A grant.
#[derive(Clone, Debug, PartialEq)]
pub struct Grant {
    /// Documents.
    pub documents: Vec<String>,
    /// Readings so far.
    pub reads: u64,
    /// `active`, `revoked`, `superseded`.
    pub status: String,
    /// Member.
    pub to: String,
    /// Unix nanoseconds as decimal text.
    pub until: String,
}

records::shape!(Grant {
    documents,
    reads,
    status,
    to,
    until,
    ..
});

/// In place of a record that is not proven: what is being waited for, or how it ended; never drawn as if it held.
pub fn unproven(lang: Lang, inquiry: &Inquiry) -> Html {
    if let Some((code, facts)) = &inquiry.waiting {
        return checks_waiting(lang, code, facts);
    }
    match (&inquiry.verdict, &inquiry.failed) {
        (Some(verdict), _) => {
            html! { <>{ outcome_pill(lang, verdict.outcome) }{ doubt(lang, verdict) }</> }
        }
        (None, Some((code, facts))) => {
            html! { <>{ outcome_pill(lang, Outcome::NotEstablished) }<span class="small">{ headline(lang, code, facts) }</span></> }
        }
        (None, None) => html! { <span class="small">{ lang.t(words::BATCH_NEXT) }</span> },
    }
}

/// Whether a member may read a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum May {
    /// Under this grant, until then.
    Yes(String, String),
    /// Denied by the patient.
    Denied,
    /// No grant is in force.
    No,
    /// Not while the patient's key is being replaced.
    Waits,
    /// That is not established.
    Unknown,
}

impl Document {
    /// Whether `member` may read at a block time; a denial beats every grant.
    pub fn may_read(&self, member: &str, time: i64) -> May {
        if self.denied.iter().any(|denied| denied == member) {
            return May::Denied;
        }
        if change::waits(self, time) {
            return May::Waits;
        }
        let live = |grant: &&LiveGrant| {
            grant.to == member && grant.until.parse::<i64>().is_ok_and(|until| until > time)
        };
        match self.grants.iter().find(live) {
            Some(grant) if self.status == "shared" => {
                May::Yes(grant.grant.clone(), grant.until.clone())
            }
            _ => May::No,
        }
    }
}

/// A document's title, where the patient holds the opening; else the ends of its id.
pub fn title(id: &str, verdict: &Verdict) -> String {
    field(verdict, "title").map_or_else(|| short(id), str::to_owned)
}

/// A document's id, typed as it is or as a link.
pub fn document_id(text: &str) -> String {
    let text = text.trim();
    match text.split_once("#/r/document/") {
        Some((_, rest)) => rest.split('/').next().unwrap_or_default().to_owned(),
        None => text.to_owned(),
    }
}

/// A field's value by name.
pub fn field<'a>(verdict: &'a Verdict, name: &str) -> Option<&'a str> {
    find(&verdict.fields, name).map(|one| one.value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Document {
        let grants = vec![LiveGrant {
            grant: "g".into(),
            to: "renji".into(),
            until: "100".into(),
        }];
        Document {
            denied: Vec::new(),
            grants,
            status: "shared".into(),
            hospital: "h".into(),
            open_reviews: 0,
            patient: "p".into(),
            guardian: None,
            recovery: None,
            vetoed: None,
        }
    }

    #[test]
    fn a_grant_ends_with_block_time_and_a_denial_beats_it() {
        assert_eq!(
            document().may_read("renji", 99),
            May::Yes("g".into(), "100".into())
        );
        assert_eq!(document().may_read("renji", 100), May::No);
        assert_eq!(document().may_read("ankang", 0), May::No);
        let denied = Document {
            denied: vec!["renji".into()],
            ..document()
        };
        assert_eq!(denied.may_read("renji", 0), May::Denied);
        let replaced = Document {
            recovery: Some(Recovery {
                from: "90".into(),
                key: String::new(),
            }),
            ..document()
        };
        assert_eq!(replaced.may_read("renji", 89), May::Waits);
        assert_eq!(
            replaced.may_read("renji", 90),
            May::Yes("g".into(), "100".into())
        );
        let proposed = Document {
            status: "proposed".into(),
            ..document()
        };
        assert_eq!(proposed.may_read("renji", 0), May::No);
    }
}
