//! Four validators on this machine, and what is handed in to them.

use lianyan_tests::Outcome;
use lianyan_tests::place::{self, Folder};
use lianyan_tests::process::free_ports;
use node::application::{AppState, code};
use node::chain::{Genesis, GenesisValidator};
use node::comet::{self, ConsensusParams};
use node::consortium::now;
use node::demo::{FOUNDERS, Script, Size, Tempo};
use node::merkle::sha256;
use node::network::{Client, Network, Node, Plan, Process, Program, SigningSeed};
use records::kinds::{invoice::Issue, member::Rekey, quota::Grant};
use records::shape::Shape;
use records::{Digest, KeyType, Payload, RecordName, SecretKey, ValidatorKey, canonical};
use std::net::SocketAddr;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

const NODES: usize = 4;
const CHAIN: &str = "dev-bench";
/// Without transactions a block comes this often.
const IDLE: Duration = Duration::from_secs(1);
/// Every validator has blocks by then.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(100);
/// Who issues, and who grants its quota.
const ISSUER: &str = "hospital-group";
const BUREAU: &str = "tax-bureau";
/// Keys of the issuer, each of which signs its share.
const KEYS: usize = 32;
/// Events a second from one key: more than any run hands in, for the one issuer stands for the many of a chain.
const RATE: u32 = 100_000;
/// An event may be written within this time.
const UNTIL: i64 = 3_600_000_000_000;

/// What is behind CometBFT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Our application.
    Ours,
    /// The kvstore that CometBFT carries within itself.
    Kvstore,
}

impl Kind {
    /// Both, ours first.
    pub const BOTH: [Self; 2] = [Self::Ours, Self::Kvstore];

    /// As the table names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Kvstore => "kvstore",
        }
    }
}

enum Running {
    Ours(Network),
    Kvstore(Vec<Process>),
}

/// Running validators; they end with this.
pub struct Chain {
    running: Running,
    plan: Plan,
    script: Script,
    _folder: Folder,
}

impl Chain {
    /// Starts it and waits until every validator has blocks.
    pub fn start(kind: Kind, cometbft: &Path) -> Outcome<Self> {
        let folder = Folder::new("bench-comet")?;
        let script = Script::new(CHAIN, now(), Size::Small, Tempo::Live);
        let plan = plan(cometbft, folder.path())?;
        plan.write(&genesis(&script).to_json())?;
        let running = match kind {
            Kind::Ours => Running::Ours(Network::start(plan.clone())?),
            Kind::Kvstore => Running::Kvstore(kvstore(&plan)?),
        };
        let chain = Self {
            running,
            plan,
            script,
            _folder: folder,
        };
        chain.wait()?;
        Ok(chain)
    }

    fn wait(&self) -> Outcome {
        let deadline = Instant::now() + PATIENCE;
        for client in self.clients() {
            while !matches!(client.newest(), Ok((2.., _))) {
                if Instant::now() > deadline {
                    return Err(format!("{} has no block", client.0).into());
                }
                thread::sleep(PAUSE);
            }
        }
        Ok(())
    }

    /// Every validator's RPC.
    pub fn clients(&self) -> Vec<Client> {
        self.plan
            .nodes
            .iter()
            .map(|node| Client(node.rpc))
            .collect()
    }

    /// The processes of CometBFT.
    pub fn engines(&mut self) -> Vec<u32> {
        match &mut self.running {
            Running::Ours(network) => (0..NODES).map(|node| network.engine(node).id()).collect(),
            Running::Kvstore(processes) => processes.iter().map(Process::id).collect(),
        }
    }

    /// The processes of the applications, where they have their own.
    pub fn applications(&mut self) -> Vec<u32> {
        match &mut self.running {
            Running::Ours(network) => (0..NODES)
                .map(|node| network.application(node).id())
                .collect(),
            Running::Kvstore(_) => Vec::new(),
        }
    }

    /// Transactions that this chain will accept: invoices, or as many pairs of key and value, each as long as the invoice in its place.
    pub fn transactions(&self, count: usize) -> Outcome<Vec<Vec<u8>>> {
        let keys: Vec<SecretKey> = (0..KEYS)
            .map(|number| SecretKey::from_seed(&seed("issuer", number)))
            .collect();
        let invoices = (0..count).map(|number| self.invoice(number, &keys[number % KEYS]));
        let invoices: Vec<Vec<u8>> = invoices.collect::<Outcome<_>>()?;
        match &self.running {
            Running::Ours(_) => {
                self.admit(&keys, count)?;
                Ok(invoices)
            }
            Running::Kvstore(_) => Ok(invoices.iter().enumerate().map(pair).collect()),
        }
    }

