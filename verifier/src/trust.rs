//! What is trusted of a chain, and how trust moves on to the newest header.

use crate::{
    chains::Chain,
    checkpoint::Vouched,
    host::{Host, News},
    nodes::{self, Roll, Sets},
    provider::{Device, Node, Shown},
    reasons::{self, Reason},
    rpc::Fault,
    stages::Stage,
    way::Way,
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::{cell::RefCell, mem, time::Duration};
use light_client::{
    Commit, Hash, Reason as Wrong, Time, TrustedState, VerifiedHeader,
    client::{Attack, Failure, Fault as NodeFault, Followed, LightClient, Said, Standing, Store},
};
use litemap::LiteMap;

/// How long a node that is behind gets to catch up, where too few others have the newest header.
const CATCH_UP: Duration = Duration::from_millis(1_500);

/// Why no header can be trusted: the reason, and facts.
#[derive(Clone, Debug)]
pub struct NoHeader {
    pub reason: Reason,
    pub facts: LiteMap<String, String>,
}

impl From<Reason> for NoHeader {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            facts: LiteMap::new(),
        }
    }
}

/// What is trusted of one chain.
pub struct Trust<S> {
    pub store: S,
    /// What was found out about each node so far.
    standings: Vec<Standing>,
    /// Validator sets that were fetched.
    pub sets: Sets,
    /// How the newest header was reached.
    pub way: Way,
    /// The members whose signatures began this trust, as far as this program knows; none where a person or `chains.json` did.
    pub vouched: Vec<String>,
    /// The height for which they signed.
    pub vouched_for: u64,
    /// The height that is wanted, where it is not the newest: that of a short proof.
    pub wanted: Option<u64>,
}

/// A header that this program trusts now, and what the nodes said to it.
pub struct Anchored {
    pub header: VerifiedHeader,
    /// The votes for it; none where it rests on its hash alone.
    pub commit: Option<Commit>,
    /// How the comparison with the other nodes ended.
    pub agreement: Reason,
}

impl<S: Store> Trust<S> {
    pub fn new(store: S) -> Self {
        Self {
            store,
            standings: Vec::new(),
            sets: Sets::new(),
            way: Way::default(),
            vouched: Vec::new(),
            vouched_for: 0,
            wanted: None,
        }
    }

    /// Moves on to the newest header that the nodes hold, or to the height that is wanted, and compares it among them.
    pub async fn advance<H: Host>(
        &mut self,
        host: &H,
        chain: &Chain,
        roll: &mut Roll,
    ) -> Result<Anchored, NoHeader> {
        self.start(host, chain, roll).await?;
        host.tell(News::Waiting(Stage::Stepping, LiteMap::new()));
        // Taken out while it is used: a call that is given up in between loses no more than a cache.
        let shown = Shown {
            sets: RefCell::new(mem::take(&mut self.sets)),
        };
        let asked = roll.usable();
        let providers: Vec<Node<'_, H>> = asked
            .iter()
            .filter_map(|at| Node::on(roll, *at, host, &chain.id, &shown))
            .collect();
        let mut settings = chain.settings();
        settings.catch_up = CATCH_UP;
        // A node that does not answer is not waited for twice: there are others.
        settings.tries = 1;
        let mut client = LightClient::new(providers, &mut self.store, Device(host), settings);
        client.recall(&self.standings);
        let outcome = client.forward(self.wanted).await;
        let standings = client.standings();
        drop(client);
        self.sets = shown.sets.into_inner();
        for (at, standing) in asked.into_iter().zip(&standings) {
            stand(roll, at, standing);
        }
        self.standings
            .retain(|old| standings.iter().all(|new| new.name != old.name));
        self.standings.extend(standings);
        let (followed, agreement) = match outcome {
            Ok(followed) => (followed, reasons::NODES_AGREE),
            Err(Failure::NotWitnessed(followed)) => {
                let agreement = silence(chain, &followed.standings);
                (*followed, agreement)
            }
            Err(failure) => return Err(no_header(failure)),
        };
        Ok(self.anchored(followed, agreement))
    }

