//! HTTP: GET with URI parameters, and JSON-RPC POST.

use super::{
    Rpc, RpcError,
    envelope::{self, Request, URI_ID, answer, answer_to, result_of},
    methods::{METHODS, Method},
    params::Params,
    websocket::Websockets,
};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Query, State, rejection::BytesRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
    routing::get,
};
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tower_http::{
    cors::{Any, CorsLayer},
    timeout::TimeoutLayer,
};

/// Most bytes of a request, as CometBFT's `max_body_bytes`.
pub(super) const MAX_BODY: usize = 1_000_000;
/// Most requests in one batch, as CometBFT's.
const MAX_BATCH: usize = 10;
/// A request that takes longer is given up.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The routes of a node's RPC.
pub fn router(rpc: Arc<Rpc>) -> Router {
    let mut router = Router::new()
        .route("/", get(list).post(json_rpc))
        .route("/websocket", get(Websockets::default().route()));
    for method in METHODS {
        let call = move |State(rpc): State<Arc<Rpc>>,
                         Query(params): Query<HashMap<String, String>>| {
            uri_call(rpc, method, Params::Uri(params))
        };
        router = router.route(&format!("/{}", method.name), get(call));
    }
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods(Any)
        .allow_headers(Any)
        .max_age(Duration::from_secs(86_400));
    router
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            TIMEOUT,
        ))
        .layer(cors)
        .with_state(rpc)
}

async fn list(headers: HeaderMap) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let mut text = String::from("Available endpoints:\n\n");
    for method in METHODS {
        let params: Vec<String> = method
            .params
            .iter()
            .map(|name| format!("{name}=_"))
            .collect();
        let query = if params.is_empty() {
            String::new()
        } else {
            format!("?{}", params.join("&"))
        };
        text.push_str(&format!("//{host}/{}{query}\n", method.name));
    }
    text
}

/// Runs a method where it may wait for the disk or for a block.
pub(super) async fn run(
    rpc: Arc<Rpc>,
    method: &'static Method,
    params: Params,
) -> Result<Value, RpcError> {
    tokio::task::spawn_blocking(move || (method.call)(&rpc, &params))
        .await
        .unwrap_or_else(|_| Err(RpcError::internal("the request could not be completed")))
}

async fn uri_call(rpc: Arc<Rpc>, method: &'static Method, params: Params) -> Response {
    let lasting = method.lasting && params.is_about_a_height();
    match run(rpc, method, params).await {
        Ok(result) => {
            let mut response = answer(StatusCode::OK, &result_of(json!(URI_ID), result));
            if lasting {
                let day = HeaderValue::from_static("public, max-age=86400");
                response.headers_mut().insert(header::CACHE_CONTROL, day);
            }
            response
        }
        Err(error) => envelope::refusal(StatusCode::INTERNAL_SERVER_ERROR, &error),
    }
}

async fn json_rpc(State(rpc): State<Arc<Rpc>>, body: Result<Bytes, BytesRejection>) -> Response {
    let requests = match envelope::requests(body, MAX_BATCH) {
        Ok(requests) => requests,
        Err(refused) => return *refused,
    };
    // All are read before the first is answered: what a request says beside its parameters is not kept while others wait.
    let requests: Vec<_> = requests.into_iter().filter_map(read).collect();
    let mut answers = Vec::new();
    for request in requests {
        answers.push(match request {
            Ok((id, call)) => answer_to(id, answered(rpc.clone(), call).await),
            Err(refused) => refused,
        });
    }
    envelope::batch(answers)
}

/// A method that is called, with its parameters.
type Call = Result<(&'static Method, Params), RpcError>;

/// Reads a request with its id; none for a notification, which has none.
fn read(request: Value) -> Option<Result<(Value, Call), Value>> {
    Some(Request::read(request)?.map(|request| {
        let call = read_call(&request.method, request.params);
        (request.id, call)
    }))
}

fn read_call(name: &str, params: Option<Value>) -> Call {
    let method = METHODS.iter().find(|method| method.name == name);
    let method = method.ok_or_else(RpcError::no_method)?;
    let params = Params::from_json(params, method.params)?;
    Ok((method, params.plain()?))
}

async fn answered(rpc: Arc<Rpc>, call: Call) -> Result<Value, RpcError> {
    let (method, params) = call?;
    run(rpc, method, params).await
}

/// Calls a method by its name.
pub(super) async fn call(
    rpc: Arc<Rpc>,
    name: &str,
    params: Option<Value>,
) -> Result<Value, RpcError> {
    answered(rpc, read_call(name, params)).await
}
