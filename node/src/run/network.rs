//! `lianyan-node network`: the demo's consortium on CometBFT. Four validators and a full node, each with its application, are ten processes;
//! this one starts and watches them, writes the demo data through their RPC and serves the page.

use super::{
    abci::DATABASE,
    chains::{self, Asked},
    demo::page_address,
    desk, founding,
    home::{Chain, Home, PROCESSES},
    live, options, servers, site,
};
use crate::{
    application::DEFAULT_RATE,
    demo::{FOUNDERS, Founding, Script, Tempo},
    error::{Error, Result},
    merkle::sha256,
    network::{Client, IDLE, Network, Node, Plan, key_types, wait_until_free},
    rpc,
    statesync::DEFAULT_PACE,
    store::{Changes, Store, Table},
};
use records::KeyType;
use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
};
use tokio::{runtime::Runtime, sync::watch};

/// Runs until Ctrl-C.
pub(super) fn run(options: &options::Network) -> Result<()> {
    let page = SocketAddr::new(options.demo.listen, options.demo.page_port);
    let page = servers::listen(page)?;
    let addresses = |node| [rpc(options, node), p2p(options, node)];
    wait_until_free((0..PROCESSES).flat_map(addresses))?;
    let known = key_types(&options.cometbft)?;
    let home = Home::open(&options.demo.data, options.demo.fresh)?;
    let mut chain = match home.chain()? {
        Some(chain) if chain.filled && chain.tempo == Tempo::Live => chain,
        // Nobody was told of a chain whose data was not written to the end.
        _ => {
            home.clear()?;
            found(options, &home, &known)?
        }
    };
    require_known(&chain, &known)?;
    let script = chain.script();
    let plan = plan(options, &chain)?;
    plan.write(&chain.genesis.to_json())?;
    if !chain.filled {
        keep_blobs(&plan, script.blobs())?;
    }
    println!("chain  {}", chain.genesis.chain_id);
    println!("logs   {}", plan.logs().display());
    let mut network = Network::start(plan)?;
    let outcome = network
        .wait_until_up()
        .and_then(|()| match chain.filled {
            true => Ok(()),
            false => fill(&home, &mut chain, &script, &mut network),
        })
        .and_then(|()| serve(options, &home, &chain, &script, &mut network, page));
    network.stop();
    outcome
}

fn found(options: &options::Network, home: &Home, known: &[KeyType]) -> Result<Chain> {
    if !known.contains(&options.keys) {
        return Err(unknown(options.keys));
    }
    founding::found(home, options.demo.size(), Tempo::Live, options.keys, known)
}

/// A chain that was begun with a newer CometBFT cannot go on with an older one.
fn require_known(chain: &Chain, known: &[KeyType]) -> Result<()> {
    let words = &chain.genesis.params.key_types;
    let every = [KeyType::Ed25519, KeyType::MlDsa65];
    let beyond = every
        .into_iter()
        .find(|key_type| words.iter().any(|w| w == key_type.word()) && !known.contains(key_type));
    beyond.map_or(Ok(()), |key_type| Err(unknown(key_type)))
}

fn unknown(key_type: KeyType) -> Error {
    Error::Setup(format!(
        "this CometBFT knows no {} keys, which the chain's validators may have: it takes v0.40 or v0.38.26",
        key_type.word()
    ))
}

fn plan(options: &options::Network, chain: &Chain) -> Result<Plan> {
    let nodes = (0..PROCESSES).map(|node| Node {
        moniker: FOUNDERS
            .get(node)
            .map_or("full-node", |founder| founder.id)
            .into(),
        rpc: rpc(options, node),
        p2p: p2p(options, node),
        node_key: chain.peer_seed(node),
        validator_key: chain.validator_key(node),
        state_sync: None,
    });
    Ok(Plan {
        cometbft: options.cometbft.clone(),
        application: std::env::current_exe().map_err(Error::file("lianyan-node"))?,
        folder: options.demo.data.clone(),
        idle: IDLE,
        snapshot_every: DEFAULT_PACE.every,
        rate: DEFAULT_RATE,
        nodes: nodes.collect(),
    })
}

fn rpc(options: &options::Network, node: usize) -> SocketAddr {
    SocketAddr::new(options.demo.listen, port(options.demo.rpc_port, node))
}

fn p2p(options: &options::Network, node: usize) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port(options.p2p_port, node)))
}

fn port(first: u16, node: usize) -> u16 {
    first.saturating_add(node as u16)
}

/// Gives every application the blobs, which no event carries, before it opens its database.
fn keep_blobs(plan: &Plan, blobs: &[Vec<u8>]) -> Result<()> {
    for node in 0..plan.nodes.len() {
        let mut changes = Changes::default();
        for blob in blobs {
            changes.put(Table::Blobs, sha256(blob).to_vec(), blob.clone());
        }
        Store::open(&plan.home(node).application().join(DATABASE))?.commit(changes)?;
    }
    Ok(())
}

/// Writes the demo data, and notes that it is there.
fn fill(home: &Home, chain: &mut Chain, script: &Script, network: &mut Network) -> Result<()> {
    live::fill(script, network)?;
    chain.filled = true;
    home.save(chain)
}

fn serve(
    options: &options::Network,
    home: &Home,
    chain: &Chain,
    script: &Script,
    network: &mut Network,
    page: TcpListener,
) -> Result<()> {
    let address = page_address(&options.demo);
    script
        .write_try(&home.try_folder(), &address)
        .map_err(Error::file(home.try_folder()))?;
    let desk = desk::Counter {
        desk: script.desk(),
        chain: Arc::new(network.client(0)),
    };
    let chains = chains(options, chain, network.client(0))?;
    let router = site::router(
        options.demo.site.as_deref(),
        &home.try_folder(),
        chains,
        desk,
    );
    let runtime = Runtime::new().map_err(|error| Error::Setup(format!("cannot start: {error}")))?;
    let (stop, stopped) = watch::channel(false);
    runtime.block_on(async {
        let servers = servers::start(vec![page], vec![router], rpc::MAX_CONNECTIONS, &stopped)?;
        say(options, &address);
        let mut failed = None;
        servers::until_end(|| {
            failed = network.tend().err();
            failed.is_some()
        })
        .await;
        stop.send_replace(true);
        for server in servers {
            let _ = server.await;
        }
        failed.map_or(Ok(()), Err)
    })
}

/// Every process is asked; the full node is the first member's second.
fn chains(options: &options::Network, chain: &Chain, client: Client) -> Result<String> {
    let (height, _) = client.newest()?;
    let hash = client.block_hash(height)?;
    let nodes: Vec<Asked> = (0..PROCESSES)
        .map(|node| Asked {
            port: rpc(options, node).port(),
            member: member(node).id,
        })
        .collect();
    Ok(chains::document(&chain.genesis, (height, &hash), &nodes))
}

/// Who runs a process.
fn member(node: usize) -> &'static Founding {
    &FOUNDERS[node % FOUNDERS.len()]
}

fn say(options: &options::Network, page: &str) {
    for node in 0..PROCESSES {
        let (rpc, member) = (rpc(options, node), member(node));
        println!("node   http://{rpc}  {} {}", member.name, member.name_en);
    }
    site::say(page);
}
