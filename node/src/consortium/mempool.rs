//! Transactions that wait for a block; bounded in number and bytes. How much one key may hand in is the application's to say.

use crate::{comet, merkle::Hash};
use std::{
    collections::{HashSet, VecDeque},
    sync::{Condvar, Mutex, MutexGuard},
    time::Instant,
};

/// Most transactions that wait for a block, here and at CometBFT.
pub const MAX_TXS: usize = 5_000;
/// Most bytes of them.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Why a transaction may not wait.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    /// It waits already.
    #[error("tx already exists in cache")]
    Known,
    /// There are too many.
    #[error(
        "mempool is full: number of txs {txs} (max: {MAX_TXS}), total bytes {bytes} (max: {MAX_BYTES})"
    )]
    Mempool {
        /// Waiting transactions.
        txs: usize,
        /// Their bytes.
        bytes: usize,
    },
}

struct Waiting {
    hash: Hash,
    tx: Vec<u8>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    hashes: HashSet<Hash>,
    bytes: usize,
}

/// The mempool.
#[derive(Default)]
pub struct Mempool {
    queue: Mutex<Queue>,
    arrived: Condvar,
}

impl Mempool {
    /// Takes a transaction that was checked.
    pub fn add(&self, tx: Vec<u8>) -> Result<(), Full> {
        let mut queue = self.lock();
        let hash = comet::tx_hash(&tx);
        if queue.hashes.contains(&hash) {
            return Err(Full::Known);
        }
        if queue.waiting.len() >= MAX_TXS || queue.bytes + tx.len() > MAX_BYTES {
            return Err(Full::Mempool {
                txs: queue.waiting.len(),
                bytes: queue.bytes,
            });
        }
        queue.bytes += tx.len();
        queue.hashes.insert(hash);
        queue.waiting.push_back(Waiting { hash, tx });
        self.arrived.notify_all();
        Ok(())
    }

    /// The waiting transactions, oldest first, up to this many bytes.
    pub fn reap(&self, max_bytes: usize) -> Vec<Vec<u8>> {
        let mut left = max_bytes;
        let queue = self.lock();
        let fits = queue.waiting.iter().take_while(|waiting| {
            let fits = waiting.tx.len() <= left;
            left = left.saturating_sub(waiting.tx.len());
            fits
        });
        fits.map(|waiting| waiting.tx.clone()).collect()
    }

    /// The oldest waiting transactions, at most so many.
    pub fn first(&self, txs: usize) -> Vec<Vec<u8>> {
        let queue = self.lock();
        let first = queue.waiting.iter().take(txs);
        first.map(|waiting| waiting.tx.clone()).collect()
    }

    /// Keeps only the transactions that this says may go on waiting.
    pub fn retain(&self, mut stays: impl FnMut(&Hash, &[u8]) -> bool) {
        let mut queue = self.lock();
        let waiting = std::mem::take(&mut queue.waiting);
        for entry in waiting {
            if stays(&entry.hash, &entry.tx) {
                queue.waiting.push_back(entry);
                continue;
            }
            queue.hashes.remove(&entry.hash);
            queue.bytes -= entry.tx.len();
        }
    }

    /// How many wait, and their bytes.
    pub fn size(&self) -> (usize, usize) {
        let queue = self.lock();
        (queue.waiting.len(), queue.bytes)
    }

    /// Waits until something waits for a block, or until this moment, or for [`Mempool::wake`].
    pub fn wait(&self, until: Instant) {
        let queue = self.lock();
        let left = until.saturating_duration_since(Instant::now());
        if queue.waiting.is_empty() && !left.is_zero() {
            let _ = self.arrived.wait_timeout(queue, left);
        }
    }

    /// Ends a [`Mempool::wait`].
    pub fn wake(&self) {
        self.arrived.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
