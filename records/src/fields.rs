//! Salted field commitments: chosen fields can be shown and the rest stay hidden.
//!
//! Leaf i is field i, exactly one leaf per field in a tree of fixed size, so that nobody can commit one invoice to two buyers.

use crate::{
    hash::{Hash, sha256},
    log::node_hash,
};

/// Salt of one field, bytes.
pub const SALT: usize = 16;
const FULL: u8 = 1;
const PARTIAL: u8 = 2;
/// Longest value, bytes.
pub const MAX_VALUE: usize = 8 * 1024;

/// A kind's fields: the name goes into every leaf, the order fixes which leaf is which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema {
    /// Name and version, e.g. `invoice/1`.
    pub name: &'static str,
    /// Field names, leaf by leaf; the tree is padded with empty values to the next power of two.
    pub fields: &'static [&'static str],
}

/// Why an opening is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not an opening of this schema.
    #[error("malformed opening")]
    Malformed,
    /// A value longer than [`MAX_VALUE`], or more or fewer values than fields.
    #[error("values do not fit the schema")]
    Values,
    /// Well-formed, but it opens another commitment: a field was altered.
    #[error("the opening does not fit the commitment")]
    Mismatch,
}

/// Fields opened against a commitment: field index and value, in order.
pub type Opened = Vec<(usize, String)>;

impl Schema {
    /// Leaves in the tree.
    pub fn width(&self) -> usize {
        self.fields.len().next_power_of_two()
    }

    /// Index of a field.
    pub fn index(&self, field: &str) -> Option<usize> {
        self.fields.iter().position(|name| *name == field)
    }

    fn leaf(&self, index: usize, salt: &[u8; SALT], value: &[u8]) -> Hash {
        let name = self.name.as_bytes();
        let (length, index) = (
            u8::try_from(name.len()).unwrap_or(u8::MAX),
            u8::try_from(index).unwrap_or(u8::MAX),
        );
        sha256(&[&[0, length], name, &[index], salt, value])
    }

    fn leaves(&self, seed: &[u8; SALT], values: &[&str]) -> Result<Vec<Hash>, Error> {
        if values.len() != self.fields.len() || values.iter().any(|value| value.len() > MAX_VALUE) {
            return Err(Error::Values);
        }
        let padded = values.iter().copied().chain(core::iter::repeat(""));
        Ok(padded
            .take(self.width())
            .enumerate()
            .map(|(i, value)| self.leaf(i, &salt(seed, i), value.as_bytes()))
            .collect())
    }

    /// The commitment to all fields, salts derived from the seed.
    pub fn commit(&self, seed: &[u8; SALT], values: &[&str]) -> Result<Hash, Error> {
        Ok(fold(&self.leaves(seed, values)?))
    }

    /// The full opening: the seed and every value.
    pub fn open_all(&self, seed: &[u8; SALT], values: &[&str]) -> Result<Vec<u8>, Error> {
        self.leaves(seed, values)?;
        let mut out = vec![FULL];
        out.extend_from_slice(seed);
        for value in values {
            put_bytes(&mut out, value.as_bytes());
        }
        Ok(out)
    }

    /// A partial opening: the chosen fields with their own salts, and hashes for the rest.
    pub fn open_some(
        &self,
        seed: &[u8; SALT],
        values: &[&str],
        shown: &[usize],
    ) -> Result<Vec<u8>, Error> {
        self.narrow(&self.open_all(seed, values)?, shown)
    }

    /// The same opening with these fields shown alone. An error where one of them is not shown as it is.
    pub fn narrow(&self, opening: &[u8], shown: &[usize]) -> Result<Vec<u8>, Error> {
        let mut leaves = self.read(opening)?;
        let shows = |field: &usize| leaves.shown.iter().any(|(index, ..)| index == field);
        if !shown.iter().all(shows) {
            return Err(Error::Values);
        }
        leaves.shown.retain(|(index, ..)| shown.contains(index));
        let mut out = vec![
            PARTIAL,
            u8::try_from(leaves.shown.len()).map_err(|_| Error::Values)?,
        ];
        for (index, salt, value) in &leaves.shown {
            out.push(u8::try_from(*index).map_err(|_| Error::Values)?);
            out.extend_from_slice(salt);
            put_bytes(&mut out, value.as_bytes());
        }
        let (root, rest) = rebuild(&leaves.known, 0, shown, &mut leaves.hidden)?;
        leaves.hidden.end()?;
        out.extend(rest.unwrap_or_else(|| root.to_vec()));
        Ok(out)
    }

    /// Opens against a commitment. Either every value returned is the one committed to, or an error.
    pub fn open(&self, opening: &[u8], commitment: &Hash) -> Result<Opened, Error> {
        let (opened, root) = self.claimed(opening)?;
        if root == *commitment {
            Ok(opened)
        } else {
            Err(Error::Mismatch)
        }
    }

