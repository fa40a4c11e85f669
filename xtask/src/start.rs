//! `cargo xtask start`: from a fresh clone to a running consortium and its page.

use crate::failure::{Doing, Result};
use crate::page;
use crate::run;
use crate::tools::cometbft::{self, CometBft};
use crate::workspace;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the page is served unless `--port` says otherwise.
const PAGE_PORT: u16 = 8080;
/// CometBFT's customary RPC port; further nodes take the next ones.
const RPC_PORT: u16 = 26657;
/// Where CometBFT processes listen for each other.
const P2P_PORT: u16 = 26756;

const TO_TRY: &str = "
When the page's address appears below, open it in a phone-sized window, and try three things:
  1. Invoice: \"试一试\" shows printed codes; scan one, paste its text, or change a digit of its amount first.
  2. Medical: take a patient's part, grant a hospital a document, revoke it, and look who has read.
  3. Vote: take an owner's part, sign a ballot, find it in the count, and recount it all in your browser.

";

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    fresh: bool,
    small: bool,
    port: u16,
    rpc_port: u16,
    p2p_port: u16,
    engine: Engine,
}

/// Who decides blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    /// The node itself, with every validator's key.
    Embedded,
    /// CometBFT processes.
    CometBft(CometBft),
}

impl Engine {
    fn named(name: &str) -> Result<Self> {
        match name.split_once('=').unwrap_or((name, "")) {
            ("embedded", "") => Ok(Self::Embedded),
            ("cometbft", "") => Ok(Self::CometBft(cometbft::NEWEST)),
            ("cometbft", line) => CometBft::of_line(line).map(Self::CometBft),
            _ => Err(
                format!("--engine wants embedded, cometbft or cometbft=0.38, not `{name}`.").into(),
            ),
        }
    }
}

impl Options {
    /// Every port that will be listened at is one, is wanted once, and is free: nobody waits for a build to hear otherwise.
    fn check_ports(&self) -> Result {
        let mut ports = self.ports();
        ports.sort_unstable();
        let twice = ports.windows(2).find(|two| two[0] == two[1]);
        if let Some(twice) = twice {
            let port = twice[0];
            return Err(format!(
                "port {port} is wanted twice: choose others with --port, --rpc-port or --p2p-port."
            )
            .into());
        }
        match ports.last() {
            Some(last) if *last > u32::from(u16::MAX) => Err(format!(
                "port {last} does not exist: choose a lower --rpc-port or --p2p-port."
            )
            .into()),
            _ => ports.into_iter().try_for_each(|port| free(port as u16)),
        }
    }

    fn ports(&self) -> Vec<u32> {
        let nodes = |first: u16, count: u32| (0..count).map(move |node| u32::from(first) + node);
        let mut ports = vec![u32::from(self.port)];
        match self.engine {
            Engine::Embedded => ports.extend(nodes(self.rpc_port, 3)),
            Engine::CometBft(_) => {
                ports.extend(nodes(self.rpc_port, 5).chain(nodes(self.p2p_port, 5)));
            }
        }
        ports
    }

    /// Chains of different engines are different chains.
    fn data(&self) -> PathBuf {
        let name = match self.engine {
            Engine::Embedded => "demo".into(),
            Engine::CometBft(version) => format!("cometbft-{}", version.line),
        };
        let size = if self.small { "-small" } else { "" };
        workspace::target().join(format!("{name}{size}"))
    }
}

/// Builds everything, then becomes the node: signals reach it directly, and nothing is left behind when it stops.
pub fn start(words: &[String]) -> Result {
    let options = parse(words)?;
    options.check_ports()?;
    let engine = match options.engine {
        Engine::Embedded => None,
        Engine::CometBft(version) => Some(version.ensure()?),
    };
    let site = page::build()?;
    let node = build_node()?;
    print!("{TO_TRY}");
    become_node(&mut consortium(&node, engine.as_deref(), &site, &options))
}

fn parse(words: &[String]) -> Result<Options> {
    let mut options = Options {
        fresh: false,
        small: false,
        port: PAGE_PORT,
        rpc_port: RPC_PORT,
        p2p_port: P2P_PORT,
        engine: Engine::Embedded,
    };
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        // `--port 9000` and `--port=9000` are the same.
        let (name, given) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (word, None),
        };
        let mut value = || given.or_else(|| words.next()).unwrap_or_default();
        match name {
            "--fresh" if given.is_none() => options.fresh = true,
            "--small" if given.is_none() => options.small = true,
            "--port" => options.port = port(name, value())?,
            "--rpc-port" => options.rpc_port = port(name, value())?,
            "--p2p-port" => options.p2p_port = port(name, value())?,
            "--engine" => options.engine = Engine::named(value())?,
            _ => {
                return Err(format!(
                    "`start` knows --fresh, --small, --engine NAME, --port N, --rpc-port N and --p2p-port N, not `{word}`."
                )
                .into());
            }
        }
    }
    Ok(options)
}

