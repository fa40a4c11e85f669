//! Blocks as a second source tells them, and a page that trusts one from long ago.

use crate::Outcome;
use crate::site::{Changes, Site};
use crate::world::World;
use node::comet::{from_rfc3339, nanos};
use serde_json::Value;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Height and hash of a block, as a second source tells them.
///
/// # Errors
/// Where the node does not answer so.
pub fn block(world: &World, query: &str) -> Outcome<(String, String)> {
    let commit = &commit(world, query)?["commit"];
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or("no block");
    Ok((text(&commit["height"])?, text(&commit["block_id"]["hash"])?))
}

/// A signed header, as a node tells it.
///
/// # Errors
/// Where the node does not answer so.
pub fn commit(world: &World, query: &str) -> Outcome<Value> {
    let node = world.demo().nodes().into_iter().next().ok_or("no node")?;
    let answer = ureq::get(format!("{node}/commit{query}")).call()?;
    let mut answer: Value = answer.into_body().read_json()?;
    Ok(answer["result"]["signed_header"].take())
}

/// A page whose checkpoint is the chain's first block, trusted for less than has passed since.
///
/// # Errors
/// Where it cannot be served.
pub fn page_of_long_ago(world: &World, changes: Changes) -> Outcome<Site> {
    const FIRST: &str = "?height=1";
    let (_, first) = block(world, FIRST)?;
    let time = commit(world, FIRST)?["header"]["time"].take();
    let time = time.as_str().and_then(from_rfc3339).ok_or("no time")?;
    let born = UNIX_EPOCH + Duration::from_nanos(nanos(&time).try_into()?);
    let age = SystemTime::now().duration_since(born)?.as_secs();
    world.page_with(changes, |chain| {
        chain["checkpoint"] = serde_json::json!({ "height": 1, "hash": first.clone() });
        chain["trusting_period_seconds"] = (age / 4 * 3).into();
    })
}
