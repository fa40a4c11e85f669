//! Members of the consortium and of its systems: name, organisation, roles, keys and their history.

use super::consortium;
use crate::{
    canonical::Value,
    context::require_key,
    event::Event,
    keys::PublicKey,
    refusal::{Refusal, Stop},
    registry::{Case, EventType, Kind, SUBJECT, updated},
    shape::{nanoseconds, optional_nanoseconds, text_or_empty},
    text::is_plain,
};

/// Kind name.
pub const NAME: &str = "member";
/// Keys that a member's record keeps, the past ones included.
pub const MAX_KEYS: usize = 64;
/// Longest text of a sealing key: an X-Wing public key has 1216 bytes.
const MAX_SEAL_KEY: usize = 1216_usize.div_ceil(3) * 4;

/// The kind.
pub static KIND: Kind = Kind {
    name: NAME,
    events: &[
        EventType::alone("member.admit"),
        EventType::alone("member.rekey"),
        EventType::alone("member.leave"),
    ],
    apply,
};

/// State of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Id; the record's own.
    pub id: String,
    /// Name, Chinese.
    pub name: String,
    /// Name, English.
    pub name_en: String,
    /// Organisation: two members of one organisation count as one where two are asked for. A company's is its credit code (统一社会信用代码), by
    /// which invoices name their buyer.
    pub org: String,
    /// Roles, e.g. `tax-bureau`, `issuer`, `hospital`.
    pub roles: Vec<String>,
    /// Keys, oldest first.
    pub keys: Vec<Key>,
    /// X-Wing public key to seal documents for this member, base64.
    pub seal_key: String,
}

crate::shape!(Member {
    id,
    name,
    name_en,
    org,
    roles,
    keys,
    seal_key: text_or_empty
});

/// A member's key, and the block times from and until which it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub key: PublicKey,
    /// Since when, Unix nanoseconds.
    pub from: i64,
    /// Until when; absent while it is live.
    pub until: Option<i64>,
}

crate::shape!(Key {
    key,
    from: nanoseconds,
    until: optional_nanoseconds
});

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

    /// A key counts from now on: a new one, whose holder signed that it is theirs. Else whoever has one key of a member could put anybody's into its record.
    fn add(&mut self, case: &Case<'_>, key: PublicKey) -> Result<(), Refusal> {
        if self.owns(&key) {
            return Err(Refusal::new("key-known").with("key", key));
        }
        require_key(case.event, &key, "new")?;
        self.keys.push(Key {
            key,
            from: case.context.time,
            until: None,
        });
        Ok(())
    }

    fn end_all(&mut self, time: i64) {
        for key in &mut self.keys {
            key.until = key.until.or(Some(time));
        }
    }

    fn require_live(&self) -> Result<(), Refusal> {
        match self.keys.iter().all(|key| key.until.is_some()) {
            true => Err(Refusal::new("no-live-key")),
            false => Ok(()),
        }
    }

    /// Forgets ended keys until half of the places are free: the youngest first, for what the member signed with before a theft are the oldest.
    fn forget_youngest(&mut self) {
        while self.keys.len() > MAX_KEYS / 2
            && let Some(at) = self.keys.iter().rposition(|key| key.until.is_some())
        {
            self.keys.remove(at);
        }
    }
}

/// Body of `member.rekey`, signed with a live key, and with each that is added.
pub struct Rekey {
    /// Keys that count from now on.
    pub add: Vec<PublicKey>,
    /// Keys that count no longer.
    pub end: Vec<PublicKey>,
    /// The key to which documents are sealed from now on, as [`Member::seal_key`]; absent where that stays, as it does where no key is added.
    pub seal_key: Option<String>,
}

crate::shape!(Rekey { add, end, seal_key });

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
        (consortium::REKEY, "rekeyed") => rekeyed(case),
        ("member.leave", SUBJECT) => leave(case),
        _ => Err(case.unexpected()),
    }
}

fn checked(member: Member) -> Result<Member, Stop> {
    let plain = [&member.name, &member.org]
        .into_iter()
        .chain(&member.roles)
        .all(|text| is_plain(text));
    if !plain
        || member.keys.is_empty()
        || member.keys.len() > MAX_KEYS
        || !(member.name_en.is_empty() || is_plain(&member.name_en))
        || member.seal_key.len() > MAX_SEAL_KEY
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
    let Rekey { add, end, seal_key } = case.body()?;
    let time = case.context.time;
    // A record has room for so many keys: so many events are in a log that everybody reads who wants to know who signed something.
    if seal_key.is_some() && add.is_empty() {
        return Err(Refusal::new("malformed-body")
            .because("seal_key alone")
            .into());
    }
    for key in &mut member.keys {
        if key.until.is_none() && end.contains(&key.key) {
            key.until = Some(time);
        }
    }
    for key in add {
        member.add(case, key)?;
    }
    member.require_live()?;
    member.seal_key = seal_key.unwrap_or(member.seal_key);
    updated(&checked(member)?)
}

/// The consortium ends them all, for one that only the member has. Whoever stole a key can have filled the list: there is room again afterwards.
fn rekeyed(case: &Case<'_>) -> Result<Value, Stop> {
    let mut member: Member = case.existing()?;
    case.context.require_quorum(case.event)?;
    let consortium::Rekey { key, .. } = case.body()?;
    member.end_all(case.context.time);
    member.forget_youngest();
    member.add(case, key)?;
    // Whoever has the old keys opens what is sealed to it, or had it replaced by one of their own: the member names another.
    member.seal_key.clear();
    updated(&checked(member)?)
}

/// The consortium lets a member go that holds no seat any more: its keys end, what it wrote stays.
fn leave(case: &Case<'_>) -> Result<Value, Stop> {
    let mut member: Member = case.existing()?;
    case.context.require_quorum(case.event)?;
    if case.context.consortium()?.seat(&member.id).is_some() {
        return Err(Refusal::new("still-seated")
            .with("member", &member.id)
            .into());
    }
    member.end_all(case.context.time);
    updated(&member)
}
