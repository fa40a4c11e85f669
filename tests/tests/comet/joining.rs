//! Nodes join in the midst of the chain's life: by a snapshot, from a header that our own light client found. One is killed while it restores, one is
//! lied to, one asks over https.

use super::https::Authority;
use super::snapshots::{Held, while_stopped};
use super::{Consortium, NODES, events, light};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use lianyan_tests::Outcome;
use node::network::StateSync;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Chunks of a snapshot here: more than are made durable together.
const CHUNKS: usize = 60;
/// The chunk before which a restoration is killed.
const GAP: usize = 40;

/// A fifth node's application ends as in a power cut while it restores: it goes on where it was, and ends with the same state.
pub fn a_fifth_node_is_killed_while_it_restores(consortium: &mut Consortium) -> Outcome {
    let snapshot = Held::newest(consortium, 0, CHUNKS)?;
    while_stopped(consortium, |consortium| {
        (0..NODES).try_for_each(|node| snapshot.give(consortium, node))?;
        snapshot.hide(consortium, GAP, true)
    })?;
    let joined = join(consortium)?;
    let engine = format!("node-{joined}-cometbft.log");
    let last = format!("chunk={} ", GAP - 1);
    consortium.wait_for_log(&engine, &["Applied snapshot chunk", &last])?;
    consortium.network.application(joined).kill();
    snapshot.hide(consortium, GAP, false)?;
    begins_with_a_snapshot(consortium, joined)?;
    let application = format!("node-{joined}-application.log");
    consortium.wait_for_log(&application, &["is taken up again after"])?;
    killed_it_comes_back(consortium, joined)
}

/// Three of four peers made up a snapshot of a height that there is: a sixth node tries theirs first, and begins with the fourth's.
pub fn a_sixth_node_is_lied_to_by_most(consortium: &mut Consortium) -> Outcome {
    let snapshot = Held::newest(consortium, 3, CHUNKS)?;
    let made_up = snapshot.altered();
    while_stopped(consortium, |consortium| {
        (0..3).try_for_each(|node| made_up.give(consortium, node))
    })?;
    let joined = join(consortium)?;
    begins_with_a_snapshot(consortium, joined)?;
    let refused = format!("the snapshot of height {} is refused", snapshot.height);
    let application = format!("node-{joined}-application.log");
    consortium.wait_for_log(&application, &[&refused])
}

/// The nodes that a seventh one is to trust are behind https, with certificates of an authority of their own. Neither our light client nor CometBFT takes
/// anything from them before the machine trusts that authority; then both do.
pub fn a_seventh_node_asks_over_https(consortium: &mut Consortium) -> Outcome {
    let (authority, stranger) = (Authority::new()?, Authority::new()?);
    let folder = consortium.folder.path().to_owned();
    let authorities = folder.join("authorities.pem");
    let trust = |of: &Authority| fs::write(&authorities, of.pem());
    let servers = [
        authority.proxy(consortium.rpc(0))?,
        authority.proxy(consortium.rpc(2))?,
    ];
    let chains = chains_at(consortium, &servers)?;
    let look = || {
        light::once(&chains, |command| {
            command.env("SSL_CERT_FILE", &authorities);
        })
    };
    trust(&stranger)?;
    let refused = look()?;
    assert_eq!(refused["reason"], "checkpoint-not-given", "{refused}");
    trust(&authority)?;
    let (height, hash) = light::verified(&look()?)?;
    trust(&stranger)?;
    consortium.plan.cometbft = trusting(&consortium.plan.cometbft, &folder, &authorities)?;
    let joined = consortium.join(StateSync {
        servers: servers.into(),
        height,
        hash,
    })?;
    let engine = format!("node-{joined}-cometbft.log");
    let ended = [
        "failed to start state sync",
        "certificate signed by unknown authority",
    ];
    consortium.wait_for_log(&engine, &ended)?;
    let said = fs::read_to_string(consortium.plan.logs().join(engine))?;
    assert!(!said.contains("Applied snapshot chunk"));
    trust(&authority)?;
    begins_with_a_snapshot(consortium, joined)
}

