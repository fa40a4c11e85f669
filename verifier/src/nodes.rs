//! The nodes that are asked, what each of them said, and the blocks that they hand out.

use crate::{
    chains::Node,
    host::{Host, Limits},
    join_all,
    rpc::{self, Call, Fault, MAX_BATCH, PAGE},
    verdict::NodeAnswer,
};
use alloc::{
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use core::{
    cell::Cell,
    sync::atomic::{AtomicI64, Ordering::Relaxed},
};
use light_client::{
    Hash, LightBlock, Time, ValidatorSet,
    client::Unreachable,
    json::{self, Value},
};
use litemap::LiteMap;

/// For what is short.
pub const SHORT: Limits = Limits {
    millis: 4_000,
    bytes: 256 * 1024,
};
/// For blocks and logs.
pub const LONG: Limits = Limits {
    millis: 15_000,
    bytes: 8 * 1024 * 1024,
};

/// What a node may take of one question's time for proofs and logs, all that it is asked together, in milliseconds: two minutes, as on the way to the header.
const PATIENCE_MILLIS: u32 = 120_000;
/// What it has proven of a log so fast, in bytes a millisecond, costs it nothing of that: long logs take longer than any question may.
const PACE: usize = 64;
/// A node that takes more of it, in milliseconds, is asked last in the next questions too.
const DUE_MILLIS: u32 = 10_000;
/// For so long, in nanoseconds: ten minutes.
const REST: i64 = 600 * 1_000_000_000;
/// For a page of validators: a hundred of the largest keys that there are, ML-DSA-65, take 300 KB.
const PAGE_BYTES: usize = 512 * 1024;

/// Validator sets by their hash: they change slowly and are large.
pub type Sets = LiteMap<Hash, ValidatorSet>;
/// Validators in all sets that are kept: a key takes up to two kilobytes, and whoever shows a set need not have proven anything.
const MAX_KEPT: usize = 20_000;

/// When each node last took too long or failed, Unix nanoseconds, in the order of `chains.json`. Kept between questions, and noted at once: a question may be
/// called off.
pub type Lapses = Arc<[AtomicI64]>;

/// Nothing is known of so many nodes.
pub fn no_lapses(nodes: usize) -> Lapses {
    (0..nodes).map(|_| AtomicI64::new(i64::MIN)).collect()
}

/// What the nodes of a chain said, in the order of `chains.json`.
#[derive(Clone, Debug)]
pub struct Roll {
    pub answers: Vec<NodeAnswer>,
    /// Time of the newest block that each claims to have.
    times: Vec<Option<Time>>,
    /// Milliseconds that each has taken for proofs and logs.
    taken: Vec<Cell<u32>>,
    lapses: Lapses,
    /// When they were called, Unix nanoseconds.
    called: i64,
}

/// A node that is asked for proofs and logs.
pub struct Peer<'a, H> {
    host: &'a H,
    url: &'a str,
    taken: &'a Cell<u32>,
    lapse: &'a AtomicI64,
    called: i64,
}

impl<H: Host> Peer<'_, H> {
    /// As [`rpc::ask`], within the time that the node has left: one that answers everything a little before its time is up is left for another all the same.
    /// All answers together weigh no more than one may: until the last is there, they are in memory at once.
    pub async fn ask(&self, calls: &[Call]) -> Result<Vec<Value>, Fault> {
        let mut answers = Vec::with_capacity(calls.len());
        let mut bytes = LONG.bytes;
        for batch in calls.chunks(MAX_BATCH) {
            let millis = LONG.millis.min(self.left()?);
            let began = self.host.now();
            let limits = Limits { millis, bytes };
            let answered = rpc::weigh(self.host, self.url, batch, limits).await;
            self.charge(began);
            let (answered, weight) = answered?;
            answers.extend(answered);
            bytes = bytes.saturating_sub(usize::try_from(weight).unwrap_or(usize::MAX));
        }
        Ok(answers)
    }

    /// As [`light_block`]; it may take longer than the node has left, and then nothing more is asked of it.
    pub async fn light_block(&self, height: u64, sets: &mut Sets) -> Result<LightBlock, Fault> {
        self.left()?;
        let began = self.host.now();
        let fetched = light_block(self.host, self.url, height, sets).await;
        self.charge(began);
        fetched.map(|fetched| fetched.block)
    }

    /// Milliseconds that the node has left.
    fn left(&self) -> Result<u32, Fault> {
        match PATIENCE_MILLIS.saturating_sub(self.taken.get()) {
            0 => Err(Unreachable::TimedOut.into()),
            left => Ok(left),
        }
    }

    fn charge(&self, began: i64) {
        let took = millis_since(self.host, began);
        let taken = self.taken.get().saturating_add(took);
        self.taken.set(taken);
        if taken > DUE_MILLIS {
            self.lapse.store(self.called, Relaxed);
        }
    }
}

