//! Who may cast a ballot: the owner's key, a proxy's, or two desk members for paper.

use super::{
    Appoint, Ballot, Cast, Proxy,
    state::{Appointer, Pending},
};
use crate::{
    context::require_key,
    keys::PublicKey,
    kinds::{
        room::{self, Bind},
        vote::{
            Effect, Rank, Replacing,
            desks::{DESK, require_two},
            effect,
        },
    },
    refusal::{Refusal, Stop},
    registry::Case,
    roster::Leaf,
};

/// Most ballots of one rank by one head, and most appointments by its owner: bounds the logs of ballot and vote, and lets no rank use up another's.
pub const MAX_CASTS: u64 = 32;

fn once_more(times: &mut u64) -> Result<(), Refusal> {
    if *times >= MAX_CASTS {
        return Err(Refusal::new("too-many-ballots").with("limit", MAX_CASTS));
    }
    *times += 1;
    Ok(())
}

impl Ballot {
    /// A pending key whose time has come is in force.
    pub(super) fn settle(&mut self, time: i64) {
        if let Some(pending) = self.pending.take_if(|pending| pending.from <= time) {
            self.key = Some(pending.key);
        }
    }

    /// The owner's key in force: the one bound by desk members, else the roster's.
    pub fn owner_key(&self, entry: &Leaf) -> Option<PublicKey> {
        self.key.or(entry.key)
    }

    pub(super) fn cast(&mut self, case: &Case<'_>, body: &Cast) -> Result<(), Stop> {
        if body.replaces != self.stands {
            let stands = self.stands.map_or("", |standing| standing.choice.code());
            return Err(Refusal::new("replaces-wrong").with("stands", stands).into());
        }
        self.require_caster(case, body)?;
        once_more(self.casts.of(body.rank))?;
        // Whether a second ballot of one rank is allowed is the vote's to judge: its rules are there.
        match effect(body.standing(), self.stands, Replacing::Last)? {
            Effect::Counts | Effect::Replaces(_) => self.stands = Some(body.standing()),
            Effect::Conflicts => self.conflicts = self.conflicts.saturating_add(1),
        }
        Ok(())
    }

    fn require_caster(&mut self, case: &Case<'_>, body: &Cast) -> Result<(), Stop> {
        match (body.rank, &body.by) {
            (Rank::Owner, None) => {
                self.require_owner(case, &body.seat.entry)?;
                self.owner_speaks();
            }
            (Rank::Proxy, None) => {
                let proxy = self.proxy.ok_or_else(|| Refusal::new("no-proxy"))?;
                require_key(case.event, &proxy.key, "proxy")?;
            }
            (Rank::Paper, Some(by)) => {
                require_two(case.context, case.event, by, DESK)?;
            }
            _ => return Err(Refusal::new("paper-needs-two").into()),
        }
        Ok(())
    }

    /// The old key is there: whoever asked for its replacement was wrong.
    fn owner_speaks(&mut self) {
        self.pending = None;
    }

    fn owner_spoke(&self) -> bool {
        self.casts.owner > 0 || self.appointments > 0
    }

    /// Co-owners who have not named one yet act together.
    fn require_owner(&self, case: &Case<'_>, entry: &Leaf) -> Result<(), Refusal> {
        let (key, owners) = (self.owner_key(entry), entry.owners.as_deref());
        match (&key, owners) {
            (Some(key), _) => require_key(case.event, key, "owner"),
            (None, Some(owners)) => owners
                .iter()
                .try_for_each(|owner| require_key(case.event, owner, "co-owner")),
            (None, None) => Err(Refusal::new("no-owner-key")),
        }
    }

    /// The owner appoints, replaces and withdraws; co-owners name one of them, whose key is the owner's from then on; desk members enter a
    /// written authorisation where nobody is appointed and the owner has neither voted, appointed nor withdrawn by key.
    pub(super) fn appoint(&mut self, case: &Case<'_>, body: &Appoint) -> Result<(), Stop> {
        match (&body.by, body.proxy) {
            (None, proxy) => {
                let entry = &body.seat.entry;
                self.require_owner(case, entry)?;
                self.owner_speaks();
                once_more(&mut self.appointments)?;
                let owners = entry.owners.as_deref().unwrap_or_default();
                match proxy {
                    Some(key) if self.key.is_none() && owners.contains(&key) => {
                        self.key = Some(key);
                    }
                    _ => {
                        self.proxy = proxy.map(|key| Proxy {
                            by: Appointer::Owner,
                            key,
                        });
                    }
                }
            }
            (Some(by), Some(key)) => {
                require_two(case.context, case.event, by, DESK)?;
                if self.proxy.is_some() {
                    return Err(Refusal::new("proxy-appointed").into());
                }
                // Who withdrew an appointment, or voted, has said so by key: paper does not say it otherwise.
                if self.owner_spoke() {
                    return Err(Refusal::new("owner-has-voted").into());
                }
                self.proxy = Some(Proxy {
                    by: Appointer::Desks,
                    key,
                });
            }
            (Some(_), None) => return Err(Refusal::new("only-the-owner-withdraws").into()),
        }
        Ok(())
    }

    /// Two desk members bind a key. The first counts at once; one that replaces a known key only after a delay in which the old one may veto, and
    /// not at all once the old one has voted or appointed.
    pub(super) fn bind(&mut self, case: &Case<'_>, body: &Bind) -> Result<(), Stop> {
        require_two(case.context, case.event, &body.by, DESK)?;
        let seat = body.seat.as_ref().ok_or_else(|| case.unexpected())?;
        let room = room::name_of(case.event.payload().subject.id());
        if !seat.entry.has_room(room) {
            return Err(Refusal::new("room-not-in-entry").into());
        }
        // Where co-owners are known, another key than theirs together has to wait as well.
        let mut owners = seat.entry.owners.iter().flatten().copied();
        let other = owners.find(|owner| *owner != body.key);
        let owner = self.owner_key(&seat.entry);
        if owner == Some(body.key) {
            return Err(Refusal::new("changes-nothing").into());
        }
        let known = owner.or(other);
        if known.is_some() && self.owner_spoke() {
            return Err(Refusal::new("owner-has-voted").into());
        }
        let from = room::in_force_from(case, body, known, self.pending.is_some())?;
        self.pending = Some(Pending {
            from,
            key: body.key,
        });
        self.settle(case.context.time);
        Ok(())
    }
}