    fn anchored(&mut self, followed: Followed, agreement: Reason) -> Anchored {
        let height = followed.header.header().height;
        self.way.go(&followed.trace, height);
        Anchored {
            header: followed.header,
            commit: followed.commit,
            agreement,
        }
    }

    /// Trust begins at the checkpoint, or at what was reached from it and kept.
    async fn start<H: Host>(
        &mut self,
        host: &H,
        chain: &Chain,
        roll: &mut Roll,
    ) -> Result<(), NoHeader> {
        if let Ok(Some(newest)) = self.store.newest().await {
            // In most visits the newest header still has the validators of the last one.
            if self.sets.is_empty() {
                let validators = newest.validators();
                self.sets.insert(validators.hash(), validators.clone());
            }
            if newest.height() < self.vouched_for {
                self.vouched.clear();
            }
            return Ok(());
        }
        let (height, hash) = (chain.checkpoint_height, &chain.checkpoint_hash);
        let state = self.fetch(host, roll, height, hash).await?;
        let _ = self.store.put(&state).await;
        self.vouched.clear();
        Ok(())
    }

    /// Trusts a header that members signed for, above all that was trusted before; or one that a person names, and nothing that was trusted before, which ends
    /// a halt.
    pub async fn establish<H: Host>(
        &mut self,
        host: &H,
        chain: &Chain,
        roll: &mut Roll,
        (height, hash): (u64, &Hash),
        vouched: Option<&Vouched>,
    ) -> Result<(), NoHeader> {
        let state = self.fetch(host, roll, height, hash).await?;
        let kept = match vouched {
            Some(vouched) if vouched.is_about(&state) => self.store.put(&state).await,
            Some(_) => return Err(reasons::CHECKPOINT_DIFFERS.into()),
            None if is_expired(host, chain, &state) => return Err(reasons::TRUST_EXPIRED.into()),
            None => self.store.begin(&state).await,
        };
        kept.map_err(|error| no_header(error.into()))?;
        self.forget();
        self.vouched = vouched.map_or_else(Vec::new, |vouched| vouched.members.clone());
        self.way = Way::default();
        Ok(())
    }

    /// Who was proven wrong by what was trusted before may be right by what is trusted now.
    pub fn forget(&mut self) {
        self.standings.clear();
        self.vouched.clear();
    }

    /// Whether a checkpoint that members signed may be trusted beside what is. It ends no halt: those who signed it may have signed both sides.
    pub async fn admits(&mut self, chain: &Chain, vouched: &Vouched) -> Result<(), NoHeader> {
        match self.store.halted().await {
            Ok(None) => vouched.fits(chain, &mut self.store).await,
            Ok(Some(attack)) => Err(forked(&attack)),
            Err(_) => Err(reasons::HALT_UNREADABLE.into()),
        }
    }

    /// The block with this hash, whoever supplies it: only the hash counts.
    async fn fetch<H: Host>(
        &mut self,
        host: &H,
        roll: &mut Roll,
        height: u64,
        hash: &Hash,
    ) -> Result<TrustedState, NoHeader> {
        for at in roll.usable() {
            let url = roll.url(at);
            let fetched = nodes::light_block(host, &url, height, &mut self.sets).await;
            let trusted = fetched.and_then(|fetched| {
                TrustedState::from_checkpoint(&fetched.block, hash).map_err(refuted)
            });
            match trusted {
                Ok(state) => return Ok(state),
                // A node that has pruned the checkpoint may still be good for the newest header.
                Err(Fault::Refused(_)) => {}
                Err(fault) => roll.fault(at, &fault),
            }
        }
        Err(reasons::CHECKPOINT_NOT_GIVEN.into())
    }
}

/// Whether a header is older than the trusting period.
pub(crate) fn is_expired<H: Host>(host: &H, chain: &Chain, state: &TrustedState) -> bool {
    let age = now(host).unix_nanos() - state.header().time.unix_nanos();
    u128::try_from(age).is_ok_and(|age| age >= chain.trusting_period.as_nanos())
}

