//! Joining by a snapshot, also in pieces and after crashes.

use super::*;

#[test]
fn who_begins_with_a_snapshot_goes_on_like_the_others() {
    let source = Source::new();
    let (_folder, file, application) = fresh();
    assert_eq!(
        restore(&application, &source.chunks, &source.app_hash),
        Taken::Accept
    );
    let (there, here) = (source.application.info(), application.info());
    assert_eq!(
        (here.last_block_height, here.app_version),
        (HEIGHTS, there.app_version)
    );
    assert_eq!(here.last_block_app_hash, source.app_hash);
    require_alike(&source.application, &application, HEIGHTS);
    drop(application);
    let application = open(&file);
    for height in HEIGHTS + 1..=HEIGHTS + LATER {
        let expected = execute(&source.application, height);
        assert_eq!(execute(&application, height), expected, "height {height}");
        require_alike(&source.application, &application, height);
    }
    let early = ask(
        &application,
        "/head",
        &tree_key("member", "m-4-0"),
        HEIGHTS - 1,
    );
    assert_eq!(early.code, code::NO_SUCH_HEIGHT);
    assert!(early.log.contains("snapshot"), "{}", early.log);
}

#[test]
fn an_event_that_came_with_a_snapshot_is_not_taken_again() {
    let source = Source::new();
    let (_folder, _file, application) = fresh();
    restore(&application, &source.chunks, &source.app_hash);
    let check = |tx: &[u8]| {
        let request = node::application::CheckTxRequest { tx, again: false };
        application.check_tx(request).code
    };
    let accepted = &txs(4)[0];
    assert_eq!(check(accepted), code::KNOWN);
    let envelope = Envelope::decode(accepted).expect("an envelope");
    let other = Envelope::sign(envelope.payload().to_vec(), &[&key("somebody else")]);
    let both = envelope.joined(other).expect("one payload");
    assert_eq!(check(&both.encode()), code::KNOWN);
}

/// Wherever the chunks end: within a record, within its log, after every item.
#[test]
fn the_whole_is_the_same_however_it_is_cut() {
    let source = Source::new();
    let items = source.items();
    for size in [1, 2, 3, 7, 50, items.len()] {
        let chunks: Vec<Vec<u8>> = items.chunks(size).map(<[_]>::concat).collect();
        let (_folder, _file, application) = fresh();
        assert_eq!(
            restore(&application, &chunks, &source.app_hash),
            Taken::Accept,
            "{size} items a chunk"
        );
        require_alike(&source.application, &application, HEIGHTS);
        let next = HEIGHTS + 1;
        let (_other, _file, whole) = fresh();
        restore(&whole, &source.chunks, &source.app_hash);
        assert_eq!(execute(&application, next), execute(&whole, next));
    }
}

#[test]
fn every_node_takes_the_same_snapshot_also_one_that_began_with_one() {
    let source = Source::new();
    let pace = Pace { every: 37, keep: 2 };
    let folder = source.folder.path();
    let (a, b) = (folder.join("a"), folder.join("b"));
    let (a, b) = (Shelf::open(a, pace), Shelf::open(b, pace));
    let (a, b) = (a.expect("opens"), b.expect("opens"));
    let (_folder, _file, joined) = fresh();
    restore(&joined, &source.chunks, &source.app_hash);
    let joined = joined.with_snapshots(a.clone());
    let old = source.application.with_snapshots(b.clone());
    for height in HEIGHTS + 1..=37 {
        execute(&old, height);
        execute(&joined, height);
    }
    assert_eq!(wait_for(&a, 37), wait_for(&b, 37));
}

#[test]
fn who_has_a_state_takes_no_other() {
    let source = Source::new();
    let offered = offer(&source.application, &source.manifest, &source.app_hash);
    assert_eq!(offered, Offered::Abort);
    let taken = apply(&source.application, 0, &source.chunks[0]);
    assert_eq!(taken, Taken::Abort);
    assert_eq!(source.application.info().last_block_height, HEIGHTS);
}

/// CometBFT may crash before it has noted that the snapshot is restored.
#[test]
fn before_its_first_block_a_node_may_begin_again() {
    let source = Source::new();
    let (_folder, _file, application) = fresh();
    for _ in 0..2 {
        let taken = restore(&application, &source.chunks, &source.app_hash);
        assert_eq!(taken, Taken::Accept);
    }
    require_alike(&source.application, &application, HEIGHTS);
    execute(&application, HEIGHTS + 1);
    let offered = offer(&application, &source.manifest, &source.app_hash);
    assert_eq!(offered, Offered::Abort);
}