impl Roll {
    /// Asks every node for its newest height, all at once.
    pub async fn call<H: Host>(host: &H, chain_id: &str, nodes: &[Node], lapses: &Lapses) -> Self {
        let called = host.now();
        let statuses = join_all(nodes.iter().map(|node| status(host, &node.url))).await;
        let times = statuses
            .iter()
            .map(|status| Some(status.as_ref().ok()?.latest_time));
        let times = times.collect();
        let answers = nodes.iter().zip(statuses).map(|(node, status)| {
            let mut answer = NodeAnswer {
                url: node.url.clone(),
                member: node.member.clone(),
                state: String::new(),
                reason: String::new(),
                height: None,
            };
            match status {
                Ok(status) if status.chain_id == chain_id => {
                    answer.height = Some(status.latest_height)
                }
                Ok(status) => note(&mut answer, &Fault::WrongChain(status.chain_id)),
                Err(fault) => note(&mut answer, &fault),
            }
            answer
        });
        Self {
            answers: answers.collect(),
            times,
            taken: nodes.iter().map(|_| Cell::default()).collect(),
            lapses: lapses.clone(),
            called,
        }
    }

    /// One node, which holds the header of this height and has no address: a proof file.
    pub fn of_one(height: u64) -> Self {
        let answer = NodeAnswer {
            url: String::new(),
            member: String::new(),
            state: "agrees".into(),
            reason: String::new(),
            height: Some(height),
        };
        Self {
            answers: Vec::from([answer]),
            times: Vec::from([None]),
            taken: Vec::from([Cell::default()]),
            lapses: no_lapses(1),
            called: 0,
        }
    }

    /// What was wrong with something that a node gave, if anything was.
    pub fn refuted(&self) -> Option<String> {
        let bent = |answer: &&NodeAnswer| matches!(answer.state.as_str(), "refuted" | "garbage");
        self.answers
            .iter()
            .find(bent)
            .map(|answer| answer.reason.clone())
    }

    /// Time of the newest block that a node claims to have.
    pub fn time(&self, at: usize) -> Option<Time> {
        self.times.get(at).copied().flatten()
    }

    /// Nodes that may still be believed to answer, in the order of `chains.json`: nobody is asked first for claiming more than the others.
    pub fn usable(&self) -> Vec<usize> {
        self.answers
            .iter()
            .enumerate()
            .filter(|(_, answer)| !is_out(answer) && answer.height.is_some())
            .map(|(at, _)| at)
            .collect()
    }

    /// Writes down at what a node failed. That it lacks something does not undo that it holds our header.
    pub fn fault(&mut self, at: usize, fault: &Fault) {
        if let Some(lapse) = self.lapses.get(at)
            && !matches!(fault, Fault::Refused(_))
        {
            lapse.store(self.called, Relaxed);
        }
        if let Some(answer) = self.answers.get_mut(at) {
            match fault {
                Fault::Refused(_) if answer.state == "agrees" => answer.reason = fault.to_string(),
                _ => note(answer, fault),
            }
        }
    }

    /// Nodes to ask for proofs: those that hold our header first, and last those that were slow or failed not long ago.
    pub fn for_proofs(&self) -> Vec<usize> {
        let mut nodes = self.usable();
        let agrees = |at: &usize| {
            self.answers
                .get(*at)
                .is_some_and(|answer| answer.state == "agrees")
        };
        nodes.sort_by_key(|at| (self.rests(*at), !agrees(at)));
        nodes
    }

    /// Whether a node is asked last for a while. A clock that was set back prolongs nothing.
    fn rests(&self, at: usize) -> bool {
        let since = self
            .lapses
            .get(at)
            .map_or(i64::MIN, |lapse| lapse.load(Relaxed));
        (since..since.saturating_add(REST)).contains(&self.called)
    }

