//! `lianyan check`: a code, a link or a picture against the chain.

use crate::{
    Exit, Line, arguments,
    http::{Terminal, block_on},
    pictures, print, unreadable,
};
use std::path::{Path, PathBuf};
use verifier::{
    Question, Verifier,
    chains::{self, Chain, Node},
    verdict::{Outcome, Verdict},
};

/// Where the chains are looked for, if the command line does not say.
const PLACES: [&str; 2] = ["chains.json", "public/chains.json"];
/// Longest text, as QR codes and links go.
const MAX_TEXT: usize = 8 * 1024;

/// Runs the command.
pub fn run(check: &arguments::Check) -> Exit {
    let text = match text_of(&check.what) {
        Ok(text) => text,
        Err(why) => return unreadable(&check.what, &why),
    };
    let chain = match chain(check) {
        Ok(chain) => chain,
        Err(exit) => return exit,
    };
    let mut verifier = Verifier::new(chain);
    let verdict = block_on(verifier.check(&Terminal, &Question::text(&text)));
    let exit = match verdict.outcome {
        Outcome::Verified => Exit::Verified,
        Outcome::Rejected | Outcome::Absent | Outcome::OutOfForce => Exit::Rejected,
        Outcome::NotEstablished => Exit::NotEstablished,
    };
    match serde_json::to_value(&verdict) {
        Ok(json) => print(&Line {
            json,
            rows: rows(&verdict),
        }),
        Err(error) => return unreadable("verdict", &error),
    }
    exit
}

/// The argument itself, unless it names a file: then its text, or the code in the picture.
fn text_of(what: &str) -> Result<String, String> {
    let path = Path::new(what);
    if !path.is_file() {
        return Ok(what.into());
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    match String::from_utf8(bytes) {
        Ok(text) if text.len() <= MAX_TEXT => Ok(text.trim().into()),
        Ok(_) => Err("too long for a code".into()),
        Err(_) => pictures::texts(path)?
            .into_iter()
            .next()
            .ok_or_else(|| "no code was found in the picture".into()),
    }
}

fn chain(check: &arguments::Check) -> Result<Chain, Exit> {
    let found = check.chain.clone().or_else(|| {
        let places = PLACES.iter().map(PathBuf::from);
        places.into_iter().find(|place| place.is_file())
    });
    let Some(path) = found else {
        eprintln!(
            "lianyan: no chains.json here; name it with --chain. Trust starts from its checkpoint, never from a node."
        );
        return Err(Exit::Usage);
    };
    let name = path.display().to_string();
    let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&name, &error))?;
    let chains = chains::read(&text).map_err(|error| unreadable(&name, &error))?;
    let mut chain = chains
        .into_iter()
        .next()
        .ok_or_else(|| unreadable(&name, &"no chain"))?;
    if !check.nodes.is_empty() {
        chain.nodes = check
            .nodes
            .iter()
            .map(|url| node(url, &chain.nodes))
            .collect();
    }
    Ok(chain)
}

/// A node named on the command line: its member is what the file says, else its own address.
fn node(url: &str, known: &[Node]) -> Node {
    let known = known
        .iter()
        .find(|node| node.url.trim_end_matches('/') == url.trim_end_matches('/'));
    Node {
        url: url.into(),
        member: known.map_or_else(|| url.into(), |node| node.member.clone()),
    }
}

fn rows(verdict: &Verdict) -> Vec<(String, String)> {
    let word = |value: &dyn std::fmt::Debug| format!("{value:?}").to_lowercase();
    let mut rows = vec![
        (
            "verdict".to_string(),
            format!("{} ({})", word(&verdict.outcome), verdict.headline),
        ),
        (
            "record".to_string(),
            format!("{}/{}", verdict.kind, verdict.id),
        ),
    ];
    for check in &verdict.checks {
        rows.push((
            word(&check.id),
            format!("{} ({})", word(&check.status), check.reason),
        ));
    }
    for field in &verdict.fields {
        rows.push((
            field.name.clone(),
            format!("{} ({})", field.value, word(&field.backing)),
        ));
    }
    for node in &verdict.nodes {
        rows.push((node.url.clone(), node.state.clone()));
    }
    rows
}
