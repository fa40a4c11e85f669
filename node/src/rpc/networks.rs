//! Who is at the other end: the networks that clients are in, and the connections that each holds.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The network that a client is one of: who holds an IPv6 address usually holds all of its /64.
pub fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

/// How many connections each network holds, of at most so many.
pub(super) struct Networks {
    most: usize,
    held: Mutex<HashMap<IpAddr, usize>>,
}

impl Networks {
    pub fn new(most: usize) -> Self {
        Self {
            most,
            held: Mutex::default(),
        }
    }

    /// A place for one more connection; none where this client's network holds as many as it may.
    pub fn place(self: &Arc<Self>, client: IpAddr) -> Option<Place> {
        let network = network(client);
        let mut held = self.held();
        let count = held.entry(network).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Place {
            networks: self.clone(),
            network,
        })
    }

    fn held(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection's place, given back at its end.
pub(super) struct Place {
    networks: Arc<Networks>,
    network: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.networks.held();
        if let Some(count) = held.get_mut(&self.network) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                held.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_so_many_connections_and_leaves_nothing_behind() {
        let networks = Arc::new(Networks::new(2));
        let [one, two, far] = ["2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1"]
            .map(|ip| ip.parse().expect("an address"));
        let first = networks.place(one);
        let second = networks.place(two);
        assert!(first.is_some() && second.is_some());
        assert!(networks.place(one).is_none());
        let other = networks.place(far);
        assert!(other.is_some());
        drop(first);
        let third = networks.place(two);
        assert!(third.is_some() && networks.place(one).is_none());
        drop((second, other, third));
        assert!(networks.held().is_empty());
    }
}
