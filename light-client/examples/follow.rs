//! Follows a CometBFT chain over the RPC of its nodes, and proves a transaction and a value of the application's state, with nothing but `std` and `hex`:
//!
//! ```text
//! cargo run -p light-client --example follow -- HEIGHT HASH NODE NODE… [--tx HASH] [--state PATH KEY]
//! ```
//!
//! HEIGHT and HASH are a block that you know to be the chain's, from somebody whom you believe. NODE is `host:port`, two or more; here each is held for a
//! member of its own. KEY is hex; PATH is `/store/NAME/key` of a chain made with the Cosmos SDK, or `/head` of one of ours.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    io::{self, ErrorKind, Read, Write},
    net::{TcpStream, ToSocketAddrs},
    pin::pin,
    process::ExitCode,
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use light_client::{
    COSMOS_STATE, Hash, Header, JMT_STATE, LightBlock, MAX_VALIDATORS, Options, Proven, Time,
    TrustedState, ValidatorSet,
    client::{
        AttackEvidence, Environment, Fault, Latest, LightClient, MemoryStore, Provider, Received,
        Settings, Store, Unreachable,
    },
    json::{self, JsonError, Value},
    verify_outcome, verify_query,
};

/// The light client waits for a node for as long as the node's provider does: that ends an answer that does not come, or only byte by byte,
const PATIENCE: Duration = Duration::from_secs(15);
/// and one without end.
const MOST_BYTES: usize = 8 << 20;
/// Validators on a page of the answer to `/validators`: nodes give no more at once.
const PAGE: usize = 100;

/// A node's RPC.
struct Node {
    address: String,
}

impl Node {
    /// The answer to a call such as `commit?height=5`, and its bytes. CometBFT says in the body why it refuses a call, whatever the HTTP status.
    fn get(&self, call: &str) -> Result<Received<Value>, Fault> {
        let body = self.body(call).map_err(|error| match error.kind() {
            ErrorKind::TimedOut | ErrorKind::WouldBlock => Unreachable::TimedOut,
            ErrorKind::FileTooLarge => Unreachable::TooLong,
            _ => Unreachable::NoConnection,
        })?;
        Ok(Received {
            value: json::parse(&body).map_err(fault)?,
            bytes: body.len() as u64,
        })
    }

    /// HTTP/1.0: the answer ends with the connection.
    fn body(&self, call: &str) -> io::Result<Vec<u8>> {
        let end = Instant::now() + PATIENCE;
        let left = || match end.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(io::Error::from(ErrorKind::TimedOut)),
            left => Ok(left),
        };
        let address = self.address.to_socket_addrs()?.next();
        let mut stream = TcpStream::connect_timeout(&address.ok_or(ErrorKind::NotFound)?, left()?)?;
        stream.set_write_timeout(Some(left()?))?;
        write!(
            stream,
            "GET /{call} HTTP/1.0\r\nHost: {}\r\n\r\n",
            self.address
        )?;
        let (mut answer, mut part) = (Vec::new(), [0; 16 << 10]);
        loop {
            stream.set_read_timeout(Some(left()?))?;
            match stream.read(&mut part)? {
                0 => break,
                read => answer.extend_from_slice(&part[..read]),
            }
            if answer.len() > MOST_BYTES {
                return Err(ErrorKind::FileTooLarge.into());
            }
        }
        let head = answer.windows(4).position(|line| line == b"\r\n\r\n");
        Ok(answer.split_off(head.ok_or(ErrorKind::UnexpectedEof)? + 4))
    }

    /// A validator set, page by page.
    fn validators(&self, height: u64) -> Result<Received<ValidatorSet>, Fault> {
        let (mut pages, mut bytes) = (Vec::new(), 0);
        loop {
            let number = pages.len() + 1;
            let call = format!("validators?height={height}&per_page={PAGE}&page={number}");
            let answer = self.get(&call)?;
            let page = json::validators(&answer.value).map_err(fault)?;
            bytes += answer.bytes;
            // A node that lies may promise more than it gives, or give it one by one; no set has more validators than this crate takes.
            let is_last = page.validators.len() < PAGE
                || number * PAGE >= MAX_VALIDATORS
                || (number * PAGE) as u64 >= page.total;
            pages.push(page);
            if is_last {
                let value = json::join_pages(pages);
                let value = value.ok_or_else(|| Fault::Garbage("not a validator set".into()))?;
                return Ok(Received { value, bytes });
            }
        }
    }
}

/// Where a node answers with an error it mostly lacks the height: not yet, or no longer.
fn fault(error: JsonError) -> Fault {
    match error {
        JsonError::Node { .. } => Fault::NotThere,
        error => Fault::Garbage(error.to_string()),
    }
}

impl Provider for Node {
    fn name(&self) -> &str {
        &self.address
    }

    fn member(&self) -> &str {
        &self.address
    }

    async fn latest(&self) -> Result<Latest, Fault> {
        let status = json::status(&self.get("status")?.value).map_err(fault)?;
        Ok(Latest {
            chain_id: status.chain_id,
            height: status.latest_height,
            time: status.latest_time,
        })
    }

    async fn light_block(&self, height: u64) -> Result<Received<LightBlock>, Fault> {
        let commit = self.get(&format!("commit?height={height}"))?;
        let set = self.validators(height)?;
        Ok(Received {
            value: LightBlock {
                signed_header: json::commit(&commit.value).map_err(fault)?,
                validators: set.value,
                next_validators: None,
            },
            bytes: commit.bytes + set.bytes,
        })
    }

    async fn header(&self, height: u64) -> Result<Received<Header>, Fault> {
        let answer = self.get(&format!("header?height={height}"))?;
        Ok(Received {
            value: json::header(&answer.value).map_err(fault)?,
            bytes: answer.bytes,
        })
    }

