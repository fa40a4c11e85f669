//! The envelopes of JSON-RPC 2.0.

use super::RpcError;
use axum::{
    body::Bytes,
    extract::rejection::BytesRejection,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// CometBFT answers URI requests, and those that it cannot read, with this id.
pub const URI_ID: i64 = -1;

/// A request with its id.
pub struct Request {
    /// A string or a number.
    pub id: Value,
    /// Name of the method.
    pub method: String,
    /// Parameters, by name or in order.
    pub params: Option<Value>,
}

impl Request {
    /// Reads a request, or gives the answer that refuses it; none for a notification.
    pub fn read(request: Value) -> Option<Result<Self, Value>> {
        let refused = |id, why: &str| Some(Err(error_of(id, &RpcError::invalid_request(why))));
        let Value::Object(mut request) = request else {
            return refused(json!(URI_ID), "a request is an object");
        };
        let id = request.remove("id").filter(|id| !id.is_null())?;
        if !(id.is_string() || id.is_number()) {
            return refused(json!(URI_ID), "an id is a string or a number");
        }
        let Some(Value::String(method)) = request.remove("method") else {
            return refused(id, "a request has a method");
        };
        let params = request.remove("params");
        Some(Ok(Self { id, method, params }))
    }
}

/// The requests of a body, at most so many; or the answer that refuses it.
pub fn requests(
    body: Result<Bytes, BytesRejection>,
    most: usize,
) -> Result<Vec<Value>, Box<Response>> {
    let body = body.map_err(|why| {
        let error = RpcError::invalid_request(format!("error reading request body: {why}"));
        Box::new(refusal(StatusCode::BAD_REQUEST, &error))
    })?;
    let unread = |why: String| {
        let error = RpcError::parse(format!("error unmarshaling request: {why}"));
        Box::new(refusal(StatusCode::INTERNAL_SERVER_ERROR, &error))
    };
    let requests = match serde_json::from_slice(&body) {
        Ok(Value::Array(requests)) => requests,
        Ok(request @ Value::Object(_)) => vec![request],
        Ok(_) => return Err(unread("expected an object or an array".into())),
        Err(why) => return Err(unread(why.to_string())),
    };
    if requests.len() > most {
        let error = RpcError::invalid_request(format!(
            "batch of {} requests, at most {most} are allowed",
            requests.len()
        ));
        return Err(Box::new(refusal(StatusCode::OK, &error)));
    }
    Ok(requests)
}

/// The answer to a body, from those to its requests.
pub fn batch(answers: Vec<Value>) -> Response {
    match answers.as_slice() {
        [] => StatusCode::OK.into_response(),
        [single] => answer(StatusCode::OK, single),
        _ => answer(StatusCode::OK, &Value::Array(answers)),
    }
}

/// The envelope of an outcome.
pub fn answer_to(id: Value, outcome: Result<Value, RpcError>) -> Value {
    match outcome {
        Ok(result) => result_of(id, result),
        Err(error) => error_of(id, &error),
    }
}

/// The envelope of a result.
pub fn result_of(id: Value, result: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": result })
}

fn error_of(id: Value, error: &RpcError) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": error.to_json() })
}

/// The answer to what is no request that could be answered.
pub fn refusal(status: StatusCode, error: &RpcError) -> Response {
    answer(status, &error_of(json!(URI_ID), error))
}

/// A body of JSON.
pub fn answer(status: StatusCode, body: &Value) -> Response {
    answer_text(status, body.to_string())
}

/// A body of JSON that is written already.
pub fn answer_text(status: StatusCode, body: String) -> Response {
    let json = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, json)], body).into_response()
}
