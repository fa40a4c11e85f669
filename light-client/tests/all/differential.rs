//! The same light blocks before us and before `tendermint-light-client-verifier`: the same verdict, or a reason for ours.
//!
//! Where we are stricter or say something else, each with its reason:
//! - an entry's address must be that of the validator at its place, for votes for nothing too (CometBFT since 2026; the other
//!   looks votes up by address, whatever their order);
//! - an absent entry carries neither address nor signature (CometBFT's `ValidateBasic`; the other ignores them);
//! - counts come before signatures: where the claimed power is too little, we say so without looking at any signature, and the
//!   other may have met a bad one first. Both refuse;
//! - which signatures are needed is decided in the commit's order, as CometBFT does; the other goes through the trusted set in its
//!   own order and so can meet a bad signature that neither count needs. The only case where we trust and it does not; whoever
//!   asks for all signatures meets it too;
//! - the block protocol must be 11, which the other does not look at;
//! - the commit's own height must be the header's; the other learns it from the signatures alone.

use std::time::Duration;

use crate::common::generate::{Member, Recipe, Rng, at, reseal, set, sign};
use crate::common::{trust, write};
use light_client::{
    BlockIdFlag, Budget, LightBlock, Options, Reason, SignatureCheck, Time, TrustLevel,
    TrustedState, Verdict, json, verify_step,
};
use tendermint_light_client_verifier as other;
use tendermint_light_client_verifier::Verifier;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Trusted,
    NotEnoughTrust,
    Rejected,
}

struct Case {
    trusted: LightBlock,
    block: LightBlock,
    options: Options,
    now: Time,
}

fn ours(case: &Case) -> Verdict {
    let state =
        TrustedState::from_checkpoint(&case.trusted, &case.trusted.signed_header.header.hash())
            .unwrap();
    let block = json::light_block(&write::light_block(&case.block)).unwrap();
    verify_step(
        &state,
        &block,
        &case.options,
        case.now,
        &mut Budget::new(10_000),
    )
}

fn outcome(verdict: &Verdict) -> Outcome {
    match verdict {
        Verdict::Trusted(..) => Outcome::Trusted,
        Verdict::NotEnoughTrust(_) => Outcome::NotEnoughTrust,
        Verdict::Rejected(_) => Outcome::Rejected,
    }
}

/// A block that the other cannot even read is one that it rejects.
fn theirs(case: &Case, level: (u64, u64)) -> (Outcome, String) {
    let (trusted, block) = (
        write::light_block(&case.trusted),
        write::light_block(&case.block),
    );
    let parse = |block: &json::Value| {
        let header: tendermint::block::signed_header::SignedHeader =
            serde_json::from_value(block["signed_header"].clone())?;
        let set =
            |name: &str| serde_json::from_value::<tendermint::validator::Set>(block[name].clone());
        Ok::<_, serde_json::Error>((header, set("validator_set")?, set("next_validator_set")?))
    };
    let (head, _, judges) = parse(&trusted).expect("the trusted block is well-formed");
    let (untrusted, validators, next) = match parse(&block) {
        Ok(parts) => parts,
        Err(error) => return (Outcome::Rejected, error.to_string()),
    };
    let options = other::options::Options {
        trust_threshold: other::types::TrustThreshold::new(level.0, level.1).unwrap(),
        trusting_period: case.options.trusting_period,
        clock_drift: case.options.clock_drift,
    };
    let verdict = other::ProdVerifier::default().verify_update_header(
        other::types::UntrustedBlockState {
            signed_header: &untrusted,
            validators: &validators,
            next_validators: Some(&next),
        },
        other::types::TrustedBlockState {
            chain_id: &head.header.chain_id,
            header_time: head.header.time,
            height: head.header.height,
            next_validators: &judges,
            next_validators_hash: head.header.next_validators_hash,
        },
        &options,
        tendermint::Time::from_unix_timestamp(case.now.seconds(), case.now.nanos()).unwrap(),
    );
    match verdict {
        other::Verdict::Success => (Outcome::Trusted, String::new()),
        other::Verdict::NotEnoughTrust(tally) => (Outcome::NotEnoughTrust, tally.to_string()),
        other::Verdict::Invalid(detail) => (Outcome::Rejected, detail.to_string()),
    }
}

