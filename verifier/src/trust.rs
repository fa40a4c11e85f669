//! What is trusted of a chain, and how trust moves on to the newest header.

use crate::{
    chains::Chain,
    host::{Host, News},
    join_all,
    nodes::{self, Fetched, LONG, Roll, Sets},
    reasons::{self, Reason},
    rpc::{self, Call, Fault},
};
use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};
use light_client::{
    Bisection, Budget, Hash, Progress, Reason as Wrong, Time, TrustedState, VerifiedHeader,
    json::{self, Value},
};

/// Ed25519 signatures that the way to one header may cost: seconds, even on an old phone.
const BUDGET: u32 = 30_000;
/// Why no header can be trusted: the reason, and facts.
#[derive(Clone, Debug)]
pub struct NoHeader {
    pub reason: Reason,
    pub facts: BTreeMap<String, String>,
}

impl From<Reason> for NoHeader {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            facts: BTreeMap::new(),
        }
    }
}

/// What is trusted of one chain.
pub struct Trust {
    /// The newest trusted state, with the answer that its header was read from.
    newest: Option<(TrustedState, Value)>,
    /// The one from which it was reached: a fork is judged from there.
    base: Option<TrustedState>,
    /// Validator sets that were fetched.
    pub sets: Sets,
    /// Steps from the checkpoint so far.
    pub steps: u32,
    /// What the signatures on the way cost so far, in Ed25519 signatures.
    pub signatures: u32,
}

/// A header that this program trusts now, and what the nodes said to it.
pub struct Anchored {
    pub header: VerifiedHeader,
    pub raw: Value,
    /// How the comparison with the other nodes ended.
    pub agreement: Reason,
}

impl Trust {
    pub fn new() -> Self {
        Self {
            newest: None,
            base: None,
            sets: Sets::new(),
            steps: 0,
            signatures: 0,
        }
    }

    /// Moves on to the newest header that the nodes hold, and compares it among them.
    pub async fn advance<H: Host>(
        &mut self,
        host: &H,
        chain: &Chain,
        roll: &mut Roll,
    ) -> Result<Anchored, NoHeader> {
        self.start(host, chain, roll).await?;
        let mut failure = NoHeader::from(reasons::HEADER_NOT_GIVEN);
        let mut reached = false;
        for (at, claimed) in roll.usable() {
            let target = roll.confirmable(claimed).max(self.height());
            match self.step_to(host, chain, &roll.url(at), target).await {
                Ok(()) => {
                    reached = true;
                    break;
                }
                // Only our own trust runs out: what a node's block says of time is not signed yet when it is judged.
                Err(setback) if setback.reason == reasons::TRUST_EXPIRED => {
                    return Err(setback.reason.into());
                }
                Err(setback) => {
                    if setback.reason != reasons::HEADER_NOT_GIVEN {
                        failure = setback.reason.into();
                        failure.facts = facts([("why", setback.fault.to_string())]);
                    }
                    roll.fault(at, &setback.fault);
                }
            }
        }
        if !reached {
            return Err(failure);
        }
        let (state, raw) = self.newest.clone().ok_or(failure)?;
        let agreement = self.compare(host, chain, roll, &state).await;
        if agreement == reasons::CHAIN_FORKED {
            // Nothing above the point where both ways part may be built upon.
            self.newest = self.base.clone().map(|base| (base, Value::Null));
        }
        Ok(Anchored {
            header: state.verified().clone(),
            raw,
            agreement,
        })
    }

    fn height(&self) -> u64 {
        self.newest.as_ref().map_or(0, |(state, _)| state.height())
    }

    /// Trust begins at the checkpoint, whoever supplies its block: only the pinned hash counts.
    async fn start<H: Host>(
        &mut self,
        host: &H,
        chain: &Chain,
        roll: &mut Roll,
    ) -> Result<(), NoHeader> {
        if self.newest.is_some() {
            return Ok(());
        }
        for (at, _) in roll.usable() {
            let url = roll.url(at);
            let fetched =
                nodes::light_block(host, &url, chain.checkpoint_height, &mut self.sets).await;
            let trusted = fetched.and_then(|fetched| {
                let state = TrustedState::from_checkpoint(&fetched.block, &chain.checkpoint_hash)
                    .map_err(refuted)?;
                Ok((state, fetched.raw))
            });
            match trusted {
                Ok(trusted) => {
                    self.newest = Some(trusted);
                    return Ok(());
                }
                // A node that has pruned the checkpoint may still be good for the newest header.
                Err(Fault::Refused(_)) => {}
                Err(fault) => roll.fault(at, &fault),
            }
        }
        Err(reasons::CHECKPOINT_NOT_GIVEN.into())
    }

    /// Bisects from what is trusted to the target, with one node's blocks. What was trusted on the way is kept.
    async fn step_to<H: Host>(
        &mut self,
        host: &H,
        chain: &Chain,
        url: &str,
        target: u64,
    ) -> Result<(), Setback> {
        let Some((from, raw)) = self.newest.clone() else {
            return Ok(());
        };
        if from.height() == target {
            return Ok(());
        }
        let budget = Budget::new(BUDGET);
        let mut way = Bisection::new(from.clone(), target, chain.options(), budget);
        let result = walk(host, url, &mut way, &mut self.sets).await;
        self.signatures = self
            .signatures
            .saturating_add(BUDGET.saturating_sub(way.budget().left()));
        if way.trusted().height() > from.height() {
            let (steps, reached) = result
                .as_ref()
                .map_or((1, raw), |(steps, raw)| (*steps, raw.clone()));
            self.steps = self.steps.saturating_add(steps);
            self.newest = Some((way.trusted().clone(), reached));
            self.base = Some(from);
        }
        result.map(|_| ())
    }

