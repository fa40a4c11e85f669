//! What people do: each act is one signed event about one record, built on states that are proven first.

use crate::{
    host::Host,
    identity::{Identity, Known, Role},
    sending::{Draft, Unsent, Written},
    verifier::Verifier,
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use records::{
    Digest, RecordName, SecretKey,
    canonical::{self, Value},
    hash::sha256,
    kinds::{
        ballot::{self, Ballot, Cast, Seat},
        consent::{
            Done, Emergency, Finding, GRANT_FIELDS, Give, Review, Revoke,
            document::{Deny, Document},
            grant::Grant,
            read::Read,
        },
        member::Member,
        vote::{Choice, Rank},
    },
};

fn name(kind: &str, id: &str) -> Result<RecordName, Unsent> {
    RecordName::new(kind, id).ok_or_else(|| Unsent::new("not-a-record-name"))
}

fn found<T>(found: Option<T>) -> Result<T, Unsent> {
    found.ok_or_else(|| Unsent::new("record-absent"))
}

/// Signing begins only once the file is kept.
fn require(who: &Identity, role: Role) -> Result<(), Unsent> {
    if !who.exported {
        Err(Unsent::new("not-exported"))
    } else if who.role != role {
        Err(Unsent::new("other-role"))
    } else {
        Ok(())
    }
}

/// 16 random bytes in hex: nothing links one id to another.
fn new_id<H: Host>(host: &H) -> String {
    let mut id = hex::encode(host.random());
    id.truncate(32);
    id
}

/// An owner's seat on a vote's roster.
pub fn seat<'a>(who: &'a Identity, vote: &str) -> Result<&'a Seat, Unsent> {
    who.ballots
        .iter()
        .find(|seat| seat.vote == vote)
        .ok_or_else(|| Unsent::new("not-in-roster"))
}

/// `ballot.cast`: an owner votes. A ballot that stands already is named and replaced.
pub async fn cast<H: Host>(
    verifier: &mut Verifier,
    host: &H,
    who: &Identity,
    vote: &str,
    choice: &str,
) -> Result<Written, Unsent> {
    require(who, Role::Owner)?;
    let seat = seat(who, vote)?.clone();
    let choice: Choice = canonical::from_value(&Value::String(choice.into()))?;
    let subject = name(ballot::NAME, &ballot::id(vote, seat.index))?;
    let before: Option<Ballot> = verifier.data(host, &subject).await?;
    let body = canonical::to_value(&Cast {
        by: None,
        choice,
        rank: Rank::Owner,
        replaces: before.and_then(|ballot| ballot.stands),
        seat,
    })?;
    let draft = Draft {
        event_type: "ballot.cast",
        subject,
        body,
        keys: Vec::from([who.key()]),
    };
    verifier.send(host, draft).await
}

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

