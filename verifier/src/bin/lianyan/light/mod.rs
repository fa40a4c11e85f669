//! `lianyan light`: follows a chain, and says of every header how it was verified.

mod serve;
mod shelf;
mod tell;

use crate::{
    Exit,
    arguments::Light,
    checkpoint, config,
    http::{Terminal, block_on},
    unreadable, usage,
};
use light_client::{
    Hash, SignatureCheck, TrustedState, VerifiedHeader,
    client::{Failure, Followed, KeptStore, LightClient, Limits, MemoryStore, Provider, Store},
};
use shelf::Folder;
use std::{
    thread::sleep,
    time::{Duration, Instant},
};
use verifier::{
    Below, Device, Node, Shown, Verifier,
    chains::{self, Chain},
    logged, proxy,
};

type Client<'a, S> = proxy::Client<'a, Terminal, S>;

/// A header that was verified, and the one under which the log of block hashes proved it, where that did.
struct Found {
    followed: Followed,
    under: Option<VerifiedHeader>,
}

impl From<Followed> for Found {
    fn from(followed: Followed) -> Self {
        Self {
            followed,
            under: None,
        }
    }
}

/// Runs the command.
pub fn run(light: &Light) -> Exit {
    let chain = match chain(light) {
        Ok(chain) => chain,
        Err(exit) => return exit,
    };
    match &light.store {
        None => follow(light, &chain, MemoryStore::default()),
        Some(folder) => {
            let shelf = match Folder::open(folder) {
                Ok(shelf) => shelf,
                Err(error) => {
                    let why = format!("{error}; --store names a folder to read and to write in");
                    return unreadable(&folder.display().to_string(), &why);
                }
            };
            let hash = &chain.checkpoint_hash;
            let store = KeptStore::open(shelf, &chain.id, hash, SignatureCheck::All);
            follow(light, &chain, block_on(store))
        }
    }
}

/// One header, as `--once` verifies it without a store; why there is none was said.
pub fn once(light: &Light) -> Result<VerifiedHeader, Exit> {
    one(light, &chain(light)?, below(light))
}

/// The header of one height as [`once`] verifies it, never under a newer one than that takes, with that height's validators.
pub fn state(light: &Light, chain: &Chain, height: u64) -> Result<TrustedState, Exit> {
    let light = Light {
        height: Some(height),
        ..light.clone()
    };
    let header = one(&light, chain, Below::HashChain)?;
    let shown = Shown::default();
    let nodes = nodes(chain, &shown);
    let state = block_on(given(&nodes, height, header.hash()));
    state.map_err(|faults| {
        tell::not_given("no-way", height, header.hash(), &faults);
        Exit::NotEstablished
    })
}

/// The application of a chain of chains.json is ours.
fn below(light: &Light) -> Below {
    match light.chain_id {
        None => Below::Log,
        Some(_) => Below::HashChain,
    }
}

fn one(light: &Light, chain: &Chain, below: Below) -> Result<VerifiedHeader, Exit> {
    let (shown, mut store) = (Shown::default(), MemoryStore::default());
    let nodes = nodes(chain, &shown);
    block_on(begin(light, chain, &nodes, &mut store))?;
    let mut client = LightClient::new(nodes, store, Device(&Terminal), chain.settings());
    let found = block_on(step(chain, &mut client, light.height, below));
    let found = found.map_err(|failure| {
        tell::failed(&failure, &client.standings());
        exit_of(&failure)
    })?;
    Ok(found.followed.header)
}

fn nodes<'a>(chain: &Chain, shown: &'a Shown) -> Vec<Node<'a, Terminal>> {
    let node = |node| Node::new(&Terminal, node, &chain.id, shown);
    chain.nodes.iter().map(node).collect()
}

/// The chain of `chains.json`, or the one that the command line describes.
pub fn chain(light: &Light) -> Result<Chain, Exit> {
    let nodes = [&light.nodes[..], &light.witnesses].concat();
    let mut chain = match (&light.chain_id, light.trust) {
        (Some(id), (Some(height), Some(hash)))
            if light.chain.is_none() && light.checkpoint.is_none() =>
        {
            described(id, height, hash)
        }
        (None, (None, None)) => config::chain(light.chain.as_deref(), &[])?,
        _ => {
            return Err(usage(
                "name either --chain, or --chain-id with --trust-height and --trust-hash; --checkpoint needs the members' keys of chains.json",
            ));
        }
    };
    chain.trusting_period = light.trusting_period.unwrap_or(chain.trusting_period);
    chain.trust_level = light.trust_level.unwrap_or(chain.trust_level);
    let chain = config::asking(chain, &nodes);
    if !chain.has_witnesses() {
        let needed = chain.witnesses.saturating_add(1);
        let named = chain.members();
        return Err(usage(&format!(
            "nodes of {needed} members are needed, and {named} are named: name another with --witness"
        )));
    }
    Ok(chain)
}

/// A chain without a file, with the cautious values that a file's would have.
fn described(id: &str, height: u64, hash: Hash) -> Chain {
    Chain {
        checkpoint_height: height,
        checkpoint_hash: hash,
        ..chains::cautious(id)
    }
}

