//! The verifier: what is trusted of one chain, and the way from a question to its verdict.

use crate::{
    archive::Archive,
    chains::{self, Chain},
    checkpoint::Vouched,
    checks::{Checks, conclude},
    fork::Fork,
    history::Times,
    host::{Host, News},
    judging::Electorate,
    kinds, members,
    nodes::{self, Lapses, Roll},
    pace::Pace,
    question::Question,
    reasons,
    sending::Unsent,
    session::Session,
    stages::Stage,
    trust::{Anchored, NoHeader, Trust, facts},
    verdict::{Anchor, NodeAnswer, Outcome, Verdict, agreeing_members},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::mem;
use light_client::{
    Header, Vote,
    client::{Attack, MemoryStore, Store},
};
use litemap::LiteMap;
use records::{
    Hash, RecordName,
    kinds::{member::Member, vote},
};

/// What is trusted of one chain, and every record that was replayed; kept between questions.
pub struct Verifier<S = MemoryStore> {
    pub(crate) chain: Chain,
    pub(crate) trust: Trust<S>,
    pub(crate) archive: Archive,
    /// Rosters that were recomputed from their published leaves.
    pub(crate) recomputed: Vec<Electorate>,
    /// Block times that are proven: they stay so.
    pub(crate) times: Times,
    /// Whether something of that was proven under a header that no other node confirmed.
    unconfirmed: bool,
    /// The store's generation, by what was trusted in which all this was proven.
    generation: u64,
    pace: Pace,
    /// Which nodes are asked last for proofs.
    lapses: Lapses,
}

/// What a look at the chain found.
#[derive(Clone, Debug)]
pub struct Look {
    /// The newest header; none where none could be trusted.
    pub anchor: Option<Anchor>,
    /// Reason code where something is not as it should be; empty when all is well.
    pub reason: String,
    /// Facts for it.
    pub facts: LiteMap<String, String>,
    /// The nodes asked.
    pub nodes: Vec<NodeAnswer>,
    /// Members that are proven under the header, by id.
    pub members: Vec<Member>,
    /// The fork that stops everything, where there is one.
    pub fork: Option<Fork>,
    /// Log sizes of the records that were asked for, as far as they were proven; 0 for one that is absent.
    pub sizes: LiteMap<RecordName, u64>,
}

impl Verifier {
    /// Knows nothing yet but the chain's checkpoint, and keeps what it trusts in memory.
    pub fn new(chain: Chain) -> Self {
        Self::with_store(chain, MemoryStore::default())
    }
}

impl<S: Store> Verifier<S> {
    /// Trusts what is in the store, else the chain's checkpoint.
    pub fn with_store(chain: Chain, store: S) -> Self {
        Self {
            generation: store.generation(),
            trust: Trust::new(store),
            pace: Pace::default(),
            archive: Archive::new(&chain.id),
            recomputed: Vec::new(),
            times: Times::new(),
            unconfirmed: false,
            lapses: nodes::no_lapses(chain.nodes.len()),
            chain,
        }
    }

    /// The chain.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// What is kept.
    pub fn store(&self) -> &S {
        &self.trust.store
    }

    /// Reason code of what stops everything, where a fork was proven: nothing else is to be shown as proven then.
    pub async fn halted(&mut self) -> Option<&'static str> {
        match self.trust.store.halted().await {
            Ok(None) => None,
            Ok(Some(_)) => Some(reasons::CHAIN_FORKED.code),
            Err(_) => Some(reasons::HALT_UNREADABLE.code),
        }
    }

    /// Trusts the header of this height with this hash, because a person compared it with a second source, and nothing that was trusted or
    /// proven before. Ends a halt. Refused where no node has that header, or where it is older than the trusting period.
    pub async fn establish<H: Host>(
        &mut self,
        host: &H,
        height: u64,
        hash: &str,
    ) -> Result<(), Unsent> {
        let hash = chains::hash(hash).ok_or_else(|| Unsent::new("not-a-hash"))?;
        Ok(self.begin(host, (height, &hash), None).await?)
    }

    /// Forgets all that was proven under headers, and who was found wrong by it.
    fn forget(&mut self) {
        self.archive = Archive::new(&self.chain.id);
        self.recomputed.clear();
        self.times.clear();
        self.lapses = nodes::no_lapses(self.chain.nodes.len());
    }

    /// Begins a question: every node is asked for its newest height. What was proven under a header that nobody confirmed is forgotten: it would stand
    /// against the honest chain.
    pub(crate) async fn call<H: Host>(&mut self, host: &H) -> Roll {
        if mem::take(&mut self.unconfirmed) {
            self.forget();
        }
        host.tell(News::Waiting(Stage::AskingNodes, LiteMap::new()));
        Roll::call(host, &self.chain.id, &self.chain.nodes, &self.lapses).await
    }

    /// Trusts the header that a file names, which enough members have signed, above all that was trusted before; says who signed. Refused where
    /// [`Vouched::open`] refuses it, where it is not above what is trusted or at odds with it, where the chain has forked, and where no node has that header.
    pub async fn vouch<H: Host>(&mut self, host: &H, file: &[u8]) -> Result<Vouched, Unsent> {
        let vouched = Vouched::open(&self.chain, file, host.now())?;
        self.trust.admits(&self.chain, &vouched).await?;
        let at = (vouched.checkpoint.height, &vouched.checkpoint.hash.0);
        self.begin(host, at, Some(&vouched)).await?;
        Ok(vouched)
    }

    async fn begin<H: Host>(
        &mut self,
        host: &H,
        at: (u64, &Hash),
        vouched: Option<&Vouched>,
    ) -> Result<(), NoHeader> {
        let mut roll = self.call(host).await;
        let (chain, trust) = (&self.chain, &mut self.trust);
        trust.establish(host, chain, &mut roll, at, vouched).await?;
        // It may be another chain than the one that was trusted before.
        self.forget();
        Ok(())
    }

    /// The members whose signed checkpoint began this trust; of one that began in an earlier run, after [`Verifier::recall_signers`].
    pub fn vouched(&self) -> &[String] {
        &self.trust.vouched
    }

    /// Looks for the newest header and who signed it, and under it for the sizes of these records' logs.
    pub async fn look<H: Host>(&mut self, host: &H, watched: &[RecordName]) -> Look {
        let mut checks = Checks::new(host);
        let (mut roll, anchored) = self.anchor(host, &mut checks).await;
        let mut sizes = LiteMap::new();
        let anchor = match &anchored {
            Some(anchored) => {
                let mut session =
                    Session::new(host, &anchored.header, &mut roll, &mut self.archive);
                // Without the consortium's record the signers stay unnamed; nothing else is lost.
                let _ = session.replay(members::consortium_name().as_slice()).await;
                if session.prove(watched).await.is_ok() {
                    let size = |name: &RecordName| session.head(name).map_or(0, |h| h.log_size);
                    sizes.extend(watched.iter().map(|name| (name.clone(), size(name))));
                }
                self.judge_age(host, anchored, &mut checks);
                Some(self.describe(host, anchored))
            }
            None => None,
        };
        let fork = match self.trust.store.halted().await {
            Ok(Some(attack)) => Some(self.fork(host, &mut roll, &attack).await),
            _ => None,
        };
        let trouble = checks
            .finish()
            .into_iter()
            .find(|check| check.status != crate::verdict::Status::Passed);
        let (reason, facts) = trouble
            .map(|check| (check.reason, check.facts))
            .unwrap_or_default();
        Look {
            anchor,
            reason,
            facts,
            nodes: roll.answers,
            members: members::known(&self.archive).values().cloned().collect(),
            fork,
            sizes,
        }
    }

    /// A fork with the names of those who signed, as they are proven under the last header that was trusted before it.
    async fn fork<H: Host>(&mut self, host: &H, roll: &mut Roll, attack: &Attack) -> Fork {
        if let Some(name) = members::consortium_name()
            && self.archive.kept(&name).is_none()
            && let Ok(Some(last)) = self.trust.store.newest().await
        {
            let mut session = Session::new(host, last.verified(), roll, &mut self.archive);
            // Without it the signers stay unnamed.
            let _ = session.replay(&[name]).await;
        }
        Fork::new(attack, &self.archive)
    }

    /// Answers a question.
    pub async fn check<H: Host>(&mut self, host: &H, question: &Question) -> Verdict {
        let began = host.now();
        let mut verdict = blank(question);
        let mut checks = Checks::new(host);
        if let Some(reason) = question.scan {
            checks.note(reason);
        }
        if let Some(name) = &question.record {
            self.prove(host, question, name, &mut verdict, &mut checks)
                .await;
        }
        match &question.record {
            // Of a vote that is proven it is said already.
            Some(name) if name.kind() == vote::NAME && !verdict.state.is_empty() => {}
            Some(name) => checks.note(kinds::outside(name.kind())),
            None => checks.note(reasons::TRUTH_OUTSIDE_PROOF),
        }
        verdict.checks = checks.finish();
        conclude(&mut verdict);
        let millis = host.now().saturating_sub(began) / 1_000_000;
        verdict.millis = u32::try_from(millis).unwrap_or_default();
        verdict
    }

    async fn prove<H: Host>(
        &mut self,
        host: &H,
        question: &Question,
        name: &RecordName,
        verdict: &mut Verdict,
        checks: &mut Checks<'_, H>,
    ) {
        let (mut roll, anchored) = self.anchor(host, checks).await;
        if let Some(anchored) = anchored {
            let bound = i64::from(self.chain.fresh_seconds);
            self.judge(
                host, question, name, &anchored, bound, &mut roll, verdict, checks,
            )
            .await;
            // Not before: proofs may have taken long.
            self.judge_age(host, &anchored, checks);
            verdict.anchor = Some(self.describe(host, &anchored));
        }
        verdict.nodes = roll.answers;
    }

    /// Moves trust on. What was proven by what is trusted no more is forgotten: it may be another page of this browser that began anew.
    pub(crate) async fn advance<H: Host>(
        &mut self,
        host: &H,
        roll: &mut Roll,
    ) -> Result<Anchored, NoHeader> {
        let advanced = self.trust.advance(host, &self.chain, roll).await;
        let generation = self.trust.store.generation();
        if generation != self.generation {
            self.generation = generation;
            self.trust.forget();
            self.forget();
        }
        advanced
    }

    /// The newest header that can be trusted, and the checks about it.
    pub(crate) async fn anchor<H: Host>(
        &mut self,
        host: &H,
        checks: &mut Checks<'_, H>,
    ) -> (Roll, Option<Anchored>) {
        let mut roll = self.call(host).await;
        match self.advance(host, &mut roll).await {
            Err(NoHeader { reason, facts }) => {
                if reason == reasons::CHAIN_FORKED {
                    self.times.clear();
                }
                checks.note_with(reason, facts);
                (roll, None)
            }
            Ok(anchored) => {
                self.unconfirmed = anchored.agreement != reasons::NODES_AGREE;
                let signed = anchored.header.signers();
                if signed.is_empty() {
                    checks.note(reasons::HEADER_IS_CHECKPOINT);
                } else {
                    checks.note_with(reasons::HEADER_SIGNED, power(&anchored));
                }
                let agree = agreeing_members(&roll.answers);
                let counts = [
                    ("agree", agree.to_string()),
                    ("asked", roll.answers.len().to_string()),
                ];
                checks.note_with(anchored.agreement, facts(counts));
                (roll, Some(anchored))
            }
        }
    }

    pub(crate) fn judge_age<H: Host>(
        &mut self,
        host: &H,
        anchored: &Anchored,
        checks: &mut Checks<'_, H>,
    ) {
        let age = age_seconds(host, anchored);
        let bound = self.chain.fresh_seconds;
        let moves = self
            .pace
            .moves(host.now(), unix_nanos(anchored), i64::from(bound));
        let reason = if age <= i64::from(bound) {
            reasons::HEADER_FRESH
        } else if moves {
            reasons::CLOCK_AHEAD
        } else {
            reasons::HEADER_STALE
        };
        let facts = facts([
            ("age_seconds", age.to_string()),
            ("bound_seconds", bound.to_string()),
        ]);
        checks.note_with(reason, facts);
    }

    pub(crate) fn describe<H: Host>(&self, host: &H, anchored: &Anchored) -> Anchor {
        let header = anchored.header.header();
        let signers = members::signers(&anchored.header, &self.archive);
        let way = &self.trust.way;
        Anchor {
            chain_id: header.chain_id.clone(),
            dev: self.chain.dev,
            height: header.height,
            hash: hex::encode(anchored.header.hash()),
            time: header.time.unix_nanos().to_string(),
            age_seconds: age_seconds(host, anchored),
            total_power: total_power(anchored),
            signed_power: signers.iter().map(|signer| signer.signed).sum(),
            signers,
            from: match way.from {
                0 => self.chain.checkpoint_height,
                from => from,
            },
            steps: way.steps,
            signatures: way.signatures,
            last_steps: way.last.clone(),
        }
    }
}

