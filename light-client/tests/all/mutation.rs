//! Flips every byte of a light block as it is sent. What is still accepted must be a field that nothing vouches for.
//!
//! Not authenticated are, in a light block: its spelling (letter case of hex, the fraction of a time written longer), fields
//! that are ignored, whether next validators are given at all, and whatever belongs to votes that were not checked: their times
//! and signatures, and with them the flag, since a vote for the block can be passed off as one for nothing where it is not needed.

use crate::common::generate::{Recipe, at, members};
use crate::common::{soon_after, trust, write};
use light_client::json::{self, Value};
use light_client::{
    BlockIdFlag, Budget, Commit, LightBlock, Options, SignatureCheck, Time, TrustedState, Verdict,
    Vote, verify_step,
};

struct Target {
    trusted: TrustedState,
    text: Vec<u8>,
    original: LightBlock,
    options: Options,
    now: Time,
}

impl Target {
    fn new(from: &LightBlock, to: &Value, options: Options) -> Target {
        let original = json::light_block(to).unwrap();
        let now = soon_after(&original);
        Target {
            trusted: trust(from),
            text: to.to_string().into_bytes(),
            original,
            options,
            now,
        }
    }

    fn accepts(&self, text: &[u8]) -> Option<(LightBlock, TrustedState)> {
        let block = json::light_block(&json::parse(text).ok()?).ok()?;
        match verify_step(
            &self.trusted,
            &block,
            &self.options,
            self.now,
            &mut Budget::new(1_000),
        ) {
            Verdict::Trusted(state, _) => Some((block, *state)),
            _ => None,
        }
    }

    /// How many changed texts were accepted although they mean something else than the original.
    fn flip_every_byte(&self, masks: &[u8]) -> usize {
        assert!(
            self.accepts(&self.text).is_some(),
            "the unchanged block is good"
        );
        let mut accepted = 0;
        for position in 0..self.text.len() {
            for mask in masks {
                let mut text = self.text.clone();
                text[position] ^= mask;
                if let Some((block, state)) = self.accepts(&text) {
                    self.check_votes(&state, position);
                    assert_eq!(state.header(), &self.original.signed_header.header);
                    accepted += usize::from(block != self.original);
                    assert!(
                        self.is_vouched_for(&block, &state),
                        "byte {position} xor {mask:#x}"
                    );
                }
            }
        }
        accepted
    }

    /// Where every vote is to be checked, none is left unchecked.
    fn check_votes(&self, state: &TrustedState, position: usize) {
        let signers = state.verified().signers();
        let unchecked = signers.iter().any(|signer| signer.vote == Vote::Unchecked);
        let all = self.options.signatures == SignatureCheck::All;
        assert!(!(signers.is_empty() || all && unchecked), "byte {position}");
    }

    /// Whether the block is the original but for votes that were not checked, or for next validators that were left out.
    fn is_vouched_for(&self, block: &LightBlock, state: &TrustedState) -> bool {
        let vouched = |block: &LightBlock| {
            let votes = state.verified().signers().iter().map(|signer| signer.vote);
            let entries = block.signed_header.commit.signatures.iter().zip(votes);
            let signed: Vec<_> = entries
                .filter(|(_, vote)| *vote == Vote::Signed)
                .map(|(entry, _)| entry.clone())
                .collect();
            let commit = Commit {
                signatures: signed,
                ..block.signed_header.commit.clone()
            };
            (
                block.signed_header.header.clone(),
                commit,
                block.validators.clone(),
            )
        };
        let same_next = block.next_validators.is_none()
            || block.next_validators == self.original.next_validators;
        same_next && vouched(block) == vouched(&self.original)
    }
}

