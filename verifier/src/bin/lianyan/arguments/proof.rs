//! `lianyan proof …`

use super::{Wrong, node};
use lexopt::{Arg, Parser, ValueExt};
use std::path::PathBuf;

/// What is to be done with a proof file.
#[derive(Debug)]
pub enum Proof {
    Make(Make),
    Show(PathBuf),
    Verify {
        file: PathBuf,
        nodes: Vec<String>,
        chain: Option<PathBuf>,
    },
    Renew {
        file: PathBuf,
        out: PathBuf,
        nodes: Vec<String>,
        chain: Option<PathBuf>,
    },
}

/// `lianyan proof make`.
#[derive(Debug)]
pub struct Make {
    /// Texts, paths of files, or names of records.
    pub what: Vec<String>,
    /// Where the file goes; of several, a folder.
    pub out: PathBuf,
    /// The fields to show; all that came with the text where nothing is said.
    pub show: Option<Vec<String>>,
    /// Whether to keep the record's own part alone.
    pub short: bool,
    /// Nodes to ask instead of those that the file names.
    pub nodes: Vec<String>,
    /// The file of chains.
    pub chain: Option<PathBuf>,
}

/// All that any of these commands takes.
#[derive(Default)]
struct Given {
    what: Vec<String>,
    out: Option<PathBuf>,
    show: Option<Vec<String>>,
    short: bool,
    nodes: Vec<String>,
    chain: Option<PathBuf>,
}

pub fn parse(mut parser: Parser) -> Result<Proof, Wrong> {
    let command = match parser.next()? {
        Some(Arg::Value(command)) => command.string()?,
        Some(other) => return Err(other.unexpected().into()),
        None => return Err(Wrong::Missing("make, show, verify or renew")),
    };
    let options: &[&str] = match command.as_str() {
        "make" => &["out", "show", "short", "node", "chain"],
        "show" => &[],
        "verify" => &["node", "chain"],
        "renew" => &["out", "node", "chain"],
        _ => return Err(Wrong::Command(["proof ", &command].concat())),
    };
    let mut given = given(&mut parser, options)?;
    if given.what.is_empty() {
        return Err(Wrong::Missing(if command == "make" {
            "TEXT, FILE or KIND/ID"
        } else {
            "FILE"
        }));
    }
    let out = given.out.ok_or(Wrong::Missing("-o"));
    if command == "make" {
        return Ok(Proof::Make(Make {
            what: given.what,
            out: out?,
            show: given.show,
            short: given.short,
            nodes: given.nodes,
            chain: given.chain,
        }));
    }
    let file = given.what.swap_remove(0).into();
    if let Some(more) = given.what.pop() {
        return Err(lexopt::Error::UnexpectedArgument(more.into()).into());
    }
    Ok(match command.as_str() {
        "show" => Proof::Show(file),
        "verify" => Proof::Verify {
            file,
            nodes: given.nodes,
            chain: given.chain,
        },
        _ => Proof::Renew {
            file,
            out: out?,
            nodes: given.nodes,
            chain: given.chain,
        },
    })
}

fn given(parser: &mut Parser, options: &[&str]) -> Result<Given, Wrong> {
    let mut given = Given::default();
    while let Some(argument) = parser.next()? {
        let option = match argument {
            Arg::Value(what) => {
                given.what.push(what.string()?);
                continue;
            }
            Arg::Short('o') if options.contains(&"out") => "out",
            Arg::Long(option) => match options.iter().find(|known| **known == option) {
                Some(option) => *option,
                None => return Err(argument.unexpected().into()),
            },
            other => return Err(other.unexpected().into()),
        };
        match option {
            "short" => given.short = true,
            "node" => given.nodes.push(node(parser, "--node")?),
            _ => {}
        }
        if matches!(option, "short" | "node") {
            continue;
        }
        let value = parser.value()?;
        match option {
            "out" => given.out = Some(value.into()),
            "show" => given.show = Some(fields(&value.string()?)),
            _ => given.chain = Some(value.into()),
        }
    }
    Ok(given)
}

/// Names behind commas; `none` is no name.
fn fields(text: &str) -> Vec<String> {
    let names = text.split(',').map(str::trim);
    let names = names.filter(|name| !name.is_empty() && *name != "none");
    names.map(String::from).collect()
}
