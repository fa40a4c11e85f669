//! The roster of a vote: one leaf per head, in a Merkle-sum tree over (area, 1), so that every inclusion proof also binds the totals.
//!
//! The tree has the shape of RFC 6962. Because every leaf counts one head, the heads under a node are its leaves: a proof whose sums do not
//! follow from index and size is refused.

use crate::{
    canonical::{self, MAX_INTEGER, Value},
    digest::Digest,
    hash::{Hash, sha256},
    keys::PublicKey,
    shape::{Reader, Shape},
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use std::collections::HashSet;

mod published;

pub use published::{MAX_BLOB, Published, from_blobs};

/// Most heads on one roster.
pub const MAX_HEADS: u64 = 1 << 24;
/// Most rooms of one head (a developer's unsold rooms are one head): so many, of usual names, fit with a ballot into one envelope of 64 KiB.
pub const MAX_ROOMS: usize = 1000;
/// Most co-owners of one head.
pub const MAX_OWNERS: usize = 8;
/// Bytes of one step of a path.
const STEP: usize = 48;

/// Why a leaf, a path or a roster is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A head or room name is malformed.
    #[error("malformed name {0}")]
    Name(String),
    /// No room, too many, or not sorted by name without repetition.
    #[error("rooms of {0} must be 1 to 1000, sorted, each once")]
    Rooms(String),
    /// Less than two co-owners, too many, not sorted without repetition, or a key beside them.
    #[error("co-owners of {0} must be 2 to 8, sorted, each once, and no key beside them")]
    Owners(String),
    /// The leaf's area is not the sum of its rooms, a room has none, or a sum passes 2⁵³−1.
    #[error("areas do not add up at {0}")]
    Area(String),
    /// The index lies outside the roster.
    #[error("index {index} is outside the roster of {heads}")]
    Index {
        /// Index asked for.
        index: u32,
        /// Heads on the roster.
        heads: u64,
    },
    /// The path has another length than index and size ask for.
    #[error("the path has {got} steps instead of {expected}")]
    Length {
        /// Steps expected.
        expected: usize,
        /// Steps given.
        got: usize,
    },
    /// A step states other heads than the tree has there.
    #[error("a step states wrong sums")]
    Sums,
    /// The areas on the path do not add up to the roster's total.
    #[error("the areas on the path do not add up to the total")]
    Total,
    /// The path leads to another root.
    #[error("the path leads to another root")]
    Root,
    /// A head, a room, an owner's key, or the keys of the same co-owners stand on the roster twice.
    #[error("{0} stands on the roster twice")]
    Twice(String),
    /// No head, or more than [`MAX_HEADS`].
    #[error("a roster has 1 to 2^24 heads")]
    Heads,
    /// The published leaves do not decode.
    #[error("the published leaves do not decode")]
    Published,
}

/// A room (专有部分) and its exclusive area in cm²; for lenders a loan and its principal in fen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Area in cm², or principal in fen.
    pub area: u64,
    /// Name within its community.
    pub room: String,
}

crate::shape!(Room { area, room });

/// One head: every room of one owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Sum of the rooms' areas.
    pub area: u64,
    /// Pseudonym.
    pub head: String,
    /// The owner's key, where it was known when the roster was made.
    pub key: Option<PublicKey>,
    /// Keys of co-owners (共有人), where those were known: they name one of them who votes, all of them together. Then there is no `key`.
    pub owners: Option<Vec<PublicKey>>,
    /// Its rooms, sorted by name.
    pub rooms: Vec<Room>,
}

crate::shape!(Leaf {
    area,
    head,
    key,
    owners,
    rooms
});

impl Leaf {
    /// A head with these rooms; sorts them and sums their areas.
    pub fn new(head: &str, key: Option<PublicKey>, mut rooms: Vec<Room>) -> Result<Self, Error> {
        rooms.sort_by(|a, b| a.room.cmp(&b.room));
        let area = rooms
            .iter()
            .try_fold(0u64, |sum, room| sum.checked_add(room.area))
            .ok_or_else(|| Error::Area(head.into()))?;
        let leaf = Self {
            area,
            head: head.into(),
            key,
            owners: None,
            rooms,
        };
        leaf.check()?;
        Ok(leaf)
    }

    /// The same head, owned by several people.
    pub fn shared(self, mut owners: Vec<PublicKey>) -> Result<Self, Error> {
        owners.sort_unstable();
        let leaf = Self {
            key: None,
            owners: Some(owners),
            ..self
        };
        leaf.check()?;
        Ok(leaf)
    }

