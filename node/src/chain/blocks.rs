//! Blocks, commits, results and validator sets by height; transactions and blocks by hash.

use crate::{
    comet::{self, Block, BlockMeta, Commit, ExecTxResult, ValidatorSet},
    error::{Error, Result},
    merkle::Hash,
    store::{Changes, EntryPlace, Snapshot, Table},
};
use prost::Message;
use records::log::Entry;
use tendermint_proto::v0_38::abci::ResponseFinalizeBlock;

/// Where a transaction stands.
pub type TxPlace = EntryPlace;

impl Changes {
    /// Keeps a decided block, without its transactions, which are log entries.
    pub(super) fn put_block(&mut self, meta: &BlockMeta, commit: &Commit) {
        let height = commit.height.to_be_bytes().to_vec();
        let hash = meta
            .block_id
            .as_ref()
            .map(|id| id.hash.clone())
            .unwrap_or_default();
        self.put(Table::Metas, height.clone(), meta.encode_to_vec());
        self.put(Table::Commits, height.clone(), commit.encode_to_vec());
        self.put(Table::HashIndex, hash, height);
    }

    /// Keeps what executing a block gave.
    pub(super) fn put_results(&mut self, height: i64, results: &ResponseFinalizeBlock) {
        self.put(
            Table::Results,
            height.to_be_bytes().to_vec(),
            results.encode_to_vec(),
        );
    }
}

impl Snapshot {
    /// Header, id and size of a block.
    pub fn block_meta(&self, height: u64) -> Result<Option<BlockMeta>> {
        self.message(Table::Metas, height)
    }

    /// The commit for a block.
    pub fn commit(&self, height: u64) -> Result<Option<Commit>> {
        self.message(Table::Commits, height)
    }

    /// What executing a block gave.
    pub fn results(&self, height: u64) -> Result<Option<ResponseFinalizeBlock>> {
        self.message(Table::Results, height)
    }

    /// The validator set of a height.
    pub fn validators(&self, height: u64) -> Result<Option<ValidatorSet>> {
        let bytes = self.get(Table::Validators, &height.to_be_bytes())?;
        bytes
            .map(|bytes| {
                serde_json::from_slice(&bytes).map_err(|_| Error::Damaged("a validator set"))
            })
            .transpose()
    }

    /// A whole block.
    pub fn block(&self, height: u64) -> Result<Option<Block>> {
        let Some(meta) = self.block_meta(height)? else {
            return Ok(None);
        };
        let last_commit = match height {
            0 | 1 => Some(comet::empty_commit()),
            _ => self.commit(height - 1)?,
        };
        let header = meta
            .header
            .ok_or(Error::Damaged("a block without header"))?;
        let last_commit = last_commit.ok_or(Error::Damaged("a block without commit"))?;
        Ok(Some(comet::make_block(
            header,
            self.txs(height)?,
            last_commit,
        )))
    }

    /// The transactions of a block.
    pub fn txs(&self, height: u64) -> Result<Vec<Vec<u8>>> {
        let rows = self.range(
            Table::Entries,
            &height.to_be_bytes(),
            &height.saturating_add(1).to_be_bytes(),
            usize::MAX,
        )?;
        rows.iter().map(|(_, entry)| tx_of(entry)).collect()
    }

    /// Where a transaction stands.
    pub fn tx_place(&self, hash: &[u8]) -> Result<Option<TxPlace>> {
        let place = self.get(Table::TxIndex, hash)?;
        place.map(|place| TxPlace::decode(&place)).transpose()
    }

    /// The result of a transaction.
    pub fn tx_result(&self, place: TxPlace) -> Result<ExecTxResult> {
        let results = self.results(place.height)?.unwrap_or_default();
        let result = results.tx_results.into_iter().nth(place.position as usize);
        result.ok_or(Error::Damaged("a transaction without result"))
    }

    /// Height of a block by its hash.
    pub fn height_of(&self, hash: &Hash) -> Result<Option<u64>> {
        let height = self.get(Table::HashIndex, hash)?;
        height
            .map(|height| {
                let height = height.try_into().map_err(|_| Error::Damaged("a height"))?;
                Ok(u64::from_be_bytes(height))
            })
            .transpose()
    }

    fn message<M: Message + Default>(&self, table: Table, height: u64) -> Result<Option<M>> {
        let bytes = self.get(table, &height.to_be_bytes())?;
        bytes
            .map(|bytes| {
                M::decode(bytes.as_slice()).map_err(|_| Error::Damaged("a stored message"))
            })
            .transpose()
    }
}

fn tx_of(entry: &[u8]) -> Result<Vec<u8>> {
    let entry = Entry::decode(entry).ok_or(Error::Damaged("a log entry"))?;
    Ok(entry.envelope.to_vec())
}
