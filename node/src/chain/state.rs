//! Where consensus stands between two blocks (CometBFT state/state.go).

use super::{Genesis, genesis::ed25519};
use crate::{
    application::{FinalizeBlockResponse, InitChainResponse},
    comet::{
        self, BLOCK_PROTOCOL, Block, BlockId, Commit, ConsensusParams, Header, Timestamp,
        ValidatorSet,
    },
    error::{Error, Result},
    merkle::{self, Hash},
    store::{Changes, Snapshot, Table},
};
use prost::Message;
use serde::{Deserialize, Serialize};
use tendermint_proto::v0_38::version::Consensus;

const KEY: &[u8] = b"consensus";

/// Everything that the next block follows from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChainState {
    /// Chain id.
    pub chain_id: String,
    /// Height of the last block; 0 before the first.
    pub height: i64,
    /// Protocol-buffer bytes of the last block's id.
    last_block_id: Vec<u8>,
    /// Time of the last block, Unix ns; of the genesis before the first.
    pub time: i64,
    /// Validators of the last block; those of the first before it.
    pub last_validators: ValidatorSet,
    /// Validators of the next block.
    pub validators: ValidatorSet,
    /// Validators of the block after the next.
    pub next_validators: ValidatorSet,
    /// Parameters of the next block.
    pub params: ConsensusParams,
    /// App hash that the next header commits to.
    pub app_hash: Hash,
    /// Hash of the last block's results.
    pub last_results_hash: Hash,
}

impl ChainState {
    /// Before the first block.
    pub fn genesis(genesis: &Genesis, answer: &InitChainResponse) -> Result<Self> {
        let validators = genesis.validator_set()?;
        let mut next_validators = validators.clone();
        next_validators.advance();
        let none = comet::empty_commit().block_id.unwrap_or_default();
        Ok(Self {
            chain_id: genesis.chain_id.clone(),
            height: 0,
            last_block_id: none.encode_to_vec(),
            time: comet::nanos(&genesis.time),
            last_validators: validators.clone(),
            validators,
            next_validators,
            params: genesis.params.clone(),
            app_hash: answer.app_hash,
            last_results_hash: merkle::empty_root(),
        })
    }

    /// Reads it; none before genesis.
    pub fn load(snapshot: &Snapshot) -> Result<Option<Self>> {
        let bytes = snapshot.get(Table::Meta, KEY)?;
        bytes
            .map(|bytes| {
                serde_json::from_slice(&bytes).map_err(|_| Error::Damaged("where consensus stands"))
            })
            .transpose()
    }

    /// Writes it, with the validator sets of the next two heights.
    pub fn save(&self, changes: &mut Changes) -> Result<()> {
        let json = |error: serde_json::Error| Error::Setup(error.to_string());
        changes.put(
            Table::Meta,
            KEY.to_vec(),
            serde_json::to_vec(self).map_err(json)?,
        );
        for (height, set) in [(1, &self.validators), (2, &self.next_validators)] {
            let height = (self.height + height).to_be_bytes().to_vec();
            changes.put(
                Table::Validators,
                height,
                serde_json::to_vec(set).map_err(json)?,
            );
        }
        Ok(())
    }

    /// Id of the last block.
    pub fn last_block_id(&self) -> Result<BlockId> {
        BlockId::decode(self.last_block_id.as_slice())
            .map_err(|_| Error::Damaged("the last block's id"))
    }

    /// Time of the next block, given the commit for the last one: BFT time.
    pub fn next_time(&self, last_commit: &Commit) -> Timestamp {
        if self.height == 0 {
            comet::timestamp(self.time)
        } else {
            comet::median_time(last_commit, &self.last_validators)
        }
    }

    /// The one header, in round 0, that the next block with these transactions can have.
    pub fn next_header(&self, txs: &[Vec<u8>], last_commit: &Commit) -> Result<Header> {
        let proposer = self.validators.proposer();
        Ok(Header {
            version: Some(Consensus {
                block: BLOCK_PROTOCOL,
                app: self.params.app_version,
            }),
            chain_id: self.chain_id.clone(),
            height: self.height + 1,
            time: Some(self.next_time(last_commit)),
            last_block_id: Some(self.last_block_id()?),
            last_commit_hash: comet::commit_hash(last_commit).to_vec(),
            data_hash: comet::data_hash(txs).to_vec(),
            validators_hash: self.validators.hash().to_vec(),
            next_validators_hash: self.next_validators.hash().to_vec(),
            consensus_hash: comet::consensus_hash(&self.params).to_vec(),
            app_hash: self.app_hash.to_vec(),
            last_results_hash: self.last_results_hash.to_vec(),
            evidence_hash: merkle::empty_root().to_vec(),
            proposer_address: proposer.map(|address| address.to_vec()).unwrap_or_default(),
        })
    }

    /// Where consensus stands after a block that was executed.
    pub fn after(
        &self,
        block: &Block,
        id: &BlockId,
        answer: &FinalizeBlockResponse,
    ) -> Result<Self> {
        let header = block.header.as_ref();
        let time = header.and_then(|header| header.time.as_ref());
        let mut next_validators = self.next_validators.clone();
        next_validators.update(powers(answer)?);
        next_validators.advance();
        Ok(Self {
            chain_id: self.chain_id.clone(),
            height: self.height + 1,
            last_block_id: id.encode_to_vec(),
            time: time
                .map(comet::nanos)
                .ok_or(Error::Damaged("a block without time"))?,
            last_validators: self.validators.clone(),
            validators: self.next_validators.clone(),
            next_validators,
            params: ConsensusParams {
                app_version: answer.app_version.unwrap_or(self.params.app_version),
                ..self.params.clone()
            },
            app_hash: answer.app_hash,
            last_results_hash: comet::results_hash(&answer.tx_results),
        })
    }
}

/// Changed powers.
pub(super) fn powers(answer: &FinalizeBlockResponse) -> Result<Vec<([u8; 32], i64)>> {
    let updates = answer.validator_updates.iter();
    updates
        .map(|update| Ok((ed25519(&update.key)?, update.power)))
        .collect()
}