    /// Whether names, order and sums are as they must be.
    pub fn check(&self) -> Result<(), Error> {
        for name in self.rooms.iter().map(|room| &room.room).chain([&self.head]) {
            if !is_room(name) {
                return Err(Error::Name(name.clone()));
            }
        }
        if !(1..=MAX_ROOMS).contains(&self.rooms.len())
            || !self.rooms.is_sorted_by(|a, b| a.room < b.room)
        {
            return Err(Error::Rooms(self.head.clone()));
        }
        if let Some(owners) = &self.owners {
            let some = (2..=MAX_OWNERS).contains(&owners.len());
            if !some || !owners.is_sorted_by(|a, b| a < b) || self.key.is_some() {
                return Err(Error::Owners(self.head.clone()));
            }
        }
        let sum = self.rooms.iter().try_fold(0u64, |sum, room| {
            sum.checked_add(room.area).filter(|_| room.area > 0)
        });
        if sum == Some(self.area) && fits(self.area) {
            Ok(())
        } else {
            Err(Error::Area(self.head.clone()))
        }
    }

    /// Whether this room is the head's.
    pub fn has_room(&self, room: &str) -> bool {
        self.rooms.iter().any(|own| own.room == room)
    }

    fn node(&self) -> Result<Node, Error> {
        self.check()?;
        let bytes = canonical::encode(self).map_err(|_| Error::Area(self.head.clone()))?;
        Ok(Node {
            hash: sha256(&[&[0], &bytes]),
            area: self.area,
            heads: 1,
        })
    }
}

/// Whether the text can name a room, a head or a community: `[A-Za-z0-9_-]{1,40}`, no dot.
pub fn is_room(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
}

fn fits(area: u64) -> bool {
    area <= MAX_INTEGER.unsigned_abs()
}

/// A roster's commitment: root and totals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Area of all heads together, cm².
    pub area: u64,
    /// Heads.
    pub heads: u64,
    /// Root of the Merkle-sum tree.
    pub root: Digest,
}

crate::shape!(Totals { area, heads, root });

/// A node of the tree, or a step of a path: what lies under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its hash.
    pub hash: Hash,
    /// Area of the heads under it.
    pub area: u64,
    /// Heads under it.
    pub heads: u64,
}

impl Node {
    /// `H(0x01 ‖ left ‖ area ‖ heads ‖ right ‖ area ‖ heads)`; none where the sums pass 2⁵³−1.
    fn join(left: &Self, right: &Self) -> Option<Self> {
        Some(Self {
            hash: sha256(&[&[1], &left.encode(), &right.encode()]),
            area: left.area.checked_add(right.area).filter(|sum| fits(*sum))?,
            heads: left.heads.checked_add(right.heads)?,
        })
    }

    fn encode(&self) -> [u8; STEP] {
        let mut out = [0; STEP];
        let (hash, sums) = out.split_at_mut(32);
        let (area, heads) = sums.split_at_mut(8);
        hash.copy_from_slice(&self.hash);
        area.copy_from_slice(&self.area.to_be_bytes());
        heads.copy_from_slice(&self.heads.to_be_bytes());
        out
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (hash, sums) = bytes.split_first_chunk()?;
        let (area, heads) = sums.split_first_chunk()?;
        Some(Self {
            hash: *hash,
            area: u64::from_be_bytes(*area),
            heads: u64::from_be_bytes(heads.try_into().ok()?),
        })
    }
}

/// An inclusion proof: the siblings from the leaf to the root. Its text form is base64 over `hash ‖ area u64 ‖ heads u64` per step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path(pub Vec<Node>);

impl Shape for Path {
    fn read(found: Option<&Value>, reader: &mut Reader) -> Self {
        let bytes = BASE64.decode(reader.text(found)).ok();
        let steps = bytes.and_then(|bytes| bytes.chunks(STEP).map(Node::decode).collect());
        Self(steps.unwrap_or_else(|| {
            reader.note("not a roster path");
            Vec::new()
        }))
    }

    fn write(&self) -> Option<Value> {
        let bytes: Vec<u8> = self.0.iter().flat_map(Node::encode).collect();
        Some(Value::String(BASE64.encode(bytes)))
    }
}

impl Totals {
    /// Checks that the leaf stands at this index of the roster, and that the roster's totals include it.
    pub fn verify(&self, leaf: &Leaf, index: u32, path: &Path) -> Result<(), Error> {
        if u64::from(index) >= self.heads || self.heads > MAX_HEADS {
            return Err(Error::Index {
                index,
                heads: self.heads,
            });
        }
        let turns = turns(u64::from(index), self.heads);
        if turns.len() != path.0.len() {
            return Err(Error::Length {
                expected: turns.len(),
                got: path.0.len(),
            });
        }
        let mut node = leaf.node()?;
        for (turn, sibling) in turns.iter().rev().zip(&path.0) {
            if sibling.heads != turn.sibling_heads {
                return Err(Error::Sums);
            }
            let joined = if turn.right {
                Node::join(sibling, &node)
            } else {
                Node::join(&node, sibling)
            };
            node = joined.ok_or(Error::Sums)?;
        }
        if node.area != self.area {
            Err(Error::Total)
        } else if node.hash != self.root.0 {
            Err(Error::Root)
        } else {
            Ok(())
        }
    }
}

/// One turn on the way from the root to a leaf.
struct Turn {
    /// Whether the leaf lies in the right subtree.
    right: bool,
    /// Leaves in the other one.
    sibling_heads: u64,
}

