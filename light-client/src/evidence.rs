//! Evidence of misbehaviour as it stands in blocks (CometBFT `types/evidence.go`).

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::commit::{Commit, CommitSig};
use crate::header::{Address, BlockId, encode_time};
use crate::merkle::{self, Hash};
use crate::proto::Writer;
use crate::time::Time;
use crate::trust::SignedHeader;
use crate::validators::Validator;
use crate::wire::validator_bytes;

/// What a header carries as `evidence_hash`: the root over the protobuf form of all evidence in its block.
pub fn evidence_hash(list: &[Evidence]) -> Hash {
    let leaves: Vec<Vec<u8>> = list.iter().map(Evidence::to_bytes).collect();
    merkle::root(&leaves)
}

/// Evidence that a block's proposer put into it. A header commits to it; whether it convicts anybody is the chain's to judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// A validator voted twice in one round.
    DuplicateVote(Box<DuplicateVote>),
    /// Validators signed a block of another chain.
    LightClientAttack(Box<LightClientAttack>),
}

/// Two votes of one validator in one round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateVote {
    /// The two votes, in the order of their block ids.
    pub votes: [SignedVote; 2],
    /// Power of all validators at their height.
    pub total_power: u64,
    /// The voter's power.
    pub power: u64,
    /// Time of the block at their height.
    pub time: Time,
}

/// A vote as validators send it to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedVote {
    /// 1 for a prevote, 2 for a precommit.
    pub kind: u32,
    /// Height of the block.
    pub height: u64,
    /// The consensus round, below 2³¹.
    pub round: u32,
    /// The block; empty for a vote for none.
    pub block_id: BlockId,
    /// The voter's own clock.
    pub timestamp: Time,
    /// Who voted.
    pub address: Address,
    /// The voter's place in the set, below 2³¹.
    pub index: u32,
    /// The signature over the canonical vote.
    pub signature: Vec<u8>,
    /// What the application added to it.
    pub extension: Vec<u8>,
    /// The signature over that.
    pub extension_signature: Vec<u8>,
}

/// A block that conflicts with the chain's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LightClientAttack {
    /// Its header and the votes for it.
    pub conflicting: SignedHeader,
    /// The validators that signed it, in the order in which they were sent.
    pub validators: Vec<Ranked>,
    /// Their proposer.
    pub proposer: Ranked,
    /// The last height that both chains share.
    pub common_height: u64,
    /// Validators that provably did wrong.
    pub byzantine: Vec<Ranked>,
    /// Power of all validators at the common height.
    pub total_power: u64,
    /// Time of the block at that height.
    pub time: Time,
}

/// A validator, and how near its turn to propose a block is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked {
    /// The validator.
    pub validator: Validator,
    /// Its proposer priority.
    pub priority: i64,
}

impl Evidence {
    /// `tendermint.types.DuplicateVoteEvidence` or `tendermint.types.LightClientAttackEvidence` (Go: `Evidence.Bytes`).
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Evidence::DuplicateVote(evidence) => evidence.encode(),
            Evidence::LightClientAttack(evidence) => evidence.encode(),
        }
    }
}

impl DuplicateVote {
    fn encode(&self) -> Vec<u8> {
        let [a, b] = &self.votes;
        Writer::default()
            .message(1, &a.encode())
            .message(2, &b.encode())
            .uint(3, self.total_power)
            .uint(4, self.power)
            .message(5, &encode_time(&self.time))
            .finish()
    }
}

impl SignedVote {
    fn encode(&self) -> Vec<u8> {
        Writer::default()
            .uint(1, self.kind.into())
            .uint(2, self.height)
            .uint(3, self.round.into())
            .message(4, &self.block_id.encode())
            .message(5, &encode_time(&self.timestamp))
            .bytes(6, &self.address)
            .uint(7, self.index.into())
            .bytes(8, &self.signature)
            .bytes(9, &self.extension)
            .bytes(10, &self.extension_signature)
            .finish()
    }
}

impl LightClientAttack {
    fn encode(&self) -> Vec<u8> {
        let signed = Writer::default()
            .message(1, &self.conflicting.header.to_bytes())
            .message(2, &commit_bytes(&self.conflicting.commit));
        // Go leaves the sum of power out here, so that the bytes do not hang on whether it was counted yet.
        let set =
            listed(Writer::default(), 1, &self.validators).message(2, &self.proposer.encode());
        let block = Writer::default()
            .message(1, &signed.finish())
            .message(2, &set.finish());
        let evidence = Writer::default()
            .message(1, &block.finish())
            .uint(2, self.common_height);
        listed(evidence, 3, &self.byzantine)
            .uint(4, self.total_power)
            .message(5, &encode_time(&self.time))
            .finish()
    }
}

impl Ranked {
    /// `tendermint.types.Validator`: address = 1, key = 2, power = 3, priority = 4.
    fn encode(&self) -> Vec<u8> {
        let address = Writer::default().bytes(1, self.validator.address());
        let priority = Writer::default().int(4, self.priority);
        let parts = [
            address.finish(),
            validator_bytes(&self.validator),
            priority.finish(),
        ];
        parts.concat()
    }
}

fn listed(to: Writer, field: u32, validators: &[Ranked]) -> Writer {
    let add = |to: Writer, one: &Ranked| to.message(field, &one.encode());
    validators.iter().fold(to, add)
}

/// `tendermint.types.Commit` with the voters' addresses, which [`Commit::to_bytes`] leaves out.
fn commit_bytes(commit: &Commit) -> Vec<u8> {
    let head = Writer::default()
        .uint(1, commit.height)
        .uint(2, commit.round.into())
        .message(3, &commit.block_id.encode());
    let add = |to: Writer, entry: &CommitSig| to.message(4, &entry.encode());
    commit.signatures.iter().fold(head, add).finish()
}
