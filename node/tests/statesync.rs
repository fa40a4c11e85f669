//! A node that begins with a snapshot is a node like the others; a false snapshot leaves nothing behind.

mod common;

use common::{GENESIS, SECOND, admit, founder_key, genesis, member, payload, tree_key};
use node::{
    application::{
        Application, FinalizeBlockRequest, Misbehaviour, Offer, Offered, QueryRequest,
        QueryResponse, Taken, code,
    },
    merkle::{Hash, sha256},
    statesync::{FORMAT, Item, MAX_CHUNK, MAX_CHUNKS, Manifest, Pace, Shelf},
    store::{Changes, EntryPlace, Store},
};
use records::{
    ValidatorKey,
    kinds::misbehaviour::{Incident, Offence},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

/// Blocks before the snapshot; the last one carries events, some carry none.
const HEIGHTS: u64 = 31;
const PACE: Pace = Pace { every: 31, keep: 2 };
/// Blocks after it.
const LATER: u64 = 6;

fn open(file: &Path) -> Application {
    let store = Arc::new(Store::open(file).expect("opens"));
    Application::open(store, 1_000).expect("opens")
}

/// Events of a block: accepted, refused, and, at times, none.
fn txs(height: u64) -> Vec<Vec<u8>> {
    let time = GENESIS + height as i64 * SECOND;
    let lone = |id: &str| {
        payload("member.admit", ("member", id), 0, &member(id), time)
            .sign(&[&founder_key(0)])
            .expect("signs")
            .encode()
    };
    match height % 3 {
        0 => Vec::new(),
        1 => (0..height % 5 + 1)
            .map(|number| admit(&format!("m-{height}-{number}"), time))
            .collect(),
        _ => vec![lone("refused"), admit(&format!("n-{height}"), time)],
    }
}

/// Executes the block at a height: app hash.
fn execute(application: &Application, height: u64) -> Hash {
    let key = ValidatorKey::from(common::validator_key(3).public());
    let misbehaviour = [Misbehaviour {
        address: key.address(),
        incident: Incident {
            height: 7,
            offence: Offence::DuplicateVote,
            power: 20,
            time: GENESIS,
        },
    }];
    let request = FinalizeBlockRequest {
        txs: &txs(height),
        misbehaviour: if height == 8 { &misbehaviour } else { &[] },
        hash: sha256(&height.to_be_bytes()),
        height,
        time: GENESIS + height as i64 * SECOND,
    };
    let answer = application.finalize_block(&request).expect("executes");
    application.commit(Changes::default()).expect("commits");
    answer.app_hash
}

/// A chain at [`HEIGHTS`], and the snapshot that it took.
struct Source {
    folder: tempfile::TempDir,
    application: Application,
    shelf: Shelf,
    manifest: Manifest,
    chunks: Vec<Vec<u8>>,
    app_hash: Hash,
}

impl Source {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = Shelf::open(folder.path().join("snapshots"), PACE).expect("opens");
        let application = open(&folder.path().join("db")).with_snapshots(shelf.clone());
        let request = genesis().init_chain().expect("a genesis");
        application.init_chain(&request).expect("begins");
        application.commit(Changes::default()).expect("commits");
        let mut app_hash = [0; 32];
        for height in 1..=HEIGHTS {
            app_hash = execute(&application, height);
        }
        let manifest = wait_for(&shelf, HEIGHTS);
        let chunks = (0..manifest.chunks.len() as u32)
            .map(|index| shelf.chunk(HEIGHTS, index).expect("is there"))
            .collect();
        Self {
            folder,
            application,
            shelf,
            manifest,
            chunks,
            app_hash,
        }
    }

    /// The items of the snapshot, each by itself.
    fn items(&self) -> Vec<Vec<u8>> {
        let bytes = self.chunks.concat();
        let mut rest = bytes.as_slice();
        let mut items = Vec::new();
        while let Some(item) = Item::read(&mut rest) {
            items.push(written(&item));
        }
        assert!(rest.is_empty());
        items
    }
}

