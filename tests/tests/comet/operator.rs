//! docs/operate.md on real processes: four organisations found a chain, start it, let a fifth in, and upgrade CometBFT.

use lianyan_tests::process::free_ports;
use lianyan_tests::{Outcome, demo, place::Folder};
use node::network::{Client, Process, Program, write_private};

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(90);
/// Member id and power; the last one joins later.
const MEMBERS: [(&str, &str); 5] = [
    ("tax-bureau", "31"),
    ("hospital-group", "26"),
    ("housing-bureau", "23"),
    ("notary-office", "20"),
    ("river-bank", "20"),
];
const FOUNDERS: usize = 4;
/// Ports of one node: RPC, peers, figures.
const PORTS: usize = 3;

/// The organisations, each with its home; their processes end with this.
pub struct Organisations {
    folder: Folder,
    cometbft: PathBuf,
    ports: u16,
    running: Vec<[Process; 2]>,
    /// Whose processes nobody starts again.
    resting: Option<usize>,
}

/// Everything that docs/operate.md promises of a version of CometBFT.
pub fn path(cometbft: &Path, newer: Option<&Path>) -> Outcome {
    let mut organisations = Organisations {
        folder: Folder::new("operate")?,
        cometbft: cometbft.into(),
        ports: free_ports((MEMBERS.len() * PORTS) as u16)?,
        running: Vec::new(),
        resting: None,
    };
    organisations.found()?;
    for member in 0..FOUNDERS {
        organisations.start(member)?;
    }
    for member in 0..FOUNDERS {
        organisations.wait_until_well(member)?;
    }
    organisations.join()?;
    organisations.replace_a_members_key()?;
    organisations.a_peer_that_is_down_is_found()?;
    organisations.a_home_comes_back_from_its_backup()?;
    match newer {
        Some(newer) => organisations.upgrade(newer),
        None => Ok(()),
    }
}

impl Organisations {
    /// Steps 2 and 3: homes, cards, consents, the same genesis everywhere.
    fn found(&self) -> Outcome {
        for (member, (_, power)) in MEMBERS.iter().enumerate().take(FOUNDERS) {
            let power = ["--chain", "jiangbin", "--power", power];
            let address = ["--address", &self.address(member, 1).to_string()].map(str::to_owned);
            let mut words = self.new_home("init", member);
            words.extend(
                power
                    .iter()
                    .chain(&address.each_ref().map(String::as_str))
                    .map(OsString::from),
            );
            well(run(words)?)?;
        }
        let cards: Vec<PathBuf> = (0..FOUNDERS)
            .map(|member| self.home(member).join("card.json"))
            .collect();
        let consents = (0..FOUNDERS).map(|member| self.home(member).join("consent.json"));
        let everything: Vec<PathBuf> = cards.iter().cloned().chain(consents).collect();
        for files in [cards, everything] {
            for member in 0..FOUNDERS {
                well(run(self
                    .with("genesis", member)
                    .into_iter()
                    .chain(files.iter().map(OsString::from)))?)?;
            }
        }
        let genesis = self.genesis(0)?;
        if (1..FOUNDERS).any(|member| self.genesis(member).ok().as_ref() != Some(&genesis)) {
            return Err("the founders' genesis files differ".into());
        }
        Ok(())
    }

    /// Step 9: a full node that catches up, then a member, then a validator.
    fn join(&mut self) -> Outcome {
        let newcomer = FOUNDERS;
        let genesis = self.home(0).join("config/genesis.json");
        let peer = format!("{}@{}", self.node_id(0)?, self.address(0, 1));
        let mut words = self.new_home("join", newcomer);
        words.extend(["--genesis".into(), genesis.into()]);
        let hash = hex(&node::merkle::sha256(&self.genesis(0)?));
        words.extend(["--sha256", &hash, "--peer", &peer].map(OsString::from));
        well(run(words)?)?;
        self.start(newcomer)?;
        self.wait_until_well(newcomer)?;
        let folder = self.home(newcomer);
        self.agree(&["admit".into(), folder.join("admit.json").into()])?;
        let key = format!(
            "{}={}",
            folder.join("validator.json").display(),
            MEMBERS[newcomer].1
        );
        self.agree(&["seat".into(), MEMBERS[newcomer].0.into(), key.into()])?;
        self.wait("the newcomer votes", |all| {
            let said = run(all.doctor(newcomer)?)?;
            Ok(said.0 == Some(0) && !said.1.contains("note"))
        })
    }

