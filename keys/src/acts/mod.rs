//! What people do: each act is one signed event about one record, built on states that are proven first.

mod ballot;
mod consent;
mod read;
mod recovery;

use crate::{Action, Identity, Role, Unsigned, random::Stream, sign::Draft};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use records::{
    Ground, Hash, RecordName, canonical,
    fields::Schema,
    kinds::{consent::MAX_DOCUMENTS, room},
    shape::Shape,
};

/// What must be proven before an action can be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needs {
    /// The records.
    pub records: Vec<RecordName>,
    /// Whether the blobs are needed that their states name.
    pub blobs: bool,
}

impl Needs {
    fn states(records: impl Into<Vec<RecordName>>) -> Self {
        Self {
            records: records.into(),
            blobs: false,
        }
    }

    fn with_blobs(self) -> Self {
        Self {
            blobs: true,
            ..self
        }
    }
}

/// Says what must be proven; refuses what this identity cannot sign whatever is proven.
pub fn needs(who: &Identity, action: &Action) -> Result<Needs, Unsigned> {
    if !who.exported {
        return Err(Unsigned::new("not-exported"));
    }
    match action {
        Action::Cast { vote, .. } | Action::Name { vote, .. } => {
            require(who, Role::Owner)?;
            Ok(Needs::states([ballot::subject(who, vote)?]))
        }
        Action::Give { documents, to, .. } => {
            require(who, Role::Patient)?;
            require_few(documents, MAX_DOCUMENTS)?;
            let mut records = named("document", documents)?;
            records.push(name("member", to)?);
            Ok(Needs::states(records).with_blobs())
        }
        Action::Revoke { grant } => {
            require(who, Role::Patient)?;
            Ok(Needs::states([name("grant", grant)?]))
        }
        Action::Deny { documents, .. } | Action::Allow { documents, .. } => {
            require(who, Role::Patient)?;
            // The first is the subject, and counts apart.
            require_few(documents, MAX_DOCUMENTS + 1)?;
            let first = documents.first();
            let first = first.ok_or_else(|| Unsigned::new("no-documents"))?;
            Ok(Needs::states([name("document", first)?]))
        }
        Action::Confirm { document } | Action::Reject { document } => {
            require(who, Role::Patient)?;
            Ok(Needs::states([name("document", document)?]))
        }
        Action::Veto { kind, id } => {
            require(who, defender(kind)?)?;
            Ok(Needs::states([name(kind, id)?]))
        }
        Action::Recover { document, by, .. } => {
            let mut records = named("member", by)?;
            records.push(name("document", document)?);
            Ok(Needs::states(records))
        }
        Action::Read { grant, .. } => {
            require(who, Role::Member)?;
            Ok(Needs::states([name("grant", grant)?]).with_blobs())
        }
        Action::Emergency { document, .. } => {
            require(who, Role::Member)?;
            Ok(Needs::states([name("document", document)?]))
        }
        Action::Review { read, .. } => Ok(Needs::states([name("read", read)?])),
    }
}

/// The event, from what is proven. A grant and its opening are noted in the identity.
pub(crate) fn draft(
    who: &mut Identity,
    action: &Action,
    ground: &Ground,
    random: &mut Stream,
) -> Result<Draft, Unsigned> {
    let Needs { records, .. } = needs(who, action)?;
    if !records.iter().all(|name| ground.records.contains_key(name)) {
        return Err(Unsigned::new("proof-not-given"));
    }
    match action {
        Action::Cast { vote, choice } => ballot::cast(who, vote, choice, ground),
        Action::Name { vote, named, begun } => ballot::name_one(who, vote, (named, begun), ground),
        Action::Give {
            documents,
            to,
            purpose,
            until,
            note,
        } => {
            let terms = consent::Terms {
                documents,
                to,
                purpose,
                until: until.parse().map_err(|_| Unsigned::new("malformed-time"))?,
                note,
            };
            consent::give(who, &terms, ground, random)
        }
        Action::Revoke { grant } => consent::revoke(who, grant, ground),
        Action::Deny { documents, member } => consent::deny(who, documents, member, true),
        Action::Allow { documents, member } => consent::deny(who, documents, member, false),
        Action::Confirm { document } => consent::answer(who, document, "document.confirm"),
        Action::Reject { document } => consent::answer(who, document, "document.reject"),
        Action::Veto { id, .. } if who.role == Role::Owner => ballot::veto(who, id, ground),
        Action::Veto { id, .. } => consent::answer(who, id, "document.veto"),
        Action::Recover {
            document,
            lost,
            by,
            key,
            begun,
        } => recovery::recover(who, (document, lost), by, (key, begun), ground),
        Action::Read { document, grant } => read::done(who, document, grant, random),
        Action::Emergency { document, reason } => {
            read::emergency(who, document, reason, ground, random)
        }
        Action::Review { read, justified } => read::review(who, read, *justified, ground),
    }
}

fn require(who: &Identity, role: Role) -> Result<(), Unsigned> {
    if who.role == role {
        Ok(())
    } else {
        Err(Unsigned::new("other-role"))
    }
}

/// Who may object to a key's replacement in a record of this kind.
fn defender(kind: &str) -> Result<Role, Unsigned> {
    match kind {
        "document" => Ok(Role::Patient),
        room::NAME => Ok(Role::Owner),
        _ => Err(Unsigned::new("not-a-record-name")),
    }
}

/// Each document's key signs: more than an envelope takes could never be written, and would stand in the way of what can.
fn require_few(documents: &[String], limit: usize) -> Result<(), Unsigned> {
    if documents.len() <= limit {
        return Ok(());
    }
    Err(Unsigned {
        reason: "too-many-documents",
        facts: [("limit".into(), limit.to_string())].into_iter().collect(),
    })
}

fn name(kind: &str, id: &str) -> Result<RecordName, Unsigned> {
    RecordName::new(kind, id).ok_or_else(|| Unsigned::new("not-a-record-name"))
}

fn named(kind: &str, ids: &[String]) -> Result<Vec<RecordName>, Unsigned> {
    ids.iter().map(|id| name(kind, id)).collect()
}

/// A record's proven data; none where it is proven absent.
fn find<T: Shape>(ground: &Ground, name: &RecordName) -> Result<Option<T>, Unsigned> {
    let state = ground.state(name);
    let data = state.map(|state| canonical::from_value(&state.data));
    Ok(data.transpose()?)
}

/// A record's proven data; the act has nothing to rest on without it.
fn data<T: Shape>(ground: &Ground, name: &RecordName) -> Result<T, Unsigned> {
    find(ground, name)?.ok_or_else(|| Unsigned::new("record-absent"))
}

/// 16 random bytes in hex: nothing links one id to another.
fn new_id(random: &mut Stream) -> String {
    let mut id = hex::encode(random.block());
    id.truncate(32);
    id
}

/// Commitment to a record's fields, and their opening in base64url.
fn commit(
    schema: &Schema,
    values: &[&str],
    random: &mut Stream,
) -> Result<(Hash, String), Unsigned> {
    let [seed @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = random.block();
    let bad = |_| Unsigned::new("note-too-long");
    let root = schema.commit(&seed, values).map_err(bad)?;
    let opening = schema.open_all(&seed, values).map_err(bad)?;
    Ok((root, BASE64_URL_SAFE_NO_PAD.encode(opening)))
}