fn written(item: &Item<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    item.write(&mut bytes);
    bytes
}

fn wait_for(shelf: &Shelf, height: u64) -> Manifest {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let list = shelf.list();
        if let Some(manifest) = list.into_iter().find(|m| m.height == height) {
            return manifest;
        }
        assert!(Instant::now() < deadline, "no snapshot of {height}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn manifest(chunks: &[Vec<u8>]) -> Manifest {
    Manifest {
        height: HEIGHTS,
        chunks: chunks.iter().map(|chunk| sha256(chunk)).collect(),
    }
}

fn offer(application: &Application, manifest: &Manifest, app_hash: &Hash) -> Offered {
    let request = Offer {
        height: manifest.height,
        format: FORMAT,
        chunks: manifest.chunks.len() as u32,
        hash: &manifest.hash(),
        metadata: &manifest.metadata(),
        app_hash,
    };
    application.offer_snapshot(&request).expect("answers")
}

fn apply(application: &Application, index: usize, chunk: &[u8]) -> Taken {
    let taken = application.apply_snapshot_chunk(index as u32, chunk);
    taken.expect("answers")
}

/// Offers these chunks as one snapshot and applies them; the last answer.
fn restore(application: &Application, chunks: &[Vec<u8>], app_hash: &Hash) -> Taken {
    let offered = offer(application, &manifest(chunks), app_hash);
    assert_eq!(offered, Offered::Accept);
    for (index, chunk) in chunks.iter().enumerate() {
        let taken = apply(application, index, chunk);
        if taken != Taken::Accept {
            return taken;
        }
    }
    Taken::Accept
}

fn fresh() -> (tempfile::TempDir, PathBuf, Application) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("db");
    let application = open(&file);
    (folder, file, application)
}

fn ask(application: &Application, path: &str, data: &[u8], height: u64) -> QueryResponse {
    let request = QueryRequest {
        path: path.into(),
        data: data.to_vec(),
        height,
        prove: true,
    };
    application.query(&request).expect("answers")
}

/// Both answer everything about some records alike.
fn require_alike(a: &Application, b: &Application, height: u64) {
    for (kind, id) in [
        ("member", "m-4-0"),
        ("member", "founder-0"),
        ("member", "absent"),
        ("consortium", "main"),
        ("block-hashes", "main"),
        ("rules", "main"),
    ] {
        let key = tree_key(kind, id);
        let range = [&key[..], &0_u64.to_be_bytes(), &1_000_u32.to_be_bytes()].concat();
        let of_log = [&key[..], &0_u64.to_be_bytes(), &1_u64.to_be_bytes()].concat();
        let grown = [&key[..], &1_u64.to_be_bytes(), &2_u64.to_be_bytes()].concat();
        for (path, data) in [
            ("/head", &key[..]),
            ("/state", &key),
            ("/log", &range),
            ("/log/inclusion", &of_log),
            ("/log/consistency", &grown),
        ] {
            let (one, other) = (ask(a, path, data, height), ask(b, path, data, height));
            assert_eq!(
                (one.code, &one.value, &one.proof),
                (other.code, &other.value, &other.proof),
                "{path} of {kind}/{id}"
            );
        }
    }
}

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
    let request = node::application::CheckTxRequest {
        tx: &txs(4)[0],
        again: false,
    };
    assert_eq!(application.check_tx(request).code, code::KNOWN);
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
fn an_altered_chunk_is_refused_and_the_true_one_still_taken() {
    let source = Source::new();
    let items = source.items();
    let chunks: Vec<Vec<u8>> = items.chunks(40).map(<[_]>::concat).collect();
    let (_folder, _file, application) = fresh();
    offer(&application, &manifest(&chunks), &source.app_hash);
    for (index, chunk) in chunks.iter().enumerate() {
        let mut altered = chunk.clone();
        altered[index % chunk.len()] ^= 1;
        let truncated = &chunk[..chunk.len() - 1];
        let too_long = vec![0; MAX_CHUNK + 1];
        for false_one in [&altered, truncated, &[], &too_long] {
            assert_eq!(apply(&application, index, false_one), Taken::RefuseChunk);
        }
        assert_eq!(apply(&application, index, chunk), Taken::Accept);
    }
    assert_eq!(application.info().last_block_app_hash, source.app_hash);
}

