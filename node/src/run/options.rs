//! The command line.

use super::{gateway, govern, operate};
use crate::{
    abci::Address,
    application::{DEFAULT_HORIZON, DEFAULT_RATE},
    consortium,
    demo::Size,
    statesync::{DEFAULT_PACE, Pace},
};
use hyper::Uri;
use records::KeyType;
use std::{
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    num::NonZeroU32,
    path::PathBuf,
    time::Duration,
};

/// What `--help` prints.
pub(super) const HELP: &str = "\
lianyan-node demo --data DIR [options]    a whole consortium with development keys, three nodes, and the page

  --data DIR         where chain and keys are kept; a second start continues the same chain
  --site DIR         the built page to serve; without it none is
  --rpc-port N       RPC of the first node [26657]; the two others take the next two ports
  --page-port N      the page [8080]
  --listen ADDRESS   address to listen at [127.0.0.1]; 0.0.0.0 lets other devices in
  --small            a small set of demo data
  --fresh            start over: another chain, with another id
  --block-ms N       a block every N milliseconds [3000 without events, 150 with]

lianyan-node network --cometbft PROGRAM --data DIR [options]    the same consortium on CometBFT: four validators and a full node, each a process of
                                                              its own with its application, and the page

  --cometbft PROGRAM CometBFT v0.38 or v0.40
  --p2p-port N       between the processes [26756]; five neighbouring ports, as for the RPC
  --keys TYPE        the validators' first keys: ed25519 or ml_dsa_65, which takes CometBFT v0.40 or v0.38.26 [ed25519]
  --data, --site, --rpc-port, --page-port, --listen, --small, --fresh as above; logs are in DIR/logs

lianyan-node abci --listen ADDRESS --home DIR [options]    the application for one CometBFT process

  --listen ADDRESS   unix:///path or tcp://address:port, as in CometBFT's proxy_app; never open it to others
  --home DIR         where the state is kept
  --horizon N        recent heights whose state stays provable [10000]
  --snapshot-every N heights between two snapshots for nodes that join [10000]; 0 takes none
  --snapshots N      snapshots kept [2]
  --keep-blocks N    recent blocks that CometBFT is asked to keep, never fewer than the horizon [all]
  --rate N           events a second that one key may hand in, ten times as many at once [100]; an event counts once for each 4 KiB that it
                     begins; a member may twice, all other persons five times that
  --blobs-from URL   another node's RPC or a gateway: sealed documents and rosters that this node lacks are fetched there; may be given again
  --with-parent      end when standard input closes: with the process that started it

lianyan-node gateway --node URL [options]    a read server for the public in front of nodes; nobody has to trust it

  --node URL         a node's RPC; given again, the next is asked where one fails
  --listen ADDRESS   address and port [127.0.0.1:8888]
  --site DIR         the built page, to be served at the same address
  --chains FILE      the page's chains.json, instead of the one in DIR
  --origin ORIGIN    a site whose pages may read, such as https://example.org; may be given again [any]
  --memory MB        answers kept in memory [256]
  --rate N           calls a second for one client [50], and --burst N at once after a rest [500]
  --behind-proxy     clients are told apart by the last address of X-Forwarded-For
  --metrics ADDRESS  figures for Prometheus at /metrics, at an address that the public does not reach
  --quiet            no line of log for each request

lianyan-node propose --node ADDRESS --identity FILE ACT…       asks the other members for what takes more than two thirds of the power; prints its number
lianyan-node approve --node ADDRESS --identity FILE NUMBER     approves of it, and carries it out where that is enough
lianyan-node withdraw --node ADDRESS --identity FILE NUMBER    takes an approval back for good, while the act is not carried out
lianyan-node proposal --node ADDRESS NUMBER                    shows it

  --node ADDRESS     RPC of a node, address:port
  --identity FILE    the member's identity file, docs/identity.md
  ACT                seat MEMBER KEY=POWER…        a member's validators from now on; none: it gives up its seat. KEY is `ed25519:…`, `ml_dsa_65:…` or
                                                   the path of a priv_validator_key.json
                     admit FILE                    a new member, docs/governance.md
                     rekey MEMBER KEY              a member's only key from now on; who has it approves last, and so carries it out
                     leave MEMBER                  a member without a seat ends
                     rules VERSION HEIGHT          the next version of the rules, from this height on
