//! `lianyan-node demo`: a consortium of four members, three nodes and the page, in one process.

use super::{
    chains::{self, Asked},
    desk, fill, founding,
    home::{Chain, Home},
    options, servers, site,
};
use crate::{
    application::DEFAULT_HORIZON,
    chain::FullNode,
    consortium::{Follower, Mempool, Producer, catch_up, now},
    demo::{FOUNDERS, Script, Tempo},
    error::{Error, Result},
    fetch::Fetch,
    rpc::{self, Rpc},
};
use hyper::Uri;
use records::KeyType;
use std::{
    net::{IpAddr, SocketAddr, TcpListener, UdpSocket},
    sync::{Arc, atomic::AtomicUsize},
    time::Duration,
};
use tokio::{runtime::Runtime, sync::watch, time};

/// How many nodes there are: one each of the members with the most power.
const NODES: usize = 3;

/// The newest block's time is at most this far behind when the page is served.
const SERVED_LAG: i64 = 30 * 1_000_000_000;

/// Requests under way at the end get this long.
const LAST_REQUESTS: Duration = Duration::from_secs(1);

/// Runs until Ctrl-C.
pub(super) fn run(options: &options::Demo) -> Result<()> {
    let ports = (0..NODES)
        .map(|node| port(options, node))
        .chain([options.page_port]);
    let listeners: Vec<TcpListener> = ports
        .map(|port| servers::listen(SocketAddr::new(options.listen, port)))
        .collect::<Result<_>>()?;
    let home = Home::open(&options.data, options.fresh)?;
    let mut chain = match home.chain()? {
        Some(chain) if chain.filled => chain,
        // Nobody was told of a chain whose data was not written to the end.
        _ => {
            home.clear()?;
            founding::found(
                &home,
                options.size(),
                Tempo::Past,
                KeyType::Ed25519,
                &[KeyType::Ed25519],
            )?
        }
    };
    let script = chain.script();
    let nodes: Vec<Arc<FullNode>> = (0..NODES)
        .map(|node| {
            let genesis = chain.genesis.clone();
            Ok(Arc::new(FullNode::open(
                &home.database(node),
                genesis,
                DEFAULT_HORIZON,
            )?))
        })
        .collect::<Result<_>>()?;
    if !chain.filled {
        fill::fill(&home, &mut chain, &script, &nodes)?;
    }
    for node in &nodes[1..] {
        catch_up(node, &nodes[0])?;
    }
    let page = page_address(options);
    script
        .write_try(&home.try_folder(), &page)
        .map_err(Error::file(home.try_folder()))?;
    serve(options, &home, &chain, &script, &nodes, listeners)
}

/// Blocks, nodes and page, until Ctrl-C or until one of them fails.
fn serve(
    options: &options::Demo,
    home: &Home,
    chain: &Chain,
    script: &Script,
    nodes: &[Arc<FullNode>],
    listeners: Vec<TcpListener>,
) -> Result<()> {
    let runtime = Runtime::new().map_err(|error| Error::Setup(format!("cannot start: {error}")))?;
    let mempool = Arc::new(Mempool::default());
    let producer = Producer::start(
        nodes[0].clone(),
        chain.signers(),
        mempool.clone(),
        options.pace,
    );
    let followers: Vec<Follower> = nodes[1..]
        .iter()
        .map(|node| Follower::start(node.clone(), nodes[0].clone()))
        .collect();
    let (stop, stopped) = watch::channel(false);
    let outcome = runtime.block_on(async {
        until_current(&nodes[0]).await;
        let chains = chains(options, chain, &nodes[0])?;
        let rpcs: Vec<Arc<Rpc>> = (0..NODES)
            .map(|node| Arc::new(rpc_of(options, chain, nodes, &mempool, node)))
            .collect();
        let desk = desk::Counter {
            desk: script.desk(),
            chain: rpcs[0].clone(),
        };
        let mut routers: Vec<axum::Router> = rpcs.into_iter().map(rpc::router).collect();
        let site = options.site.as_deref();
        routers.push(site::router(site, &home.try_folder(), chains, desk));
        for (node, full) in nodes.iter().enumerate() {
            let others = (0..NODES).filter(|other| *other != node);
            let urls = others.filter_map(|other| url(options, other));
            tokio::spawn(Fetch::new(full.application.clone(), urls)?.run());
        }
        let servers = servers::start(listeners, routers, rpc::MAX_CONNECTIONS, &stopped)?;
        say(options, chain);
        servers::until_end(|| producer.has_ended() || followers.iter().any(Follower::has_ended))
            .await;
        stop.send_replace(true);
        for server in servers {
            let _ = server.await;
        }
        Ok(())
    });
    runtime.shutdown_timeout(LAST_REQUESTS);
    for follower in followers {
        follower.stop()?;
    }
    producer.stop()?;
    outcome
}

/// Waits for blocks of today: a checkpoint must not be as old as the pause since the last start.
async fn until_current(node: &FullNode) {
    let mut heights = node.heights();
    let current = heights.wait_for(|_| now() - node.state().time < SERVED_LAG);
    let _ = time::timeout(Duration::from_secs(20), current).await;
}

fn rpc_of(
    options: &options::Demo,
    chain: &Chain,
    nodes: &[Arc<FullNode>],
    mempool: &Arc<Mempool>,
    node: usize,
) -> Rpc {
    Rpc {
        node: nodes[node].clone(),
        mempool: mempool.clone(),
        source: (node > 0).then(|| nodes[0].clone()),
        moniker: FOUNDERS[node].id.into(),
        key: chain.node_key(node),
        address: SocketAddr::new(options.listen, port(options, node)).to_string(),
        waiting: AtomicUsize::new(0),
    }
}

/// Where a node's RPC is asked.
fn url(options: &options::Demo, node: usize) -> Option<Uri> {
    let address = SocketAddr::new(options.listen, port(options, node));
    format!("http://{address}").parse().ok()
}

/// The port of a node's RPC.
fn port(options: &options::Demo, node: usize) -> u16 {
    options.rpc_port.saturating_add(node as u16)
}

fn chains(options: &options::Demo, chain: &Chain, node: &FullNode) -> Result<String> {
    let height = node.height();
    let meta = node.snapshot().block_meta(height)?;
    let id = meta.and_then(|meta| meta.block_id);
    let id = id.ok_or(Error::Damaged("no block to trust"))?;
    let members = FOUNDERS.iter().enumerate().take(NODES);
    let nodes: Vec<Asked> = members
        .map(|(node, member)| Asked {
            port: port(options, node),
            member: member.id,
        })
        .collect();
    let checkpoint = (height, &*hex::encode(&id.hash));
    Ok(chains::document(&chain.genesis, checkpoint, &nodes))
}

/// Where a second device finds the page: the address listened at, or, where that is every one, the one that leads outside.
pub(super) fn page_address(options: &options::Demo) -> String {
    let host = if options.listen.is_unspecified() {
        outside_address().unwrap_or(IpAddr::from([127, 0, 0, 1]))
    } else {
        options.listen
    };
    format!("http://{}/", SocketAddr::new(host, options.page_port))
}

/// The address from which packets would leave; none is sent.
fn outside_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind(("0.0.0.0", 0)).ok()?;
    socket.connect(("192.0.2.1", 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

fn say(options: &options::Demo, chain: &Chain) {
    println!("chain  {}", chain.genesis.chain_id);
    for (node, member) in FOUNDERS.iter().enumerate().take(NODES) {
        let address = SocketAddr::new(options.listen, port(options, node));
        println!(
            "node   http://{address}  {} {}",
            member.name, member.name_en
        );
    }
    site::say(&page_address(options));
}
