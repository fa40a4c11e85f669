//! A chain whose validators change, and forged branches of it.

use std::collections::BTreeMap;
use std::rc::Rc;

use light_client::{BlockId, BlockIdFlag, Header, LightBlock, Time};

use crate::common::generate::{Member, Recipe, Rng, at, reseal, set};

/// Validators of every chain here, of equal power.
pub const VALIDATORS: u64 = 6;
const POWER: u64 = 10;

/// A chain, with the keys of everybody who ever signed.
#[derive(Clone)]
pub struct Chain {
    pub blocks: BTreeMap<u64, LightBlock>,
    pub members: BTreeMap<u64, Vec<Member>>,
}

/// How the signers of a forged branch lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// Another state, and other validators from the next height on.
    Lunatic,
    /// Another block of the same state, in the same round.
    Equivocation,
    /// The same in a later round.
    Amnesia,
}

impl Chain {
    /// A chain of `length` blocks; after each, every validator is replaced with this chance in a hundred.
    pub fn new(length: u64, percent_replaced: u64, rng: &mut Rng) -> Chain {
        Chain::of(Member::new, length, percent_replaced, rng)
    }

    /// The same with members made otherwise: from number and power.
    pub fn of(
        member_of: fn(u64, u64) -> Member,
        length: u64,
        percent_replaced: u64,
        rng: &mut Rng,
    ) -> Chain {
        let mut members = BTreeMap::new();
        let mut set: Vec<Member> = (0..VALIDATORS).map(|i| member_of(i, POWER)).collect();
        let mut fresh = VALIDATORS;
        for height in 1..=length + 1 {
            members.insert(height, set.clone());
            for member in &mut set {
                if rng.below(100) < percent_replaced {
                    *member = member_of(fresh, POWER);
                    fresh += 1;
                }
            }
        }
        let mut chain = Chain {
            blocks: BTreeMap::new(),
            members,
        };
        for height in 1..=length {
            chain.append(height, rng);
        }
        chain
    }

    fn append(&mut self, height: u64, rng: &mut Rng) {
        let members = &self.members[&height];
        let mut votes = vec![BlockIdFlag::Commit; members.len()];
        // Up to one of six may be missing: five sixths are more than two thirds.
        if rng.one_in(3) {
            let flags = [BlockIdFlag::Absent, BlockIdFlag::Nil];
            votes[rng.below(VALIDATORS) as usize] = flags[rng.below(2) as usize];
        }
        let recipe = Recipe {
            next: self.members[&(height + 1)].clone(),
            round: rng.below(3) as u32,
            votes,
            ..Recipe::new(height, members)
        };
        let mut block = recipe.block();
        let last = self.blocks.get(&height.saturating_sub(1));
        block.signed_header.header.last_block_id = last.map_or_else(BlockId::default, block_id);
        reseal(&mut block, members);
        self.blocks.insert(height, block);
    }

    pub fn tip(&self) -> u64 {
        *self.blocks.keys().next_back().expect("not empty")
    }

    pub fn header(&self, height: u64) -> &Header {
        &self.blocks[&height].signed_header.header
    }

    /// The chain when this block was its newest.
    pub fn up_to(&self, height: u64) -> Chain {
        let mut earlier = self.clone();
        earlier.blocks.retain(|at, _| *at <= height);
        earlier
    }

    /// A branch that leaves this chain after `fork`, signed by those of its validators whose keys the attacker has.
    pub fn forge(&self, fork: u64, lie: Lie, corrupt: &[Member], rng: &mut Rng) -> Chain {
        self.forge_drifting(fork, lie, corrupt, 0, rng)
    }

    /// The same; behind a lunatic fork each validator is replaced with this chance in a hundred, so that the branch has a long way too.
    pub fn forge_drifting(
        &self,
        fork: u64,
        lie: Lie,
        corrupt: &[Member],
        percent_replaced: u64,
        rng: &mut Rng,
    ) -> Chain {
        let mut forged = Chain {
            blocks: self
                .blocks
                .range(..=fork)
                .map(|(h, b)| (*h, b.clone()))
                .collect(),
            members: self.members.clone(),
        };
        let mut keys = corrupt.to_vec();
        let mut own = corrupt.to_vec();
        for height in fork + 2..=self.tip() + 1 {
            if lie != Lie::Lunatic {
                break;
            }
            // From here on the attacker's own people are the validators.
            forged.members.insert(height, own.clone());
            for member in &mut own {
                if rng.below(100) < percent_replaced {
                    *member = Member::new(1 << 32 | rng.below(1 << 32), POWER);
                    keys.push(member.clone());
                }
            }
        }
        for height in fork + 1..=self.tip() {
            let block = forged.forged_block(self, height, lie, &keys, rng);
            forged.blocks.insert(height, block);
        }
        forged
    }