    async fn report(&self, evidence: &AttackEvidence) -> Result<(), Fault> {
        let evidence = encoded(&json::write::attack_evidence(evidence));
        let answer = self.get(&format!("broadcast_evidence?evidence={evidence}"))?;
        match answer.value.get("error") {
            None => Ok(()),
            Some(error) => Err(Fault::Refused(error.to_string())),
        }
    }
}

/// As a parameter of an address.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        let _ = write!(encoded, "%{byte:02X}");
        encoded
    })
}

/// The computer that this runs on.
struct Computer;

impl Environment for Computer {
    fn now(&self) -> Time {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let nanos = since
            .ok()
            .and_then(|since| since.as_nanos().try_into().ok());
        nanos
            .and_then(Time::from_unix_nanos)
            .unwrap_or(Time::UNIX_EPOCH)
    }

    async fn pause(&self, time: Duration) {
        thread::sleep(time);
    }

    fn random(&self) -> u64 {
        std::process::id().into()
    }
}

/// Runs a future of which no part ever waits elsewhere than in its own thread. Any executor does as well.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

type Client = LightClient<Node, MemoryStore, Computer>;
type Outcome = Result<(), Box<dyn Error>>;

/// What is asked.
struct Asked {
    height: u64,
    hash: Hash,
    nodes: Vec<String>,
    tx: Option<Hash>,
    state: Option<(String, Vec<u8>)>,
}

async fn follow(asked: Asked) -> Outcome {
    let node = |address: &String| Node {
        address: address.clone(),
    };
    let any = asked.nodes.first().map(node).ok_or("no node")?;
    // Where a store outlasts the program, only if it has nothing yet. Whoever gives the block: it is the checkpoint if it has the hash.
    let block = any.light_block(asked.height).await?.value;
    let mut store = MemoryStore::default();
    store
        .put(&TrustedState::from_checkpoint(&block, &asked.hash)?)
        .await?;

    let settings = Settings::new(Options::default());
    let nodes = asked.nodes.iter().map(node).collect();
    let mut client = LightClient::new(nodes, store, Computer, settings);
    let newest = client.newest().await?;
    let header = newest.header.header();
    println!(
        "{} has the block {} of {}",
        header.chain_id,
        hex::encode(newest.header.hash()),
        header.time
    );
    println!(
        "reached from {} by {:?}",
        newest.trace.from, newest.trace.steps
    );
    for node in &newest.standings {
        println!("{}: {}", node.name, node.said.code());
    }
    if let Some(hash) = asked.tx {
        transaction(&mut client, &any, &hash).await?;
    }
    if let Some((path, key)) = asked.state {
        state(&mut client, &any, &path, &key, header.height).await?;
    }
    Ok(())
}

/// What became of a transaction: that it is in its block its header says, how it ended the header after that.
async fn transaction(client: &mut Client, any: &Node, hash: &Hash) -> Outcome {
    let call = format!("tx?hash=0x{}&prove=true", hex::encode(hash));
    let answer = json::tx(&any.get(&call)?.value)?;
    let header = client.at(answer.height).await?.header;
    let next = client.at(answer.height + 1).await?.header;
    let results = any.get(&format!("block_results?height={}", answer.height))?;
    let results = json::block_results(&results.value)?;
    let result = verify_outcome(&answer, &results, hash, &header, &next)?;
    println!(
        "the transaction is in block {}, with code {}",
        answer.height, result.code
    );
    Ok(())
}

/// What is under a key of the application's state, as of the block before the newest: the newest header commits to that.
async fn state(client: &mut Client, any: &Node, path: &str, key: &[u8], newest: u64) -> Outcome {
    let asked_path = encoded(&format!("\"{path}\""));
    let (key_hex, height) = (hex::encode(key), newest - 1);
    let call = format!("abci_query?path={asked_path}&data=0x{key_hex}&height={height}&prove=true");
    let answer = json::abci_query(&any.get(&call)?.value)?;
    let header = client.at(newest).await?.header;
    let store = path.strip_prefix("/store/");
    let proven = match store.and_then(|rest| rest.strip_suffix("/key")) {
        Some(store) => verify_query(&answer, COSMOS_STATE, &[store.as_bytes(), key], &header)?,
        None => verify_query(&answer, JMT_STATE, &[key], &header)?,
    };
    match proven {
        Proven::Present(value) => println!("{key_hex} has the value {}", hex::encode(value)),
        Proven::Absent => println!("{key_hex} is not in the state"),
    }
    Ok(())
}

fn asked(mut words: impl Iterator<Item = String>) -> Result<Asked, Box<dyn Error>> {
    let mut next = |what: &str| words.next().ok_or(format!("{what} is missing"));
    let hash = |word: String| {
        let hash = Hash::try_from(hex::decode(word)?);
        hash.map_err(|_| Box::<dyn Error>::from("a hash has 64 hex digits"))
    };
    let mut asked = Asked {
        height: next("HEIGHT")?.parse()?,
        hash: hash(next("HASH")?)?,
        nodes: Vec::from([next("NODE")?]),
        tx: None,
        state: None,
    };
    while let Ok(word) = next("") {
        match word.as_str() {
            "--tx" => asked.tx = Some(hash(next("HASH")?)?),
            "--state" => asked.state = Some((next("PATH")?, hex::decode(next("KEY")?)?)),
            _ => asked.nodes.push(word),
        }
    }
    Ok(asked)
}

fn main() -> ExitCode {
    let outcome = asked(env::args().skip(1)).and_then(|asked| block_on(follow(asked)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
