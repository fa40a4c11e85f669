//! More full nodes of the same chain: they take blocks and commits from another node and believe nothing else of it.

use crate::{
    chain::FullNode,
    error::{Error, Result},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// The thread that follows another node.
pub struct Follower {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<()>>,
}

impl Follower {
    /// Starts following `source`.
    pub fn start(node: Arc<FullNode>, source: Arc<FullNode>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let thread = thread::spawn({
            let stop = stop.clone();
            move || {
                while !stop.load(Ordering::Relaxed) {
                    catch_up(&node, &source)?;
                    thread::sleep(Duration::from_millis(30));
                }
                Ok(())
            }
        });
        Self { stop, thread }
    }

    /// Whether the thread has ended, for it met a block that it does not believe.
    pub fn has_ended(&self) -> bool {
        self.thread.is_finished()
    }

    /// Ends after the block that is being replayed.
    pub fn stop(self) -> Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or(Ok(()))
    }
}

/// Verifies and executes every block that `source` has and `node` has not.
pub fn catch_up(node: &FullNode, source: &FullNode) -> Result<()> {
    let (from, to) = (node.height() + 1, source.height());
    if from > to {
        return Ok(());
    }
    let snapshot = source.snapshot();
    for height in from..=to {
        let (Some(block), Some(commit)) = (snapshot.block(height)?, snapshot.commit(height)?)
        else {
            return Err(Error::Damaged("a block is missing"));
        };
        node.follow(&block, &commit)?;
    }
    Ok(())
}
