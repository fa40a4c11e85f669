//! What stores keep, as bytes: trusted states and proven forks, each in one encoding.
//!
//! Reading proves again what can be proven without the chain: that header, validators and commit belong together, and that more than two
//! thirds of these validators signed. Bytes that were damaged are found; bytes that someone made up with keys of their own are not, for
//! nothing in them says which chain is the right one. Whoever can write into a store can change what is trusted.

use alloc::string::String;
use alloc::vec::Vec;

use thiserror::Error;

use crate::client::{Attack, AttackEvidence, AttackKind};
use crate::header::{Header, encode_time};
use crate::merkle::Hash;
use crate::proto::{Field, Malformed, Writer};
use crate::reason::Reason;
use crate::step::recheck;
use crate::trust::{Budget, LightBlock, SignatureCheck, SignedHeader, TrustedState};
use crate::validators::ValidatorSet;
use crate::wire::{
    WireError, array, commit, fields, one_encoding, time as read_time, validator, validator_bytes,
};

/// Why bytes of a store are not what was put into it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StoredError {
    /// They are not in the encoding.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// They contradict themselves.
    #[error("stored, and yet wrong: {0}")]
    Wrong(#[from] Reason),
}

impl TrustedState {
    /// The header (field 1), and where it was verified by signatures its commit (2); its own validators (3) and the next height's (4),
    /// of which the last one given judges what follows; without a commit the header's hash (5), to which nothing else would hold it. The messages within are those of [`LightBlock::to_bytes`].
    pub fn to_bytes(&self) -> Vec<u8> {
        let header = Writer::default().message(1, &self.header().to_bytes());
        let judges = self.validators().to_bytes();
        match self.signed() {
            None => {
                let own = self.header().validators_hash == self.validators().hash();
                let judged = header.message(if own { 3 } else { 4 }, &judges);
                judged.bytes(5, self.verified().hash())
            }
            Some(signed) => {
                let signing = header.message(2, &signed.commit.to_bytes());
                match &signed.own {
                    None => signing.message(3, &judges),
                    Some(own) => signing.message(3, &own.to_bytes()).message(4, &judges),
                }
            }
        }
        .finish()
    }

    /// Reads what [`TrustedState::to_bytes`] writes, and checks the commit again: every signature, or as many as prove the header.
    pub fn from_bytes(bytes: &[u8], check: SignatureCheck) -> Result<TrustedState, StoredError> {
        let wrong = WireError("trusted state");
        let parts = Parts::read(bytes).map_err(|_| wrong)?;
        let header = Header::from_bytes(parts.header)?;
        let own = parts.own.map(ValidatorSet::from_bytes).transpose()?;
        let next = parts.next.map(ValidatorSet::from_bytes).transpose()?;
        let state = match (parts.commit, parts.hash, own, next) {
            (None, Some(hash), Some(judges), None) | (None, Some(hash), None, Some(judges)) => {
                TrustedState::from_header(&header, judges, &hash)?
            }
            (Some(votes), None, Some(own), next) => {
                let commit = commit(votes, &own).map_err(|_| wrong)?;
                let block = LightBlock {
                    signed_header: SignedHeader { header, commit },
                    validators: own,
                    next_validators: next,
                };
                let verified = recheck(&block, check, &mut Budget::new(u32::MAX))?;
                TrustedState::of_block(verified, &block)
            }
            _ => return Err(wrong.into()),
        };
        let same = state.to_bytes() == bytes;
        same.then_some(state).ok_or(wrong.into())
    }

    /// The block that was verified; none for a state that rests on its hash alone.
    pub fn block(&self) -> Option<LightBlock> {
        let signed = self.signed()?;
        let judges = self.validators();
        Some(LightBlock {
            signed_header: SignedHeader {
                header: self.header().clone(),
                commit: signed.commit.clone(),
            },
            validators: signed.own.as_ref().unwrap_or(judges).clone(),
            next_validators: signed.own.as_ref().map(|_| judges.clone()),
        })
    }
}

/// A trusted state's fields.
#[derive(Default)]
struct Parts<'a> {
    header: &'a [u8],
    commit: Option<&'a [u8]>,
    own: Option<&'a [u8]>,
    next: Option<&'a [u8]>,
    hash: Option<Hash>,
}

impl<'a> Parts<'a> {
    fn read(bytes: &'a [u8]) -> Result<Parts<'a>, Malformed> {
        let mut parts = Parts::default();
        fields(bytes, |number, field| {
            match (number, field) {
                (1, Field::Bytes(bytes)) => parts.header = bytes,
                (2, Field::Bytes(bytes)) => parts.commit = Some(bytes),
                (3, Field::Bytes(bytes)) => parts.own = Some(bytes),
                (4, Field::Bytes(bytes)) => parts.next = Some(bytes),
                (5, Field::Bytes(bytes)) => parts.hash = Some(array(bytes)?),
                _ => return Err(Malformed),
            }
            Ok(())
        })?;
        Ok(parts)
    }
}

impl Attack {
    /// The fields in the order of their declaration, from 1.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut attack = Writer::default()
            .uint(1, self.common_height)
            .bytes(2, &self.common_hash)
            .message(3, &self.ours.to_bytes())
            .bytes(4, self.ours_from.as_bytes())
            .message(5, &self.theirs.to_bytes())
            .bytes(6, self.theirs_from.as_bytes())
            .uint(7, self.kind.number());
        for evidence in &self.evidence {
            attack = attack.message(8, &evidence_bytes(evidence));
        }
        for name in &self.reported_to {
            attack = attack.message(9, name.as_bytes());
        }
        attack.finish()
    }

