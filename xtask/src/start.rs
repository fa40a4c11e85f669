//! `cargo xtask start`: from a fresh clone to a running consortium and its page.

use crate::failure::{Doing, Result};
use crate::page;
use crate::run;
use crate::workspace;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the page is served unless `--port` says otherwise.
const PAGE_PORT: u16 = 8080;
/// CometBFT's customary RPC port; the two further nodes take the next two.
const RPC_PORT: u16 = 26657;
const NODES: u16 = 3;

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
}

/// Builds everything, then becomes the node: signals reach it directly, and nothing is left behind when it stops.
pub fn start(words: &[String]) -> Result {
    let options = parse(words)?;
    (RPC_PORT..RPC_PORT + NODES)
        .chain([options.port])
        .try_for_each(free)?;
    let site = page::build()?;
    let node = build_node()?;
    print!("{TO_TRY}");
    let data = workspace::target().join(if options.small { "demo-small" } else { "demo" });
    become_node(&mut demo(&node, &data, &site, &options))
}

fn parse(words: &[String]) -> Result<Options> {
    let mut options = Options {
        fresh: false,
        small: false,
        port: PAGE_PORT,
    };
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        match word {
            "--fresh" => options.fresh = true,
            "--small" => options.small = true,
            "--port" => options.port = port(words.next().unwrap_or_default())?,
            _ => match word.strip_prefix("--port=") {
                Some(number) => options.port = port(number)?,
                None => {
                    return Err(format!(
                        "`start` knows --fresh, --small and --port N, not `{word}`."
                    )
                    .into());
                }
            },
        }
    }
    Ok(options)
}

fn port(number: &str) -> Result<u16> {
    match number.parse() {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(format!("--port wants a number from 1 to 65535, not `{number}`.").into()),
    }
}

fn free(port: u16) -> Result {
    match TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            let advice = if (RPC_PORT..RPC_PORT + NODES).contains(&port) {
                "is another `cargo xtask start` running?"
            } else {
                "choose another with --port."
            };
            Err(format!("port {port} is in use: {advice}").into())
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

fn demo(node: &Path, data: &Path, site: &Path, options: &Options) -> Command {
    let mut command = Command::new(node);
    command
        .arg("demo")
        .arg("--data")
        .arg(data)
        .arg("--site")
        .arg(site);
    command.args([
        "--rpc-port",
        &RPC_PORT.to_string(),
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
        };
        assert_eq!(parsed("--fresh --port 9000").unwrap(), wanted);
        assert_eq!(parsed("--port=9000 --fresh").unwrap(), wanted);
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
    fn a_port_in_use_is_named() {
        let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        assert_eq!(
            free(port).unwrap_err().to_string(),
            format!("port {port} is in use: choose another with --port.")
        );
    }
}
