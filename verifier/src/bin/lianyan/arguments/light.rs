//! `lianyan light …` and `lianyan evidence …`

use super::{DURATION, LEVEL, Wrong, duration, node, read};
use lexopt::{Arg, Parser, ValueExt};
use light_client::{Hash, TrustLevel};
use std::{net::SocketAddr, path::PathBuf, time::Duration};
use verifier::chains;

/// `lianyan light`.
#[derive(Clone, Debug, Default)]
pub struct Light {
    /// The file of chains.
    pub chain: Option<PathBuf>,
    /// The chain's id; with a height and a hash in place of a file.
    pub chain_id: Option<String>,
    /// Nodes to follow.
    pub nodes: Vec<String>,
    /// Nodes to compare with.
    pub witnesses: Vec<String>,
    /// Height and hash from which trust starts.
    pub trust: (Option<u64>, Option<Hash>),
    /// The trusting period and the trust level, if not the usual ones.
    pub trusting_period: Option<Duration>,
    pub trust_level: Option<TrustLevel>,
    /// The folder that keeps what is trusted.
    pub store: Option<PathBuf>,
    /// The height to prove in place of the newest.
    pub height: Option<u64>,
    /// Whether one header is enough.
    pub once: bool,
    /// Seconds between two looks.
    pub every: Duration,
    /// Where verified answers are served.
    pub serve: Option<SocketAddr>,
    /// Whether trust is established anew after a fork.
    pub reset: bool,
    /// A checkpoint that members signed.
    pub checkpoint: Option<PathBuf>,
}

pub fn parse(mut parser: Parser) -> Result<Light, Wrong> {
    let mut light = Light {
        every: Duration::from_secs(5),
        ..Light::default()
    };
    while let Some(argument) = parser.next()? {
        let name = option(argument)?;
        match name.as_str() {
            "store" => light.store = Some(parser.value()?.into()),
            "height" => light.height = Some(read(&mut parser, "--height", HEIGHT, height)?),
            "once" => light.once = true,
            "every" => light.every = read(&mut parser, "--every", DURATION, duration)?,
            "serve" => {
                let at = |text: &str| text.parse().ok();
                light.serve = Some(read(&mut parser, "--serve", ADDRESS, at)?);
            }
            "reset" => light.reset = true,
            "checkpoint" => light.checkpoint = Some(parser.value()?.into()),
            _ => light.trusting(&mut parser, &name)?,
        }
    }
    match light.serve {
        Some(_) if light.once => Err(Wrong::Together("--serve", "--once")),
        Some(_) if light.height.is_some() => Err(Wrong::Together("--serve", "--height")),
        _ => Ok(light),
    }
}

impl Light {
    /// An option that says which chain it is, whom to ask and where trust starts.
    fn trusting(&mut self, parser: &mut Parser, name: &str) -> Result<(), Wrong> {
        match name {
            "chain" => self.chain = Some(parser.value()?.into()),
            "chain-id" => self.chain_id = Some(parser.value()?.string()?),
            "node" => self.nodes.push(node(parser, "--node")?),
            "witness" => self.witnesses.push(node(parser, "--witness")?),
            "trust-height" => self.trust.0 = Some(read(parser, "--trust-height", HEIGHT, height)?),
            "trust-hash" => self.trust.1 = Some(read(parser, "--trust-hash", HASH, chains::hash)?),
            "trusting-period" => {
                self.trusting_period = Some(read(parser, "--trusting-period", DURATION, duration)?);
            }
            "trust-level" => {
                self.trust_level = Some(read(parser, "--trust-level", LEVEL, chains::fraction)?);
            }
            _ => return Err(Arg::Long(name).unexpected().into()),
        }
        Ok(())
    }
}

/// The name of a long option; there are no others.
fn option(argument: Arg<'_>) -> Result<String, Wrong> {
    match argument {
        Arg::Long(name) => Ok(name.into()),
        other => Err(other.unexpected().into()),
    }
}

/// What options take.
pub const HEIGHT: &str = "a height from 1 on";
const HASH: &str = "a block hash of 64 hex digits";
const ADDRESS: &str = "an address and port such as 127.0.0.1:8888";

pub fn height(text: &str) -> Option<u64> {
    text.parse().ok().filter(|height| *height > 0)
}

/// `lianyan evidence show`.
#[derive(Debug)]
pub struct Evidence {
    /// The file.
    pub file: PathBuf,
    /// Where trust in the chain starts whose fork it is to be; none where no chain is asked.
    pub chain: Option<Light>,
}

pub fn evidence(mut parser: Parser) -> Result<Evidence, Wrong> {
    match parser.next()? {
        Some(Arg::Value(show)) if show == "show" => {}
        Some(Arg::Value(other)) => {
            return Err(Wrong::Command(["evidence ", &other.string()?].concat()));
        }
        Some(other) => return Err(other.unexpected().into()),
        None => return Err(Wrong::Missing("show")),
    }
    let (mut file, mut chain) = (None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Value(value) if file.is_none() => file = Some(value.into()),
            other => {
                let name = option(other)?;
                let light = chain.get_or_insert_with(Light::default);
                light.trusting(&mut parser, &name)?;
            }
        }
    }
    let file = file.ok_or(Wrong::Missing("FILE"))?;
    Ok(Evidence { file, chain })
}
