//! The embedded consortium's pace: idle blocks come at their interval, and what an event wrote is proven at once.

mod common;

use common::{Chain, SECOND, admit, signers};
use node::consortium::{Mempool, Pace, Producer, now};
use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

const PACE: Pace = Pace {
    idle: Duration::from_millis(900),
    busy: Duration::from_millis(20),
};

/// When the chain reaches a height.
fn reaches(chain: &Chain, height: u64) -> Instant {
    let deadline = Instant::now() + Duration::from_secs(20);
    while chain.node.height() < height {
        assert!(Instant::now() < deadline, "height {height} does not come");
        thread::sleep(Duration::from_millis(2));
    }
    Instant::now()
}

#[test]
fn empty_blocks_keep_their_interval_and_an_event_is_proven_without_waiting_for_it() {
    let chain = Chain::new();
    chain.decide(Vec::new());
    let mempool = Arc::new(Mempool::default());
    let producer = Producer::start(chain.node.clone(), signers(), mempool.clone(), PACE);
    // The genesis is long past: until block time is near the clock blocks follow each other.
    while now() - chain.time() > SECOND {
        thread::sleep(Duration::from_millis(2));
    }
    let height = chain.node.height();
    let times = [1, 2, 3].map(|later| reaches(&chain, height + later));
    for pair in times.windows(2) {
        let gap = pair[1] - pair[0];
        assert!(gap > PACE.idle / 2, "an empty block after {gap:?}");
        assert!(gap < PACE.idle * 3, "no empty block for {gap:?}");
    }
    let height = chain.node.height();
    let handed_in = Instant::now();
    mempool.add(admit("soon", now())).expect("taken");
    let written = reaches(&chain, height + 1);
    let proven = reaches(&chain, height + 2);
    assert!(written - handed_in < PACE.idle / 2, "at once");
    assert!(proven - written < PACE.idle / 2, "{:?}", proven - written);
    let idle = reaches(&chain, height + 3) - proven;
    assert!(idle > PACE.idle / 2, "an empty block after {idle:?}");
    let txs = |height| chain.node.snapshot().txs(height);
    let counts = [1, 2, 3].map(|later| txs(height + later).expect("reads").len());
    assert_eq!(counts, [1, 0, 0]);
    assert_ne!(
        chain.header_app_hash(height + 1),
        chain.header_app_hash(height + 2)
    );
    producer.stop().expect("stops");
}