";

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// Say what there is.
    Help,
    /// Run the demo.
    Demo(Demo),
    /// Run the consortium on CometBFT.
    Network(Network),
    /// Serve the application.
    Abci(Abci),
    /// Serve the public in front of nodes.
    Gateway(gateway::Options),
    /// The consortium's affairs.
    Govern(govern::Options),
    /// The operator's path.
    Operate(Box<operate::Options>),
}

/// The network's options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Network {
    /// CometBFT.
    pub cometbft: PathBuf,
    /// First of the ports between the processes.
    pub p2p_port: u16,
    /// The type of the validators' first keys.
    pub keys: KeyType,
    /// What it has in common with the demo.
    pub demo: Demo,
}

/// The application's options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Abci {
    /// Where CometBFT finds it.
    pub listen: Address,
    /// Where the state is kept.
    pub home: PathBuf,
    /// Recent heights whose state stays provable.
    pub horizon: u64,
    /// How often snapshots are taken, and how many are kept.
    pub snapshots: Pace,
    /// Recent blocks that CometBFT is asked to keep; all where none is named.
    pub blocks: Option<u64>,
    /// Events a second that one key may hand in.
    pub rate: u32,
    /// Who is asked for blobs.
    pub blobs_from: Vec<Uri>,
    /// Whether to end with the process that started it.
    pub with_parent: bool,
}

/// The demo's options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Demo {
    /// Where chain and keys are kept.
    pub data: PathBuf,
    /// The built page.
    pub site: Option<PathBuf>,
    /// RPC port of the first node.
    pub rpc_port: u16,
    /// Port of the page.
    pub page_port: u16,
    /// Address to listen at.
    pub listen: IpAddr,
    /// Whether the small set of demo data is wanted.
    pub small: bool,
    /// Whether to start over.
    pub fresh: bool,
    /// How fast blocks follow each other, in the embedded consortium.
    pub pace: consortium::Pace,
}

impl Demo {
    /// How much demo data is wanted.
    pub fn size(&self) -> Size {
        if self.small { Size::Small } else { Size::Full }
    }
}

/// Reads the command line; a sentence where it cannot be read.
pub(super) fn parse(words: &[String]) -> Result<Command, String> {
    let (command, words) = words.split_first().ok_or(HELP)?;
    match command.as_str() {
        "demo" | "network" | "abci" | "gateway" | "propose" | "approve" | "withdraw"
        | "proposal" | "init" | "genesis" | "join" | "keys" | "doctor"
            if words.iter().any(|word| word == "--help") =>
        {
            Ok(Command::Help)
        }
        "demo" => demo(words).map(Command::Demo),
        "network" => network(words).map(Command::Network),
        "abci" => abci(words).map(Command::Abci),
        "gateway" => gateway::Options::read(words).map(Command::Gateway),
        "propose" | "approve" | "withdraw" | "proposal" => {
            govern::Options::read(command, words).map(Command::Govern)
        }
        "init" | "genesis" | "join" | "keys" | "doctor" => operate::Options::read(command, words)
            .map(Box::new)
            .map(Command::Operate),
        "help" | "--help" | "-h" => Ok(Command::Help),
        _ => Err(format!("there is no command `{command}`; try --help")),
    }
}

fn demo(words: &[String]) -> Result<Demo, String> {
    let mut pace = consortium::Pace::default();
    let demo = read_demo(&mut words.iter(), |word, words| {
        let mut value = || words.next().ok_or(format!("{word} wants a value"));
        match word {
            "--block-ms" => pace = even(number(word, value()?)?),
            _ => return Err(format!("demo knows no `{word}`; try --help")),
        }
        Ok(())
    })?;
    Ok(Demo { pace, ..demo })
}

/// A block every so many milliseconds.
fn even(milliseconds: NonZeroU32) -> consortium::Pace {
    let every = Duration::from_millis(milliseconds.get().into());
    consortium::Pace {
        idle: every,
        busy: every,
    }
}