fn follow<S: Store>(light: &Light, chain: &Chain, mut store: S) -> Exit {
    let shown = Shown::default();
    let nodes = nodes(chain, &shown);
    if let Err(exit) = block_on(begin(light, chain, &nodes, &mut store)) {
        return exit;
    }
    let settings = chain.settings();
    let mut client = LightClient::new(nodes, store, Device(&Terminal), settings);
    if let Some(at) = light.serve {
        return serve::serve(at, chain, client, below(light));
    }
    let silence = Duration::from_secs(chain.fresh_seconds.into());
    let mut last: Option<(u64, Instant)> = None;
    loop {
        let outcome = block_on(step(chain, &mut client, light.height, below(light)));
        let exit = match &outcome {
            Ok(found) => {
                let height = found.followed.header.header().height;
                // A chain that stands still is told of too, or nobody could tell it from a program that does.
                if last.is_none_or(|(told, at)| told != height || at.elapsed() >= silence) {
                    tell::found(chain, found, light.height.is_none());
                    last = Some((height, Instant::now()));
                }
                Exit::Verified
            }
            Err(failure) => {
                tell::failed(failure, &client.standings());
                exit_of(failure)
            }
        };
        let ended = matches!(outcome, Err(Failure::Attack(_) | Failure::Halted(_)));
        if light.once || light.height.is_some() || ended {
            return exit;
        }
        sleep(light.every.max(Duration::from_millis(100)));
    }
}

async fn step<S: Store>(
    chain: &Chain,
    client: &mut Client<'_, S>,
    height: Option<u64>,
    below: Below,
) -> Result<Found, Failure> {
    let Some(height) = height else {
        return Ok(client.newest().await?.into());
    };
    if below == Below::Log
        && let Some(logged) = logged(chain, &Terminal, client, height).await?
    {
        return Ok(Found {
            followed: logged.followed,
            under: Some(logged.under),
        });
    }
    let mut calls = calls_down_to(client, height).await?;
    loop {
        match client.at(height).await {
            // The next call goes on where this one ran out.
            Err(Failure::OutOf(_)) if calls > 1 => calls -= 1,
            outcome => return Ok(outcome?.into()),
        }
    }
}

/// How many calls may be needed down the hash chain from what is trusted, each as long as a call may be; twice as many, since not every one of a
/// call's headers is used.
async fn calls_down_to<S: Store>(client: &mut Client<'_, S>, height: u64) -> Result<u64, Failure> {
    let above = client.store_mut().at_or_above(height).await?;
    let headers = above.map_or(0, |state| state.height().saturating_sub(height));
    let a_call = u64::from(Limits::default().headers / 2).max(1);
    Ok(headers.div_ceil(a_call).max(1))
}

/// Puts the checkpoint's state into an empty store. A halt stays, unless it is to be ended.
async fn begin<S: Store>(
    light: &Light,
    chain: &Chain,
    nodes: &[Node<'_, Terminal>],
    store: &mut S,
) -> Result<(), Exit> {
    let failed = |error: &dyn std::fmt::Display| unreadable("store", error);
    if light.reset {
        store.clear_halt().await.map_err(|error| failed(&error))?;
    }
    if let Some(file) = &light.checkpoint {
        let file = checkpoint::bytes(file)?;
        let mut verifier = Verifier::with_store(chain.clone(), &mut *store);
        let vouched = verifier.vouch(&Terminal, &file).await;
        checkpoint::tell(chain, &vouched.map_err(|why| checkpoint::refused(&why))?);
    }
    let halted = store.halted().await.map_err(|error| failed(&error))?;
    let newest = store.newest().await.map_err(|error| failed(&error))?;
    if halted.is_some() || newest.is_some() {
        return Ok(());
    }
    let (height, hash) = (chain.checkpoint_height, &chain.checkpoint_hash);
    let state = given(nodes, height, hash).await.map_err(|faults| {
        tell::not_given("checkpoint-not-given", height, hash, &faults);
        Exit::NotEstablished
    })?;
    store.put(&state).await.map_err(|error| failed(&error))
}

/// The block with this hash, whichever node gives it: only the hash counts. An error: at what each node failed, as a code.
async fn given<'a>(
    nodes: &'a [Node<'_, Terminal>],
    height: u64,
    hash: &Hash,
) -> Result<TrustedState, Vec<(&'a str, &'static str)>> {
    let mut faults = Vec::new();
    for node in nodes {
        let given = node.light_block(height).await.map_err(|fault| fault.code());
        let state = given.and_then(|given| {
            TrustedState::from_checkpoint(&given.value, hash).map_err(|reason| reason.code())
        });
        match state {
            Ok(state) => return Ok(state),
            Err(code) => faults.push((node.name(), code)),
        }
    }
    Err(faults)
}

fn exit_of(failure: &Failure) -> Exit {
    match failure {
        Failure::Attack(_) | Failure::Halted(_) => Exit::Rejected,
        _ => Exit::NotEstablished,
    }
}
