//! What a verifier that was never here takes to answer a question about the vote, over HTTP.

use super::device::{Device, block_on};
use super::poll::{CHAIN, Poll};
use lianyan_tests::Outcome;
use node::comet;
use node::rpc::{self, Rpc};
use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use verifier::chains::{self, Chain, Node};
use verifier::verdict::CheckId;
use verifier::{Host, Limits, News, Question, Unreachable, Verifier};

/// The chain's RPC, at one port under two names: two members' nodes, as far as a verifier can tell.
pub struct Served<'a> {
    poll: &'a Poll,
    chain: Chain,
    /// It ends with this.
    _runtime: Runtime,
}

/// What an answer took.
pub struct Taken {
    /// Reason code of the check of the history.
    pub said: String,
    pub requests: usize,
    /// Bytes of the answers.
    pub bytes: usize,
    /// Processor time of the verifier alone, seconds.
    pub processor: f64,
}

impl<'a> Served<'a> {
    pub fn new(poll: &'a Poll) -> Outcome<Self> {
        let runtime = Runtime::new()?;
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
        let port = listener.local_addr()?.port();
        let router = rpc::router(Arc::new(Rpc {
            node: poll.node.clone(),
            mempool: Arc::default(),
            source: None,
            moniker: "votes".into(),
            key: [0; 32],
            address: format!("127.0.0.1:{port}"),
            waiting: Default::default(),
        }));
        let forever = std::future::pending();
        runtime.spawn(rpc::serve(listener, router, rpc::MAX_CONNECTIONS, forever));
        let nodes = ["127.0.0.1", "localhost"].map(|host| Node {
            url: format!("http://{host}:{port}"),
            member: host.into(),
        });
        let meta = poll.node.snapshot().block_meta(1)?.ok_or("no block")?;
        let header = meta.header.ok_or("no header")?;
        let chain = Chain {
            checkpoint_height: 1,
            checkpoint_hash: comet::header_hash(&header),
            nodes: nodes.into(),
            ..chains::cautious(CHAIN)
        };
        Ok(Self {
            poll,
            chain,
            _runtime: runtime,
        })
    }

    /// Asks as a visitor of the chain's present.
    pub fn ask(&self, question: &Question) -> Outcome<Taken> {
        let visitor = Visitor {
            arrived: self.poll.time(),
            began: Instant::now(),
            requests: Cell::new(0),
            bytes: Cell::new(0),
        };
        let mut verifier = Verifier::new(self.chain.clone());
        let before = processor()?;
        let verdict = block_on(verifier.check(&visitor, question));
        let processor = processor()? - before;
        let is_history = |check: &&verifier::verdict::Check| check.id == CheckId::HistoryReplayed;
        let history = verdict.checks.iter().find(is_history);
        Ok(Taken {
            said: history
                .ok_or(format!("nothing is proven: {:?}", verdict.checks))?
                .reason
                .clone(),
            requests: visitor.requests.get(),
            bytes: visitor.bytes.get(),
            processor,
        })
    }
}

/// Processor time of this thread so far, seconds (proc(5): `schedstat`, nanoseconds).
fn processor() -> Outcome<f64> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: f64 = stat.split(' ').next().ok_or("no time")?.parse()?;
    Ok(nanoseconds / 1e9)
}

/// A device whose clock is the chain's, and which notes how much it gets.
struct Visitor {
    arrived: i64,
    began: Instant,
    requests: Cell<usize>,
    bytes: Cell<usize>,
}

impl Host for Visitor {
    async fn post(&self, url: &str, body: Vec<u8>, limits: Limits) -> Result<Vec<u8>, Unreachable> {
        self.requests.update(|requests| requests + 1);
        let answer = Device.post(url, body, limits).await?;
        self.bytes.update(|bytes| bytes + answer.len());
        Ok(answer)
    }

    fn now(&self) -> i64 {
        let stayed = self.began.elapsed().min(Duration::from_hours(1));
        self.arrived + stayed.as_nanos() as i64
    }

    fn random(&self) -> [u8; 32] {
        Device.random()
    }

    fn tell(&self, news: News) {
        Device.tell(news);
    }

    async fn pause(&self, millis: u32) {
        Device.pause(millis).await;
    }
}
