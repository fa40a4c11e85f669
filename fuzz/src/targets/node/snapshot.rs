//! A snapshot from strangers, whose hashes fit: it is the state or nothing, and no two snapshots are the same state.

use super::WORLD;
use node::{
    application::{Application, DEFAULT_HORIZON, Offer, Offered, Taken},
    merkle::sha256,
    statesync::{FORMAT, Item, MAX_CHUNK, Manifest, write},
    store::{Snapshot, Store},
};
use records::RecordName;
use std::sync::{Arc, LazyLock};

/// The node's own snapshot, and its height: that of the last block with events, which the log of block hashes ends with.
static TRUE: LazyLock<(u64, Vec<u8>)> = LazyLock::new(|| {
    let snapshot = WORLD.node.snapshot();
    let name = RecordName::new("block-hashes", "main").expect("a name");
    let version = snapshot.version_at(WORLD.node.height()).expect("reads");
    let record = snapshot.record(&name.tree_key(), version.expect("is there"));
    let (_, record) = record.expect("reads").expect("is there");
    let height = record.head.log_size;
    (height, written(&snapshot, height))
});

/// The snapshot of the state after the block at a height.
fn written(snapshot: &Snapshot, height: u64) -> Vec<u8> {
    let version = snapshot.version_at(height).expect("reads");
    let mut bytes = Vec::new();
    write(snapshot, version.expect("is there"), |chunk| {
        bytes.extend(chunk);
        Ok(())
    })
    .expect("a snapshot");
    bytes
}

/// The first edge between two items that is not before this place.
fn edge(bytes: &[u8], place: usize) -> usize {
    let mut rest = bytes;
    while bytes.len() - rest.len() < place && Item::read(&mut rest).is_some() {}
    bytes.len() - rest.len()
}

/// The first byte says where the chunks are cut.
pub fn seeds() -> Vec<Vec<u8>> {
    let cuts = [0, 1, 100, 255];
    cuts.map(|cut| [&[cut][..], &TRUE.1].concat()).into()
}

pub fn run(bytes: &[u8]) {
    if let Some(manifest) = Manifest::read(1, bytes) {
        assert_eq!(manifest.metadata(), bytes, "one encoding");
    }
    let Some((cut, bytes)) = bytes.split_first() else {
        return;
    };
    if bytes.len() > MAX_CHUNK {
        return;
    }
    let (first, second) = bytes.split_at(edge(bytes, bytes.len() * usize::from(*cut) / 256));
    let chunks: Vec<&[u8]> = match first {
        [] => vec![second],
        first => vec![first, second],
    };
    let (height, whole) = &*TRUE;
    let app_hash = WORLD.node.application.info().last_block_app_hash;
    let manifest = Manifest {
        height: *height,
        chunks: chunks.iter().map(|chunk| sha256(chunk)).collect(),
    };
    let folder = tempfile::tempdir().expect("a folder");
    let store = Arc::new(Store::open(&folder.path().join("app.redb")).expect("opens"));
    store.set_durable_every(u64::MAX);
    let application = Application::open(store.clone(), DEFAULT_HORIZON).expect("opens");
    let offer = Offer {
        height: manifest.height,
        format: FORMAT,
        chunks: chunks.len() as u32,
        hash: &manifest.hash(),
        metadata: &manifest.metadata(),
        app_hash: &app_hash,
    };
    let offered = application.offer_snapshot(&offer).expect("answers");
    assert_eq!(offered, Offered::Accept);
    let accepted = (0..).zip(&chunks).all(|(index, chunk)| {
        let taken = application.apply_snapshot_chunk(index, chunk);
        taken.expect("answers") == Taken::Accept
    });
    let info = application.info();
    let snapshot = store.snapshot();
    if accepted {
        assert_eq!(info.last_block_app_hash, app_hash);
        assert!(
            written(&snapshot, *height) == bytes,
            "another snapshot of the same state"
        );
    } else {
        assert_eq!(info.last_block_height, 0);
        assert!(bytes != whole, "the true one is refused");
    }
}
