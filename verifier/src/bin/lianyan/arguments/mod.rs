//! The command line.

mod checkpoint;
mod light;
mod proof;

pub use checkpoint::{Checkpoint, Sign};
pub use light::{Evidence, Light};
pub use proof::{Make, Proof};

use lexopt::{Arg, Parser, ValueExt};
use light_client::{Time, TrustLevel};
use std::{path::PathBuf, time::Duration};
use verifier::chains;

pub const USAGE: &str = "\
lianyan scan FILE…
    Reads the QR codes of pictures (PNG, JPEG) and says what they declare.
lianyan check TEXT|FILE [--node URL]… [--chain chains.json]
    Checks what a code, a link or a picture says against the chain; a short proof in it is completed and verified. Without --chain, chains.json or public/chains.json here.
lianyan proof make TEXT|FILE|KIND/ID… -o FILE [--show FIELD,…] [--short] [--node URL]… [--chain chains.json]
    Proves as `check` does and keeps the proof in a file; of several, each in a file of the folder -o. --show opens these fields and withholds
    the others; `--show none` withholds all. --short keeps the record's own part alone, and says whether it fits one QR code.
lianyan proof verify FILE [--node URL]… [--chain chains.json]
    Verifies a proof file without any node: what it proves, as of its height and time. Trust starts from the checkpoint of chains.json. A short
    proof is completed first: for what it leaves out, nodes are asked that still hold the state of its height.
lianyan proof show FILE
    Says what a proof file holds. Nothing is verified.
lianyan proof renew FILE -o FILE [--node URL]… [--chain chains.json]
    Proves a file's header again under one that is trusted today, through the chain's own log of block hashes. A short proof becomes a whole file.
lianyan light [--chain chains.json] [--node URL]… [--witness URL]… [--store FOLDER] [--once] [--every 5s] [--height N] [--reset] [--checkpoint FILE]
lianyan light --chain-id ID --trust-height N --trust-hash HEX --node URL… --witness URL… [--trusting-period 336h] [--trust-level 2/3] …
    Follows the chain and prints every header that it verified, how, and how old it is; one that stays the newest again and again. --store keeps
    what is trusted, and a fork for good: --reset, after somebody has established which chain is the right one, trusts the checkpoint anew.
    --height proves one height, newer or older: far below what is trusted, by the log of block hashes in the state of a chain of ours.
    --checkpoint begins again from one that enough members of chains.json signed, where what was trusted has expired.
lianyan light … --serve 127.0.0.1:8888
    Serves JSON-RPC as a node speaks it, every answer verified first: health, status, header, header_by_hash, commit, validators, tx,
    block, block_by_hash, consensus_params, abci_query of /head and /store/NAME/key. All else is refused.
lianyan checkpoint sign [FILE] --key IDENTITY -o FILE [--height N] [--node URL]… [--chain chains.json]
    Verifies the newest header, or that of --height, and signs it with a member's identity file; with FILE, the one that others have signed, and
    adds the signature to theirs.
lianyan checkpoint verify FILE [--chain chains.json]
    Says who signed a checkpoint, and whether that is enough by the keys of chains.json. No node is asked.
lianyan evidence show FILE [--chain chains.json] [--node URL]… [--witness URL]…
    Shows a fork (the file `halt` of a store, or the evidence that the page saves): both headers, who signed both, and the evidence as
    `broadcast_evidence` takes it. Whether the signers are the chain's validators no file can tell: 2; 1 where the blocks alone show no fork.
    With --chain, or a chain as `light` takes it, the last header that both sides share is verified as `light --height` does, and both sides by
    the validators it names: 0 where it is a fork of this chain, 1 where it is not, 2 where that cannot be established.
lianyan step --trusted A.json --untrusted B.json --now TIME
             [--trusting-period 336h] [--clock-drift 10s] [--trust-level 1/3]
    Verifies one light block on the strength of another.

