//! docs/operate.md on real processes: four organisations found a chain, start it, let a fifth in, replace keys, and find whoever runs the other line of CometBFT.

mod keys;
mod processes;
mod watch;
mod words;

use lianyan_tests::process::free_ports;
use lianyan_tests::{Outcome, place::Folder};
use node::network::{Client, Process};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use words::{hex, run, type_block, well};

/// Member id and power; the last one joins later.
const MEMBERS: [(&str, &str); 5] = [
    ("tax-bureau", "31"),
    ("hospital-group", "26"),
    ("housing-bureau", "23"),
    ("notary-office", "20"),
    ("river-bank", "20"),
];
const FOUNDERS: usize = 4;
/// One more for a while: whose key is replaced has a second one beside its first.
const HOMES: usize = MEMBERS.len() + 1;
/// Ports of one node: RPC, peers, figures.
const PORTS: usize = 3;

/// The organisations, each with its home; their processes end with this.
pub struct Organisations {
    folder: Folder,
    cometbft: PathBuf,
    ports: u16,
    /// Each one's folder.
    homes: Vec<PathBuf>,
    running: Vec<[Process; 2]>,
    /// Whose processes nobody starts again.
    resting: Vec<usize>,
}

/// Everything that docs/operate.md promises of a version of CometBFT.
pub fn path(cometbft: &Path, other: Option<&Path>) -> Outcome {
    let folder = Folder::new("operate")?;
    let home = |(id, _)| folder.path().join(id);
    let mut organisations = Organisations {
        homes: MEMBERS.map(home).into(),
        folder,
        cometbft: cometbft.into(),
        ports: free_ports((HOMES * PORTS) as u16)?,
        running: Vec::new(),
        resting: Vec::new(),
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
    organisations.replace_a_validators_key()?;
    organisations.a_peer_that_is_down_is_found()?;
    organisations.a_home_comes_back_from_its_backup()?;
    match other {
        Some(other) => organisations.the_other_line_is_found(other),
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
        let consents = (0..FOUNDERS).map(|member| {
            let file = format!("{}.consent.json", MEMBERS[member].0);
            self.home(member).join(file)
        });
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
        let (member, backup) = (2, self.folder.path().join("backup"));
        self.stop(member);
        let home = self.home(member);
        let places = [
            ("/backup", backup.display().to_string()),
            ("/var/lib/lianyan", home.display().to_string()),
        ];
        type_block(self.folder.path(), "-czf", &places)?;
        let key = "priv_validator_key.json";
        std::fs::copy(home.join("config").join(key), backup.join(key))?;
        std::fs::remove_dir_all(&home)?;
        std::fs::create_dir(&home)?;
        type_block(&backup, "-xzpf", &places[1..])?;
        type_block(&home, "\"step\":0", &[])?;
        let other = Client(self.address(0, 0));
        let (died, _) = other.newest()?;
        self.wait("ten blocks without it", |_| {
            Ok(other.newest()?.0 >= died + 10)
        })?;
        self.start(member)?;
        self.wait_until_well(member)?;
        self.what_is_watched_is_shown(member)
    }

    /// Step 8: the two lines reckon the time of a block otherwise, so the chain may end at any of them. It is told at both ends.
    fn the_other_line_is_found(&mut self, other: &Path) -> Outcome {
        let newcomer = FOUNDERS;
        self.stop(newcomer);
        self.cometbft = other.into();
        self.start(newcomer)?;
        self.wait("the other line is found", |all| {
            let is_found = |member| -> Outcome<bool> {
                let (code, said) = run(all.doctor(member)?)?;
                Ok(code == Some(1) && said.contains("version: the node"))
            };
            Ok(is_found(newcomer)? && is_found(0)?)
        })
    }
}