fn network(words: &[String]) -> Result<Network, String> {
    let (mut cometbft, mut p2p_port, mut keys) = (None, 26756, KeyType::Ed25519);
    let demo = read_demo(&mut words.iter(), |word, words| {
        let mut value = || words.next().ok_or(format!("{word} wants a value"));
        match word {
            "--cometbft" => cometbft = Some(value()?.into()),
            "--p2p-port" => p2p_port = number(word, value()?)?,
            "--keys" => keys = key_type(value()?)?,
            _ => return Err(format!("network knows no `{word}`; try --help")),
        }
        Ok(())
    })?;
    Ok(Network {
        cometbft: cometbft.ok_or("network wants --cometbft PROGRAM")?,
        p2p_port,
        keys,
        demo,
    })
}

pub(super) fn key_type(word: &str) -> Result<KeyType, String> {
    let known = [KeyType::Ed25519, KeyType::MlDsa65];
    known
        .into_iter()
        .find(|key_type| key_type.word() == word)
        .ok_or(format!("--keys is ed25519 or ml_dsa_65, not `{word}`"))
}

/// Reads the demo's options; what it does not know is for `other`.
fn read_demo<'a>(
    words: &mut std::slice::Iter<'a, String>,
    mut other: impl FnMut(&str, &mut std::slice::Iter<'a, String>) -> Result<(), String>,
) -> Result<Demo, String> {
    let mut data = None;
    let mut demo = Demo {
        data: PathBuf::new(),
        site: None,
        rpc_port: 26657,
        page_port: 8080,
        listen: IpAddr::from([127, 0, 0, 1]),
        small: false,
        fresh: false,
        pace: consortium::Pace::default(),
    };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} wants a value"));
        match word.as_str() {
            "--small" => demo.small = true,
            "--fresh" => demo.fresh = true,
            "--data" => data = Some(value()?.into()),
            "--site" => demo.site = Some(value()?.into()),
            "--rpc-port" => demo.rpc_port = number(word, value()?)?,
            "--page-port" => demo.page_port = number(word, value()?)?,
            "--listen" => demo.listen = number(word, value()?)?,
            _ => other(word, words)?,
        }
    }
    demo.data = data.ok_or("--data DIR is wanted")?;
    Ok(demo)
}

fn abci(words: &[String]) -> Result<Abci, String> {
    let (mut listen, mut home, mut horizon) = (None, None, DEFAULT_HORIZON);
    let (mut snapshots, mut blocks, mut rate) = (DEFAULT_PACE, None, DEFAULT_RATE);
    let (mut blobs_from, mut with_parent) = (Vec::new(), false);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} wants a value"));
        match word.as_str() {
            "--listen" => listen = Some(value()?.parse()?),
            "--home" => home = Some(value()?.into()),
            "--with-parent" => with_parent = true,
            "--horizon" => horizon = number(word, value()?)?,
            "--snapshot-every" => snapshots.every = number(word, value()?)?,
            "--snapshots" => snapshots.keep = number(word, value()?)?,
            "--keep-blocks" => blocks = Some(number(word, value()?)?),
            "--rate" => rate = number(word, value()?)?,
            "--blobs-from" => blobs_from.push(gateway::node(value()?)?),
            _ => return Err(format!("abci knows no `{word}`; try --help")),
        }
    }
    Ok(Abci {
        listen: listen.ok_or("abci wants --listen ADDRESS")?,
        home: home.ok_or("abci wants --home DIR")?,
        horizon,
        snapshots,
        blocks,
        rate,
        blobs_from,
        with_parent,
    })
}

pub(super) fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("`{text}` does not fit {name}"))
}

