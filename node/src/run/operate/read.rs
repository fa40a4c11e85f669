//! Reading the operator's command line.

use super::options::{Doctor, Genesis, Init, Join, KeySource, Keys, Options, Particulars, Place};
use crate::{
    network::StateSync,
    run::{
        gateway,
        options::{key_type, number, rpc},
    },
};
use records::KeyType;
use std::{collections::BTreeMap, path::PathBuf, str::FromStr};

type Read<T> = Result<T, String>;

/// The words of a command, by the option that they belong to.
struct Given<'a> {
    command: &'a str,
    values: BTreeMap<&'a str, Vec<&'a str>>,
    reads: bool,
    rest: Vec<&'a str>,
}

const PLACE: [&str; 8] = [
    "--home",
    "--cometbft",
    "--keys",
    "--validator-key",
    "--signer",
    "--rpc",
    "--p2p",
    "--prometheus",
];
const MEMBER: [&str; 6] = [
    "--member",
    "--name",
    "--name-en",
    "--org",
    "--role",
    "--reads",
];
/// What makes of a home's member a newcomer: nothing of it is taken without the rest.
const NEWCOMER: [&str; 4] = ["--name", "--name-en", "--org", "--role"];

impl Options {
    /// Reads the command line; a sentence where it cannot be read.
    pub fn read(command: &str, words: &[String]) -> Read<Self> {
        let (name, words) = match (command, words.split_first()) {
            ("keys", Some((verb, rest))) => (format!("keys {verb}"), rest),
            _ => (command.to_owned(), words),
        };
        let knows: Vec<&str> = match name.as_str() {
            "init" => [
                &PLACE[..],
                &MEMBER,
                &["--chain", "--power", "--address", "--identity"],
            ]
            .concat(),
            "genesis" => vec!["--home", "--identity"],
            "join" => [
                &PLACE[..],
                &MEMBER,
                &["--genesis", "--sha256", "--peer", "--trust", "--server"],
            ]
            .concat(),
            "keys show" => vec!["--home"],
            "keys new" => vec!["--out", "--keys"],
            "keys rotate" => [&PLACE[..], &["--to", "--trust", "--server"]].concat(),
            "keys rekey" => vec!["--node", "--identity", "--to"],
            "doctor" => vec!["--home", "--sha256", "--ask", "--chains", "--free"],
            _ => return Err(format!("there is no command `{name}`; try --help")),
        };
        let given = Given::gather(&name, words, &knows)?;
        Ok(match name.as_str() {
            "init" => Self::Init(given.init()?),
            "genesis" => Self::Genesis(given.genesis()?),
            "join" => Self::Join(given.join()?),
            "doctor" => Self::Doctor(given.doctor()?),
            _ => Self::Keys(given.keys()?),
        })
    }
}

impl<'a> Given<'a> {
    fn gather(command: &'a str, words: &'a [String], knows: &[&str]) -> Read<Self> {
        let mut given = Self {
            command,
            values: BTreeMap::new(),
            reads: false,
            rest: Vec::new(),
        };
        let mut words = words.iter().map(String::as_str);
        while let Some(word) = words.next() {
            match word {
                _ if !word.starts_with("--") => given.rest.push(word),
                _ if !knows.contains(&word) => {
                    return Err(format!("{command} knows no `{word}`; try --help"));
                }
                "--reads" => given.reads = true,
                _ => {
                    let value = words.next().ok_or(format!("{word} wants a value"))?;
                    given.values.entry(word).or_default().push(value);
                }
            }
        }
        match given.rest.first() {
            Some(word) if command != "genesis" => {
                Err(format!("{command} knows no `{word}`; try --help"))
            }
            _ => Ok(given),
        }
    }

    fn all(&self, name: &str) -> &[&'a str] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// The last one counts.
    fn may(&self, name: &str) -> Option<&'a str> {
        self.all(name).last().copied()
    }

