//! A medical document: proposed by a hospital, shared or rejected by the patient, read under live grants or in emergency.

pub use super::recovery::{RECOVERY_DELAY, Recover, Recovery};
use super::{Done, Emergency, Give, Review, Revoke, join_documents, require_hash, require_reader};
use crate::{
    canonical::Value,
    context::require_key,
    event::Payload,
    keys::PublicKey,
    refusal::{Refusal, Stop},
    registry::{Case, EventType, Kind, SUBJECT, Touch, updated},
    shape::{nanoseconds, optional_nanoseconds},
};

/// Kind name.
pub const NAME: &str = "document";
/// Most live grants, and most denied members, of one document.
pub const MAX_RULES: usize = 32;
/// A hospital that read in emergency writes down no further reading of the same document for so long, in nanoseconds (a day), until that one is reviewed.
pub const EMERGENCY: i64 = 24 * 3600 * 1_000_000_000;
/// The kind.
pub static KIND: Kind = Kind {
    name: NAME,
    events: &[
        EventType::alone("document.propose"),
        EventType::alone("document.confirm"),
        EventType::alone("document.reject"),
        EventType::alone("document.erase"),
        EventType::alone("document.recover"),
        EventType::alone("document.veto"),
        EventType {
            name: "document.deny",
            since: 1,
            joins: others,
        },
        EventType {
            name: "document.allow",
            since: 1,
            joins: others,
        },
    ],
    apply,
};

/// State of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Hash of the sealed content, hex. The content itself lies outside the chain and can be erased.
    pub content: String,
    /// Members who may not read, whatever is granted.
    pub denied: Vec<String>,
    /// Readings in emergency so far.
    pub emergencies: u64,
    /// Live grants. An erased document keeps them though none is read under any more: a grant is revoked on all its documents together, and each of
    /// them must know its key.
    pub grants: Vec<LiveGrant>,
    /// Key of the patient's guardian, if any.
    pub guardian: Option<PublicKey>,
    /// The hospital that wrote it.
    pub hospital: String,
    /// Emergency readings that nobody has reviewed yet.
    pub open_reviews: u64,
    /// The patient's key for this document.
    pub patient: PublicKey,
    /// Readings under a grant so far.
    pub reads: u64,
    /// A key that is to replace one that was lost, or that somebody else has.
    pub recovery: Option<Recovery>,
    /// Commitment to [`super::DOCUMENT_FIELDS`], hex.
    pub root: String,
    /// Where it stands.
    pub status: Status,
    /// Readings in emergency that nobody had reviewed, and that were no older than [`EMERGENCY`] at the last of them; absent before the first.
    pub unreviewed: Option<Vec<Unreviewed>>,
    /// Since when the replacement of a key takes the hospital too, Unix nanoseconds: one was vetoed then.
    pub vetoed: Option<i64>,
}

crate::shape!(Document {
    content,
    denied,
    emergencies,
    grants,
    guardian,
    hospital,
    open_reviews,
    patient,
    reads,
    recovery,
    root,
    status,
    unreviewed,
    vetoed: optional_nanoseconds
});

/// A reading in emergency that waits for its review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreviewed {
    /// Block time, Unix nanoseconds.
    pub at: i64,
    /// The hospital.
    pub by: String,
    /// Id of the reading's record.
    pub read: String,
}

crate::shape!(Unreviewed {
    at: nanoseconds,
    by,
    read
});

/// Where a document stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Written by the hospital, not yet confirmed by the patient.
    Proposed,
    /// Confirmed: may be read under grants.
    Shared,
    /// Rejected by the patient.
    Rejected,
    /// Its content was erased by law; what happened to it stays.
    Erased,
}

crate::names!(Status { Proposed "proposed", Shared "shared", Rejected "rejected", Erased "erased" });

/// A grant that lives on this document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveGrant {
    /// The grant's own key.
    pub by: PublicKey,
    /// Id of the grant's record.
    pub grant: String,
    /// Who may read.
    pub to: String,
    /// Until when, block time in Unix nanoseconds.
    pub until: i64,
}

crate::shape!(LiveGrant {
    by,
    grant,
    to,
    until: nanoseconds
});

/// Body of `document.propose`.
#[derive(Clone, Debug)]
pub struct Propose {
    /// Hash of the sealed content, hex.
    pub content: String,
    /// Key of the guardian, if any.
    pub guardian: Option<PublicKey>,
    /// The hospital.
    pub hospital: String,
    /// The patient's key for this document.
    pub patient: PublicKey,
    /// Commitment to the fields, hex.
    pub root: String,
}

crate::shape!(Propose {
    content,
    guardian,
    hospital,
    patient,
    root
});