/// The hash of a chunk fits, and it is longer than any chunk.
#[test]
fn a_chunk_beyond_the_bound_is_refused() {
    let (_folder, _file, application) = fresh();
    let long = vec![vec![0; MAX_CHUNK + 1]];
    assert_eq!(restore(&application, &long, &[1; 32]), Taken::RefuseChunk);
}

#[test]
fn offers_that_contradict_themselves_are_refused() {
    let source = Source::new();
    let (_folder, _file, application) = fresh();
    let (hash, metadata) = (source.manifest.hash(), source.manifest.metadata());
    let good = Offer {
        height: HEIGHTS,
        format: FORMAT,
        chunks: source.manifest.chunks.len() as u32,
        hash: &hash,
        metadata: &metadata,
        app_hash: &source.app_hash,
    };
    let beyond = vec![0; (MAX_CHUNKS + 1) * 32];
    let of_beyond = sha256(&[&HEIGHTS.to_be_bytes()[..], &beyond].concat());
    let of_none = sha256(&HEIGHTS.to_be_bytes());
    let rejected = [
        Offer { height: 0, ..good },
        Offer {
            height: HEIGHTS + 1,
            ..good
        },
        Offer { chunks: 0, ..good },
        Offer {
            chunks: u32::MAX,
            ..good
        },
        Offer {
            hash: &hash[1..],
            ..good
        },
        Offer {
            metadata: &metadata[1..],
            ..good
        },
        Offer {
            metadata: &beyond,
            hash: &of_beyond,
            chunks: MAX_CHUNKS as u32 + 1,
            ..good
        },
        Offer {
            metadata: &[],
            hash: &of_none,
            chunks: 0,
            ..good
        },
        Offer {
            app_hash: &[],
            ..good
        },
    ];
    for offer in &rejected {
        let offered = application.offer_snapshot(offer).expect("answers");
        assert_eq!(offered, Offered::RejectSender);
        assert_eq!(apply(&application, 0, &source.chunks[0]), Taken::Abort);
    }
    let other = Offer { format: 2, ..good };
    let offered = application.offer_snapshot(&other).expect("answers");
    assert_eq!(offered, Offered::RejectFormat);
    assert_eq!(
        application.offer_snapshot(&good).expect("answers"),
        Offered::Accept
    );
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
        sha256(b"blob").to_vec(),
        b"blob".to_vec(),
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
        ask(&application, "/blob", &sha256(b"blob"), HEIGHTS).value,
        b"blob"
    );
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
    let request = genesis().init_chain().expect("a genesis");
    application.init_chain(&request).expect("begins");
    application.commit(Changes::default()).expect("commits");
    let mut app_hash = [0; 32];
    for height in 1..=HEIGHTS {
        app_hash = execute(&application, height);
    }
    assert_eq!(app_hash, source.app_hash);
}

/// Where the first item of a kind stands.
fn first(items: &[Vec<u8>], tag: u8) -> usize {
    items
        .iter()
        .position(|item| item[0] == tag)
        .expect("there is one")
}

/// Changes a snapshot's items.
type Lie = dyn Fn(&mut Vec<Vec<u8>>);

