//! `lianyan-node join`: a home for a chain that runs already, and what its members need to let a newcomer in.

use super::{
    card::{aloud, unwritten},
    home::{self, GENESIS, IDENTITY, Made, PUBLIC_KEY},
    init::require_address,
    member,
    options::{self, Place},
};
use crate::{
    chain::Genesis,
    consortium::now,
    error::{Error, Result},
    merkle::sha256,
    network::{Home, StateSync},
    statesync::DEFAULT_PACE,
};
use records::canonical;
use std::{fs, path::Path};

/// A newcomer's particulars, for `propose admit`.
const ADMIT: &str = "admit.json";

pub(super) fn run(options: &options::Join) -> Result<()> {
    let genesis = fs::read(&options.genesis).map_err(Error::file(&options.genesis))?;
    let hash = sha256(&genesis);
    let expected: String = options.sha256.split_whitespace().collect();
    if hex::encode(hash) != expected {
        return Err(Error::Setup(format!(
            "{} is another genesis: its sha256 is {}",
            options.genesis.display(),
            aloud(&hash)
        )));
    }
    for peer in &options.peers {
        require_peer(peer)?;
    }
    member::require_id(&options.member)?;
    let (place, begin) = (&options.place, options.state_sync.as_ref());
    require_servers(begin)?;
    home::require_none(&place.home)?;
    if options.newcomer.is_some() {
        member::require_none(&place.home.join(IDENTITY))?;
    }
    let made = make(place, &options.member, &options.peers, &genesis, begin)?;
    let folder = place.home.display();
    if let Some(newcomer) = &options.newcomer {
        let key = member::make(&place.home.join(IDENTITY), &newcomer.id, &newcomer.name)?;
        let member = member::member(newcomer, &key, now());
        let text = canonical::encode(&member).map_err(unwritten)?;
        let text = String::from_utf8_lossy(&text).into_owned();
        Home::new(&place.home).put(ADMIT, &format!("{text}\n"))?;
        println!("admit     {folder}/{ADMIT}: send it to a member, who proposes `admit {ADMIT}`");
    }
    tell(&options.member, &made, place);
    Ok(())
}

/// Makes a home for the chain of a genesis, to begin with its first block or with a snapshot.
pub(super) fn make(
    place: &Place,
    member: &str,
    peers: &[String],
    genesis: &[u8],
    begin: Option<&StateSync>,
) -> Result<Made> {
    let document = serde_json::from_slice(genesis).unwrap_or_default();
    let chain = Genesis::from_json(&document)?.chain_id;
    let made = home::make(place, member, peers)?;
    let text = String::from_utf8_lossy(genesis);
    Home::new(&place.home).put(GENESIS, &text)?;
    if let Some(begin) = begin {
        home::begin_with_snapshot(&place.home, begin)?;
        if let Some(warning) = too_early(begin.height) {
            println!("{warning}");
        }
    }
    println!("home      {}, chain {chain}", place.home.display());
    Ok(made)
}

/// Whom nobody has a snapshot for yet CometBFT lets wait without an end.
fn too_early(trusted: u64) -> Option<String> {
    let every = DEFAULT_PACE.every;
    (trusted < every).then(|| {
        format!(
            "early     the members' nodes take their first snapshot at block {every}, unless they were told otherwise, and block {trusted} is below it: the node would wait till then. Without --trust it begins at once, with block 1"
        )
    })
}

/// What a member proposes once the node has caught up.
pub(super) fn tell(member: &str, made: &Made, place: &Place) {
    let folder = place.home.display();
    println!("node      {}", made.node_id);
    println!(
        "vote      {folder}/{PUBLIC_KEY}: once the node has caught up, a member proposes `seat {member} {PUBLIC_KEY}=POWER`"
    );
}

/// The servers by which a node begins with a snapshot are written as CometBFT takes them.
pub(super) fn require_servers(begin: Option<&StateSync>) -> Result<()> {
    let servers = begin.into_iter().flat_map(|begin| &begin.servers);
    servers.map(String::as_str).try_for_each(require_server)
}

/// Whose headers CometBFT's light client may compare: a node's RPC, or a gateway before one, which has a certificate and its usual port.
fn require_server(server: &str) -> Result<()> {
    match server.strip_prefix("https://") {
        Some(host) if !host.contains(':') => require_address(&format!("{host}:443")),
        Some(address) => require_address(address),
        None => require_address(server),
    }
}

fn require_peer(peer: &str) -> Result<()> {
    let (id, address) = peer.split_once('@').unwrap_or((peer, ""));
    if !is_node_id(id) {
        return Err(Error::Setup(format!("`{peer}` is not ID@HOST:PORT")));
    }
    require_address(address)
}

/// 40 lower-case hexadecimal digits.
pub(super) fn is_node_id(id: &str) -> bool {
    id.len() == 40
        && id
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Reads a home's genesis.
pub(super) fn read_genesis(home: &Path) -> Result<Vec<u8>> {
    let file = home.join(GENESIS);
    fs::read(&file).map_err(Error::file(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_before_the_first_snapshot_is_told() {
        let warning = too_early(9_999).expect("no snapshot yet");
        assert!(warning.contains("at block 10000"), "{warning}");
        assert_eq!(too_early(10_000), None);
    }

    #[test]
    fn a_server_is_a_nodes_address_or_a_gateways() {
        for server in [
            "node.tax.example:26657",
            "https://check.tax.example",
            "https://check.tax.example:8443",
        ] {
            assert!(require_server(server).is_ok(), "{server}");
        }
        for server in [
            "node.tax.example",
            "https://",
            "https://check.tax.example/",
            "https://check.tax.example:0",
            "ftp://check.tax.example:21",
            "a:1,b:2",
            "a\":1",
        ] {
            assert!(require_server(server).is_err(), "{server}");
        }
    }
}