/// The way from the root to leaf `index` of `size` (RFC 6962 §2.1): the left subtree is the largest power of two below the size.
fn turns(mut index: u64, mut size: u64) -> Vec<Turn> {
    let mut turns = Vec::new();
    while size > 1 {
        let left = size.next_power_of_two() / 2;
        let right = index >= left;
        turns.push(Turn {
            right,
            sibling_heads: if right { left } else { size - left },
        });
        (index, size) = if right {
            (index - left, size - left)
        } else {
            (index, left)
        };
    }
    turns
}

/// A whole roster, with its tree.
#[derive(Clone, Debug)]
pub struct Roster {
    leaves: Vec<Leaf>,
    /// Level 0 are the leaves; an odd last node moves up as it is.
    levels: Vec<Vec<Node>>,
}

impl Roster {
    /// Builds the tree. Every head and room stands on it once, and so do an owner's key and the keys of the same co-owners: who owns several rooms is
    /// one head.
    pub fn new(leaves: Vec<Leaf>) -> Result<Self, Error> {
        if leaves.is_empty() || leaves.len() as u64 > MAX_HEADS {
            return Err(Error::Heads);
        }
        require_unique(&leaves)?;
        let mut level = leaves
            .iter()
            .map(Leaf::node)
            .collect::<Result<Vec<_>, _>>()?;
        let mut levels = Vec::new();
        while level.len() > 1 {
            let above = level.chunks(2).map(|pair| match pair {
                [left, right] => Node::join(left, right).ok_or(Error::Total),
                rest => rest.first().copied().ok_or(Error::Heads),
            });
            let above = above.collect::<Result<Vec<_>, _>>()?;
            levels.push(core::mem::replace(&mut level, above));
        }
        levels.push(level);
        Ok(Self { leaves, levels })
    }

    /// Root and totals.
    pub fn totals(&self) -> Totals {
        let top = self.levels.last().and_then(|level| level.first());
        let (area, heads, root) =
            top.map_or((0, 0, [0; 32]), |top| (top.area, top.heads, top.hash));
        Totals {
            area,
            heads,
            root: Digest(root),
        }
    }

    /// Every head, in order of the index.
    pub fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    /// The head at an index, and its inclusion proof.
    pub fn prove(&self, index: u32) -> Option<(&Leaf, Path)> {
        let mut at = usize::try_from(index).ok()?;
        let leaf = self.leaves.get(at)?;
        let mut path = Vec::new();
        for level in &self.levels {
            path.extend(level.get(at ^ 1));
            at /= 2;
        }
        Some((leaf, Path(path)))
    }

    /// Index of the head that this key belongs to.
    pub fn find_key(&self, key: &PublicKey) -> Option<u32> {
        self.find(|leaf| leaf.key.as_ref() == Some(key))
    }

    /// Index of the head that owns this room.
    pub fn find_room(&self, room: &str) -> Option<u32> {
        self.find(|leaf| leaf.has_room(room))
    }

    fn find(&self, wanted: impl Fn(&Leaf) -> bool) -> Option<u32> {
        let at = self.leaves.iter().position(wanted)?;
        u32::try_from(at).ok()
    }

    /// The set of rooms, as a vote commits to it.
    pub fn scope(&self) -> Digest {
        scope(
            self.leaves
                .iter()
                .flat_map(|leaf| &leaf.rooms)
                .map(|room| room.room.as_str()),
        )
    }
}

fn require_unique(leaves: &[Leaf]) -> Result<(), Error> {
    let (mut heads, mut rooms, mut keys) = (HashSet::new(), HashSet::new(), HashSet::new());
    for leaf in leaves {
        if !heads.insert(&leaf.head) {
            return Err(Error::Twice(leaf.head.clone()));
        }
        if let Some(room) = leaf.rooms.iter().find(|room| !rooms.insert(&room.room)) {
            return Err(Error::Twice(room.room.clone()));
        }
        let one = leaf.key.as_ref().map(core::slice::from_ref);
        let own = leaf
            .owners
            .as_deref()
            .or(one)
            .filter(|own| !keys.insert(*own));
        if let Some(first) = own.and_then(<[_]>::first) {
            return Err(Error::Twice(first.to_string()));
        }
    }
    Ok(())
}

/// Hash of a set of rooms: `H("lianyan/scope/1" ‖ for each room in order of its name: length u8 ‖ name)`.
pub fn scope<'a>(rooms: impl IntoIterator<Item = &'a str>) -> Digest {
    let mut rooms: Vec<&str> = rooms.into_iter().collect();
    rooms.sort_unstable();
    rooms.dedup();
    let mut bytes = b"lianyan/scope/1".to_vec();
    for room in rooms {
        bytes.push(u8::try_from(room.len()).unwrap_or(u8::MAX));
        bytes.extend_from_slice(room.as_bytes());
    }
    Digest(sha256(&[&bytes]))
}
