//! Requests to the proxy that verifies: what it says is what the chain holds, whatever is asked and however its nodes lie.

use super::lookup::{Liar, chain};
use crate::{
    input::Input,
    targets::node::{self, post},
};
use light_client::{
    TrustedState,
    client::{LightClient, MemoryStore, Provider, Settings, Store},
};
use serde_json::{Value, json};
use std::sync::LazyLock;
use verifier::{
    Below, Device, Node, Shown,
    proxy::{Proxy, read},
};

/// Bytes that say how the nodes lie.
const LIES: usize = 12;

/// The first block, which the proxy trusts.
static CHECKPOINT: LazyLock<TrustedState> = LazyLock::new(|| {
    let (chain, shown, honest) = (chain(), Shown::default(), Liar::new(&[]));
    let node = Node::new(&honest, &chain.nodes[0], &chain.id, &shown);
    let block = node::WORLD.runtime.block_on(node.light_block(1));
    TrustedState::from_checkpoint(&block.expect("given").value, &chain.checkpoint_hash)
        .expect("its own hash")
});

pub fn seeds() -> Vec<Vec<u8>> {
    let calls = post::calls().into_iter();
    let posts = calls.flat_map(|(method, params)| {
        let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let body = call.to_string();
        let post = format!(
            "POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        [[0; LIES], [3, 2, 6, 2, 0, 30, 0, 9, 1, 2, 6, 0]]
            .map(|lies| [&lies, post.as_bytes()].concat())
    });
    let gets = [
        "GET /status HTTP/1.1\r\n\r\n",
        "GET /commit?height=3 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /validators?height=%223%22&page=1&per_page=2 HTTP/1.1\r\n\r\n",
        "OPTIONS / HTTP/1.1\r\n\r\n",
    ];
    let gets = gets.map(|get| [&[0; LIES], get.as_bytes()].concat());
    posts.chain(gets).collect()
}

/// How the nodes lie, the request.
pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let lies = input.take(LIES);
    let Ok(wanted) = read(input.0) else {
        return;
    };
    let (chain, shown, liar) = (chain(), Shown::default(), Liar::new(lies));
    let checkpoint = &*CHECKPOINT;
    let below = match bytes.len() % 2 {
        0 => Below::Log,
        _ => Below::HashChain,
    };
    let nodes = chain.nodes.iter();
    let nodes = nodes.map(|node| Node::new(&liar, node, &chain.id, &shown));
    let answer = node::WORLD.runtime.block_on(async {
        let mut store = MemoryStore::default();
        store.put(checkpoint).await.expect("keeps");
        let settings = Settings::new(chain.options());
        let client = LightClient::new(nodes.collect(), store, Device(&liar), settings);
        Proxy::new(&chain, &liar, client, below)
            .answer(wanted)
            .await
    });
    let answers = match answer {
        Some(Value::Array(answers)) => answers,
        answer => answer.into_iter().collect(),
    };
    for answer in answers {
        for hash in [
            "/result/sync_info/latest_block_hash",
            "/result/block_id/hash",
            "/result/signed_header/commit/block_id/hash",
        ] {
            let hash = answer.pointer(hash).and_then(Value::as_str);
            let known = |hash: &str| node::WORLD.hashes.contains(&hash.to_lowercase());
            assert!(
                hash.is_none_or(known),
                "a header of another chain is handed on"
            );
        }
    }
}