/// `grant.give`: a patient permits a reader to read. The grant and its opening are noted in the identity.
pub async fn give<H: Host>(
    verifier: &mut Verifier,
    host: &H,
    who: &mut Identity,
    terms: Terms<'_>,
) -> Result<Written, Unsent> {
    require(who, Role::Patient)?;
    let reader: Member = found(verifier.data(host, &name("member", terms.to)?).await?)?;
    let sealed = sealed_copies(verifier, host, who, terms.documents, &reader).await?;
    let id = new_id(host);
    let [seed @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = host.random();
    let scope = terms.documents.len().to_string();
    let values = [terms.purpose, scope.as_str(), terms.note];
    let bad = |_| Unsent::new("note-too-long");
    let root = GRANT_FIELDS.commit(&seed, &values).map_err(bad)?;
    let opening = GRANT_FIELDS.open_all(&seed, &values).map_err(bad)?;
    let key = who.grant_key(&id);
    let mut keys: Vec<SecretKey> = terms
        .documents
        .iter()
        .map(|id| who.document_key(id))
        .collect();
    let body = canonical::to_value(&Give {
        by: key.public(),
        documents: terms.documents.to_vec(),
        replaces: None,
        root: Digest(root).to_string(),
        sealed: sealed.map(hex::encode),
        to: terms.to.into(),
        until: terms.until,
    })?;
    keys.push(key);
    // Known before it is sent: whatever becomes of the answer, the grant can be revoked.
    who.grants.push(Known {
        id: id.clone(),
        opening: BASE64_URL_SAFE_NO_PAD.encode(opening),
    });
    let draft = Draft {
        event_type: "grant.give",
        subject: name("grant", &id)?,
        body,
        keys,
    };
    verifier.send(host, draft).await
}

/// `grant.revoke`: a patient takes a grant back.
pub async fn revoke<H: Host>(
    verifier: &mut Verifier,
    host: &H,
    who: &Identity,
    grant: &str,
) -> Result<Written, Unsent> {
    require(who, Role::Patient)?;
    let subject = name("grant", grant)?;
    let state: Grant = found(verifier.data(host, &subject).await?)?;
    let body = canonical::to_value(&Revoke {
        documents: state.documents,
    })?;
    let keys = Vec::from([who.grant_key(grant)]);
    let draft = Draft {
        event_type: "grant.revoke",
        subject,
        body,
        keys,
    };
    verifier.send(host, draft).await
}

/// `document.deny` and `document.allow`: a patient denies documents to a member whatever is granted, or lifts that.
pub async fn deny<H: Host>(
    verifier: &mut Verifier,
    host: &H,
    who: &Identity,
    documents: &[String],
    member: &str,
    denied: bool,
) -> Result<Written, Unsent> {
    require(who, Role::Patient)?;
    let (first, others) = documents
        .split_first()
        .ok_or_else(|| Unsent::new("no-documents"))?;
    let body = canonical::to_value(&Deny {
        documents: others.to_vec(),
        member: member.into(),
    })?;
    let draft = Draft {
        event_type: if denied {
            "document.deny"
        } else {
            "document.allow"
        },
        subject: name("document", first)?,
        body,
        keys: documents.iter().map(|id| who.document_key(id)).collect(),
    };
    verifier.send(host, draft).await
}

/// `document.confirm` and `document.reject`: a patient judges what a hospital proposed.
pub async fn confirm<H: Host>(
    verifier: &mut Verifier,
    host: &H,
    who: &Identity,
    document: &str,
    confirmed: bool,
) -> Result<Written, Unsent> {
    require(who, Role::Patient)?;
    let draft = Draft {
        event_type: if confirmed {
            "document.confirm"
        } else {
            "document.reject"
        },
        subject: name("document", document)?,
        body: Value::Object(canonical::Map::new()),
        keys: Vec::from([who.document_key(document)]),
    };
    verifier.send(host, draft).await
}

/// `read.done`: a reader reads under a grant.
pub async fn read<H: Host>(
    verifier: &mut Verifier,
    host: &H,
    who: &Identity,
    document: &str,
    grant: &str,
) -> Result<Written, Unsent> {
    require(who, Role::Member)?;
    let body = canonical::to_value(&Done {
        by: who.member.clone(),
        document: document.into(),
        grant: grant.into(),
    })?;
    let draft = Draft {
        event_type: "read.done",
        subject: name("read", &new_id(host))?,
        body,
        keys: Vec::from([who.key()]),
    };
    verifier.send(host, draft).await
}

/// `read.emergency`: a hospital reads without a grant. The reason is committed to, with a salt, and told to nobody.
pub async fn emergency<H: Host>(
    verifier: &mut Verifier,
    host: &H,
    who: &Identity,
    document: &str,
    reason: &str,
) -> Result<Written, Unsent> {
    require(who, Role::Member)?;
    let state: Document = found(verifier.data(host, &name("document", document)?).await?)?;
    let body = canonical::to_value(&Emergency {
        by: who.member.clone(),
        document: document.into(),
        patient: state.patient,
        reason: hex::encode(sha256(&[&host.random(), reason.as_bytes()])),
    })?;
    let draft = Draft {
        event_type: "read.emergency",
        subject: name("read", &new_id(host))?,
        body,
        keys: Vec::from([who.key()]),
    };
    verifier.send(host, draft).await
}

/// `read.review`: a patient, or a reviewer, judges an emergency reading.
pub async fn review<H: Host>(
    verifier: &mut Verifier,
    host: &H,
    who: &Identity,
    read: &str,
    justified: bool,
) -> Result<Written, Unsent> {
    require(who, who.role)?;
    let subject = name("read", read)?;
    let state: Read = found(verifier.data(host, &subject).await?)?;
    let (by, key) = match who.role {
        Role::Member => (Some(who.member.clone()), who.key()),
        _ => (None, who.document_key(&state.document)),
    };
    let finding = if justified {
        Finding::Justified
    } else {
        Finding::Unjustified
    };
    let body = canonical::to_value(&Review {
        by,
        document: state.document,
        finding,
    })?;
    let draft = Draft {
        event_type: "read.review",
        subject,
        body,
        keys: Vec::from([key]),
    };
    verifier.send(host, draft).await
}

/// Copies of the documents' contents, sealed to the reader, as one blob; none where the reader has no sealing key.
#[cfg(feature = "seal")]
async fn sealed_copies<H: Host>(
    verifier: &mut Verifier,
    host: &H,
    who: &Identity,
    documents: &[String],
    reader: &Member,
) -> Result<Option<records::Hash>, Unsent> {
    use base64::prelude::BASE64_STANDARD;
    use records::hash::parse_hash;
    if reader.seal_key.is_empty() {
        return Ok(None);
    }
    let own = records::seal::SealKey::from_seed(&who.seal_seed());
    let mut random = crate::random::Stream::new(host.random());
    let mut copies = canonical::Map::new();
    for id in documents {
        let record = name("document", id)?;
        let document: Document = found(verifier.data(host, &record).await?)?;
        let hash = parse_hash(&document.content).ok_or_else(|| Unsent::new("content-not-given"))?;
        let sealed = verifier.blob(host, &hash).await?;
        let content = own
            .open(&sealed, &record)
            .map_err(|_| Unsent::new("content-not-yours"))?;
        let copy = records::seal::seal(&content, &reader.seal_key, &record, &mut random)
            .map_err(|_| Unsent::new("reader-has-no-key"))?;
        copies.insert(id.clone(), Value::String(BASE64_STANDARD.encode(copy)));
    }
    let blob = canonical::encode_value(&Value::Object(copies))?;
    verifier.keep_blob(host, &blob).await.map(Some)
}

/// Without sealing, a grant carries no copies.
#[cfg(not(feature = "seal"))]
async fn sealed_copies<H: Host>(
    _: &mut Verifier,
    _: &H,
    _: &Identity,
    _: &[String],
    _: &Member,
) -> Result<Option<records::Hash>, Unsent> {
    Ok(None)
}

/// What a reader may now see: the copy that was sealed to it with the grant.
#[cfg(feature = "seal")]
pub async fn content<H: Host>(
    verifier: &mut Verifier,
    host: &H,
    who: &Identity,
    document: &str,
    grant: &str,
) -> Result<String, Unsent> {
    use base64::prelude::BASE64_STANDARD;
    use records::hash::parse_hash;
    let lacking = || Unsent::new("content-not-given");
    let state: Grant = found(verifier.data(host, &name("grant", grant)?).await?)?;
    let hash = state
        .sealed
        .as_deref()
        .and_then(parse_hash)
        .ok_or_else(lacking)?;
    let copies = canonical::decode_value(&verifier.blob(host, &hash).await?)?;
    let copy = copies
        .get(document)
        .and_then(Value::as_str)
        .ok_or_else(lacking)?;
    let copy = BASE64_STANDARD.decode(copy).map_err(|_| lacking())?;
    let own = records::seal::SealKey::from_seed(&who.seal_seed());
    let opened = own.open(&copy, &name("document", document)?);
    let opened = opened.map_err(|_| Unsent::new("content-not-yours"))?;
    String::from_utf8(opened).map_err(|_| lacking())
}
