//! Proofs of heads in one tree, each sibling once. All are proven under one root: what one path holds another need not repeat, and where two paths part, each
//! leads to the other's sibling. Which siblings are left to be written, keys and depths tell.

use super::{
    bytes::{In, Out, Torn},
    format::MAX_FILE,
};
use alloc::vec::Vec;
use light_client::{Hash, jmt_inner, jmt_leaf, sha256};

/// Longest key or value in a proof, bytes: longer than any of this tree.
const MAX_PART: usize = 128;
/// A path has a step for each bit of a hash.
const MAX_DEPTH: usize = 256;
/// Siblings of all paths, each written out: no more than a file could hold.
const MAX_SIBLINGS: usize = MAX_FILE / 32;
/// How a packed proof of absence begins; flags follow, of which these name neighbours.
const ABSENT: u8 = 2;
const NEIGHBOURS: u8 = 3;

/// A packed head without its siblings, and these apart.
pub struct Bare<'a> {
    kind: &'a [u8],
    leaves: Vec<Leaf<'a>>,
}

/// A leaf that is shown: the head's own, or a neighbour of what is absent.
struct Leaf<'a> {
    /// A neighbour's.
    key: Option<&'a [u8]>,
    value: &'a [u8],
    /// Where it stands: each bit leads to a side.
    place: Hash,
    /// Siblings from the leaf to the root; as many as it is deep.
    path: Vec<Hash>,
}

impl<'a> Bare<'a> {
    /// Reads a packed head about this key: with its siblings, or without, which are zero until they are [known](share).
    pub fn read(from: &mut In<'a>, key: &Hash, is_whole: bool) -> Result<Self, Torn> {
        let kind = from.0;
        let neighbours = match from.byte()? {
            ABSENT => Some((from.byte()? & NEIGHBOURS).count_ones()),
            _ => None,
        };
        let kind = kind.strip_suffix(from.0).ok_or(Torn)?;
        let leaves = (0..neighbours.unwrap_or(1)).map(|_| {
            let own = neighbours.map(|_| from.bytes(MAX_PART)).transpose()?;
            let value = from.bytes(MAX_PART)?;
            let path = match is_whole {
                true => from.hashes(MAX_DEPTH)?,
                false => alloc::vec![Hash::default(); from.count(MAX_DEPTH)?],
            };
            Ok(Leaf {
                key: own,
                value,
                place: sha256(&[own.unwrap_or(key)]),
                path,
            })
        });
        let leaves = leaves.collect::<Result<_, _>>()?;
        Ok(Self { kind, leaves })
    }

    /// The head as it is verified.
    pub fn packed(&self) -> Vec<u8> {
        let mut out = Out::default();
        self.write(&mut out, true);
        out.0
    }

    /// Writes it, with its siblings or without.
    pub fn write(&self, out: &mut Out, is_whole: bool) {
        out.0.extend_from_slice(self.kind);
        for leaf in &self.leaves {
            if let Some(key) = leaf.key {
                out.bytes(key);
            }
            out.bytes(leaf.value);
            match is_whole {
                true => out.hashes(&leaf.path),
                false => out.count(leaf.path.len()),
            }
        }
    }
}

