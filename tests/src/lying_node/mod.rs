//! A node that lies: a proxy before a true one, which changes its answers as it is told.

mod forgery;
mod lie;
mod question;

pub use lie::Lie;
pub use question::Question;

use crate::Outcome;
use crate::http::{Request, Response, Server};
use serde_json::Value;
use std::io::{Error, Result, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Headers that a browser or a node needs to see from the other side.
const PASSED_ON: [&str; 5] = [
    "content-type",
    "origin",
    "accept",
    "access-control-request-method",
    "access-control-request-headers",
];

/// The proxy.
#[derive(Debug)]
pub struct LyingNode {
    server: Server,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    upstream: String,
    agent: ureq::Agent,
    lie: Mutex<Lie>,
    /// What `status` said when the lie began.
    past: Mutex<Option<Past>>,
    told: AtomicUsize,
}

#[derive(Clone, Debug)]
struct Past {
    status: Vec<u8>,
    height: u64,
}

impl LyingNode {
    /// Stands before the node at `upstream` (`http://host:port`) and tells the truth for now.
    ///
    /// # Errors
    /// Where no port is free.
    pub fn before(upstream: &str) -> Outcome<Self> {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build()
            .into();
        let shared = Arc::new(Shared {
            upstream: upstream.trim_end_matches('/').to_owned(),
            agent,
            lie: Mutex::new(Lie::None),
            past: Mutex::new(None),
            told: AtomicUsize::new(0),
        });
        let answering = shared.clone();
        let server = Server::start(move |request, stream| answering.answer(&request, stream))?;
        Ok(Self { server, shared })
    }

    /// Where it listens, as `http://127.0.0.1:port`.
    #[must_use]
    pub fn address(&self) -> String {
        self.server.address()
    }

    /// Begins a lie and forgets how often others were told.
    ///
    /// # Errors
    /// Where the true node cannot be asked for what will be the past.
    pub fn tell(&self, lie: Lie) -> Outcome {
        let past = if lie == Lie::OlderHeader {
            Some(self.shared.now()?)
        } else {
            None
        };
        *self
            .shared
            .past
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = past;
        *self
            .shared
            .lie
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = lie;
        self.shared.told.store(0, Ordering::Relaxed);
        Ok(())
    }

    /// How many answers were lies since [`LyingNode::tell`]. A test of a lie that was never told proves nothing.
    #[must_use]
    pub fn told(&self) -> usize {
        self.shared.told.load(Ordering::Relaxed)
    }
}

impl Shared {
    fn answer(&self, request: &Request, stream: &mut TcpStream) -> Result<()> {
        if request.method == "OPTIONS" {
            return self.forward(&self.upstream, request)?.write(stream);
        }
        let lie = self
            .lie
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        match &lie {
            Lie::CutConnection => {
                let truth = self.forward(&self.upstream, request)?;
                truth.write_head(stream, Some(truth.body.len()))?;
                self.count(true);
                stream.write_all(truth.body.get(..truth.body.len() / 2).unwrap_or_default())
            }
            Lie::EndlessAnswer => self.never_end(request, stream),
            Lie::Garbage => {
                self.count(true);
                let mut answer = self.forward(&self.upstream, request)?;
                answer.body = (0..answer.body.len().max(64))
                    .map(|i| (i * 151 % 251) as u8)
                    .collect();
                answer.write(stream)
            }
            Lie::OtherChain { address } => {
                self.count(true);
                self.forward(address, request)?.write(stream)
            }
            Lie::KeepsBack => self.kept_back(request)?.write(stream),
            Lie::OlderHeader => self.old_answer(request)?.write(stream),
            _ => self.bent(&lie, request)?.write(stream),
        }
    }

    fn count(&self, lied: bool) {
        self.told.fetch_add(usize::from(lied), Ordering::Relaxed);
    }

    fn bent(&self, lie: &Lie, request: &Request) -> Result<Response> {
        let mut answer = self.forward(&self.upstream, request)?;
        let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else {
            return Ok(answer);
        };
        let lied = match serde_json::from_slice::<Value>(&request.body) {
            Ok(Value::Array(calls)) => match &mut body {
                Value::Array(answers) => answers
                    .iter_mut()
                    .map(|one| self.bend_answer_to(lie, &calls, one))
                    .fold(false, |some, one| some | one),
                // CometBFT answers a batch of one call without the list.
                one => self.bend_answer_to(lie, &calls, one),
            },
            Ok(call) => self.bend(lie, &Question::from_call(&call), &mut body),
            Err(_) => self.bend(lie, &Question::from_target(&request.target), &mut body),
        };
        if lied {
            answer.body = body.to_string().into_bytes();
        }
        self.count(lied);
        Ok(answer)
    }

    fn bend_answer_to(&self, lie: &Lie, calls: &[Value], answer: &mut Value) -> bool {
        let call = calls.iter().find(|call| call["id"] == answer["id"]);
        call.is_some_and(|call| self.bend(lie, &Question::from_call(call), answer))
    }

    fn bend(&self, lie: &Lie, question: &Question, answer: &mut Value) -> bool {
        lie.bend(question, answer, &|target| self.ask(target).ok())
    }

    /// Without a height means the newest; an old node's newest is the past.
    fn old_answer(&self, request: &Request) -> Result<Response> {
        let past = self
            .past
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let Some(past) = past else {
            return self.forward(&self.upstream, request);
        };
        self.count(true);
        let (mut target, mut body) = (request.target.clone(), request.body.clone());
        match serde_json::from_slice::<Value>(&body) {
            Ok(mut call) => {
                let calls = call
                    .as_array_mut()
                    .map_or_else(Vec::new, |calls| calls.iter_mut().collect());
                if calls.is_empty() {
                    age(&mut call, &past)
                } else {
                    calls.into_iter().for_each(|call| age(call, &past))
                }
                body = call.to_string().into_bytes();
            }
            Err(_) => target = aged_target(&target, &past),
        }
        let aged = Request {
            method: request.method.clone(),
            target,
            headers: request.headers.clone(),
            body,
        };
        let mut answer = self.forward(&self.upstream, &aged)?;
        if let Ok(now) = serde_json::from_slice::<Value>(&answer.body) {
            answer.body = old_status(now, &past).to_string().into_bytes();
        }
        Ok(answer)
    }

    /// Only the true node's shape of an answer is asked for; what was handed in goes no further.
    fn kept_back(&self, request: &Request) -> Result<Response> {
        let Ok(mut asked) = serde_json::from_slice::<Value>(&request.body) else {
            return self.forward(&self.upstream, request);
        };
        let mut taken = Vec::new();
        for call in calls(&mut asked) {
            if call["method"]
                .as_str()
                .unwrap_or_default()
                .starts_with("broadcast_tx")
            {
                call["method"] = "health".into();
                call["params"] = Value::Object(Default::default());
                taken.push(call["id"].clone());
            }
        }
        let harmless = Request {
            method: request.method.clone(),
            target: request.target.clone(),
            headers: request.headers.clone(),
            body: asked.to_string().into_bytes(),
        };
        let mut answer = self.forward(&self.upstream, &harmless)?;
        if let Ok(mut told) = serde_json::from_slice::<Value>(&answer.body) {
            for one in calls(&mut told) {
                if taken.contains(&one["id"]) {
                    one["result"] =
                        serde_json::json!({"code": 0, "data": "", "log": "", "hash": ""});
                    self.count(true);
                }
            }
            answer.body = told.to_string().into_bytes();
        }
        Ok(answer)
    }

    fn never_end(&self, request: &Request, stream: &mut TcpStream) -> Result<()> {
        let mut answer = self.forward(&self.upstream, request)?;
        answer.headers.retain(|(name, _)| name != "content-length");
        answer.write_head(stream, None)?;
        self.count(true);
        stream.write_all(b"{\"jsonrpc\":\"2.0\",\"result\":{\"x\":\"")?;
        loop {
            stream.write_all(&[b'a'; 16384])?;
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn now(&self) -> Result<Past> {
        let answer = self.ask("/status")?;
        let height = answer
            .pointer("/result/sync_info/latest_block_height")
            .and_then(Value::as_str);
        let height = height
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| Error::other("no height in /status"))?;
        Ok(Past {
            status: answer["result"].to_string().into_bytes(),
            height,
        })
    }

    fn ask(&self, target: &str) -> Result<Value> {
        let target = target.replace('"', "%22");
        let request = Request {
            method: "GET".into(),
            target,
            headers: Default::default(),
            body: Vec::new(),
        };
        Ok(serde_json::from_slice(
            &self.forward(&self.upstream, &request)?.body,
        )?)
    }

    fn forward(&self, upstream: &str, request: &Request) -> Result<Response> {
        let mut builder = ureq::http::Request::builder()
            .method(request.method.as_str())
            .uri(format!(
                "{}{}",
                upstream.trim_end_matches('/'),
                request.target
            ));
        for name in PASSED_ON {
            if let Some(value) = request.headers.get(name) {
                builder = builder.header(name, value);
            }
        }
        let sent = builder.body(request.body.clone()).map_err(Error::other)?;
        let sent = self
            .agent
            .configure_request(sent)
            .allow_non_standard_methods(true)
            .build();
        let answer = self.agent.run(sent).map_err(Error::other)?;
        let headers = answer.headers().iter();
        let headers = headers
            .filter(|(name, _)| {
                *name == "content-type" || name.as_str().starts_with("access-control-")
            })
            .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
            .collect();
        let status = answer.status().as_u16();
        let body = answer
            .into_body()
            .with_config()
            .limit(64 << 20)
            .read_to_vec()
            .map_err(Error::other)?;
        Ok(Response {
            status,
            headers,
            body,
        })
    }
}

/// The parts of a batch, or the one that came alone.
fn calls(batch: &mut Value) -> Vec<&mut Value> {
    match batch {
        Value::Array(calls) => calls.iter_mut().collect(),
        one => vec![one],
    }
}

/// The newest state that can be proven then is the one of the block before.
fn past_height(method: &str, past: &Past) -> Option<u64> {
    match method {
        "commit" | "header" | "block" | "validators" | "block_results" => Some(past.height),
        "abci_query" => Some(past.height - 1),
        _ => None,
    }
}

fn age(call: &mut Value, past: &Past) {
    let question = Question::from_call(call);
    let newest = question.height.is_empty() || question.height == "0" || question.height == "null";
    if let Some(height) = past_height(&question.method, past).filter(|_| newest) {
        if !call["params"].is_object() {
            call["params"] = Value::Object(Default::default());
        }
        call["params"]["height"] = Value::String(height.to_string());
    }
}

fn aged_target(target: &str, past: &Past) -> String {
    let question = Question::from_target(target);
    match past_height(&question.method, past) {
        Some(height) if question.height.is_empty() || question.height == "0" => {
            let kept = target.replace("&height=0", "").replace("?height=0", "?");
            let joint = if kept.contains('?') { '&' } else { '?' };
            format!("{kept}{joint}height={height}")
        }
        _ => target.to_owned(),
    }
}

/// Wherever an answer is a `status`, the past one stands in its place.
fn old_status(mut answer: Value, past: &Past) -> Value {
    let is_status = |one: &Value| one.pointer("/result/sync_info").is_some();
    let Ok(status) = serde_json::from_slice::<Value>(&past.status) else {
        return answer;
    };
    if is_status(&answer) {
        answer["result"] = status;
    } else if let Some(answers) = answer.as_array_mut() {
        answers
            .iter_mut()
            .filter(|one| is_status(one))
            .for_each(|one| one["result"] = status.clone());
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const PAST: Past = Past {
        status: Vec::new(),
        height: 9,
    };

    #[test]
    fn only_what_asks_for_the_newest_is_answered_from_the_past() {
        assert_eq!(aged_target("/commit", &PAST), "/commit?height=9");
        assert_eq!(aged_target("/commit?height=3", &PAST), "/commit?height=3");
        let mut call = json!({"method": "abci_query", "params": {"path": "/head", "height": "0"}});
        age(&mut call, &PAST);
        assert_eq!(call["params"]["height"], "8");
    }

    #[test]
    fn a_lie_is_told_and_counted_over_http() {
        let truth =
            json!({"id": 1, "result": {"response": {"value": "eyJzIjoibG9ja2VkIn0="}}}).to_string();
        let node = Server::start(move |_, stream| {
            Response::new(200, "application/json", truth.clone().into_bytes()).write(stream)
        })
        .unwrap();
        let liar = LyingNode::before(&node.address()).unwrap();
        let ask = || {
            let answer = ureq::get(format!("{}/abci_query?path=%22/state%22", liar.address()))
                .call()
                .unwrap();
            answer.into_body().read_to_string().unwrap()
        };
        assert!(ask().contains("eyJzIjoibG9ja2VkIn0=") && liar.told() == 0);
        liar.tell(Lie::ChangedState {
            from: "locked".into(),
            to: "issued".into(),
        })
        .unwrap();
        assert!(ask().contains("eyJzIjoiaXNzdWVkIn0=") && liar.told() == 1);
        liar.tell(Lie::CutConnection).unwrap();
        let cut = ureq::get(liar.address())
            .call()
            .unwrap()
            .into_body()
            .read_to_string();
        assert!(cut.is_err());
    }
}
