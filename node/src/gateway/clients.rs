//! How much one client may ask.

use crate::rpc::network;
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Calls that one client may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// In a second, for long.
    pub second: NonZeroU32,
    /// At once, after a rest.
    pub burst: NonZeroU32,
}

/// What one call that acts costs, in calls that read.
pub(super) const ACTING_COST: u32 = 10;

/// Bytes of an answer that count as one call more: copying and compressing them is work too.
const BYTES_OF_A_CALL: usize = 128 * 1024;
/// Nobody waits longer than this, whatever was asked.
const LONGEST_DEBT: Duration = Duration::from_secs(600);

/// How much each client has asked lately. Addresses are held in memory for as long as they matter, and are written nowhere.
pub struct Limits {
    quota: Quota,
    /// Until when the calls of a network would take, one after the other at the quota's pace: the theoretical arrival time of the generic cell rate
    /// algorithm (ITU-T I.371).
    until: Mutex<HashMap<IpAddr, Instant>>,
}

impl Limits {
    /// The same for every client.
    pub fn new(quota: Quota) -> Self {
        Self {
            quota,
            until: Mutex::default(),
        }
    }

    /// Whether this client may make calls of this cost now.
    pub(super) fn allows(&self, client: IpAddr, cost: u32) -> bool {
        self.takes(client, cost, Instant::now())
    }

    /// Counts the bytes of an answer, which nobody knew when the call was allowed: the client pays before its next call.
    pub(super) fn answered(&self, client: IpAddr, bytes: usize) {
        self.owes(client, bytes, Instant::now());
    }

    fn takes(&self, client: IpAddr, cost: u32, now: Instant) -> bool {
        let mut all = self.lock();
        let until = all.entry(network(client)).or_insert(now);
        let next = (*until).max(now) + self.time_of(cost);
        let allowed = cost == 0 || next <= now + self.time_of(self.quota.burst.get());
        if allowed {
            *until = next;
        }
        allowed
    }

    fn owes(&self, client: IpAddr, bytes: usize, now: Instant) {
        let calls = u32::try_from(bytes / BYTES_OF_A_CALL).unwrap_or(u32::MAX);
        let mut all = self.lock();
        let until = all.entry(network(client)).or_insert(now);
        let most = (*until).max(now + LONGEST_DEBT);
        *until = ((*until).max(now) + self.time_of(calls)).min(most);
    }

    /// Forgets those who have rested.
    pub fn forget_rested(&self) {
        let now = Instant::now();
        self.lock().retain(|_, until| *until > now);
    }

