//! How the trees of different stores are hashed.

/// A hash operation by its number in ICS-23.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HashOp {
    /// The bytes as they are.
    None,
    Sha256,
    /// Any other; known so that it can be told from what a spec wants, never computed.
    Other(u64),
}

/// A length operation by its number in ICS-23.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LengthOp {
    NoPrefix,
    /// Length as a protobuf varint.
    VarProto,
    Other(u64),
}

impl From<u64> for HashOp {
    fn from(number: u64) -> HashOp {
        match number {
            0 => HashOp::None,
            1 => HashOp::Sha256,
            other => HashOp::Other(other),
        }
    }
}

impl From<u64> for LengthOp {
    fn from(number: u64) -> LengthOp {
        match number {
            0 => LengthOp::NoPrefix,
            1 => LengthOp::VarProto,
            other => LengthOp::Other(other),
        }
    }
}

/// What a tree of one kind looks like; the verifier's choice. All of them are binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    pub(super) leaf: LeafSpec,
    pub(super) inner: InnerSpec,
    pub(super) min_depth: usize,
    pub(super) max_depth: usize,
    /// The order in the tree is that of hashed keys.
    pub(super) order_by_key_hash: bool,
    pub(super) rules: Rules,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LeafSpec {
    pub(super) hash: HashOp,
    pub(super) prehash_key: HashOp,
    pub(super) prehash_value: HashOp,
    pub(super) length: LengthOp,
    pub(super) prefix: &'static [u8],
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InnerSpec {
    pub(super) hash: HashOp,
    pub(super) child_size: usize,
    pub(super) min_prefix: usize,
    pub(super) max_prefix: usize,
    pub(super) empty_child: &'static [u8],
}

/// What must hold beyond the numbers above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rules {
    /// Nothing.
    General,
    /// Prefixes are varints of height, size and version.
    Iavl,
    /// Inner prefixes are the byte 1.
    Tendermint,
    /// Leaf and inner prefixes are exact, and an inner node has exactly two children.
    Exact { inner_prefix: &'static [u8] },
}

/// The depth that Go allows where a spec names none.
const DEFAULT_MAX_DEPTH: usize = 128;

const LENGTH_PREFIXED_LEAF: LeafSpec = LeafSpec {
    hash: HashOp::Sha256,
    prehash_key: HashOp::None,
    prehash_value: HashOp::Sha256,
    length: LengthOp::VarProto,
    prefix: &[0],
};

pub(super) const JMT_INNER_PREFIX: &[u8] = b"JMT::IntrnalNode";

/// Cosmos SDK's IAVL tree, op type `ics23:iavl`.
pub const IAVL_SPEC: Spec = Spec {
    leaf: LENGTH_PREFIXED_LEAF,
    inner: InnerSpec {
        hash: HashOp::Sha256,
        child_size: 33,
        min_prefix: 4,
        max_prefix: 12,
        empty_child: &[],
    },
    min_depth: 0,
    max_depth: DEFAULT_MAX_DEPTH,
    order_by_key_hash: false,
    rules: Rules::Iavl,
};

/// The simple Merkle tree over a Cosmos SDK's stores, op type `ics23:simple`.
pub const TENDERMINT_SPEC: Spec = Spec {
    leaf: LENGTH_PREFIXED_LEAF,
    inner: InnerSpec {
        hash: HashOp::Sha256,
        child_size: 32,
        min_prefix: 1,
        max_prefix: 1,
        empty_child: &[],
    },
    min_depth: 0,
    max_depth: DEFAULT_MAX_DEPTH,
    order_by_key_hash: false,
    rules: Rules::Tendermint,
};

/// Cosmos SDK's sparse Merkle tree, op type `ics23:smt`.
pub const SMT_SPEC: Spec = Spec {
    leaf: LeafSpec {
        hash: HashOp::Sha256,
        prehash_key: HashOp::Sha256,
        prehash_value: HashOp::Sha256,
        length: LengthOp::NoPrefix,
        prefix: &[0],
    },
    inner: InnerSpec {
        hash: HashOp::Sha256,
        child_size: 32,
        min_prefix: 1,
        max_prefix: 1,
        empty_child: &[0; 32],
    },
    min_depth: 0,
    max_depth: 256,
    order_by_key_hash: true,
    rules: Rules::General,
};

/// The Jellyfish Merkle tree of the crate `jmt` with SHA-256, op type `ics23:jmt`. One bit of the key's hash a layer, so 256
/// of them (the crate's own spec says 64, which deep proofs exceed).
pub const JMT_SPEC: Spec = Spec {
    leaf: LeafSpec {
        hash: HashOp::Sha256,
        prehash_key: HashOp::Sha256,
        prehash_value: HashOp::Sha256,
        length: LengthOp::NoPrefix,
        prefix: b"JMT::LeafNode",
    },
    inner: InnerSpec {
        hash: HashOp::Sha256,
        child_size: 32,
        min_prefix: JMT_INNER_PREFIX.len(),
        max_prefix: JMT_INNER_PREFIX.len(),
        empty_child: b"SPARSE_MERKLE_PLACEHOLDER_HASH__",
    },
    min_depth: 0,
    max_depth: 256,
    order_by_key_hash: true,
    rules: Rules::Exact {
        inner_prefix: JMT_INNER_PREFIX,
    },
};
