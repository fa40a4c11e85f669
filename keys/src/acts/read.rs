//! Readings, and their reviews.

use super::{data, name, new_id};
use crate::{Identity, Role, Unsigned, random::Stream, sign::Draft};
use records::{
    Ground, canonical,
    hash::sha256,
    kinds::consent::{Done, Emergency, Finding, Review, document::Document, read::Read},
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
    Ok(Draft {
        event_type: "read.done",
        subject: name("read", &new_id(random))?,
        body,
        keys: vec![who.key()],
        blob: None,
    })
}

/// `read.emergency`: a hospital reads without a grant. The reason is committed to, with a salt, and told to nobody.
pub fn emergency(
    who: &Identity,
    document: &str,
    reason: &str,
    ground: &Ground,
    random: &mut Stream,
) -> Result<Draft, Unsigned> {
    data::<Document>(ground, &name("document", document)?)?;
    let body = canonical::to_value(&Emergency {
        by: who.member.clone(),
        document: document.into(),
        reason: hex::encode(sha256(&[&random.block(), reason.as_bytes()])),
    })?;
    Ok(Draft {
        event_type: "read.emergency",
        subject: name("read", &new_id(random))?,
        body,
        keys: vec![who.key()],
        blob: None,
    })
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
    Ok(Draft {
        event_type: "read.review",
        subject,
        body,
        keys: vec![key],
        blob: None,
    })
}
