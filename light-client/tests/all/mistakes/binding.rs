//! Header, commit and validators belong together, place by place.

use super::{is_trusted, pair, rejection, step};
use crate::common::generate::{Member, Recipe, members, reseal, set, sign, sorted};
use crate::common::trust;
use light_client::{
    BlockIdFlag, CommitSig, Header, Reason, Time, TrustedState, Validator, ValidatorSet,
    ValidatorSetError, VerifiedHeader,
};

#[test]
fn the_good_block_is_trusted() {
    let (trusted, block, _) = pair();
    assert!(is_trusted(&step(&trusted, &block)));
}

#[test]
fn a_commit_for_another_header_is_not_taken_for_this_one() {
    let (trusted, mut block, members) = pair();
    block.signed_header.header.app_hash[0] ^= 1;
    assert!(matches!(
        rejection(&trusted, &block),
        Reason::CommitForOtherHeader { .. }
    ));
    // Nor is a commit for no header at all, though properly signed.
    block.signed_header.commit.block_id.hash = None;
    sign(&mut block, &members);
    assert!(matches!(
        rejection(&trusted, &block),
        Reason::CommitForOtherHeader { commit: None, .. }
    ));
}

#[test]
fn validators_are_those_that_the_header_commits_to() {
    let (trusted, mut block, members) = pair();
    // One more vote for the first: the order stays, the hash does not.
    let mut stronger = sorted(&members);
    stronger[0].power += 1;
    block.validators = set(&stronger);
    assert!(matches!(
        rejection(&trusted, &block),
        Reason::ValidatorsHash { .. }
    ));

    let (trusted, mut block, _) = pair();
    block.next_validators = Some(set(&stronger));
    assert!(matches!(
        rejection(&trusted, &block),
        Reason::NextValidatorsHash { .. }
    ));
}

#[test]
fn a_checkpoint_is_bound_to_its_hash_and_its_validators() {
    let members = members(0, 4, 10);
    let block = Recipe::new(1, &members).block();
    let hash = block.signed_header.header.hash();
    assert!(TrustedState::from_checkpoint(&block, &hash).is_ok());
    assert!(matches!(
        TrustedState::from_checkpoint(&block, &[7; 32]),
        Err(Reason::WrongCheckpoint { .. })
    ));
    let mut strangers = block.clone();
    strangers.validators = set(&crate::common::generate::members(9, 4, 10));
    assert!(matches!(
        TrustedState::from_checkpoint(&strangers, &hash),
        Err(Reason::ValidatorsHash { .. })
    ));
    let others = crate::common::generate::members(9, 4, 10);
    let mut strangers = block;
    strangers.next_validators = Some(set(&others));
    assert!(matches!(
        TrustedState::from_checkpoint(&strangers, &hash),
        Err(Reason::NextValidatorsHash { .. })
    ));
    // Its own, given for the next ones, are none either.
    let mut own = Recipe {
        next: others,
        ..Recipe::new(1, &members)
    }
    .block();
    own.next_validators = Some(own.validators.clone());
    assert!(matches!(
        TrustedState::from_checkpoint(&own, &own.signed_header.header.hash()),
        Err(Reason::NextValidatorsHash { .. })
    ));
}

#[test]
fn a_header_is_trusted_with_its_own_validators_or_the_next_and_no_others() {
    let (_, block, _) = pair();
    let mut header = block.signed_header.header;
    let strangers = set(&[Member::new(99, 1)]);
    let trusted = |header: &Header, validators: &ValidatorSet| {
        TrustedState::from_header(header, validators.clone(), &header.hash()).is_ok()
    };
    assert!(trusted(&header, &block.validators));
    assert!(!trusted(&header, &strangers));
    header.next_validators_hash = Some(strangers.hash());
    assert!(trusted(&header, &strangers));
    header.next_validators_hash = None;
    assert!(!trusted(&header, &strangers));
}

#[test]
fn a_commit_has_one_entry_for_each_validator() {
    let (trusted, block, _) = pair();
    for count in [0, 3, 5] {
        let mut cut = block.clone();
        let entry = cut.signed_header.commit.signatures[0].clone();
        cut.signed_header.commit.signatures.resize(count, entry);
        assert_eq!(
            rejection(&trusted, &cut),
            Reason::CommitSize {
                expected: 4,
                found: count
            }
        );
    }
}

