//! Old headers by the log of block hashes, and the hash chain where that does not prove them.

use crate::common::{Lie, Net, TestChain, chain, comet, lie, node_of, now, served::ALL};
use crate::{Folder, chains_json, long, proxy::Proxy, run};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use light_client::Header;
use records::{
    Head,
    log::{LogTree, leaf_hash},
};
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    process::Command,
    rc::Rc,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};
use verifier::Host;

/// `chains.json` of the long chain, whose checkpoint is its newest block.
fn file(folder: &Folder, nodes: &[String]) -> PathBuf {
    std::fs::create_dir_all(&folder.0).expect("a folder");
    let chain = long();
    let mut chains: Value = serde_json::from_str(&chains_json(nodes)).expect("JSON");
    let newest = hex::encode(chain.header(chain.height()).hash());
    chains["chains"][0]["checkpoint"] = json!({ "height": chain.height(), "hash": newest });
    let file = folder.0.join("chains.json");
    std::fs::write(&file, chains.to_string()).expect("writes");
    file
}

/// The header of a height, as `lianyan light` verifies it.
fn light(name: &str, nodes: &[String], height: u64) -> (i32, Value) {
    let folder = Folder::new(name);
    let mut command = Command::new(env!("CARGO_BIN_EXE_lianyan"));
    command.args(["light", "--height", &height.to_string(), "--chain"]);
    run(command.arg(file(&folder, nodes)))
}

fn nodes(lies: [fn() -> Lie; 2]) -> [String; 2] {
    lies.map(|lie| node_of(long, lie))
}

/// What an honest node over a chain answers to a question.
fn honest(chain: TestChain, id: &Value, method: &str, params: &Value) -> Value {
    let call = json!([{ "id": id, "method": method, "params": params }]);
    let net = Net::at(0).with("here", &Rc::new(chain), Lie::None);
    let answers = now(net.post("here", call.to_string().into_bytes(), ALL)).expect("answers");
    serde_json::from_slice::<Value>(&answers).expect("JSON")[0].take()
}

#[test]
fn an_old_header_costs_a_few_questions_where_the_hash_chain_takes_one_for_each_block() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let counting: fn() -> Lie = || {
        lie(|_, _, answer| {
            ASKED.fetch_add(1, Relaxed);
            answer
        })
    };
    let hash = hex::encode(chain().header(2).hash());
    let (code, line) = light("old-log", &nodes([counting, counting]), 2);
    assert_eq!((code, &line["hash"]), (0, &json!(hash)), "{line}");
    assert_eq!(line["by_log"]["height"], long().height().to_string());
    let by_log = ASKED.swap(0, Relaxed);
    assert!(by_log <= 12, "{by_log}");
    // What is near is reached down the hash chain, which needs no newest header.
    let near = long().height() - 7;
    let (code, line) = light("old-near", &nodes([counting, counting]), near);
    assert_eq!((code, &line["by_log"]), (0, &Value::Null), "{line}");
    assert_eq!(line["steps"].as_array().map(Vec::len), Some(7));
    // The log ends with the last block that had an event; from there signatures lead on.
    ASKED.store(0, Relaxed);
    let (code, line) = light("old-behind", &nodes([counting, counting]), 900);
    assert_eq!((code, line["by_log"].is_object()), (0, true), "{line}");
    let by_log = ASKED.swap(0, Relaxed);
    assert!(by_log <= 24, "{by_log}");
    assert_eq!(line["hash"], hex::encode(long().header(900).hash()));
}

/// A node that shows a second block, signed like the first, of a height that no log holds yet.
fn another_block() -> Lie {
    let chain = long();
    let mut header = chain.header(900).clone();
    header.app_hash = vec![9; 32];
    let signed = comet::commit_json(&header, &chain.seats, |_| true);
    lie(move |method, params, mut answer| {
        if method == "commit" && params["height"] == "900" {
            answer["result"] = signed.clone();
        }
        answer
    })
}

#[test]
fn a_fork_on_the_way_from_the_logs_end_stops_it_for_good() {
    let folder = Folder::new("old-fork");
    let store = folder.0.join("store");
    let light = |nodes: &[String], arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lianyan"));
        command.args(["light", "--store"]).arg(&store);
        let command = command.args(arguments).arg("--chain");
        let (code, line) = run(command.arg(file(&folder, nodes)));
        (code, line["reason"].clone())
    };
    let beside = nodes([|| Lie::None, another_block]);
    assert_eq!(light(&beside, &["--height", "900"]), (1, "attack".into()));
    let honest = nodes([|| Lie::None, || Lie::None]);
    for arguments in [&["--height", "900"][..], &["--once"]] {
        let outcome = light(&honest, arguments);
        assert_eq!(outcome, (1, "halted".into()), "{arguments:?}");
    }
}