fn port(name: &str, number: &str) -> Result<u16> {
    match number.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(format!("{name} wants a number from 1 to 65535, not `{number}`.").into()),
    }
}

fn free(port: u16) -> Result {
    match TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Err(format!(
                "port {port} is in use: is another `cargo xtask start` running? Else choose others with --port, --rpc-port or --p2p-port."
            )
            .into())
        }
        Err(error) => Err(format!("port {port} cannot be opened: {error}.").into()),
    }
}

fn build_node() -> Result<PathBuf> {
    let mut command = Command::new("cargo");
    command
        .args([
            "build",
            "--locked",
            "--release",
            "--package",
            "node",
            "--bin",
            "lianyan-node",
        ])
        .current_dir(workspace::root());
    let log = workspace::target().join("xtask/node.log");
    run::step("Building the node", &log, &mut command)?;
    Ok(workspace::target().join("release/lianyan-node"))
}

/// The command that runs everything: on CometBFT, where its program is given.
fn consortium(node: &Path, cometbft: Option<&Path>, site: &Path, options: &Options) -> Command {
    let mut command = Command::new(node);
    match cometbft {
        None => command.arg("demo"),
        Some(cometbft) => command
            .args(["network", "--p2p-port", &options.p2p_port.to_string()])
            .arg("--cometbft")
            .arg(cometbft),
    };
    command
        .arg("--data")
        .arg(options.data())
        .arg("--site")
        .arg(site);
    command.args([
        "--rpc-port",
        &options.rpc_port.to_string(),
        "--page-port",
        &options.port.to_string(),
    ]);
    if options.fresh {
        command.arg("--fresh");
    }
    if options.small {
        command.arg("--small");
    }
    command
}

#[cfg(unix)]
fn become_node(command: &mut Command) -> Result {
    use std::os::unix::process::CommandExt;
    run::say("Starting the consortium; Ctrl-C stops everything");
    Err(command.exec()).doing("start the node")
}

#[cfg(not(unix))]
fn become_node(command: &mut Command) -> Result {
    run::say("Starting the consortium; Ctrl-C stops everything");
    let status = command.status().doing("start the node")?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("the node stopped: {status}.").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Options> {
        parse(
            &line
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn options_are_read_in_both_spellings() {
        let wanted = Options {
            fresh: true,
            small: false,
            port: 9000,
            rpc_port: RPC_PORT,
            p2p_port: P2P_PORT,
            engine: Engine::Embedded,
        };
        assert_eq!(parsed("--fresh --port 9000").unwrap(), wanted);
        assert_eq!(parsed("--port=9000 --fresh").unwrap(), wanted);
    }

    #[test]
    fn an_engine_is_chosen_by_its_name_and_line() {
        for (line, engine) in [
            ("--engine embedded", Engine::Embedded),
            ("--engine cometbft", Engine::CometBft(cometbft::NEWEST)),
            (
                "--engine cometbft=0.38",
                Engine::CometBft(cometbft::DEPLOYED),
            ),
            ("--engine=cometbft=0.40", Engine::CometBft(cometbft::NEWEST)),
        ] {
            assert_eq!(parsed(line).unwrap().engine, engine, "{line}");
        }
        assert!(parsed("--engine tendermint").is_err());
        assert!(parsed("--engine cometbft=0.34").is_err());
    }

    #[test]
    fn chains_of_different_engines_and_sizes_lie_apart() {
        let lines = [
            "",
            "--small",
            "--engine cometbft",
            "--engine cometbft=0.38",
            "--engine cometbft --small",
        ];
        let folders: std::collections::BTreeSet<PathBuf> = lines
            .map(|line| parsed(line).unwrap().data())
            .into_iter()
            .collect();
        assert_eq!(folders.len(), lines.len());
    }

    #[test]
    fn a_word_it_does_not_know_or_a_wrong_port_is_refused() {
        assert!(
            parsed("--prot 9000")
                .unwrap_err()
                .to_string()
                .contains("--prot")
        );
        assert!(parsed("--port 70000").is_err());
        assert!(parsed("--port").is_err());
    }

    #[test]
    fn a_port_that_is_wanted_twice_or_does_not_exist_is_named_before_anything_is_built() {
        for (line, named) in [
            ("--port 26658", "26658"),
            ("--engine cometbft --p2p-port 26661", "26661"),
            ("--rpc-port 65534", "65536"),
        ] {
            let refused = parsed(line).unwrap().check_ports().unwrap_err();
            assert!(refused.to_string().contains(named), "{line}: {refused}");
        }
    }

    #[test]
    fn a_port_in_use_is_named() {
        let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        assert!(
            free(port)
                .unwrap_err()
                .to_string()
                .starts_with(&format!("port {port} is in use"))
        );
    }
}
