//! Light blocks as bytes, for stores and proof files: CometBFT's protobuf messages (`tendermint.types.LightBlock`) in one encoding, without what
//! can be computed from the rest: addresses, the proposer, the sum of power.

use alloc::string::String;
use alloc::vec::Vec;

use thiserror::Error;

use crate::commit::{BlockIdFlag, Commit, CommitSig};
use crate::header::{BlockId, Header, bytes_of, encode_time};
use crate::keys::PublicKey;
use crate::proto::{Field, Malformed, Reader, Writer};
use crate::time::Time;
use crate::trust::{LightBlock, SignedHeader};
use crate::validators::{MAX_VALIDATORS, Validator, ValidatorSet};

/// The bytes are no light block in its one encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("these bytes are not a {0} in its one encoding")]
pub struct WireError(pub &'static str);

impl Header {
    /// `tendermint.types.Header`.
    pub fn to_bytes(&self) -> Vec<u8> {
        let version = Writer::default()
            .uint(1, self.block_version)
            .uint(2, self.app_version);
        Writer::default()
            .message(1, &version.finish())
            .bytes(2, self.chain_id.as_bytes())
            .uint(3, self.height)
            .message(4, &encode_time(&self.time))
            .message(5, &self.last_block_id.encode())
            .bytes(6, bytes_of(&self.last_commit_hash))
            .bytes(7, bytes_of(&self.data_hash))
            .bytes(8, &self.validators_hash)
            .bytes(9, bytes_of(&self.next_validators_hash))
            .bytes(10, bytes_of(&self.consensus_hash))
            .bytes(11, &self.app_hash)
            .bytes(12, bytes_of(&self.last_results_hash))
            .bytes(13, bytes_of(&self.evidence_hash))
            .bytes(14, &self.proposer_address)
            .finish()
    }

    /// Reads what [`Header::to_bytes`] writes, and nothing else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Header, WireError> {
        one_encoding(bytes, header(bytes), Header::to_bytes, "header")
    }
}

impl ValidatorSet {
    /// `tendermint.types.ValidatorSet` with keys and powers alone.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut set = Writer::default();
        for validator in self.validators() {
            set = set.message(1, &validator_bytes(validator));
        }
        set.finish()
    }

    /// Reads what [`ValidatorSet::to_bytes`] writes, and nothing else.
    pub fn from_bytes(bytes: &[u8]) -> Result<ValidatorSet, WireError> {
        one_encoding(bytes, set(bytes), ValidatorSet::to_bytes, "validator set")
    }
}

impl Commit {
    /// `tendermint.types.Commit` without the voters' addresses, which their positions tell.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut commit = Writer::default()
            .uint(1, self.height)
            .uint(2, self.round.into())
            .message(3, &self.block_id.encode());
        for entry in &self.signatures {
            let entry = Writer::default()
                .uint(1, entry.flag as u64)
                .message(3, &encode_time(&entry.timestamp))
                .bytes(4, &entry.signature);
            commit = commit.message(4, &entry.finish());
        }
        commit.finish()
    }

    /// Reads what [`Commit::to_bytes`] writes, and nothing else; the addresses are those of the validators at the same positions.
    pub fn from_bytes(bytes: &[u8], validators: &ValidatorSet) -> Result<Commit, WireError> {
        let read = commit(bytes, validators);
        one_encoding(bytes, read, Commit::to_bytes, "commit")
    }
}

impl LightBlock {
    /// `tendermint.types.LightBlock`; the next height's validators, where there are any, in a field of our own (3).
    pub fn to_bytes(&self) -> Vec<u8> {
        let signed = Writer::default()
            .message(1, &self.signed_header.header.to_bytes())
            .message(2, &self.signed_header.commit.to_bytes());
        let block = Writer::default()
            .message(1, &signed.finish())
            .message(2, &self.validators.to_bytes());
        match &self.next_validators {
            Some(next) => block.message(3, &next.to_bytes()),
            None => block,
        }
        .finish()
    }

    /// Reads what [`LightBlock::to_bytes`] writes, and nothing else. Nothing in it is trusted yet.
    pub fn from_bytes(bytes: &[u8]) -> Result<LightBlock, WireError> {
        one_encoding(
            bytes,
            light_block(bytes),
            LightBlock::to_bytes,
            "light block",
        )
    }
}

