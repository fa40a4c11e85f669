//! A record's state document and its head in the tree.

use crate::{
    canonical::{self, Value},
    hash::{Hash, sha256},
};

/// Longest state document, bytes. A state stays small however long its log grows; the largest are rolls of validators with ML-DSA-65 keys.
pub const MAX_STATE: usize = 64 * 1024;

/// A record's state: the kind's own data, and how many events had this record as their subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The kind's own document.
    pub data: Value,
    /// The sequence number that the next event with this subject must carry.
    pub seq: u64,
}

crate::shape!(State { data, seq });

impl State {
    /// The one encoding.
    pub fn encode(&self) -> Result<Vec<u8>, canonical::Error> {
        // Written by hand, so that the document need not be copied into another first.
        let mut bytes = br#"{"data":"#.to_vec();
        canonical::append_member(&self.data, &mut bytes)?;
        bytes.extend_from_slice(format!(r#","seq":{}}}"#, self.seq).as_bytes());
        if bytes.len() > MAX_STATE {
            Err(canonical::Error::Shape("state too large".into()))
        } else {
            Ok(bytes)
        }
    }

    /// The reverse of [`State::encode`].
    pub fn decode(bytes: &[u8]) -> Result<Self, canonical::Error> {
        canonical::decode(bytes)
    }
}

/// What the tree holds for a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Hash of the state document.
    pub state: Hash,
    /// Entries in the log.
    pub log_size: u64,
    /// RFC 6962 root of the log.
    pub log_root: Hash,
}

impl Head {
    /// Bytes of an encoded head.
    pub const SIZE: usize = 72;

    /// The head of a record with this state document and log.
    pub fn new(state: &[u8], log: &crate::log::LogTree) -> Self {
        Self {
            state: sha256(&[state]),
            log_size: log.size(),
            log_root: log.root(),
        }
    }

    /// `state hash ‖ log size u64 ‖ log root`.
    pub fn encode(&self) -> [u8; Self::SIZE] {
        let mut out = [0; Self::SIZE];
        let (state, rest) = out.split_at_mut(32);
        let (size, root) = rest.split_at_mut(8);
        state.copy_from_slice(&self.state);
        size.copy_from_slice(&self.log_size.to_be_bytes());
        root.copy_from_slice(&self.log_root);
        out
    }

    /// The reverse of [`Head::encode`]; none unless exactly 72 bytes.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (state, rest) = bytes.split_first_chunk()?;
        let (size, rest) = rest.split_first_chunk()?;
        Some(Self {
            state: *state,
            log_size: u64::from_be_bytes(*size),
            log_root: rest.try_into().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_written_as_canonical_json_would() {
        let data = canonical::decode_value(br#"{"a":[1,"x"],"b":{}}"#).expect("canonical");
        let state = State { data, seq: 7 };
        let bytes = state.encode().expect("encodes");
        assert_eq!(Ok(&bytes), canonical::encode(&state).as_ref());
        assert_eq!(State::decode(&bytes), Ok(state));
    }
}
