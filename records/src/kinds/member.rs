//! Members of the consortium and of its systems: name, organisation, roles, keys and their history.

use super::consortium;
use crate::{
    canonical::Value,
    event::{Event, nanoseconds, optional_nanoseconds},
    keys::PublicKey,
    refusal::{Refusal, Stop},
    registry::{Case, EventType, Kind, SUBJECT, updated},
};
use serde::{Deserialize, Serialize};

/// Kind name.
pub const NAME: &str = "member";
/// Keys that a member's record keeps, the past ones included.
const MAX_KEYS: usize = 64;

/// The kind.
pub static KIND: Kind = Kind {
    name: NAME,
    events: &[
        EventType::alone("member.admit"),
        EventType::alone("member.rekey"),
    ],
    apply,
};

/// State of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Id; the record's own.
    pub id: String,
    /// Name, Chinese.
    pub name: String,
    /// Name, English.
    pub name_en: String,
    /// Organisation: two members of one organisation count as one where two are asked for.
    pub org: String,
    /// Roles, e.g. `tax-bureau`, `issuer`, `hospital`.
    pub roles: Vec<String>,
    /// Keys, oldest first.
    pub keys: Vec<Key>,
    /// X-Wing public key to seal documents for this member, base64.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub seal_key: String,
}

/// A member's key, and the block times from and until which it counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// The key.
    pub key: PublicKey,
    /// Since when, Unix nanoseconds.
    #[serde(with = "nanoseconds")]
    pub from: i64,
    /// Until when; absent while it is live.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "optional_nanoseconds"
    )]
    pub until: Option<i64>,
}

impl Member {
    /// Whether the member holds this role.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|held| held == role)
    }

    /// Whether one of its live keys signed.
    pub fn signed(&self, event: &Event) -> bool {
        self.keys
            .iter()
            .any(|key| key.until.is_none() && event.is_signed_by(&key.key))
    }

    /// Whether a key is or was this member's.
    pub fn owns(&self, key: &PublicKey) -> bool {
        self.keys.iter().any(|owned| owned.key == *key)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rekey {
    add: Vec<PublicKey>,
    end: Vec<PublicKey>,
}

fn apply(case: &Case<'_>) -> Result<Value, Stop> {
    match case.what() {
        ("consortium.found", "founder") => {
            case.require_new()?;
            let mut founders = consortium::founding(case)?
                .members
                .into_iter()
                .map(|founder| founder.member);
            let own = founders.find(|member| member.id == case.record.id());
            updated(&checked(
                own.ok_or_else(|| Refusal::new("unknown-member"))?,
            )?)
        }
        ("member.admit", SUBJECT) => {
            case.require_new()?;
            case.context.require_quorum(case.event)?;
            let member: Member = case.body()?;
            if member.id != case.record.id() {
                return Err(Refusal::new("other-member")
                    .with("member", &member.id)
                    .into());
            }
            updated(&checked(member)?)
        }
        ("member.rekey", SUBJECT) => rekey(case),
        _ => Err(case.unexpected()),
    }
}

fn checked(member: Member) -> Result<Member, Stop> {
    if member.keys.is_empty()
        || member.keys.len() > MAX_KEYS
        || member.name.is_empty()
        || member.org.is_empty()
    {
        return Err(Refusal::new("incomplete-member").into());
    }
    Ok(member)
}

/// A member replaces its keys itself, signed with a live one; ended keys stay in the history.
fn rekey(case: &Case<'_>) -> Result<Value, Stop> {
    let mut member: Member = case.existing()?;
    if !member.signed(case.event) {
        return Err(Refusal::new("not-signed-by-member")
            .with("member", &member.id)
            .into());
    }
    let body: Rekey = case.body()?;
    for key in &mut member.keys {
        if key.until.is_none() && body.end.contains(&key.key) {
            key.until = Some(case.context.time);
        }
    }
    for key in body.add {
        if member.owns(&key) {
            return Err(Refusal::new("key-known").with("key", key).into());
        }
        member.keys.push(Key {
            key,
            from: case.context.time,
            until: None,
        });
    }
    if member.keys.iter().all(|key| key.until.is_some()) {
        return Err(Refusal::new("no-live-key").into());
    }
    updated(&checked(member)?)
}
