//! What it costs to join: taking a snapshot while blocks go on, its size, and restoring it in a process of its own.

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
    fmt, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// Record counts; each record has one entry in its log. The last is asked for by `LIANYAN_BENCH_MILLION=1`, for it takes minutes and 10 GB of disk.
const SIZES: [u64; 3] = [10_000, 100_000, 1_000_000];
const BIG: &str = "LIANYAN_BENCH_MILLION";
/// Names the folder, in the process that joins; the root that it is to come to follows.
const JOIN: &str = "LIANYAN_BENCH_JOIN";
const ROOT: &str = "LIANYAN_BENCH_ROOT";
/// Records of a block.
const PER_BLOCK: u64 = 10_000;
/// Bytes of a state and of an envelope, as those of an invoice are.
const STATE: usize = 400;
const ENVELOPE: usize = 800;
/// Between two small blocks of the chain that goes on.
const PAUSE: Duration = Duration::from_millis(20);

fn main() {
    if let Some(folder) = std::env::var_os(JOIN) {
        return join(Path::new(&folder));
    }
    println!("\nsnapshots: one entry of {ENVELOPE} bytes and a state of {STATE} for each record\n");
    println!(
        "| records | taken | processor | memory | a small block's commit meanwhile, median | alone | snapshot | restored | processor | memory | records/s |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
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
    let mut files = Vec::new();
    let (taken, beside) = thread::scope(|scope| {
        let blocks = scope.spawn(|| chain.small_blocks(&stop, usize::MAX));
        let taken = Cost::of(|| {
            write(&snapshot, chain.version, |chunk| {
                let file = folder.join(format!("{:06}", files.len()));
                fs::write(&file, chunk).expect("writes");
                files.push(file);
                Ok(())
            })
            .expect("a snapshot");
        });
        stop.store(true, Ordering::Relaxed);
        (taken, blocks.join().expect("blocks"))
    });
    let restored = Cost::in_another_process(folder, &chain.root);
    let bytes: u64 = files
        .iter()
        .map(|file| fs::metadata(file).expect("is there").len())
        .sum();
    println!(
        "| {size} | {taken} | {:.1} ms | {:.1} ms | {} MB, {} chunks | {restored} | {:.0} |",
        beside.as_secs_f64() * 1e3,
        alone.as_secs_f64() * 1e3,
        bytes / 1_000_000,
        files.len(),
        size as f64 / restored.time.as_secs_f64(),
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

/// What something took.
struct Cost {
    time: Duration,
    /// Of this thread; the rest of the time it waited, on a busy machine for its turn.
    processor: Duration,
    /// The most that the process had meanwhile, MB.
    memory: u64,
}

impl Cost {
    fn of(act: impl FnOnce()) -> Self {
        forget_peak();
        let (start, before) = (Instant::now(), processor());
        act();
        Self {
            time: start.elapsed(),
            processor: processor() - before,
            memory: peak(),
        }
    }

    /// Of a node that joins, which has nothing but the chunks.
    fn in_another_process(folder: &Path, root: &Hash) -> Self {
        let program = std::env::current_exe().expect("this program");
        let mut command = Command::new(program);
        let output = command.env(JOIN, folder).env(ROOT, hex::encode(root));
        let output = output.output().expect("runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let figures: Result<Vec<u64>, _> = said.split_whitespace().map(str::parse).collect();
        let Ok([time, processor, memory]) = figures.as_deref() else {
            panic!("it ended: {}", String::from_utf8_lossy(&output.stderr));
        };
        Self {
            time: Duration::from_millis(*time),
            processor: Duration::from_millis(*processor),
            memory: *memory,
        }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (time, processor) = (self.time.as_secs_f64(), self.processor.as_secs_f64());
        write!(f, "{time:.1} s | {processor:.1} s | {} MB", self.memory)
    }
}

/// The process that joins: says what it took, in ms, ms and MB.
fn join(folder: &Path) {
    let root = std::env::var(ROOT).expect("a root");
    let root = hex::decode(root).ok().and_then(|root| root.try_into().ok());
    let root = root.expect("a root");
    let cost = Cost::of(|| restore(folder, &root));
    let (time, processor) = (cost.time.as_millis(), cost.processor.as_millis());
    println!("{time} {processor} {}", cost.memory);
}

/// Processor time of this thread so far (proc(5): `utime` and `stime`, in hundredths of a second).
fn processor() -> Duration {
    let stat = fs::read_to_string("/proc/thread-self/stat").expect("Linux");
    let (_, fields) = stat.rsplit_once(')').expect("a name");
    let times = fields.split_whitespace().skip(11).take(2);
    let hundredths: u64 = times.map(|time| time.parse::<u64>().expect("a time")).sum();
    Duration::from_millis(10 * hundredths)
}

/// The most memory that this process had since it began or [`forget_peak`], MB (proc(5): `VmHWM`).
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.expect("a size") / 1000
}

/// What it had before does not count any more.
fn forget_peak() {
    fs::write("/proc/self/clear_refs", "5").expect("Linux");
}

/// The files of a folder's snapshot, chunk by chunk.
fn chunk_files(folder: &Path) -> Vec<PathBuf> {
    let names = (0..).map(|index| folder.join(format!("{index:06}")));
    names.take_while(|file| file.exists()).collect()
}

fn restore(folder: &Path, root: &Hash) {
    let files = chunk_files(folder);
    let read = |file: &PathBuf| fs::read(file).expect("reads");
    let manifest = Manifest {
        height: u64::MAX,
        chunks: files.iter().map(|file| sha256(&read(file))).collect(),
    };
    let store = Store::open(&folder.join("joined.redb")).expect("opens");
    let upper = Arc::new(UpperNodes::default());
    let mut restore = Restore::begin(&store, &upper, manifest, *root).expect("begins");
    for (index, file) in (0..).zip(&files) {
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
}
