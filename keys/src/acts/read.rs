//! Readings, and their reviews.

use super::{commit, data, name, new_id};
use crate::{Identity, Known, Role, Unsigned, random::Stream, sign::Draft};
use records::{
    Digest, Ground, canonical,
    kinds::consent::{
        Done, Emergency, Finding, READ_FIELDS, Review, document::Document, read::Read,
    },
};

/// `read.done`: a reader reads under a grant.
pub fn done(
    who: &Identity,
    document: &str,
    grant: &str,
    random: &mut Stream,
) -> Result<Draft, Unsigned> {
    let body = canonical::to_value(&Done {
        by: who.member.clone(),
        document: document.into(),
        grant: grant.into(),
    })?;
    let subject = name("read", &new_id(random))?;
    Ok(Draft::new("read.done", subject, body, vec![who.key()]))
}

/// `read.emergency`: a hospital reads without a grant. The reason is committed to, and its opening noted: the hospital hands it to the patient.
pub fn emergency(
    who: &mut Identity,
    document: &str,
    reason: &str,
    ground: &Ground,
    random: &mut Stream,
) -> Result<Draft, Unsigned> {
    data::<Document>(ground, &name("document", document)?)?;
    let id = new_id(random);
    let (root, opening) = commit(&READ_FIELDS, &[reason], random)?;
    let body = canonical::to_value(&Emergency {
        by: who.member.clone(),
        document: document.into(),
        root: Digest(root),
    })?;
    let subject = name("read", &id)?;
    // Known before it is sent: whatever becomes of the answer, the patient can be told why.
    who.reads.push(Known { id, opening });
    Ok(Draft::new("read.emergency", subject, body, vec![who.key()]))
}

/// `read.review`: a patient, or a reviewer, judges an emergency reading.
pub fn review(
    who: &Identity,
    read: &str,
    justified: bool,
    ground: &Ground,
) -> Result<Draft, Unsigned> {
    let subject = name("read", read)?;
    let Read { document, .. } = data(ground, &subject)?;
    let (by, key) = match who.role {
        Role::Member => (Some(who.member.clone()), who.key()),
        _ => (None, who.document_key(&document)),
    };
    let finding = if justified {
        Finding::Justified
    } else {
        Finding::Unjustified
    };
    let body = canonical::to_value(&Review {
        by,
        document,
        finding,
    })?;
    Ok(Draft::new("read.review", subject, body, vec![key]))
}
