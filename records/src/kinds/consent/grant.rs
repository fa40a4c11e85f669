//! A grant: who may read which documents, until when. Superseded only by the key that gave it; revoked by that key, or for each document by its patient or
//! guardian: the key that gave it may be lost, or a thief's, who puts another's document beside one of their own.

use super::{Done, Give, READERS, Revoke, join_documents, require_hash, require_reader};
use crate::{
    canonical::Value,
    context::require_key,
    event::Payload,
    keys::PublicKey,
    refusal::{Refusal, Stop},
    registry::{Case, EventType, Kind, SUBJECT, Touch, join, updated},
    shape::nanoseconds,
};

/// Kind name.
pub const NAME: &str = "grant";
/// Most readings under one grant: its reader writes into the documents' logs, and whoever looks at a document replays them.
pub const MAX_READS: u64 = 1000;

/// The kind.
pub static KIND: Kind = Kind {
    name: NAME,
    events: &[
        EventType {
            name: "grant.give",
            since: 1,
            joins: given,
        },
        EventType {
            name: "grant.revoke",
            since: 1,
            joins: revoked,
        },
    ],
    apply,
};

/// State of a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its own key.
    pub by: PublicKey,
    /// Documents that may be read: the given ones without those for which it was revoked; those that were left last, once there are none.
    pub documents: Vec<String>,
    /// Readings under it so far.
    pub reads: u64,
    /// Commitment to [`super::GRANT_FIELDS`], hex.
    pub root: String,
    /// Hash of the blob with the content keys sealed to the reader, hex.
    pub sealed: Option<String>,
    /// Where it stands; expiry is judged by block time, see [`Grant::standing`].
    pub status: Status,
    /// The grant that took its place.
    pub successor: Option<String>,
    /// Who may read.
    pub to: String,
    /// Until when, block time in Unix nanoseconds.
    pub until: i64,
}

crate::shape!(Grant {
    by,
    documents,
    reads,
    root,
    sealed,
    status,
    successor,
    to,
    until: nanoseconds
});

/// Where a grant stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Given.
    Active,
    /// Taken back.
    Revoked,
    /// Another took its place.
    Superseded,
}

crate::names!(Status { Active "active", Revoked "revoked", Superseded "superseded" });

/// What a grant is worth at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// May be read under.
    InForce,
    /// Its time is over.
    Expired,
    /// Taken back.
    Revoked,
    /// Another took its place.
    Superseded,
}

impl Grant {
    /// What the grant is worth at this block time.
    pub fn standing(&self, time: i64) -> Standing {
        match self.status {
            Status::Revoked => Standing::Revoked,
            Status::Superseded => Standing::Superseded,
            Status::Active if self.until <= time => Standing::Expired,
            Status::Active => Standing::InForce,
        }
    }

    fn require_in_force(&self, time: i64) -> Result<(), Stop> {
        let refusal = Refusal::new(match self.standing(time) {
            Standing::InForce => return Ok(()),
            Standing::Expired => "grant-expired",
            Standing::Revoked => "grant-revoked",
            Standing::Superseded => "grant-superseded",
        });
        Err(refusal.with("until", self.until).into())
    }
}

fn given(payload: &Payload) -> Result<Vec<Touch>, Refusal> {
    let give: Give = payload.body()?;
    let mut touches = join_documents(&give.documents, "document")?;
    touches.extend(join_documents(
        give.left.as_deref().unwrap_or_default(),
        "left",
    )?);
    if let Some(replaced) = &give.replaces {
        touches.push(join(NAME, replaced, "replaced")?);
    }
    Ok(touches)
}

fn revoked(payload: &Payload) -> Result<Vec<Touch>, Refusal> {
    join_documents(&payload.body::<Revoke>()?.documents, "document")
}

fn apply(case: &Case<'_>) -> Result<Value, Stop> {
    let time = case.context.time;
    if case.what() == ("grant.give", SUBJECT) {
        return updated(&give(case)?);
    }
    let mut grant: Grant = case.existing()?;
    grant.require_in_force(time)?;
    match case.what() {
        ("grant.give", "replaced") => {
            require_key(case.event, &grant.by, "grant")?;
            require_all_named(&grant, &case.body()?)?;
            grant.status = Status::Superseded;
            grant.successor = Some(case.event.payload().subject.id().into());
        }
        ("grant.revoke", SUBJECT) => {
            // Whose signature it takes each document judges alone: it knows the grant's key, and its patient's and guardian's of today.
            let Revoke { documents } = case.body()?;
            if documents.is_empty() || !documents.iter().all(|id| grant.documents.contains(id)) {
                return Err(Refusal::new("other-documents").into());
            }
            // No event names a record twice, so as many are all of them.
            if documents.len() == grant.documents.len() {
                grant.status = Status::Revoked;
            } else {
                grant.documents.retain(|id| !documents.contains(id));
            }
        }
        ("read.done", "grant") => {
            let Done { by, document, .. } = case.body()?;
            require_reader(case.context, case.event, &by)?;
            if by != grant.to || !grant.documents.contains(&document) {
                return Err(Refusal::new("not-granted")
                    .with("member", by)
                    .with("document", document)
                    .into());
            }
            if grant.reads >= MAX_READS {
                let refusal = Refusal::new("too-many-reads");
                return Err(refusal.with("limit", MAX_READS).into());
            }
            grant.reads += 1;
        }
        _ => return Err(case.unexpected()),
    }
    updated(&grant)
}

/// Each document of a replaced grant is in the new one, or said to be left out, so that none keeps it.
fn require_all_named(replaced: &Grant, give: &Give) -> Result<(), Refusal> {
    let left = give.left.as_deref().unwrap_or_default();
    let is_named = |id| give.documents.contains(id) || left.contains(id);
    let is_own = |id| replaced.documents.contains(id);
    if replaced.documents.iter().all(is_named) && left.iter().all(is_own) {
        Ok(())
    } else {
        Err(Refusal::new("other-documents"))
    }
}

fn give(case: &Case<'_>) -> Result<Grant, Stop> {
    case.require_new()?;
    let Give {
        by,
        documents,
        left,
        replaces,
        root,
        sealed,
        to,
        until,
    } = case.body()?;
    require_key(case.event, &by, "grant")?;
    require_hash(&root)?;
    sealed.as_deref().map_or(Ok(()), require_hash)?;
    if left.is_some() && replaces.is_none() {
        return Err(Refusal::new("other-documents").into());
    }
    if documents.is_empty() {
        return Err(Refusal::new("no-documents").into());
    }
    if until <= case.context.time {
        return Err(Refusal::new("until-in-the-past")
            .with("until", until)
            .into());
    }
    let reader = case.context.member(&to)?;
    if !READERS.iter().any(|role| reader.has_role(role)) {
        return Err(Refusal::new("role-missing")
            .with("member", to)
            .with("role", READERS.join(" / "))
            .into());
    }
    Ok(Grant {
        by,
        documents,
        reads: 0,
        root,
        sealed,
        status: Status::Active,
        successor: None,
        to,
        until,
    })
}