    fn must(&self, name: &str) -> Read<&'a str> {
        self.may(name)
            .ok_or(format!("{} wants {name}", self.command))
    }

    fn parsed<T: FromStr>(&self, name: &str, default: &str) -> Read<T> {
        number(name, self.may(name).unwrap_or(default))
    }

    fn key_type(&self) -> Read<KeyType> {
        self.may("--keys").map_or(Ok(KeyType::Ed25519), key_type)
    }

    fn place(&self, home: &str) -> Read<Place> {
        let key = match (self.may("--validator-key"), self.may("--signer")) {
            (None, None) => KeySource::New(self.key_type()?),
            (Some(public), Some(signer)) => KeySource::Remote {
                public: public.into(),
                signer: signer.into(),
            },
            _ => return Err("--validator-key and --signer belong together".into()),
        };
        Ok(Place {
            home: self.must(home)?.into(),
            cometbft: self.must("--cometbft")?.into(),
            rpc: self.parsed("--rpc", "127.0.0.1:26657")?,
            p2p: self.parsed("--p2p", "0.0.0.0:26656")?,
            prometheus: self.parsed("--prometheus", "127.0.0.1:26660")?,
            key,
        })
    }

    fn particulars(&self) -> Read<Particulars> {
        let id = self.must("--member")?;
        let roles = self.all("--role");
        if roles.is_empty() {
            return Err(format!("{} wants --role", self.command));
        }
        Ok(Particulars {
            id: id.into(),
            name: self.must("--name")?.into(),
            name_en: self.must("--name-en")?.into(),
            org: self.may("--org").unwrap_or(id).into(),
            roles: roles.iter().map(|role| role.to_string()).collect(),
            reads: self.reads,
        })
    }

    fn init(&self) -> Read<Init> {
        Ok(Init {
            place: self.place("--home")?,
            chain: self.must("--chain")?.into(),
            power: number("--power", self.must("--power")?)?,
            address: self.must("--address")?.into(),
            member: self.particulars()?,
            identity: self.may("--identity").map(PathBuf::from),
        })
    }

    fn genesis(&self) -> Read<Genesis> {
        Ok(Genesis {
            home: self.must("--home")?.into(),
            identity: self.may("--identity").map(PathBuf::from),
            files: self.rest.iter().map(PathBuf::from).collect(),
        })
    }

    fn join(&self) -> Read<Join> {
        let told = self.reads || NEWCOMER.iter().any(|name| self.may(name).is_some());
        let newcomer = told.then(|| self.particulars()).transpose()?;
        let peers = self.all("--peer");
        if peers.is_empty() {
            return Err("join wants --peer".into());
        }
        Ok(Join {
            place: self.place("--home")?,
            genesis: self.must("--genesis")?.into(),
            sha256: self.must("--sha256")?.to_lowercase(),
            peers: peers.iter().map(|peer| peer.to_string()).collect(),
            member: self.must("--member")?.into(),
            newcomer,
            state_sync: self.state_sync()?,
        })
    }

    fn state_sync(&self) -> Read<Option<StateSync>> {
        let servers = self.all("--server");
        let Some(trusted) = self.may("--trust") else {
            return match servers {
                [] => Ok(None),
                _ => Err("--server wants --trust".into()),
            };
        };
        if servers.len() < 2 {
            return Err("--trust wants two of --server: one alone could tell anything".into());
        }
        let block = trusted.split_once(':').and_then(|(height, hash)| {
            let hash = hex::decode(hash).ok()?.try_into().ok()?;
            Some((height.parse().ok().filter(|height| *height > 0)?, hash))
        });
        let (height, hash) = block.ok_or(format!("`{trusted}` is not HEIGHT:HASH"))?;
        Ok(Some(StateSync {
            servers: servers.iter().map(|server| server.to_string()).collect(),
            height,
            hash,
        }))
    }

    fn keys(&self) -> Read<Keys> {
        Ok(match self.command {
            "keys show" => Keys::Show {
                home: self.must("--home")?.into(),
            },
            "keys new" => Keys::New {
                out: self.must("--out")?.into(),
                key_type: self.key_type()?,
            },
            "keys rotate" => Keys::Rotate {
                home: self.must("--home")?.into(),
                place: self.place("--to")?,
                state_sync: self.state_sync()?,
            },
            _ => Keys::Rekey {
                node: rpc(self.must("--node")?)?,
                identity: self.must("--identity")?.into(),
                to: self.must("--to")?.into(),
            },
        })
    }

    fn doctor(&self) -> Read<Doctor> {
        let ask = self.all("--ask").iter();
        Ok(Doctor {
            home: self.must("--home")?.into(),
            sha256: self.may("--sha256").map(str::to_lowercase),
            ask: ask.map(|url| gateway::node(url)).collect::<Read<_>>()?,
            chains: self.may("--chains").map(PathBuf::from),
            free: self.parsed("--free", "2")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Read<Options> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::read(&words[0], &words[1..])
    }

    #[test]
    fn a_founders_words_are_read() {
        let line = "init --home h --cometbft c --chain x --power 31 --address a:1 --member tax --name 税 --name-en Tax --role a --role b --reads";
        let Ok(Options::Init(init)) = read(line) else {
            panic!("not read");
        };
        assert_eq!((init.power, init.address.as_str()), (31, "a:1"));
        assert_eq!(
            (init.member.org.as_str(), init.member.roles.len()),
            ("tax", 2)
        );
        assert_eq!(init.place.key, KeySource::New(KeyType::Ed25519));
        assert!(init.member.reads);
    }

    #[test]
    fn what_is_missing_or_unknown_is_named() {
        for (line, named) in [
            ("init --home h", "--cometbft"),
            ("genesis card.json", "--home"),
            ("genesis --home h --power 3", "--power"),
            (
                "join --home h --cometbft c --genesis g --sha256 s --member m",
                "--peer",
            ),
            (
                "join --home h --cometbft c --genesis g --sha256 s --member m --peer p --server a:1",
                "--trust",
            ),
            (
                "join --home h --cometbft c --genesis g --sha256 s --member m --peer p --role company --org 9133",
                "--name",
            ),
            (
                "join --home h --cometbft c --genesis g --sha256 s --member m --peer p --reads",
                "--role",
            ),
            (
                "join --home h --cometbft c --genesis g --sha256 s --member m --peer p --trust 9:ab --server a:1",
                "two of --server",
            ),
            (
                "join --home h --cometbft c --genesis g --sha256 s --member m --peer p --trust 9:ab --server a:1 --server b:1",
                "9:ab",
            ),
            ("keys", "keys"),
            ("keys steal", "steal"),
            ("keys new --out f --keys rsa", "rsa"),
            ("keys show --home h x", "x"),
            (
                "keys rotate --home h --to t --cometbft c --signer tcp://0.0.0.0:1",
                "--validator-key",
            ),
            (
                "keys rotate --home h --to t --cometbft c --server a:1 --server b:1",
                "--trust",
            ),
            ("doctor --home h --ask nowhere", "nowhere"),
            ("doctor --home h --free much", "much"),
        ] {
            assert!(read(line).unwrap_err().contains(named), "{line}");
        }
    }
}