    /// Writes down how a node stands to our header.
    pub fn stand(&mut self, at: usize, state: &str) {
        if let Some(answer) = self.answers.get_mut(at)
            && !is_out(answer)
        {
            answer.state = state.into();
        }
    }

    /// Gives a node back the time that so many bytes of a log may take, which it has proven.
    pub fn proved(&self, at: usize, bytes: usize) {
        if let Some(taken) = self.taken.get(at) {
            let millis = u32::try_from(bytes / PACE).unwrap_or(u32::MAX);
            taken.set(taken.get().saturating_sub(millis));
        }
    }

    /// A node to be asked for proofs.
    pub fn peer<'a, H: Host>(&'a self, at: usize, host: &'a H) -> Result<Peer<'a, H>, Fault> {
        let (Some(answer), Some(taken), Some(lapse)) = (
            self.answers.get(at),
            self.taken.get(at),
            self.lapses.get(at),
        ) else {
            return Err(Unreachable::NoConnection.into());
        };
        Ok(Peer {
            host,
            url: &answer.url,
            taken,
            lapse,
            called: self.called,
        })
    }

    /// Addresses of the nodes that may still be believed to answer.
    pub fn usable_urls(&self) -> Vec<String> {
        let nodes = self.usable().into_iter();
        nodes.map(|at| self.url(at)).collect()
    }

    /// Address of a node.
    pub fn url(&self, at: usize) -> String {
        self.answers
            .get(at)
            .map(|answer| answer.url.clone())
            .unwrap_or_default()
    }
}

/// Whether nothing more is expected of a node.
fn is_out(answer: &NodeAnswer) -> bool {
    matches!(
        answer.state.as_str(),
        "unreachable" | "wrong-chain" | "garbage" | "refuted"
    )
}

fn note(answer: &mut NodeAnswer, fault: &Fault) {
    answer.state = match fault {
        Fault::Unreachable(_) => "unreachable",
        Fault::Garbage(_) => "garbage",
        Fault::Refused(_) => "behind",
        Fault::WrongChain(_) => "wrong-chain",
        Fault::Refuted(_) => "refuted",
    }
    .into();
    answer.reason = match fault {
        Fault::Refuted(code) => code.clone(),
        Fault::Unreachable(why) => why.code().into(),
        other => other.to_string(),
    };
}

/// What a node says of itself.
pub async fn status<H: Host>(host: &H, url: &str) -> Result<json::Status, Fault> {
    let answers = rpc::ask(host, url, &[Call::status()], SHORT).await?;
    Ok(json::status(first(&answers)?)?)
}

fn first(answers: &[Value]) -> Result<&Value, Fault> {
    answers
        .first()
        .ok_or_else(|| Fault::Garbage("nothing".into()))
}

/// A light block.
#[derive(Clone, Debug)]
pub struct Fetched {
    pub block: LightBlock,
    /// What was transferred for it.
    pub bytes: u64,
}

/// Fetches header, commit and validators of a height, and keeps the set.
pub async fn light_block<H: Host>(
    host: &H,
    url: &str,
    height: u64,
    sets: &mut Sets,
) -> Result<Fetched, Fault> {
    let known = |hash: &Hash| sets.get(hash).cloned();
    let fetched = fetch_block(host, url, height, &known, sets.is_empty()).await?;
    let hash = fetched.block.signed_header.header.validators_hash;
    keep(sets, hash, &fetched.block.validators);
    Ok(fetched)
}

/// Keeps the set of this hash.
pub fn keep(sets: &mut Sets, hash: Hash, set: &ValidatorSet) {
    if sets.contains_key(&hash) {
        return;
    }
    let kept = sets.values().chain([set]);
    if kept.map(|set| set.validators().len()).sum::<usize>() > MAX_KEPT {
        sets.clear();
    }
    sets.insert(hash, set.clone());
}

