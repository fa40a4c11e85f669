//! Nodes, honest and otherwise, and the host that reaches them.

use super::{TOLD, TestChain, comet};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};
use verifier::{Host, Limits, News, Unreachable};

/// What a lying node makes of an honest answer: method, parameters, answer.
pub type Bend = dyn Fn(&str, &Value, Value) -> Value;

/// Method and parameters of a call.
pub type Slow = dyn Fn(&str, &Value) -> bool;

/// Log entries of one answer, bytes, as nodes limit them.
const MAX_ANSWER: usize = 1024 * 1024;

/// How a node behaves.
pub enum Lie {
    /// It does not lie.
    None,
    /// It answers over a shorter chain.
    Older(u64),
    /// It changes answers.
    Bends(Box<Bend>),
    /// The connection is cut.
    Cut,
    /// It answers what it is asked first, and fails like this at everything else.
    Fails(Unreachable),
    /// It never stops answering.
    Endless,
    /// It takes every event and throws it away.
    Swallows,
    /// The first so many events that it is handed end like this.
    Loses(Cell<u32>, Unreachable),
    /// It answers one call a request, as CometBFT does where `max_request_batch_size` is 1.
    OneByOne,
    /// It refuses the first of so many batches, and wants a pause of so many seconds.
    Busy(Cell<u32>, Option<u32>),
    /// It is not in time with an answer to calls like this, and with everything else at once.
    Late(Box<Slow>),
    /// These bytes, whatever the question.
    Garbage(Vec<u8>),
}

pub fn lie(bend: impl Fn(&str, &Value, Value) -> Value + 'static) -> Lie {
    Lie::Bends(Box::new(bend))
}

/// The chain once a transaction was handed in: at once, and then after every pause.
type Grow = dyn Fn(&[u8]) -> Vec<TestChain>;

#[derive(Default)]
pub struct Net {
    nodes: BTreeMap<String, (RefCell<Rc<TestChain>>, Lie)>,
    grow: RefCell<Option<Box<Grow>>>,
    later: RefCell<Vec<Rc<TestChain>>>,
    /// Nodes whose every answer but the first takes so many milliseconds.
    slow: BTreeMap<String, u32>,
    pub now: Cell<i64>,
    /// Calls so far, by node and method.
    pub calls: RefCell<Vec<(String, String)>>,
    /// Requests so far, by node, with the methods of their calls.
    pub requests: RefCell<Vec<(String, String)>>,
    /// The pauses so far, in milliseconds.
    pub pauses: RefCell<Vec<u32>>,
    /// Log entries given so far.
    pub entries: Cell<usize>,
}

impl Net {
    pub fn at(now: i64) -> Self {
        Self {
            now: Cell::new(now),
            ..Self::default()
        }
    }

    pub fn with(mut self, url: &str, chain: &Rc<TestChain>, lie: Lie) -> Self {
        self.nodes
            .insert(url.into(), (RefCell::new(chain.clone()), lie));
        self
    }

    /// Lets a node take its time for all but the first question.
    pub fn slow(mut self, url: &str, millis: u32) -> Self {
        self.slow.insert(url.into(), millis);
        self
    }

    /// Lets the time go by that a node takes, as far as it is waited for.
    fn take_time(&self, url: &str, methods: &str, limits: Limits) -> Result<(), Unreachable> {
        let takes = self.slow.get(url).filter(|_| methods != "status");
        let takes = takes.copied().unwrap_or_default();
        let waited = i64::from(takes.min(limits.millis)) * 1_000_000;
        self.now.set(self.now.get() + waited);
        match takes > limits.millis {
            true => Err(Unreachable::TimedOut),
            false => Ok(()),
        }
    }

    /// What the first transaction that a node keeps makes of the chain, at every node.
    pub fn growing(self, grow: impl Fn(&[u8]) -> Vec<TestChain> + 'static) -> Self {
        self.grow.replace(Some(Box::new(grow)));
        self
    }

    /// Another chain at every node.
    pub fn turn(&self, chain: &Rc<TestChain>) {
        for (held, _) in self.nodes.values() {
            *held.borrow_mut() = chain.clone();
        }
    }

    /// How often a node was asked this.
    pub fn count(&self, method: &str) -> usize {
        let calls = self.calls.borrow();
        calls.iter().filter(|(_, asked)| asked == method).count()
    }
}

