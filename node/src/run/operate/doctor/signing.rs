//! What this home signed last, and whether its key signs elsewhere: two machines with one key end in evidence, and the validator is suspended.

use super::{engine::number, files::Whole};
use crate::{
    comet,
    error::{Error, Result},
    run::operate::home::{SIGNED, read_json},
};
use serde_json::Value;
use std::{fs, path::Path, time::UNIX_EPOCH};

/// So many blocks without a vote of the home's key, and whoever had it has stopped.
pub(super) const QUIET: u64 = 10;

/// CometBFT's note of its last signature.
pub(super) struct Noted {
    pub height: u64,
    /// When it was written, Unix ns.
    at: i64,
}

/// Reads it.
pub(super) fn noted(home: &Path) -> Result<Noted> {
    let file = home.join(SIGNED);
    let note = read_json(&file)?;
    if !(note["height"].is_string() && note["step"].is_number()) {
        let file = file.display();
        return Err(Error::Setup(format!("{file} does not say what was signed")));
    }
    let written = fs::metadata(&file).and_then(|about| about.modified());
    let since = written
        .map_err(Error::file(&file))?
        .duration_since(UNIX_EPOCH);
    Ok(Noted {
        height: number(&note["height"]),
        at: since.map_or(0, |since| {
            i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
        }),
    })
}

/// A vote of the home's key that the home has not noted.
pub(super) struct Unknown {
    pub height: u64,
    /// Height of the last one that it has.
    pub noted: u64,
    /// Whether it is from after the note, which then belongs to another signer. A note that was begun anew knows of none from before.
    pub is_later: bool,
}

/// Such a vote in a commit; with a remote signer the note is elsewhere. The note is read after the block.
pub(super) fn unknown(commit: &Value, files: &Whole) -> Option<Unknown> {
    let vote = vote_of(commit, &files.address()).filter(|_| files.signer.is_empty())?;
    let height = number(&commit["signed_header"]["commit"]["height"]);
    let noted = noted(&files.home).unwrap_or(Noted { height: 0, at: 0 });
    (noted.height < height).then(|| Unknown {
        height,
        noted: noted.height,
        is_later: time(vote).is_some_and(|time| time > noted.at),
    })
}

/// A commit's votes.
pub(super) fn votes(commit: &Value) -> impl Iterator<Item = &Value> {
    let votes = commit["signed_header"]["commit"]["signatures"].as_array();
    votes.into_iter().flatten()
}

/// A validator's.
pub(super) fn vote_of<'a>(commit: &'a Value, address: &str) -> Option<&'a Value> {
    votes(commit).find(|vote| vote["validator_address"] == address)
}

/// When a vote says that it was given, Unix ns.
pub(super) fn time(vote: &Value) -> Option<i64> {
    let time = comet::from_rfc3339(vote["timestamp"].as_str()?)?;
    Some(comet::nanos(&time))
}
