//! A store that outlasts the program: bytes on a shelf, checked again each time they are read.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::future::Future;

use crate::client::attack::Attack;
use crate::client::store::{KEPT, MemoryStore, Store, StoreError, heights_to_keep};
use crate::merkle::{Hash, sha256};
use crate::trust::{SignatureCheck, TrustedState};

/// Where a [`KeptStore`] keeps bytes under names: a database of a browser, a folder. Names are lower-case hex digits, `/` and letters.
pub trait Shelf {
    /// The names that begin like this, ascending.
    fn names(&self, beginning: &str) -> impl Future<Output = Result<Vec<String>, StoreError>>;

    /// What is kept under a name.
    fn get(&self, name: &str) -> impl Future<Output = Result<Option<Vec<u8>>, StoreError>>;

    /// Keeps bytes under a name, in the place of older ones. Done once they would survive the end of the program.
    fn put(&self, name: &str, bytes: &[u8]) -> impl Future<Output = Result<(), StoreError>>;

    /// Removes these names; those that are not there are no error.
    fn remove(&self, names: &[String]) -> impl Future<Output = Result<(), StoreError>>;
}

/// What the names begin with under which a [`KeptStore`] keeps the states that were reached from this checkpoint; each goes on with its height.
/// What else is kept there, under names that are no heights, goes with all of them: once the checkpoint is another, or a person ends a halt.
pub fn states_root(chain_id: &str, checkpoint: &Hash) -> String {
    format!("{}{}/", chain_root(chain_id), hex::encode(checkpoint))
}

/// What the names of all that is kept of a chain begin with.
fn chain_root(chain_id: &str) -> String {
    format!("{}/", hex::encode(sha256(&[chain_id.as_bytes()])))
}

/// How the name of a halt ends.
const HALT: &str = "halt";
/// How the name ends that keeps a generation's number where no state does.
const BEGUN: &str = "begun";

/// Keeps states of one chain on a shelf, under the checkpoint from which they were reached.
///
/// - Several programs may share a shelf, as tabs of a browser do. Each time that a person establishes trust anew a generation of states begins, and of a
///   halt; its number is in their names. What a program still writes that began its call before that is never found, be it a state or a halt, and its
///   next call goes on with what the person decided. Within a generation a halt stops every program, whatever states are written beside it.
/// - States that were reached from another checkpoint are never found: a checkpoint that is newer, or contradicts them, begins anew. A halt is
///   the chain's, whatever the checkpoint.
/// - What was damaged is dropped when it is met; the client then starts from a state below, in the end from the checkpoint. A halt that
///   cannot be read any more is an error, never the absence of one.
/// - A shelf that fails is given no more states and asked for none. The store goes on in memory, from the lowest and the newest that it still gives where it is
///   full, else from nothing, and says so ([`KeptStore::is_kept`]).
///   It is still asked for a halt, unless it could not even be opened: that it cannot be read is an error too.
#[derive(Debug)]
pub struct KeptStore<S> {
    shelf: S,
    /// What the names of this chain begin with.
    chain: String,
    /// The checkpoint, as it stands in the names of its states.
    checkpoint: String,
    /// How often trust had been established anew when the call began that is under way.
    generation: u64,
    check: SignatureCheck,
    failed: bool,
    is_asked_for_halts: bool,
    /// States once the shelf has failed, and a halt in any case; of a generation.
    memory: (u64, MemoryStore),
    /// What was read last, so that following the chain does not check the same signatures again and again.
    last: Option<(Vec<u8>, TrustedState)>,
}

impl<S: Shelf> KeptStore<S> {
    /// The store of a chain as it is trusted from a checkpoint (the hash of its block; the state itself is yet to be put, where there is none); states from
    /// other checkpoints are removed. A shelf that fails is no error here: see [`KeptStore::is_kept`]. `check` says how much of each state is
    /// checked when it is read.
    pub async fn open(
        shelf: S,
        chain_id: &str,
        checkpoint: &Hash,
        check: SignatureCheck,
    ) -> KeptStore<S> {
        let mut store = KeptStore::forgetful(shelf, chain_id, checkpoint, check);
        if let Ok(mut names) = store.shelf.names(&store.chain).await {
            store.failed = false;
            store.is_asked_for_halts = true;
            store.catch_up(&names);
            // What lies beside states, and a halt for older programs, is in no generation.
            let own = [
                states_root(chain_id, checkpoint),
                store.plain_halt(),
                store.root(),
                store.named(HALT),
                store.named(BEGUN),
            ];
            names.retain(|name| !own.iter().any(|own| name.starts_with(own)));
            store.remove(&names).await;
        }
        store
    }

