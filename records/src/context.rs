//! What a rule may look at besides its own record and the event.

use crate::{
    event::Event,
    keys::PublicKey,
    kinds::{
        consortium::Consortium,
        member::Member,
        proposal::{Act, Proposal},
    },
    refusal::{Refusal, Stop},
    registry::RULES_VERSION,
};
use std::sync::Arc;

/// The governing records as of the end of the block before `height`. The node reads them from its state, the browser from replayed logs.
pub trait Directory {
    /// The member by id; `Ok(None)` when there provably is none.
    fn member(&self, id: &str, height: u64) -> Result<Option<Arc<Member>>, Stop>;
    /// The consortium; `Ok(None)` before it was founded.
    fn consortium(&self, height: u64) -> Result<Option<Arc<Consortium>>, Stop>;
    /// The proposal by id; `Ok(None)` when there provably is none.
    fn proposal(&self, id: &str, height: u64) -> Result<Option<Arc<Proposal>>, Stop>;
    /// Version of the rules in force at this height.
    fn rules_version(&self, height: u64) -> Result<u64, Stop>;
    /// Newest version of the rules that this program knows.
    fn newest_rules(&self) -> u64 {
        RULES_VERSION
    }
}

/// Surroundings of one event.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Chain id.
    pub chain: &'a str,
    /// Height of the block that carries the event; 0 for founding events.
    pub height: u64,
    /// Its time, Unix nanoseconds.
    pub time: i64,
    /// Version of the rules in force.
    pub rules_version: u64,
    /// Members, as of the end of the block before.
    pub directory: &'a dyn Directory,
}

impl Context<'_> {
    /// The member by id, as of the end of the block before; refused when there is none.
    pub fn member(&self, id: &str) -> Result<Arc<Member>, Stop> {
        self.directory
            .member(id, self.height)?
            .ok_or_else(|| Refusal::new("unknown-member").with("member", id).into())
    }

    /// The consortium, as of the end of the block before.
    pub fn consortium(&self) -> Result<Arc<Consortium>, Stop> {
        self.directory
            .consortium(self.height)?
            .ok_or_else(|| Refusal::new("no-consortium").into())
    }

    /// Requires that this member holds the role and that one of its live keys signed.
    pub fn require_signed(
        &self,
        event: &Event,
        member: &str,
        role: &'static str,
    ) -> Result<Arc<Member>, Stop> {
        self.signed_by_one_of(event, member, &[role])
    }

    fn signed_by_one_of(
        &self,
        event: &Event,
        member: &str,
        roles: &[&'static str],
    ) -> Result<Arc<Member>, Stop> {
        let member = self.member(member)?;
        if !roles.iter().any(|role| member.has_role(role)) {
            return Err(Refusal::new("role-missing")
                .with("member", &member.id)
                .with("role", roles.join(" or "))
                .into());
        }
        if !member.signed(event) {
            return Err(Refusal::new("not-signed-by-member")
                .with("member", &member.id)
                .into());
        }
        Ok(member)
    }

    /// Requires signatures of two members that hold one of the roles and belong to different organisations; gives these.
    pub fn require_two(
        &self,
        event: &Event,
        members: [&str; 2],
        roles: &[&'static str],
    ) -> Result<[String; 2], Stop> {
        let [first, second] = members;
        let (a, b) = (
            self.signed_by_one_of(event, first, roles)?,
            self.signed_by_one_of(event, second, roles)?,
        );
        if a.org == b.org {
            return Err(Refusal::new("same-organisation").with("org", &a.org).into());
        }
        Ok([a.org.clone(), b.org.clone()])
    }

    /// As [`Context::require_two`], and neither belongs to the organisation of the member `except`.
    pub fn require_two_besides(
        &self,
        event: &Event,
        members: [&str; 2],
        roles: &[&'static str],
        except: &str,
    ) -> Result<(), Stop> {
        let orgs = self.require_two(event, members, roles)?;
        // A branch would judge its own house's cause as well as the house itself.
        if orgs.contains(&self.member(except)?.org) {
            return Err(Refusal::new("own-cause").with("member", except).into());
        }
        Ok(())
    }

    /// Requires that members with more than two thirds of the consortium's power signed, or approved of an open proposal of exactly this.
    pub fn require_quorum(&self, event: &Event) -> Result<(), Stop> {
        let consortium = self.consortium()?;
        let mut agreed = Vec::new();
        for seat in &consortium.members {
            if self.member(&seat.id)?.signed(event) {
                agreed.push(seat.id.clone());
            }
        }
        if consortium.require_two_thirds(&agreed).is_ok() {
            return Ok(());
        }
        let id = Act::of(event.payload()).proposal()?;
        let proposal = self.directory.proposal(&id, self.height)?;
        if let Some(proposal) = proposal.filter(|proposal| proposal.is_open(self.time)) {
            agreed.extend_from_slice(&proposal.approvals);
        }
        Ok(consortium.require_two_thirds(&agreed)?)
    }
}

/// Requires a person's key among the signers.
pub fn require_key(event: &Event, key: &PublicKey, whose: &'static str) -> Result<(), Refusal> {
    if event.is_signed_by(key) {
        Ok(())
    } else {
        Err(Refusal::new("not-signed-by-key").with("whose", whose))
    }
}
