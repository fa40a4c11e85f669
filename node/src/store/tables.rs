//! The tables, each from byte keys to byte values. Numbers in keys are big-endian, so that they sort.

use redb::TableDefinition;

/// A table of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// State tree: version u64 ‖ nibbles u8 ‖ packed path → node.
    Nodes,
    /// State tree: since version u64 ‖ node key → nothing.
    StaleNodes,
    /// Tree key ‖ version u64 → head ‖ state bytes.
    Records,
    /// Since version u64 ‖ tree key ‖ version u64 → nothing.
    StaleRecords,
    /// SHA-256 of a tree key → the tree key.
    Preimages,
    /// Height u64 → version of the state tree after that block; only where it changed.
    Versions,
    /// Tree key ‖ index u64 → height u64 ‖ position u32 of the transaction.
    LogRefs,
    /// Tree key ‖ level u8 ‖ index u64 → hash of that perfect subtree of the record's log.
    LogNodes,
    /// Height u64 ‖ position u32 → log entry: height, time and the transaction, once for all records that it touched and for the block.
    Entries,
    /// Height u64 → block hash.
    BlockHashes,
    /// SHA-256 → blob.
    Blobs,
    /// Number u64, rising as they are handed in → SHA-256 ‖ bytes u64 of a blob that nobody names yet.
    WaitingBlobs,
    /// SHA-256 ‖ 1 where it is a list of blobs, else 0 → nothing; blobs that are named and not here.
    WantedBlobs,
    /// SHA-256 of a blob ‖ tree key of a record, or SHA-256 of a list, that names it → nothing.
    BlobNames,
    /// SHA-256 → nothing; blobs that were named, and were to be erased by all who named them.
    ErasedBlobs,
    /// Height u64 → block meta.
    Metas,
    /// Height u64 → commit for that block.
    Commits,
    /// Height u64 → answer of `finalize_block`.
    Results,
    /// Height u64 → validator set.
    Validators,
    /// Transaction hash, or identity of an accepted event ‖ `e`, or of a refused one ‖ `r` ‖ key in words that signed it → height u64 ‖ position u32.
    TxIndex,
    /// Block hash → height u64.
    HashIndex,
    /// Public key in words ‖ space ‖ member id → nothing; the live keys of members.
    MemberKeys,
    /// Name → where the application and the consensus stand.
    Meta,
}

impl Table {
    /// Every table, in the order of the enum.
    pub const ALL: [Self; 23] = [
        Self::Nodes,
        Self::StaleNodes,
        Self::Records,
        Self::StaleRecords,
        Self::Preimages,
        Self::Versions,
        Self::LogRefs,
        Self::LogNodes,
        Self::Entries,
        Self::BlockHashes,
        Self::Blobs,
        Self::WaitingBlobs,
        Self::WantedBlobs,
        Self::BlobNames,
        Self::ErasedBlobs,
        Self::Metas,
        Self::Commits,
        Self::Results,
        Self::Validators,
        Self::TxIndex,
        Self::HashIndex,
        Self::MemberKeys,
        Self::Meta,
    ];

    /// The table as redb knows it.
    pub(super) fn definition(self) -> TableDefinition<'static, &'static [u8], &'static [u8]> {
        TableDefinition::new(match self {
            Self::Nodes => "nodes",
            Self::StaleNodes => "stale-nodes",
            Self::Records => "records",
            Self::StaleRecords => "stale-records",
            Self::Preimages => "preimages",
            Self::Versions => "versions",
            Self::LogRefs => "log-refs",
            Self::LogNodes => "log-nodes",
            Self::Entries => "entries",
            Self::BlockHashes => "block-hashes",
            Self::Blobs => "blobs",
            Self::WaitingBlobs => "waiting-blobs",
            Self::WantedBlobs => "wanted-blobs",
            Self::BlobNames => "blob-names",
            Self::ErasedBlobs => "erased-blobs",
            Self::Metas => "metas",
            Self::Commits => "commits",
            Self::Results => "results",
            Self::Validators => "validators",
            Self::TxIndex => "tx-index",
            Self::HashIndex => "hash-index",
            Self::MemberKeys => "member-keys",
            Self::Meta => "meta",
        })
    }
}