#[test]
fn no_flipped_byte_is_accepted_where_every_vote_is_checked() {
    let members = members(0, 4, 10);
    let to = write::light_block(&Recipe::new(5, &members).block());
    let options = Options {
        signatures: SignatureCheck::All,
        ..Options::default()
    };
    let target = Target::new(&Recipe::new(1, &members).block(), &to, options);
    target.flip_every_byte(&[0x01, 0x08, 0x40]);
}

#[test]
fn flipped_bytes_are_accepted_only_in_votes_that_were_not_needed() {
    let members = members(0, 4, 10);
    let mut recipe = Recipe::new(5, &members);
    recipe.time = at(50_000_000_000);
    let target = Target::new(
        &Recipe::new(1, &members).block(),
        &write::light_block(&recipe.block()),
        Options::default(),
    );
    assert!(target.flip_every_byte(&[0x01, 0x10]) > 0);

    let mut mixed = Recipe::new(5, &crate::common::generate::members(0, 6, 10));
    mixed.votes[1] = BlockIdFlag::Absent;
    let from = Recipe::new(1, &crate::common::generate::members(0, 6, 10)).block();
    Target::new(
        &from,
        &write::light_block(&mixed.block()),
        Options::default(),
    )
    .flip_every_byte(&[0x01, 0x20]);
}

#[test]
fn no_flipped_byte_of_a_recorded_block_of_any_key_type_is_accepted() {
    let blocks = crate::common::chain("v0.40-mixed-keys");
    let options = Options {
        signatures: SignatureCheck::All,
        ..Options::default()
    };
    let target = Target::new(&blocks[2], &write::light_block(&blocks[5]), options);
    assert!(target.accepts(&target.text).is_some());
    // The long texts of ML-DSA keys and signatures are met here and there, everything else at every byte.
    let positions = (0..target.text.len()).filter(|at| !in_long_text(&target.text, *at));
    let long = (0..target.text.len()).filter(|at| in_long_text(&target.text, *at));
    for position in positions.chain(long.step_by(61)) {
        let mut text = target.text.clone();
        text[position] ^= 0x01;
        if let Some((block, state)) = target.accepts(&text) {
            target.check_votes(&state, position);
            assert!(target.is_vouched_for(&block, &state), "byte {position}");
        }
    }
}

/// Whether a byte stands amid at least 300 of base64 on either side together.
fn in_long_text(text: &[u8], at: usize) -> bool {
    let is_base64 = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let before = text[..at].iter().rev().take(300).take_while(is_base64);
    let after = text[at..].iter().take(300).take_while(is_base64);
    before.count() + after.count() >= 300
}

#[test]
fn cut_and_garbled_json_is_an_error_and_never_a_panic() {
    let text = write::light_block(&Recipe::new(5, &members(0, 4, 10)).block())
        .to_string()
        .into_bytes();
    for length in 0..text.len() {
        assert!(json::parse(&text[..length]).is_err());
    }
    for value in [
        "null",
        "[]",
        "{}",
        "0",
        "\"\"",
        "{\"signed_header\":null}",
        "{\"signed_header\":{\"header\":[]}}",
    ] {
        assert!(
            json::light_block(&json::parse(value.as_bytes()).unwrap()).is_err(),
            "{value}"
        );
    }
    // Each value of the document in turn is replaced by something else.
    let document = json::parse(&text).unwrap();
    for path in pointers(&document, String::new()) {
        for other in [
            Value::Null,
            Value::from(-1),
            Value::from(1.5),
            Value::from("é"),
            Value::Array(Vec::new()),
        ] {
            let mut changed = document.clone();
            *changed.pointer_mut(&path).unwrap() = other;
            let _ = json::light_block(&changed);
        }
    }
}

fn pointers(value: &Value, here: String) -> Vec<String> {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (format!("{here}/{name}"), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, value)| (format!("{here}/{index}"), value))
            .collect(),
        _ => Vec::new(),
    };
    let below = children
        .into_iter()
        .flat_map(|(path, value)| pointers(value, path));
    std::iter::once(here.clone()).chain(below).collect()
}
