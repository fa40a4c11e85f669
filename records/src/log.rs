//! The append-only log of a record: RFC 6962 hashes, entries, and the tree that grows with them.

use crate::hash::{Hash, sha256};

/// Hash of a log entry (RFC 6962 §2.1).
pub fn leaf_hash(entry: &[u8]) -> Hash {
    sha256(&[&[0], entry])
}

/// Hash of an inner node (RFC 6962 §2.1).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], left, right])
}

/// The peaks of a growing RFC 6962 tree: enough to append and to know the root in O(log n).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogTree {
    size: u64,
    /// Roots of the perfect subtrees, largest first; one for each bit set in `size`.
    peaks: Vec<Hash>,
}

impl LogTree {
    /// The empty log.
    pub fn new() -> Self {
        Self::default()
    }

    /// A log known by its size and peaks, largest first; none if their number does not fit the size.
    pub fn from_peaks(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        (u32::try_from(peaks.len()).ok()? == size.count_ones()).then_some(Self { size, peaks })
    }

    /// Entries so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The peaks, largest first.
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Appends a leaf by its hash and reports every subtree that it completes: (level, index at that level, hash), the leaf itself first.
    pub fn append(&mut self, leaf: Hash) -> Vec<(u32, u64, Hash)> {
        let mut node = leaf;
        let mut completed = vec![(0, self.size, leaf)];
        for level in 0..self.size.trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            node = node_hash(&left, &node);
            completed.push((level + 1, self.size >> (level + 1), node));
        }
        self.peaks.push(node);
        self.size += 1;
        completed
    }

    /// The RFC 6962 root; `SHA-256("")` when empty.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        match peaks.next() {
            None => sha256(&[]),
            Some(smallest) => peaks.fold(*smallest, |right, left| node_hash(left, &right)),
        }
    }
}

/// Root over leaf hashes known at once.
pub fn root_of(leaves: impl IntoIterator<Item = Hash>) -> Hash {
    let mut tree = LogTree::new();
    for leaf in leaves {
        tree.append(leaf);
    }
    tree.root()
}

/// A log entry: where and when, and the exact bytes of the signed event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Block height; 0 for founding events.
    pub height: u64,
    /// Block time, Unix nanoseconds.
    pub time: i64,
    /// The envelope as it stood in the block.
    pub envelope: &'a [u8],
}

impl<'a> Entry<'a> {
    /// `height u64 ‖ time i64 ‖ envelope`, big-endian.
    pub fn encode(&self) -> Vec<u8> {
        [
            &self.height.to_be_bytes()[..],
            &self.time.to_be_bytes(),
            self.envelope,
        ]
        .concat()
    }

    /// The reverse of [`Entry::encode`]; none if shorter than its two numbers.
    pub fn decode(bytes: &'a [u8]) -> Option<Self> {
        let (height, rest) = bytes.split_first_chunk()?;
        let (time, envelope) = rest.split_first_chunk()?;
        Some(Self {
            height: u64::from_be_bytes(*height),
            time: i64::from_be_bytes(*time),
            envelope,
        })
    }
}

/// Packs entries as the `/log` query answers them: each `length u32 ‖ entry`.
pub fn pack_entries<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    for entry in entries {
        out.extend_from_slice(&u32::try_from(entry.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend_from_slice(entry);
    }
    out
}

/// Splits an answer of the `/log` query; none if it does not divide exactly.
pub fn unpack_entries(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk()?;
        let (entry, rest) =
            rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        entries.push(entry);
        bytes = rest;
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6962 §2.1, straight from its text.
    fn by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => sha256(&[]),
            [leaf] => *leaf,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                node_hash(
                    &by_definition(&leaves[..split]),
                    &by_definition(&leaves[split..]),
                )
            }
        }
    }

    #[test]
    fn the_growing_root_is_the_rfc_root_at_every_size() {
        let mut tree = LogTree::new();
        let mut leaves = Vec::new();
        assert_eq!(tree.root(), by_definition(&[]));
        for i in 0..200u8 {
            leaves.push(leaf_hash(&[i]));
            let completed = tree.append(leaf_hash(&[i]));
            for (level, index, hash) in completed {
                let (start, width) = ((index as usize) << level, 1 << level);
                assert_eq!(hash, by_definition(&leaves[start..start + width]));
            }
            assert_eq!(tree.root(), by_definition(&leaves));
            assert_eq!(
                LogTree::from_peaks(tree.size(), tree.peaks().to_vec()),
                Some(tree.clone())
            );
        }
    }

    #[test]
    fn entries_survive_packing_and_a_torn_answer_does_not() {
        let entries: Vec<Vec<u8>> = (0..5)
            .map(|i| {
                Entry {
                    height: i,
                    time: -1,
                    envelope: &[7; 3],
                }
                .encode()
            })
            .collect();
        let packed = pack_entries(entries.iter().map(Vec::as_slice));
        let unpacked = unpack_entries(&packed).expect("whole");
        assert_eq!(unpacked, entries);
        assert_eq!(
            Entry::decode(unpacked[3]).map(|e| (e.height, e.time)),
            Some((3, -1))
        );
        assert_eq!(unpack_entries(&packed[..packed.len() - 1]), None);
        assert_eq!(Entry::decode(&[0; 15]), None);
    }
}
