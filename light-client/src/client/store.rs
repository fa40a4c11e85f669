//! What a client keeps between its calls.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::future::Future;
use litemap::LiteMap;

use crate::client::attack::Attack;
use crate::client::failure::Failure;
use crate::trust::TrustedState;

/// Keeps trusted states. Only verification makes a [`TrustedState`], so nothing else can be put in.
///
/// # Errors
/// [`StoreError`] where nothing could be read or written; each ends the call of the client ([`Failure::Store`]). That there is nothing is no error.
pub trait Store {
    /// The highest state.
    fn newest(&mut self) -> impl Future<Output = Result<Option<TrustedState>, StoreError>>;

    /// The highest state at or below a height.
    fn at_or_below(
        &mut self,
        height: u64,
    ) -> impl Future<Output = Result<Option<TrustedState>, StoreError>>;

    /// The lowest state at or above a height.
    fn at_or_above(
        &mut self,
        height: u64,
    ) -> impl Future<Output = Result<Option<TrustedState>, StoreError>>;

    /// Keeps a state beside those of other heights; older ones may be dropped for it, never the newest. Ends no halt.
    fn put(&mut self, state: &TrustedState) -> impl Future<Output = Result<(), StoreError>>;

    /// Keeps that the chain has forked. Stays until [`Store::clear_halt`], whatever happens to the program.
    fn halt(&mut self, attack: &Attack) -> impl Future<Output = Result<(), StoreError>>;

    /// The fork that was found, if one was.
    fn halted(&mut self) -> impl Future<Output = Result<Option<Attack>, StoreError>>;

    /// Trust is established anew: everything that was trusted is dropped, and a halt with it.
    fn clear_halt(&mut self) -> impl Future<Output = Result<(), StoreError>>;

    /// Keeps a state from outside the chain and nothing else any more: a checkpoint of the page, or one that a person compared and confirmed. Ends a halt.
    fn begin(&mut self, state: &TrustedState) -> impl Future<Output = Result<(), StoreError>> {
        async move {
            self.clear_halt().await?;
            self.put(state).await
        }
    }

    /// How often trust was established anew, by any program that shares this store, before the last [`Store::halted`]: what was proven by what was
    /// trusted before another number counts no more.
    fn generation(&self) -> u64 {
        0
    }
}

impl<S: Store> Store for &mut S {
    fn newest(&mut self) -> impl Future<Output = Result<Option<TrustedState>, StoreError>> {
        S::newest(self)
    }

    fn at_or_below(
        &mut self,
        height: u64,
    ) -> impl Future<Output = Result<Option<TrustedState>, StoreError>> {
        S::at_or_below(self, height)
    }

    fn at_or_above(
        &mut self,
        height: u64,
    ) -> impl Future<Output = Result<Option<TrustedState>, StoreError>> {
        S::at_or_above(self, height)
    }

    fn put(&mut self, state: &TrustedState) -> impl Future<Output = Result<(), StoreError>> {
        S::put(self, state)
    }

    fn halt(&mut self, attack: &Attack) -> impl Future<Output = Result<(), StoreError>> {
        S::halt(self, attack)
    }

    fn halted(&mut self) -> impl Future<Output = Result<Option<Attack>, StoreError>> {
        S::halted(self)
    }

    fn clear_halt(&mut self) -> impl Future<Output = Result<(), StoreError>> {
        S::clear_halt(self)
    }

    fn begin(&mut self, state: &TrustedState) -> impl Future<Output = Result<(), StoreError>> {
        S::begin(self, state)
    }

    fn generation(&self) -> u64 {
        S::generation(self)
    }
}

/// Why something could not be kept or found again, for a person to read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StoreError(pub String);

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        Failure::Store(error.0)
    }
}

/// States that a store keeps.
pub(super) const KEPT: usize = 64;

/// Keeps states in memory, and forgets the least useful ones.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    states: LiteMap<u64, TrustedState>,
    attack: Option<Box<Attack>>,
}

impl Store for MemoryStore {
    async fn newest(&mut self) -> Result<Option<TrustedState>, StoreError> {
        Ok(self.states.values().next_back().cloned())
    }

    async fn at_or_below(&mut self, height: u64) -> Result<Option<TrustedState>, StoreError> {
        let below = self.states.iter().rfind(|(at, _)| **at <= height);
        Ok(below.map(|(_, state)| state.clone()))
    }

    async fn at_or_above(&mut self, height: u64) -> Result<Option<TrustedState>, StoreError> {
        let above = self.states.iter().find(|(at, _)| **at >= height);
        Ok(above.map(|(_, state)| state.clone()))
    }

    async fn put(&mut self, state: &TrustedState) -> Result<(), StoreError> {
        self.states.insert(state.height(), state.clone());
        if self.states.len() > KEPT {
            let heights: Vec<u64> = self.states.keys().copied().collect();
            let keep = heights_to_keep(&heights, KEPT / 2);
            self.states
                .retain(|height, _| keep.binary_search(height).is_ok());
        }
        Ok(())
    }

    async fn halt(&mut self, attack: &Attack) -> Result<(), StoreError> {
        self.attack = Some(Box::new(attack.clone()));
        Ok(())
    }

    async fn halted(&mut self) -> Result<Option<Attack>, StoreError> {
        Ok(self.attack.as_deref().cloned())
    }

    async fn clear_halt(&mut self) -> Result<(), StoreError> {
        self.attack = None;
        self.states.clear();
        Ok(())
    }
}

/// Which of these heights (ascending) a store that can keep `most` should keep: the newest half of `most`, then ever fewer the older they are,
/// and always the lowest. Any height is then at most a constant factor further away than its age. Ascending, at most `most` heights, but at least two.
pub fn heights_to_keep(heights: &[u64], most: usize) -> Vec<u64> {
    let most = most.max(2);
    if heights.len() <= most {
        return heights.to_vec();
    }
    let (Some(lowest), Some(newest)) = (heights.first(), heights.last()) else {
        return Vec::new();
    };
    let recent = most / 2;
    let mut keep: Vec<u64> = heights.iter().rev().take(recent).copied().collect();
    // Older ones at ages that double, spread over the places that are left.
    let places = most.saturating_sub(recent).saturating_sub(1);
    let span = newest.saturating_sub(*lowest);
    for place in 1..=places {
        let shift = u32::try_from(place).unwrap_or(63).min(63);
        let wanted = newest.saturating_sub(span >> shift);
        if let Some(height) = heights.iter().find(|height| **height >= wanted) {
            keep.push(*height);
        }
    }
    keep.push(*lowest);
    keep.sort_unstable();
    keep.dedup();
    keep
}
