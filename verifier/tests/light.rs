//! `lianyan light`, `--serve` and `lianyan evidence`, as processes before nodes that tell the truth and nodes that lie.

#[path = "common/mod.rs"]
mod common;

use common::{INVOICE, Lie, Net, TestChain, chain, comet, lie, node, node_of, now, served::ALL};
use records::RecordName;
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    rc::Rc,
    time::Duration,
};
use verifier::Host;

/// The command line after `lianyan light`, for the tests' chain from its first block on.
fn light(nodes: &[String]) -> Command {
    let hash = hex::encode(chain().header(1).hash());
    let mut command = Command::new(env!("CARGO_BIN_EXE_lianyan"));
    command.args([
        "light",
        "--chain-id",
        records::testing::CHAIN,
        "--trust-height",
        "1",
        "--trust-hash",
        &hash,
    ]);
    // The tests' chain was made at the beginning of 2026.
    command.args(["--trusting-period", "900000h"]);
    for (at, url) in nodes.iter().enumerate() {
        command.args([if at == 0 { "--node" } else { "--witness" }, url]);
    }
    command
}

fn run(command: &mut Command) -> (i32, Value) {
    let Output { status, stdout, .. } = command.output().expect("runs");
    let line = stdout
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    (
        status.code().expect("a code"),
        serde_json::from_slice(line).unwrap_or_default(),
    )
}

/// A folder of this test alone, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("lianyan-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }

    fn files(&self) -> Vec<PathBuf> {
        fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    walk(&path, found)
                } else {
                    found.push(path)
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.0, &mut found);
        found.sort();
        found
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A node that signs another chain from the second block on.
fn forked() -> Lie {
    lie(|method, params, answer| {
        if method != "commit" || params["height"] == "1" {
            return answer;
        }
        let chain = chain();
        let height = params["height"]
            .as_str()
            .expect("set")
            .parse()
            .expect("a height");
        let mut header = chain.header(height).clone();
        header.app_hash = vec![9; 32];
        let result = comet::commit_json(&header, &chain.seats, |_| true);
        json!({ "jsonrpc": "2.0", "id": answer["id"], "result": result })
    })
}

/// A node that changes every state, every transaction and every parameter that it shows, and hides evidence.
fn bent() -> Lie {
    lie(|method, _, mut answer| {
        match method {
            "abci_query" => answer["result"]["response"]["value"] = "AAAA".into(),
            "tx" => answer["result"]["tx_result"]["code"] = 7.into(),
            "block_results" => answer["result"]["txs_results"][0]["code"] = 7.into(),
            "block" => answer["result"]["block"]["evidence"]["evidence"] = json!([]),
            "consensus_params" => {
                answer["result"]["consensus_params"]["block"]["max_gas"] = "8".into()
            }
            _ => {}
        }
        answer
    })
}

#[test]
fn a_chain_is_followed_kept_and_followed_on_though_what_was_kept_is_damaged() {
    let nodes = [node(|| Lie::None), node(|| Lie::None)];
    let store = Folder::new("store");
    let (code, line) = run(light(&nodes).arg("--once").arg("--store").arg(&store.0));
    assert_eq!(
        (code, &line["verified"], &line["height"], &line["from"]),
        (0, &json!(true), &json!("3"), &json!("1")),
        "{line}"
    );
    assert_eq!(line["hash"], hex::encode(chain().header(3).hash()));
    let (_, line) = run(light(&nodes).arg("--once").arg("--store").arg(&store.0));
    assert_eq!(line["from"], "3", "it goes on from what it kept");
    let newest = store.files().pop().expect("a state");
    let mut bytes = std::fs::read(&newest).expect("reads");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&newest, bytes).expect("writes");
    let (code, line) = run(light(&nodes).arg("--once").arg("--store").arg(&store.0));
    assert_eq!(
        (code, &line["from"], &line["height"]),
        (0, &json!("1"), &json!("3")),
        "{line}"
    );
    let (code, line) = run(light(&nodes).args(["--height", "2"]));
    assert_eq!((code, &line["height"]), (0, &json!("2")));
}

