//! The built page on an origin of its own, with some of its files exchanged.

use crate::Outcome;
use crate::http::{Request, Response, Server};
use crate::place;
use base64::Engine;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// A server of the built page.
#[derive(Debug)]
pub struct Site(Server);

/// What it serves besides, or instead of, the built files.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    files: BTreeMap<String, Vec<u8>>,
    pinned: Vec<String>,
    upstream: Option<String>,
}

impl Changes {
    /// Serves these bytes under this name.
    #[must_use]
    pub fn file(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.insert(name.to_owned(), bytes.into());
        self
    }

    /// The same, and lets index.html pin the new bytes: what an attacker who holds the origin can do.
    #[must_use]
    pub fn program(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.pinned.push(name.to_owned());
        self.file(name, bytes)
    }

    /// Asks this address for every file that was not built.
    #[must_use]
    pub fn otherwise(mut self, upstream: &str) -> Self {
        self.upstream = Some(upstream.to_owned());
        self
    }
}

impl Site {
    /// Serves the page that `cargo xtask page` built, with these changes.
    ///
    /// # Errors
    /// Where it was not built, or no port is free.
    pub fn serve(mut changes: Changes) -> Outcome<Self> {
        let root = place::site();
        let index = std::fs::read_to_string(root.join("index.html"))
            .map_err(|error| format!("the page is not built ({error}): run `cargo xtask page`"))?;
        let index = pin_anew(index, &root, &changes)?;
        changes
            .files
            .entry("index.html".into())
            .or_insert(index.into_bytes());
        Ok(Self(Server::start(move |request, stream| {
            answer(&root, &changes, &request).write(stream)
        })?))
    }

    /// Where it is, as `http://127.0.0.1:port`.
    #[must_use]
    pub fn address(&self) -> String {
        self.0.address()
    }
}

fn pin_anew(mut index: String, root: &Path, changes: &Changes) -> Outcome<String> {
    for name in &changes.pinned {
        let new = changes
            .files
            .get(name)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let old = integrity(&std::fs::read(root.join(name))?);
        if !index.contains(&old) {
            return Err(format!("index.html pins no {name}").into());
        }
        index = index.replace(&old, &integrity(new));
    }
    Ok(index)
}

fn integrity(bytes: &[u8]) -> String {
    format!(
        "sha256-{}",
        base64::engine::general_purpose::STANDARD.encode(Sha256::digest(bytes))
    )
}

fn answer(root: &Path, changes: &Changes, request: &Request) -> Response {
    let path = request
        .target
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .trim_start_matches('/');
    let name = if path.is_empty() { "index.html" } else { path };
    let built = || {
        std::fs::read(root.join(name))
            .ok()
            .filter(|_| !name.contains(".."))
    };
    match changes.files.get(name).cloned().or_else(built) {
        Some(bytes) => Response::new(200, content_type(name), bytes),
        None => changes
            .upstream
            .as_ref()
            .and_then(|upstream| fetched(upstream, name))
            .unwrap_or_else(missing),
    }
}

fn fetched(upstream: &str, name: &str) -> Option<Response> {
    let body = ureq::get(format!("{upstream}/{name}"))
        .call()
        .ok()?
        .into_body()
        .read_to_vec()
        .ok()?;
    Some(Response::new(200, content_type(name), body))
}

fn missing() -> Response {
    Response::new(404, "text/plain", b"not found".to_vec())
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}
