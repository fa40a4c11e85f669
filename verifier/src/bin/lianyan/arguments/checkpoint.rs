//! `lianyan checkpoint …`

use super::{
    Wrong,
    light::{HEIGHT, height},
    node, read,
};
use lexopt::{Arg, Parser, ValueExt};
use std::path::PathBuf;

/// What is to be done with a checkpoint that members sign.
#[derive(Debug)]
pub enum Checkpoint {
    Sign(Sign),
    Verify {
        file: PathBuf,
        chain: Option<PathBuf>,
    },
}

/// `lianyan checkpoint sign`.
#[derive(Debug)]
pub struct Sign {
    /// What others have signed, to be signed as well.
    pub file: Option<PathBuf>,
    /// The member's identity file.
    pub key: PathBuf,
    /// Where the file goes.
    pub out: PathBuf,
    /// The height to sign in place of the newest.
    pub height: Option<u64>,
    /// Nodes to ask instead of those that the file names.
    pub nodes: Vec<String>,
    /// The file of chains.
    pub chain: Option<PathBuf>,
}

pub fn parse(mut parser: Parser) -> Result<Checkpoint, Wrong> {
    match parser.next()? {
        Some(Arg::Value(command)) if command == "sign" => sign(parser),
        Some(Arg::Value(command)) if command == "verify" => verify(parser),
        Some(Arg::Value(other)) => Err(Wrong::Command(["checkpoint ", &other.string()?].concat())),
        Some(other) => Err(other.unexpected().into()),
        None => Err(Wrong::Missing("sign or verify")),
    }
}

fn sign(mut parser: Parser) -> Result<Checkpoint, Wrong> {
    let (mut file, mut key, mut out) = (None, None, None);
    let (mut at, mut nodes, mut chain) = (None, Vec::new(), None);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Value(value) if file.is_none() => file = Some(value.into()),
            Arg::Long("key") => key = Some(parser.value()?.into()),
            Arg::Short('o') => out = Some(parser.value()?.into()),
            Arg::Long("height") => at = Some(read(&mut parser, "--height", HEIGHT, height)?),
            Arg::Long("node") => nodes.push(node(&mut parser, "--node")?),
            Arg::Long("chain") => chain = Some(parser.value()?.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Checkpoint::Sign(Sign {
        file,
        key: key.ok_or(Wrong::Missing("--key"))?,
        out: out.ok_or(Wrong::Missing("-o"))?,
        height: at,
        nodes,
        chain,
    }))
}

fn verify(mut parser: Parser) -> Result<Checkpoint, Wrong> {
    let (mut file, mut chain) = (None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Value(value) if file.is_none() => file = Some(value.into()),
            Arg::Long("chain") => chain = Some(parser.value()?.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    let file = file.ok_or(Wrong::Missing("FILE"))?;
    Ok(Checkpoint::Verify { file, chain })
}