#[test]
fn a_fork_stops_it_for_good_and_is_shown_as_evidence() {
    let nodes = [node(|| Lie::None), node(forked)];
    let store = Folder::new("fork");
    let (code, line) = run(light(&nodes).arg("--once").arg("--store").arg(&store.0));
    assert_eq!((code, &line["reason"]), (1, &json!("attack")), "{line}");
    let honest = [node(|| Lie::None), node(|| Lie::None)];
    let (code, line) = run(light(&honest).arg("--once").arg("--store").arg(&store.0));
    assert_eq!((code, &line["reason"]), (1, &json!("halted")), "{line}");
    let halt = store
        .files()
        .into_iter()
        .find(|path| path.ends_with("halt"))
        .expect("kept");
    let mut show = Command::new(env!("CARGO_BIN_EXE_lianyan"));
    let (code, line) = run(show.args(["evidence", "show"]).arg(&halt));
    assert_eq!((code, &line["kind"]), (0, &json!("lunatic")));
    assert_eq!(line["signed_both"].as_array().map(Vec::len), Some(4));
    assert_eq!(
        line["evidence"][0]["type"],
        "tendermint/LightClientAttackEvidence"
    );
    let (code, _) = run(light(&honest)
        .args(["--once", "--reset"])
        .arg("--store")
        .arg(&store.0));
    assert_eq!(code, 0, "somebody has decided");
    let mut show = Command::new(env!("CARGO_BIN_EXE_lianyan"));
    assert_eq!(run(show.args(["evidence", "show", "Cargo.toml"])).0, 65);
}

#[test]
fn without_a_checkpoint_or_a_second_member_nothing_is_followed() {
    let alone = [node(|| Lie::None)];
    assert_eq!(run(light(&alone).arg("--once")).0, 64);
    let mut bare = Command::new(env!("CARGO_BIN_EXE_lianyan"));
    let bare = bare.args(["light", "--once", "--chain-id", "x", "--node", &alone[0]]);
    assert_eq!(run(bare).0, 64);
    let nodes = [node(|| Lie::None), node(|| Lie::None)];
    let (code, line) = run(light(&nodes).args(["--once", "--trust-hash", &"00".repeat(32)]));
    assert_eq!((code, &line["reason"]), (2, &json!("checkpoint-not-given")));
}

#[test]
fn where_trust_has_expired_it_is_said_what_the_clock_may_have_to_do_with_it() {
    let nodes = [node(|| Lie::None), node(|| Lie::None)];
    // The nodes' chain has stood still since the beginning of 2026.
    let (code, line) = run(light(&nodes).args(["--once", "--trusting-period", "336h"]));
    assert_eq!((code, &line["reason"]), (2, &json!("trust-expired")));
    let why = line["why"].as_str().expect("a text");
    let both = "behind this device's clock: it is ahead, or the chain stands still";
    assert!(why.ends_with(both), "{why}");
}

/// A node that has forgotten the first block.
fn pruned() -> Lie {
    lie(|method, params, answer| {
        if !matches!(method, "commit" | "validators") || params["height"] != "1" {
            return answer;
        }
        let error = json!({ "code": -32603, "message": "Internal error", "data": "height 1 is not available" });
        json!({ "jsonrpc": "2.0", "id": answer["id"], "error": error })
    })
}

/// `chains.json` with these nodes, and a key of each of three members.
fn chains_json(nodes: &[String]) -> String {
    let member = |(at, url): (usize, &String)| json!({ "url": url, "member": at.to_string() });
    let nodes: Vec<Value> = nodes.iter().enumerate().map(member).collect();
    let keys = [1, 2, 3].map(|seed| {
        let key = records::SecretKey::from_seed(&[seed; 32]).public();
        json!({ "member": seed.to_string(), "key": key.to_string() })
    });
    let chain = json!({
        "id": records::testing::CHAIN, "name": "测试链", "name_en": "test chain", "dev": true,
        "checkpoint": { "height": 1, "hash": hex::encode(chain().header(1).hash()) },
        "nodes": nodes, "checkpoint_keys": keys, "trusting_period_seconds": 900_000_u64 * 3600,
    });
    json!({ "chains": [chain] }).to_string()
}