    /// Asks the nodes for the header of the same height.
    async fn compare<H: Host>(
        &mut self,
        host: &H,
        chain: &Chain,
        roll: &mut Roll,
        ours: &TrustedState,
    ) -> Reason {
        let height = ours.height();
        let asked: Vec<usize> = roll
            .usable()
            .into_iter()
            .filter_map(|(at, claimed)| {
                if claimed < height {
                    roll.stand(at, "behind");
                }
                (claimed >= height).then_some(at)
            })
            .collect();
        let urls: Vec<String> = asked.iter().map(|at| roll.url(*at)).collect();
        let hashes = join_all(urls.iter().map(|url| header_hash(host, url, chain, height))).await;
        let mut disagreement = false;
        for ((at, url), hash) in asked.into_iter().zip(&urls).zip(hashes) {
            match hash {
                Ok(hash) if hash == *ours.verified().hash() => roll.stand(at, "agrees"),
                Ok(_) => {
                    if self.proves_other(host, chain, url, ours).await {
                        roll.stand(at, "disagrees");
                        return reasons::CHAIN_FORKED;
                    }
                    disagreement = true;
                    roll.stand(at, "disagrees");
                }
                Err(fault) => roll.fault(at, &fault),
            }
        }
        agreement(chain, roll, disagreement)
    }

    /// Whether a node can prove its own header of our height from where we came.
    async fn proves_other<H: Host>(
        &mut self,
        host: &H,
        chain: &Chain,
        url: &str,
        ours: &TrustedState,
    ) -> bool {
        let Some(base) = self.base.clone() else {
            return false;
        };
        let mut way = Bisection::new(base, ours.height(), chain.options(), Budget::new(BUDGET));
        walk(host, url, &mut way, &mut self.sets).await.is_ok()
            && way.trusted().verified().hash() != ours.verified().hash()
    }
}

fn agreement(chain: &Chain, roll: &Roll, disagreement: bool) -> Reason {
    let mut members: Vec<&str> = chain
        .nodes
        .iter()
        .map(|node| node.member.as_str())
        .collect();
    members.sort_unstable();
    members.dedup();
    match roll.agreeing_members() {
        0 | 1 if disagreement => reasons::NODES_DISAGREE,
        0 | 1 if members.len() < 2 => reasons::NO_OTHER_NODE,
        0 | 1 => reasons::OTHER_NODES_SILENT,
        _ => reasons::NODES_AGREE,
    }
}

/// What stops the way to a header: at what the node failed, and what that means where no other node does better.
struct Setback {
    fault: Fault,
    reason: Reason,
}

impl From<Fault> for Setback {
    fn from(fault: Fault) -> Self {
        let reason = match fault {
            Fault::Refuted(_) => reasons::HEADER_REFUTED,
            _ => reasons::HEADER_NOT_GIVEN,
        };
        Self { fault, reason }
    }
}

impl From<Wrong> for Setback {
    fn from(wrong: Wrong) -> Self {
        let reason = match &wrong {
            Wrong::TrustExpired { .. } => Some(reasons::TRUST_EXPIRED),
            Wrong::FromFuture { .. } => Some(reasons::HEADER_FROM_FUTURE),
            Wrong::BudgetExceeded { .. } => Some(reasons::TOO_MANY_STEPS),
            _ => None,
        };
        let usual = Self::from(refuted(wrong));
        Self {
            reason: reason.unwrap_or(usual.reason),
            ..usual
        }
    }
}

/// Supplies the blocks that a bisection asks for; gives the number of blocks and the last answer.
async fn walk<H: Host>(
    host: &H,
    url: &str,
    way: &mut Bisection,
    sets: &mut Sets,
) -> Result<(u32, Value), Setback> {
    let (mut steps, mut target) = (0u32, None);
    loop {
        match way.next().clone() {
            Progress::Done => return Ok((steps, target.unwrap_or(Value::Null))),
            Progress::Failed(wrong) => return Err(wrong.into()),
            Progress::Need(height) => {
                host.tell(News::Waiting(
                    "stepping",
                    facts([("height", height.to_string())]),
                ));
                let Fetched { block, raw } = nodes::light_block(host, url, height, sets).await?;
                // The first block that is asked for is the target itself.
                target.get_or_insert(raw);
                way.supply(block, now(host));
                steps = steps.saturating_add(1);
            }
        }
    }
}

fn refuted(wrong: Wrong) -> Fault {
    match wrong {
        Wrong::WrongChain { found, .. } => Fault::WrongChain(found),
        other => Fault::Refuted(other.code().into()),
    }
}

async fn header_hash<H: Host>(
    host: &H,
    url: &str,
    chain: &Chain,
    height: u64,
) -> Result<Hash, Fault> {
    let answers = rpc::ask(host, url, &[Call::commit(height)], LONG).await?;
    let answer = answers
        .first()
        .ok_or_else(|| Fault::Garbage("nothing".into()))?;
    let header = json::commit(answer)?.header;
    if header.chain_id != chain.id {
        return Err(Fault::WrongChain(header.chain_id));
    }
    Ok(header.hash())
}

/// The device's clock.
pub fn now<H: Host>(host: &H) -> Time {
    // A clock beyond the year 9999 judges everything as expired.
    Time::from_unix_nanos(host.now().into()).unwrap_or(Time::GO_ZERO)
}

/// Facts from pairs.
pub fn facts<const N: usize>(pairs: [(&str, String); N]) -> BTreeMap<String, String> {
    pairs
        .into_iter()
        .map(|(name, fact)| (name.into(), fact))
        .collect()
}