Answers are JSON, one object a line; a short table on a terminal.
Exit: 0 verified, 1 rejected, 2 not enough trust or not established, 64 usage, 65 unreadable input.";

/// What is to be done.
#[derive(Debug)]
pub enum Command {
    Help,
    Scan(Vec<PathBuf>),
    Check(Check),
    Proof(Proof),
    Light(Light),
    Checkpoint(Checkpoint),
    Evidence(Evidence),
    Step(Step),
}

/// `lianyan check`.
#[derive(Debug)]
pub struct Check {
    /// A text, or the path of a file.
    pub what: String,
    /// Nodes to ask instead of those that the file names.
    pub nodes: Vec<String>,
    /// The file of chains.
    pub chain: Option<PathBuf>,
}

/// `lianyan step`.
#[derive(Debug)]
pub struct Step {
    pub trusted: PathBuf,
    pub untrusted: PathBuf,
    pub now: Time,
    pub trusting_period: Duration,
    pub clock_drift: Duration,
    pub trust_level: TrustLevel,
}

/// Why the command line is wrong.
#[derive(Debug, thiserror::Error)]
pub enum Wrong {
    /// Not one of the options.
    #[error(transparent)]
    Syntax(#[from] lexopt::Error),
    /// No or another command.
    #[error("no such command: {0}")]
    Command(String),
    /// Something that the command needs.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A value that cannot be one: the option, what it takes, and what was given.
    #[error("{0} takes {1}, not {2:?}")]
    Value(&'static str, &'static str, String),
    /// Two options of which one would be ignored.
    #[error("{0} and {1} do not go together")]
    Together(&'static str, &'static str),
}

/// Reads the command line. Whoever asks for help gets it, wherever on the line.
pub fn parse(parser: Parser) -> Result<Command, Wrong> {
    match command(parser) {
        Err(Wrong::Syntax(lexopt::Error::UnexpectedOption(option)))
            if option == "--help" || option == "-h" =>
        {
            Ok(Command::Help)
        }
        outcome => outcome,
    }
}

fn command(mut parser: Parser) -> Result<Command, Wrong> {
    let command = match parser.next()? {
        Some(Arg::Value(command)) => command.string()?,
        Some(other) => return Err(other.unexpected().into()),
        None => return Err(Wrong::Missing("a command")),
    };
    match command.as_str() {
        "scan" => scan(parser),
        "check" => check(parser),
        "proof" => Ok(Command::Proof(proof::parse(parser)?)),
        "light" => Ok(Command::Light(light::parse(parser)?)),
        "checkpoint" => Ok(Command::Checkpoint(checkpoint::parse(parser)?)),
        "evidence" => Ok(Command::Evidence(light::evidence(parser)?)),
        "step" => step(parser),
        "help" => Ok(Command::Help),
        _ => Err(Wrong::Command(command)),
    }
}

fn scan(mut parser: Parser) -> Result<Command, Wrong> {
    let mut files = Vec::new();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Value(file) => files.push(file.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    if files.is_empty() {
        return Err(Wrong::Missing("FILE"));
    }
    Ok(Command::Scan(files))
}

fn check(mut parser: Parser) -> Result<Command, Wrong> {
    let (mut what, mut nodes, mut chain) = (None, Vec::new(), None);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Value(value) if what.is_none() => what = Some(value.string()?),
            Arg::Long("node") => nodes.push(node(&mut parser, "--node")?),
            Arg::Long("chain") => chain = Some(parser.value()?.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    let what = what.ok_or(Wrong::Missing("TEXT or FILE"))?;
    Ok(Command::Check(Check { what, nodes, chain }))
}

fn step(mut parser: Parser) -> Result<Command, Wrong> {
    let (mut trusted, mut untrusted, mut now) = (None, None, None);
    let mut trusting_period = Duration::from_secs(336 * 3600);
    let mut clock_drift = Duration::from_secs(10);
    let mut trust_level = TrustLevel::ONE_THIRD;
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("trusted") => trusted = Some(parser.value()?.into()),
            Arg::Long("untrusted") => untrusted = Some(parser.value()?.into()),
            Arg::Long("now") => now = Some(read(&mut parser, "--now", TIME, Time::parse_rfc3339)?),
            Arg::Long("trusting-period") => {
                trusting_period = read(&mut parser, "--trusting-period", DURATION, duration)?;
            }
            Arg::Long("clock-drift") => {
                clock_drift = read(&mut parser, "--clock-drift", DURATION, duration)?;
            }
            Arg::Long("trust-level") => {
                trust_level = read(&mut parser, "--trust-level", LEVEL, chains::fraction)?;
            }
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Command::Step(Step {
        trusted: trusted.ok_or(Wrong::Missing("--trusted"))?,
        untrusted: untrusted.ok_or(Wrong::Missing("--untrusted"))?,
        now: now.ok_or(Wrong::Missing("--now"))?,
        trusting_period,
        clock_drift,
        trust_level,
    }))
}

/// What options take.
const TIME: &str = "a time such as 2026-01-01T00:00:00Z";
const DURATION: &str = "a duration such as 336h, 1h30m or 500ms";
const LEVEL: &str = "a fraction from 1/3 to 1 such as 2/3";
const NODE: &str = "an address such as http://127.0.0.1:26657";

fn read<T>(
    parser: &mut Parser,
    option: &'static str,
    takes: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T, Wrong> {
    let text = parser.value()?.string()?;
    read(&text).ok_or(Wrong::Value(option, takes, text))
}

/// The address of a node; one that begins with a colon is at this machine.
fn node(parser: &mut Parser, option: &'static str) -> Result<String, Wrong> {
    let begins = |text: &str| {
        let text = text.to_ascii_lowercase();
        ["http://", "https://", ":"]
            .iter()
            .any(|begin| text.starts_with(begin))
    };
    let address = |text: &str| begins(text).then(|| text.into());
    read(parser, option, NODE, address)
}

/// A duration as Go writes it: `336h`, `1h30m`, `500ms`, `0s`; whole numbers only.
fn duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut nanos: u128 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, after) = rest.split_at_checked(digits)?;
        let end = after
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(end)?;
        let factor: u128 = match unit {
            "h" => 3_600_000_000_000,
            "m" => 60_000_000_000,
            "s" => 1_000_000_000,
            "ms" => 1_000_000,
            "us" | "µs" => 1_000,
            "ns" => 1,
            _ => return None,
        };
        let part = number
            .parse::<u64>()
            .ok()
            .map(u128::from)?
            .checked_mul(factor)?;
        nanos = nanos.checked_add(part)?;
        rest = after;
    }
    let seconds = u64::try_from(nanos / 1_000_000_000).ok()?;
    let nanos = u32::try_from(nanos % 1_000_000_000).ok()?;
    (!text.is_empty()).then(|| Duration::new(seconds, nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_is_given_wherever_it_is_asked_for() {
        let asked = |line: &str| parse(Parser::from_args(line.split(' ')));
        for line in [
            "--help",
            "-h",
            "help",
            "check --help",
            "proof make -h",
            "light --once --help",
        ] {
            assert!(matches!(asked(line), Ok(Command::Help)), "{line}");
        }
        assert!(matches!(asked("check --hel"), Err(Wrong::Syntax(_))));
    }

    #[test]
    fn durations_are_read_as_go_writes_them() {
        for (text, nanos) in [
            ("336h", 1_209_600_000_000_000),
            ("10s", 10_000_000_000),
            ("1h30m0s", 5_400_000_000_000),
            ("1500ms", 1_500_000_000),
            ("7ns", 7),
            ("0s", 0),
        ] {
            assert_eq!(duration(text).map(|d| d.as_nanos()), Some(nanos), "{text}");
        }
        for text in [
            "",
            "10",
            "s",
            "1.5s",
            "-1s",
            "1d",
            "10 s",
            "99999999999999999999h",
        ] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