/// `chains.json` with the nodes 0 and 2, as these servers.
fn chains_at(consortium: &Consortium, servers: &[String; 2]) -> Outcome<PathBuf> {
    let (checkpoint, _) = consortium.client(0).newest()?;
    let file = consortium.chains_of(&[0, 2], checkpoint)?;
    let mut document: Value = serde_json::from_slice(&fs::read(&file)?)?;
    for (at, server) in servers.iter().enumerate() {
        document["chains"][0]["nodes"][at]["url"] = json!(server);
    }
    fs::write(&file, document.to_string())?;
    Ok(file)
}

/// The program on a machine that trusts the authorities in a file.
fn trusting(program: &Path, folder: &Path, authorities: &Path) -> Outcome<PathBuf> {
    let script = folder.join("cometbft");
    let (program, authorities) = (program.display(), authorities.display());
    let text = format!("#!/bin/sh\nSSL_CERT_FILE='{authorities}' exec '{program}' \"$@\"\n");
    fs::write(&script, text)?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700))?;
    Ok(script)
}

/// A further node that is told to begin with a snapshot.
fn join(consortium: &mut Consortium) -> Outcome<usize> {
    let (checkpoint, _) = consortium.client(0).newest()?;
    let chains = consortium.chains(checkpoint)?;
    let (height, hash) = light::verified(&light::once(&chains, |_| ())?)?;
    consortium.join(StateSync {
        servers: [0, 2].map(|node| consortium.rpc(node).to_string()).into(),
        height,
        hash,
    })
}

/// It has no block from before its snapshot, and the same state as the others from then on; its proofs are good.
fn begins_with_a_snapshot(consortium: &mut Consortium, joined: usize) -> Outcome {
    let newest = consortium.newest()?;
    consortium.wait_for(joined, newest + 1)?;
    let earliest = earliest(consortium, joined)?;
    if earliest < 10 {
        return Err(format!("it replayed the chain from block {earliest} on").into());
    }
    same_state(consortium, joined)?;
    proofs_are_good(consortium, joined)?;
    let event = consortium.events(&["quota"]).pop().ok_or("no event")?;
    let taken = consortium.client(joined).broadcast(&[event])?;
    assert!(taken[0]["code"] != 0, "it knows what is in blocks already");
    Ok(())
}

fn earliest(consortium: &Consortium, node: usize) -> Outcome<u64> {
    let status = consortium.client(node).call("status", json!({}))?;
    let earliest = status["sync_info"]["earliest_block_height"].as_str();
    Ok(earliest.ok_or("no earliest block")?.parse()?)
}

/// What its application has is what the header that all agree on says.
fn same_state(consortium: &mut Consortium, node: usize) -> Outcome {
    let info = consortium.client(node).call("abci_info", json!({}))?["response"].take();
    let height: u64 = info["last_block_height"]
        .as_str()
        .ok_or("no height")?
        .parse()?;
    let header = consortium.agreed_at(height + 1)?;
    let own = info["last_block_app_hash"].as_str().ok_or("no app hash")?;
    let own = BASE64.decode(own)?;
    let hex: String = own.iter().map(|byte| format!("{byte:02X}")).collect();
    assert_eq!(header["app_hash"], hex);
    Ok(())
}

/// It is asked first, for the record and its whole log; another says whether the header is the chain's, once both are at the newest.
fn proofs_are_good(consortium: &mut Consortium, node: usize) -> Outcome {
    let first = earliest(consortium, node)?;
    let other = (node + 1) % NODES;
    let chains = consortium.chains_of(&[node, other], first)?;
    let code = consortium.code("genuine")?;
    consortium.wait("its proofs to be good", || {
        let checked = events::check(&code, &chains);
        checked.is_ok_and(|(verdict, status)| verdict["outcome"] == "verified" && status == 0)
    })
}

fn killed_it_comes_back(consortium: &mut Consortium, node: usize) -> Outcome {
    let before = earliest(consortium, node)?;
    consortium.network.engine(node).kill();
    consortium.network.application(node).kill();
    consortium.network.application(node).restart()?;
    consortium.network.engine(node).restart()?;
    consortium.agreed()?;
    assert_eq!(
        earliest(consortium, node)?,
        before,
        "it does not begin again"
    );
    Ok(())
}
