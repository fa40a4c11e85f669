//! What another node or a gateway says: its genesis, its clock, its key, its blocks.

use super::{
    engine::{Engine, number},
    files::{BEGIN_EMPTY, Whole, essence},
    finding::Finding,
    signing::{self, QUIET},
};
use crate::{consortium::now, network::Remote};
use hyper::Uri;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time;

const PATIENCE: Duration = Duration::from_secs(10);
const MAX_ANSWER: usize = 16_000_000;
/// HTTP dates have seconds; the answer took its time.
const CLOCK: i64 = 5;

/// Another node.
pub(super) struct Other {
    url: String,
    status: Value,
    genesis: Value,
    /// Seconds that this machine's clock is ahead of its clock.
    ahead: Option<i64>,
    /// A block of both: its height, and its hash here and there.
    block: Option<(u64, String, String)>,
    /// Its newest commits, where nothing runs here.
    commits: Vec<Value>,
    /// Height of the newest block here, where a node runs that has fetched all.
    here: Option<u64>,
}

impl Other {
    /// Asks it; that it does not answer is a finding too.
    pub async fn ask(url: &Uri, own: Option<&Engine>) -> Result<Self, Finding> {
        let remote = Remote::new().map_err(|_| silent(url, "status"))?;
        let (status, date) = call(&remote, url, "status", json!({})).await?;
        let (genesis, _) = call(&remote, url, "genesis", json!({})).await?;
        let mut other = Self {
            url: url.to_string(),
            ahead: date.map(|date| now() / 1_000_000_000 - date),
            genesis,
            block: None,
            commits: Vec::new(),
            here: own.and_then(Engine::follows),
            status,
        };
        let newest = other.height();
        match own {
            Some(own) => {
                other.block = compare(&remote, url, own, own.height().min(newest)).await;
            }
            None => {
                for height in newest.saturating_sub(QUIET - 1).max(1)..=newest {
                    other.commits.extend(commit(&remote, url, height).await);
                }
            }
        }
        Ok(other)
    }

    fn height(&self) -> u64 {
        number(&self.status["sync_info"]["latest_block_height"])
    }

    /// Whatever does not go together with this home.
    pub fn judge(&self, files: &Whole) -> Vec<Finding> {
        let findings = [
            self.genesis(files),
            self.fork(),
            self.goes_on(files),
            self.clock(),
            self.key(files),
            self.signs_without_this(files),
            self.signed_by_signer(files),
        ];
        findings.into_iter().flatten().collect()
    }

    fn genesis(&self, files: &Whole) -> Option<Finding> {
        let genesis = essence(&self.genesis["genesis"]);
        (genesis != Some(files.genesis.to_json())).then(|| {
            Finding::fault(
                "genesis-differs",
                format!("{} has another genesis, of chain {}", self.url, self.genesis["genesis"]["chain_id"]),
                format!("compare the sha256 of both files by telephone; who has the wrong one {BEGIN_EMPTY}"),
            )
        })
    }

    fn fork(&self) -> Option<Finding> {
        let (height, here, there) = self.block.as_ref()?;
        (here != there).then(|| {
            Finding::fault(
                "fork",
                format!("block {height} is {here} here and {there} at {}", self.url),
                "let nobody rely on either; the members compare the block's hash, and the nodes of the smaller part begin again from a backup or by joining",
            )
        })
    }

    /// The chain goes on, and this node does not.
    fn goes_on(&self, files: &Whole) -> Option<Finding> {
        let (here, there) = (self.here?, self.height());
        (there > here.saturating_add(QUIET)).then(|| {
            Finding::fault(
                "standing-still",
                format!(
                    "{} is at block {there}, and this node at {here}: the chain goes on without it",
                    self.url
                ),
                files.awaits_signer().unwrap_or_else(|| {
                    "restart the application and CometBFT, whose log says what they wait for".into()
                }),
            )
        })
    }

    fn clock(&self) -> Option<Finding> {
        let ahead = self.ahead?;
        (ahead.abs() > CLOCK).then(|| {
            let word = if ahead > 0 { "ahead of" } else { "behind" };
            Finding::fault(
                "clock-off",
                format!(
                    "this machine's clock is {} s {word} that of {}",
                    ahead.abs(),
                    self.url
                ),
                "`timedatectl` on both machines shows which one is not set by the network",
            )
        })
    }

