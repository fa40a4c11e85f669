//! Executing a block.

use super::{
    Application, FinalizeBlockRequest, FinalizeBlockResponse, ProposedBlock, ValidatorUpdate,
    blobs::Name,
    code,
    known::{note_accepted, note_refused},
    payers::{Charge, note_keys},
    position::Position,
    recent::{Opened, ROOM, held},
};
use crate::{
    comet::{self, ExecTxResult},
    error::{Error, Result},
    merkle::Hash,
    store::{Changes, EntryPlace, Snapshot, StoredRecord, Table},
};
use records::{
    Change, Context, Directory, Event, Head, RecordName, Refusal, State, Stop, ValidatorKey,
    execute,
    kinds::{
        consortium::{self, Consortium},
        member,
        rules::{self, Rules},
    },
    log::{Entry, LogTree, leaf_hash},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// A record that this block changes.
struct Touched {
    state: Arc<State>,
    bytes: Vec<u8>,
    log: LogTree,
    /// Version of the tree that wrote it last; none for a new record.
    before: Option<u64>,
}

/// A record that was read: as of which version of the tree, how long its log is, and its state.
#[derive(Clone)]
struct Stored {
    version: u64,
    log_size: u64,
    state: Arc<State>,
}

/// A block in the making: what was, and what is to be written.
pub(super) struct Execution<'a> {
    pub snapshot: &'a Snapshot,
    /// Version of the tree that the block starts from; none at genesis.
    version: Option<u64>,
    touched: BTreeMap<Hash, Touched>,
    /// Records read by this block that do not exist, or were not changed yet: anybody may send ten thousand events about one large record.
    read: HashMap<Hash, Option<Stored>>,
    /// Memory that they take. Beyond [`ROOM`] they are read anew.
    held: usize,
    pub changes: Changes,
}

/// What executing a block gave. Nothing of it is kept or told to anybody yet: it may be another block that is decided.
pub(super) struct Executed {
    /// Where the application stood.
    from: Position,
    position: Position,
    changes: Changes,
    response: FinalizeBlockResponse,
    /// The blobs that the changed records name.
    names: Vec<Name>,
    refused: Vec<Charge>,
}

/// What became of a block's transactions.
struct Outcomes {
    results: Vec<ExecTxResult>,
    names: Vec<Name>,
    refused: Vec<Charge>,
}

impl<'a> Execution<'a> {
    pub fn new(snapshot: &'a Snapshot, version: Option<u64>) -> Self {
        Self {
            snapshot,
            version,
            touched: BTreeMap::new(),
            read: HashMap::new(),
            held: 0,
            changes: Changes::default(),
        }
    }

    fn stored(&mut self, key: &Hash) -> Result<Option<Stored>> {
        if let Some(known) = self.read.get(key) {
            return Ok(known.clone());
        }
        let found = match self.version {
            Some(version) => self.snapshot.record(key, version)?,
            None => None,
        };
        let stored = match found {
            Some((version, record)) => Some(Stored {
                version,
                log_size: record.head.log_size,
                state: Arc::new(record.decode_state()?),
            }),
            None => None,
        };
        let held = stored.as_ref().map_or(0, |stored| held(&stored.state.data));
        if self.held.saturating_add(held) <= ROOM {
            self.held += held;
            self.read.insert(*key, stored.clone());
        }
        Ok(stored)
    }

    pub fn load(&mut self, record: &RecordName) -> Result<Option<Arc<State>>> {
        let key = record.tree_key();
        if let Some(touched) = self.touched.get(&key) {
            return Ok(Some(touched.state.clone()));
        }
        Ok(self.stored(&key)?.map(|stored| stored.state))
    }

