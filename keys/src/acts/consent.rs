//! A patient's acts: grants, revocations, denials, and answers to what others did to a document.

use super::{commit, data, name, named, new_id};
use crate::{Identity, Known, Unsigned, random::Stream, sealed, sign::Draft};
use records::{
    Digest, Ground, SecretKey,
    canonical::{self, Map, Value},
    hash::sha256,
    kinds::{
        consent::{GRANT_FIELDS, Give, Revoke, document::Deny, grant::Grant},
        member::Member,
    },
};

/// What a patient grants.
pub struct Terms<'a> {
    /// Documents concerned.
    pub documents: &'a [String],
    /// The reader's member id.
    pub to: &'a str,
    /// Purpose; a committed field.
    pub purpose: &'a str,
    /// Block time until which the reader may read, Unix nanoseconds.
    pub until: i64,
    /// A note to the reader; a committed field.
    pub note: &'a str,
}

/// `grant.give`: a patient permits a reader to read, and gives copies where the reader has a sealing key. The grant and its opening are noted in the identity.
pub fn give(
    who: &mut Identity,
    terms: &Terms<'_>,
    ground: &Ground,
    random: &mut Stream,
) -> Result<Draft, Unsigned> {
    let reader: Member = data(ground, &name("member", terms.to)?)?;
    let blob = match reader.seal_key.as_str() {
        "" => None,
        key => {
            let documents = named("document", terms.documents)?;
            Some(sealed::copies(who, &documents, key, ground, random)?)
        }
    };
    let id = new_id(random);
    let subject = name("grant", &id)?;
    let scope = terms.documents.len().to_string();
    let values = [terms.purpose, scope.as_str(), terms.note];
    let (root, opening) = commit(&GRANT_FIELDS, &values, random)?;
    let key = who.grant_key(&id);
    let body = canonical::to_value(&Give {
        by: key.public(),
        documents: terms.documents.to_vec(),
        left: None,
        replaces: None,
        root: Digest(root).to_string(),
        sealed: blob.as_ref().map(|blob| hex::encode(sha256(&[blob]))),
        to: terms.to.into(),
        until: terms.until,
    })?;
    let mut keys = document_keys(who, terms.documents);
    keys.push(key);
    // Known before it is sent: whatever becomes of the answer, the grant can be revoked.
    who.grants.push(Known { id, opening });
    Ok(Draft {
        blob,
        ..Draft::new("grant.give", subject, body, keys)
    })
}

fn document_keys(who: &Identity, documents: &[String]) -> Vec<SecretKey> {
    documents.iter().map(|id| who.document_key(id)).collect()
}

/// `grant.revoke`: a patient takes a grant back; one that an earlier, lost key gave, as the patient of its documents; one that a thief gave, who put another's
/// beside them, as far as they are known to be the patient's own.
pub fn revoke(who: &Identity, grant: &str, ground: &Ground) -> Result<Draft, Unsigned> {
    let subject = name("grant", grant)?;
    let Grant {
        by, mut documents, ..
    } = data(ground, &subject)?;
    let key = who.grant_key(grant);
    let keys = if key.public() == by {
        vec![key]
    } else {
        let is_own = |id: &String| who.documents.iter().any(|known| known.id == *id);
        if documents.iter().any(is_own) {
            documents.retain(is_own);
        }
        document_keys(who, &documents)
    };
    let body = canonical::to_value(&Revoke { documents })?;
    Ok(Draft::new("grant.revoke", subject, body, keys))
}

/// `document.deny` and `document.allow`: a patient denies documents to a member whatever is granted, or lifts that.
pub fn deny(
    who: &Identity,
    documents: &[String],
    member: &str,
    denied: bool,
) -> Result<Draft, Unsigned> {
    let (first, others) = documents
        .split_first()
        .ok_or_else(|| Unsigned::new("no-documents"))?;
    let body = canonical::to_value(&Deny {
        documents: others.to_vec(),
        member: member.into(),
    })?;
    let event_type = if denied {
        "document.deny"
    } else {
        "document.allow"
    };
    let keys = document_keys(who, documents);
    Ok(Draft::new(event_type, name("document", first)?, body, keys))
}

/// `document.confirm`, `document.reject` and `document.veto`: a patient answers what was done to a document, with a word that says it all.
pub fn answer(who: &Identity, document: &str, event_type: &'static str) -> Result<Draft, Unsigned> {
    let (subject, body) = (name("document", document)?, Value::Object(Map::new()));
    let keys = vec![who.document_key(document)];
    Ok(Draft::new(event_type, subject, body, keys))
}
