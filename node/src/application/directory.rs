//! Members, consortium and rules as of the end of the block before: read from committed state, so that a transaction of the same block cannot
//! have changed them.

use super::Application;
use crate::store::Snapshot;
use records::{
    Directory, RecordName, Refusal, Stop, canonical,
    kinds::{
        consortium::{self, Consortium},
        member::{self, Member},
        proposal::{self, Proposal},
        rules::{self, Rules},
    },
};
use std::{cell::RefCell, collections::HashMap, sync::Arc};

/// The governing records in a snapshot.
pub(super) struct Governing<'a> {
    snapshot: &'a Snapshot,
    /// Version of the state tree; none before genesis.
    version: Option<u64>,
    members: RefCell<HashMap<String, Option<Arc<Member>>>>,
    consortium: RefCell<Option<Option<Arc<Consortium>>>>,
    newest_rules: u64,
}

impl Application {
    /// The governing records as of this version of the tree.
    pub(super) fn governing<'a>(
        &self,
        snapshot: &'a Snapshot,
        version: Option<u64>,
    ) -> Governing<'a> {
        Governing {
            snapshot,
            version,
            members: RefCell::default(),
            consortium: RefCell::default(),
            newest_rules: self.newest_rules,
        }
    }
}

impl Governing<'_> {
    fn read<T: records::shape::Shape>(&self, kind: &str, id: &str) -> Result<Option<Arc<T>>, Stop> {
        let name = RecordName::new(kind, id).ok_or_else(|| Refusal::new("unknown-member"))?;
        let Some(version) = self.version else {
            return Ok(None);
        };
        let stored = self.snapshot.record(&name.tree_key(), version);
        let stored = stored.map_err(|_| Stop::NotLoaded(name.clone()))?;
        let Some((_, record)) = stored else {
            return Ok(None);
        };
        let state = record.decode_state().map_err(|_| Stop::NotLoaded(name))?;
        Ok(Some(Arc::new(canonical::from_value(&state.data)?)))
    }
}

impl Directory for Governing<'_> {
    fn member(&self, id: &str, _height: u64) -> Result<Option<Arc<Member>>, Stop> {
        if let Some(known) = self.members.borrow().get(id) {
            return Ok(known.clone());
        }
        let member = self.read(member::NAME, id)?;
        self.members.borrow_mut().insert(id.into(), member.clone());
        Ok(member)
    }

    fn consortium(&self, _height: u64) -> Result<Option<Arc<Consortium>>, Stop> {
        if let Some(known) = &*self.consortium.borrow() {
            return Ok(known.clone());
        }
        let consortium = self.read(consortium::NAME, consortium::ID)?;
        *self.consortium.borrow_mut() = Some(consortium.clone());
        Ok(consortium)
    }

    fn proposal(&self, id: &str, _height: u64) -> Result<Option<Arc<Proposal>>, Stop> {
        self.read(proposal::NAME, id)
    }

    fn rules_version(&self, height: u64) -> Result<u64, Stop> {
        let rules: Option<Arc<Rules>> = self.read(rules::NAME, rules::ID)?;
        Ok(rules.map_or(1, |rules| rules.version_at(height)))
    }

    fn newest_rules(&self) -> u64 {
        self.newest_rules
    }
}