/// Body of `document.deny` and `document.allow`.
#[derive(Clone, Debug)]
pub struct Deny {
    /// Further documents, besides the subject.
    pub documents: Vec<String>,
    /// The member concerned.
    pub member: String,
}

crate::shape!(Deny { documents, member });

/// Body of `document.erase`.
#[derive(Clone, Debug)]
pub struct Erase {
    /// A reviewer of another organisation; absent where the patient agrees.
    pub reviewer: Option<String>,
}

crate::shape!(Erase { reviewer });

fn others(payload: &Payload) -> Result<Vec<Touch>, Refusal> {
    join_documents(&payload.body::<Deny>()?.documents, "also")
}

fn apply(case: &Case<'_>) -> Result<Value, Stop> {
    if case.what() == ("document.propose", SUBJECT) {
        return updated(&propose(case)?);
    }
    let mut document: Document = case.existing()?;
    document.settle_recovery(case.context.time);
    match case.what() {
        ("document.confirm", SUBJECT) => document.answer(case, Status::Shared)?,
        ("document.reject", SUBJECT) => document.answer(case, Status::Rejected)?,
        ("document.erase", SUBJECT) => document.erase(case)?,
        ("document.recover", SUBJECT) => document.recover(case)?,
        ("document.veto", SUBJECT) => document.veto(case)?,
        ("document.deny", SUBJECT | "also") => document.deny(case)?,
        ("document.allow", SUBJECT | "also") => document.allow(case)?,
        ("grant.give", "document") => document.give(case)?,
        ("grant.give", "left") => document.leave(case)?,
        ("grant.revoke", "document") => document.revoke(case)?,
        ("read.done", "document") => document.read(case)?,
        ("read.emergency", "document") => document.emergency(case)?,
        ("read.review", "document") => document.review(case)?,
        _ => return Err(case.unexpected()),
    }
    updated(&document)
}

fn propose(case: &Case<'_>) -> Result<Document, Stop> {
    case.require_new()?;
    let Propose {
        content,
        guardian,
        hospital,
        patient,
        root,
    } = case.body()?;
    case.context
        .require_signed(case.event, &hospital, "hospital")?;
    require_hash(&content)?;
    require_hash(&root)?;
    Ok(Document {
        content,
        denied: Vec::new(),
        emergencies: 0,
        grants: Vec::new(),
        guardian,
        hospital,
        open_reviews: 0,
        patient,
        reads: 0,
        recovery: None,
        root,
        status: Status::Proposed,
        unreviewed: None,
        vetoed: None,
    })
}

impl Document {
    /// The grant that this member may read under at this block time, if any: live, in time, and not denied.
    pub fn live_grant(&self, grant: &str, member: &str, time: i64) -> Option<&LiveGrant> {
        let live = self
            .grants
            .iter()
            .find(|live| live.grant == grant && live.to == member && live.until > time)?;
        (self.status == Status::Shared && !self.is_denied(member)).then_some(live)
    }

    /// Whether this member may not read, whatever is granted.
    pub fn is_denied(&self, member: &str) -> bool {
        self.denied.iter().any(|denied| denied == member)
    }

    /// The patient, or the guardian.
    pub(super) fn require_patient(&self, case: &Case<'_>) -> Result<(), Stop> {
        let keys = core::iter::once(&self.patient).chain(&self.guardian);
        if keys.into_iter().any(|key| case.event.is_signed_by(key)) {
            Ok(())
        } else {
            Err(Refusal::new("not-signed-by-patient").into())
        }
    }

    fn require_shared(&self) -> Result<(), Stop> {
        if self.status == Status::Shared {
            Ok(())
        } else {
            Err(Refusal::new("document-not-shared").into())
        }
    }

    fn answer(&mut self, case: &Case<'_>, status: Status) -> Result<(), Stop> {
        if self.status != Status::Proposed {
            return Err(Refusal::new("document-not-proposed").into());
        }
        self.require_patient(case)?;
        self.require_settled()?;
        self.status = status;
        Ok(())
    }

    fn erase(&mut self, case: &Case<'_>) -> Result<(), Stop> {
        let hospital = case
            .context
            .require_signed(case.event, &self.hospital, "hospital")?;
        match case.body::<Erase>()?.reviewer {
            None => {
                self.require_patient(case)?;
                self.require_settled()?;
            }
            Some(reviewer) => {
                let reviewer = case
                    .context
                    .require_signed(case.event, &reviewer, "reviewer")?;
                if reviewer.org == hospital.org {
                    return Err(Refusal::new("same-organisation")
                        .with("org", &reviewer.org)
                        .into());
                }
            }
        }
        self.status = Status::Erased;
        Ok(())
    }