/// Fetches header and commit of a height, and validators unless their set is known. `at_once`: no set is, so the validators are asked for beside the header.
pub async fn fetch_block<H: Host>(
    host: &H,
    url: &str,
    height: u64,
    known: &dyn Fn(&Hash) -> Option<ValidatorSet>,
    at_once: bool,
) -> Result<Fetched, Fault> {
    let both = [Call::commit(height), Call::validators(height, 1)];
    let [commit, _] = &both;
    let alone = core::slice::from_ref(commit);
    let mut asked: &[Call] = if at_once { &both } else { alone };
    let (answers, mut bytes) = loop {
        match rpc::weigh(host, url, asked, LONG).await {
            // It may know no batches.
            Err(Fault::Garbage(_)) if asked.len() > 1 => asked = alone,
            answered => break answered?,
        }
    };
    let mut answers = answers.into_iter();
    let raw = answers
        .next()
        .ok_or_else(|| Fault::Garbage("nothing".into()))?;
    let signed_header = json::commit(&raw)?;
    if signed_header.header.height != height {
        return Err(Fault::Refuted("wrong-height".into()));
    }
    let hash = signed_header.header.validators_hash;
    let validators = match known(&hash) {
        Some(set) => set,
        None => {
            let votes = signed_header.commit.signatures.len();
            let (set, more) = validators(host, url, height, votes, answers.collect()).await?;
            bytes = bytes.saturating_add(more);
            set
        }
    };
    if validators.hash() != hash {
        return Err(Fault::Refuted("validators-hash".into()));
    }
    let block = LightBlock {
        signed_header,
        validators,
        next_validators: None,
    };
    Ok(Fetched { block, bytes })
}

/// The whole set that signs with so many votes, page by page, and the bytes of all pages. The first may be here already, and is weighed. The others together
/// may take as long as one answer: a node chooses how many votes it shows.
async fn validators<H: Host>(
    host: &H,
    url: &str,
    height: u64,
    votes: usize,
    mut answers: Vec<Value>,
) -> Result<(ValidatorSet, u64), Fault> {
    let mut bytes = 0;
    if answers.is_empty() {
        let limits = pages_within(LONG.millis, 1);
        (answers, bytes) = rpc::weigh(host, url, &[Call::validators(height, 1)], limits).await?;
    }
    let first = json::validators(first(&answers)?)?;
    if usize::try_from(first.total) != Ok(votes) {
        // Nobody is led to fetch pages that no commit has votes for.
        return Err(Fault::Garbage("another number of validators".into()));
    }
    let pages: Vec<u64> = (2..=first.total.div_ceil(PAGE)).collect();
    let mut all = Vec::from([first]);
    let began = host.now();
    for pages in pages.chunks(MAX_BATCH) {
        let left = LONG.millis.saturating_sub(millis_since(host, began));
        if left == 0 {
            return Err(Unreachable::TimedOut.into());
        }
        let calls: Vec<Call> = pages
            .iter()
            .map(|page| Call::validators(height, *page))
            .collect();
        let limits = pages_within(left, calls.len());
        let (answers, more) = rpc::weigh(host, url, &calls, limits).await?;
        bytes = bytes.saturating_add(more);
        for answer in answers {
            all.push(json::validators(&answer)?);
        }
    }
    let set = json::join_pages(all)
        .ok_or_else(|| Fault::Garbage("the pages are no validator set".into()))?;
    Ok((set, bytes))
}

/// Limits for so many pages of validators.
fn pages_within(millis: u32, pages: usize) -> Limits {
    Limits {
        millis,
        bytes: pages.saturating_mul(PAGE_BYTES),
    }
}

/// How long ago that was, in milliseconds; 0 where the clock was set back.
pub fn millis_since<H: Host>(host: &H, began: i64) -> u32 {
    let nanos = host.now().saturating_sub(began).max(0);
    u32::try_from(nanos / 1_000_000).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use light_client::{PublicKey, Validator};

    /// A set of so many validators, as no other number makes.
    fn set(validators: u64, number: u8) -> ValidatorSet {
        let validators = (0..validators).map(|place| {
            let mut key = [number; 32];
            key[..8].copy_from_slice(&place.to_be_bytes());
            Validator::new(PublicKey::Ed25519(key), 1)
        });
        ValidatorSet::new(validators.collect()).expect("a set")
    }

    #[test]
    fn sets_that_nobody_verified_fill_no_memory() {
        let mut sets = Sets::new();
        for number in 0..40 {
            keep(&mut sets, [number; 32], &set(4_500, number));
            let kept: usize = sets.values().map(|set| set.validators().len()).sum();
            assert!(kept <= MAX_KEPT, "{kept}");
            assert!(sets.contains_key(&[number; 32]), "the newest is there");
        }
        // As large as a chain may have them: what is trusted, and what comes next.
        sets.clear();
        for number in [0, 1, 0, 1] {
            keep(&mut sets, [number; 32], &set(10_000, number));
        }
        assert_eq!(sets.len(), 2, "neither drives the other out");
    }
}
