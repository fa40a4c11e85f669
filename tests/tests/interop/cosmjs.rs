//! CosmJS, the client that web applications of the Cosmos ecosystem use.

use super::{first_node, result, settled};
use lianyan_tests::{Outcome, demo::Demo};
use serde_json::Value;
use std::{path::Path, process::Command};

/// The variable that names the folder with its packages.
const PACKAGES: &str = "LIANYAN_COSMJS";

#[test]
fn cosmjs_reads_our_node_and_hears_of_new_blocks() -> Outcome {
    let Some(packages) = std::env::var_os(PACKAGES) else {
        println!(
            "SKIPPED: {PACKAGES} names no packages; `cargo xtask test interop` gets them where Node.js is installed"
        );
        return Ok(());
    };
    let demo = Demo::start()?;
    let node = first_node(&demo)?;
    let height = settled(&node)?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/cosmjs.cjs");
    let output = Command::new("node")
        .arg(script)
        .args([&node, &height.to_string()])
        .env("NODE_PATH", Path::new(&packages).join("node_modules"))
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{errors}");
    let read: Value = serde_json::from_str(text.trim())?;

    let at = |method: &str| result(&node, &format!("{method}?height={height}"));
    let (header, commit) = (at("header")?, at("commit")?);
    let chain = header.pointer("/header/chain_id");
    assert_eq!(Some(&read["network"]), chain);
    assert_eq!(Some(&read["appHash"]), header.pointer("/header/app_hash"));
    let signed = commit.pointer("/signed_header/commit/signatures");
    let signed = signed.and_then(Value::as_array).map(Vec::len);
    assert_eq!(
        read["signatures"].as_u64(),
        signed.map(|count| count as u64)
    );
    let validators = at("validators")?;
    let powers = validators["validators"].as_array().ok_or("no validators")?;
    let powers: Vec<&Value> = powers.iter().map(|one| &one["voting_power"]).collect();
    assert_eq!(serde_json::json!(powers), read["powers"]);
    assert_eq!(
        read["results"], read["txs"],
        "one result for each transaction"
    );
    assert_eq!(
        (&read["query"]["code"], &read["query"]["proofs"]),
        (&0.into(), &1.into())
    );
    let heard = read["heard"].as_array().ok_or("heard nothing")?;
    let heard: Vec<u64> = heard.iter().filter_map(Value::as_u64).collect();
    assert!(
        matches!(heard[..], [first, second] if second == first + 1 && first > height),
        "{heard:?}"
    );
    assert!(read["txHeight"].as_u64().is_some_and(|at| at > 0), "{read}");
    Ok(())
}