impl Host for Net {
    async fn post(&self, url: &str, body: Vec<u8>, limits: Limits) -> Result<Vec<u8>, Unreachable> {
        let (chain, lie) = self.nodes.get(url).ok_or(Unreachable::NoConnection)?;
        match lie {
            Lie::Cut => return Err(Unreachable::NoConnection),
            Lie::Endless => return Ok(vec![b' '; limits.bytes + 1]),
            Lie::Garbage(bytes) => return Ok(bytes.clone()),
            Lie::Busy(times, seconds) if times.get() > 0 => {
                times.set(times.get() - 1);
                return Err(Unreachable::Busy(*seconds));
            }
            _ => {}
        }
        let chain = chain.borrow().clone();
        let newest = match lie {
            Lie::Older(height) => *height,
            _ => chain.height(),
        };
        let calls: Vec<Value> = serde_json::from_slice(&body).expect("a batch");
        assert!(
            calls.len() <= verifier::MAX_BATCH,
            "a batch that no node accepts"
        );
        let methods = calls.iter().filter_map(|call| call["method"].as_str());
        let methods = methods.collect::<Vec<_>>().join(" ");
        let in_time = self.take_time(url, &methods, limits);
        self.requests.borrow_mut().push((url.into(), methods));
        in_time?;
        if matches!(lie, Lie::OneByOne) && calls.len() > 1 {
            let refused = json!({ "jsonrpc": "2.0", "id": null, "error": { "code": -32600, "message": "Invalid Request", "data": "batch request exceeds maximum (1) allowed number of requests" } });
            return Ok(refused.to_string().into_bytes());
        }
        if let Lie::Late(slow) = lie
            && calls
                .iter()
                .any(|call| slow(call["method"].as_str().expect("a method"), &call["params"]))
        {
            self.now
                .set(self.now.get() + i64::from(limits.millis) * 1_000_000);
            return Err(Unreachable::TimedOut);
        }
        if let Lie::Fails(why) = lie
            && calls.iter().any(|call| call["method"] != "status")
        {
            return Err(*why);
        }
        if let Lie::Loses(times, why) = lie
            && calls
                .iter()
                .any(|call| call["method"] == "broadcast_tx_sync")
            && let Some(left) = times.get().checked_sub(1)
        {
            times.set(left);
            return Err(*why);
        }
        let answers = calls.iter().map(|call| {
            let method = call["method"].as_str().expect("a method");
            self.calls.borrow_mut().push((url.into(), method.into()));
            let keeps = method == "broadcast_tx_sync" && !matches!(lie, Lie::Swallows);
            if let Some(grow) = keeps.then(|| self.grow.take()).flatten() {
                let tx = STANDARD.decode(call["params"]["tx"].as_str().expect("base64"));
                let mut chains = grow(&tx.expect("base64")).into_iter().map(Rc::new);
                self.turn(&chains.next().expect("a chain"));
                self.later.borrow_mut().extend(chains);
            }
            let envelope = |method| match result(&chain, newest, method, &call["params"]) {
                Ok(result) => json!({ "jsonrpc": "2.0", "id": call["id"], "result": result }),
                Err(data) => json!({ "jsonrpc": "2.0", "id": call["id"], "error": { "code": -32603, "message": "Internal error", "data": data } }),
            };
            let envelope = match lie {
                // The header that it shows with votes, it shows alone too.
                Lie::Bends(bend) if method == "header" => {
                    alone(bend("commit", &call["params"], envelope("commit")))
                }
                _ => envelope(method),
            };
            if call["params"]["path"] == "/log" {
                let given = envelope["result"]["response"]["value"].as_str();
                let given = STANDARD.decode(given.unwrap_or_default()).expect("base64");
                let given = records::log::unpack_entries(&given).expect("whole").len();
                self.entries.set(self.entries.get() + given);
            }
            match lie {
                Lie::Bends(bend) => bend(method, &call["params"], envelope),
                _ => envelope,
            }
        });
        Ok(Value::Array(answers.collect()).to_string().into_bytes())
    }

    fn now(&self) -> i64 {
        self.now.get()
    }

    fn random(&self) -> [u8; 32] {
        [42; 32]
    }

    fn tell(&self, news: News) {
        TOLD.with_borrow_mut(|told| told.push(news));
    }

    async fn pause(&self, millis: u32) {
        self.pauses.borrow_mut().push(millis);
        let mut later = self.later.borrow_mut();
        if !later.is_empty() {
            let next = later.remove(0);
            self.turn(&next);
        }
    }
}

/// The answer to `header` of a node that gives this one to `commit`.
fn alone(mut commit: Value) -> Value {
    if let Some(signed) = commit.pointer_mut("/result/signed_header") {
        let header = signed["header"].take();
        commit["result"] = json!({ "header": header });
    }
    commit
}

