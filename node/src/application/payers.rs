//! Who pays for an event that is handed in. A member pays for all its keys together; a key that no member has now is a person's, or nobody's.
//!
//! Keys are free, so what the rules would refuse counts as if one key had signed all of it, unless it is a member's. Anybody may put a further
//! signature to another's event and hand it in again and again: that counts so too, and the other does not pay for it. The rules tell it from an
//! event that needs both, a member's signature and a person's.

use super::{
    Application,
    execution::Execution,
    known::{is_known, was_refused},
    position::Position,
    rates::Payer,
};
use crate::{
    comet,
    consortium::now,
    error::{Error, Result},
    store::{Changes, Snapshot, Table},
};
use records::{Context, Event, PublicKey, kinds::member::Member};
use std::time::Instant;

/// Members that are looked up for one key.
const OWNERS: usize = 64;
/// How far the time of a block that was just decided may be behind the clock, ns: twice as far as its proposer lets it be.
const RECENT: i64 = 60 * 1_000_000_000;

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

/// A key that signed, and the members that have it: none where it is a person's, or nobody's.
type Signer = (PublicKey, Vec<Payer>);

fn is_member((_, owners): &Signer) -> bool {
    !owners.is_empty()
}

/// Who pays for an event, nobody where it was refused with each of its signatures already; `accepts` tells, where it matters, whether the rules accept
/// it, and whether they do with fewer signatures.
pub(super) fn payers(
    event: &Event,
    snapshot: &Snapshot,
    mut accepts: impl FnMut(&Event) -> Result<bool>,
) -> Result<Vec<Vec<Payer>>> {
    let signers = event.signers().iter();
    let signers = signers.map(|key| Ok((*key, owners(snapshot, key)?)));
    let mut signers: Vec<Signer> = signers.collect::<Result<_>>()?;
    let has_strangers = |signers: &[Signer]| !signers.iter().all(is_member);
    if signers.len() == 1 && !has_strangers(&signers) {
        return Ok(groups(signers, Payer::Strangers));
    }
    let is_accepted = accepts(event)?;
    let spare = match is_accepted {
        true => spare(event, accepts)?,
        false => Vec::new(),
    };
    if is_accepted && spare.is_empty() {
        return Ok(groups(signers, Payer::Persons));
    }
    // Once: else a member signs what another has signed again and again, and both pay.
    if !is_accepted {
        let mut new = Vec::new();
        for signer in signers {
            if !was_refused(snapshot, event, &signer.0)? {
                new.push(signer);
            }
        }
        signers = new;
    }
    // Who did not have to sign pays alone, and strangers before members.
    signers.retain(|(key, _)| spare.is_empty() || spare.contains(key));
    if has_strangers(&signers) {
        signers.retain(|signer| !is_member(signer));
    }
    Ok(groups(signers, Payer::Strangers))
}

/// The keys without any one of whose signatures an accepted event would be accepted as well.
fn spare(event: &Event, mut accepts: impl FnMut(&Event) -> Result<bool>) -> Result<Vec<PublicKey>> {
    let mut spare = Vec::new();
    // Nothing goes unsigned.
    if event.signers().len() > 1 {
        for key in event.signers() {
            if accepts(&event.without(key))? {
                spare.push(*key);
            }
        }
    }
    Ok(spare)
}

/// Each key, the members that have it, and what all strangers together are here, where there are some.
fn groups(signers: Vec<Signer>, strangers: Payer) -> Vec<Vec<Payer>> {
    let strangers = (!signers.iter().all(is_member)).then(|| vec![strangers]);
    let groups = signers
        .into_iter()
        .flat_map(|(key, owners)| [vec![Payer::Key(key)], owners]);
    let groups = groups.filter(|group| !group.is_empty());
    groups.chain(strangers).collect()
}

impl Application {
    /// Who pays for an event that is handed in now.
    pub(super) fn payers(
        &self,
        event: &Event,
        position: &Position,
        snapshot: &Snapshot,
    ) -> Result<Vec<Vec<Payer>>> {
        let directory = self.governing(snapshot, Some(position.version));
        // The next block, as far as the state tells now.
        let context = Context {
            chain: &position.chain_id,
            height: position.height + 1,
            time: position.time,
            rules_version: position.app_version,
            directory: &directory,
        };
        let mut execution = Execution::new(snapshot, Some(position.version));
        payers(event, snapshot, |event| {
            Ok(execution.judge(event, &context)?.is_ok())
        })
    }

    /// Of the events of a block which rules refused, who signed them pays.
    pub(super) fn charge(&self, refused: &[Charge]) {
        for charge in refused {
            self.rates
                .refused(&charge.payers, charge.bytes, Instant::now());
        }
    }
}

/// What an event costs that a rule refused in a block.
pub(super) struct Charge {
    payers: Vec<Vec<Payer>>,
    bytes: usize,
}

impl Charge {
    /// Who signed the event pays, where it can be they who hand it in now. What is known or too late got there by its proposer alone, who may take
    /// what others signed; and a node that was off executes old blocks.
    pub fn of(
        event: &Event,
        tx: &[u8],
        context: &Context<'_>,
        snapshot: &Snapshot,
    ) -> Result<Option<Self>> {
        let is_old = now().saturating_sub(context.time) > RECENT;
        let is_too_late = event.payload().until < context.time;
        if is_old || is_too_late || is_known(snapshot, &comet::tx_hash(tx), event.id())? {
            return Ok(None);
        }
        Ok(Some(Self {
            payers: payers(event, snapshot, |_| Ok(false))?,
            bytes: tx.len(),
        }))
    }
}
