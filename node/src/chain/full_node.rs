//! A node that follows the chain: verifies each block, executes it, keeps it.

use super::{ChainState, Genesis, state::powers, verify};
use crate::{
    application::{
        Application, FinalizeBlockRequest, FinalizeBlockResponse, ProcessProposalRequest, Proposal,
    },
    comet::{self, Block, BlockMeta, Commit},
    error::{Error, Result},
    store::{Changes, Snapshot, Store},
};
use records::RecordName;
use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard},
};
use tendermint_proto::v0_38::{
    abci::{ResponseFinalizeBlock, ValidatorUpdate},
    crypto::{PublicKey, public_key},
    types::{ConsensusParams, VersionParams},
};
use tokio::sync::watch;

/// A full node.
pub struct FullNode {
    /// What the chain started from.
    pub genesis: Genesis,
    /// The application.
    pub application: Arc<Application>,
    store: Arc<Store>,
    standing: Mutex<Standing>,
    height: watch::Sender<u64>,
}

/// Where the node stands.
struct Standing {
    state: ChainState,
    /// The commit with which the last block was followed.
    seen: Option<Commit>,
}

impl FullNode {
    /// Opens the node's database in this file; starts the chain where it is empty.
    pub fn open(file: &Path, genesis: Genesis, horizon: u64) -> Result<Self> {
        let store = Arc::new(Store::open(file)?);
        let application = Application::open(store.clone(), horizon)?;
        let state = match ChainState::load(&store.snapshot())? {
            Some(state) => state,
            None => begin(&application, &genesis)?,
        };
        if state.chain_id != genesis.chain_id {
            return Err(Error::Setup(format!(
                "{} holds chain {}, not {}",
                file.display(),
                state.chain_id,
                genesis.chain_id
            )));
        }
        let (height, _) = watch::channel(state.height.unsigned_abs());
        let seen = store.snapshot().commit(state.height.unsigned_abs())?;
        Ok(Self {
            genesis,
            application: Arc::new(application),
            store,
            standing: Mutex::new(Standing { state, seen }),
            height,
        })
    }

    /// Where consensus stands.
    pub fn state(&self) -> ChainState {
        self.lock().state.clone()
    }

    /// Height of the last block, and word of each new one.
    pub fn heights(&self) -> watch::Receiver<u64> {
        self.height.subscribe()
    }

    /// Height of the last block.
    pub fn height(&self) -> u64 {
        *self.height.borrow()
    }

    /// A record's state after the last block.
    pub fn record(&self, record: &RecordName) -> Result<Option<records::State>> {
        let snapshot = self.snapshot();
        let version = snapshot.version_at(self.height())?;
        let version = version.ok_or(Error::Damaged("no version of the state"))?;
        let stored = snapshot.record(&record.tree_key(), version)?;
        stored.map(|(_, record)| record.decode_state()).transpose()
    }

    /// The node's data as of its last block.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.store.snapshot()
    }

    /// Follows a block with the commit that decided it: verifies both, executes, and keeps everything in one durable transaction.
    pub fn follow(&self, block: &Block, commit: &Commit) -> Result<()> {
        let mut standing = self.lock();
        let state = &standing.state;
        let id = comet::block_id(block);
        verify::block_follows(state, block, standing.seen.as_ref())?;
        verify::commit_carries(
            &state.chain_id,
            state.height + 1,
            &id,
            commit,
            &state.validators,
        )?;
        let txs: &[Vec<u8>] = block.data.as_ref().map_or(&[], |data| &data.txs);
        if let Proposal::Reject(why) = self
            .application
            .process_proposal(&ProcessProposalRequest { txs })?
        {
            return Err(Error::BadBlock {
                height: state.height + 1,
                why,
            });
        }
        let header = block.header.clone().unwrap_or_default();
        let answer = self.application.finalize_block(&FinalizeBlockRequest {
            txs,
            misbehaviour: &[],
            hash: comet::header_hash(&header),
            height: header.height.unsigned_abs(),
            time: header.time.as_ref().map_or(0, comet::nanos),
        })?;
        let next = state.after(block, &id, &answer)?;
        let mut changes = Changes::default();
        let meta = BlockMeta {
            block_id: Some(id),
            block_size: comet::block_size(block) as i64,
            header: Some(header),
            num_txs: txs.len() as i64,
        };
        changes.put_block(&meta, commit);
        changes.put_results(next.height, &results(&answer)?);
        next.save(&mut changes)?;
        self.application.commit(changes)?;
        let height = next.height.unsigned_abs();
        *standing = Standing {
            state: next,
            seen: Some(commit.clone()),
        };
        drop(standing);
        self.height.send_replace(height);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Standing> {
        self.standing
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// The chain begins: application and consensus together, or neither.
fn begin(application: &Application, genesis: &Genesis) -> Result<ChainState> {
    let answer = application.init_chain(&genesis.init_chain()?)?;
    let state = ChainState::genesis(genesis, &answer)?;
    let mut changes = Changes::default();
    state.save(&mut changes)?;
    application.commit(changes)?;
    Ok(state)
}

/// The answer as CometBFT keeps it.
fn results(answer: &FinalizeBlockResponse) -> Result<ResponseFinalizeBlock> {
    let updates = powers(answer)?
        .into_iter()
        .map(|(key, power)| ValidatorUpdate {
            pub_key: Some(PublicKey {
                sum: Some(public_key::Sum::Ed25519(key.to_vec())),
            }),
            power,
        });
    Ok(ResponseFinalizeBlock {
        events: Vec::new(),
        tx_results: answer.tx_results.clone(),
        validator_updates: updates.collect(),
        consensus_param_updates: answer.app_version.map(|app| ConsensusParams {
            version: Some(VersionParams { app }),
            ..ConsensusParams::default()
        }),
        app_hash: answer.app_hash.to_vec().into(),
    })
}