    /// Reads an opening without believing it: the values, and the commitment to which they would fit.
    pub fn claimed(&self, opening: &[u8]) -> Result<(Opened, Hash), Error> {
        let mut leaves = self.read(opening)?;
        let (root, _) = rebuild(&leaves.known, 0, &[], &mut leaves.hidden)?;
        leaves.hidden.end()?;
        let shown = leaves.shown.into_iter();
        Ok((
            shown
                .map(|(index, _, value)| (index, value.into()))
                .collect(),
            root,
        ))
    }

    fn read<'a>(&self, opening: &'a [u8]) -> Result<Leaves<'a>, Error> {
        let mut reader = Reader(opening);
        let mut known = vec![None; self.width()];
        let mut shown: Vec<Shown<'a>> = Vec::new();
        match reader.byte()? {
            FULL => {
                let seed: [u8; SALT] = reader.array()?;
                for (index, leaf) in known.iter_mut().enumerate() {
                    let (salt, mut value) = (salt(&seed, index), "");
                    if index < self.fields.len() {
                        value = reader.text()?;
                        if value.len() > MAX_VALUE {
                            return Err(Error::Values);
                        }
                        shown.push((index, salt, value));
                    }
                    *leaf = Some(self.leaf(index, &salt, value.as_bytes()));
                }
            }
            PARTIAL => {
                for _ in 0..reader.byte()? {
                    let index = usize::from(reader.byte()?);
                    let rises = shown.last().is_none_or(|(last, ..)| *last < index);
                    if index >= self.fields.len() || !rises {
                        return Err(Error::Malformed);
                    }
                    let (salt, value) = (reader.array()?, reader.text()?);
                    *known.get_mut(index).ok_or(Error::Malformed)? =
                        Some(self.leaf(index, &salt, value.as_bytes()));
                    shown.push((index, salt, value));
                }
            }
            _ => return Err(Error::Malformed),
        }
        Ok(Leaves {
            known,
            shown,
            hidden: reader,
        })
    }
}

/// A field that an opening shows: its index, its salt, its value.
type Shown<'a> = (usize, [u8; SALT], &'a str);

/// What an opening says of the tree.
struct Leaves<'a> {
    /// The leaves whose hashes can be computed from it.
    known: Vec<Option<Hash>>,
    /// The fields it shows, in their order.
    shown: Vec<Shown<'a>>,
    /// What follows: the root of each maximal subtree without a known leaf, left to right.
    hidden: Reader<'a>,
}

fn salt(seed: &[u8; SALT], index: usize) -> [u8; SALT] {
    let digest = sha256(&[
        b"lianyan/salt/1",
        seed,
        &[u8::try_from(index).unwrap_or(u8::MAX)],
    ]);
    let mut salt = [0; SALT];
    salt.copy_from_slice(digest.first_chunk::<SALT>().unwrap_or(&[0; SALT]));
    salt
}

/// Root of a power-of-two number of leaves.
fn fold(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256(&[]),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len() / 2);
            node_hash(&fold(left), &fold(right))
        }
    }
}

