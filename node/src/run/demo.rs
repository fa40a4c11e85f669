//! `lianyan-node demo`: a consortium of four members, three nodes and the page, in one process.

use super::{
    home::{Chain, Home},
    options, site,
};
use crate::{
    application::{AppState, DEFAULT_HORIZON},
    chain::{FullNode, Genesis, GenesisValidator},
    comet::{self, ConsensusParams},
    consortium::{Follower, Mempool, Pace, Producer, Signers, catch_up, now},
    error::{Error, Result},
    merkle::sha256,
    rpc::{self, Rpc},
};
use records::{
    Payload, PublicKey, RecordName, SecretKey, canonical,
    kinds::{
        consortium::{self, Found, Founder, Validator},
        member::{Key, Member},
    },
};
use serde_json::{Value, json};
use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};
use tokio::{runtime::Runtime, sync::watch, task::JoinHandle, time};

/// A founding member and the power of its validator.
struct Founding {
    id: &'static str,
    name: &'static str,
    name_en: &'static str,
    role: &'static str,
    power: u64,
}

const FOUNDERS: [Founding; 4] = [
    Founding {
        id: "tax-bureau",
        name: "江滨市税务局",
        name_en: "Jiangbin Tax Bureau",
        role: "tax-bureau",
        power: 31,
    },
    Founding {
        id: "hospital-group",
        name: "江滨市医疗集团",
        name_en: "Jiangbin Hospital Group",
        role: "hospital",
        power: 26,
    },
    Founding {
        id: "property-regulator",
        name: "江滨市房产管理局",
        name_en: "Jiangbin Property Regulator",
        role: "regulator",
        power: 23,
    },
    Founding {
        id: "notary-office",
        name: "江滨公证处",
        name_en: "Jiangbin Notary Office",
        role: "notary",
        power: 20,
    },
];

/// Who runs the three nodes: the members with the most power.
const NODES: usize = 3;

/// Runs until Ctrl-C.
pub(super) fn run(options: &options::Demo) -> Result<()> {
    let listeners = listen(options)?;
    let home = Home::open(&options.data, options.fresh)?;
    let chain = match home.chain()? {
        Some(chain) => chain,
        None => found(&home)?,
    };
    let nodes: Vec<Arc<FullNode>> = (0..NODES)
        .map(|node| {
            let node =
                FullNode::open(&home.database(node), chain.genesis.clone(), DEFAULT_HORIZON)?;
            Ok(Arc::new(node))
        })
        .collect::<Result<_>>()?;
    for node in &nodes[1..] {
        catch_up(node, &nodes[0])?;
    }
    serve(options, &home, &chain, &nodes, listeners)
}

/// The sockets, before anything else: a port in use is said at once.
fn listen(options: &options::Demo) -> Result<Vec<TcpListener>> {
    let nodes = (0..NODES as u16).map(|node| options.rpc_port.saturating_add(node));
    nodes
        .chain([options.page_port])
        .map(|port| {
            let address = SocketAddr::new(options.listen, port);
            let listener = TcpListener::bind(address).map_err(|error| match error.kind() {
                std::io::ErrorKind::AddrInUse => Error::Setup(format!("port {port} is in use")),
                _ => Error::Setup(format!("cannot listen at {address}: {error}")),
            })?;
            listener
                .set_nonblocking(true)
                .map_err(|error| Error::Setup(format!("cannot listen at {address}: {error}")))?;
            Ok(listener)
        })
        .collect()
}