    /// Step 10: the member that has its old key needs nobody; afterwards only the new one governs.
    fn replace_a_members_key(&self) -> Outcome {
        let member = 3;
        let new = self.home(member).join("member-new.json");
        let old = self.home(member).join("member.json");
        let mut words = words("keys");
        words.extend(self.govern("rekey", member));
        words.extend(["--to".into(), new.clone().into()]);
        well(run(words)?)?;
        let act = ["seat".into(), MEMBERS[member].0.into()];
        let refused = run(self
            .govern("propose", member)
            .into_iter()
            .chain(act.clone()))?;
        if refused.0 == Some(0) {
            return Err("the key that ended still proposes".into());
        }
        std::fs::rename(new, old)?;
        well(run(self.govern("propose", member).into_iter().chain(act))?).map(drop)
    }

    /// One proposes, two approve: 80 of 100, and later of 120.
    fn agree(&self, act: &[OsString]) -> Outcome {
        let words = self
            .govern("propose", 0)
            .into_iter()
            .chain(act.iter().cloned());
        let said = well(run(words)?)?;
        let number = said.lines().find_map(|line| line.strip_prefix("proposed"));
        let number = number.ok_or("no proposal's number")?.trim();
        let mut said = String::new();
        for member in [1, 2, 3] {
            if !said.contains("carried out") {
                said = well(run(self
                    .govern("approve", member)
                    .into_iter()
                    .chain([number.into()]))?)?;
            }
        }
        match said.contains("carried out") {
            true => Ok(()),
            false => Err(format!("not carried out: {said}").into()),
        }
    }

    fn a_peer_that_is_down_is_found(&mut self) -> Outcome {
        self.stop(3);
        let address = self.address(3, 1).to_string();
        self.wait("the peer's absence is found", |all| {
            let (code, said) = run(all.doctor(0)?)?;
            Ok(code == Some(1)
                && said.contains(&format!("peer-unreachable: nothing answers at {address}")))
        })?;
        self.start(3)?;
        self.wait_until_well(3)
    }

    /// Step 7: without the validator's key and without what it signed last, which is written anew.
    fn a_home_comes_back_from_its_backup(&mut self) -> Outcome {
        let (member, backup) = (2, self.folder.path().join("backup.tar"));
        self.stop(member);
        let (home, key) = (self.home(member), "config/priv_validator_key.json");
        let copied = std::fs::read(home.join(key))?;
        let without = [key, "data/priv_validator_state.json", "application.sock"];
        let mut pack = Command::new("tar");
        pack.args(without.map(|file| format!("--exclude=./{file}")));
        pack.arg("-C").arg(&home).arg("-cf").arg(&backup).arg(".");
        let mut unpack = Command::new("tar");
        unpack.arg("-C").arg(&home).arg("-xf").arg(&backup);
        let packed = pack.status()?.success();
        std::fs::remove_dir_all(&home)?;
        std::fs::create_dir(&home)?;
        if !packed || !unpack.status()?.success() {
            return Err("tar failed".into());
        }
        write_private(&home.join(key), &String::from_utf8(copied)?)?;
        let nothing = r#"{"height":"0","round":0,"step":0}"#;
        write_private(&home.join("data/priv_validator_state.json"), nothing)?;
        let other = Client(self.address(0, 0));
        let (died, _) = other.newest()?;
        self.wait("ten blocks without it", |_| {
            Ok(other.newest()?.0 >= died + 10)
        })?;
        self.start(member)?;
        self.wait_until_well(member)
    }

    fn stop(&mut self, member: usize) {
        self.resting = Some(member);
        for process in self.running[member].iter_mut().rev() {
            process.terminate();
            process.wait(Duration::from_secs(10));
        }
    }

    /// Step 8: one member after the other, both versions in one chain meanwhile.
    fn upgrade(&mut self, newer: &Path) -> Outcome {
        self.cometbft = newer.into();
        for member in 0..2 {
            self.stop(member);
            self.start(member)?;
            self.wait_until_well(member)?;
        }
        Ok(())
    }

    /// Starts both processes with the words of deploy/systemd.
    fn start(&mut self, member: usize) -> Outcome {
        let home = self.home(member);
        let log = |name: &str| self.folder.path().join(format!("{member}-{name}.log"));
        let application = Program {
            program: std::fs::canonicalize(demo::program())?,
            arguments: words("abci --listen unix://application.sock --home application"),
            folder: home.clone(),
            log: log("application"),
        };
        let mut arguments = words("start --home");
        arguments.push(home.clone().into());
        let engine = Program {
            program: self.cometbft.clone(),
            arguments,
            folder: home,
            log: log("cometbft"),
        };
        let pair = [Process::start(application)?, Process::start(engine)?];
        self.resting = None;
        match self.running.get_mut(member) {
            Some(old) => *old = pair,
            None => self.running.push(pair),
        }
        Ok(())
    }