/// Writes down what the client found out about a node.
fn stand(roll: &mut Roll, at: usize, standing: &Standing) {
    match &standing.said {
        Said::Nothing => {}
        Said::Led | Said::Agrees => roll.stand(at, "agrees"),
        Said::Behind => roll.stand(at, "behind"),
        Said::Forked | Said::Disputes(_) => roll.stand(at, "disagrees"),
        Said::Failed(fault) => roll.fault(at, &fault_of(fault)),
    }
}

fn fault_of(fault: &NodeFault) -> Fault {
    match fault {
        NodeFault::Refuted(reason) => Fault::Refuted(reason.code().into()),
        NodeFault::WrongChain(chain) => Fault::WrongChain(chain.clone()),
        NodeFault::Garbage(what) => Fault::Garbage(what.clone()),
        NodeFault::Unreachable(why) => Fault::Unreachable(*why),
        other => Fault::Refused(other.to_string()),
    }
}

/// Why nobody confirms a header.
fn silence(chain: &Chain, standings: &[Standing]) -> Reason {
    let disputed = |standing: &Standing| matches!(standing.said, Said::Disputes(_));
    if standings.iter().any(disputed) {
        reasons::NODES_DISAGREE
    } else if !chain.has_witnesses() {
        reasons::NO_OTHER_NODE
    } else {
        reasons::OTHER_NODES_SILENT
    }
}

fn no_header(failure: Failure) -> NoHeader {
    match failure {
        Failure::TrustExpired {
            behind: Some(behind),
            ..
        } => NoHeader {
            reason: reasons::TRUST_EXPIRED_OR_CLOCK,
            facts: facts([("age_seconds", behind.as_secs().to_string())]),
        },
        Failure::TrustExpired { .. } => reasons::TRUST_EXPIRED.into(),
        Failure::ClockBehind { by } => NoHeader {
            reason: reasons::HEADER_FROM_FUTURE,
            facts: facts([("age_seconds", by.as_secs().to_string())]),
        },
        Failure::OutOf(_) => reasons::TOO_MANY_STEPS.into(),
        // The one thing that a store may not be able to read, and not do without.
        Failure::Store(_) => reasons::HALT_UNREADABLE.into(),
        Failure::Attack(attack) | Failure::Halted(attack) => forked(&attack),
        Failure::NoWay(standings) => {
            let refuted = standings.iter().find_map(|standing| match &standing.said {
                Said::Failed(fault @ (NodeFault::Refuted(_) | NodeFault::WrongChain(_))) => {
                    Some(fault.to_string())
                }
                _ => None,
            });
            match refuted {
                Some(why) => NoHeader {
                    reason: reasons::HEADER_REFUTED,
                    facts: facts([("why", why)]),
                },
                None => reasons::HEADER_NOT_GIVEN.into(),
            }
        }
        _ => reasons::HEADER_NOT_GIVEN.into(),
    }
}

/// Both headers, so that people can take them to the consortium.
fn forked(attack: &Attack) -> NoHeader {
    NoHeader {
        reason: reasons::CHAIN_FORKED,
        facts: facts([
            ("height", attack.ours.height().to_string()),
            ("common_height", attack.common_height.to_string()),
            ("kind", attack.kind.code().into()),
            ("one", hex::encode(attack.ours.signed_header.header.hash())),
            (
                "other",
                hex::encode(attack.theirs.signed_header.header.hash()),
            ),
            ("one_from", attack.ours_from.clone()),
            ("other_from", attack.theirs_from.clone()),
            ("signed_both", attack.signed_both().len().to_string()),
        ]),
    }
}

fn refuted(wrong: Wrong) -> Fault {
    match wrong {
        Wrong::WrongChain { found, .. } => Fault::WrongChain(found),
        other => Fault::Refuted(other.code().into()),
    }
}

/// The device's clock.
pub fn now<H: Host>(host: &H) -> Time {
    // A clock beyond the year 9999 judges everything as expired.
    Time::from_unix_nanos(host.now().into()).unwrap_or(Time::GO_ZERO)
}

/// Facts from pairs.
pub fn facts<const N: usize>(pairs: [(&str, String); N]) -> LiteMap<String, String> {
    pairs
        .into_iter()
        .map(|(name, fact)| (name.into(), fact))
        .collect()
}
