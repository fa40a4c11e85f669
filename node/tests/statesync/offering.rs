//! Taking snapshots, keeping and offering them.

use super::*;

#[test]
fn a_snapshot_is_offered_once_the_headers_that_prove_it_are_there() {
    let source = Source::new();
    for height in HEIGHTS + 1..=HEIGHTS + 3 {
        assert!(source.application.list_snapshots().is_empty());
        execute(&source.application, height);
    }
    let list = source.application.list_snapshots();
    assert_eq!(list, std::slice::from_ref(&source.manifest));
    let load = |height, format, index| {
        let application = &source.application;
        application.load_snapshot_chunk(height, format, index)
    };
    assert_eq!(load(HEIGHTS, FORMAT, 0).as_ref(), source.chunks.first());
    for (height, format, index) in [(HEIGHTS, FORMAT, 99), (HEIGHTS, 2, 0), (1, FORMAT, 0)] {
        assert_eq!(load(height, format, index), None);
    }
}

/// Height 9 carries no events: the state is that of height 8.
#[test]
fn a_snapshot_shows_the_state_of_a_block_with_events() {
    let folder = tempfile::tempdir().expect("a folder");
    let pace = Pace { every: 9, keep: 2 };
    let shelf = Shelf::open(folder.path().join("snapshots"), pace).expect("opens");
    let application = open(&folder.path().join("db")).with_snapshots(shelf.clone());
    let request = genesis().init_chain().expect("a genesis");
    application.init_chain(&request).expect("begins");
    application.commit(Changes::default()).expect("commits");
    for height in 1..=9 {
        execute(&application, height);
    }
    wait_for(&shelf, 8);
}

#[test]
fn few_snapshots_are_kept_and_what_is_not_whole_goes() {
    let source = Source::new();
    let folder = source.folder.path().join("snapshots");
    // Where a block carries no events, the snapshot is of the one before.
    for (until, expected) in [(62, 62), (93, 92), (124, 124)] {
        for height in source.application.info().last_block_height + 1..=until {
            execute(&source.application, height);
        }
        wait_for(&source.shelf, expected);
    }
    // What is written last is listed before the oldest is gone.
    let deadline = Instant::now() + Duration::from_secs(30);
    while std::fs::read_dir(&folder).expect("reads").count() > 2 {
        assert!(Instant::now() < deadline);
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(source.shelf.oldest(), Some(92));
    std::fs::create_dir(folder.join("7.partial")).expect("makes");
    let again = Shelf::open(folder.clone(), PACE).expect("opens");
    assert_eq!(again.list(), source.shelf.list());
    assert_eq!(std::fs::read_dir(&folder).expect("reads").count(), 2);
}

#[test]
fn what_the_disk_altered_is_not_sent() {
    let source = Source::new();
    let folder = source.folder.path().join("snapshots");
    let file = folder.join(HEIGHTS.to_string()).join("000000");
    let shelf = Shelf::open(folder, PACE).expect("opens");
    assert!(shelf.chunk(HEIGHTS, 0).is_some());
    let mut bytes = std::fs::read(&file).expect("reads");
    bytes[100] ^= 1;
    std::fs::write(&file, &bytes).expect("writes");
    assert_eq!(shelf.chunk(HEIGHTS, 0), None);
    std::fs::write(&file, &bytes[..99]).expect("writes");
    assert_eq!(shelf.chunk(HEIGHTS, 0), None);
}

#[test]
fn blocks_are_kept_as_long_as_the_horizon_and_the_snapshots_need_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let pace = Pace {
        every: 500,
        keep: 1,
    };
    let shelf = Shelf::open(folder.path().join("snapshots"), pace).expect("opens");
    let application = open(&folder.path().join("db"))
        .with_snapshots(shelf.clone())
        .with_blocks(10);
    application.store().set_durable_every(100);
    let request = genesis().init_chain().expect("a genesis");
    application.init_chain(&request).expect("begins");
    application.commit(Changes::default()).expect("commits");
    let block = |height: u64| {
        let txs = match height {
            1 | 400 | 1_600 => vec![admit(&format!("m-{height}"), GENESIS)],
            _ => Vec::new(),
        };
        let request = FinalizeBlockRequest {
            txs: &txs,
            misbehaviour: &[],
            hash: sha256(&height.to_be_bytes()),
            height,
            time: GENESIS + height as i64,
        };
        application.finalize_block(&request).expect("executes");
        application.commit(Changes::default()).expect("commits");
    };
    (1..=1_000).for_each(&block);
    assert_eq!(application.retain_height(), 0, "the horizon is 1 000");
    wait_for(&shelf, 400);
    (1_001..=1_300).for_each(&block);
    assert_eq!(application.retain_height(), 300);
    (1_301..=1_999).for_each(&block);
    assert_eq!(
        application.retain_height(),
        400,
        "the snapshot's blocks stay"
    );
    block(2_000);
    wait_for(&shelf, 1_600);
    block(2_001);
    assert_eq!(application.retain_height(), 1_001);
    let key = tree_key("member", "m-400");
    for (height, expected) in [
        (1_000, code::NO_SUCH_HEIGHT),
        (1_001, code::OK),
        (2_001, code::OK),
        (2_002, code::NO_SUCH_HEIGHT),
    ] {
        let answer = ask(&application, "/head", &key, height);
        assert_eq!(answer.code, expected, "{height}: {}", answer.log);
        assert_eq!(answer.proof.is_some(), expected == code::OK);
    }
    let pruned = ask(&application, "/head", &key, 1_000);
    assert!(pruned.log.contains("pruned"), "{}", pruned.log);
}
