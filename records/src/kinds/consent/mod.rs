//! Consent to the reading of medical records: documents, grants and reads.
//!
//! A document knows its patient's key and the grants that live on it, so that a read proves its grant to the document itself. Each document and each
//! grant has a key of its own, derived by the patient, so that nobody can link them. (个人信息保护法 28–30; HL7 FHIR Consent for the vocabulary.)

pub mod document;
pub mod grant;
pub mod read;
mod recovery;

use crate::{
    context::Context,
    digest::Digest,
    envelope::MAX_SIGNATURES,
    event::Event,
    fields::Schema,
    keys::PublicKey,
    refusal::{Refusal, Stop},
    registry::{Touch, join},
    shape::nanoseconds,
};

/// Fields that a document commits to; the values stay with hospital, patient and readers.
pub const DOCUMENT_FIELDS: Schema = Schema {
    name: "document/1",
    fields: &[
        "class",
        "title",
        "department",
        "date",
        "patient_name",
        "author",
    ],
};
/// Fields that a grant commits to.
pub const GRANT_FIELDS: Schema = Schema {
    name: "grant/1",
    fields: &["purpose", "scope", "note"],
};
/// Fields that a reading in emergency commits to; the opening is the hospital's to hand to the patient and the reviewer.
pub const READ_FIELDS: Schema = Schema {
    name: "read/1",
    fields: &["reason"],
};
/// Most documents in one event: each has a key of its own that signs, the grant has one more, and one envelope takes so many signatures.
pub const MAX_DOCUMENTS: usize = MAX_SIGNATURES - 1;
/// Roles that may be granted a reading.
pub const READERS: [&str; 3] = ["hospital", "doctor", "company"];

/// Body of `grant.give`.
#[derive(Clone, Debug)]
pub struct Give {
    /// The grant's own key, derived by the patient or guardian.
    pub by: PublicKey,
    /// Documents that may be read.
    pub documents: Vec<String>,
    /// Documents of the replaced grant that this one leaves out; absent where it leaves out none.
    pub left: Option<Vec<String>>,
    /// The grant that this one takes the place of.
    pub replaces: Option<String>,
    /// Commitment to [`GRANT_FIELDS`], hex.
    pub root: String,
    /// Hash of the blob that holds the content keys sealed to the reader, hex.
    pub sealed: Option<String>,
    /// Member who may read.
    pub to: String,
    /// Block time until which it may be read, Unix nanoseconds.
    pub until: i64,
}

crate::shape!(Give {
    by,
    documents,
    left,
    replaces,
    root,
    sealed,
    to,
    until: nanoseconds
});

/// Body of `grant.revoke`.
#[derive(Clone, Debug)]
pub struct Revoke {
    /// Documents of the grant that are read under it no more.
    pub documents: Vec<String>,
}

crate::shape!(Revoke { documents });

/// Body of `read.done`.
#[derive(Clone, Debug)]
pub struct Done {
    /// The reader.
    pub by: String,
    /// The document read.
    pub document: String,
    /// The live grant on which the reading rests.
    pub grant: String,
}

crate::shape!(Done {
    by,
    document,
    grant
});

/// Body of `read.emergency`.
#[derive(Clone, Debug)]
pub struct Emergency {
    /// The hospital that broke the glass.
    pub by: String,
    /// The document read.
    pub document: String,
    /// Commitment to [`READ_FIELDS`]. The chain tells the reason to nobody; the hospital hands the opening to the patient.
    pub root: Digest,
}

crate::shape!(Emergency { by, document, root });

/// Body of `read.review`.
#[derive(Clone, Debug)]
pub struct Review {
    /// The reviewing member; absent where the patient or the guardian reviews.
    pub by: Option<String>,
    /// The document that was read.
    pub document: String,
    /// What was found.
    pub finding: Finding,
}

crate::shape!(Review {
    by,
    document,
    finding
});

/// What a review of an emergency reading found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// There was an emergency.
    Justified,
    /// There was none.
    Unjustified,
}

crate::names!(Finding { Justified "justified", Unjustified "unjustified" });

fn join_documents(documents: &[String], role: &'static str) -> Result<Vec<Touch>, Refusal> {
    if documents.len() > MAX_DOCUMENTS {
        return Err(Refusal::new("too-many-documents").with("limit", MAX_DOCUMENTS));
    }
    documents
        .iter()
        .map(|id| join(document::NAME, id, role))
        .collect()
}

/// Requires a signature of the member who reads, whatever its role.
fn require_reader(context: &Context<'_>, event: &Event, member: &str) -> Result<(), Stop> {
    let member = context.member(member)?;
    if member.signed(event) {
        Ok(())
    } else {
        Err(Refusal::new("not-signed-by-member")
            .with("member", &member.id)
            .into())
    }
}

fn require_hash(text: &str) -> Result<(), Refusal> {
    crate::hash::parse_hash(text)
        .map(drop)
        .ok_or_else(|| Refusal::new("malformed-body").because("not a hash"))
}
