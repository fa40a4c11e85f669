//! What the configuration says.

use super::finding::Finding;
use std::{
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    ops::RangeInclusive,
    time::Duration,
};
use toml_edit::{DocumentMut, Item};

/// Blocks must come at least this often: "in force" is judged by the newest header's age.
const EMPTY_BLOCKS: Duration = Duration::from_secs(10);
/// The largest transaction.
const MAX_TX: i64 = 65_536;
/// Bytes that may wait for a block: from one block's to what any machine can spare. CometBFT's default is a gigabyte.
const WAITING_BYTES: (RangeInclusive<i64>, i64) = (4 << 20..=256 << 20, 1 << 30);
/// Transactions that may; and CometBFT's default.
const WAITING_TXS: (RangeInclusive<i64>, i64) = (1_000..=50_000, 5_000);

/// A setting, where it is written out.
pub(super) fn setting<'a>(config: &'a DocumentMut, path: &str) -> Option<&'a Item> {
    let mut item = config.as_item();
    for name in path.split('.') {
        item = item.get(name)?;
    }
    Some(item)
}

/// A setting's text; empty where it has CometBFT's default.
pub(super) fn text<'a>(config: &'a DocumentMut, path: &str) -> &'a str {
    let found = setting(config, path).and_then(Item::as_str);
    found.unwrap_or_default()
}

/// Where something listens; `default` where nothing is said.
pub(super) fn listens(config: &DocumentMut, path: &str, default: &str) -> Option<SocketAddr> {
    let written = text(config, path);
    let written = if written.is_empty() { default } else { written };
    let written = written.strip_prefix("tcp://").unwrap_or(written);
    let whole = match written.strip_prefix(':') {
        Some(port) => format!("0.0.0.0:{port}"),
        None => written.to_owned(),
    };
    whole.to_socket_addrs().ok()?.next()
}

/// CometBFT's RPC.
pub(super) fn rpc(config: &DocumentMut) -> Option<SocketAddr> {
    listens(config, "rpc.laddr", "tcp://127.0.0.1:26657")
}

/// How this machine reaches what listens there.
pub(super) fn from_here(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => ([127, 0, 0, 1], address.port()).into(),
        IpAddr::V6(ip) if ip.is_unspecified() => {
            (IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1]), address.port()).into()
        }
        _ => address,
    }
}

/// Everything that the configuration alone gives away.
pub(super) fn judge(config: &DocumentMut) -> Vec<Finding> {
    let mut findings: Vec<Finding> = open_rpc(config).into_iter().collect();
    let settings = [
        (
            is(config, "rpc.unsafe", true),
            "rpc.unsafe = false",
            "anybody who reaches the RPC may change the node",
        ),
        (
            is(config, "consensus.create_empty_blocks", false),
            "consensus.create_empty_blocks = true",
            "without empty blocks nothing can be shown to be in force now",
        ),
        (
            is(config, "storage.discard_abci_responses", true),
            "storage.discard_abci_responses = false",
            "the node forgets the outcomes that pages prove",
        ),
        (
            is(config, "blocksync.adaptive_sync", true),
            "blocksync.adaptive_sync = false",
            "a validator that is catching up may sign twice",
        ),
        (
            is(config, "p2p.libp2p.enabled", true),
            "p2p.libp2p.enabled = false",
            "the other members' nodes speak CometBFT's own protocol",
        ),
        (
            text(config, "tx_index.indexer") == "null",
            "tx_index.indexer = \"kv\"",
            "nobody can look up what became of an event",
        ),
        (
            matches!(text(config, "mempool.type"), "nop" | "app"),
            "mempool.type = \"flood\"",
            "events that are handed in here get into no block",
        ),
        (
            small(config),
            "mempool.max_tx_bytes = 65536",
            "larger events are refused here and taken elsewhere",
        ),
        (
            outside(config, "mempool.max_txs_bytes", &WAITING_BYTES),
            "mempool.max_txs_bytes = 67108864",
            "a flood of events takes this machine's memory, or too few may wait for a block",
        ),
        (
            outside(config, "mempool.size", &WAITING_TXS),
            "mempool.size = 5000",
            "a flood of events keeps this node busy, or too few may wait for a block",
        ),
        (
            slow(
                config,
                "consensus.create_empty_blocks_interval",
                EMPTY_BLOCKS,
            ),
            "consensus.create_empty_blocks_interval = \"3s\"",
            "empty blocks come too seldom for anything to be in force now",
        ),
        (
            slow(config, "consensus.timeout_commit", Duration::from_secs(3)),
            "consensus.timeout_commit = \"300ms\"",
            "every block waits for this node's pause",
        ),
    ];
    for (wrong, right, why) in settings {
        if wrong {
            findings.push(Finding::fault(
                "setting",
                why,
                format!("in config/config.toml: {right}; then restart CometBFT"),
            ));
        }
    }
    findings
}

/// CometBFT's RPC knows no passwords and no quotas.
fn open_rpc(config: &DocumentMut) -> Option<Finding> {
    let address = rpc(config)?;
    (!address.ip().is_loopback()).then(|| {
        Finding::fault(
            "rpc-open",
            format!("CometBFT's RPC listens at {address}, where others reach it without a gateway's limits"),
            "rpc.laddr = \"tcp://127.0.0.1:26657\", and `lianyan-node gateway` for the public",
        )
    })
}

/// Whether a setting is written out, and is this.
pub(super) fn is(config: &DocumentMut, path: &str, wrong: bool) -> bool {
    setting(config, path).and_then(Item::as_bool) == Some(wrong)
}

fn small(config: &DocumentMut) -> bool {
    let bytes = setting(config, "mempool.max_tx_bytes").and_then(Item::as_integer);
    bytes.is_some_and(|bytes| bytes < MAX_TX)
}

fn outside(config: &DocumentMut, path: &str, usual: &(RangeInclusive<i64>, i64)) -> bool {
    let (range, default) = usual;
    let written = setting(config, path).and_then(Item::as_integer);
    !range.contains(&written.unwrap_or(*default))
}

fn slow(config: &DocumentMut, path: &str, most: Duration) -> bool {
    let written = setting(config, path).and_then(Item::as_str);
    written.and_then(duration).is_some_and(|long| long > most)
}

/// Go's way of writing a duration: `1m30s`, `300ms`.
fn duration(text: &str) -> Option<Duration> {
    let mut sum = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(end);
        let end = after
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let seconds = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        let length = number.parse::<f64>().ok()? * seconds;
        sum = sum.checked_add(Duration::try_from_secs_f64(length).ok()?)?;
        rest = after;
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_writes_them() {
        for (text, millis) in [
            ("300ms", 300),
            ("1m30s", 90_000),
            ("1.5s", 1_500),
            ("2h", 7_200_000),
        ] {
            assert_eq!(
                duration(text),
                Some(Duration::from_millis(millis)),
                "{text}"
            );
        }
        for text in ["3", "3 s", "s", "-3s", "3y"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn an_address_may_be_a_port_alone() {
        let config: DocumentMut = "[rpc]\nladdr = \":1\"\n".parse().expect("TOML");
        let address = rpc(&config).expect("an address");
        assert_eq!(from_here(address), ([127, 0, 0, 1], 1).into());
    }
}
