//! Light blocks of our own making: signed with real keys, in every shape that a test asks for.

use light_client::{
    BlockId, BlockIdFlag, Commit, CommitSig, Hash, Header, LightBlock, SignedHeader, Time,
    Validator, ValidatorSet, sha256,
};

use super::signing::Key;

/// SplitMix64: tests are the same in every run, and a failing case is found again by its number.
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }
}

/// A validator whose key we hold.
#[derive(Clone)]
pub struct Member {
    pub key: Key,
    pub power: u64,
}

impl Member {
    pub fn new(number: u64, power: u64) -> Member {
        Member {
            key: Key::ed25519(number),
            power,
        }
    }

    /// A member whose type of key follows from its number.
    pub fn of_any_type(number: u64, power: u64) -> Member {
        Member {
            key: Key::of_type(number, number),
            power,
        }
    }

    pub fn validator(&self) -> Validator {
        Validator::new(self.key.public(), self.power)
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.key.sign(message)
    }
}

/// Members in the order of their validator set.
pub fn sorted(members: &[Member]) -> Vec<Member> {
    let set = set(members);
    let place = |validator: &Validator| {
        members
            .iter()
            .find(|member| member.validator() == *validator)
            .unwrap()
            .clone()
    };
    set.validators().iter().map(place).collect()
}

pub fn set(members: &[Member]) -> ValidatorSet {
    ValidatorSet::new(members.iter().map(Member::validator).collect()).unwrap()
}

/// Equal members, numbered from `first`.
pub fn members(first: u64, count: u64, power: u64) -> Vec<Member> {
    (first..first + count)
        .map(|number| Member::new(number, power))
        .collect()
}

/// What a block is made from.
#[derive(Clone)]
pub struct Recipe {
    pub chain_id: String,
    pub height: u64,
    pub time: Time,
    pub round: u32,
    pub members: Vec<Member>,
    pub next: Vec<Member>,
    /// One for each member, in the set's order.
    pub votes: Vec<BlockIdFlag>,
}

impl Recipe {
    /// Everybody votes for the block, in round 0, ten seconds after the block before.
    pub fn new(height: u64, members: &[Member]) -> Recipe {
        Recipe {
            chain_id: "test-chain".to_string(),
            height,
            time: at(height as i128 * 10_000_000_000),
            round: 0,
            members: members.to_vec(),
            next: members.to_vec(),
            votes: vec![BlockIdFlag::Commit; members.len()],
        }
    }

    pub fn block(&self) -> LightBlock {
        let header = self.header();
        let mut block = LightBlock {
            signed_header: SignedHeader {
                commit: self.commit(header.hash()),
                header,
            },
            validators: set(&self.members),
            next_validators: Some(set(&self.next)),
        };
        sign(&mut block, &self.members);
        block
    }

    fn header(&self) -> Header {
        let some = |name: &str| Some(sha256(&[name.as_bytes(), &self.height.to_be_bytes()]));
        let members = set(&self.members);
        Header {
            block_version: 11,
            app_version: 1,
            chain_id: self.chain_id.clone(),
            height: self.height,
            time: self.time,
            last_block_id: BlockId {
                hash: some("block"),
                parts_total: 1,
                parts_hash: some("parts"),
            },
            last_commit_hash: some("commit"),
            data_hash: some("data"),
            validators_hash: members.hash(),
            next_validators_hash: Some(set(&self.next).hash()),
            consensus_hash: some("consensus"),
            app_hash: some("app").unwrap().to_vec(),
            last_results_hash: some("results"),
            evidence_hash: some("evidence"),
            proposer_address: *members.validators()[0].address(),
        }
    }

    fn commit(&self, hash: Hash) -> Commit {
        let validators = set(&self.members);
        let entry = |(index, (flag, validator)): (usize, (&BlockIdFlag, &Validator))| CommitSig {
            flag: *flag,
            address: (*flag != BlockIdFlag::Absent).then_some(*validator.address()),
            timestamp: match flag {
                BlockIdFlag::Absent => Time::GO_ZERO,
                _ => at(self.time.unix_nanos() + 1_000_000_007 * (index as i128 + 1)),
            },
            signature: Vec::new(),
        };
        Commit {
            height: self.height,
            round: self.round,
            block_id: BlockId {
                hash: Some(hash),
                parts_total: 1,
                parts_hash: Some(sha256(&[b"parts", &hash])),
            },
            signatures: self
                .votes
                .iter()
                .zip(validators.validators())
                .enumerate()
                .map(entry)
                .collect(),
        }
    }
}

/// Nanoseconds after 2026-01-01.
pub fn at(nanos: i128) -> Time {
    Time::from_unix_nanos(1_767_225_600_000_000_000 + nanos).unwrap()
}

/// Signs the commit again as it now stands; votes for nothing get a signature that nobody checks.
pub fn sign(block: &mut LightBlock, members: &[Member]) {
    let chain_id = block.signed_header.header.chain_id.clone();
    let commit = &mut block.signed_header.commit;
    for (index, member) in sorted(members).iter().enumerate() {
        let signature = match commit.signatures.get(index).map(|entry| entry.flag) {
            Some(BlockIdFlag::Commit) => {
                member.sign(&commit.vote_sign_bytes(&chain_id, index).unwrap())
            }
            Some(BlockIdFlag::Nil) => member.sign(b"nil"),
            _ => continue,
        };
        commit.signatures[index].signature = signature;
    }
}

/// Puts a changed header's hash into the commit and signs again.
pub fn reseal(block: &mut LightBlock, members: &[Member]) {
    block.signed_header.commit.block_id.hash = Some(block.signed_header.header.hash());
    sign(block, members);
}