/// Each lie has chunks whose hashes fit, as who makes a snapshot up would have them.
#[test]
fn a_false_snapshot_is_refused_and_leaves_nothing() {
    let source = Source::new();
    let items = source.items();
    let entry = first(&items, 1);
    let place = EntryPlace::decode(&items[entry][1..13]).expect("a place");
    let bytes = items[entry][17..].to_vec();
    let lies: [(&str, Box<Lie>); 14] = [
        ("an entry is altered", {
            let mut bytes = bytes.clone();
            *bytes.last_mut().expect("bytes") ^= 1;
            let altered = written(&Item::Entry(place, &bytes));
            Box::new(move |items| items[entry] = altered.clone())
        }),
        ("an entry is at another height", {
            let place = EntryPlace {
                height: place.height + 1,
                ..place
            };
            let moved = written(&Item::Entry(place, &bytes));
            Box::new(move |items| items[entry] = moved.clone())
        }),
        ("an entry is of the future", {
            let height = HEIGHTS + 1;
            let place = EntryPlace { height, ..place };
            let bytes = [&height.to_be_bytes()[..], &bytes[8..]].concat();
            let later = written(&Item::Entry(place, &bytes));
            Box::new(move |items| items[entry] = later.clone())
        }),
        ("an entry is written over", {
            let mut bytes = bytes.clone();
            *bytes.last_mut().expect("bytes") ^= 1;
            let other = written(&Item::Entry(place, &bytes));
            Box::new(move |items| {
                let again = items.iter().rposition(|item| item[0] == 2);
                items.insert(again.expect("one"), other.clone());
            })
        }),
        (
            "an entry is hidden",
            Box::new(move |items| drop(items.remove(first(items, 2)))),
        ),
        ("an entry is nowhere", {
            let position = place.position + 99;
            let nowhere = written(&Item::Again(EntryPlace { position, ..place }));
            Box::new(move |items| items[entry] = nowhere.clone())
        }),
        (
            "a state is altered",
            Box::new(|items| {
                let at = first(items, 4);
                let last = items[at].len() - 2;
                items[at][last] ^= 1;
            }),
        ),
        (
            "a record is hidden",
            Box::new(|items| {
                let end = first(items, 4);
                items.drain(..=end);
            }),
        ),
        (
            "a record stands twice",
            Box::new(|items| {
                let end = first(items, 4);
                let record = items[..=end].to_vec();
                items.splice(0..0, record);
            }),
        ),
        (
            "a record has no end",
            Box::new(|items| {
                items.pop();
            }),
        ),
        (
            "a record begins within another",
            Box::new(|items| {
                items.insert(1, written(&Item::Record([1; 32])));
            }),
        ),
        (
            "a state belongs to no record",
            Box::new(|items| {
                items.push(written(&Item::State(b"{}")));
            }),
        ),
        (
            "a block hash is altered",
            Box::new(|items| {
                let at = first(items, 3);
                items[at][5] ^= 1;
            }),
        ),
        (
            "a block hash is missing",
            Box::new(|items| {
                items.remove(first(items, 3));
            }),
        ),
    ];
    let (_folder, file, mut application) = fresh();
    for (lie, tell) in &lies {
        for size in [3, items.len() + 1] {
            let mut told = items.clone();
            tell(&mut told);
            assert_ne!(told, items, "{lie}");
            let chunks: Vec<Vec<u8>> = told.chunks(size).map(<[_]>::concat).collect();
            let taken = restore(&application, &chunks, &source.app_hash);
            assert_eq!(taken, Taken::RejectSnapshot, "{lie}");
            assert_eq!(apply(&application, 0, &chunks[0]), Taken::Abort);
            drop(application);
            application = open(&file);
            let info = application.info();
            assert_eq!(
                (info.last_block_height, info.last_block_app_hash.len()),
                (0, 0)
            );
        }
    }
    let garbage = vec![b"garbage".to_vec()];
    let taken = restore(&application, &garbage, &source.app_hash);
    assert_eq!(taken, Taken::RejectSnapshot);
    let taken = restore(&application, &source.chunks, &[7; 32]);
    assert_eq!(taken, Taken::RejectSnapshot, "another app hash");
    let taken = restore(&application, &source.chunks, &source.app_hash);
    assert_eq!(taken, Taken::Accept, "the true one, after all that");
    require_alike(&source.application, &application, HEIGHTS);
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
