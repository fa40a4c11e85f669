//! A reading: under a live grant, or in emergency and then open until it is reviewed.

use super::{Done, Emergency, Finding, Review, require_reader};
use crate::{
    canonical::Value,
    digest::Digest,
    event::Payload,
    kinds::consent::{document, grant},
    refusal::{Refusal, Stop},
    registry::{Case, EventType, Kind, SUBJECT, Touch, join, updated},
};

/// Kind name.
pub const NAME: &str = "read";

/// The kind.
pub static KIND: Kind = Kind {
    name: NAME,
    events: &[
        EventType {
            name: "read.done",
            since: 1,
            joins: done,
        },
        EventType {
            name: "read.emergency",
            since: 1,
            joins: emergency,
        },
        EventType {
            name: "read.review",
            since: 1,
            joins: review,
        },
    ],
    apply,
};

/// State of a reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// Who read.
    pub by: String,
    /// What was read.
    pub document: String,
    /// On what it rests.
    pub basis: Basis,
    /// Commitment to the reason of an emergency, also once it is reviewed.
    pub root: Option<Digest>,
}

crate::shape!(Read {
    by,
    document,
    basis,
    root
});

/// On what a reading rests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Basis {
    /// A grant that was live.
    Grant {
        /// The grant.
        grant: String,
    },
    /// An emergency, not reviewed yet.
    Emergency,
    /// An emergency, reviewed.
    Reviewed {
        /// The reviewing member; absent where it was the patient or the guardian.
        by: Option<String>,
        /// What was found.
        finding: Finding,
    },
}

crate::tagged!(Basis by "kind" {
    Grant "grant" { grant },
    Emergency "emergency" {},
    Reviewed "reviewed" { by, finding },
});

fn done(payload: &Payload) -> Result<Vec<Touch>, Refusal> {
    let done: Done = payload.body()?;
    Ok(vec![
        join(document::NAME, &done.document, "document")?,
        join(grant::NAME, &done.grant, "grant")?,
    ])
}

fn emergency(payload: &Payload) -> Result<Vec<Touch>, Refusal> {
    Ok(vec![join(
        document::NAME,
        &payload.body::<Emergency>()?.document,
        "document",
    )?])
}

fn review(payload: &Payload) -> Result<Vec<Touch>, Refusal> {
    Ok(vec![join(
        document::NAME,
        &payload.body::<Review>()?.document,
        "document",
    )?])
}

fn apply(case: &Case<'_>) -> Result<Value, Stop> {
    match case.what() {
        ("read.done", SUBJECT) => {
            case.require_new()?;
            let Done {
                by,
                document,
                grant,
            } = case.body()?;
            require_reader(case.context, case.event, &by)?;
            updated(&Read {
                by,
                document,
                basis: Basis::Grant { grant },
                root: None,
            })
        }
        ("read.emergency", SUBJECT) => {
            case.require_new()?;
            let Emergency { by, document, root } = case.body()?;
            case.context.require_signed(case.event, &by, "hospital")?;
            updated(&Read {
                by,
                document,
                basis: Basis::Emergency,
                root: Some(root),
            })
        }
        ("read.review", SUBJECT) => reviewed(case),
        _ => Err(case.unexpected()),
    }
}

/// A reviewer of another organisation than the reader's reviews, or the patient: whose key that is the document knows, and judges.
fn reviewed(case: &Case<'_>) -> Result<Value, Stop> {
    let mut read: Read = case.existing()?;
    if !matches!(read.basis, Basis::Emergency) {
        return Err(Refusal::new("nothing-to-review").into());
    }
    let Review {
        by,
        document,
        finding,
    } = case.body()?;
    if document != read.document {
        return Err(Refusal::new("other-document")
            .with("document", document)
            .into());
    }
    if let Some(reviewer) = &by {
        let reviewer = case
            .context
            .require_signed(case.event, reviewer, "reviewer")?;
        if reviewer.org == case.context.member(&read.by)?.org {
            return Err(Refusal::new("own-cause").with("org", &reviewer.org).into());
        }
    }
    read.basis = Basis::Reviewed { by, finding };
    updated(&read)
}
