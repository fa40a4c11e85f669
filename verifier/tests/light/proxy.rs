//! `lianyan light --serve`: answers that were proven.

use crate::common::{INVOICE, Lie, TestChain, chain, comet, node};
use crate::light;
use records::RecordName;
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// A proxy before these nodes, ended with the test.
pub struct Proxy {
    child: Child,
    address: String,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn proxy(nodes: &[String]) -> Proxy {
    proxy_from(1, nodes)
}

/// The same, trusting the block of this height.
pub fn proxy_from(height: u64, nodes: &[String]) -> Proxy {
    let mut command = light(nodes);
    let hash = hex::encode(chain().header(height).hash());
    command.args(["--trust-height", &height.to_string(), "--trust-hash", &hash]);
    Proxy::start(&mut command)
}

impl Proxy {
    /// The proxy that this command line serves, and where.
    pub fn start(command: &mut Command) -> Self {
        command
            .args(["--serve", "127.0.0.1:0"])
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("starts");
        let mut said = String::new();
        BufReader::new(child.stderr.as_mut().expect("piped"))
            .read_line(&mut said)
            .expect("says where");
        let address = said.trim().rsplit("//").next().expect("an address").into();
        Proxy { child, address }
    }

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

    pub fn call(&self, method: &str, params: Value) -> Value {
        self.post(&json!({ "jsonrpc": "2.0", "id": 5, "method": method, "params": params }))
    }
}

/// The hash of the transaction that issued the invoice.
pub fn issued(chain: &TestChain) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let tx = &chain.blocks[1][0].0;
    STANDARD.encode(light_client::sha256(&[tx]))
}

pub fn head(id: &str) -> Value {
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
    for (height, canonical) in [(2, true), (3, false)] {
        let answer = proxy.call("commit", json!({ "height": height.to_string() }));
        let commit = light_client::json::commit(&answer).expect("a commit");
        assert_eq!(commit.header.hash(), chain.header(height).hash());
        let honest = comet::commit_json(chain.header(height), &chain.seats, |_| true);
        let honest = light_client::json::commit(&honest).expect("a commit");
        assert_eq!(
            (&answer["result"]["canonical"], commit),
            (&json!(canonical), honest),
            "nobody knows which votes the next block will hold"
        );
    }
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
        ("header", json!(["2"])),
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
    // As CometBFT does, nothing is done for a notification, and nothing said.
    let mixed = proxy.post(&json!([{ "method": "health" }, { "id": null, "method": "health" }, { "id": "a", "method": "health" }]));
    assert_eq!(
        mixed,
        json!([{ "jsonrpc": "2.0", "id": "a", "result": {} }])
    );
    let silent = |calls: Value| {
        let body = calls.to_string();
        let post = "POST / HTTP/1.1\r\nContent-Length: ";
        let answer = proxy.send(&format!("{post}{}\r\n\r\n{body}", body.len()));
        answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("Content-Type\r\n\r\n")
    };
    assert!(silent(json!({ "method": "status" })));
    assert!(silent(
        json!([{ "method": "status" }, { "method": "health" }])
    ));
    assert!(silent(json!([])));
    let call = json!({ "id": 1, "method": "health" });
    let full = proxy.post(&json!(vec![&call; 10]));
    assert_eq!(full.as_array().map(Vec::len), Some(10));
    let over = proxy.post(&json!(vec![&call; 11]));
    assert_eq!(over["error"]["message"], "not verified", "{over}");
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
fn the_proxy_finds_headers_and_blocks_by_their_hashes() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    for trusted in [1, 3] {
        let proxy = proxy_from(trusted, &[node(|| Lie::None), node(|| Lie::None)]);
        let header = chain().header(2).clone();
        let hash = header.hash();
        // In hex, as one names a header, and in base64, as one names a block.
        for text in [hex::encode_upper(hash), STANDARD.encode(hash)] {
            let params = json!({ "hash": text });
            let answer = proxy.call("header_by_hash", params.clone());
            assert_eq!(light_client::json::header(&answer), Ok(header.clone()));
            let block = light_client::json::block(&proxy.call("block_by_hash", params));
            assert_eq!(block.expect("a block").header, header);
        }
        let get = format!(
            "GET /header_by_hash?hash=0x{} HTTP/1.1\r\n\r\n",
            hex::encode(hash)
        );
        assert!(
            proxy
                .send(&get)
                .contains(&hex::encode_upper(&header.app_hash))
        );
        for params in [
            json!({ "hash": "00".repeat(32) }),
            json!({ "hash": "00" }),
            json!({}),
        ] {
            let answer = proxy.call("block_by_hash", params);
            assert_eq!(answer["error"]["message"], "not verified", "{answer}");
        }
    }
}

