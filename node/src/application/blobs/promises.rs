//! Blobs that events name which wait for their block. Each counts for who pays for the event, who has so many at a time: nobody takes another's, and
//! strangers, whose events the rules would refuse, have none.

use super::{super::rates::Payer, queue::PATIENCE};
use crate::merkle::Hash;
use std::{collections::HashMap, time::Instant};

/// Promises that one key has at a time; members, and persons together, in proportion.
const OF_ONE: usize = 128;

/// What is promised: since when, and for whom it counts.
#[derive(Default)]
pub(super) struct Promises(HashMap<Hash, (Instant, Vec<Payer>)>);

impl Promises {
    /// Makes one, or makes it anew, where of each of these groups one has fewer than it may have.
    pub fn make(&mut self, hash: Hash, payers: &[Vec<Payer>], now: Instant) {
        self.0.retain(|_, (since, _)| is_kept(*since, now));
        let has_room = |payer: &Payer| *payer != Payer::Strangers && self.of(payer) < most(payer);
        if payers.iter().all(|group| group.iter().any(has_room)) {
            let payers = payers.iter().flatten().cloned().collect();
            self.0.insert(hash, (now, payers));
        }
    }

    /// Whether this one is promised.
    pub fn has(&self, hash: &Hash, now: Instant) -> bool {
        let made = self.0.get(hash);
        made.is_some_and(|(since, _)| is_kept(*since, now))
    }

    /// A record names it: it stays, or is wanted, for good.
    pub fn end(&mut self, hash: &Hash) {
        self.0.remove(hash);
    }

    fn of(&self, payer: &Payer) -> usize {
        let of_it = self.0.values().filter(|(_, of)| of.contains(payer));
        of_it.count()
    }
}

fn most(payer: &Payer) -> usize {
    let (at_once, _) = payer.worth();
    OF_ONE * at_once as usize
}

fn is_kept(since: Instant, now: Instant) -> bool {
    now.saturating_duration_since(since) < PATIENCE
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::PublicKey;

    fn hash(number: usize) -> Hash {
        crate::merkle::sha256(&number.to_be_bytes())
    }

    /// How many of the blobs from this one on are promised when each is asked for.
    fn made(promises: &mut Promises, from: usize, payers: &[Vec<Payer>], now: Instant) -> usize {
        let asked = from..from + 3 * OF_ONE;
        asked
            .clone()
            .for_each(|number| promises.make(hash(number), payers, now));
        asked
            .filter(|number| promises.has(&hash(*number), now))
            .count()
    }

    fn person(key: u8) -> Vec<Vec<Payer>> {
        let key = Payer::Key(PublicKey::Ed25519([key; 32]));
        vec![vec![key], vec![Payer::Persons]]
    }

    #[test]
    fn who_has_as_many_as_it_may_takes_nobody_elses() {
        let (mut promises, now) = (Promises::default(), Instant::now());
        assert_eq!(made(&mut promises, 0, &person(1), now), OF_ONE);
        assert_eq!(made(&mut promises, 1_000, &person(2), now), OF_ONE);
        assert_eq!(
            made(&mut promises, 2_000, &person(3), now),
            0,
            "all persons"
        );
        let member = [vec![Payer::Member("hospital".into())]];
        assert_eq!(made(&mut promises, 3_000, &member, now), 2 * OF_ONE);
        let strangers = [vec![Payer::Strangers]];
        assert_eq!(made(&mut promises, 4_000, &strangers, now), 0);
    }

    #[test]
    fn a_promise_ends_when_it_is_kept_and_after_a_while() {
        let (mut promises, now) = (Promises::default(), Instant::now());
        made(&mut promises, 0, &person(1), now);
        promises.end(&hash(0));
        assert!(!promises.has(&hash(0), now) && promises.has(&hash(1), now));
        promises.make(hash(1_000), &person(1), now);
        assert!(promises.has(&hash(1_000), now));
        let later = now + PATIENCE;
        assert!(!promises.has(&hash(1), later));
        assert_eq!(made(&mut promises, 2_000, &person(1), later), OF_ONE);
    }
}