    /// Reads what [`Attack::to_bytes`] writes, and checks every vote for each block again.
    pub fn from_bytes(bytes: &[u8]) -> Result<Attack, StoredError> {
        let read = one_encoding(bytes, attack(bytes), Attack::to_bytes, "proven fork")?;
        let conflicting = read.evidence.iter().map(|evidence| &evidence.conflicting);
        for block in [&read.ours, &read.theirs].into_iter().chain(conflicting) {
            recheck(block, SignatureCheck::All, &mut Budget::new(u32::MAX))?;
        }
        Ok(read)
    }
}

impl AttackKind {
    fn number(self) -> u64 {
        match self {
            AttackKind::Lunatic => 1,
            AttackKind::Equivocation => 2,
            AttackKind::Amnesia => 3,
        }
    }

    fn from_number(number: u64) -> Result<AttackKind, Malformed> {
        let kinds = [
            AttackKind::Lunatic,
            AttackKind::Equivocation,
            AttackKind::Amnesia,
        ];
        let kind = kinds.into_iter().find(|kind| kind.number() == number);
        kind.ok_or(Malformed)
    }
}

fn evidence_bytes(evidence: &AttackEvidence) -> Vec<u8> {
    let mut bytes = Writer::default()
        .message(1, &evidence.conflicting.to_bytes())
        .uint(2, evidence.kind.number())
        .uint(3, evidence.common_height);
    for validator in &evidence.byzantine {
        bytes = bytes.message(4, &validator_bytes(validator));
    }
    bytes
        .uint(5, evidence.total_power)
        .message(6, &encode_time(&evidence.time))
        .finish()
}

fn attack(bytes: &[u8]) -> Result<Attack, Malformed> {
    let (mut common_height, mut common_hash, mut kind) = (0, None, None);
    let (mut ours, mut theirs) = (None, None);
    let (mut ours_from, mut theirs_from) = (String::new(), String::new());
    let (mut evidence, mut reported_to) = (Vec::new(), Vec::new());
    fields(bytes, |number, field| {
        match (number, field) {
            (1, Field::Varint(height)) => common_height = height,
            (2, Field::Bytes(hash)) => common_hash = Some(array(hash)?),
            (3, Field::Bytes(block)) => ours = Some(read_block(block)?),
            (4, Field::Bytes(name)) => ours_from = text(name)?,
            (5, Field::Bytes(block)) => theirs = Some(read_block(block)?),
            (6, Field::Bytes(name)) => theirs_from = text(name)?,
            (7, Field::Varint(number)) => kind = Some(AttackKind::from_number(number)?),
            (8, Field::Bytes(one)) => evidence.push(read_evidence(one)?),
            (9, Field::Bytes(name)) => reported_to.push(text(name)?),
            _ => return Err(Malformed),
        }
        Ok(())
    })?;
    Ok(Attack {
        common_height,
        common_hash: common_hash.ok_or(Malformed)?,
        ours: ours.ok_or(Malformed)?,
        ours_from,
        theirs: theirs.ok_or(Malformed)?,
        theirs_from,
        kind: kind.ok_or(Malformed)?,
        evidence,
        reported_to,
    })
}

fn read_evidence(bytes: &[u8]) -> Result<AttackEvidence, Malformed> {
    let (mut conflicting, mut kind, mut time) = (None, None, None);
    let (mut common_height, mut total_power, mut byzantine) = (0, 0, Vec::new());
    fields(bytes, |number, field| {
        match (number, field) {
            (1, Field::Bytes(block)) => conflicting = Some(read_block(block)?),
            (2, Field::Varint(number)) => kind = Some(AttackKind::from_number(number)?),
            (3, Field::Varint(height)) => common_height = height,
            (4, Field::Bytes(one)) => byzantine.push(validator(one)?),
            (5, Field::Varint(power)) => total_power = power,
            (6, Field::Bytes(at)) => time = Some(read_time(at)?),
            _ => return Err(Malformed),
        }
        Ok(())
    })?;
    Ok(AttackEvidence {
        conflicting: conflicting.ok_or(Malformed)?,
        kind: kind.ok_or(Malformed)?,
        common_height,
        byzantine,
        total_power,
        time: time.ok_or(Malformed)?,
    })
}

fn read_block(bytes: &[u8]) -> Result<LightBlock, Malformed> {
    LightBlock::from_bytes(bytes).map_err(|_| Malformed)
}

fn text(bytes: &[u8]) -> Result<String, Malformed> {
    let text = core::str::from_utf8(bytes).map_err(|_| Malformed)?;
    Ok(text.into())
}
