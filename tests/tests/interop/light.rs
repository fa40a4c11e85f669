//! `cometbft light`, a proxy that answers only what it has verified.

use super::{first_node, hex, result, settled, some_transaction};
use lianyan_tests::{
    Outcome,
    demo::Demo,
    http::answer,
    place::Folder,
    process::{Process, free_port},
};
use serde_json::Value;
use std::{process::Command, time::Duration};

/// The variable that names the program.
const PROGRAM: &str = "LIANYAN_COMETBFT_0_40";

#[test]
fn cometbfts_light_client_follows_our_chain_and_refuses_what_it_cannot_prove() -> Outcome {
    let Some(program) = std::env::var_os(PROGRAM) else {
        println!(
            "SKIPPED: {PROGRAM} names no CometBFT; `cargo xtask test interop` builds it where Go is installed"
        );
        return Ok(());
    };
    let demo = Demo::start()?;
    let node = first_node(&demo)?;
    let nodes = demo.nodes();
    let trusted = settled(&node)?;
    let hash = result(&node, &format!("commit?height={trusted}"))?;
    let hash = hash.pointer("/signed_header/commit/block_id/hash");
    let hash = hash.and_then(Value::as_str).ok_or("no hash")?.to_owned();
    let chain = result(&node, "status")?;
    let chain = chain.pointer("/node_info/network").and_then(Value::as_str);

    let folder = Folder::new("light")?;
    let port = free_port()?;
    let proxy = format!("http://127.0.0.1:{port}");
    let mut command = Command::new(program);
    command
        .args(["light", chain.ok_or("no chain")?, "--primary", &node])
        .args(["--witnesses", &nodes.get(1..).unwrap_or_default().join(",")])
        .args(["--height", &trusted.to_string(), "--hash", &hash])
        .args(["--trust-level", "2/3"])
        .args(["--laddr", &format!("tcp://127.0.0.1:{port}"), "--home-dir"])
        .arg(folder.path());
    let mut light = Process::start(&mut command, &folder.path().join("light.log"))?;
    light.wait(Duration::from_secs(30), |_| result(&proxy, "health").ok())?;

    // Forward over blocks that came after it was started, and backward to one before.
    while settled(&node)? < trusted + 2 {
        std::thread::sleep(Duration::from_millis(200));
    }
    for height in [trusted + 2, trusted - 1] {
        for method in ["header", "commit"] {
            let target = format!("{method}?height={height}");
            let (verified, told) = (result(&proxy, &target)?, result(&node, &target)?);
            assert_eq!(verified, told, "{target}: {}", light.output());
        }
        // Where there is no transaction it writes null, and we an empty list, as full nodes do.
        let target = format!("block?height={height}");
        let (verified, told) = (result(&proxy, &target)?, result(&node, &target)?);
        assert_eq!(verified["block_id"], told["block_id"], "{target}");
        assert_eq!(verified["block"]["header"], told["block"]["header"]);
        let target = format!("validators?height={height}");
        let (verified, told) = (result(&proxy, &target)?, result(&node, &target)?);
        assert_eq!(verified["validators"], told["validators"], "{target}");
    }
    let hash = some_transaction(&node, trusted)?;
    let target = format!("tx?hash=0x{hash}&prove=true");
    let verified = result(&proxy, &target)?;
    assert_eq!(verified["proof"], result(&node, &target)?["proof"]);

    // Our proofs are ICS-23 and it knows only its own kind: it must not pass on what it cannot prove.
    let key = node::merkle::sha256(b"any key");
    let query = format!(
        "abci_query?path=%22/head%22&data=0x{}&prove=true",
        hex(&key)
    );
    assert_eq!(answer(&node, &query)?["result"]["response"]["code"], 0);
    let refused = answer(&proxy, &query)?;
    assert!(
        refused["result"].is_null() && !refused["error"].is_null(),
        "{refused}"
    );
    Ok(())
}
