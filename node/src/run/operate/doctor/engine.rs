//! What CometBFT says of itself, and of the application.

use super::{
    files::BEGIN_EMPTY,
    files::{Whole, essence},
    finding::Finding,
    settings, signing,
};
use crate::{
    comet,
    consortium::now,
    network::{Client, is_v0_38},
    statesync::DEFAULT_PACE,
};
use records::{
    RecordName, State, canonical,
    kinds::rules::{self, Rules},
    registry::RULES_VERSION,
};
use serde_json::{Value, json};
use std::{thread, time::Duration};

pub(super) const SECOND: i64 = 1_000_000_000;
/// A clock may be this far off.
const CLOCK: i64 = 5 * SECOND;
/// Blocks come every three seconds.
const STANDING: i64 = 60 * SECOND;
/// How many commits tell whether a validator signs.
const COMMITS: u64 = 5;

/// A running CometBFT.
pub(super) struct Engine {
    client: Client,
    status: Value,
    /// The newest commits, the newest first.
    commits: Vec<Value>,
    /// Whether it is still fetching blocks.
    is_behind: bool,
}

impl Engine {
    /// Asks the one at the home's RPC address, and where its newest block is old once more after a pause; none where nothing answers.
    pub fn ask(files: &Whole, pause: Duration) -> Option<Self> {
        let client = Client(settings::from_here(settings::rpc(&files.config)?));
        let status = client.call("status", json!({})).ok()?;
        let mut engine = Self {
            client,
            commits: Vec::new(),
            is_behind: status["sync_info"]["catching_up"] == true,
            status,
        };
        let newest = engine.height();
        let heights = (newest.saturating_sub(COMMITS - 1).max(1)..=newest).rev();
        let commit = |height: u64| client.call("commit", json!({ "height": height.to_string() }));
        engine.commits = heights.filter_map(|height| commit(height).ok()).collect();
        if !engine.is_behind && engine.is_old() {
            thread::sleep(pause);
            engine.is_behind = engine.newest() > newest;
        }
        Some(engine)
    }

    /// Height of its newest block.
    pub fn height(&self) -> u64 {
        number(&self.status["sync_info"]["latest_block_height"])
    }

    /// Hash of a block, hexadecimal.
    pub fn block_hash(&self, height: u64) -> Option<String> {
        self.client.block_hash(height).ok()
    }

    /// A block's hash, hexadecimal, and its time, Unix ns.
    pub fn block(&self, height: u64) -> Option<(String, i64)> {
        let question = json!({ "height": height.to_string() });
        let commit = self.client.call("commit", question).ok()?;
        let signed = &commit["signed_header"];
        let hash = signed["commit"]["block_id"]["hash"].as_str()?;
        let time = comet::from_rfc3339(signed["header"]["time"].as_str()?)?;
        Some((hash.to_lowercase(), comet::nanos(&time)))
    }

    /// What its peers say of themselves now.
    fn peers(&self) -> Vec<Value> {
        let told = self.client.call("net_info", json!({})).unwrap_or_default();
        let peers = told["peers"].as_array().into_iter().flatten();
        peers.map(|peer| peer["node_info"].clone()).collect()
    }

    /// Whether this node is among its peers now.
    pub fn is_connected(&self, id: &str) -> bool {
        self.peers().iter().any(|peer| peer["id"] == id)
    }

    /// Everything that it gives away.
    pub fn judge(&self, files: &Whole) -> Vec<Finding> {
        let id = &self.status["node_info"]["id"];
        if *id != *files.node {
            return vec![Finding::fault(
                "port-taken",
                format!("at the RPC's address answers another node, {id}"),
                "two homes have one rpc.laddr: give each a port of its own",
            )];
        }
        let findings = [
            self.genesis(files),
            self.catching_up(files),
            self.standing(files),
            self.clock(files),
            self.vote(files),
            self.key_elsewhere(files),
            self.application(),
            self.upgrade(),
            self.other_line(),
        ];
        findings.into_iter().flatten().collect()
    }

    /// CometBFT keeps the genesis that it began with, whatever the file says later.
    fn genesis(&self, files: &Whole) -> Option<Finding> {
        let running = self.client.call("genesis", json!({})).ok()?;
        let running = essence(&running["genesis"])?;
        (running != files.genesis.to_json()).then(|| {
            Finding::fault(
                "genesis-differs",
                "the node runs on another genesis than config/genesis.json".to_owned(),
                format!("put the chain's own genesis back; a node that began with a wrong one {BEGIN_EMPTY}"),
            )
        })
    }

