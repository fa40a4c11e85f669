//! How much may be handed in, and by whom. Local to this node and no part of consensus: every node bounds what reaches its own mempool.

use records::PublicKey;
use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

/// Events a second that one key may hand in, unless set otherwise.
pub const DEFAULT_RATE: u32 = 100;
/// Seconds whose events a key, a member or everybody may hand in at once.
const BURST: u32 = 10;
/// Bytes that count as one event: most are smaller, and what is larger takes the disk of so many.
const UNIT: usize = 4 * 1024;
/// What an event that a rule refused costs besides, so many times over: it took a place in a block.
const REFUSED: u32 = 10;
/// Payers that are remembered; who was quiet for long has its whole burst again, and is forgotten.
const REMEMBERED: usize = 100_000;

/// Who pays for an event.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Payer {
    /// A key that signed.
    Key(PublicKey),
    /// A member, by whichever of its keys.
    Member(String),
    /// All who are no members, together, for what the rules accept: members find room beside them.
    Persons,
    /// All who are no members, together, for what the rules refuse: anybody can make keys, so that they count as one.
    Strangers,
}

impl Payer {
    /// How many keys' worth it may hand in: at once, and as time goes by.
    pub fn worth(&self) -> (u32, u32) {
        match self {
            Self::Key(_) | Self::Strangers => (1, 1),
            Self::Member(_) => (2, 2),
            Self::Persons => (2, 5),
        }
    }

    /// How many bursts it may owe: nobody waits longer than its burst takes to come back, but strangers, who hand in at every node what all
    /// of them have to store, wait up to ten minutes.
    fn owes(&self) -> u32 {
        match self {
            Self::Strangers => 60,
            Self::Key(_) | Self::Member(_) | Self::Persons => 2,
        }
    }
}

/// As how many an event of this size counts.
fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX)
}

/// How much each payer has used.
pub(super) struct Rates {
    /// Events a second for one key.
    rate: u32,
    used: Mutex<HashMap<Payer, Used>>,
}

#[derive(Clone, Copy)]
struct Used {
    events: u32,
    since: Instant,
}

impl Used {
    /// What still counts of it, where one event comes back after each `refill`.
    fn at(self, now: Instant, refill: Duration) -> Self {
        let back = now.saturating_duration_since(self.since).as_nanos() / refill.as_nanos();
        let back = u32::try_from(back).unwrap_or(u32::MAX);
        match self.events.saturating_sub(back) {
            0 => Self {
                events: 0,
                since: now,
            },
            events => Self {
                events,
                since: self.since + refill * back,
            },
        }
    }
}

impl Rates {
    /// At so many events a second for one key.
    pub fn new(rate: u32) -> Self {
        Self {
            rate: rate.max(1),
            used: Mutex::default(),
        }
    }

    /// Counts an event of this size; whether it may be. Of each of these groups one has to have room.
    pub fn take(&self, payers: &[Vec<Payer>], bytes: usize, now: Instant) -> bool {
        let mut used = super::lock(&self.used);
        let has_room = |payer: &Payer| self.used(&used, payer, now).events < self.burst(payer);
        if !payers.iter().all(|group| group.iter().any(has_room)) {
            return false;
        }
        self.add(&mut used, payers, units(bytes), now);
        true
    }

    /// Counts what an event of this size costs besides, where a rule refused it in a block.
    pub fn refused(&self, payers: &[Vec<Payer>], bytes: usize, now: Instant) {
        let events = units(bytes).saturating_mul(REFUSED);
        self.add(&mut super::lock(&self.used), payers, events, now);
    }

    fn add(
        &self,
        used: &mut HashMap<Payer, Used>,
        payers: &[Vec<Payer>],
        events: u32,
        now: Instant,
    ) {
        if used.len() > REMEMBERED {
            used.retain(|payer, used| used.at(now, self.refill(payer)).events > 0);
        }
        for payer in payers.iter().flatten() {
            let before = self.used(used, payer, now);
            // Whatever was done, the wait has an end that can be foreseen.
            let most = self.burst(payer).saturating_mul(payer.owes());
            let events = before.events.saturating_add(events).min(most);
            used.insert(payer.clone(), Used { events, ..before });
        }
    }

    fn used(&self, used: &HashMap<Payer, Used>, payer: &Payer, now: Instant) -> Used {
        let used = used.get(payer).copied();
        let used = used.unwrap_or(Used {
            events: 0,
            since: now,
        });
        used.at(now, self.refill(payer))
    }

    fn burst(&self, payer: &Payer) -> u32 {
        let (at_once, _) = payer.worth();
        self.rate.saturating_mul(BURST).saturating_mul(at_once)
    }

