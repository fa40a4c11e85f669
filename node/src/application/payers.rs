//! Who pays for an event that is handed in. A member pays for all its keys together; a key that no member has now is a person's, or nobody's.
//!
//! Keys are free, so what the rules would refuse counts as if one key had signed all of it, unless it is a member's. Anybody may put a further
//! signature to a member's event and hand it in again and again: that counts so too, and the member does not pay for it.

use super::{Application, execution::Execution, position::Position, rates::Payer};
use crate::{
    error::{Error, Result},
    store::{Changes, Snapshot, Table},
};
use records::{Context, Event, PublicKey, kinds::member::Member};

/// Members that are looked up for one key.
const OWNERS: usize = 64;

/// Notes which keys a member has now.
pub(crate) fn note_keys(member: &Member, changes: &mut Changes) {
    for key in &member.keys {
        let row = row(&key.key, &member.id);
        match key.until {
            None => changes.put(Table::MemberKeys, row, Vec::new()),
            Some(_) => changes.remove(Table::MemberKeys, row),
        }
    }
}

fn row(key: &PublicKey, member: &str) -> Vec<u8> {
    format!("{key} {member}").into_bytes()
}

/// The members that have this key: one, unless another claims it too.
fn owners(snapshot: &Snapshot, key: &PublicKey) -> Result<Vec<Payer>> {
    let (from, to) = (row(key, ""), format!("{key}!"));
    let rows = snapshot.range(Table::MemberKeys, &from, to.as_bytes(), OWNERS)?;
    rows.into_iter()
        .map(|(row, _)| {
            let member = row.get(from.len()..).map(<[u8]>::to_vec);
            let member = member.and_then(|member| String::from_utf8(member).ok());
            let member = member.ok_or(Error::Damaged("whose a key is"))?;
            Ok(Payer::Member(member))
        })
        .collect()
}

/// Who pays for an event; `accepted` tells, where it matters, whether the rules accept it.
pub(super) fn payers(
    event: &Event,
    snapshot: &Snapshot,
    accepted: impl FnOnce() -> Result<bool>,
) -> Result<Vec<Vec<Payer>>> {
    let (mut members, mut strangers) = (Vec::new(), Vec::new());
    for key in event.signers() {
        match owners(snapshot, key)? {
            none if none.is_empty() => strangers.push(*key),
            owners => members.extend([vec![Payer::Key(*key)], owners]),
        }
    }
    if strangers.is_empty() {
        return Ok(members);
    }
    let persons = members.is_empty() && accepted()?;
    let all = match persons {
        true => Payer::Persons,
        false => Payer::Strangers,
    };
    let keys = strangers.into_iter().map(Payer::Key);
    Ok(keys.chain([all]).map(|payer| vec![payer]).collect())
}

impl Application {
    /// Who pays for an event that is handed in now.
    pub(super) fn payers(
        &self,
        event: &Event,
        position: &Position,
        snapshot: &Snapshot,
    ) -> Result<Vec<Vec<Payer>>> {
        payers(event, snapshot, || self.accepts(event, position, snapshot))
    }

    /// Whether the rules would accept an event in the next block, as far as the state tells now.
    fn accepts(&self, event: &Event, position: &Position, snapshot: &Snapshot) -> Result<bool> {
        let directory = self.governing(snapshot, Some(position.version));
        let context = Context {
            chain: &position.chain_id,
            height: position.height + 1,
            time: position.time,
            rules_version: position.app_version,
            directory: &directory,
        };
        let mut execution = Execution::new(snapshot, Some(position.version));
        Ok(execution.judge(event, &context)?.is_ok())
    }
}
