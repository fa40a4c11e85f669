//! The chains that the command line trusts, and the nodes that it asks.

use crate::{Exit, unreadable, usage};
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
        return Err(usage(
            "no chains.json here; name it with --chain. Trust starts from its checkpoint, never from a node.",
        ));
    };
    let name = path.display().to_string();
    let text = std::fs::read_to_string(&path);
    let text = text.map_err(|error| {
        let why = format!("{error}; --chain names a file as docs/chains.md describes it");
        unreadable(&name, &why)
    })?;
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

/// A node named on the command line: its member is what the file says of that address, or of another at the same machine and port, which else are its
/// member, so that no node is its own witness under another spelling.
fn node(url: &str, known: &[Node]) -> Node {
    let plain = |url: &str| String::from(url.trim_end_matches('/'));
    let find = |name: &dyn Fn(&str) -> String| {
        let same = |node: &&Node| name(&node.url) == name(url);
        known.iter().find(same).map(|node| node.member.clone())
    };
    Node {
        url: url.into(),
        member: find(&plain)
            .or_else(|| find(&authority))
            .unwrap_or_else(|| authority(url)),
    }
}

/// Host and port of an address (RFC 3986 §3.2), without who asks, and under the one name that this machine has here.
fn authority(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = rest.get(..end).unwrap_or(rest);
    let place = authority
        .rsplit_once('@')
        .map_or(authority, |(_, place)| place);
    let is_port = |port: &str| port.bytes().all(|digit| digit.is_ascii_digit());
    let parted = place.rsplit_once(':').filter(|(_, port)| is_port(port));
    let (host, port) = parted.unwrap_or((place, ""));
    let port = match port {
        "" if scheme.eq_ignore_ascii_case("https") => "443",
        "" => "80",
        port => port,
    };
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let host = match host.as_str() {
        "" | "localhost" | "[::1]" => "127.0.0.1",
        host => host,
    };
    [host, ":", port].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_node_is_one_member_however_its_address_is_written() {
        let spellings = [
            "http://Bank.example:1",
            "http://bank.example:1/?",
            "https://bank.example:1/rpc#a",
            "http://me@bank.example:1",
        ];
        for url in spellings {
            assert_eq!(node(url, &[]).member, "bank.example:1", "{url}");
        }
        assert_ne!(node("http://bank.example:2", &[]).member, "bank.example:1");
        for (one, same) in [
            ("http://bank.example", "http://bank.example.:80/"),
            ("https://bank.example", "HTTPS://bank.example:443"),
            (":26657", "http://127.0.0.1:26657"),
            (":26657", "http://localhost:26657"),
            ("http://[::1]:26657", "http://localhost:26657"),
        ] {
            let member = |url| node(url, &[]).member;
            assert_eq!(member(one), member(same), "{one} {same}");
        }
        assert_eq!(node("http://[fe80::1]", &[]).member, "[fe80::1]:80");
        let known = [Node {
            url: "http://a:1/".into(),
            member: "tax".into(),
        }];
        for same in ["http://a:1", "http://A:1/rpc", "https://me@a.:1"] {
            assert_eq!(node(same, &known).member, "tax", "{same}");
        }
        // Behind one machine there may be nodes of several.
        let other = Node {
            url: "http://a:1/bank".into(),
            member: "bank".into(),
        };
        let known = [&known[..], &[other]].concat();
        assert_eq!(node("http://a:1/bank", &known).member, "bank");
        assert_eq!(node("http://a:1", &known).member, "tax");
        // `:1` is at the machine that serves the page.
        let known = [Node {
            url: ":1".into(),
            member: "tax".into(),
        }];
        assert_eq!(node("http://localhost:1", &known).member, "tax");
    }
}