    fn catching_up(&self, files: &Whole) -> Option<Finding> {
        let awaits_snapshot =
            self.height() == 0 && settings::is(&files.config, "statesync.enable", true);
        self.is_behind.then(|| match awaits_snapshot {
            true => Finding::note(
                "catching-up",
                "the node waits for a snapshot, or is taking one in",
                format!(
                    "the members' nodes take one every {} blocks, and offer it some blocks later; where the chain is younger, take the section [statesync] out of config/config.toml and restart CometBFT: it then begins with block 1",
                    DEFAULT_PACE.every
                ),
            ),
            false => Finding::note(
                "catching-up",
                format!(
                    "the node is at height {} and still catching up",
                    self.height()
                ),
                "wait; give it no power before it is done",
            ),
        })
    }

    /// Height of its newest block, unless it is still fetching blocks.
    pub fn follows(&self) -> Option<u64> {
        (!self.is_behind).then(|| self.height())
    }

    fn is_old(&self) -> bool {
        self.time().is_some_and(|time| since(time) > STANDING)
    }

    fn standing(&self, files: &Whole) -> Option<Finding> {
        let age = since(self.time()?);
        (!self.is_behind && self.is_old()).then(|| {
            let what = match self.height() {
                0 => "there is no block yet".to_owned(),
                height => format!("the newest block, {height}, is {} s old", age / SECOND),
            };
            let all = "more than two thirds of the power must be up and connected: telephone the other members; each runs `doctor`";
            let mend = match files.awaits_signer() {
                Some(signer) => format!("{signer}; else {all}"),
                None => all.to_owned(),
            };
            Finding::fault("standing-still", what, mend)
        })
    }

    fn time(&self) -> Option<i64> {
        let time = self.status["sync_info"]["latest_block_time"].as_str()?;
        Some(comet::nanos(&comet::from_rfc3339(time)?))
    }

    /// A clock that is slow sees blocks of the future; one that is fast votes with later times than the others.
    fn clock(&self, files: &Whole) -> Option<Finding> {
        let slow = since(self.time()?).saturating_neg();
        let fast = self
            .commits
            .first()
            .and_then(|commit| ahead(commit, &files.address()));
        let (off, word) = match fast {
            _ if slow > SECOND => (slow, "behind the others'"),
            Some(ahead) if ahead > CLOCK => (ahead, "ahead of the others'"),
            _ => return None,
        };
        Some(Finding::fault(
            "clock-off",
            format!("this machine's clock is {} s {word}", off / SECOND),
            "let chrony or systemd-timesyncd set it: `timedatectl set-ntp true`; `timedatectl` shows whether it does",
        ))
    }

    fn vote(&self, files: &Whole) -> Option<Finding> {
        let own = &self.status["validator_info"];
        if own["address"] != files.address() {
            return Some(Finding::fault(
                "no-vote",
                format!(
                    "CometBFT runs with the key {}, and the home holds {}",
                    own["address"],
                    files.address()
                ),
                "restart CometBFT, or the remote signer with the right key",
            ));
        }
        if number(&own["voting_power"]) > 0 {
            return self.signs(files);
        }
        let name = RecordName::new("misbehaviour", &hex::encode(files.key.address()))?;
        let suspended = self.client.query("/state", &name.tree_key());
        if suspended.is_ok_and(|state| !state.is_empty()) {
            return Some(Finding::fault(
                "suspended",
                "the validator signed two blocks of one height, and is suspended",
                "find out which second machine had its key; then `keys rotate`, and the members propose `seat` with the new key (docs/governance.md)",
            ));
        }
        let (what, mend) = (
            "the node's key is not in the validator set",
            "for a vote: a member proposes `seat MEMBER validator.json=POWER`, and the others approve",
        );
        Some(match files.is_founder() {
            true => Finding::fault("no-vote", what, mend),
            false => Finding::note("no-vote", what, mend),
        })
    }

    /// Whether its votes are in the newest commits.
    fn signs(&self, files: &Whole) -> Option<Finding> {
        let address = files.address();
        let signed = |commit| signing::vote_of(commit, &address).is_some();
        let signed = self.commits.iter().any(signed);
        let enough = self.commits.len() as u64 == COMMITS;
        let log = "does CometBFT's log complain of its key or of its peers?";
        (enough && !signed).then(|| {
            Finding::fault(
                "not-signing",
                format!("the last {COMMITS} blocks are without this validator's vote"),
                match files.awaits_signer() {
                    Some(signer) => format!("{signer}; {log}"),
                    None => format!("after a start wait some blocks; {log}"),
                },
            )
        })
    }

    /// A vote that is in a block, and that this home does not know of, was signed elsewhere.
    fn key_elsewhere(&self, files: &Whole) -> Option<Finding> {
        let vote = signing::unknown(self.commits.first()?, files)?;
        vote.is_later.then(|| {
            Finding::fault(
                "key-elsewhere",
                format!(
                    "block {} has a vote of this validator, and this home signed last at {}: its key signs on another machine",
                    vote.height, vote.noted
                ),
                "stop one of the two at once, before they sign two blocks of one height; then find out how the key got there, and replace it",
            )
        })
    }

