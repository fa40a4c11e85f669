//! The checkpoint in `chains.json`, with which whoever comes for the first time begins.

use super::{
    engine::{Engine, SECOND, since},
    files::Whole,
    finding::Finding,
};
use serde_json::Value;
use std::{fs, io::ErrorKind, path::Path};

/// How long a header is trusted where the file does not say, seconds; as for the page.
const TRUSTING: i64 = 14 * 24 * 3600;
const RENEW: &str = "renew it (docs/operate.md, step 5): past its time whoever comes for the first time establishes nothing";

/// Whether the file's checkpoint is a block of this chain, and will be trusted for a third of its time yet.
pub(super) fn judge(file: &Path, files: &Whole, engine: &Engine) -> Option<Finding> {
    let shown = file.display();
    let fault = |what: String| Some(Finding::fault("checkpoint", what, RENEW));
    let text = match fs::read(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let what = format!("there is no {shown}: no checkpoint was looked at");
            let mend = "name the file that this machine's gateway shows, where there is one";
            return Some(Finding::note("checkpoint", what, mend));
        }
        Err(error) => return fault(format!("{shown}: {error}")),
    };
    let document: Value = serde_json::from_slice(&text).unwrap_or_default();
    let mut chains = document["chains"].as_array().into_iter().flatten();
    let chain = chains.find(|chain| chain["id"] == *files.genesis.chain_id);
    let checkpoint = chain.map(|chain| &chain["checkpoint"]);
    let block = checkpoint.and_then(|it| it["height"].as_u64().zip(it["hash"].as_str()));
    let (Some(chain), Some((height, hash))) = (chain, block) else {
        let id = &files.genesis.chain_id;
        return fault(format!("{shown} has no checkpoint of {id}"));
    };
    let Some((own, time)) = engine.block(height) else {
        let what = format!("this node does not have block {height}, the checkpoint of {shown}");
        let mend = "where it began with a later snapshot, ask a node that began earlier how old the block is";
        return Some(Finding::note("checkpoint", what, mend));
    };
    if !own.eq_ignore_ascii_case(hash) {
        return fault(format!(
            "the checkpoint of {shown} is not this chain's block {height}, which is {own}"
        ));
    }
    let trusting = chain["trusting_period_seconds"]
        .as_i64()
        .unwrap_or(TRUSTING);
    let age = since(time) / SECOND;
    if age <= trusting / 3 * 2 {
        return None;
    }
    let days = age / 86_400;
    fault(format!("the checkpoint of {shown} is {days} days old"))
}