/// Whether a difference is one of those above.
fn is_documented(case: &Case, verdict: &Verdict, theirs: Outcome) -> bool {
    match verdict {
        Verdict::Rejected(reason) => matches!(
            (reason, theirs),
            (
                Reason::CommitAddress { .. } | Reason::AbsentWithVote { .. },
                _
            ) | (
                Reason::WrongBlockProtocol(_) | Reason::CommitHeight { .. },
                _
            ) | (
                Reason::TooLittlePower { .. } | Reason::BadSignature { .. },
                Outcome::NotEnoughTrust
            )
        ),
        Verdict::NotEnoughTrust(_) => theirs == Outcome::Rejected,
        Verdict::Trusted(..) => {
            let all = Options {
                signatures: SignatureCheck::All,
                ..case.options.clone()
            };
            let strict = ours(&Case {
                options: all,
                trusted: case.trusted.clone(),
                block: case.block.clone(),
                ..*case
            });
            matches!(strict, Verdict::Rejected(Reason::BadSignature { .. }))
                && theirs == Outcome::Rejected
        }
    }
}

struct Generator {
    random: Rng,
    /// Number of the newest member.
    fresh: u64,
}

impl Generator {
    fn new(seed: u64) -> Generator {
        Generator {
            random: Rng(seed),
            fresh: 100,
        }
    }

    fn members(&mut self) -> Vec<Member> {
        let count = 1 + self.random.below(6);
        let first = self.random.below(3);
        (first..first + count)
            .map(|number| Member::new(number, 1 + self.random.below(30)))
            .collect()
    }

    /// Some leave, some join, some gain or lose power.
    fn changed(&mut self, members: &[Member]) -> Vec<Member> {
        let mut changed: Vec<Member> = members
            .iter()
            .filter(|_| !self.random.one_in(5))
            .cloned()
            .collect();
        for member in &mut changed {
            if self.random.one_in(3) {
                member.power = 1 + self.random.below(30);
            }
        }
        if changed.is_empty() || self.random.one_in(3) {
            self.fresh += 1;
            changed.push(Member::new(self.fresh, 1 + self.random.below(30)));
        }
        changed
    }

    fn votes(&mut self, count: usize) -> Vec<BlockIdFlag> {
        (0..count)
            .map(|_| match self.random.below(8) {
                0 => BlockIdFlag::Absent,
                1 => BlockIdFlag::Nil,
                _ => BlockIdFlag::Commit,
            })
            .collect()
    }

    fn case(&mut self) -> (Case, (u64, u64)) {
        let members = self.members();
        let next = if self.random.one_in(2) {
            members.clone()
        } else {
            self.changed(&members)
        };
        let trusted = Recipe {
            next: next.clone(),
            ..Recipe::new(2, &members)
        };
        let adjacent = self.random.one_in(3);
        let signing = if adjacent || self.random.one_in(2) {
            next
        } else {
            self.changed(&next)
        };
        let height = if adjacent {
            3
        } else {
            4 + self.random.below(3)
        };
        let block = Recipe {
            round: u32::try_from(self.random.below(4)).unwrap(),
            votes: self.votes(signing.len()),
            next: self.changed(&signing),
            ..Recipe::new(height, &signing)
        };
        let mut case = Case {
            trusted: trusted.block(),
            block: block.block(),
            options: Options {
                trusting_period: Duration::from_secs(1_000),
                clock_drift: Duration::from_secs(1),
                ..Options::default()
            },
            now: at(600_000_000_000),
        };
        let level = *self.pick(&[(1, 3), (1, 3), (2, 3), (1, 2), (1, 1)]);
        case.options.trust_level = TrustLevel::new(level.0, level.1).unwrap();
        if self.random.one_in(2) {
            self.mutate(&mut case, &signing);
        }
        (case, level)
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[usize::try_from(self.random.below(items.len() as u64)).unwrap()]
    }