    /// A branch that leaves this chain after `fork`, signed by those whose keys the attacker has, up to a height that the chain reaches only later; its
    /// last block is of the time `last`.
    pub fn forge_ahead(
        &self,
        fork: u64,
        to: u64,
        last: Time,
        corrupt: &[Member],
        rng: &mut Rng,
    ) -> Chain {
        let forged = self.forge(fork, Lie::Lunatic, corrupt, rng);
        forged.retimed(fork, to, last)
    }

    /// This chain up to a height, with blocks at even times after `fork`; its last block is of the time `last`.
    pub fn retimed(mut self, fork: u64, to: u64, last: Time) -> Chain {
        self.blocks.retain(|height, _| *height <= to);
        let since = self.header(fork).time.unix_nanos();
        let step = (last.unix_nanos() - since) / i128::from(to - fork);
        for height in fork + 1..=to {
            let before = block_id(&self.blocks[&(height - 1)]);
            let members = self.members[&height].clone();
            let block = self.blocks.get_mut(&height).expect("there");
            let header = &mut block.signed_header.header;
            let time = since + step * i128::from(height - fork);
            header.time = Time::from_unix_nanos(time).expect("a time");
            header.last_block_id = before;
            reseal(block, &members);
        }
        self
    }

    fn forged_block(
        &self,
        honest: &Chain,
        height: u64,
        lie: Lie,
        corrupt: &[Member],
        rng: &mut Rng,
    ) -> LightBlock {
        let mut block = honest.blocks[&height].clone();
        let members = &self.members[&height];
        let next = self.members.get(&(height + 1)).unwrap_or(members);
        let header = &mut block.signed_header.header;
        header.data_hash = Some([rng.below(256) as u8; 32]);
        header.last_block_id = block_id(&self.blocks[&(height - 1)]);
        if lie == Lie::Lunatic {
            header.app_hash = vec![0xbd; 32];
            header.next_validators_hash = Some(set(next).hash());
        }
        header.validators_hash = set(members).hash();
        header.proposer_address = *set(members).validators()[0].address();
        let recipe = Recipe {
            members: members.clone(),
            next: next.clone(),
            round: block.signed_header.commit.round + u32::from(lie == Lie::Amnesia),
            time: block.signed_header.header.time,
            votes: votes_of(members, corrupt),
            ..Recipe::new(height, members)
        };
        let shape = recipe.block();
        block.signed_header.commit = shape.signed_header.commit;
        block.validators = shape.validators;
        block.next_validators = shape.next_validators;
        reseal(&mut block, members);
        block
    }
}

/// Votes of those whose keys the attacker has, in the set's order.
fn votes_of(members: &[Member], corrupt: &[Member]) -> Vec<BlockIdFlag> {
    let keys = set(corrupt);
    let vote = |validator: &light_client::Validator| match keys.by_address(validator.address()) {
        Some(_) => BlockIdFlag::Commit,
        None => BlockIdFlag::Absent,
    };
    set(members).validators().iter().map(vote).collect()
}

fn block_id(block: &LightBlock) -> BlockId {
    block.signed_header.commit.block_id.clone()
}

/// A chain of 20, and a branch of it from height 8 that all its validators signed.
pub fn forked(lie: Lie) -> (Rc<Chain>, Rc<Chain>) {
    let rng = &mut Rng(5);
    let honest = Chain::new(20, 0, rng);
    let forged = honest.forge(8, lie, &honest.members[&9], rng);
    (Rc::new(honest), Rc::new(forged))
}

/// A chain of this length and a lunatic branch that leaves it after `fork`; their validators are replaced with these chances in a hundred.
pub fn drifted(length: u64, replaced: u64, fork: u64, drift: u64) -> (Rc<Chain>, Rc<Chain>) {
    let rng = &mut Rng(5);
    let honest = Chain::new(length, replaced, rng);
    let corrupt = &honest.members[&(fork + 1)];
    let forged = honest.forge_drifting(fork, Lie::Lunatic, corrupt, drift, rng);
    (Rc::new(honest), Rc::new(forged))
}

/// A minute after the tip.
pub fn soon_after(chain: &Chain) -> light_client::Time {
    at(chain.tip() as i128 * 10_000_000_000 + 60_000_000_000)
}