    /// Sets a record's state; its log goes on where it was.
    pub fn set(&mut self, record: &RecordName, state: State, bytes: Vec<u8>) -> Result<()> {
        let (key, state) = (record.tree_key(), Arc::new(state));
        if let Some(touched) = self.touched.get_mut(&key) {
            (touched.state, touched.bytes) = (state, bytes);
            return Ok(());
        }
        let stored = self.stored(&key)?;
        let (before, log) = match stored {
            Some(stored) => (
                Some(stored.version),
                self.snapshot.log_tree(&key, stored.log_size)?,
            ),
            None => (None, LogTree::new()),
        };
        let touched = Touched {
            state,
            bytes,
            log,
            before,
        };
        self.touched.insert(key, touched);
        Ok(())
    }

    /// Appends a leaf to the log of a record that was [`set`](Self::set); the leaf's index.
    pub fn append(&mut self, record: &RecordName, leaf: Hash) -> Option<u64> {
        let key = record.tree_key();
        let touched = self.touched.get_mut(&key)?;
        let index = touched.log.size();
        self.changes.append_log(&key, &mut touched.log, leaf);
        Some(index)
    }

    /// What the rules say to an event; nothing is written.
    pub fn judge(
        &mut self,
        event: &Event,
        context: &Context<'_>,
    ) -> Result<Result<Vec<Change>, Refusal>> {
        let mut failed = None;
        let outcome = execute(event, context, |record| {
            self.load(record).unwrap_or_else(|error| {
                failed = Some(error);
                None
            })
        });
        if let Some(error) = failed {
            return Err(error);
        }
        match outcome {
            Ok(changes) => Ok(Ok(changes)),
            Err(Stop::Refused(refusal)) => Ok(Err(refusal)),
            Err(Stop::RulesUnknown(version)) => Err(Error::TooOld {
                height: context.height,
                version,
                known: context.directory.newest_rules(),
            }),
            Err(Stop::NotLoaded(_)) => Err(Error::Damaged("a governing record")),
        }
    }