    fn mutate(&mut self, case: &mut Case, members: &[Member]) {
        let index = usize::try_from(self.random.below(members.len() as u64)).unwrap();
        let block = &mut case.block;
        match self.random.below(20) {
            0 => block.signed_header.header.app_hash[0] ^= 1,
            1 => block.signed_header.commit.block_id.hash = Some([7; 32]),
            2 => block.signed_header.commit.signatures[index].signature = vec![1; 64],
            3 => self.duplicate_vote(block, index),
            4 => self.drop_or_add_entry(block),
            5 => block.signed_header.commit.signatures.swap(0, index),
            6 => block.validators = set(&self.changed(members)),
            7 => block.next_validators = Some(set(&self.changed(members))),
            8 => block.signed_header.commit.height += 1,
            9 => block.signed_header.commit.round += 1,
            10 => block.signed_header.commit.signatures[index].timestamp = at(5),
            11 => self.reseal_with(block, members, |header| {
                header.chain_id = "other-chain".to_string()
            }),
            12 => self.reseal_with(block, members, |header| header.height = 2),
            13 => self.reseal_with(block, members, |header| header.height = 1),
            14 => self.reseal_with(block, members, |header| header.validators_hash = [7; 32]),
            15 => self.reseal_with(block, members, |header| header.next_validators_hash = None),
            16 => self.reseal_with(block, members, |header| header.block_version = 10),
            17 => {
                block.signed_header.commit.height += 1;
                sign(block, members);
            }
            _ => self.time_edges(case, members),
        }
    }

    fn duplicate_vote(&mut self, block: &mut LightBlock, index: usize) {
        let first = block.signed_header.commit.signatures[0].clone();
        block.signed_header.commit.signatures[index] = first;
    }

    fn drop_or_add_entry(&mut self, block: &mut LightBlock) {
        let entries = &mut block.signed_header.commit.signatures;
        if self.random.one_in(2) {
            entries.pop();
        } else {
            entries.push(entries[0].clone());
        }
    }

    fn reseal_with(
        &mut self,
        block: &mut LightBlock,
        members: &[Member],
        change: impl Fn(&mut light_client::Header),
    ) {
        change(&mut block.signed_header.header);
        reseal(block, members);
    }

    /// A nanosecond before, at and after each limit.
    fn time_edges(&mut self, case: &mut Case, members: &[Member]) {
        let trusted = case.trusted.signed_header.header.time.unix_nanos();
        let offset = i128::from(self.random.below(3)) - 1;
        let shifted = |nanos: i128| Time::from_unix_nanos(nanos + offset).unwrap();
        match self.random.below(3) {
            0 => case.now = shifted(trusted + 1_000_000_000_000),
            1 => {
                case.now =
                    shifted(case.block.signed_header.header.time.unix_nanos() - 1_000_000_000)
            }
            _ => {
                case.block.signed_header.header.time = shifted(trusted);
                reseal(&mut case.block, members);
            }
        }
    }
}

#[test]
fn thousands_of_blocks_get_the_verdict_that_the_reference_gives() {
    let mut generator = Generator::new(2026);
    let (mut same, mut stricter) = ([0; 3], 0);
    for number in 0..6_000 {
        let (case, level) = generator.case();
        let (our, (their, why)) = (ours(&case), theirs(&case, level));
        if outcome(&our) == their {
            same[their as usize] += 1;
        } else {
            let label = match &our {
                Verdict::Rejected(reason) => reason.to_string(),
                other => format!("{:?}", outcome(other)),
            };
            assert!(
                is_documented(&case, &our, their),
                "case {number}: we say {label}, they say {their:?}: {why}"
            );
            stricter += 1;
        }
    }
    println!(
        "trusted, not enough trust, rejected alike: {same:?}; stricter for a documented reason: {stricter}"
    );
    assert!(
        same.iter().all(|count| *count > 300),
        "{same:?}: each verdict is met often"
    );
    assert!(stricter < 600, "{stricter}");
}

#[test]
fn trust_moves_along_a_changing_chain_as_the_reference_moves_it() {
    let mut generator = Generator::new(7);
    for _ in 0..30 {
        let mut members = generator.members();
        let mut chain = Vec::new();
        for height in 2..10 {
            let next = if generator.random.one_in(2) {
                generator.changed(&members)
            } else {
                members.clone()
            };
            chain.push(
                Recipe {
                    next: next.clone(),
                    ..Recipe::new(height, &members)
                }
                .block(),
            );
            members = next;
        }
        for (position, from) in chain.iter().enumerate() {
            for to in &chain[position + 1..] {
                let case = Case {
                    trusted: from.clone(),
                    block: to.clone(),
                    options: Options::default(),
                    now: at(600_000_000_000),
                };
                assert_eq!(outcome(&ours(&case)), theirs(&case, (1, 3)).0);
                assert!(trust(from).height() < to.height());
            }
        }
    }
}