    fn application(&self) -> Option<Finding> {
        let silent = || {
            Finding::fault(
                "application",
                "CometBFT gets no answer from the application",
                "is `lianyan-node abci` running? do its --listen and proxy_app name one socket?",
            )
        };
        let Ok(info) = self.client.call("abci_info", json!({})) else {
            return Some(silent());
        };
        let info = &info["response"];
        let height = number(&info["last_block_height"]);
        if height.abs_diff(self.newest()) > 1 {
            return Some(Finding::fault(
                "application",
                format!(
                    "the application is at height {height}, CometBFT at {}",
                    self.newest()
                ),
                "restart both, and CometBFT sends what is missing; if it says that the application is higher, both folders must come from one backup",
            ));
        }
        let (runs, wants) = (number(&info["app_version"]), self.rules());
        (wants > runs).then(|| {
            Finding::fault(
                "version",
                format!(
                    "blocks follow version {wants} of the rules, and the application knows {runs}"
                ),
                "install the newer lianyan-node, and restart both",
            )
        })
    }

    /// Rules that the members agreed on, and that this program does not know.
    fn upgrade(&self) -> Option<Finding> {
        let name = RecordName::new(rules::NAME, rules::ID)?;
        let state = self.client.query("/state", &name.tree_key()).ok()?;
        let state = State::decode(&state).ok()?;
        let rules: Rules = canonical::from_value(&state.data).ok()?;
        let mut versions = rules.versions.into_iter();
        let unknown = versions.find(|next| next.version > RULES_VERSION)?;
        Some(Finding::fault(
            "version",
            format!(
                "from block {} on the rules are version {}, and this program knows them up to version {RULES_VERSION}",
                unknown.from, unknown.version
            ),
            "install the newer lianyan-node before that block, or this node stops there",
        ))
    }

    /// A peer whose CometBFT reckons the time of a block otherwise: v0.38 counts the votes for no block too. Where such a vote moves the median, each of
    /// the two calls the other's block invalid, and does not go on.
    fn other_line(&self) -> Option<Finding> {
        let version = |node: &Value| node["version"].as_str().unwrap_or_default().to_owned();
        let own = version(&self.status["node_info"]);
        let peers = self.peers();
        let mut others = peers
            .iter()
            .filter(|peer| is_v0_38(&version(peer)) != is_v0_38(&own));
        let other = others.next()?;
        Some(Finding::fault(
            "version",
            format!(
                "the node {} runs CometBFT {}, and this one {own}: sooner or later one of them calls the other's block invalid and votes no more",
                other["id"].as_str().unwrap_or_default(),
                version(other),
            ),
            "all members' nodes run one line of CometBFT: v0.40, where the chain did not begin with v0.38 (docs/operate.md, step 8)",
        ))
    }

    /// Its height now: it went on since the first question.
    fn newest(&self) -> u64 {
        self.client
            .newest()
            .map_or(self.height(), |(height, _)| height)
    }

    /// Version of the rules in the newest header.
    fn rules(&self) -> u64 {
        let header = self
            .commits
            .first()
            .map(|commit| &commit["signed_header"]["header"]);
        header.map_or(0, |header| number(&header["version"]["app"]))
    }
}

/// How much later than the median of all votes a validator's is, ns.
fn ahead(commit: &Value, address: &str) -> Option<i64> {
    let time = |vote: &Value| signing::time(vote).filter(|_| vote["block_id_flag"] == 2);
    let own = signing::vote_of(commit, address)?;
    let mut times: Vec<i64> = signing::votes(commit).filter_map(time).collect();
    times.sort_unstable();
    Some(time(own)?.saturating_sub(*times.get(times.len() / 2)?))
}

/// How long ago a time is, ns; what a stranger calls a time may be any.
pub(super) fn since(time: i64) -> i64 {
    now().saturating_sub(time)
}

/// A number as CometBFT writes it: in a string, or bare.
pub(super) fn number(value: &Value) -> u64 {
    let text = value.as_str().and_then(|text| text.parse().ok());
    text.or(value.as_u64()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_before_all_times_are_long_ago() {
        assert_eq!(since(i64::MIN), i64::MAX);
        let vote = |address: &str, time: &str| json!({ "block_id_flag": 2, "validator_address": address, "timestamp": time });
        let votes = [
            vote("A", "0001-01-01T00:00:00Z"),
            vote("B", "9999-01-01T00:00:00Z"),
        ];
        let commit = json!({ "signed_header": { "commit": { "signatures": votes } } });
        assert_eq!(ahead(&commit, "A"), Some(i64::MIN));
        assert_eq!(ahead(&commit, "B"), Some(0));
    }
}
