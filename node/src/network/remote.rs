//! Asking other organisations' nodes, and gateways before them.

use http_body_util::{BodyExt, Full, Limited};
use hyper::{Method, Request, Uri, body::Bytes, header};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};

/// Asks over HTTP, or over HTTPS with the authorities that this machine trusts.
#[derive(Clone)]
pub struct Remote {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Remote {
    /// Fails where the machine's authorities cannot be read.
    pub fn new() -> std::io::Result<Self> {
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()?
            .https_or_http()
            .enable_http1()
            .build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { client })
    }

    /// The result of a call, and the answer's HTTP date. None where no answer comes that is one and has at most `most` bytes; for how long to wait,
    /// whoever asks decides.
    pub async fn call(
        &self,
        url: &Uri,
        method: &str,
        params: Value,
        most: usize,
    ) -> Option<(Value, Option<String>)> {
        let body = json!({ "jsonrpc": "2.0", "id": 0, "method": method, "params": params });
        let request = Request::builder()
            .method(Method::POST)
            .uri(url)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body.to_string())))
            .ok()?;
        let response = self.client.request(request).await.ok()?;
        let date = response.headers().get(header::DATE);
        let date = date.and_then(|date| Some(date.to_str().ok()?.to_owned()));
        let body = Limited::new(response.into_body(), most);
        let body = body.collect().await.ok()?.to_bytes();
        let mut answer: Value = serde_json::from_slice(&body).ok()?;
        let result = answer.get_mut("result")?.take();
        Some((result, date))
    }
}