#[test]
fn the_proxy_proves_old_blocks_and_the_votes_for_them() {
    let proxy = proxy_from(3, &[node(|| Lie::None), node(|| Lie::None)]);
    for height in [1, 2] {
        let answer = proxy.call("block", json!({ "height": height.to_string() }));
        let block = light_client::json::block(&answer).expect("a block");
        let header = chain().header(height).clone();
        let id = comet::block_id(&header);
        assert_eq!((block.header, block.block_id), (header, id));
    }
    let answer = proxy.call("commit", json!({ "height": "2" }));
    let signed = light_client::json::commit(&answer).expect("a commit");
    let honest = comet::commit_json(chain().header(2), &chain().seats, |_| true);
    let honest = light_client::json::commit(&honest).expect("a commit");
    assert_eq!(
        (&answer["result"]["canonical"], signed),
        (&json!(true), honest)
    );
    let answer = proxy.call("commit", json!({ "height": "1" }));
    assert_eq!(
        answer["error"]["message"], "not verified",
        "nothing before it announces its validators: {answer}"
    );
}

/// What nodes are asked (CometBFT `rpc/core/routes.go`).
const ROUTES: &str = "abci_info abci_query block block_by_hash block_results block_search blockchain broadcast_evidence broadcast_tx_async \
    broadcast_tx_commit broadcast_tx_sync check_tx commit consensus_params consensus_state dump_consensus_state genesis genesis_chunked header \
    header_by_hash health net_info num_unconfirmed_txs status subscribe tx tx_search unconfirmed_tx unconfirmed_txs unsubscribe \
    unsubscribe_all validators";

#[test]
fn the_document_and_the_help_name_every_call_of_the_proxy_and_no_other() {
    let proxy = proxy(&[node(|| Lie::None), node(|| Lie::None)]);
    let is_answered = |method: &&str| {
        let why = proxy.call(method, json!({}))["error"]["data"].to_string();
        !why.contains("cannot be proven and is refused")
    };
    let mut answered: Vec<&str> = ROUTES.split(' ').filter(|word| !word.is_empty()).collect();
    answered.retain(is_answered);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/cli.md");
    let text = std::fs::read_to_string(path).expect("docs/cli.md");
    let (_, table) = text.split_once("| call | proven by |").expect("the table");
    let rows = table.lines().filter_map(|row| row.strip_prefix("| `"));
    let mut stated: Vec<&str> = rows
        .filter_map(|row| Some(row.split_once('`')?.0))
        .collect();
    stated.sort_unstable();
    assert_eq!(stated, answered, "docs/cli.md says other than the proxy");
    let help = Command::new(env!("CARGO_BIN_EXE_lianyan"))
        .arg("--help")
        .output()
        .expect("runs");
    let help = String::from_utf8(help.stdout).expect("text");
    let (_, list) = help
        .split_once("every answer verified first: ")
        .expect("the list");
    let (list, _) = list.split_once(" of /head").expect("its end");
    let mut named: Vec<&str> = list.split(',').map(str::trim).collect();
    named.sort_unstable();
    assert_eq!(named, answered, "the help says other than the proxy");
}