/// Begins a chain: keys, a chain id that ends in a random part, the founding event.
fn found(home: &Home) -> Result<Chain> {
    let random = |bytes: &mut [u8]| {
        getrandom::fill(bytes).map_err(|error| Error::Setup(format!("no random numbers: {error}")))
    };
    let (mut secret, mut suffix) = ([0; 32], [0; 4]);
    random(&mut secret)?;
    random(&mut suffix)?;
    let chain_id = format!("dev-lianyan-{}", hex::encode(suffix));
    let time = now();
    let founders: Vec<Founder> = FOUNDERS
        .iter()
        .map(|member| founder(&secret, member, time))
        .collect();
    let validators = FOUNDERS.iter().map(|member| GenesisValidator {
        name: member.name_en.into(),
        key: raw(&validator_key(&secret, member).public()),
        power: member.power as i64,
    });
    let chain = Chain {
        secret,
        genesis: Genesis {
            chain_id: chain_id.clone(),
            time: comet::timestamp(time),
            params: ConsensusParams::default(),
            validators: validators.collect(),
            app_state: AppState::new([founding_event(&secret, &chain_id, time, founders)?]),
        },
        filled: false,
    };
    home.save(&chain)?;
    Ok(chain)
}

fn key(secret: &[u8; 32], name: &str) -> SecretKey {
    SecretKey::from_seed(&sha256(&[&secret[..], name.as_bytes()].concat()))
}

fn member_key(secret: &[u8; 32], member: &Founding) -> SecretKey {
    key(secret, &format!("member/{}", member.id))
}

fn validator_key(secret: &[u8; 32], member: &Founding) -> SecretKey {
    key(secret, &format!("validator/{}", member.id))
}

fn raw(key: &PublicKey) -> [u8; 32] {
    let PublicKey::Ed25519(key) = key;
    *key
}

fn founder(secret: &[u8; 32], member: &Founding, time: i64) -> Founder {
    Founder {
        member: Member {
            id: member.id.into(),
            name: member.name.into(),
            name_en: member.name_en.into(),
            org: member.id.into(),
            roles: vec![member.role.into()],
            keys: vec![Key {
                key: member_key(secret, member).public(),
                from: time,
                until: None,
            }],
            seal_key: String::new(),
        },
        validators: vec![Validator {
            key: validator_key(secret, member).public(),
            power: member.power,
        }],
    }
}

fn founding_event(
    secret: &[u8; 32],
    chain_id: &str,
    time: i64,
    members: Vec<Founder>,
) -> Result<Vec<u8>> {
    let setup = |error: canonical::Error| Error::Setup(format!("the founding event: {error}"));
    let subject = RecordName::new(consortium::NAME, consortium::ID)
        .ok_or_else(|| Error::Setup("the consortium's record name".into()))?;
    let payload = Payload {
        body: canonical::to_value(&Found { members }).map_err(setup)?,
        chain: chain_id.into(),
        seq: 0,
        subject,
        event_type: "consortium.found".into(),
        until: time + 3600 * 1_000_000_000,
    };
    let keys: Vec<SecretKey> = FOUNDERS
        .iter()
        .map(|member| member_key(secret, member))
        .collect();
    let envelope = payload
        .sign(&keys.iter().collect::<Vec<_>>())
        .map_err(setup)?;
    Ok(envelope.encode())
}

/// Blocks, nodes and page, until Ctrl-C or until one of them fails.
fn serve(
    options: &options::Demo,
    home: &Home,
    chain: &Chain,
    nodes: &[Arc<FullNode>],
    listeners: Vec<TcpListener>,
) -> Result<()> {
    let runtime = Runtime::new().map_err(|error| Error::Setup(format!("cannot start: {error}")))?;
    let mempool = Arc::new(Mempool::default());
    let signers = Signers::new(
        FOUNDERS
            .iter()
            .map(|member| validator_key(&chain.secret, member).seed()),
    );
    let producer = Producer::start(nodes[0].clone(), signers, mempool.clone(), Pace::default());
    let followers: Vec<Follower> = nodes[1..]
        .iter()
        .map(|node| Follower::start(node.clone(), nodes[0].clone()))
        .collect();
    let (stop, stopped) = watch::channel(false);
    let outcome = runtime.block_on(async {
        let mut heights = nodes[0].heights();
        let _ = time::timeout(
            Duration::from_secs(10),
            heights.wait_for(|height| *height > 0),
        )
        .await;
        let chains = chains_json(options, chain, &nodes[0])?;
        let mut routers: Vec<axum::Router> = (0..NODES)
            .map(|node| rpc::router(Arc::new(rpc_of(options, chain, nodes, &mempool, node))))
            .collect();
        routers.push(site::router(
            options.site.as_deref(),
            &home.try_folder(),
            chains,
        ));
        let servers = start_servers(listeners, routers, &stopped)?;
        say(options, chain);
        wait_for_end(|| producer.has_ended() || followers.iter().any(Follower::has_ended)).await;
        stop.send_replace(true);
        for server in servers {
            let _ = server.await;
        }
        Ok(())
    });
    for follower in followers {
        follower.stop()?;
    }
    producer.stop()?;
    outcome
}