/// Writing it again must give the same bytes: then fields are in order, none is there twice, none is unknown.
pub(crate) fn one_encoding<T>(
    bytes: &[u8],
    read: Result<T, Malformed>,
    write: impl Fn(&T) -> Vec<u8>,
    what: &'static str,
) -> Result<T, WireError> {
    read.ok()
        .filter(|value| write(value) == bytes)
        .ok_or(WireError(what))
}

pub(crate) fn validator_bytes(validator: &Validator) -> Vec<u8> {
    let (field, key) = validator.key().proto_field();
    let key = Writer::default().message(field, key);
    Writer::default()
        .message(2, &key.finish())
        .uint(3, validator.power())
        .finish()
}

/// Calls back for each field.
pub(crate) fn fields<'a>(
    bytes: &'a [u8],
    mut take: impl FnMut(u64, Field<'a>) -> Result<(), Malformed>,
) -> Result<(), Malformed> {
    let mut reader = Reader(bytes);
    while let Some((number, field)) = reader.next()? {
        take(number, field)?;
    }
    Ok(())
}

fn header(bytes: &[u8]) -> Result<Header, Malformed> {
    let mut header = Header {
        block_version: 0,
        app_version: 0,
        chain_id: String::new(),
        height: 0,
        time: Time::UNIX_EPOCH,
        last_block_id: BlockId::default(),
        last_commit_hash: None,
        data_hash: None,
        validators_hash: [0; 32],
        next_validators_hash: None,
        consensus_hash: None,
        app_hash: Vec::new(),
        last_results_hash: None,
        evidence_hash: None,
        proposer_address: [0; 20],
    };
    fields(bytes, |number, field| {
        match (number, field) {
            (1, Field::Bytes(version)) => fields(version, |number, field| {
                match (number, field) {
                    (1, Field::Varint(block)) => header.block_version = block,
                    (2, Field::Varint(app)) => header.app_version = app,
                    _ => return Err(Malformed),
                }
                Ok(())
            })?,
            (2, Field::Bytes(id)) => {
                header.chain_id = core::str::from_utf8(id).map_err(|_| Malformed)?.into();
            }
            (3, Field::Varint(height)) => header.height = height,
            (4, Field::Bytes(at)) => header.time = time(at)?,
            (5, Field::Bytes(id)) => header.last_block_id = block_id(id)?,
            (6, Field::Bytes(hash)) => header.last_commit_hash = Some(array(hash)?),
            (7, Field::Bytes(hash)) => header.data_hash = Some(array(hash)?),
            (8, Field::Bytes(hash)) => header.validators_hash = array(hash)?,
            (9, Field::Bytes(hash)) => header.next_validators_hash = Some(array(hash)?),
            (10, Field::Bytes(hash)) => header.consensus_hash = Some(array(hash)?),
            (11, Field::Bytes(hash)) => header.app_hash = hash.into(),
            (12, Field::Bytes(hash)) => header.last_results_hash = Some(array(hash)?),
            (13, Field::Bytes(hash)) => header.evidence_hash = Some(array(hash)?),
            (14, Field::Bytes(address)) => header.proposer_address = array(address)?,
            _ => return Err(Malformed),
        }
        Ok(())
    })?;
    Ok(header)
}

fn block_id(bytes: &[u8]) -> Result<BlockId, Malformed> {
    let mut id = BlockId::default();
    fields(bytes, |number, field| {
        match (number, field) {
            (1, Field::Bytes(hash)) => id.hash = Some(array(hash)?),
            (2, Field::Bytes(parts)) => fields(parts, |number, field| {
                match (number, field) {
                    (1, Field::Varint(total)) => id.parts_total = narrow(total)?,
                    (2, Field::Bytes(hash)) => id.parts_hash = Some(array(hash)?),
                    _ => return Err(Malformed),
                }
                Ok(())
            })?,
            _ => return Err(Malformed),
        }
        Ok(())
    })?;
    Ok(id)
}

pub(crate) fn time(bytes: &[u8]) -> Result<Time, Malformed> {
    let (mut seconds, mut nanos) = (0, 0);
    fields(bytes, |number, field| {
        match (number, field) {
            (1, Field::Varint(value)) => seconds = value.cast_signed(),
            (2, Field::Varint(value)) => nanos = narrow(value)?,
            _ => return Err(Malformed),
        }
        Ok(())
    })?;
    Time::new(seconds, nanos).ok_or(Malformed)
}

