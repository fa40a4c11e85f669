//! Deciding blocks.

use super::{Mempool, Signers, now};
use crate::{
    application::{CheckTxRequest, PrepareProposalRequest, code},
    chain::FullNode,
    comet::{self, Block, Commit},
    error::Result,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// How fast blocks follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Between blocks without events. An event is known to have happened between its block's time and the next one's, and a page judges by the
    /// newest header's age: three seconds keep both narrow, at 30 MB a day and node.
    pub idle: Duration,
    /// Least time between blocks when there is something to write, or to prove: a block with events is followed by one that commits to them.
    pub busy: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(3),
            busy: Duration::from_millis(150),
        }
    }
}

/// Decides the next block: proposes from these transactions at the proposer's local time, collects votes at the validators' times, follows it.
pub fn decide(
    node: &FullNode,
    signers: &Signers,
    txs: Vec<Vec<u8>>,
    local_time: i64,
    vote_time: &dyn Fn() -> i64,
) -> Result<(Block, Commit)> {
    let state = node.state();
    let height = state.height.unsigned_abs();
    let last_commit = match height {
        0 => comet::empty_commit(),
        _ => node.snapshot().commit(height)?.unwrap_or_default(),
    };
    let time = comet::nanos(&state.next_time(&last_commit));
    let txs = node.application.prepare_proposal(PrepareProposalRequest {
        max_tx_bytes: state.params.max_tx_bytes(),
        txs,
        time,
        local_time,
    })?;
    let header = state.next_header(&txs, &last_commit)?;
    let block = comet::make_block(header, txs, last_commit);
    let commit = signers.commit(&state, &comet::block_id(&block), time, vote_time);
    node.follow(&block, &commit)?;
    Ok((block, commit))
}

/// The thread that decides blocks.
pub struct Producer {
    stop: Arc<AtomicBool>,
    mempool: Arc<Mempool>,
    thread: JoinHandle<Result<()>>,
}

impl Producer {
    /// Starts deciding blocks from the mempool.
    pub fn start(node: Arc<FullNode>, signers: Signers, mempool: Arc<Mempool>, pace: Pace) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let thread = thread::spawn({
            let (stop, mempool) = (stop.clone(), mempool.clone());
            move || run(&node, &signers, &mempool, pace, &stop)
        });
        Self {
            stop,
            mempool,
            thread,
        }
    }

    /// Whether the thread has ended, for it failed.
    pub fn has_ended(&self) -> bool {
        self.thread.is_finished()
    }

    /// Ends after the block in the making.
    pub fn stop(self) -> Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        self.mempool.wake();
        self.thread.join().unwrap_or(Ok(()))
    }
}

fn run(
    node: &FullNode,
    signers: &Signers,
    mempool: &Mempool,
    pace: Pace,
    stop: &AtomicBool,
) -> Result<()> {
    let mut last = Instant::now();
    // Whether a block is wanted without waiting: what the last one wrote is to be proven, or its time is long past.
    let mut again = true;
    while !stop.load(Ordering::Relaxed) {
        thread::sleep((last + pace.busy).saturating_duration_since(Instant::now()));
        if !again {
            mempool.wait(last + pace.idle);
        }
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let due = again || mempool.size().0 > 0 || last.elapsed() >= pace.idle;
        if !due {
            continue;
        }
        last = Instant::now();
        let before = node.state();
        let waiting = mempool.reap(before.params.max_tx_bytes());
        decide(node, signers, waiting, now(), &now)?;
        let after = node.state();
        let late = now().saturating_sub(after.time) > pace.idle.as_nanos() as i64 * 2;
        again = late || after.app_hash != before.app_hash;
        drop_decided(node, mempool)?;
    }
    Ok(())
}

/// Forgets what is in a block now, and what can no longer be.
fn drop_decided(node: &FullNode, mempool: &Mempool) -> Result<()> {
    if mempool.size().0 == 0 {
        return Ok(());
    }
    let snapshot = node.snapshot();
    mempool.retain(|hash, tx| {
        matches!(snapshot.tx_place(hash), Ok(None))
            && node
                .application
                .check_tx(CheckTxRequest { tx, again: true })
                .code
                == code::OK
    });
    Ok(())
}
