//! How much one client may ask.

use crate::rpc::network;
use governor::{DefaultKeyedRateLimiter, Quota as Rate, RateLimiter};
use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
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

/// How much each client has asked lately. Addresses are held in memory for as long as they matter, and are written nowhere.
pub struct Limits(DefaultKeyedRateLimiter<IpAddr>);

impl Limits {
    /// The same for every client.
    pub fn new(quota: Quota) -> Self {
        let rate = Rate::per_second(quota.second).allow_burst(quota.burst);
        Self(RateLimiter::keyed(rate))
    }

    /// Whether this client may make calls of this cost now.
    pub(super) fn allows(&self, client: IpAddr, cost: u32) -> bool {
        let Some(cost) = NonZeroU32::new(cost) else {
            return true;
        };
        matches!(self.0.check_key_n(&network(client), cost), Ok(Ok(())))
    }

    /// Forgets those who have rested.
    pub fn forget_rested(&self) {
        self.0.retain_recent();
    }
}

/// The client behind a connection. Behind a proxy, the last address of `X-Forwarded-For` is the one that the proxy saw; the others anyone can write.
pub(super) fn client(peer: SocketAddr, forwarded: Option<&str>, behind_proxy: bool) -> IpAddr {
    forwarded
        .filter(|_| behind_proxy)
        .and_then(|list| list.rsplit(',').next()?.trim().parse().ok())
        .unwrap_or(peer.ip())
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
}