fn result(chain: &TestChain, newest: u64, method: &str, params: &Value) -> Result<Value, String> {
    let height = params["height"]
        .as_str()
        .map_or(0, |height| height.parse().expect("a number"));
    let exists = |height: u64| {
        if height == 0 || height > newest {
            Err(format!(
                "height {height} must be less than or equal to the current blockchain height {newest}"
            ))
        } else {
            Ok(height)
        }
    };
    match method {
        "status" => {
            let header = chain.header(newest);
            Ok(json!({
                "node_info": { "network": header.chain_id },
                "sync_info": {
                    "latest_block_hash": hex::encode_upper(header.hash()),
                    "latest_block_height": newest.to_string(),
                    "latest_block_time": header.time.to_string(),
                    "earliest_block_height": "1",
                    "catching_up": false,
                },
            }))
        }
        "commit" => Ok(comet::commit_json(
            chain.header(exists(height)?),
            &chain.seats,
            |_| true,
        )),
        "header" => Ok(json!({ "header": comet::header_json(chain.header(exists(height)?)) })),
        "header_by_hash" => {
            let asked = params["hash"].as_str().expect("hex").to_lowercase();
            let mut headers = (1..=newest).map(|height| chain.header(height));
            let found = headers.find(|header| hex::encode(header.hash()) == asked);
            Ok(json!({ "header": found.map(comet::header_json) }))
        }
        "block" => {
            let at = exists(height)? as usize;
            let before = (at > 1).then(|| chain.header(height - 1));
            let (header, txs) = (chain.header(height), &chain.blocks[at - 1]);
            Ok(comet::block_json(header, before, &chain.seats, txs))
        }
        "consensus_params" => Ok(comet::params_json(&chain.params(exists(height)?))),
        "block_results" => Ok(comet::results_json(
            height,
            &chain.blocks[exists(height)? as usize - 1],
        )),
        "tx" => {
            let hash = params["hash"].as_str().expect("base64");
            let hash = STANDARD.decode(hash).expect("base64");
            comet::tx_json(&chain.blocks[..newest as usize], &hash)
                .ok_or_else(|| format!("tx ({}) not found", hex::encode(hash)))
        }
        "broadcast_tx_sync" => Ok(json!({ "code": 0, "log": "" })),
        "validators" => {
            exists(height)?;
            Ok(comet::validators_json(newest, params, &chain.seats))
        }
        // Without a height, the newest state that a header proves.
        "abci_query" if height == 0 => Ok(query(chain, newest - 1, params)),
        "abci_query" => Ok(query(chain, exists(height + 1)? - 1, params)),
        other => Err(format!("unknown method {other}")),
    }
}

fn query(chain: &TestChain, height: u64, params: &Value) -> Value {
    let data = hex::decode(params["data"].as_str().expect("hex")).expect("hex");
    let key = data.get(..32).unwrap_or(&data);
    let mut response = json!({ "code": 0, "log": "", "key": STANDARD.encode(key), "height": height.to_string(), "value": null, "proofOps": null });
    match params["path"].as_str().expect("a path") {
        "/head" => {
            let (value, proof) = chain.prove(key, height);
            response["value"] = STANDARD.encode(value).into();
            response["proofOps"] = json!({ "ops": [{ "type": "ics23:jmt", "key": STANDARD.encode(key), "data": STANDARD.encode(proof) }] });
        }
        "/log" => {
            let start = u64::from_be_bytes(data[32..40].try_into().expect("8 bytes")) as usize;
            let count = u32::from_be_bytes(data[40..44].try_into().expect("4 bytes")) as usize;
            let log = chain.log(key, height).unwrap_or_default();
            let mut room = MAX_ANSWER;
            let fits = |entry: &&[u8]| {
                let left = room.checked_sub(entry.len());
                room = left.unwrap_or_default();
                left.is_some()
            };
            let range = log.iter().skip(start).take(count).map(Vec::as_slice);
            let range = range.take_while(fits);
            response["value"] = STANDARD.encode(records::log::pack_entries(range)).into();
        }
        path @ ("/log/inclusion" | "/log/consistency") => {
            let number = |at| u64::from_be_bytes(data[at..at + 8].try_into().expect("8 bytes"));
            let (from, size) = (number(32) as usize, number(40) as usize);
            let log = chain.log(key, height).unwrap_or_default();
            let leaves: Vec<[u8; 32]> = log[..size]
                .iter()
                .map(|entry| records::log::leaf_hash(entry))
                .collect();
            let path = match path {
                "/log/inclusion" => comet::audit_path(&leaves, from),
                _ => comet::consistency_path(&leaves, from, true),
            };
            response["value"] = STANDARD.encode(path.concat()).into();
        }
        "/blob" => match chain.blobs.get(key) {
            Some(blob) => response["value"] = STANDARD.encode(blob).into(),
            None => response["code"] = 5.into(),
        },
        "/state" => {
            response["value"] = STANDARD.encode(chain.state(key).unwrap_or_default()).into();
        }
        other => response = json!({ "code": 3, "log": format!("unknown path {other}") }),
    }
    json!({ "response": response })
}