/// Gives every leaf of these heads its siblings, from those which `next` gives where no other leaf leads to them: in the order of the tree, given what the
/// leaf has there so far. Torn where that is no tree.
pub fn share(
    heads: &mut [Bare<'_>],
    mut next: impl FnMut(Hash) -> Result<Hash, Torn>,
) -> Result<(), Torn> {
    let leaves = heads.iter_mut().flat_map(|head| &mut head.leaves);
    let mut leaves: Vec<_> = leaves.collect();
    let siblings: usize = leaves.iter().map(|leaf| leaf.path.len()).sum();
    match leaves.is_empty() {
        _ if siblings > MAX_SIBLINGS => Err(Torn),
        true => Ok(()),
        false => node(&mut leaves, 0, &mut next).map(drop),
    }
}

/// The node under which these leaves stand, so many steps below the root.
fn node(
    leaves: &mut [&mut Leaf<'_>],
    layer: usize,
    next: &mut impl FnMut(Hash) -> Result<Hash, Torn>,
) -> Result<Hash, Torn> {
    let first = leaves.first().ok_or(Torn)?;
    let (place, depth, value) = (first.place, first.path.len(), first.value);
    if depth == layer {
        // Two absent keys may have one neighbour.
        let same = |leaf: &&mut Leaf<'_>| {
            (leaf.place, leaf.path.len(), leaf.value) == (place, depth, value)
        };
        return match leaves.iter().all(same) {
            true => Ok(jmt_leaf(&place, value)),
            false => Err(Torn),
        };
    }
    let is_left = |leaf: &&mut Leaf<'_>| {
        let byte = leaf.place.get(layer / 8).copied().unwrap_or_default();
        byte << (layer % 8) & 0x80 == 0
    };
    let step = |leaf: &Leaf<'_>| leaf.path.len().checked_sub(layer + 1).ok_or(Torn);
    let so_far = *first.path.get(step(first)?).ok_or(Torn)?;
    let leaves = leaves.iter_mut().map(|leaf| &mut **leaf);
    let (mut left, mut right): (Vec<_>, Vec<_>) = leaves.partition(is_left);
    let mut side = |leaves: &mut [&mut Leaf<'_>]| match leaves.is_empty() {
        true => next(so_far),
        false => node(leaves, layer + 1, next),
    };
    let hashes = (side(&mut left)?, side(&mut right)?);
    for (leaves, hash) in [(left, hashes.1), (right, hashes.0)] {
        for leaf in leaves {
            let step = step(leaf)?;
            *leaf.path.get_mut(step).ok_or(Torn)? = hash;
        }
    }
    Ok(jmt_inner(&hashes.0, &hashes.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    type Path = Vec<Hash>;

    /// The tree over these places, a Jellyfish Merkle tree: the path of each, and the root.
    fn tree(places: &[(Hash, Hash)], layer: usize) -> (Hash, Vec<Path>) {
        match places {
            [] => (*b"SPARSE_MERKLE_PLACEHOLDER_HASH__", Vec::new()),
            [(_, leaf)] => (*leaf, vec![Path::new()]),
            _ => {
                let middle = places.partition_point(|(place, _)| !bit(place, layer));
                let (left, mut paths) = tree(&places[..middle], layer + 1);
                let (right, more) = tree(&places[middle..], layer + 1);
                paths.iter_mut().for_each(|path| path.push(right));
                paths.extend(more.into_iter().map(|mut path| {
                    path.push(left);
                    path
                }));
                (jmt_inner(&left, &right), paths)
            }
        }
    }

    fn bit(place: &Hash, layer: usize) -> bool {
        place[layer / 8] & (0x80 >> (layer % 8)) != 0
    }

    /// A leaf: place, key, value, path.
    type Shown = (Hash, Hash, Vec<u8>, Path);

    /// As many leaves, by rising place.
    fn grown(size: u64) -> Vec<Shown> {
        let leaf = |at: u64| {
            let key = sha256(&[&at.to_be_bytes()]);
            (sha256(&[&key]), key, at.to_le_bytes().to_vec())
        };
        let mut leaves: Vec<_> = (0..size).map(leaf).collect();
        leaves.sort();
        let places: Vec<_> = leaves
            .iter()
            .map(|(place, _, value)| (*place, jmt_leaf(place, value)))
            .collect();
        let (_, paths) = tree(&places, 0);
        let leaves = leaves.into_iter().zip(paths);
        leaves
            .map(|((place, key, value), path)| (place, key, value, path))
            .collect()
    }

    fn exists((_, key, value, path): &Shown) -> (Hash, Vec<u8>) {
        let mut out = Out(vec![1]);
        out.bytes(value);
        out.hashes(path);
        (*key, out.0)
    }

    /// That nothing stands between these neighbours of a key.
    fn absent(key: Hash, neighbours: [Option<&Shown>; 2]) -> (Hash, Vec<u8>) {
        let mut out = Out(vec![ABSENT, 0]);
        for (at, (_, key, value, path)) in neighbours
            .into_iter()
            .enumerate()
            .filter_map(|(at, one)| Some((at, one?)))
        {
            out.0[1] |= 1 << at;
            out.bytes(key);
            out.bytes(value);
            out.hashes(path);
        }
        (key, out.0)
    }

    /// The heads without siblings, and the siblings; none where they are not of one tree.
    fn write(heads: &[(Hash, Vec<u8>)]) -> Option<(Vec<u8>, Vec<u8>)> {
        let (mut out, mut siblings) = (Out::default(), Vec::new());
        let mut bare = Vec::new();
        for (key, packed) in heads {
            let head = Bare::read(&mut In(packed), key, true).expect("a packed head");
            head.write(&mut out, false);
            bare.push(head);
        }
        let given = |hash: Hash| {
            siblings.extend(hash);
            Ok(hash)
        };
        share(&mut bare, given).ok()?;
        let mut back = bare.iter().zip(heads);
        let same = back.all(|(head, (_, packed))| head.packed() == *packed);
        same.then_some((out.0, siblings))
    }

    fn read(keys: &[Hash], bare: &[u8], siblings: &[u8]) -> Result<Vec<Vec<u8>>, Torn> {
        let (mut from, mut rest) = (In(bare), In(siblings));
        let heads = keys.iter().map(|key| Bare::read(&mut from, key, false));
        let mut heads: Vec<_> = heads.collect::<Result<_, _>>()?;
        share(&mut heads, |_| rest.array())?;
        match rest.0.is_empty() {
            true => Ok(heads.iter().map(Bare::packed).collect()),
            false => Err(Torn),
        }
    }

    /// How many nodes have no leaf below them that is shown, and stand beside one that has.
    fn least(shown: &BTreeSet<&Shown>) -> usize {
        let prefix = |place: &Hash, bits: usize| -> Vec<bool> {
            (0..bits).map(|layer| bit(place, layer)).collect()
        };
        let mut beside = BTreeSet::new();
        let mut above = BTreeSet::new();
        for (place, _, _, path) in shown {
            for bits in 1..=path.len() {
                let mut node = prefix(place, bits);
                above.insert(node.clone());
                let last = node.last_mut().expect("a bit");
                *last = !*last;
                beside.insert(node);
            }
        }
        beside.difference(&above).count()
    }

    #[test]
    fn heads_of_one_tree_come_back_as_they_were_with_no_sibling_that_need_not_be_written() {
        let mut random = 1u64;
        let mut draw = |below: usize| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (random >> 33) as usize % below
        };
        for size in [1, 2, 3, 7, 64, 1_000, 20_000] {
            let leaves = grown(size);
            for _ in 0..40 {
                let mut shown = BTreeSet::new();
                let mut heads = std::collections::BTreeMap::new();
                for _ in 0..draw(12) + 1 {
                    let at = draw(leaves.len());
                    shown.insert(&leaves[at]);
                    heads.extend([exists(&leaves[at])]);
                    // Those beside it, and absences between: paths that part late, and neighbours that are shown twice.
                    if draw(3) == 0 {
                        let next = leaves.get(at + 1);
                        shown.extend(next);
                        let key = sha256(&[b"absent", &leaves[at].1]);
                        heads.extend([absent(key, [Some(&leaves[at]), next])]);
                        heads.extend(next.filter(|_| draw(2) == 0).map(exists));
                    }
                }
                let heads: Vec<_> = heads.into_iter().collect();
                let (bare, siblings) = write(&heads).expect("one tree");
                assert_eq!(siblings.len(), 32 * least(&shown), "{size}");
                let (keys, packed): (Vec<_>, Vec<_>) = heads.into_iter().unzip();
                assert_eq!(read(&keys, &bare, &siblings), Ok(packed), "{size}");
                if let Some((_, cut)) = siblings.split_first() {
                    assert_eq!(read(&keys, &bare, cut), Err(Torn));
                }
                assert_eq!(
                    read(&keys, &bare, &[&siblings[..], &[0; 32]].concat()),
                    Err(Torn)
                );
            }
        }
    }

    #[test]
    fn two_of_twenty_thousand_that_part_late_share_all_above() {
        let leaves = grown(20_000);
        let deepest = (1..leaves.len()).max_by_key(|at| leaves[*at].3.len());
        let at = deepest.expect("leaves");
        let pair = [at - 1, at, (at + 1).min(leaves.len() - 1)].map(|at| exists(&leaves[at]));
        let whole: usize = pair.iter().map(|(_, packed)| packed.len()).sum();
        let (bare, siblings) = write(&pair).expect("one tree");
        assert!(leaves[at].3.len() > 20, "{}", leaves[at].3.len());
        assert!((bare.len() + siblings.len()) * 2 < whole);
    }

    /// *Attack: a node proves one record under another root than the rest, and the file would speak for both.*
    #[test]
    fn proofs_that_are_not_under_one_root_cannot_be_written() {
        let leaves = grown(500);
        let mut heads: Vec<_> = leaves.iter().step_by(100).map(exists).collect();
        assert!(write(&heads).is_some());
        let (value, path) = (2..10, 11..heads[2].1.len());
        for at in value.chain(path) {
            heads[2].1[at] ^= 1;
            assert!(write(&heads).is_none(), "{at}");
            heads[2].1[at] ^= 1;
        }
        let other = grown(501);
        let mixed = [exists(&leaves[3]), exists(&other[200])];
        assert!(write(&mixed).is_none());
    }

    /// *Attack: heads that need few bytes here and as much memory as all paths of a tree together.*
    #[test]
    fn few_bytes_make_no_more_siblings_than_a_file_could_hold() {
        let heads: Vec<_> = (0..600u64)
            .map(|at| (sha256(&[&at.to_be_bytes()]), vec![1, 0, 0x80, 2]))
            .collect();
        let mut asked = 0;
        let mut bare: Vec<_> = (heads.iter())
            .map(|(key, head)| Bare::read(&mut In(head), key, false).expect("reads"))
            .collect();
        let none = share(&mut bare, |_| {
            asked += 1;
            Ok([0; 32])
        });
        assert_eq!((none, asked), (Err(Torn), 0));
        let mut deep = [Bare::read(&mut In(&[1, 0, 0x80, 2]), &[0; 32], false).expect("reads")];
        assert_eq!(share(&mut deep, |_| Ok([0; 32])), Ok(()));
        assert!(Bare::read(&mut In(&[1, 0, 0x81, 2]), &[0; 32], false).is_err());
    }
}