    /// Gives the issuer these keys and its quota.
    fn admit(&self, keys: &[SecretKey], count: usize) -> Outcome {
        let rekey = Rekey {
            add: keys.iter().map(SecretKey::public).collect(),
            end: Vec::new(),
        };
        let grant = Grant {
            by: BUREAU.into(),
            count: count as u64,
        };
        self.write(ISSUER, ("member.rekey", "member"), &rekey)?;
        self.write(BUREAU, ("quota.grant", "quota"), &grant)
    }

    /// Writes a member's event about the issuer.
    fn write(&self, by: &str, (event, kind): (&str, &str), body: &impl Shape) -> Outcome {
        let subject = RecordName::new(kind, ISSUER).ok_or("no name")?;
        let key = SecretKey::from_seed(&self.script.member_seed(by));
        let written = self.clients()[0].write(&sign(event, subject, body, &key)?)?;
        match written.code {
            code::OK => Ok(()),
            _ => Err(format!("{event}: {}", written.log).into()),
        }
    }

    fn invoice(&self, number: usize, key: &SecretKey) -> Outcome<Vec<u8>> {
        let subject = RecordName::new("invoice", &format!("{number:020}")).ok_or("no name")?;
        let body = Issue {
            issuer: ISSUER.into(),
            root: Digest(seed("fields", number)),
            prints: vec![Digest(seed("print", number))],
            holder: None,
            payment: None,
        };
        sign("invoice.issue", subject, &body, key)
    }
}

fn sign(event: &str, subject: RecordName, body: &impl Shape, key: &SecretKey) -> Outcome<Vec<u8>> {
    let payload = Payload {
        body: canonical::to_value(body)?,
        chain: CHAIN.into(),
        seq: 0,
        subject,
        event_type: event.into(),
        until: now() + UNTIL,
    };
    Ok(payload.sign(&[key])?.encode())
}

/// As the kvstore wants it: one `=`, and no colon.
fn pair((number, invoice): (usize, &Vec<u8>)) -> Vec<u8> {
    let key = format!("{number:08}=").into_bytes();
    let value = invoice.iter().skip(key.len());
    let value = value.map(|byte| match byte {
        b'=' | b':' => b'-',
        other => *other,
    });
    key.iter().copied().chain(value).collect()
}

fn seed(what: &str, number: usize) -> [u8; 32] {
    sha256(format!("{what}/{number}").as_bytes())
}

fn validator_key(index: usize) -> SigningSeed {
    SigningSeed {
        key_type: KeyType::Ed25519,
        seed: seed("validator", index),
    }
}

fn plan(cometbft: &Path, folder: &Path) -> Outcome<Plan> {
    let ports = free_ports(2 * NODES as u16)?;
    let address = |port: usize| SocketAddr::from(([127, 0, 0, 1], ports + port as u16));
    let node = |node| Node {
        moniker: format!("node-{node}"),
        rpc: address(node),
        p2p: address(NODES + node),
        node_key: seed("peer", node),
        validator_key: validator_key(node),
        state_sync: None,
    };
    Ok(Plan {
        cometbft: cometbft.into(),
        application: place::program("lianyan-node"),
        folder: folder.into(),
        idle: IDLE,
        snapshot_every: 0,
        rate: RATE,
        nodes: (0..NODES).map(node).collect(),
    })
}

fn genesis(script: &Script) -> Genesis {
    let keys: [ValidatorKey; NODES] = std::array::from_fn(|index| validator_key(index).public());
    let validators = FOUNDERS.iter().zip(&keys);
    let validators = validators.map(|(founder, key)| GenesisValidator {
        name: founder.id.into(),
        key: key.clone(),
        power: founder.power as i64,
    });
    Genesis {
        chain_id: CHAIN.into(),
        time: comet::timestamp(script.start()),
        params: ConsensusParams::default(),
        validators: validators.collect(),
        app_state: AppState::new([script.genesis(&keys, &[KeyType::Ed25519])]),
    }
}

/// The same folders with CometBFT's own application.
fn kvstore(plan: &Plan) -> Outcome<Vec<Process>> {
    (0..NODES)
        .map(|node| {
            let home = std::fs::canonicalize(plan.home(node).folder())?;
            let arguments = ["start", "--proxy_app", "kvstore", "--home"].map(Into::into);
            Ok(Process::start(Program {
                program: plan.cometbft.clone(),
                arguments: arguments.into_iter().chain([home.clone().into()]).collect(),
                folder: home,
                log: plan.logs().join(format!("node-{node}-kvstore.log")),
            })?)
        })
        .collect()
}