/// Whether somebody asks for the old header.
fn is_old(method: &str, params: &Value) -> bool {
    method == "header" && params["height"] == "2"
}

/// A node that answers for the block before what belongs to this one: header and path are true, and of another height.
fn another_height() -> Lie {
    lie(|method, params, answer| {
        let mut other = params.clone();
        match method {
            _ if is_old(method, params) => other["height"] = "1".into(),
            "abci_query" if params["path"] == "/log/inclusion" => {
                let data = params["data"].as_str().expect("hex");
                other["data"] = [&data[..64], &"0".repeat(16), &data[80..]].concat().into();
            }
            _ => return answer,
        }
        honest(long(), &answer["id"], method, &other)
    })
}

/// A node whose headers are not those that the chain's hashes are of.
fn another_hash() -> Lie {
    lie(|method, params, mut answer| {
        if is_old(method, params) {
            answer["result"]["header"]["app_hash"] = "09".repeat(32).into();
        }
        answer
    })
}

/// A node that shows a second block of its own making, and a log that holds it.
fn another_root() -> Lie {
    let mut header = chain().header(2).clone();
    header.app_hash = vec![9; 32];
    let entry = |header: &Header| [&header.height.to_be_bytes()[..], &header.hash()].concat();
    let leaves = [chain().header(1), &header].map(|header| leaf_hash(&entry(header)));
    let mut tree = LogTree::new();
    leaves.iter().for_each(|leaf| drop(tree.append(*leaf)));
    let head = Head::new(b"{}", &tree).encode();
    let path = comet::audit_path(&leaves, 1).concat();
    lie(move |method, params, mut answer| {
        match (method, params["path"].as_str()) {
            _ if is_old(method, params) => answer["result"]["header"] = comet::header_json(&header),
            ("abci_query", Some("/head")) => {
                answer["result"]["response"]["value"] = STANDARD.encode(head).into();
            }
            ("abci_query", _) => {
                answer["result"]["response"]["value"] = STANDARD.encode(&path).into();
            }
            _ => {}
        }
        answer
    })
}

#[test]
fn no_node_makes_an_old_header_of_what_the_log_does_not_hold_there() {
    let hash = hex::encode(chain().header(2).hash());
    for (name, liar) in [
        ("old-height", another_height as fn() -> Lie),
        ("old-hash", another_hash),
        ("old-root", another_root),
    ] {
        let beside = nodes([liar, || Lie::None]);
        let (code, line) = light(name, &beside, 2);
        assert_eq!((code, &line["hash"]), (0, &json!(hash)), "{name}: {line}");
        assert!(line["by_log"].is_object(), "the other proves it: {line}");
        // The hash chain ends at another header too.
        let (code, line) = light(name, &nodes([liar, liar]), 2);
        assert_eq!((code, &line["hash"]), (2, &Value::Null), "{name}: {line}");
    }
}

#[test]
fn a_chain_that_no_file_names_is_never_believed_to_keep_a_log() {
    let chain = long();
    let newest = hex::encode(chain.header(chain.height()).hash());
    let mut command = crate::light(&nodes([|| Lie::None, || Lie::None]));
    command.args(["--trust-height", &chain.height().to_string()]);
    let (code, line) = run(command.args(["--trust-hash", &newest, "--height", "2"]));
    assert_eq!((code, &line["by_log"]), (0, &Value::Null), "{line}");
}

#[test]
fn the_proxy_proves_old_blocks_and_their_votes_by_the_log() {
    let folder = Folder::new("old-proxy");
    let mut command = Command::new(env!("CARGO_BIN_EXE_lianyan"));
    let file = file(&folder, &nodes([another_hash, || Lie::None]));
    let proxy = Proxy::start(command.args(["light", "--chain"]).arg(file));
    let height = json!({ "height": "2" });
    let header = light_client::json::header(&proxy.call("header", height.clone()));
    assert_eq!(header.expect("a header"), *chain().header(2));
    let block = light_client::json::block(&proxy.call("block", height.clone()));
    assert_eq!(block.expect("a block").header, *chain().header(2));
    let answer = proxy.call("commit", height);
    assert_eq!(answer["result"]["canonical"], true, "{answer}");
}
