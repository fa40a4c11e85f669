//! `lianyan light …` and `lianyan evidence …`

use super::{Wrong, duration, read};
use lexopt::{Arg, Parser, ValueExt};
use light_client::{Hash, TrustLevel};
use std::{net::SocketAddr, path::PathBuf, time::Duration};
use verifier::chains;

/// `lianyan light`.
#[derive(Debug, Default)]
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
        match argument {
            Arg::Long("chain") => light.chain = Some(parser.value()?.into()),
            Arg::Long("chain-id") => light.chain_id = Some(parser.value()?.string()?),
            Arg::Long("node") => light.nodes.push(parser.value()?.string()?),
            Arg::Long("witness") => light.witnesses.push(parser.value()?.string()?),
            Arg::Long("trust-height") => {
                light.trust.0 = Some(read(&mut parser, "--trust-height", height)?);
            }
            Arg::Long("trust-hash") => {
                light.trust.1 = Some(read(&mut parser, "--trust-hash", chains::hash)?);
            }
            Arg::Long("trusting-period") => {
                light.trusting_period = Some(read(&mut parser, "--trusting-period", duration)?);
            }
            Arg::Long("trust-level") => {
                light.trust_level = Some(read(&mut parser, "--trust-level", chains::fraction)?);
            }
            Arg::Long("store") => light.store = Some(parser.value()?.into()),
            Arg::Long("height") => light.height = Some(read(&mut parser, "--height", height)?),
            Arg::Long("once") => light.once = true,
            Arg::Long("every") => light.every = read(&mut parser, "--every", duration)?,
            Arg::Long("serve") => {
                light.serve = Some(read(&mut parser, "--serve", |text| text.parse().ok())?);
            }
            Arg::Long("reset") => light.reset = true,
            Arg::Long("checkpoint") => light.checkpoint = Some(parser.value()?.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(light)
}

pub fn height(text: &str) -> Option<u64> {
    text.parse().ok().filter(|height| *height > 0)
}

/// `lianyan evidence show FILE`: the file.
pub fn evidence(mut parser: Parser) -> Result<PathBuf, Wrong> {
    match parser.next()? {
        Some(Arg::Value(show)) if show == "show" => {}
        Some(Arg::Value(other)) => {
            return Err(Wrong::Command(["evidence ", &other.string()?].concat()));
        }
        Some(other) => return Err(other.unexpected().into()),
        None => return Err(Wrong::Missing("show")),
    }
    let file = match parser.next()? {
        Some(Arg::Value(file)) => file.into(),
        Some(other) => return Err(other.unexpected().into()),
        None => return Err(Wrong::Missing("FILE")),
    };
    match parser.next()? {
        None => Ok(file),
        Some(more) => Err(more.unexpected().into()),
    }
}
