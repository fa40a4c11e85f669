//! `lianyan check`: a code, a link or a picture against the chain.

use crate::{
    Exit, Line, arguments, config,
    http::{Terminal, block_on},
    pictures, print, proof, unreadable,
};
use std::path::Path;
use verifier::{
    Question, Verifier,
    portable::{self, Portable, Short},
    verdict::{Outcome, Verdict},
};

/// Longest text, as QR codes and links go.
const MAX_TEXT: usize = 8 * 1024;

/// Runs the command.
pub fn run(check: &arguments::Check) -> Exit {
    let text = match text_of(&check.what) {
        Ok(text) => text,
        Err(why) => return unreadable(&check.what, &why),
    };
    let chain = match config::chain(check.chain.as_deref(), &check.nodes) {
        Ok(chain) => chain,
        Err(exit) => return exit,
    };
    // A link may bring a short proof. Who made it chose its height: what held then is not verified now.
    if let Some(file) = portable::from_text(&text) {
        return match proof::judge("the proof", &file, &[chain]) {
            Ok(Exit::Verified) => Exit::NotEstablished,
            Ok(exit) | Err(exit) => exit,
        };
    }
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
pub fn text_of(what: &str) -> Result<String, String> {
    let path = Path::new(what);
    if !path.is_file() && !is_path(what) {
        return Ok(what.into());
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    if Short::is(&bytes) || Portable::decode(&bytes).is_ok() {
        return Err("a proof file, which `lianyan proof verify` verifies".into());
    }
    match String::from_utf8(bytes) {
        Ok(text) if text.len() <= MAX_TEXT => Ok(text.trim().into()),
        Ok(_) => Err("too long for a code".into()),
        Err(_) => pictures::texts(path)?
            .into_iter()
            .next()
            .ok_or_else(|| "no code was found in the picture".into()),
    }
}

/// Whether what names no file was meant to: no code and no link is a folder, or ends as files do.
fn is_path(what: &str) -> bool {
    let path = Path::new(what);
    let ending = path.extension().and_then(|ending| ending.to_str());
    let is_file = |ending| ["jpeg", "jpg", "png", "proof", "txt"].contains(&ending);
    path.is_dir() || !what.contains("://") && ending.is_some_and(is_file)
}

/// The rows of a verdict's table.
pub fn rows(verdict: &Verdict) -> Vec<(String, String)> {
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
        let row = format!("{} ({})", field.value, word(&field.backing));
        rows.push((field.name.clone(), row.trim_start().into()));
    }
    if let Some(anchor) = &verdict.anchor {
        let way = format!(
            "{} from {} in {} steps, {} signatures",
            anchor.height, anchor.from, anchor.steps, anchor.signatures
        );
        rows.push(("header".into(), way));
    }
    for node in &verdict.nodes {
        let why = match node.reason.as_str() {
            "" => String::new(),
            reason => format!(" ({reason})"),
        };
        rows.push((node.url.clone(), format!("{}{why}", node.state)));
    }
    rows
}
