//! Checking proofs of presence and absence against a spec and a root.

use alloc::borrow::Cow;

use super::Ics23Error;
use super::ops::Side;
use super::proof::{ExistenceProof, InnerOp, NonExistenceProof};
use super::spec::Spec;
use crate::merkle::{Hash, sha256};

impl ExistenceProof {
    pub(super) fn verify(
        &self,
        spec: &Spec,
        root: &[u8],
        key: &[u8],
        value: &[u8],
    ) -> Result<(), Ics23Error> {
        if self.key != key {
            return Err(Ics23Error::OtherKey);
        }
        if self.value != value {
            return Err(Ics23Error::OtherValue);
        }
        if self.root(spec)? == root {
            Ok(())
        } else {
            Err(Ics23Error::WrongRoot)
        }
    }

    /// The root that the proof leads to, if it is made as the spec says.
    pub(super) fn root(&self, spec: &Spec) -> Result<Hash, Ics23Error> {
        self.check(spec)?;
        let leaf = self.leaf.as_ref().ok_or(Ics23Error::Leaf)?;
        let mut hash = leaf.apply(&self.key, &self.value)?;
        for step in &self.path {
            hash = step.apply(&hash)?;
        }
        hash.try_into().map_err(|_| Ics23Error::Unsupported)
    }

    pub(super) fn check(&self, spec: &Spec) -> Result<(), Ics23Error> {
        self.leaf.as_ref().ok_or(Ics23Error::Leaf)?.check(spec)?;
        if !(spec.min_depth..=spec.max_depth).contains(&self.path.len()) {
            return Err(Ics23Error::Depth(self.path.len()));
        }
        self.path
            .iter()
            .zip(1..)
            .try_for_each(|(step, layer)| step.check(spec, layer))
    }
}

impl NonExistenceProof {
    pub(super) fn verify(&self, spec: &Spec, root: &[u8], key: &[u8]) -> Result<(), Ics23Error> {
        if key.is_empty() {
            return Err(Ics23Error::Empty);
        }
        // Some stores name the absent key by its place in the tree.
        if self.key != key && self.key != *place_of(spec, key) {
            return Err(Ics23Error::OtherKey);
        }
        for shown in [&self.left, &self.right].into_iter().flatten() {
            shown.verify(spec, root, &shown.key, &shown.value)?;
        }
        let place = |key| place_of(spec, key);
        let after_left = self
            .left
            .as_ref()
            .is_none_or(|left| place(&left.key) < place(key));
        let before_right = self
            .right
            .as_ref()
            .is_none_or(|right| place(key) < place(&right.key));
        if !after_left || !before_right {
            return Err(Ics23Error::NotBetween);
        }
        let neighbours = match (&self.left, &self.right) {
            (None, None) => return Err(Ics23Error::NoNeighbour),
            (Some(left), None) => left.path.iter().all(|step| step.is_rightmost(spec)),
            (None, Some(right)) => right.path.iter().all(|step| step.is_leftmost(spec)),
            (Some(left), Some(right)) => are_neighbours(spec, &left.path, &right.path),
        };
        if neighbours {
            Ok(())
        } else {
            Err(Ics23Error::NotNeighbours)
        }
    }
}

/// What the tree orders its keys by.
fn place_of<'k>(spec: &Spec, key: &'k [u8]) -> Cow<'k, [u8]> {
    if spec.order_by_key_hash {
        Cow::Owned(sha256(&[key]).to_vec())
    } else {
        Cow::Borrowed(key)
    }
}

/// Whether nothing can stand between two paths: coming from the root they part at one node, to its left and its right; the
/// left path then keeps to the right and the right path to the left.
pub(super) fn are_neighbours(spec: &Spec, mut left: &[InnerOp], mut right: &[InnerOp]) -> bool {
    while let (Some((left_top, left_below)), Some((right_top, right_below))) =
        (left.split_last(), right.split_last())
    {
        (left, right) = (left_below, right_below);
        if left_top.prefix != right_top.prefix || left_top.suffix != right_top.suffix {
            return left_top.side(spec) == Some(Side::Left)
                && right_top.side(spec) == Some(Side::Right)
                && left.iter().all(|step| step.is_rightmost(spec))
                && right.iter().all(|step| step.is_leftmost(spec));
        }
    }
    false
}
