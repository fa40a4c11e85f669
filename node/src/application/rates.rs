//! How much one key may hand in. Local to this node and no part of consensus: every node bounds what reaches its own mempool.

use records::PublicKey;
use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

/// Events that a key may hand in at once.
const BURST: u32 = 1_000;
/// One more is allowed after this.
const REFILL: Duration = Duration::from_millis(10);
/// What an event that a rule refused costs: it took a place in a block.
pub(super) const REFUSED: u32 = 10;
/// Keys that are remembered; who was quiet for long has its whole burst again, and is forgotten.
const KEYS: usize = 100_000;

/// How much each key has used.
#[derive(Default)]
pub(super) struct Rates(Mutex<HashMap<PublicKey, Used>>);

#[derive(Clone, Copy)]
struct Used {
    events: u32,
    since: Instant,
}

impl Used {
    /// Less as time goes by.
    fn at(self, now: Instant) -> u32 {
        let refilled = now.saturating_duration_since(self.since).as_nanos() / REFILL.as_nanos();
        let refilled = u32::try_from(refilled).unwrap_or(u32::MAX);
        self.events.saturating_sub(refilled)
    }
}

impl Rates {
    /// Counts an event of these keys; whether all of them may.
    pub fn take(&self, keys: &[PublicKey], now: Instant) -> bool {
        let mut used = super::lock(&self.0);
        let full = |key| {
            used.get(key)
                .is_some_and(|used: &Used| used.at(now) >= BURST)
        };
        if keys.iter().any(full) {
            return false;
        }
        charge(&mut used, keys, 1, now);
        true
    }

    /// Counts what an event costs beyond its own one.
    pub fn charge(&self, keys: &[PublicKey], events: u32, now: Instant) {
        charge(&mut super::lock(&self.0), keys, events, now);
    }
}

fn charge(used: &mut HashMap<PublicKey, Used>, keys: &[PublicKey], events: u32, now: Instant) {
    if used.len() > KEYS {
        used.retain(|_, used| used.at(now) > 0);
    }
    for key in keys {
        let before = used.get(key).map_or(0, |used| used.at(now));
        let events = before.saturating_add(events);
        used.insert(*key, Used { events, since: now });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: PublicKey = PublicKey::Ed25519([1; 32]);
    const B: PublicKey = PublicKey::Ed25519([2; 32]);

    #[test]
    fn a_key_has_its_burst_and_then_its_pace() {
        let (rates, start) = (Rates::default(), Instant::now());
        let taken = (0..BURST + 5).filter(|_| rates.take(&[A], start)).count();
        assert_eq!(taken, BURST as usize);
        assert!(rates.take(&[B], start), "another key is another's");
        assert!(!rates.take(&[A, B], start), "each signer counts");
        assert!(rates.take(&[A], start + REFILL));
        assert!(!rates.take(&[A], start + REFILL));
        assert!(rates.take(&[A], start + REFILL * 2 * BURST));
    }

    #[test]
    fn what_a_rule_refused_costs_more() {
        let (rates, start) = (Rates::default(), Instant::now());
        rates.charge(&[A], BURST - 1, start);
        assert!(rates.take(&[A], start));
        assert!(!rates.take(&[A], start));
    }

    #[test]
    fn quiet_keys_are_forgotten() {
        let (rates, start) = (Rates::default(), Instant::now());
        for number in 0..=KEYS as u64 {
            let mut key = [0; 32];
            key[..8].copy_from_slice(&number.to_be_bytes());
            rates.take(&[PublicKey::Ed25519(key)], start);
        }
        rates.take(&[A], start + REFILL * 2);
        assert_eq!(super::super::lock(&rates.0).len(), 1);
    }
}
