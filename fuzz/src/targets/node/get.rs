//! GET requests: whatever the address, there is an answer.

use super::{WORLD, post};
use crate::input::Input;
use axum::{body::Body, http::Request};

pub fn seeds() -> Vec<Vec<u8>> {
    let addresses = post::calls().into_iter().map(|(method, params)| {
        let params = params
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| match value.as_str() {
                Some(text) if name == "data" => format!("{name}=0x{text}"),
                Some(text) if text.parse::<u64>().is_err() => format!("{name}=%22{text}%22"),
                _ => format!("{name}={}", value.to_string().replace('"', "")),
            });
        format!("/{method}?{}", params.collect::<Vec<_>>().join("&"))
    });
    addresses
        .chain(["/".to_owned(), "/nothing?x=%00".to_owned()])
        .map(String::into_bytes)
        .collect()
}

pub fn run(bytes: &[u8]) {
    let address = Input(bytes).text();
    if address.contains("broadcast_tx_commit") {
        return;
    }
    let Ok(request) = Request::get(&address).body(Body::empty()) else {
        return;
    };
    let (status, _) = WORLD.runtime.block_on(WORLD.answer(request));
    assert!(status != 503, "no answer in time");
}