    /// A store that leaves its shelf alone and goes on in memory from the beginning: for a trust that is not to outlast what it is for.
    pub fn forgetful(
        shelf: S,
        chain_id: &str,
        checkpoint: &Hash,
        check: SignatureCheck,
    ) -> KeptStore<S> {
        KeptStore {
            shelf,
            chain: chain_root(chain_id),
            checkpoint: hex::encode(checkpoint),
            generation: 0,
            check,
            failed: true,
            is_asked_for_halts: false,
            memory: (0, MemoryStore::default()),
            last: None,
        }
    }

    /// Whether what is put in outlasts the program.
    pub fn is_kept(&self) -> bool {
        !self.failed
    }

    /// Takes what the shelf gave; a failure is its last.
    fn try_on<T>(&mut self, outcome: Result<T, StoreError>) -> Option<T> {
        self.failed |= outcome.is_err();
        outcome.ok()
    }

    async fn remove(&mut self, names: &[String]) {
        if !names.is_empty() {
            self.try_on(self.shelf.remove(names).await);
        }
    }

    async fn put_halt(&self, attack: &Attack) -> Result<(), StoreError> {
        self.shelf.put(&self.named(HALT), &attack.to_bytes()).await
    }

    async fn forget_states(&mut self) {
        if let Ok(names) = self.shelf.names(&self.root()).await {
            self.remove(&names).await;
        }
    }

    /// A name of this generation.
    fn named(&self, name: &str) -> String {
        match self.generation {
            0 => format!("{}{name}", self.chain),
            generation => format!("{}{generation:016x}/{name}", self.chain),
        }
    }

    /// The name under which programs look for a halt that know no generations.
    fn plain_halt(&self) -> String {
        format!("{}{HALT}", self.chain)
    }

    /// What the names of its states begin with.
    fn root(&self) -> String {
        self.named(&self.checkpoint) + "/"
    }

    fn name(&self, height: u64) -> String {
        format!("{}{height:016x}", self.root())
    }

    /// Goes on with the newest generation among these names.
    fn catch_up(&mut self, names: &[String]) {
        let number = |name: &String| {
            let (number, _) = name.strip_prefix(&self.chain)?.split_once('/')?;
            let number = Some(number).filter(|number| number.len() == 16)?;
            u64::from_str_radix(number, 16).ok()
        };
        let newest = names.iter().filter_map(number).max().unwrap_or_default();
        self.generation = self.generation.max(newest);
    }

    /// What memory has of this generation.
    fn memory(&mut self) -> &mut MemoryStore {
        if self.memory.0 != self.generation {
            self.memory = (self.generation, MemoryStore::default());
        }
        &mut self.memory.1
    }

    /// Trusts nothing any more but this state, where there is one.
    async fn begin_anew(&mut self, first: Option<&TrustedState>) -> Result<(), StoreError> {
        if self.is_asked_for_halts {
            let begun = self.begin_generation(first).await;
            // A person has decided; what it still says is asked again when it is opened again.
            self.is_asked_for_halts = self.try_on(begun).is_some();
        }
        self.memory = (self.generation, MemoryStore::default());
        match first {
            Some(state) if self.failed => self.memory.1.put(state).await,
            _ => Ok(()),
        }
    }

    /// The first name with its number begins it, for every program at once.
    async fn begin_generation(&mut self, first: Option<&TrustedState>) -> Result<(), StoreError> {
        let names = self.shelf.names(&self.chain).await?;
        self.catch_up(&names);
        let (halts, states): (Vec<_>, Vec<_>) =
            names.into_iter().partition(|name| name.ends_with(HALT));
        // They make room for it.
        self.shelf.remove(&states).await?;
        self.generation = self.generation.saturating_add(1);
        if let Some(state) = first {
            let name = self.name(state.height());
            self.shelf.put(&name, &state.to_bytes()).await?;
        }
        self.shelf.put(&self.named(BEGUN), &[]).await?;
        self.shelf.remove(&halts).await
    }

    /// The heights that are kept, ascending; none where the shelf has failed.
    async fn heights(&mut self) -> Option<Vec<u64>> {
        if self.failed {
            return None;
        }
        let root = self.root();
        let names = self.try_on(self.shelf.names(&root).await)?;
        let height = |name: &String| u64::from_str_radix(name.strip_prefix(&root)?, 16).ok();
        Some(names.iter().filter_map(height).collect())
    }

