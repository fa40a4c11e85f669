//! The demo as a process: it goes on where it was, whatever ended it, and says in one sentence why it cannot start.

use lianyan_tests::Outcome;
use lianyan_tests::demo::{self, Demo};
use lianyan_tests::place::Folder;
use serde_json::Value;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

fn ask(demo: &Demo, node: usize, target: &str) -> Outcome<Value> {
    let node = demo.nodes().into_iter().nth(node).ok_or("no such node")?;
    Ok(ureq::get(format!("{node}/{target}"))
        .call()?
        .into_body()
        .read_json()?)
}

fn height(demo: &Demo, node: usize) -> Outcome<u64> {
    let status = ask(demo, node, "status")?;
    let height = status
        .pointer("/result/sync_info/latest_block_height")
        .and_then(Value::as_str);
    Ok(height.ok_or("no height in status")?.parse()?)
}

/// The nodes that follow are a moment behind.
fn wait_for(demo: &Demo, node: usize, wanted: u64) -> Outcome {
    let started = Instant::now();
    while height(demo, node)? < wanted {
        if started.elapsed() > Duration::from_secs(20) {
            return Err(format!("node {node} never reached height {wanted}").into());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

fn block_hash(demo: &Demo, height: u64) -> Outcome<String> {
    let commit = ask(demo, 0, &format!("commit?height={height}"))?;
    let hash = commit
        .pointer("/result/signed_header/commit/block_id/hash")
        .and_then(Value::as_str);
    Ok(hash.ok_or("no hash in commit")?.to_owned())
}

#[test]
fn a_demo_that_was_killed_goes_on_with_the_same_chain() -> Outcome {
    let mut demo = Demo::start()?;
    let before = height(&demo, 0)?;
    let hash = block_hash(&demo, before)?;
    demo.crash_and_restart()?;
    assert!(height(&demo, 0)? >= before);
    assert_eq!(block_hash(&demo, before)?, hash);
    Ok(())
}

/// Soundness rule 12: who starts over has another chain, which nobody can take for the first.
#[test]
fn a_demo_that_starts_over_has_another_chain_with_another_name() -> Outcome {
    let mut demo = Demo::start()?;
    let id = |demo: &Demo| -> Outcome<String> {
        let chains: Value = serde_json::from_str(&demo.file("chains.json")?)?;
        let chain = &chains["chains"][0];
        assert_eq!(chain["dev"], true);
        Ok(chain["id"].as_str().ok_or("no id")?.to_owned())
    };
    let first = id(&demo)?;
    demo.crash_and_restart()?;
    assert_eq!(id(&demo)?, first);
    demo.start_over()?;
    let second = id(&demo)?;
    assert!(first.starts_with("dev-") && second.starts_with("dev-"));
    assert_ne!(first, second);
    Ok(())
}

#[test]
fn a_demo_says_which_chain_it_is_and_where_everything_listens() -> Outcome {
    let demo = Demo::start()?;
    let said = demo.output();
    let chains: Value = serde_json::from_str(&demo.file("chains.json")?)?;
    let id = chains["chains"][0]["id"].as_str().ok_or("no id")?;
    let told = [id.to_owned(), demo.page(), format!("{}/#/try", demo.page())];
    for told in told.iter().chain(&demo.nodes()) {
        assert!(said.contains(told.as_str()), "{told} is not in {said}");
    }
    Ok(())
}

#[test]
fn all_nodes_hold_the_same_blocks_and_the_page_is_told_where_they_are() -> Outcome {
    let demo = Demo::start()?;
    let chains: Value = serde_json::from_str(&demo.file("chains.json")?)?;
    let chain = &chains["chains"][0];
    let checkpoint = chain["checkpoint"]["height"]
        .as_u64()
        .ok_or("no checkpoint")?;
    for node in 0..demo::NODES {
        wait_for(&demo, node.into(), checkpoint)?;
        let commit = ask(&demo, node.into(), &format!("commit?height={checkpoint}"))?;
        let header = commit.pointer("/result/signed_header").ok_or("no header")?;
        assert_eq!(header.pointer("/header/chain_id"), Some(&chain["id"]));
        let hash = header
            .pointer("/commit/block_id/hash")
            .and_then(Value::as_str)
            .unwrap_or_default();
        assert!(
            hash.eq_ignore_ascii_case(chain["checkpoint"]["hash"].as_str().unwrap_or_default())
        );
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_everything_at_once_and_in_order() -> Outcome {
    let mut demo = Demo::start()?;
    assert!(
        demo.interrupt(Duration::from_secs(10))?.success(),
        "{}",
        demo.output()
    );
    for node in demo.nodes() {
        assert!(ureq::get(format!("{node}/status")).call().is_err());
    }
    Ok(())
}

#[test]
fn a_port_in_use_is_one_sentence_and_a_failure() -> Outcome {
    let demo = Demo::start()?;
    let data = Folder::new("second")?;
    let port = demo.nodes()[0]
        .rsplit(':')
        .next()
        .unwrap_or_default()
        .to_owned();
    let output = run(&[
        "demo",
        "--small",
        "--data",
        &data.path().to_string_lossy(),
        "--rpc-port",
        &port,
    ])?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert_eq!(said.trim().lines().count(), 1, "{said}");
    assert!(said.contains(&port) && said.contains("in use"), "{said}");
    Ok(())
}

#[test]
fn a_folder_that_cannot_be_written_is_one_sentence_and_a_failure() -> Outcome {
    let data = Folder::new("file")?;
    let file = data.path().join("taken");
    std::fs::write(&file, "not a folder")?;
    let output = run(&[
        "demo",
        "--small",
        "--data",
        &file.to_string_lossy(),
        "--rpc-port",
        "0",
        "--page-port",
        "0",
    ])?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert_eq!(said.trim().lines().count(), 1, "{said}");
    Ok(())
}

fn run(words: &[&str]) -> Outcome<Output> {
    Ok(Command::new(demo::program()).args(words).output()?)
}