#[test]
fn a_restoration_goes_on_after_a_crash_where_it_was() {
    let source = Source::new();
    let chunks: Vec<Vec<u8>> = source.items().chunks(5).map(<[_]>::concat).collect();
    let (_folder, file, mut application) = fresh();
    for reached in 0..chunks.len() {
        drop(application);
        application = open(&file);
        assert_eq!(apply(&application, reached, &chunks[reached]), Taken::Abort);
        let offered = offer(&application, &manifest(&chunks), &source.app_hash);
        assert_eq!(offered, Offered::Accept);
        if reached + 1 < chunks.len() {
            let ahead = apply(&application, reached + 1, &chunks[reached + 1]);
            assert_eq!(ahead, Taken::RetrySnapshot, "a chunk is missing");
            let query = ask(&application, "/head", &tree_key("member", "m-4-0"), 0);
            assert_eq!(query.code, code::NO_SUCH_HEIGHT, "nothing shows yet");
        }
        for (index, chunk) in chunks.iter().enumerate().take(reached + 1) {
            assert_eq!(apply(&application, index, chunk), Taken::Accept);
        }
    }
    assert_eq!(application.info().last_block_app_hash, source.app_hash);
    require_alike(&source.application, &application, HEIGHTS);
}

#[test]
fn another_snapshot_begins_anew_and_blobs_stay() {
    let source = Source::new();
    let (_folder, _file, application) = fresh();
    let mut changes = Changes::default();
    changes.put(
        node::store::Table::Blobs,
        sha256(b"sealed").to_vec(),
        b"sealed".to_vec(),
    );
    application.store().commit(changes).expect("commits");
    let others: Vec<Vec<u8>> = source.items().chunks(9).map(<[_]>::concat).collect();
    offer(&application, &manifest(&others), &source.app_hash);
    for (index, chunk) in others[..others.len() / 2].iter().enumerate() {
        assert_eq!(apply(&application, index, chunk), Taken::Accept);
    }
    let taken = restore(&application, &source.chunks, &source.app_hash);
    assert_eq!(taken, Taken::Accept);
    require_alike(&source.application, &application, HEIGHTS);
    assert_eq!(
        ask(&application, "/blob", &sha256(b"sealed"), HEIGHTS).value,
        b"sealed"
    );
}

#[test]
fn who_begins_with_a_snapshot_wants_the_blobs_that_its_records_name_and_has_none_that_was_erased() {
    let source = Source::new();
    let (_folder, file, application) = fresh();
    let (left, hash) = (b"another", sha256(b"another"));
    let mut changes = Changes::default();
    changes.put(node::store::Table::Blobs, hash.to_vec(), left.to_vec());
    application.store().commit(changes).expect("commits");
    restore(&application, &source.chunks, &source.app_hash);
    let wanted = |application: &Application| application.wanted_blobs(None, 9).expect("reads");
    assert_eq!(wanted(&application), [sha256(b"sealed")]);
    assert_eq!(wanted(&application), wanted(&source.application));
    drop(application);
    let application = open(&file);
    assert_eq!(wanted(&application), [sha256(b"sealed")]);
    assert_eq!(ask(&application, "/blob/keep", b"sealed", 0).code, code::OK);
    assert!(wanted(&application).is_empty());
    let gone = code::NO_SUCH_BLOB;
    assert_eq!(ask(&application, "/blob", &hash, HEIGHTS).code, gone);
    assert_eq!(ask(&application, "/blob/keep", left, 0).code, gone);
}

#[test]
fn a_chain_begins_from_its_genesis_after_a_restoration_that_was_given_up() {
    let source = Source::new();
    let chunks: Vec<Vec<u8>> = source.items().chunks(9).map(<[_]>::concat).collect();
    let (_folder, file, application) = fresh();
    offer(&application, &manifest(&chunks), &source.app_hash);
    for (index, chunk) in chunks[..chunks.len() - 1].iter().enumerate() {
        apply(&application, index, chunk);
    }
    drop(application);
    let application = open(&file);
    assert_eq!(founded(&application), source.app_hash);
}

/// CometBFT may be started again without its section for state sync before a chunk has come.
#[test]
fn a_chain_that_begins_after_no_more_than_an_offer_survives_a_power_cut() {
    let source = Source::new();
    let (folder, file, application) = fresh();
    let offered = offer(&application, &source.manifest, &source.app_hash);
    assert_eq!(offered, Offered::Accept);
    founded(&application);
    for height in HEIGHTS + 1..=HEIGHTS + 2 {
        execute(&application, height);
        // What is on the disk, while the program has not ended.
        let copy = folder.path().join(height.to_string());
        std::fs::copy(&file, &copy).expect("copies");
        assert_eq!(open(&copy).info().last_block_height, height);
    }
}