#[test]
fn members_sign_what_they_verified_and_enough_of_them_begin_trust_again() {
    let folder = Folder::new("checkpoint");
    std::fs::create_dir_all(&folder.0).expect("a folder");
    let file = |name: &str| folder.0.join(name);
    let (honest, forgetful) = (file("honest.json"), file("forgetful.json"));
    let nodes = [node(|| Lie::None), node(|| Lie::None)];
    std::fs::write(&honest, chains_json(&nodes)).expect("writes");
    let nodes = [node(pruned), node(pruned)];
    std::fs::write(&forgetful, chains_json(&nodes)).expect("writes");
    let lianyan = |arguments: &[&str], files: &[&Path]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lianyan"));
        run(command.args(arguments).args(files))
    };
    let identity = |seed: u8| {
        let role = if seed == 9 { "owner" } else { "member" };
        let identity =
            json!({ "lianyan": "identity/1", "role": role, "seed": hex::encode([seed; 32]) });
        std::fs::write(file(&seed.to_string()), identity.to_string()).expect("writes");
        file(&seed.to_string())
    };
    let sign = |seed: u8, to: Option<&Path>, out: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lianyan"));
        command
            .args(["checkpoint", "sign", "--key"])
            .arg(identity(seed));
        command.arg("-o").arg(out).arg("--chain").arg(&honest);
        run(command.args(to))
    };
    let (one, two) = (file("one"), file("two"));
    let (code, line) = sign(1, None, &one);
    assert_eq!((code, &line["height"]), (0, &json!("3")), "{line}");
    assert_eq!(sign(9, Some(&one), &two).0, 65, "no member's identity");
    let verify = |file: &Path| lianyan(&["checkpoint", "verify", "--chain"], &[&honest, file]);
    let (code, line) = verify(&one);
    assert_eq!((code, &line["reason"]), (2, &json!("checkpoint-too-few")));
    assert_eq!(line["facts"], json!({ "needed": "2", "signed": "1" }));
    let (code, line) = sign(2, Some(&one), &two);
    assert_eq!((code, line["keys"].as_array().map(Vec::len)), (0, Some(2)));
    let (code, line) = verify(&two);
    assert_eq!(
        (code, &line["signed_by"]),
        (0, &json!(["1", "2"])),
        "{line}"
    );
    assert_eq!(verify(&honest).0, 65, "another file");
    // The nodes have forgotten where trust would start.
    let light = ["light", "--once", "--chain"];
    let (code, line) = lianyan(&light, &[&forgetful]);
    assert_eq!((code, &line["reason"]), (2, &json!("checkpoint-not-given")));
    let with = Path::new("--checkpoint");
    let (code, line) = lianyan(&light, &[&forgetful, with, &one]);
    assert_eq!((code, &line["reason"]), (2, &json!("checkpoint-too-few")));
    let (code, line) = lianyan(&light, &[&forgetful, with, &two]);
    assert_eq!(
        (code, &line["signed_by"]),
        (0, &json!(["1", "2"])),
        "{line}"
    );
    // One more byte, and the signatures are on something else.
    let text = std::fs::read_to_string(&two).expect("reads");
    let bent = text.replacen("payload\":\"ey", "payload\":\"ez", 1);
    assert_ne!(bent, text);
    std::fs::write(&two, bent).expect("writes");
    assert_eq!(verify(&two).0, 65);
}

