//! The other nodes, as this one reaches them.

use super::{engine::Engine, files::Whole, finding::Finding, settings};
use crate::run::operate::join::is_node_id;
use std::{
    net::{TcpStream, ToSocketAddrs},
    thread,
    time::Duration,
};

const PATIENCE: Duration = Duration::from_secs(3);

/// So many times CometBFT is asked after a peer that answers: it goes to its peers in the seconds after its start.
const LOOKS: usize = 8;
const PAUSE: Duration = Duration::from_secs(1);

/// A persistent peer.
struct Peer<'a> {
    written: &'a str,
    id: &'a str,
    address: &'a str,
}

/// Peers of a node that runs: each must be connected.
pub(super) fn connected(files: &Whole, engine: &Engine) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut missing = peers(files, &mut findings);
    missing.retain(|peer| !engine.is_connected(peer.id));
    let (mut there, gone): (Vec<_>, Vec<_>) =
        missing.into_iter().partition(|peer| answers(peer.address));
    for _ in 1..LOOKS {
        if there.is_empty() {
            break;
        }
        thread::sleep(PAUSE);
        there.retain(|peer| !engine.is_connected(peer.id));
    }
    let refuses = |Peer { id, address, .. }: &Peer<'_>| {
        Finding::fault(
            "peer-refuses",
            format!("something answers at {address}, and it is not connected as {id}"),
            "ask that member for `lianyan-node keys show`: its id or address is another, or its node is of another chain or genesis; CometBFT's log tells which",
        )
    };
    findings.extend(there.iter().map(refuses));
    findings.extend(gone.iter().map(|peer| unreachable(peer.address)));
    findings
}

/// Peers of a node that does not run yet; they may not run yet either.
pub(super) fn reachable(files: &Whole) -> Vec<Finding> {
    let mut findings = Vec::new();
    for peer in peers(files, &mut findings) {
        if !answers(peer.address) {
            findings.push(Finding {
                weight: super::Weight::Note,
                ..unreachable(peer.address)
            });
        }
    }
    findings
}

fn unreachable(address: &str) -> Finding {
    Finding::fault(
        "peer-unreachable",
        format!("nothing answers at {address}"),
        "that node is down, or a firewall on either side is closed for its port, or it moved: ask that member",
    )
}

/// The persistent peers that are well written; what is not becomes a finding.
fn peers<'a>(files: &'a Whole, findings: &mut Vec<Finding>) -> Vec<Peer<'a>> {
    let written = settings::text(&files.config, "p2p.persistent_peers");
    if written.is_empty() {
        findings.push(Finding::fault(
            "peer-address",
            "no persistent peer is named",
            "p2p.persistent_peers = \"ID@HOST:PORT,…\" with every other member's node",
        ));
    }
    let mut peers = Vec::new();
    for written in written.split(',').filter(|peer| !peer.is_empty()) {
        let (id, address) = written.trim().split_once('@').unwrap_or((written, ""));
        let peer = Peer {
            written,
            id,
            address,
        };
        match wrong(&peer, &files.node) {
            Some(why) => findings.push(Finding::fault(
                "peer-address",
                format!("persistent peer `{}`: {why}", peer.written),
                "correct p2p.persistent_peers in config/config.toml; `lianyan-node keys show` at that member tells its id",
            )),
            None => peers.push(peer),
        }
    }
    peers
}

fn wrong(peer: &Peer<'_>, own: &str) -> Option<&'static str> {
    if !is_node_id(peer.id) {
        return Some("a node's id has 40 hexadecimal digits");
    }
    if peer.id == own {
        return Some("this is the node itself");
    }
    let resolved = peer.address.to_socket_addrs();
    let found = resolved.is_ok_and(|mut addresses| addresses.next().is_some());
    (!found).then_some("no such address; CometBFT asks for a name only when it starts")
}

fn answers(address: &str) -> bool {
    let mut addresses = address.to_socket_addrs().into_iter().flatten();
    addresses.any(|address| TcpStream::connect_timeout(&address, PATIENCE).is_ok())
}
