//! What it costs to join: taking a snapshot while blocks go on, its size, and restoring it.

use node::{
    merkle::{Hash, sha256},
    statesync::{Manifest, Restore, write},
    store::{Changes, EntryPlace, Store, StoredRecord, Table, TreeView, UpperNodes},
};
use records::{
    Head,
    log::{Entry, LogTree, leaf_hash},
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// Record counts; each record has one entry in its log. The last is asked for by `LIANYAN_BENCH_MILLION`, for it takes minutes and 6 GB.
const SIZES: [u64; 3] = [10_000, 100_000, 1_000_000];
const BIG: &str = "LIANYAN_BENCH_MILLION";
/// Records of a block.
const PER_BLOCK: u64 = 10_000;
/// Bytes of a state and of an envelope, as those of an invoice are.
const STATE: usize = 400;
const ENVELOPE: usize = 800;
/// Between two small blocks of the chain that goes on.
const PAUSE: Duration = Duration::from_millis(20);

fn main() {
    println!("\nsnapshots: one entry of {ENVELOPE} bytes and a state of {STATE} for each record\n");
    println!(
        "| records | taken | of a small block's commit meanwhile, median | alone | snapshot | restored | records/s | restored to taken |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|");
    let sizes = SIZES
        .into_iter()
        .filter(|size| *size < 1_000_000 || std::env::var_os(BIG).is_some());
    for size in sizes {
        let folder = tempfile::tempdir().expect("a folder");
        measure(folder.path(), size);
    }
}

fn measure(folder: &Path, size: u64) {
    let chain = Chain::new(folder, size);
    let alone = chain.small_blocks(&AtomicBool::new(false), 50);
    let snapshot = chain.store.snapshot();
    let stop = AtomicBool::new(false);
    let (files, taken, beside) = thread::scope(|scope| {
        let blocks = scope.spawn(|| chain.small_blocks(&stop, usize::MAX));
        let start = Instant::now();
        let mut files: Vec<PathBuf> = Vec::new();
        write(&snapshot, chain.version, |chunk| {
            let file = folder.join(format!("{:06}", files.len()));
            fs::write(&file, chunk).expect("writes");
            files.push(file);
            Ok(())
        })
        .expect("a snapshot");
        let taken = start.elapsed();
        stop.store(true, Ordering::Relaxed);
        (files, taken, blocks.join().expect("blocks"))
    });
    let restored = restore(folder, &files, &chain.root);
    let bytes: u64 = files
        .iter()
        .map(|file| fs::metadata(file).expect("is there").len())
        .sum();
    println!(
        "| {size} | {:.1} s | {:.1} ms | {:.1} ms | {} MB, {} chunks | {:.1} s | {:.0} | {:.1} |",
        taken.as_secs_f64(),
        beside.as_secs_f64() * 1e3,
        alone.as_secs_f64() * 1e3,
        bytes / 1_000_000,
        files.len(),
        restored.as_secs_f64(),
        size as f64 / restored.as_secs_f64(),
        restored.as_secs_f64() / taken.as_secs_f64(),
    );
}

/// A store with records.
struct Chain {
    store: Store,
    version: u64,
    root: Hash,
}

impl Chain {
    fn new(folder: &Path, size: u64) -> Self {
        let store = Store::open(&folder.join("chain.redb")).expect("opens");
        let upper = Arc::new(UpperNodes::default());
        let (mut version, mut root) = (0, [0; 32]);
        for first in (0..size).step_by(PER_BLOCK as usize) {
            version = first / PER_BLOCK;
            root = block(&store, &upper, first, version);
        }
        Self {
            store,
            version,
            root,
        }
    }

    /// Commits small blocks until told to stop: the median time.
    fn small_blocks(&self, stop: &AtomicBool, count: usize) -> Duration {
        let mut times = Vec::new();
        while times.len() < count && !stop.load(Ordering::Relaxed) {
            let mut changes = Changes::default();
            for number in 0..20_u64 {
                changes.put(Table::Metas, number.to_be_bytes().to_vec(), vec![7; 800]);
            }
            let start = Instant::now();
            self.store.commit(changes).expect("writes");
            times.push(start.elapsed());
            thread::sleep(PAUSE);
        }
        times.sort();
        times.get(times.len() / 2).copied().unwrap_or_default()
    }
}

/// The block that writes the records from `first` on: the new root.
fn block(store: &Store, upper: &Arc<UpperNodes>, first: u64, version: u64) -> Hash {
    let snapshot = store.snapshot();
    let mut changes = Changes::default();
    let heads: Vec<(Hash, Head)> = (0..PER_BLOCK)
        .map(|position| {
            let key = sha256(&(first + position).to_be_bytes());
            let place = EntryPlace {
                height: version + 1,
                position: position as u32,
            };
            let entry = Entry {
                height: place.height,
                time: 0,
                envelope: &bytes(&key, ENVELOPE),
            }
            .encode();
            let mut log = LogTree::new();
            changes.append_log(&key, &mut log, leaf_hash(&entry));
            changes.refer(&key, 0, place);
            changes.put(Table::Entries, place.encode(), entry);
            let state = bytes(&key, STATE);
            let head = Head::new(&state, &log);
            changes.put_record(&key, version, &StoredRecord { head, state }, None);
            (key, head)
        })
        .collect();
    let tree = TreeView::new(&snapshot, upper.clone());
    let root = tree.update(heads, version, &mut changes);
    store.commit(changes).expect("writes");
    root.expect("updates")
}

/// Bytes that differ from record to record.
fn bytes(key: &Hash, length: usize) -> Vec<u8> {
    key.iter().copied().cycle().take(length).collect()
}

fn restore(folder: &Path, files: &[PathBuf], root: &Hash) -> Duration {
    let read = |file: &PathBuf| fs::read(file).expect("reads");
    let manifest = Manifest {
        height: u64::MAX,
        chunks: files.iter().map(|file| sha256(&read(file))).collect(),
    };
    let store = Store::open(&folder.join("joined.redb")).expect("opens");
    let upper = Arc::new(UpperNodes::default());
    let start = Instant::now();
    let mut restore = Restore::begin(&store, &upper, manifest, *root).expect("begins");
    for (index, file) in (0..).zip(files) {
        let chunk = read(file);
        assert!(restore.is_chunk(index, &chunk));
        restore
            .take_in(&store, &upper, &chunk)
            .expect("takes it in");
    }
    let mut changes = Changes::default();
    restore
        .finish(&store, &mut changes)
        .expect("gives the app hash");
    store.commit(changes).expect("writes");
    start.elapsed()
}