    /// Executes one event that stands at this place with this entry.
    pub fn event(
        &mut self,
        event: &Event,
        context: &Context<'_>,
        place: EntryPlace,
        entry: &[u8],
    ) -> Result<Result<(), Refusal>> {
        match self.judge(event, context)? {
            Ok(changes) => {
                note_accepted(event.id(), place, &mut self.changes);
                self.accept(changes, place, entry).map(Ok)
            }
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// The blobs that these records name which this block changed, each as the block leaves it.
    fn names(&self, records: &BTreeSet<Hash>) -> Vec<Name> {
        let names = records.iter().filter_map(|key| {
            let touched = self.touched.get(key)?;
            Some(Name::all(*key, &touched.state.data))
        });
        names.flatten().collect()
    }

    fn accept(&mut self, changes: Vec<Change>, place: EntryPlace, entry: &[u8]) -> Result<()> {
        let leaf = leaf_hash(entry);
        for change in changes {
            if change.record.kind() == member::NAME {
                let member = records::canonical::from_value(&change.state.data);
                let member = member.map_err(|_| Error::Damaged("a member's record"))?;
                note_keys(&member, &mut self.changes);
            }
            self.set(&change.record, change.state, change.bytes)?;
            if let Some(index) = self.append(&change.record, leaf) {
                self.changes.refer(&change.record.tree_key(), index, place);
            }
        }
        Ok(())
    }

    /// Writes the heads of every changed record at this version of the tree; the changes and the new root.
    pub fn finish(mut self, application: &Application, version: u64) -> Result<(Hash, Changes)> {
        let mut heads = Vec::new();
        for (key, touched) in std::mem::take(&mut self.touched) {
            let record = StoredRecord {
                head: Head::new(&touched.bytes, &touched.log),
                state: touched.bytes,
            };
            self.changes
                .put_record(&key, version, &record, touched.before);
            heads.push((key, record.head));
        }
        let tree = application.tree(self.snapshot);
        let root = tree.update(heads, version, &mut self.changes)?;
        Ok((root, self.changes))
    }
}

impl Application {
    /// Executes a proposed block while the votes on it come in. Where it is the one that is decided, [`Self::finalize_block`] has it done already.
    pub fn execute_ahead(&self, block: ProposedBlock) {
        // Whatever is wrong with it, who asks for it will be told then.
        let executed = self.execute(&block.decided()).ok();
        *super::lock(&self.ahead) = executed.map(|executed| (block, executed));
    }

    /// `FinalizeBlock`: executes a decided block. Nothing is kept before `commit`.
    pub fn finalize_block(
        &self,
        request: &FinalizeBlockRequest<'_>,
    ) -> Result<FinalizeBlockResponse> {
        let from = self.ready()?;
        self.blobs.begin();
        let ahead = super::lock(&self.ahead).take();
        let mut executed = match ahead {
            Some((block, executed)) if block.decided() == *request && executed.from == from => {
                executed
            }
            _ => self.execute(request)?,
        };
        self.charge(&executed.refused);
        self.blobs
            .named(executed.names, &self.store, &mut executed.changes)?;
        *super::lock(&self.pending) = Some((executed.position, executed.changes));
        Ok(executed.response)
    }

    fn execute(&self, request: &FinalizeBlockRequest<'_>) -> Result<Executed> {
        let from = self.ready()?;
        let mut position = from.clone();
        if request.height != position.height + 1 {
            return Err(Error::BadBlock {
                height: i64::try_from(request.height).unwrap_or(i64::MAX),
                why: format!("the application is at height {}", position.height),
            });
        }
        let snapshot = self.store.snapshot();
        let directory = self.governing(&snapshot, Some(position.version));
        let rules_version = governing(directory.rules_version(request.height))?;
        let context = Context {
            chain: &position.chain_id,
            height: request.height,
            time: request.time,
            rules_version,
            directory: &directory,
        };
        let mut execution = Execution::new(&snapshot, Some(position.version));
        execution.changes.put(
            Table::BlockHashes,
            request.height.to_be_bytes().to_vec(),
            request.hash.to_vec(),
        );
        execution.misbehaviour(request.misbehaviour, &context, request.txs.len())?;
        let outcomes = self.execute_all(&mut execution, &context, request.txs)?;
        let before = governing(directory.consortium(request.height))?;
        let validator_updates = execution.validator_updates(before.as_deref())?;
        let next_version = execution.rules_version(request.height + 1)?;
        position.height = request.height;
        position.time = request.time;
        let mut changes = if request.txs.is_empty() && request.misbehaviour.is_empty() {
            execution.changes
        } else {
            self.log_block_hashes(&mut execution, &mut position, request)?;
            position.version += 1;
            let (root, mut changes) = execution.finish(self, position.version)?;
            position.app_hash = root;
            changes.put(
                Table::Versions,
                request.height.to_be_bytes().to_vec(),
                position.version.to_be_bytes().to_vec(),
            );
            changes
        };
        let app_version = (next_version != position.app_version).then_some(next_version);
        position.app_version = next_version;
        position.save(&mut changes)?;
        let app_hash = position.app_hash;
        Ok(Executed {
            from,
            position,
            changes,
            response: FinalizeBlockResponse {
                tx_results: outcomes.results,
                validator_updates,
                app_version,
                app_hash,
            },
            names: outcomes.names,
            refused: outcomes.refused,
        })
    }

    fn execute_all(
        &self,
        execution: &mut Execution<'_>,
        context: &Context<'_>,
        txs: &[Vec<u8>],
    ) -> Result<Outcomes> {
        let opened = self.open_all(context.chain, context.rules_version, txs);
        let mut subjects = BTreeSet::new();
        let mut refused = Vec::new();
        let results = (0..)
            .zip(txs.iter().zip(opened))
            .map(|(position, (tx, event))| {
                let place = EntryPlace {
                    height: context.height,
                    position,
                };
                let entry = Entry {
                    height: context.height,
                    time: context.time,
                    envelope: tx,
                }
                .encode();
                let outcome = match event {
                    Ok(event) => {
                        let outcome = execution.event(&event, context, place, &entry)?;
                        if outcome.is_ok() {
                            subjects.insert(event.payload().subject.tree_key());
                        } else {
                            refused.extend(Charge::of(&event, tx, context, execution.snapshot)?);
                            note_refused(&event, place, &mut execution.changes);
                        }
                        result(&event, outcome)
                    }
                    // Two thirds of the power accepted the block in spite of `process_proposal`: answer alike everywhere, change nothing.
                    Err(why) => malformed(why),
                };
                let hash = comet::tx_hash(tx).to_vec();
                // However often it stands in blocks again: what is in a log is where it was accepted.
                if outcome.code == code::OK || !execution.snapshot.has(Table::TxIndex, &hash)? {
                    execution.changes.put(Table::TxIndex, hash, place.encode());
                }
                execution.changes.put(Table::Entries, place.encode(), entry);
                Ok(outcome)
            })
            .collect::<Result<_>>()?;
        // All together: one record may name what another has erased.
        let names = execution.names(&subjects);
        Ok(Outcomes {
            results,
            names,
            refused,
        })
    }
}

impl Execution<'_> {
    /// What the block changed in the consensus: nothing, unless it touched the consortium's record.
    fn validator_updates(&mut self, before: Option<&Consortium>) -> Result<Vec<ValidatorUpdate>> {
        let after = self.consortium()?;
        let (old, new) = (
            before.map(powers).unwrap_or_default(),
            after.as_ref().map(powers).unwrap_or_default(),
        );
        let gone = old
            .keys()
            .filter(|key| !new.contains_key(*key))
            .map(|key| (key.clone(), 0));
        let changed = new
            .iter()
            .filter(|(key, power)| old.get(*key) != Some(power))
            .map(|(key, power)| (key.clone(), *power));
        Ok(changed
            .chain(gone)
            .map(|(key, power)| ValidatorUpdate { key, power })
            .collect())
    }

    /// The consortium as the block leaves it.
    pub fn consortium(&mut self) -> Result<Option<Consortium>> {
        self.governing(consortium::NAME, consortium::ID)
    }

    /// Version of the rules at a later height, as the block leaves them.
    fn rules_version(&mut self, height: u64) -> Result<u64> {
        let rules: Option<Rules> = self.governing(rules::NAME, rules::ID)?;
        Ok(rules.map_or(1, |rules| rules.version_at(height)))
    }

    fn governing<T: records::shape::Shape>(&mut self, kind: &str, id: &str) -> Result<Option<T>> {
        let damaged = || Error::Damaged("a governing record");
        let name = RecordName::new(kind, id).ok_or_else(damaged)?;
        let state = self.load(&name)?;
        state
            .map(|state| records::canonical::from_value(&state.data).map_err(|_| damaged()))
            .transpose()
    }
}

/// Keys and powers of a consortium's validators, without the suspended ones.
pub(super) fn powers(consortium: &Consortium) -> BTreeMap<ValidatorKey, i64> {
    consortium
        .validators()
        .filter(|validator| validator.suspended.is_none())
        .map(|validator| {
            let power = i64::try_from(validator.power).unwrap_or(i64::MAX);
            (validator.key.clone(), power)
        })
        .collect()
}

/// A governing record that cannot be read is our damage, not the sender's fault.
fn governing<T>(result: Result<T, Stop>) -> Result<T> {
    result.map_err(|_| Error::Damaged("a governing record"))
}

fn result(event: &Opened, outcome: Result<(), Refusal>) -> ExecTxResult {
    match outcome {
        Ok(()) => ExecTxResult::default(),
        Err(refusal) => ExecTxResult {
            code: code::REFUSED,
            codespace: event.payload().subject.kind().into(),
            log: refusal.log(),
            data: refusal.data().into(),
            ..ExecTxResult::default()
        },
    }
}

fn malformed(why: String) -> ExecTxResult {
    ExecTxResult {
        code: code::MALFORMED,
        log: why,
        ..ExecTxResult::default()
    }
}