    /// The first of these heights whose state is sound; the others are dropped on the way. An error: the shelf has failed.
    async fn first_sound(
        &mut self,
        heights: Vec<u64>,
    ) -> Result<Option<TrustedState>, ShelfFailed> {
        for height in heights {
            let name = self.name(height);
            let bytes = self
                .try_on(self.shelf.get(&name).await)
                .ok_or(ShelfFailed)?;
            match bytes.and_then(|bytes| self.read(height, bytes)) {
                Some(state) => return Ok(Some(state)),
                None => self.remove(&[name]).await,
            }
        }
        Ok(None)
    }

    fn read(&mut self, height: u64, bytes: Vec<u8>) -> Option<TrustedState> {
        if let Some((read, state)) = &self.last
            && *read == bytes
            && state.height() == height
        {
            return Some(state.clone());
        }
        let state = TrustedState::from_bytes(&bytes, self.check).ok()?;
        let sound = state.height() == height;
        sound.then(|| self.last.insert((bytes, state)).1.clone())
    }

    async fn prune(&mut self) {
        let Some(heights) = self.heights().await.filter(|heights| heights.len() > KEPT) else {
            return;
        };
        let keep = heights_to_keep(&heights, KEPT / 2);
        let gone = heights
            .iter()
            .filter(|height| keep.binary_search(height).is_err());
        let gone: Vec<String> = gone.map(|height| self.name(*height)).collect();
        self.remove(&gone).await;
    }
}

/// The shelf has failed: memory answers.
struct ShelfFailed;

impl<S: Shelf> Store for KeptStore<S> {
    async fn newest(&mut self) -> Result<Option<TrustedState>, StoreError> {
        self.at_or_below(u64::MAX).await
    }

    async fn at_or_below(&mut self, height: u64) -> Result<Option<TrustedState>, StoreError> {
        if let Some(mut heights) = self.heights().await {
            heights.retain(|kept| *kept <= height);
            heights.reverse();
            if let Ok(found) = self.first_sound(heights).await {
                return Ok(found);
            }
        }
        self.memory().at_or_below(height).await
    }

    async fn at_or_above(&mut self, height: u64) -> Result<Option<TrustedState>, StoreError> {
        if let Some(mut heights) = self.heights().await {
            heights.retain(|kept| *kept >= height);
            if let Ok(found) = self.first_sound(heights).await {
                return Ok(found);
            }
        }
        self.memory().at_or_above(height).await
    }

    async fn put(&mut self, state: &TrustedState) -> Result<(), StoreError> {
        if !self.failed {
            let put = self
                .shelf
                .put(&self.name(state.height()), &state.to_bytes())
                .await;
            if put.is_err() {
                // What a full shelf still gives: without it no fork could be proven.
                let given = [self.at_or_above(0).await?, self.newest().await?];
                for state in given.iter().flatten() {
                    self.memory().put(state).await?;
                }
            }
            self.try_on(put);
            self.prune().await;
        }
        if self.failed {
            self.memory().put(state).await?;
        }
        Ok(())
    }

    async fn halt(&mut self, attack: &Attack) -> Result<(), StoreError> {
        if self.is_asked_for_halts && self.put_halt(attack).await.is_err() {
            // What was trusted makes room for it. Where it still cannot be kept, the next program at least trusts nothing but its checkpoint.
            self.forget_states().await;
            self.try_on(self.put_halt(attack).await);
        }
        if self.is_asked_for_halts && self.generation > 0 {
            // A page that was rolled back finds it there.
            let _ = self.shelf.put(&self.plain_halt(), &attack.to_bytes()).await;
        }
        self.memory().halt(attack).await
    }

    async fn halted(&mut self) -> Result<Option<Attack>, StoreError> {
        let names = match self.is_asked_for_halts {
            true => self.shelf.names(&self.chain).await,
            false => Ok(Vec::new()),
        };
        self.catch_up(names.as_deref().unwrap_or_default());
        if let Some(attack) = self.memory().halted().await? {
            return Ok(Some(attack));
        }
        if names?.is_empty() {
            return Ok(None);
        }
        let bytes = self.shelf.get(&self.named(HALT)).await?;
        let read = bytes.map(|bytes| Attack::from_bytes(&bytes)).transpose();
        read.map_err(|error| StoreError(format!("{error}")))
    }

    async fn clear_halt(&mut self) -> Result<(), StoreError> {
        self.begin_anew(None).await
    }

    async fn begin(&mut self, state: &TrustedState) -> Result<(), StoreError> {
        self.begin_anew(Some(state)).await
    }

    fn generation(&self) -> u64 {
        self.generation
    }
}
