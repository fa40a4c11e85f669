//! A node that begins with a snapshot is a node like the others; a false snapshot leaves nothing behind.

#[path = "../common/mod.rs"]
mod common;
mod joining;
mod lies;
mod offering;

use common::{
    GENESIS, SECOND, admit, admit_as, document, erase, founder_key, genesis, key, member, payload,
    tree_key,
};
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
    Envelope, ValidatorKey,
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
        _ if height == 10 => vec![admit_as("hospital", "hospital", time)],
        _ if height == 13 => vec![
            document("kept", b"sealed", time),
            document("erased", b"another", time),
        ],
        _ if height == 16 => vec![erase("erased", time)],
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

/// Begins the chain and executes its blocks; the app hash after the last.
fn founded(application: &Application) -> Hash {
    let request = genesis().init_chain().expect("a genesis");
    application.init_chain(&request).expect("begins");
    application.commit(Changes::default()).expect("commits");
    let mut app_hash = [0; 32];
    for height in 1..=HEIGHTS {
        app_hash = execute(application, height);
    }
    app_hash
}

impl Source {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let shelf = Shelf::open(folder.path().join("snapshots"), PACE).expect("opens");
        let application = open(&folder.path().join("db")).with_snapshots(shelf.clone());
        let app_hash = founded(&application);
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