    fn refill(&self, payer: &Payer) -> Duration {
        let (_, pace) = payer.worth();
        let refill = Duration::from_secs(1) / self.rate.saturating_mul(pace);
        refill.max(Duration::from_nanos(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: PublicKey = PublicKey::Ed25519([1; 32]);
    const B: PublicKey = PublicKey::Ed25519([2; 32]);
    /// Bytes.
    const SMALL: usize = 1_000;
    const LARGE: usize = 64 * 1024;
    const AT_ONCE: u32 = DEFAULT_RATE * BURST;
    const REFILL: Duration = Duration::from_millis(1_000 / DEFAULT_RATE as u64);

    fn rates() -> (Rates, Instant) {
        (Rates::new(DEFAULT_RATE), Instant::now())
    }

    fn of(keys: &[PublicKey]) -> Vec<Vec<Payer>> {
        keys.iter().map(|key| vec![Payer::Key(*key)]).collect()
    }

    fn taken(rates: &Rates, payers: &[Vec<Payer>], now: Instant) -> u32 {
        (0..).take_while(|_| rates.take(payers, SMALL, now)).count() as u32
    }

    #[test]
    fn a_key_has_its_burst_and_then_its_pace() {
        let (rates, start) = rates();
        assert_eq!(taken(&rates, &of(&[A]), start), AT_ONCE);
        assert!(
            rates.take(&of(&[B]), SMALL, start),
            "another key is another's"
        );
        assert!(
            !rates.take(&of(&[A, B]), SMALL, start),
            "each signer counts"
        );
        assert!(rates.take(&of(&[A]), SMALL, start + REFILL));
        assert!(!rates.take(&of(&[A]), SMALL, start + REFILL));
        assert!(rates.take(&of(&[A]), SMALL, start + REFILL * 2 * AT_ONCE));
    }

    #[test]
    fn who_keeps_to_the_pace_unevenly_is_never_refused() {
        let (rates, start) = rates();
        for pair in 0..AT_ONCE * 2 {
            let now = start + REFILL * 2 * pair;
            assert!(rates.take(&of(&[A]), SMALL, now), "pair {pair}");
            assert!(
                rates.take(&of(&[A]), SMALL, now + REFILL / 2),
                "pair {pair}"
            );
        }
    }

    #[test]
    fn what_a_rule_refused_costs_more() {
        let (rates, start) = rates();
        rates.refused(&of(&[A]), SMALL, start);
        assert_eq!(taken(&rates, &of(&[A]), start), AT_ONCE - 10);
        rates.refused(&of(&[B]), LARGE, start);
        assert_eq!(taken(&rates, &of(&[B]), start), AT_ONCE - 160);
    }

    #[test]
    fn a_large_event_counts_as_many() {
        let (rates, start) = rates();
        let taken = (0..).take_while(|_| rates.take(&of(&[A]), LARGE, start));
        assert_eq!(taken.count(), AT_ONCE.div_ceil(16) as usize);
        let sizes = [1, UNIT, UNIT + 1, LARGE - 1, LARGE];
        assert_eq!(sizes.map(units), [1, 1, 2, 16, 16]);
    }

    /// As many events as four validators take from them, each node another one, and every node stores and refuses them all.
    #[test]
    fn strangers_cannot_fill_the_disks_with_what_is_refused() {
        let strangers = [vec![Payer::Strangers]];
        for (size, pause) in [(LARGE, 1), (LARGE, 60), (LARGE, 450), (SMALL, 1)] {
            let (_, start) = rates();
            let nodes = [(); 4].map(|()| Rates::new(DEFAULT_RATE));
            let mut bytes = 0;
            for second in (0..3_600).step_by(pause) {
                let now = start + Duration::from_secs(second);
                let take = |node: &Rates| {
                    let taken = (0..).take_while(|_| node.take(&strangers, size, now));
                    taken.count()
                };
                let taken: usize = nodes.iter().map(take).sum();
                for node in nodes.iter().cycle().take(taken * nodes.len()) {
                    node.refused(&strangers, size, now);
                }
                bytes += taken * size;
            }
            assert!(bytes < 180_000_000, "{bytes} bytes in an hour");
        }
    }

    #[test]
    fn nobody_waits_longer_than_a_burst_takes() {
        let (rates, start) = rates();
        for _ in 0..AT_ONCE {
            rates.refused(&of(&[A]), LARGE, start);
        }
        assert!(!rates.take(&of(&[A]), SMALL, start + REFILL * AT_ONCE));
        assert!(rates.take(&of(&[A]), SMALL, start + REFILL * (AT_ONCE + 1)));
    }

    #[test]
    fn a_member_has_two_keys_worth_however_many_keys_it_has() {
        let (rates, start) = rates();
        let member = vec![Payer::Member("a".into())];
        let handed_in: u32 = (0..9)
            .map(|key| {
                let mut payers = of(&[PublicKey::Ed25519([key; 32])]);
                payers.push(member.clone());
                taken(&rates, &payers, start)
            })
            .sum();
        assert_eq!(handed_in, 2 * AT_ONCE);
        assert!(rates.take(&[member], SMALL, start + REFILL / 2));
    }

    #[test]
    fn who_lists_anothers_key_as_its_own_does_not_stop_it() {
        let (rates, start) = rates();
        let (thief, owner) = (Payer::Member("thief".into()), Payer::Member("owner".into()));
        taken(&rates, &[vec![thief.clone()]], start);
        assert!(rates.take(&[vec![thief.clone(), owner]], SMALL, start));
        assert!(!rates.take(&[vec![thief]], SMALL, start));
    }

    #[test]
    fn a_pace_may_be_chosen() {
        let (rates, start) = (Rates::new(7), Instant::now());
        assert_eq!(taken(&rates, &of(&[A]), start), 70);
        let later = start + Duration::from_secs(2);
        assert_eq!(taken(&rates, &of(&[A]), later), 14);
        assert!(Rates::new(0).take(&of(&[A]), SMALL, start), "never none");
        assert!(Rates::new(u32::MAX).take(&of(&[A]), SMALL, start));
    }

    #[test]
    fn who_was_quiet_is_forgotten() {
        let (rates, start) = rates();
        for number in 0..=REMEMBERED as u64 {
            let mut key = [0; 32];
            key[..8].copy_from_slice(&number.to_be_bytes());
            rates.take(&of(&[PublicKey::Ed25519(key)]), SMALL, start);
        }
        rates.take(&of(&[A]), SMALL, start + REFILL * 2);
        assert_eq!(super::super::lock(&rates.used).len(), 1);
    }
}
