//! `lianyan-node network`, as `cargo xtask start --engine cometbft` runs it: one command, and everything that it starts.

use lianyan_tests::process::{Process, free_port, free_ports};
use lianyan_tests::{Outcome, demo, place::Folder};
use node::network::Client;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Four validators and a full node.
const NODES: usize = 5;
/// The demo's events come at their own times.
const PATIENCE: Duration = Duration::from_secs(900);
const SOON: Duration = Duration::from_secs(30);

/// It is killed and goes on with the same chain, with ten processes again and none of the old ones; Ctrl-C ends them all.
pub fn killed_it_goes_on_and_nothing_outlives_it(cometbft: &Path) -> Outcome {
    let folder = Folder::new("network")?;
    let ports = [
        free_ports(NODES as u16)?,
        free_ports(NODES as u16)?,
        free_port()?,
    ];
    let start = || -> Outcome<Process> {
        let mut command = Command::new(demo::program());
        command
            .args(["network", "--small", "--cometbft"])
            .arg(cometbft);
        command.arg("--data").arg(folder.path());
        for (word, port) in ["--rpc-port", "--p2p-port", "--page-port"]
            .iter()
            .zip(ports)
        {
            command.args([*word, &port.to_string()]);
        }
        let mut process = Process::start(&mut command, &folder.path().join("said.log"))?;
        process.wait(PATIENCE, |said| said.contains("page   http").then_some(()))?;
        Ok(process)
    };
    let node = |number: usize| Client(([127, 0, 0, 1], ports[0] + number as u16).into());
    let mut network = start()?;
    let (height, _) = node(0).newest()?;
    let hash = node(0).block_hash(height - 1)?;
    let before = processes(folder.path())?;
    network.kill();
    let mut network = start()?;
    for number in 0..NODES {
        assert_eq!(node(number).block_hash(height - 1)?, hash, "node {number}");
        assert!(
            !fs::read(
                folder
                    .path()
                    .join(format!("logs/node-{number}-cometbft.log"))
            )?
            .is_empty()
        );
    }
    let after = processes(folder.path())?;
    assert_eq!((before.len(), after.len()), (2 * NODES, 2 * NODES));
    assert!(before.iter().all(|old| !after.contains(old)));
    assert!(network.interrupt(SOON)?.success(), "{}", network.output());
    let ended = Instant::now();
    while !processes(folder.path())?.is_empty() {
        if ended.elapsed() > SOON {
            return Err(format!("these go on: {:?}", processes(folder.path())?).into());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// CometBFTs and applications that run in this folder, by their numbers.
fn processes(folder: &Path) -> Outcome<Vec<String>> {
    let folder = folder.to_string_lossy();
    let is_ours = |process: &fs::DirEntry| {
        let words = fs::read(process.path().join("cmdline")).unwrap_or_default();
        let words = String::from_utf8_lossy(&words);
        words.contains(&*folder) && !words.contains("\0network\0")
    };
    let all = fs::read_dir("/proc")?.flatten().filter(is_ours);
    Ok(all
        .map(|process| process.file_name().to_string_lossy().into_owned())
        .collect())
}
