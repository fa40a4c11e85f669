//! The command line of the consortium's affairs.

use crate::run::options::rpc;
use std::{net::SocketAddr, path::PathBuf};

/// What is to be done in the consortium's affairs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::run) struct Options {
    /// The node to ask and to write to.
    pub node: SocketAddr,
    /// What is to be done.
    pub step: Step,
}

/// A step on a proposal's way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::run) enum Step {
    /// Propose an act, in words.
    Propose { identity: PathBuf, act: Vec<String> },
    /// Approve of a proposal.
    Approve { identity: PathBuf, proposal: String },
    /// Withdraw an approval.
    Withdraw { identity: PathBuf, proposal: String },
    /// Show a proposal.
    Show { proposal: String },
}

impl Options {
    /// Reads what follows the command's name.
    pub fn read(command: &str, words: &[String]) -> Result<Self, String> {
        let (mut node, mut identity, mut rest) = (None, None, Vec::new());
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} wants a value"));
            match word.as_str() {
                "--node" => node = Some(rpc(value()?)?),
                "--identity" => identity = Some(value()?.into()),
                _ if word.starts_with("--") => {
                    return Err(format!("{command} knows no `{word}`; try --help"));
                }
                _ => rest.push(word.clone()),
            }
        }
        let identity = identity.ok_or(format!("{command} wants --identity FILE"));
        let proposal = |mut words: Vec<String>| match words.len() {
            1 => Ok(words.remove(0)),
            _ => Err(format!("{command} wants a proposal's number")),
        };
        Ok(Self {
            node: node.ok_or(format!("{command} wants --node ADDRESS"))?,
            step: match command {
                "propose" => Step::Propose {
                    identity: identity?,
                    act: rest,
                },
                "approve" => Step::Approve {
                    identity: identity?,
                    proposal: proposal(rest)?,
                },
                "withdraw" => Step::Withdraw {
                    identity: identity?,
                    proposal: proposal(rest)?,
                },
                _ => Step::Show {
                    proposal: proposal(rest)?,
                },
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Options, String> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        Options::read(&words[0], &words[1..])
    }

    #[test]
    fn the_consortiums_affairs_want_a_node_and_who_signs() {
        let line = "propose --node 127.0.0.1:1 --identity i.json seat tax +a -b";
        let govern = read(line).expect("reads");
        let act = ["seat", "tax", "+a", "-b"].map(str::to_owned).to_vec();
        let identity = "i.json".into();
        assert_eq!(govern.step, Step::Propose { identity, act });
        for address in ["localhost:1", "http://127.0.0.1:1", "http://127.0.0.1:1/"] {
            assert_eq!(rpc(address).map(|address| address.port()), Ok(1));
        }
        for (line, named) in [
            ("propose --identity i seat tax", "--node"),
            ("propose --node 127.0.0.1:1 seat tax", "--identity"),
            ("approve --node 127.0.0.1:1 --identity i", "number"),
            ("withdraw --node 127.0.0.1:1 a", "--identity"),
            ("proposal --node 127.0.0.1:1 a b", "number"),
            ("proposal --node nowhere a", "127.0.0.1:26657"),
            ("proposal --node https://check.tax.example a", "ssh -L"),
            ("proposal --node 127.0.0.1:1 --all a", "--all"),
        ] {
            assert!(read(line).unwrap_err().contains(named), "{line}");
        }
    }
}
