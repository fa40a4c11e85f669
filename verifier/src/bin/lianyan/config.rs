//! The chains that the command line trusts, and the nodes that it asks.

use crate::{Exit, unreadable};
use std::path::{Path, PathBuf};
use verifier::chains::{self, Chain, Node};

/// Where the chains are looked for, if the command line does not say.
const PLACES: [&str; 2] = ["chains.json", "public/chains.json"];

/// All chains of the file named, or of the one that is found here.
pub fn chains(file: Option<&Path>) -> Result<Vec<Chain>, Exit> {
    let found = file.map(Path::to_path_buf).or_else(|| {
        let places = PLACES.iter().map(PathBuf::from);
        places.into_iter().find(|place| place.is_file())
    });
    let Some(path) = found else {
        eprintln!(
            "lianyan: no chains.json here; name it with --chain. Trust starts from its checkpoint, never from a node."
        );
        return Err(Exit::Usage);
    };
    let name = path.display().to_string();
    let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&name, &error))?;
    chains::read(&text).map_err(|error| unreadable(&name, &error))
}

/// The chain that is asked about, the first of the file, with the nodes named on the command line in place of its own.
pub fn chain(file: Option<&Path>, nodes: &[String]) -> Result<Chain, Exit> {
    let mut chains = chains(file)?.into_iter();
    let chain = chains.next();
    chain
        .map(|chain| asking(chain, nodes))
        .ok_or_else(|| unreadable("chains.json", &"no chain"))
}

/// A chain with these nodes, where there are any.
pub fn asking(mut chain: Chain, nodes: &[String]) -> Chain {
    if !nodes.is_empty() {
        chain.nodes = nodes.iter().map(|url| node(url, &chain.nodes)).collect();
    }
    chain
}

/// A node named on the command line: its member is what the file says, else its own address.
fn node(url: &str, known: &[Node]) -> Node {
    let known = known
        .iter()
        .find(|node| node.url.trim_end_matches('/') == url.trim_end_matches('/'));
    Node {
        url: url.into(),
        member: known.map_or_else(|| url.into(), |node| node.member.clone()),
    }
}
