//! The governing records over time, rebuilt from their replayed logs: what the browser judges events with.

use crate::{
    canonical,
    context::Directory,
    kinds::{
        consortium::{self, Consortium},
        member::{self, Member},
        proposal::{self, Proposal},
        rules::{self, Rules},
    },
    name::RecordName,
    refusal::Stop,
    registry::RULES_VERSION,
    state::State,
};
use litemap::LiteMap;
use std::sync::Arc;

/// States of one governing record, each with the height after which it holds.
type History<T> = Vec<(u64, Arc<T>)>;

/// Governing records as of any height. Load them with [`Timeline::record`], or say with [`Timeline::absent`] that one provably does not exist.
#[derive(Clone, Default)]
pub struct Timeline {
    members: LiteMap<String, History<Member>>,
    proposals: LiteMap<String, History<Proposal>>,
    consortium: Option<History<Consortium>>,
    rules: Option<History<Rules>>,
}

impl Timeline {
    /// Nothing loaded.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a governing record's state after the block at `height`. Calls for one record come in order of height.
    pub fn record(
        &mut self,
        name: &RecordName,
        height: u64,
        state: &State,
    ) -> Result<(), canonical::Error> {
        match name.kind() {
            member::NAME => push(
                self.members.entry(name.id().into()).or_default(),
                height,
                state,
            ),
            proposal::NAME => push(
                self.proposals.entry(name.id().into()).or_default(),
                height,
                state,
            ),
            consortium::NAME => push(self.consortium.get_or_insert_default(), height, state),
            rules::NAME => push(self.rules.get_or_insert_default(), height, state),
            _ => Ok(()),
        }
    }

    /// Notes that a governing record provably does not exist.
    pub fn absent(&mut self, name: &RecordName) {
        match name.kind() {
            member::NAME => drop(self.members.entry(name.id().into()).or_default()),
            proposal::NAME => drop(self.proposals.entry(name.id().into()).or_default()),
            consortium::NAME => drop(self.consortium.get_or_insert_default()),
            rules::NAME => drop(self.rules.get_or_insert_default()),
            _ => {}
        }
    }

    /// The newest state of a loaded member.
    pub fn member_now(&self, id: &str) -> Option<&Member> {
        self.members
            .get(id)?
            .last()
            .map(|(_, member)| member.as_ref())
    }

    /// The newest states of all loaded members that exist.
    pub fn members_now(&self) -> impl Iterator<Item = &Member> {
        let newest = self.members.values().filter_map(|history| history.last());
        newest.map(|(_, member)| member.as_ref())
    }

    /// The consortium whose validators sign the block of this height: as two blocks before, for changes take effect that much later.
    pub fn consortium_signing(&self, height: u64) -> Option<Arc<Consortium>> {
        before(self.consortium.as_ref()?, height.saturating_sub(1).max(1))
    }
}

fn push<T: crate::shape::Shape>(
    history: &mut History<T>,
    height: u64,
    state: &State,
) -> Result<(), canonical::Error> {
    history.push((height, Arc::new(canonical::from_value(&state.data)?)));
    Ok(())
}

/// What held at the end of the block before `height`.
fn before<T>(history: &History<T>, height: u64) -> Option<Arc<T>> {
    let later = history.partition_point(|(since, _)| *since < height);
    history
        .get(later.checked_sub(1)?)
        .map(|(_, state)| state.clone())
}

fn not_loaded(kind: &str, id: &str) -> Stop {
    match RecordName::new(kind, id) {
        Some(name) => Stop::NotLoaded(name),
        None => crate::Refusal::new("unknown-member").into(),
    }
}

impl Directory for Timeline {
    fn member(&self, id: &str, height: u64) -> Result<Option<Arc<Member>>, Stop> {
        self.members
            .get(id)
            .map(|history| before(history, height))
            .ok_or_else(|| not_loaded(member::NAME, id))
    }

    fn consortium(&self, height: u64) -> Result<Option<Arc<Consortium>>, Stop> {
        self.consortium
            .as_ref()
            .map(|history| before(history, height))
            .ok_or_else(|| not_loaded(consortium::NAME, consortium::ID))
    }

    fn proposal(&self, id: &str, height: u64) -> Result<Option<Arc<Proposal>>, Stop> {
        self.proposals
            .get(id)
            .map(|history| before(history, height))
            .ok_or_else(|| not_loaded(proposal::NAME, id))
    }

    fn rules_version(&self, height: u64) -> Result<u64, Stop> {
        if height == 0 {
            return Ok(RULES_VERSION.min(1));
        }
        let history = self
            .rules
            .as_ref()
            .ok_or_else(|| not_loaded(rules::NAME, rules::ID))?;
        Ok(before(history, height).map_or(1, |rules| rules.version_at(height)))
    }
}