/// The address of a node's RPC, as an address or as the URL that a gateway takes.
pub(super) fn rpc(text: &str) -> Result<SocketAddr, String> {
    let address = text.strip_prefix("http://").unwrap_or(text);
    let found = address.trim_end_matches('/').to_socket_addrs();
    let found = found.ok().and_then(|mut addresses| addresses.next());
    found.ok_or_else(|| {
        format!(
            "--node is the RPC of a node, such as 127.0.0.1:26657, here or through `ssh -L`; not `{text}`"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn parsed(line: &str) -> Result<Command, String> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        parse(&words)
    }

    #[test]
    fn options_are_read() {
        let Ok(Command::Demo(demo)) = parsed("demo --data d --small --rpc-port 1 --listen ::1")
        else {
            panic!("not read");
        };
        assert_eq!(
            (demo.data, demo.small, demo.fresh, demo.rpc_port),
            ("d".into(), true, false, 1)
        );
        assert!(demo.listen.is_ipv6());
        assert_eq!(demo.pace, consortium::Pace::default());
        let Ok(Command::Demo(demo)) = parsed("demo --data d --block-ms 1000") else {
            panic!("not read");
        };
        let second = Duration::from_secs(1);
        assert_eq!((demo.pace.idle, demo.pace.busy), (second, second));
    }

    #[test]
    fn an_application_wants_its_address_and_its_home() {
        let Ok(Command::Abci(abci)) = parsed("abci --home h --listen unix://app.sock") else {
            panic!("not read");
        };
        assert_eq!(abci.listen, Address::Unix("app.sock".into()));
        assert_eq!((abci.home, abci.horizon), ("h".into(), DEFAULT_HORIZON));
        assert_eq!((abci.snapshots, abci.blocks), (DEFAULT_PACE, None));
        assert_eq!((abci.rate, abci.blobs_from), (DEFAULT_RATE, Vec::new()));
        let line = "abci --home h --listen unix://a --snapshot-every 5 --snapshots 3 --keep-blocks 9 --rate 7";
        let Ok(Command::Abci(abci)) = parsed(line) else {
            panic!("not read");
        };
        assert_eq!(abci.snapshots, Pace { every: 5, keep: 3 });
        assert_eq!((abci.blocks, abci.rate), (Some(9), 7));
        let line = "abci --home h --listen unix://a --blobs-from https://a.example --blobs-from http://[::1]:1";
        let Ok(Command::Abci(abci)) = parsed(line) else {
            panic!("not read");
        };
        assert_eq!(abci.blobs_from, ["https://a.example/", "http://[::1]:1/"]);
        for (line, named) in [
            ("abci --home h", "--listen"),
            ("abci --listen tcp://127.0.0.1:1", "--home"),
            ("abci --home h --listen 127.0.0.1", "127.0.0.1"),
            ("abci --home h --listen unix://a --blobs-from a:1", "a:1"),
        ] {
            assert!(parsed(line).unwrap_err().contains(named), "{line}");
        }
    }

    #[test]
    fn a_network_takes_the_demos_options_and_its_own() {
        let line = "network --small --cometbft c --data d --p2p-port 7";
        let Ok(Command::Network(network)) = parsed(line) else {
            panic!("not read");
        };
        assert_eq!((network.cometbft, network.p2p_port), ("c".into(), 7));
        assert!(network.demo.small && network.demo.data == Path::new("d"));
        assert_eq!(network.keys, KeyType::Ed25519);
        for (line, named) in [
            ("network --cometbft c --data d --keys rsa", "rsa"),
            ("network --data d", "--cometbft"),
            ("network --cometbft c", "--data"),
            ("network --cometbft c --data d --smal", "--smal"),
            ("network --cometbft c --data d --block-ms 9", "--block-ms"),
        ] {
            assert!(parsed(line).unwrap_err().contains(named), "{line}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        assert!(parsed("demo").unwrap_err().contains("--data"));
        assert!(
            parsed("demo --data d --rpc-port 70000")
                .unwrap_err()
                .contains("70000")
        );
        assert!(
            parsed("demo --data d --smal")
                .unwrap_err()
                .contains("--smal")
        );
        assert!(
            parsed("demo --data d --block-ms 0")
                .unwrap_err()
                .contains("--block-ms")
        );
        assert!(parsed("demos").unwrap_err().contains("demos"));
        assert_eq!(parsed("--help"), Ok(Command::Help));
    }
}
