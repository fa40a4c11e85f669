//! Handing in: every connection takes what is next, ten at a time, as fast as it is taken.

use super::blocks::waiting;
use lianyan_tests::Outcome;
use node::application::code;
use node::network::{Client, MAX_BATCH};
use std::slice::Chunks;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Connections at each node. CometBFT gathers for up to 20 ms what it asks an application in a process of its own, and an answer waits for that.
const CONNECTIONS: usize = 64;
/// While more wait for a block at some node, nothing is handed in: at 5 000 CometBFT has no room, and says of what it has just checked that it
/// is taken.
const WAITING: u64 = 2_000;
/// Between two looks at how many wait.
const LOOK: Duration = Duration::from_millis(25);

/// What is handed in, by many at once.
struct Hand<'a> {
    batches: Mutex<Chunks<'a, Vec<u8>>>,
    /// The nodes that have as many waiting as they should.
    full: Vec<AtomicBool>,
    /// Everything is handed in.
    done: AtomicBool,
}

/// Hands in everything, over several connections at every node.
pub fn hand_in(clients: &[Client], transactions: &[Vec<u8>]) -> Outcome {
    let hand = Hand {
        batches: Mutex::new(transactions.chunks(MAX_BATCH)),
        full: clients.iter().map(|_| AtomicBool::new(false)).collect(),
        done: AtomicBool::new(false),
    };
    thread::scope(|scope| {
        for (client, full) in clients.iter().zip(&hand.full) {
            let done = &hand.done;
            scope.spawn(move || watch(*client, full, done));
        }
        let connections = clients.iter().cycle().take(clients.len() * CONNECTIONS);
        let threads: Vec<_> = connections
            .map(|client| scope.spawn(|| hand.give(*client).map_err(|why| why.to_string())))
            .collect();
        let ends: Vec<_> = threads.into_iter().map(|thread| thread.join()).collect();
        hand.done.store(true, Ordering::Relaxed);
        for end in ends {
            end.map_err(|_| "the load broke off")??;
        }
        Ok(())
    })
}

impl<'a> Hand<'a> {
    fn is_any_full(&self) -> bool {
        self.full.iter().any(|full| full.load(Ordering::Relaxed))
    }

    fn next(&self) -> Option<&'a [Vec<u8>]> {
        self.batches.lock().ok()?.next()
    }

    fn give(&self, client: Client) -> Outcome {
        while let Some(batch) = self.next() {
            while self.is_any_full() {
                thread::sleep(LOOK);
            }
            let mut left = batch.to_vec();
            while !left.is_empty() {
                left = not_taken(client, left)?;
            }
        }
        Ok(())
    }
}

/// Looks at each node by itself: one that is busy with a block answers late, and the others would seem full for as long.
fn watch(client: Client, full: &AtomicBool, done: &AtomicBool) {
    while !done.load(Ordering::Relaxed) {
        full.store(waiting(client) > Some(WAITING), Ordering::Relaxed);
        thread::sleep(LOOK);
    }
}

/// Hands in a batch; those for which the node had no room.
fn not_taken(client: Client, batch: Vec<Vec<u8>>) -> Outcome<Vec<Vec<u8>>> {
    let mut left = Vec::new();
    let answers = client.broadcast(&batch)?;
    for (transaction, answer) in batch.into_iter().zip(answers) {
        let why = answer["error"]["data"].as_str().unwrap_or_default();
        if why.contains("considered as full") || why.contains("mempool is full") {
            left.push(transaction);
        } else if answer["code"] != code::OK {
            return Err(format!("a transaction is not taken: {answer}").into());
        }
    }
    if !left.is_empty() {
        thread::sleep(LOOK);
    }
    Ok(left)
}