    fn deny(&mut self, case: &Case<'_>) -> Result<(), Stop> {
        self.require_patient(case)?;
        let Deny { member, .. } = case.body()?;
        case.context.member(&member)?;
        if self.is_denied(&member) {
            return Ok(());
        }
        if self.denied.len() >= MAX_RULES {
            return Err(Refusal::new("too-many-denials")
                .with("limit", MAX_RULES)
                .into());
        }
        self.denied.push(member);
        Ok(())
    }

    fn allow(&mut self, case: &Case<'_>) -> Result<(), Stop> {
        self.require_patient(case)?;
        self.require_settled()?;
        let Deny { member, .. } = case.body()?;
        self.denied.retain(|denied| *denied != member);
        Ok(())
    }

    fn give(&mut self, case: &Case<'_>) -> Result<(), Stop> {
        self.require_patient(case)?;
        self.require_settled()?;
        self.require_shared()?;
        let Give {
            by,
            replaces,
            to,
            until,
            ..
        } = case.body()?;
        if self.is_denied(&to) {
            return Err(Refusal::new("denied").with("member", to).into());
        }
        self.grants.retain(|live| {
            live.until > case.context.time && Some(&live.grant) != replaces.as_ref()
        });
        if self.grants.len() >= MAX_RULES {
            return Err(Refusal::new("too-many-grants")
                .with("limit", MAX_RULES)
                .into());
        }
        self.grants.push(LiveGrant {
            by,
            grant: case.event.payload().subject.id().into(),
            to,
            until,
        });
        Ok(())
    }

    /// By the grant's key, or by the patient's or guardian's of today: the grant's may be lost.
    fn revoke(&mut self, case: &Case<'_>) -> Result<(), Stop> {
        case.body::<Revoke>()?;
        let by = self.remove(case.event.payload().subject.id())?.by;
        if case.event.is_signed_by(&by) {
            Ok(())
        } else {
            self.require_patient(case)
        }
    }

    /// A grant that takes another's place leaves this document out.
    fn leave(&mut self, case: &Case<'_>) -> Result<(), Stop> {
        let Give { replaces, .. } = case.body()?;
        let by = self.remove(&replaces.unwrap_or_default())?.by;
        Ok(require_key(case.event, &by, "grant")?)
    }

    fn remove(&mut self, grant: &str) -> Result<LiveGrant, Refusal> {
        let at = self.grants.iter().position(|live| live.grant == grant);
        let at = at.ok_or_else(|| Refusal::new("no-such-grant").with("grant", grant))?;
        Ok(self.grants.remove(at))
    }

    fn read(&mut self, case: &Case<'_>) -> Result<(), Stop> {
        let Done { by, grant, .. } = case.body()?;
        require_reader(case.context, case.event, &by)?;
        self.require_settled()?;
        if self.live_grant(&grant, &by, case.context.time).is_none() {
            return Err(Refusal::new("no-live-grant")
                .with("member", by)
                .with("grant", grant)
                .into());
        }
        self.reads += 1;
        Ok(())
    }

    /// Always allowed to a hospital, never hidden, and not stopped by a denial: so one reading stands for all that a hospital reads within a day, until it
    /// is reviewed. Else whoever stole a hospital's key writes so much into each document's log that nobody can replay it any more.
    fn emergency(&mut self, case: &Case<'_>) -> Result<(), Stop> {
        let Emergency { by, .. } = case.body()?;
        case.context.require_signed(case.event, &by, "hospital")?;
        if self.status == Status::Erased {
            return Err(Refusal::new("erased").into());
        }
        let at = case.context.time;
        let unreviewed = self.unreviewed.get_or_insert_default();
        unreviewed.retain(|one| one.at > at.saturating_sub(EMERGENCY));
        if let Some(one) = unreviewed.iter().find(|one| one.by == by) {
            let refusal = Refusal::new("record-exists");
            let record = format_args!("{}/{}", super::read::NAME, one.read);
            return Err(refusal.with("record", record).into());
        }
        let read = case.event.payload().subject.id().into();
        unreviewed.push(Unreviewed { at, by, read });
        self.emergencies += 1;
        self.open_reviews += 1;
        Ok(())
    }

    /// Whether a member may review is for the read's own record to judge: it knows who read. Whose keys are the patient's and the guardian's today is
    /// known here.
    fn review(&mut self, case: &Case<'_>) -> Result<(), Stop> {
        if case.body::<Review>()?.by.is_none() {
            self.require_patient(case)?;
            self.require_settled()?;
        }
        self.open_reviews = self
            .open_reviews
            .checked_sub(1)
            .ok_or_else(|| Refusal::new("nothing-to-review"))?;
        let read = case.event.payload().subject.id();
        let waiting = self.unreviewed.iter_mut();
        waiting.for_each(|waiting| waiting.retain(|one| one.read != read));
        Ok(())
    }
}