fn start_servers(
    listeners: Vec<TcpListener>,
    routers: Vec<axum::Router>,
    stopped: &watch::Receiver<bool>,
) -> Result<Vec<JoinHandle<()>>> {
    listeners
        .into_iter()
        .zip(routers)
        .map(|(listener, router)| {
            let listener = tokio::net::TcpListener::from_std(listener)
                .map_err(|error| Error::Setup(format!("cannot listen: {error}")))?;
            let mut stopped = stopped.clone();
            Ok(tokio::spawn(async move {
                let end = async move {
                    let _ = stopped.wait_for(|stopped| *stopped).await;
                };
                rpc::serve(listener, router, end).await;
            }))
        })
        .collect()
}

fn rpc_of(
    options: &options::Demo,
    chain: &Chain,
    nodes: &[Arc<FullNode>],
    mempool: &Arc<Mempool>,
    node: usize,
) -> Rpc {
    let member = &FOUNDERS[node];
    let key = match node {
        0 => validator_key(&chain.secret, member),
        _ => key(&chain.secret, &format!("full-node/{}", member.id)),
    };
    Rpc {
        node: nodes[node].clone(),
        mempool: mempool.clone(),
        source: (node > 0).then(|| nodes[0].clone()),
        blob_keepers: nodes.to_vec(),
        moniker: member.id.into(),
        key: raw(&key.public()),
        address: format!("{}:{}", options.listen, port(options, node)),
    }
}

fn port(options: &options::Demo, node: usize) -> u16 {
    options.rpc_port.saturating_add(node as u16)
}

/// What the page trusts to begin with: a checkpoint as new as this start.
fn chains_json(options: &options::Demo, chain: &Chain, node: &FullNode) -> Result<String> {
    let height = node.height();
    let meta = node.snapshot()?.block_meta(height)?;
    let id = meta
        .and_then(|meta| meta.block_id)
        .ok_or(Error::Damaged("no block to trust"))?;
    let nodes: Vec<Value> = (0..NODES)
        .map(|node| json!({ "url": format!(":{}", port(options, node)), "member": FOUNDERS[node].id }))
        .collect();
    let document = json!({ "chains": [{
        "id": chain.genesis.chain_id,
        "name": "链验演示联盟链",
        "name_en": "Lianyan demo consortium",
        "dev": true,
        "checkpoint": { "height": height, "hash": hex::encode(&id.hash) },
        "nodes": nodes,
        "trusting_period_seconds": 14 * 24 * 3600,
        "trust_level": "2/3",
        "clock_drift_seconds": 10,
        "fresh_seconds": 120,
    }]});
    Ok(document.to_string())
}

fn say(options: &options::Demo, chain: &Chain) {
    println!("chain  {}", chain.genesis.chain_id);
    for (node, member) in FOUNDERS.iter().enumerate().take(NODES) {
        println!(
            "node   http://{}:{}  {}",
            options.listen,
            port(options, node),
            member.id
        );
    }
    println!("page   http://{}:{}", options.listen, options.page_port);
}

/// Until Ctrl-C, an asked-for end, or until something has ended by itself.
async fn wait_for_end(ended: impl Fn() -> bool) {
    let failed = async {
        while !ended() {
            time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated() => {}
        () = failed => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
