//! Four validators on this machine, and what is handed in to them.

use lianyan_tests::Outcome;
use lianyan_tests::place::Folder;
use lianyan_tests::validators::{self, VALIDATORS, seed};
use node::application::code;
use node::consortium::now;
use node::demo::{Script, Size, Tempo};
use node::network::{Client, Network, Plan, Process};
use records::envelope::MAX_SIGNATURES;
use records::kinds::{invoice::Issue, member::Rekey, quota::Grant};
use records::shape::Shape;
use records::{Digest, KeyType, Payload, RecordName, SecretKey, canonical};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

const CHAIN: &str = "dev-bench";
/// Every validator has blocks by then.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(100);
/// Who issues, and who grants its quota.
const ISSUER: &str = "hospital-group";
const BUREAU: &str = "tax-bureau";
/// Further keys of the issuer, each of which signs its share: as many as come at once, for each agrees.
const KEYS: usize = MAX_SIGNATURES - 1;
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
        let mut plan = validators::plan(cometbft, folder.path(), VALIDATORS, KeyType::Ed25519)?;
        plan.rate = RATE;
        let keys = [KeyType::Ed25519];
        plan.write(&validators::genesis(CHAIN, &script, KeyType::Ed25519, &keys).to_json())?;
        let running = match kind {
            Kind::Ours => Running::Ours(Network::start(plan.clone())?),
            Kind::Kvstore => Running::Kvstore(validators::kvstore(&plan)?),
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
            Running::Ours(network) => (0..VALIDATORS)
                .map(|node| network.engine(node).id())
                .collect(),
            Running::Kvstore(processes) => processes.iter().map(Process::id).collect(),
        }
    }

    /// The processes of the applications, where they have their own.
    pub fn applications(&mut self) -> Vec<u32> {
        match &mut self.running {
            Running::Ours(network) => (0..VALIDATORS)
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
        let grant = Grant {
            by: BUREAU.into(),
            count: count as i64,
        };
        let rekey = Rekey {
            add: keys.iter().map(SecretKey::public).collect(),
            end: Vec::new(),
            seal_key: None,
        };
        let [own, bureau] =
            [ISSUER, BUREAU].map(|member| SecretKey::from_seed(&self.script.member_seed(member)));
        let signers: Vec<_> = [&own].into_iter().chain(keys).collect();
        self.write(&signers, ("member.rekey", "member"), &rekey)?;
        self.write(&[&bureau], ("quota.grant", "quota"), &grant)
    }

    /// Writes an event about the issuer.
    fn write(
        &self,
        keys: &[&SecretKey],
        (event, kind): (&str, &str),
        body: &impl Shape,
    ) -> Outcome {
        let subject = RecordName::new(kind, ISSUER).ok_or("no name")?;
        let written = self.clients()[0].write(&sign(event, subject, body, keys)?)?;
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
            portal: None,
        };
        sign("invoice.issue", subject, &body, &[key])
    }
}

fn sign(
    event: &str,
    subject: RecordName,
    body: &impl Shape,
    keys: &[&SecretKey],
) -> Outcome<Vec<u8>> {
    let payload = Payload {
        body: canonical::to_value(body)?,
        chain: CHAIN.into(),
        seq: 0,
        subject,
        event_type: event.into(),
        until: now() + UNTIL,
    };
    Ok(payload.sign(keys)?.encode())
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
