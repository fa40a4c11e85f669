//! The application: executes signed events, keeps their records in the state tree, answers queries with proofs.
//!
//! Its methods and their requests and answers mirror ABCI 2.0, so that a CometBFT process can drive it as the embedded consortium does.
//! Calls about consensus come one at a time and in order; queries and checks may come at any time.

mod abci;
mod admission;
mod blobs;
mod block_hashes;
mod directory;
mod execution;
mod genesis;
mod known;
mod misbehaviour;
mod payers;
mod position;
mod proposal;
mod query;
mod rates;
mod recent;
mod snapshots;
mod weight;

pub use abci::{
    CheckTxRequest, CheckTxResponse, FinalizeBlockRequest, FinalizeBlockResponse, InfoResponse,
    InitChainRequest, InitChainResponse, Misbehaviour, Offer, Offered, PROOF_TYPE,
    PrepareProposalRequest, ProcessProposalRequest, Proposal, ProposedBlock, QueryRequest,
    QueryResponse, Taken, ValidatorUpdate, code,
};
pub use blobs::MAX_BLOB;
pub(crate) use block_hashes::{block_hash_entry, block_hashes};
pub use genesis::AppState;
pub(crate) use known::note_accepted;
pub(crate) use payers::note_keys;
pub use proposal::TX_OVERHEAD;
pub use rates::DEFAULT_RATE;

use crate::{
    error::{Error, Result},
    statesync::{Restore, Shelf},
    store::{self, Changes, Snapshot, Store, TreeView, UpperNodes},
};
use blobs::Blobs;
use execution::Executed;
use position::Position;
use rates::Rates;
use recent::Admitted;
use records::registry::RULES_VERSION;
use std::{
    sync::{Arc, Mutex, MutexGuard, RwLock, RwLockWriteGuard},
    time::Instant,
};

/// Recent heights whose state stays provable, unless set otherwise.
pub const DEFAULT_HORIZON: u64 = 10_000;
/// Fewest recent heights that stay provable.
pub const LEAST_HORIZON: u64 = 1_000;

/// Version of the rules that a chain begins with.
const FIRST_RULES: u64 = 1;

/// The application.
pub struct Application {
    store: Arc<Store>,
    upper: Arc<UpperNodes>,
    admitted: Admitted,
    rates: Rates,
    blobs: Blobs,
    /// As of the last commit.
    committed: RwLock<Option<Position>>,
    /// A proposed block, executed while the votes on it come in.
    ahead: Mutex<Option<(ProposedBlock, Executed)>>,
    /// What `finalize_block` made and `commit` will write.
    pending: Mutex<Option<(Position, Changes)>>,
    horizon: u64,
    /// Recent blocks that CometBFT is asked to keep; all where none is named.
    blocks: Option<u64>,
    /// Snapshots for those who join.
    shelf: Option<Shelf>,
    /// The snapshot that this node begins with.
    restoring: Mutex<Option<Restore>>,
    newest_rules: u64,
}

impl Application {
    /// The application over this store, where it was left. States older than `horizon` heights are forgotten.
    pub fn open(store: Arc<Store>, horizon: u64) -> Result<Self> {
        let position = Position::load(&store.snapshot())?;
        let blobs = Blobs::load(&store, Instant::now())?;
        if let Some(position) = &position {
            blobs.look_once(&store, position.version)?;
        }
        Ok(Self {
            store,
            upper: Arc::default(),
            admitted: Admitted::default(),
            rates: Rates::new(DEFAULT_RATE),
            blobs,
            committed: RwLock::new(position),
            ahead: Mutex::new(None),
            pending: Mutex::new(None),
            horizon: horizon.max(LEAST_HORIZON),
            blocks: None,
            shelf: None,
            restoring: Mutex::new(None),
            newest_rules: RULES_VERSION,
        })
    }

    /// Lets CometBFT forget blocks that are older than this many heights. Those within the horizon stay: their headers prove the states.
    #[must_use]
    pub fn with_blocks(self, blocks: u64) -> Self {
        Self {
            blocks: Some(blocks.max(self.horizon)),
            ..self
        }
    }

    /// Lets one key hand in so many events a second; members and persons in proportion.
    #[must_use]
    pub fn with_rate(self, rate: u32) -> Self {
        Self {
            rates: Rates::new(rate),
            ..self
        }
    }

    /// Takes this for the newest version of the rules that the program knows: what the next program will be, for who plays an upgrade.
    #[must_use]
    pub fn with_rules(self, newest_rules: u64) -> Self {
        Self {
            newest_rules,
            ..self
        }
    }

    /// The lowest height whose block is to be kept; 0 keeps all. Who begins with a snapshot needs the blocks from its height on.
    pub fn retain_height(&self) -> u64 {
        let height = self.position().map_or(0, |position| position.height);
        let recent = self
            .blocks
            .map_or(0, |blocks| height.saturating_sub(blocks));
        let snapshot = self.shelf.as_ref().and_then(Shelf::oldest);
        recent.min(snapshot.unwrap_or(recent))
    }

    /// `Info`: where the application stands.
    pub fn info(&self) -> InfoResponse {
        let position = self.position();
        InfoResponse {
            data: "lianyan".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            app_version: position
                .as_ref()
                .map_or(FIRST_RULES, |position| position.app_version),
            last_block_height: position.as_ref().map_or(0, |position| position.height),
            last_block_app_hash: position
                .map(|position| position.app_hash.to_vec())
                .unwrap_or_default(),
        }
    }

    /// The last block's time, Unix ns; 0 before the first.
    pub fn time(&self) -> i64 {
        self.position().map_or(0, |position| position.time)
    }

    /// `Commit`: makes the finalized block durable. `also` is what the caller keeps in the same store; both are written or neither.
    pub fn commit(&self, also: Changes) -> Result<()> {
        let pending = lock(&self.pending).take();
        let (position, mut changes) =
            pending.ok_or_else(|| Error::Setup("commit without a finalized block".into()))?;
        changes.extend(also);
        self.prune(&position, &mut changes)?;
        self.store.commit(changes)?;
        *write_lock(&self.committed) = Some(position.clone());
        self.blobs.committed(&self.store)?;
        self.take_snapshot(&position)
    }

    /// The store, for what the consensus engine keeps beside the application's state.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    fn position(&self) -> Option<Position> {
        self.committed
            .read()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .clone()
    }

    fn founded(&self) -> Result<Position> {
        self.position()
            .ok_or_else(|| Error::Setup("the chain has no genesis yet".into()))
    }

    /// Whether the next block follows rules that this program knows. An empty one has rules too: who cannot judge a block does not vote on it.
    pub fn require_known_rules(&self) -> Result<()> {
        match self.position() {
            Some(position) if position.app_version > self.newest_rules => Err(Error::TooOld {
                height: position.height + 1,
                version: position.app_version,
                known: self.newest_rules,
            }),
            _ => Ok(()),
        }
    }

    /// Where the application stands, to go on from there.
    fn ready(&self) -> Result<Position> {
        self.require_known_rules()?;
        self.founded()
    }

    fn tree<'a>(&self, snapshot: &'a Snapshot) -> TreeView<'a> {
        TreeView::new(snapshot, self.upper.clone())
    }

    fn prune(&self, position: &Position, changes: &mut Changes) -> Result<()> {
        let Some(oldest) = position.height.checked_sub(self.horizon) else {
            return Ok(());
        };
        let snapshot = self.store.snapshot();
        match snapshot.version_at(oldest)? {
            Some(version) => store::prune(&snapshot, version, changes),
            None => Ok(()),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn write_lock<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}