    /// The same key at another node's id is another machine's.
    fn key(&self, files: &Whole) -> Option<Finding> {
        let same_key = self.status["validator_info"]["address"] == files.address();
        let same_node = self.status["node_info"]["id"] == *files.node;
        (same_key && !same_node).then(|| {
            Finding::fault(
                "key-elsewhere",
                format!("{} signs with this home's validator key", self.url),
                "stop one of the two at once, before they sign two blocks of one height; then replace the key (`keys rotate`)",
            )
        })
    }

    /// While nothing runs here the key signs: on the machine in whose place this one is to come, or on a third.
    fn signs_without_this(&self, files: &Whole) -> Option<Finding> {
        let mut newest = self.commits.iter().rev();
        let vote = newest.find_map(|commit| signing::unknown(commit, files))?;
        Some(Finding::fault(
            "key-elsewhere",
            format!(
                "{} has a vote of this validator in block {}, and this home signed last at {}: its key signs on another machine, or did a moment ago",
                self.url, vote.height, vote.noted
            ),
            format!(
                "do not start this node: make sure that the other machine is off and stays off, and ask again until {QUIET} blocks are without its vote"
            ),
        ))
    }

    /// While nothing runs here the signer signs, for another node, or has just ended.
    fn signed_by_signer(&self, files: &Whole) -> Option<Finding> {
        let voted = |commit: &&Value| signing::vote_of(commit, &files.address()).is_some();
        let newest = self.commits.iter().rev().find(voted);
        let commit = newest.filter(|_| !files.signer.is_empty())?;
        Some(Finding::fault(
            "key-elsewhere",
            format!(
                "{} has a vote of this validator in block {}: its signer signs for another node, or did a moment ago",
                self.url,
                number(&commit["signed_header"]["commit"]["height"])
            ),
            format!(
                "where the signer is lost, let no new one begin: make sure that the old one is off and stays off, and ask again until {QUIET} blocks are without its vote"
            ),
        ))
    }
}

/// A block's commit.
async fn commit(remote: &Remote, url: &Uri, height: u64) -> Option<Value> {
    let params = json!({ "height": height.to_string() });
    let (commit, _) = call(remote, url, "commit", params).await.ok()?;
    Some(commit)
}

/// A block of both: its height, and its hash here and there.
async fn compare(
    remote: &Remote,
    url: &Uri,
    own: &Engine,
    height: u64,
) -> Option<(u64, String, String)> {
    let commit = commit(remote, url, height).await?;
    let hash = commit["signed_header"]["commit"]["block_id"]["hash"].as_str()?;
    Some((height, own.block_hash(height)?, hash.to_lowercase()))
}

fn silent(url: &Uri, method: &str) -> Finding {
    Finding::fault(
        "silent",
        format!("{url} does not answer `{method}`"),
        "telephone who runs it; nothing of it was compared with this node",
    )
}

/// The result of a call, and the time that the answer has, Unix seconds.
async fn call(
    remote: &Remote,
    url: &Uri,
    method: &str,
    params: Value,
) -> Result<(Value, Option<i64>), Finding> {
    let asked = remote.call(url, method, params, MAX_ANSWER);
    let asked = time::timeout(PATIENCE, asked).await.ok().flatten();
    let (result, date) = asked.ok_or_else(|| silent(url, method))?;
    Ok((result, date.as_deref().and_then(seconds)))
}

/// Unix seconds of an HTTP date (RFC 9110 §5.6.7, the preferred form).
fn seconds(date: &str) -> Option<i64> {
    let words: Vec<&str> = date.split(' ').collect();
    let [_, day, month, year, clock, "GMT"] = words[..] else {
        return None;
    };
    let months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let month = months.find(month)? / 3 + 1;
    let time = crate::comet::from_rfc3339(&format!("{year}-{month:02}-{day}T{clock}Z"))?;
    Some(time.seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_dates_are_read() {
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        assert_eq!(seconds("Sunday, 06-Nov-94 08:49:37 GMT"), None);
        assert_eq!(seconds(""), None);
    }
}