/// A proxy before these nodes, ended with the test.
struct Proxy {
    child: Child,
    address: String,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn proxy(nodes: &[String]) -> Proxy {
    proxy_from(1, nodes)
}

/// The same, trusting the block of this height.
fn proxy_from(height: u64, nodes: &[String]) -> Proxy {
    let mut command = light(nodes);
    let hash = hex::encode(chain().header(height).hash());
    command.args(["--trust-height", &height.to_string(), "--trust-hash", &hash]);
    command
        .args(["--serve", "127.0.0.1:0"])
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("starts");
    let mut said = String::new();
    BufReader::new(child.stderr.as_mut().expect("piped"))
        .read_line(&mut said)
        .expect("says where");
    let address = said
        .trim()
        .rsplit("//")
        .next()
        .expect("an address")
        .to_string();
    Proxy { child, address }
}

impl Proxy {
    fn send(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .expect("sets");
        stream.write_all(request.as_bytes()).expect("sends");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answers");
        answer
    }

    fn post(&self, calls: &Value) -> Value {
        let body = calls.to_string();
        let request = format!(
            "POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = self.send(&request);
        let (head, body) = answer.split_once("\r\n\r\n").expect("a body");
        assert!(head.contains("Access-Control-Allow-Origin: *"), "{head}");
        serde_json::from_str(body).expect("JSON")
    }

    fn call(&self, method: &str, params: Value) -> Value {
        self.post(&json!({ "jsonrpc": "2.0", "id": 5, "method": method, "params": params }))
    }
}

/// The hash of the transaction that issued the invoice.
fn issued(chain: &TestChain) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let tx = &chain.blocks[1][0].0;
    STANDARD.encode(light_client::sha256(&[tx]))
}

fn head(id: &str) -> Value {
    let key = RecordName::new("invoice", id).expect("a name").tree_key();
    json!({ "path": "/head", "data": hex::encode(key), "height": "2", "prove": true })
}

#[test]
fn the_proxy_answers_what_it_has_verified_and_refuses_the_rest() {
    let proxy = proxy(&[node(|| Lie::None), node(|| Lie::None)]);
    let chain = chain();
    let answer = proxy.call("status", json!({}));
    assert_eq!(
        answer["result"]["sync_info"]["latest_block_height"], "3",
        "{answer}"
    );
    let hash = |answer: &Value| light_client::json::header(answer).expect("a header").hash();
    assert_eq!(
        hash(&proxy.call("header", json!({ "height": "2" }))),
        chain.header(2).hash()
    );
    let commit = light_client::json::commit(&proxy.call("commit", json!({}))).expect("a commit");
    assert_eq!(commit.header.hash(), chain.header(3).hash());
    let set = proxy.call("validators", json!({ "height": "2", "per_page": "100" }));
    let set = light_client::json::validators(&set).expect("a page");
    assert_eq!((set.total, set.validators.len()), (4, 4));
    let answer = proxy.call("tx", json!({ "hash": issued(&chain) }));
    assert_eq!(
        (
            &answer["result"]["height"],
            &answer["result"]["tx_result"]["code"]
        ),
        (&json!("2"), &json!(0)),
        "{answer}"
    );
    let answer = proxy.call("abci_query", head(INVOICE));
    assert!(
        answer["result"]["response"]["value"].is_string(),
        "{answer}"
    );
    let mut newest = head(INVOICE);
    newest["height"] = "0".into();
    let answer = proxy.call("abci_query", newest);
    assert_eq!(answer["result"]["response"]["height"], "2", "{answer}");
    let answer = proxy.call("abci_query", head("nothing"));
    assert!(
        answer["result"]["response"]["value"].is_null() && answer.get("error").is_none(),
        "{answer}"
    );
    let answer = proxy.call("block", json!({ "height": "2" }));
    let block = light_client::json::block(&answer).expect("a block");
    let txs: Vec<_> = chain.blocks[1].iter().map(|(tx, _)| tx.clone()).collect();
    assert_eq!(
        (
            block.header.hash(),
            block.block_id,
            block.txs,
            block.evidence,
            block.last_commit
        ),
        (
            chain.header(2).hash(),
            comet::block_id(chain.header(2)),
            txs,
            vec![comet::evidence()],
            None
        )
    );
    let answer = proxy.call("consensus_params", json!({ "height": "2" }));
    let proven = json!({ "block": { "max_bytes": "1048576", "max_gas": "7" } });
    assert_eq!(
        (
            &answer["result"]["block_height"],
            &answer["result"]["consensus_params"]
        ),
        (&json!("2"), &proven),
        "what no header commits to is left out"
    );
    for (method, params) in [
        ("broadcast_tx_sync", json!({ "tx": "" })),
        ("block_search", json!({})),
        ("header", json!({ "height": "x" })),
        ("", json!({})),
    ] {
        let answer = proxy.call(method, params);
        assert_eq!(
            answer["error"]["message"], "not verified",
            "{method}: {answer}"
        );
    }
    let batch = proxy.post(&json!([{ "id": 1, "method": "health" }, { "id": 2, "method": "header", "params": { "height": "1" } }]));
    assert_eq!((&batch[0]["id"], &batch[1]["id"]), (&json!(1), &json!(2)));
    assert!(
        proxy
            .send("GET /header?height=2 HTTP/1.1\r\n\r\n")
            .contains(&hex::encode_upper(&chain.header(2).app_hash))
    );
    assert!(
        proxy
            .send("OPTIONS / HTTP/1.1\r\n\r\n")
            .starts_with("HTTP/1.1 204")
    );
    assert!(
        proxy
            .send("PUT / HTTP/1.1\r\n\r\n")
            .starts_with("HTTP/1.1 405")
    );
}

#[test]
fn the_proxy_proves_old_blocks_whose_votes_it_has_not_verified() {
    let proxy = proxy_from(3, &[node(|| Lie::None), node(|| Lie::None)]);
    for height in [1, 2] {
        let answer = proxy.call("block", json!({ "height": height.to_string() }));
        let block = light_client::json::block(&answer).expect("a block");
        let header = chain().header(height).clone();
        let id = comet::block_id(&header);
        assert_eq!((block.header, block.block_id), (header, id));
        let answer = proxy.call("commit", json!({ "height": height.to_string() }));
        assert_eq!(answer["error"]["message"], "not verified", "{answer}");
    }
}

/// A node that proves what was, where it is asked for what is.
fn yesterday() -> Lie {
    lie(|method, params, answer| {
        if method != "abci_query" || params["height"] != "0" {
            return answer;
        }
        let mut old = params.clone();
        old["height"] = "2".into();
        let call = json!([{ "id": answer["id"], "method": method, "params": old }]);
        let honest = Net::at(0).with("here", &Rc::new(grown()), Lie::None);
        let body = call.to_string().into_bytes();
        let old = now(honest.post("here", body, ALL)).expect("answers");
        serde_json::from_slice::<Value>(&old).expect("JSON")[0].take()
    })
}

/// The chain with some blocks more.
fn grown() -> TestChain {
    let mut chain = chain();
    (0..5).for_each(|_| chain.empty());
    chain
}

#[test]
fn the_proxy_takes_no_old_state_for_the_newest() {
    let newest = || {
        let mut newest = head(INVOICE);
        newest["height"] = "0".into();
        newest
    };
    let honest = proxy(&[node_of(grown, || Lie::None), node_of(grown, || Lie::None)]);
    let answer = honest.call("abci_query", newest());
    assert_eq!(answer["result"]["response"]["height"], "7", "{answer}");
    let lied_to = proxy(&[node_of(grown, yesterday), node_of(grown, yesterday)]);
    let answer = lied_to.call("abci_query", newest());
    assert_eq!(answer["error"]["message"], "not verified", "{answer}");
    let old = lied_to.call("abci_query", head(INVOICE));
    assert_eq!(old["result"]["response"]["height"], "2", "{old}");
}

#[test]
fn the_proxy_passes_on_no_lie() {
    let proxy = proxy(&[node(bent), node(bent)]);
    for (method, params) in [
        ("abci_query", head(INVOICE)),
        ("tx", json!({ "hash": issued(&chain()) })),
        ("block", json!({ "height": "2" })),
        ("consensus_params", json!({ "height": "2" })),
    ] {
        let answer = proxy.call(method, params);
        assert_eq!(answer["error"]["message"], "not verified", "{answer}");
    }
}