    fn time_of(&self, calls: u32) -> Duration {
        Duration::from_secs(calls.into()) / self.quota.second.get()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, Instant>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The client behind a connection. Behind a proxy, the last address of `X-Forwarded-For` is the one that the proxy saw; the others anyone can write.
pub(super) fn client(peer: SocketAddr, forwarded: Option<&str>, behind_proxy: bool) -> IpAddr {
    forwarded
        .filter(|_| behind_proxy)
        .and_then(|list| address(list.rsplit(',').next()?.trim()))
        .unwrap_or(peer.ip())
}

/// An address as proxies write it: alone or with the client's port, of IPv6 then in brackets; in quotes or not (RFC 7239 §6).
fn address(text: &str) -> Option<IpAddr> {
    let text = within(text, '"', '"').unwrap_or(text);
    let in_brackets = || within(text, '[', ']')?.parse::<Ipv6Addr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok();
    let alone = text.parse().ok();
    alone
        .or_else(|| in_brackets().map(IpAddr::from))
        .or_else(|| with_port().map(|address| address.ip()))
}

fn within(text: &str, open: char, close: char) -> Option<&str> {
    text.strip_prefix(open)?.strip_suffix(close)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(second: u32, burst: u32) -> Limits {
        let number = |n| NonZeroU32::new(n).expect("not zero");
        Limits::new(Quota {
            second: number(second),
            burst: number(burst),
        })
    }

    #[test]
    fn a_client_that_asks_too_much_is_stopped_and_others_are_not() {
        let limits = limits(1, 5);
        let [greedy, other] = ["192.0.2.1", "192.0.2.2"].map(|ip| ip.parse().expect("an address"));
        assert!(limits.allows(greedy, 5));
        assert!(!limits.allows(greedy, 1));
        assert!(limits.allows(other, 1));
        assert!(!limits.allows(other, 6), "more than can ever be saved up");
    }

    #[test]
    fn who_was_given_much_pays_before_it_asks_again() {
        let limits = limits(1, 5);
        let [greedy, other] = ["192.0.2.1", "192.0.2.2"].map(|ip| ip.parse().expect("an address"));
        let began = Instant::now();
        let after = |seconds| began + Duration::from_secs(seconds);
        for client in [greedy, other] {
            assert!(limits.takes(client, 1, began));
        }
        limits.owes(other, BYTES_OF_A_CALL - 1, began);
        assert!(
            limits.takes(other, 4, began),
            "what is small costs its call alone"
        );
        limits.owes(greedy, 9 * BYTES_OF_A_CALL, began);
        assert!(!limits.takes(greedy, 1, after(5)));
        assert!(limits.takes(greedy, 1, after(6)));
        limits.owes(greedy, usize::MAX, after(6));
        assert!(!limits.takes(greedy, 1, after(600)));
        assert!(limits.takes(greedy, 1, after(602)), "the wait has an end");
    }

    #[test]
    fn one_network_is_one_client() {
        let limits = limits(1, 2);
        let [one, two, far] = ["2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1"]
            .map(|ip| ip.parse().expect("an address"));
        assert!(limits.allows(one, 2));
        assert!(!limits.allows(two, 1));
        assert!(limits.allows(far, 1));
    }

    #[test]
    fn what_a_client_writes_of_itself_is_not_believed() {
        let peer = "192.0.2.9:1".parse().expect("an address");
        let proxied = Some("198.51.100.1, 198.51.100.2");
        assert_eq!(client(peer, proxied, false).to_string(), "192.0.2.9");
        assert_eq!(client(peer, proxied, true).to_string(), "198.51.100.2");
        assert_eq!(
            client(peer, Some("nonsense"), true).to_string(),
            "192.0.2.9"
        );
        assert_eq!(client(peer, None, true).to_string(), "192.0.2.9");
    }

    #[test]
    fn an_address_is_read_with_and_without_a_port() {
        for (written, expected) in [
            ("198.51.100.1", "198.51.100.1"),
            ("198.51.100.1:50000", "198.51.100.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:50000", "2001:db8::1"),
            ("\"198.51.100.1:50000\"", "198.51.100.1"),
            ("\"[2001:db8::1]\"", "2001:db8::1"),
        ] {
            let read = address(written).map(|address| address.to_string());
            assert_eq!(read.as_deref(), Some(expected), "{written}");
            let peer = "192.0.2.9:1".parse().expect("an address");
            let list = format!("192.0.2.1, {written}");
            assert_eq!(client(peer, Some(&list), true).to_string(), expected);
        }
    }

    #[test]
    fn what_is_no_address_is_not_half_read() {
        for malformed in [
            "",
            "\"",
            "\"\"",
            "[",
            "]",
            "[]",
            "[]:1",
            "198.51.100.1:",
            "198.51.100.1:x",
            "198.51.100.1:65536",
            "198.51.100.1:1:1",
            "198.51.100.1 :1",
            "198.51.100.256:1",
            "[198.51.100.1]",
            "[198.51.100.1]:1",
            "[2001:db8::1",
            "2001:db8::1]",
            "[2001:db8::1]1",
            "[2001:db8::1]:",
            "[[2001:db8::1]]:1",
            "\"198.51.100.1",
            "198.51.100.1\"",
            "\"\"198.51.100.1\"\"",
            "for=198.51.100.1",
            "unknown",
            "_hidden:1",
            ":1",
        ] {
            assert_eq!(address(malformed), None, "{malformed}");
        }
    }
}