#[test]
fn an_address_must_belong_to_the_validator_at_its_place() {
    let (trusted, block, members) = pair();
    let stranger = *Member::new(99, 1).validator().address();
    for index in 0..4 {
        let mut swapped = block.clone();
        swapped.signed_header.commit.signatures[index].address = Some(stranger);
        assert_eq!(
            rejection(&trusted, &swapped),
            Reason::CommitAddress { index }
        );
        swapped.signed_header.commit.signatures[index].address = None;
        assert_eq!(
            rejection(&trusted, &swapped),
            Reason::CommitAddress { index }
        );
        // A vote for none counts for nothing, and yet its voter is named.
        let entry = &mut swapped.signed_header.commit.signatures[index];
        (entry.flag, entry.address) = (BlockIdFlag::Nil, Some(stranger));
        assert_eq!(
            rejection(&trusted, &swapped),
            Reason::CommitAddress { index }
        );
    }
    let mut swapped = block;
    swapped.signed_header.commit.signatures.swap(1, 2);
    sign(&mut swapped, &members);
    assert_eq!(
        rejection(&trusted, &swapped),
        Reason::CommitAddress { index: 1 }
    );
}

#[test]
fn an_absent_vote_carries_nothing() {
    let (trusted, mut block, _) = pair();
    let vote = block.signed_header.commit.signatures[3].clone();
    let absent = CommitSig {
        flag: BlockIdFlag::Absent,
        address: None,
        timestamp: Time::GO_ZERO,
        signature: Vec::new(),
    };
    for carrying in [
        CommitSig {
            address: vote.address,
            ..absent.clone()
        },
        CommitSig {
            timestamp: vote.timestamp,
            ..absent.clone()
        },
        CommitSig {
            signature: vote.signature,
            ..absent.clone()
        },
    ] {
        block.signed_header.commit.signatures[3] = carrying;
        assert_eq!(
            rejection(&trusted, &block),
            Reason::AbsentWithVote { index: 3 }
        );
    }
    for timestamp in [Time::GO_ZERO, Time::UNIX_EPOCH] {
        block.signed_header.commit.signatures[3] = CommitSig {
            timestamp,
            ..absent.clone()
        };
        assert!(is_trusted(&step(&trusted, &block)));
    }
}

#[test]
fn one_validator_is_not_listed_twice() {
    let member = Member::new(0, 10).validator();
    let twice = ValidatorSet::new(vec![
        member.clone(),
        Member::new(1, 5).validator(),
        member.clone(),
    ]);
    assert_eq!(twice, Err(ValidatorSetError::Duplicate(*member.address())));
    let with_other_power = Validator::new(member.key().clone(), 11);
    assert!(ValidatorSet::new(vec![member, with_other_power]).is_err());
}

#[test]
fn one_validators_vote_is_not_counted_in_two_places() {
    // Validator 0 votes at every place; alone it has a quarter of the power.
    let (trusted, mut block, members) = pair();
    let own = sorted(&members)[0].clone();
    let address = *own.validator().address();
    for index in 0..4 {
        block.signed_header.commit.signatures[index].address = Some(address);
    }
    for index in 0..4 {
        let message = block
            .signed_header
            .commit
            .vote_sign_bytes("test-chain", index)
            .unwrap();
        block.signed_header.commit.signatures[index].signature = own.sign(&message);
    }
    assert_eq!(
        rejection(&trusted, &block),
        Reason::CommitAddress { index: 1 }
    );
}

#[test]
fn a_header_is_the_one_before_by_its_hash_and_its_height() {
    let members = members(0, 4, 10);
    let before = Recipe::new(4, &members).block().signed_header.header;
    let after = |height, hash| {
        let mut block = Recipe::new(height, &members).block();
        block.signed_header.header.last_block_id.hash = Some(hash);
        reseal(&mut block, &members);
        trust(&block).verified().clone()
    };
    let named = after(5, before.hash()).before(before.clone());
    assert_eq!(named.expect("the one before").header(), &before);
    for (height, hash) in [(5, [7; 32]), (6, before.hash()), (4, before.hash())] {
        let refused = after(height, hash).before(before.clone());
        assert!(
            matches!(refused, Err(Reason::NotTheHeaderBefore { .. })),
            "{height}: {refused:?}"
        );
    }
}

#[test]
fn a_header_is_the_one_in_the_log_by_its_hash() {
    let header = Recipe::new(4, &members(0, 4, 10))
        .block()
        .signed_header
        .header;
    let logged = VerifiedHeader::by_hash(header.clone(), &header.hash()).expect("the one");
    assert_eq!((logged.header(), logged.hash()), (&header, &header.hash()));
    assert_eq!(logged.signers(), []);
    let mut bent = header.clone();
    bent.app_hash[0] ^= 1;
    assert_eq!(VerifiedHeader::by_hash(bent, &header.hash()), None);
    assert_eq!(VerifiedHeader::by_hash(header, &[7; 32]), None);
}