    /// Until the node has blocks, and `doctor` finds nothing, with the genesis as read aloud and compared with another node.
    fn wait_until_well(&mut self, member: usize) -> Outcome {
        let hash = hex(&node::merkle::sha256(&self.genesis(0)?));
        let other = format!("http://{}", self.address((member + 1) % FOUNDERS, 0));
        self.wait("a node that is well", |all| {
            let client = Client(all.address(member, 0));
            let Ok((3.., _)) = client.newest() else {
                return Ok(false);
            };
            let more = ["--sha256", &hash, "--ask", &other].map(OsString::from);
            let said = run(all.doctor(member)?.into_iter().chain(more))?;
            Ok(said.0 == Some(0) && !said.1.contains("catching-up"))
        })
    }

    fn wait(&mut self, what: &str, ready: impl Fn(&Self) -> Outcome<bool>) -> Outcome {
        let start = Instant::now();
        while !ready(self)? {
            if start.elapsed() > PATIENCE {
                return Err(format!("{what}: not after {PATIENCE:?}; {}", self.told()).into());
            }
            // As Restart=always does.
            for (member, pair) in self.running.iter_mut().enumerate() {
                for process in pair {
                    if self.resting != Some(member) && process.has_ended() {
                        process.restart()?;
                    }
                }
            }
            std::thread::sleep(Duration::from_millis(300));
        }
        Ok(())
    }

    /// What every doctor says, and the ends of the logs.
    fn told(&self) -> String {
        let mut text = String::new();
        for (member, (id, _)) in MEMBERS.iter().enumerate().take(self.running.len()) {
            let said = self.doctor(member).and_then(run);
            text += &format!("\n--- {id}: {said:?}");
            for name in ["application", "cometbft"] {
                let log = self.folder.path().join(format!("{member}-{name}.log"));
                let log = std::fs::read(log).unwrap_or_default();
                text += &String::from_utf8_lossy(&log[log.len().saturating_sub(600)..]);
            }
        }
        text
    }

    fn new_home(&self, command: &str, member: usize) -> Vec<OsString> {
        let (id, name) = (MEMBERS[member].0, format!("机构 {}", MEMBERS[member].0));
        let mut words = self.with(command, member);
        words.extend(["--cometbft".into(), self.cometbft.clone().into()]);
        words.extend(
            [
                "--member",
                id,
                "--name",
                &name,
                "--name-en",
                id,
                "--role",
                "issuer",
            ]
            .map(OsString::from),
        );
        for (at, what) in ["--rpc", "--p2p", "--prometheus"].into_iter().enumerate() {
            words.extend([what.into(), self.address(member, at).to_string().into()]);
        }
        words
    }

    fn with(&self, command: &str, member: usize) -> Vec<OsString> {
        vec![command.into(), "--home".into(), self.home(member).into()]
    }

    fn doctor(&self, member: usize) -> Outcome<Vec<OsString>> {
        Ok(self.with("doctor", member))
    }

    fn govern(&self, command: &str, member: usize) -> Vec<OsString> {
        let identity = self.home(member).join("member.json");
        let node = self.address(member, 0).to_string();
        vec![
            command.into(),
            "--node".into(),
            node.into(),
            "--identity".into(),
            identity.into(),
        ]
    }

    fn node_id(&self, member: usize) -> Outcome<String> {
        let mut words = words("keys show --home");
        words.push(self.home(member).into());
        let said = well(run(words)?)?;
        Ok(said.split_whitespace().nth(1).ok_or("no node's id")?.into())
    }

    fn genesis(&self, member: usize) -> Outcome<Vec<u8>> {
        Ok(std::fs::read(
            self.home(member).join("config/genesis.json"),
        )?)
    }

    fn home(&self, member: usize) -> PathBuf {
        self.folder.path().join(MEMBERS[member].0)
    }

    fn address(&self, member: usize, what: usize) -> SocketAddr {
        let port = self.ports + (member * PORTS + what) as u16;
        SocketAddr::from(([127, 0, 0, 1], port))
    }
}

fn words(line: &str) -> Vec<OsString> {
    line.split(' ').map(OsString::from).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Runs `lianyan-node`: its exit code, and what it said.
fn run(words: impl IntoIterator<Item = OsString>) -> Outcome<(Option<i32>, String)> {
    let output = Command::new(demo::program()).args(words).output()?;
    let text = [output.stdout, output.stderr].concat();
    Ok((
        output.status.code(),
        String::from_utf8_lossy(&text).into_owned(),
    ))
}

fn well((code, said): (Option<i32>, String)) -> Outcome<String> {
    match code {
        Some(0) => Ok(said),
        _ => Err(said.into()),
    }
}
