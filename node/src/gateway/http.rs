//! HTTP: GET with URI parameters, and JSON-RPC POST in batches.

use super::{
    batch::json_rpc,
    calls::{self, Call, Life},
    clients::{self, ACTING_COST, Limits},
    events,
    log::Line,
    memory::{Memory, Reply},
    metrics::Metrics,
    pieces::Text,
    site::guarded,
    upstream::{Unanswered, Upstream},
};
use crate::rpc::{
    Params, Peer, RpcError,
    envelope::{self, URI_ID},
};
use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Query, Request as HttpRequest, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};
use tower_http::{
    compression::CompressionLayer,
    cors::{AllowOrigin, Any, CorsLayer},
    timeout::TimeoutLayer,
};

/// Most bytes of a request, as CometBFT's `max_body_bytes`.
const MAX_BODY: usize = 1_000_000;
/// A request that takes longer, until all of it has come or until it is answered, is given up.
const TIMEOUT: Duration = Duration::from_secs(15);

/// What a gateway answers with.
pub struct Gateway {
    upstream: Upstream,
    memory: Memory,
    pub(super) limits: Limits,
    pub(super) metrics: Arc<Metrics>,
    behind_proxy: bool,
    logs: bool,
}

impl Gateway {
    /// Answers from these nodes, keeping at most `memory` bytes of answers. `behind_proxy`: clients are told apart by what the proxy says.
    pub fn new(
        upstream: Upstream,
        memory: u64,
        limits: Limits,
        metrics: Arc<Metrics>,
        behind_proxy: bool,
        logs: bool,
    ) -> Self {
        Self {
            upstream: upstream.with_kept(memory),
            memory: Memory::new(memory),
            limits,
            metrics,
            behind_proxy,
            logs,
        }
    }

    /// Forgets clients that have rested.
    pub fn forget_rested(&self) {
        self.limits.forget_rested();
    }

    pub(super) async fn answer(&self, call: &Call) -> Result<(Arc<Reply>, bool), Unanswered> {
        let answer = self.memory.answer(call, &self.upstream).await;
        let (reply, asked) = answer.map_err(|why| *why)?;
        self.metrics.called(call.method, asked);
        Ok((reply, asked))
    }
}

/// How many calls an answer holds, and how many of them memory answered: for the log.
#[derive(Clone, Copy)]
pub(super) struct Counted {
    pub calls: usize,
    pub from_memory: usize,
}

/// The client that asks.
#[derive(Clone, Copy)]
pub(super) struct Client(pub IpAddr);

/// The routes of a gateway: CometBFT's RPC, and the page beside it where there is one. `origins` are the sites whose pages may read through it;
/// any, where there are none.
pub fn router(gateway: Arc<Gateway>, origins: &[HeaderValue], page: Option<Router>) -> Router {
    let origins = match origins {
        [] => AllowOrigin::from(Any),
        chosen => AllowOrigin::list(chosen.iter().cloned()),
    };
    let cors = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods(Any)
        .allow_headers(Any)
        // Else a page of another origin is not told how long to wait.
        .expose_headers([header::RETRY_AFTER])
        .max_age(Duration::from_secs(86_400));
    let root = post(json_rpc);
    let mut router = match page {
        Some(page) => Router::new()
            .route("/", root.get_service(page.clone()))
            .fallback_service(page),
        None => Router::new().route("/", root.get(list)),
    };
    router = router.route("/websocket", get(events::none));
    for method in calls::names() {
        let call = move |gateway: State<Arc<Gateway>>,
                         client: Extension<Client>,
                         headers: HeaderMap,
                         Query(params): Query<HashMap<String, String>>| {
            uri_call(gateway.0, client.0, headers, method, Params::Uri(params))
        };
        router = router.route(&format!("/{method}"), get(call));
    }
    let router = router
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            TIMEOUT,
        ))
        .layer(middleware::from_fn_with_state(gateway.clone(), observe))
        .layer(cors)
        .with_state(gateway);
    guarded(router)
}

