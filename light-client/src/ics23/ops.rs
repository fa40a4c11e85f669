//! Hashing leaves and inner nodes, and whether an operation is one that the spec allows.

use alloc::vec::Vec;

use super::Ics23Error;
use super::proof::{InnerOp, LeafOp};
use super::spec::{HashOp, LengthOp, Rules, Spec};
use crate::merkle::sha256;
use crate::proto::{push_delimited, take_varint};

impl HashOp {
    pub(super) fn apply(self, data: &[u8]) -> Result<Vec<u8>, Ics23Error> {
        match self {
            HashOp::None => Ok(data.to_vec()),
            HashOp::Sha256 => Ok(sha256(&[data]).to_vec()),
            HashOp::Other(_) => Err(Ics23Error::Unsupported),
        }
    }
}

impl LeafOp {
    /// hash(prefix ‖ length(prehash(key)) ‖ length(prehash(value))).
    pub(super) fn apply(&self, key: &[u8], value: &[u8]) -> Result<Vec<u8>, Ics23Error> {
        let mut data = self.prefix.clone();
        self.append(&mut data, self.prehash_key, key)?;
        self.append(&mut data, self.prehash_value, value)?;
        match self.hash {
            HashOp::None => Err(Ics23Error::Unsupported),
            hash => hash.apply(&data),
        }
    }

    fn append(&self, data: &mut Vec<u8>, prehash: HashOp, part: &[u8]) -> Result<(), Ics23Error> {
        if part.is_empty() {
            return Err(Ics23Error::Empty);
        }
        let part = prehash.apply(part)?;
        match self.length {
            LengthOp::NoPrefix => data.extend_from_slice(&part),
            LengthOp::VarProto => push_delimited(data, &part),
            LengthOp::Other(_) => return Err(Ics23Error::Unsupported),
        }
        Ok(())
    }

    pub(super) fn check(&self, spec: &Spec) -> Result<(), Ics23Error> {
        let leaf = &spec.leaf;
        let same_ops = self.hash == leaf.hash
            && self.prehash_key == leaf.prehash_key
            && self.prehash_value == leaf.prehash_value
            && self.length == leaf.length;
        let prefix_fits = self.prefix.starts_with(leaf.prefix)
            && match spec.rules {
                Rules::Iavl => is_iavl_prefix(&self.prefix, 0),
                Rules::Exact { .. } => self.prefix == leaf.prefix,
                Rules::General | Rules::Tendermint => true,
            };
        if same_ops && prefix_fits {
            Ok(())
        } else {
            Err(Ics23Error::Leaf)
        }
    }
}

impl InnerOp {
    /// hash(prefix ‖ child ‖ suffix).
    pub(super) fn apply(&self, child: &[u8]) -> Result<Vec<u8>, Ics23Error> {
        match self.hash {
            _ if child.is_empty() => Err(Ics23Error::Empty),
            HashOp::None => Err(Ics23Error::Unsupported),
            hash => hash.apply(&[&self.prefix, child, &self.suffix].concat()),
        }
    }

    /// `layer` is 1 next to the leaf.
    pub(super) fn check(&self, spec: &Spec, layer: usize) -> Result<(), Ics23Error> {
        let inner = &spec.inner;
        // The sibling on the left is part of the prefix.
        let longest = inner.max_prefix.saturating_add(inner.child_size);
        let fits = self.hash == inner.hash
            && !self.prefix.starts_with(spec.leaf.prefix)
            && (inner.min_prefix..=longest).contains(&self.prefix.len())
            && self.suffix.len().checked_rem(inner.child_size) == Some(0)
            && match spec.rules {
                Rules::General => true,
                Rules::Iavl => is_iavl_prefix(&self.prefix, layer),
                Rules::Tendermint => {
                    self.prefix == [1] || self.suffix.is_empty() && self.prefix.starts_with(&[1])
                }
                Rules::Exact { inner_prefix } => {
                    self.prefix.starts_with(inner_prefix) && self.side(spec).is_some()
                }
            };
        if fits {
            Ok(())
        } else {
            Err(Ics23Error::Inner { layer })
        }
    }

    /// On which side of its parent the child stands, judged by the lengths around it.
    pub(super) fn side(&self, spec: &Spec) -> Option<Side> {
        let inner = &spec.inner;
        let prefix_fits = |sibling: usize| {
            let shortest = inner.min_prefix.saturating_add(sibling);
            (shortest..=inner.max_prefix.saturating_add(sibling)).contains(&self.prefix.len())
        };
        if prefix_fits(0) && self.suffix.len() == inner.child_size {
            Some(Side::Left)
        } else if prefix_fits(inner.child_size) && self.suffix.is_empty() {
            Some(Side::Right)
        } else {
            None
        }
    }

    /// Whether nothing stands to the left of the child: it is the left one, or its left sibling is the empty placeholder.
    pub(super) fn is_leftmost(&self, spec: &Spec) -> bool {
        match self.side(spec) {
            Some(Side::Left) => true,
            Some(Side::Right) => is_placeholder(&self.prefix, spec),
            None => false,
        }
    }

    /// Whether nothing stands to the right of the child.
    pub(super) fn is_rightmost(&self, spec: &Spec) -> bool {
        match self.side(spec) {
            Some(Side::Right) => true,
            Some(Side::Left) => is_placeholder(&self.suffix, spec),
            None => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// Whether the sibling at the end of `bytes` is the spec's placeholder for an empty subtree.
pub(super) fn is_placeholder(bytes: &[u8], spec: &Spec) -> bool {
    !spec.inner.empty_child.is_empty() && bytes.ends_with(spec.inner.empty_child)
}

/// IAVL prefixes are varints (zigzag) of height, size and version, none negative. A leaf has height 0 and nothing behind; an
/// inner node stands at least as high as its layer and has a length byte behind, or left sibling and two length bytes.
fn is_iavl_prefix(prefix: &[u8], layer: usize) -> bool {
    let parts = take_non_negative(prefix).and_then(|(height, rest)| {
        let (_size, rest) = take_non_negative(rest)?;
        let (_version, rest) = take_non_negative(rest)?;
        Some((height, rest.len()))
    });
    match parts {
        Some((height, behind)) if layer == 0 => height == 0 && behind == 0,
        Some((height, behind)) => height >= layer as u64 && (behind == 1 || behind == 34),
        None => false,
    }
}

/// Go's `binary.ReadVarint`, refusing negative numbers, which are the odd ones.
fn take_non_negative(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (zigzag, rest) = take_varint(bytes)?;
    (zigzag & 1 == 0).then_some((zigzag >> 1, rest))
}