pub fn blank(question: &Question) -> Verdict {
    let name = question.record.as_ref();
    Verdict {
        outcome: Outcome::NotEstablished,
        headline: String::new(),
        facts: LiteMap::new(),
        kind: name.map(|name| name.kind().into()).unwrap_or_default(),
        id: name.map(|name| name.id().into()).unwrap_or_default(),
        checks: Vec::new(),
        fields: question.claimed.clone(),
        state: String::new(),
        history: Vec::new(),
        anchor: None,
        nodes: Vec::new(),
        raw: String::new(),
        millis: 0,
    }
}

pub fn power(anchored: &Anchored) -> LiteMap<String, String> {
    let signers = anchored.header.signers().iter();
    let signed = signers.filter(|signer| signer.vote == Vote::Signed);
    let signed: u64 = signed.map(|signer| signer.power).sum();
    facts([
        ("signed", signed.to_string()),
        ("total", total_power(anchored).to_string()),
    ])
}

pub fn total_power(anchored: &Anchored) -> u64 {
    anchored
        .header
        .signers()
        .iter()
        .map(|signer| signer.power)
        .sum()
}

pub fn unix_nanos(anchored: &Anchored) -> i64 {
    nanos(anchored.header.header())
}

pub fn nanos(header: &Header) -> i64 {
    i64::try_from(header.time.unix_nanos()).unwrap_or(i64::MAX)
}

pub fn age_seconds<H: Host>(host: &H, anchored: &Anchored) -> i64 {
    host.now().saturating_sub(unix_nanos(anchored)) / 1_000_000_000
}