async fn list() -> String {
    let names: Vec<&str> = calls::names().collect();
    format!(
        "A gateway to a chain's nodes. It answers:\n\n{}\n",
        names.join("\n")
    )
}

/// Says who asks, and notes what was answered.
async fn observe(
    State(gateway): State<Arc<Gateway>>,
    Extension(Peer(peer)): Extension<Peer>,
    mut request: HttpRequest,
    next: Next,
) -> Response {
    let began = Instant::now();
    // A proxy may add a line of its own below those that the client wrote.
    let lines = request.headers().get_all("x-forwarded-for");
    let forwarded = lines.iter().next_back();
    let forwarded = forwarded.and_then(|list| list.to_str().ok());
    let client = clients::client(peer, forwarded, gateway.behind_proxy);
    request.extensions_mut().insert(Client(client));
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), began.elapsed());
    gateway.metrics.requested(status, took);
    if gateway.logs {
        let counted = response.extensions().get::<Counted>().copied();
        Line {
            calls: counted.map_or(0, |counted| counted.calls),
            from_memory: counted.map_or(0, |counted| counted.from_memory),
            status,
            took,
        }
        .write();
    }
    response
}

async fn uri_call(
    gateway: Arc<Gateway>,
    Client(client): Client,
    headers: HeaderMap,
    method: &'static str,
    params: Params,
) -> Response {
    let call = match Call::from_uri(method, params) {
        Ok(call) => call,
        Err(error) => return envelope::refusal(StatusCode::INTERNAL_SERVER_ERROR, &error),
    };
    if !gateway.limits.allows(client, cost(&call)) {
        return too_many();
    }
    let (reply, asked) = match gateway.answer(&call).await {
        Ok(answered) => answered,
        Err(why) => return unanswered(why),
    };
    let mut response = match &reply.outcome {
        Err(_) => enveloped(StatusCode::INTERNAL_SERVER_ERROR, &reply),
        Ok(_) => kept_by_browsers(&headers, &reply),
    };
    if response.status() != StatusCode::NOT_MODIFIED {
        gateway.limits.answered(client, reply.len());
    }
    response.extensions_mut().insert(Counted {
        calls: 1,
        from_memory: usize::from(!asked),
    });
    response
}

/// An answer that a browser or a cache in between may keep: for an hour where it is final, else to be asked about again by its tag.
fn kept_by_browsers(headers: &HeaderMap, reply: &Reply) -> Response {
    let tag = format!("\"{}\"", reply.tag);
    let keep = match reply.life {
        Life::Lasting => "public, max-age=3600, immutable",
        Life::Fleeting(_) => "no-cache",
        Life::Acting => "no-store",
    };
    let known = headers.get(header::IF_NONE_MATCH);
    let known = known.and_then(|tags| tags.to_str().ok());
    let known = known.is_some_and(|tags| tags.contains(&tag));
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        enveloped(StatusCode::OK, reply)
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

fn enveloped(status: StatusCode, reply: &Reply) -> Response {
    let mut text = Text::default();
    text.envelop(&json!(URI_ID), reply);
    text.answer(status)
}

pub(super) fn cost(call: &Call) -> u32 {
    if call.life == Life::Acting {
        ACTING_COST
    } else {
        1
    }
}

pub(super) fn too_many() -> Response {
    let error = RpcError::invalid_request("too many calls; wait a moment");
    wait_a_second(envelope::refusal(StatusCode::TOO_MANY_REQUESTS, &error))
}

pub(super) fn unanswered(why: Unanswered) -> Response {
    let error = RpcError::internal(why);
    match why {
        Unanswered::NoNode => envelope::refusal(StatusCode::BAD_GATEWAY, &error),
        Unanswered::Busy => {
            wait_a_second(envelope::refusal(StatusCode::SERVICE_UNAVAILABLE, &error))
        }
    }
}

fn wait_a_second(mut response: Response) -> Response {
    let second = HeaderValue::from_static("1");
    response.headers_mut().insert(header::RETRY_AFTER, second);
    response
}
