//! Old headers in log₂ n steps: by the log of block hashes under the newest header, where the hash chain would take a request for each block.

use crate::{
    chains::Chain,
    headers::{self, included, log_name},
    host::Host,
    nodes::LONG,
    proof,
    provider::{Device, Node, Shown},
    proxy::Client,
    rpc::{self, Call, Fault},
    trust::is_expired,
};
use light_client::{
    TrustedState, VerifiedHeader,
    client::{
        Attack, Failure, Followed, LightClient, MemoryStore, Provider, Received, Store, StoreError,
    },
};

/// So far below what is trusted the hash chain is followed: a header there is one of a few, and no newest one is needed for it.
const NEAR: u64 = 100;

/// How a header far below what is trusted is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Below {
    /// By the application's log of block hashes, and by the hash chain where that does not prove it. Only where the application is known to be ours: in the
    /// state of another one anybody may have written the like.
    Log,
    /// By the hash chain, which every chain has.
    HashChain,
}

/// A header that was proven by the log of block hashes.
#[derive(Clone, Debug)]
pub struct Logged {
    /// The header; with the way to the header under which the log was proven, what all of it cost, and what the nodes said.
    pub followed: Followed,
    /// The header under which the log was proven.
    pub under: VerifiedHeader,
}

/// The header of a height far below all that is trusted, by the log of block hashes, and by signatures where it lies above the log's end. None: it is not far
/// below, or no node proves it; then the hash chain may. An error: the chain has forked.
pub async fn logged<H: Host, S: Store>(
    chain: &Chain,
    host: &H,
    client: &mut Client<'_, H, S>,
    height: u64,
) -> Result<Option<Logged>, Failure> {
    let Some(above) = far_above(chain, host, client.store_mut(), height).await? else {
        return Ok(None);
    };
    let mut followed = match client.newest().await {
        Ok(followed) => followed,
        Err(fork @ (Failure::Attack(_) | Failure::Halted(_))) => return Err(fork),
        Err(_) => return Ok(None),
    };
    let under = followed.header.clone();
    for node in &chain.nodes {
        let Ok(Some(proven)) = under_log(host, &node.url, &under, height).await else {
            continue;
        };
        let (mut header, mut headers, mut bytes) = (proven.value, 1, proven.bytes);
        if header.header().height < height {
            let climbed = climb(chain, host, client.store_mut(), &header, height);
            let Some(climbed) = climbed.await? else {
                continue;
            };
            let spent = climbed.trace.spent;
            headers = spent.headers.saturating_add(headers);
            bytes = spent.bytes.saturating_add(bytes);
            header = climbed.header;
        }
        let found = header.header();
        // Whatever the log says: below what was trusted before, all is older.
        if found.chain_id != chain.id || found.time >= above.header().time {
            continue;
        }
        let spent = &mut followed.trace.spent;
        spent.headers = spent.headers.saturating_add(headers);
        spent.bytes = spent.bytes.saturating_add(bytes);
        followed.header = header;
        followed.commit = None;
        return Ok(Some(Logged { followed, under }));
    }
    Ok(None)
}

/// From the last header in the log up to one that no log holds yet, by signatures: the chain has had no event since. Witnesses are asked as ever, and a fork
/// is kept where every other is.
async fn climb<H: Host, S: Store>(
    chain: &Chain,
    host: &H,
    halts: &mut S,
    last: &VerifiedHeader,
    height: u64,
) -> Result<Option<Followed>, Failure> {
    let shown = Shown::default();
    let node = |node| Node::new(host, node, &chain.id, &shown);
    let nodes: Vec<Node<'_, H>> = chain.nodes.iter().map(node).collect();
    let states = MemoryStore::default();
    let mut store = Aside { states, halts };
    for node in &nodes {
        let block = node.light_block(last.header().height).await.ok();
        let state = block.map(|block| TrustedState::from_checkpoint(&block.value, last.hash()));
        if let Some(Ok(state)) = state {
            store.put(&state).await?;
            let mut client = LightClient::new(nodes, store, Device(host), chain.settings());
            return match client.at(height).await {
                // Nothing but a fork is given to the store that outlasts this: one that it could not keep ends the call all the same.
                Err(fork @ (Failure::Attack(_) | Failure::Store(_))) => Err(fork),
                outcome => Ok(outcome.ok()),
            };
        }
    }
    Ok(None)
}

/// States for one way alone, and a store for what outlasts it.
struct Aside<'a, S> {
    states: MemoryStore,
    halts: &'a mut S,
}

impl<S: Store> Store for Aside<'_, S> {
    async fn newest(&mut self) -> Result<Option<TrustedState>, StoreError> {
        self.states.newest().await
    }

    async fn at_or_below(&mut self, height: u64) -> Result<Option<TrustedState>, StoreError> {
        self.states.at_or_below(height).await
    }

    async fn at_or_above(&mut self, height: u64) -> Result<Option<TrustedState>, StoreError> {
        self.states.at_or_above(height).await
    }

    async fn put(&mut self, state: &TrustedState) -> Result<(), StoreError> {
        self.states.put(state).await
    }

    async fn halt(&mut self, attack: &Attack) -> Result<(), StoreError> {
        self.halts.halt(attack).await
    }

    /// The call began with none: if a person has established trust anew since, that is for the next call to find.
    async fn halted(&mut self) -> Result<Option<Attack>, StoreError> {
        Ok(None)
    }

    async fn clear_halt(&mut self) -> Result<(), StoreError> {
        self.states.clear_halt().await
    }
}

/// What is trusted far above a height, where nothing is at or below it from which steps would lead there.
async fn far_above<H: Host, S: Store>(
    chain: &Chain,
    host: &H,
    store: &mut S,
    height: u64,
) -> Result<Option<TrustedState>, Failure> {
    let below = store.at_or_below(height).await?;
    if below.is_some_and(|state| !is_expired(host, chain, &state)) {
        return Ok(None);
    }
    let above = store.at_or_above(height).await?;
    Ok(above.filter(|state| state.height().saturating_sub(height) > NEAR))
}

/// What one node proves of a height by the log under this header, or of the last one in it where it does not reach so far; none where it is empty.
async fn under_log<H: Host>(
    host: &H,
    url: &str,
    under: &VerifiedHeader,
    height: u64,
) -> Result<Option<Received<VerifiedHeader>>, Fault> {
    let Some(name) = log_name() else {
        return Ok(None);
    };
    let (key, state) = (name.tree_key(), proof::state_height(under));
    let call = Call::query("/head", &key, state, true);
    let (answers, for_head) = rpc::weigh(host, url, &[call], LONG).await?;
    let answer = answers.into_iter().next().unwrap_or_default();
    let head = proof::head(answer, &name, under)?.head().copied();
    let Some(head) = head.filter(|head| head.log_size > 0) else {
        return Ok(None);
    };
    let height = height.min(head.log_size);
    let calls = headers::logged_calls(&key, &head, height, state);
    let (answers, for_header) = rpc::weigh(host, url, &calls, LONG).await?;
    let ([pair], []) = answers.as_chunks::<2>() else {
        return Err(Fault::Garbage("nothing".into()));
    };
    Ok(Some(Received {
        value: included(height, pair, &key, &head)?,
        bytes: for_head.saturating_add(for_header),
    }))
}