/// The root of these leaves; and, where a shown one is among them, the root of each maximal subtree without one, left to right.
fn rebuild(
    leaves: &[Option<Hash>],
    start: usize,
    shown: &[usize],
    reader: &mut Reader<'_>,
) -> Result<(Hash, Option<Vec<u8>>), Error> {
    match leaves {
        [Some(leaf)] => Ok((*leaf, shown.contains(&start).then(Vec::new))),
        _ if leaves.iter().all(Option::is_none) => Ok((reader.array()?, None)),
        _ => {
            let (left, right) = leaves.split_at(leaves.len() / 2);
            let middle = start + left.len();
            let (left, before) = rebuild(left, start, shown, reader)?;
            let (right, after) = rebuild(right, middle, shown, reader)?;
            let any = before.is_some() || after.is_some();
            let parts = [(left, before), (right, after)]
                .map(|(root, part)| part.unwrap_or_else(|| root.to_vec()));
            Ok((node_hash(&left, &right), any.then(|| parts.concat())))
        }
    }
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    let mut length = bytes.len();
    while length >= 0x80 {
        out.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    out.push((length & 0x7f) as u8);
    out.extend_from_slice(bytes);
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn end(&self) -> Result<(), Error> {
        match self.0 {
            [] => Ok(()),
            _ => Err(Error::Malformed),
        }
    }

    fn byte(&mut self) -> Result<u8, Error> {
        let (byte, rest) = self.0.split_first().ok_or(Error::Malformed)?;
        self.0 = rest;
        Ok(*byte)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(Error::Malformed)?;
        self.0 = rest;
        Ok(*bytes)
    }

    fn text(&mut self) -> Result<&'a str, Error> {
        let mut length = 0usize;
        for shift in [0, 7] {
            let byte = self.byte()?;
            length |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                if shift > 0 && byte == 0 {
                    return Err(Error::Malformed);
                }
                let (bytes, rest) = self.0.split_at_checked(length).ok_or(Error::Malformed)?;
                self.0 = rest;
                return core::str::from_utf8(bytes).map_err(|_| Error::Malformed);
            }
        }
        Err(Error::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: Schema = Schema {
        name: "test/1",
        fields: &["a", "b", "c", "d", "e"],
    };
    const SEED: [u8; SALT] = [9; SALT];
    const VALUES: [&str; 5] = ["1", "二", "", "4", "5"];

    #[test]
    fn every_choice_of_fields_opens_and_nothing_else_is_shown() {
        let root = SCHEMA.commit(&SEED, &VALUES).expect("fits");
        let all: Opened = VALUES.iter().map(|v| v.to_string()).enumerate().collect();
        let full = SCHEMA.open_all(&SEED, &VALUES).expect("fits");
        assert_eq!(SCHEMA.open(&full, &root), Ok(all.clone()));
        for choice in 0u8..32 {
            let shown: Vec<usize> = (0..5).filter(|i| choice >> i & 1 == 1).collect();
            let opening = SCHEMA.open_some(&SEED, &VALUES, &shown).expect("fits");
            assert_eq!(SCHEMA.narrow(&full, &shown), Ok(opening.clone()));
            // Step by step, the same part remains; what is hidden is not shown again.
            for less in 0u8..32 {
                let fewer: Vec<usize> = (0..5).filter(|i| less >> i & 1 == 1).collect();
                let narrowed = SCHEMA.narrow(&opening, &fewer);
                match less & !choice {
                    0 => assert_eq!(narrowed, SCHEMA.open_some(&SEED, &VALUES, &fewer)),
                    _ => assert_eq!(narrowed, Err(Error::Values)),
                }
            }
            let expected: Opened = all
                .iter()
                .filter(|(i, _)| shown.contains(i))
                .cloned()
                .collect();
            assert_eq!(SCHEMA.open(&opening, &root), Ok(expected));
        }
    }

    #[test]
    fn no_two_salts_are_alike_and_a_part_tells_none_that_it_hides() {
        let salts: Vec<[u8; SALT]> = (0..SCHEMA.width()).map(|i| salt(&SEED, i)).collect();
        for (i, one) in salts.iter().enumerate() {
            assert!(*one != SEED && !salts[..i].contains(one), "{i}");
        }
        for choice in 0u8..31 {
            let is_shown = |i: &usize| choice >> i & 1 == 1;
            let shown: Vec<usize> = (0..5).filter(is_shown).collect();
            let opening = SCHEMA.open_some(&SEED, &VALUES, &shown).expect("fits");
            let holds = |salt: &[u8; SALT]| opening.windows(SALT).any(|window| window == salt);
            assert!(!holds(&SEED));
            for (i, salt) in salts.iter().enumerate() {
                assert_eq!(holds(salt), i < 5 && is_shown(&i), "{choice}: {i}");
            }
        }
    }

    #[test]
    fn a_flipped_bit_anywhere_opens_nothing() {
        let root = SCHEMA.commit(&SEED, &VALUES).expect("fits");
        for opening in [
            SCHEMA.open_all(&SEED, &VALUES),
            SCHEMA.open_some(&SEED, &VALUES, &[1, 3]),
        ] {
            let opening = opening.expect("fits");
            for at in 0..opening.len() * 8 {
                let mut bent = opening.clone();
                bent[at / 8] ^= 1 << (at % 8);
                assert!(SCHEMA.open(&bent, &root).is_err(), "bit {at}");
            }
            assert!((0..opening.len()).all(|n| SCHEMA.open(&opening[..n], &root).is_err()));
        }
    }

    #[test]
    fn one_field_cannot_be_committed_to_twice() {
        // The same value under another index, or another schema's name, is another leaf.
        let other = Schema {
            name: "test/2",
            ..SCHEMA
        };
        assert_ne!(SCHEMA.commit(&SEED, &VALUES), other.commit(&SEED, &VALUES));
        assert_ne!(SCHEMA.leaf(0, &SEED, b"x"), SCHEMA.leaf(1, &SEED, b"x"));
        assert_eq!(SCHEMA.commit(&SEED, &VALUES[..4]), Err(Error::Values));
        let longest = "x".repeat(MAX_VALUE);
        let too_long = [longest.as_str(), "x"].concat();
        let with = |value| SCHEMA.open_all(&SEED, &[value, "", "", "", ""]);
        assert!(with(&longest).is_ok());
        assert_eq!(with(&too_long), Err(Error::Values));
    }
}