fn set(bytes: &[u8]) -> Result<ValidatorSet, Malformed> {
    let mut validators = Vec::new();
    fields(bytes, |number, field| match (number, field) {
        (1, Field::Bytes(one)) if validators.len() < MAX_VALIDATORS => {
            validators.push(validator(one)?);
            Ok(())
        }
        _ => Err(Malformed),
    })?;
    ValidatorSet::new(validators).map_err(|_| Malformed)
}

pub(crate) fn validator(bytes: &[u8]) -> Result<Validator, Malformed> {
    let (mut key, mut power) = (None, 0);
    fields(bytes, |number, field| {
        match (number, field) {
            (2, Field::Bytes(oneof)) => fields(oneof, |number, field| match field {
                Field::Bytes(bytes) => {
                    key = PublicKey::from_proto_field(number, bytes);
                    Ok(())
                }
                Field::Varint(_) => Err(Malformed),
            })?,
            (3, Field::Varint(value)) => power = value,
            _ => return Err(Malformed),
        }
        Ok(())
    })?;
    Ok(Validator::new(key.ok_or(Malformed)?, power))
}

pub(crate) fn commit(bytes: &[u8], validators: &ValidatorSet) -> Result<Commit, Malformed> {
    let mut commit = Commit {
        height: 0,
        round: 0,
        block_id: BlockId::default(),
        signatures: Vec::new(),
    };
    fields(bytes, |number, field| {
        match (number, field) {
            (1, Field::Varint(height)) => commit.height = height,
            (2, Field::Varint(round)) => commit.round = narrow(round)?,
            (3, Field::Bytes(id)) => commit.block_id = block_id(id)?,
            (4, Field::Bytes(entry)) => {
                let place = commit.signatures.len();
                let voter = validators.validators().get(place).ok_or(Malformed)?;
                commit.signatures.push(commit_sig(entry, voter)?);
            }
            _ => return Err(Malformed),
        }
        Ok(())
    })?;
    Ok(commit)
}

fn commit_sig(bytes: &[u8], voter: &Validator) -> Result<CommitSig, Malformed> {
    let (mut flag, mut timestamp, mut signature) = (None, None, Vec::new());
    fields(bytes, |number, field| {
        match (number, field) {
            (1, Field::Varint(1)) => flag = Some(BlockIdFlag::Absent),
            (1, Field::Varint(2)) => flag = Some(BlockIdFlag::Commit),
            (1, Field::Varint(3)) => flag = Some(BlockIdFlag::Nil),
            (3, Field::Bytes(at)) => timestamp = Some(time(at)?),
            (4, Field::Bytes(bytes)) => signature = bytes.into(),
            _ => return Err(Malformed),
        }
        Ok(())
    })?;
    let flag = flag.ok_or(Malformed)?;
    Ok(CommitSig {
        flag,
        address: (flag != BlockIdFlag::Absent).then_some(*voter.address()),
        timestamp: timestamp.ok_or(Malformed)?,
        signature,
    })
}

fn light_block(bytes: &[u8]) -> Result<LightBlock, Malformed> {
    let (mut signed, mut validators, mut next) = (None, None, None);
    fields(bytes, |number, field| {
        match (number, field) {
            (1, Field::Bytes(bytes)) => signed = Some(bytes),
            (2, Field::Bytes(bytes)) => validators = Some(set(bytes)?),
            (3, Field::Bytes(bytes)) => next = Some(set(bytes)?),
            _ => return Err(Malformed),
        }
        Ok(())
    })?;
    let validators = validators.ok_or(Malformed)?;
    let (mut head, mut votes) = (None, None);
    fields(signed.ok_or(Malformed)?, |number, field| {
        match (number, field) {
            (1, Field::Bytes(bytes)) => head = Some(header(bytes)?),
            (2, Field::Bytes(bytes)) => votes = Some(commit(bytes, &validators)?),
            _ => return Err(Malformed),
        }
        Ok(())
    })?;
    Ok(LightBlock {
        signed_header: SignedHeader {
            header: head.ok_or(Malformed)?,
            commit: votes.ok_or(Malformed)?,
        },
        validators,
        next_validators: next,
    })
}

pub(crate) fn array<const N: usize>(bytes: &[u8]) -> Result<[u8; N], Malformed> {
    bytes.try_into().map_err(|_| Malformed)
}

fn narrow(value: u64) -> Result<u32, Malformed> {
    u32::try_from(value).map_err(|_| Malformed)
}
