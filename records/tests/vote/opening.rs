//! Opening and extending a vote.

use crate::community::{
    AREAS, DAY, VOTE, body, code, ledger, open, opening, roster, voting, voting_with,
};
use records::{
    kinds::vote::{Choice, Extension, Matter, Open, Thresholds},
    testing::key,
};

/// A change to an opening, and the code that refuses it.
type Case = (&'static str, fn(&mut Open), &'static str);

#[test]
fn opening_needs_the_convener_and_two_members_of_other_organisations() {
    let cases: [Case; 6] = [
        (
            "one organisation",
            |open| open.stated_by = ["street", "street-2"].map(String::from),
            "same-organisation",
        ),
        (
            "one member twice",
            |open| open.stated_by = ["street", "street"].map(String::from),
            "same-organisation",
        ),
        (
            "the convener's own desk",
            |open| open.stated_by = ["street", "committee-desk"].map(String::from),
            "own-cause",
        ),
        (
            "the convener itself",
            |open| {
                open.convener = "committee-too".into();
                open.stated_by = ["street", "committee-too"].map(String::from);
            },
            "own-cause",
        ),
        (
            "another role",
            |open| open.stated_by = ["street", "committee"].map(String::from),
            "role-missing",
        ),
        (
            "a convener without the role",
            |open| open.convener = "lawyer".into(),
            "role-missing",
        ),
    ];
    for (why, change, expected) in cases {
        let (mut ledger, roster) = (ledger(), roster(&AREAS));
        let mut opening = opening(&ledger, &roster);
        change(&mut opening);
        assert_eq!(code(open(&mut ledger, &opening)), expected, "{why}");
    }
    for absent in 0..3 {
        let (mut ledger, roster) = (ledger(), roster(&AREAS));
        let opening = opening(&ledger, &roster);
        let keys = ["committee", "street", "housing"].map(key);
        let signers: Vec<_> = keys
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != absent)
            .map(|(_, key)| key)
            .collect();
        assert_eq!(
            ledger.refusal("vote.open", ("vote", VOTE), body(&opening), &signers),
            "not-signed-by-member"
        );
    }
}

#[test]
fn an_opening_has_sound_times_shares_and_names() {
    let cases: [Case; 11] = [
        (
            "closes first",
            |open| open.closes = open.opens,
            "bad-voting-time",
        ),
        (
            "too long",
            |open| open.closes = open.opens + 367 * DAY,
            "bad-voting-time",
        ),
        (
            "times overflow",
            |open| open.opens = i64::MIN,
            "bad-voting-time",
        ),
        (
            "in the past",
            |open| open.opens -= 2 * DAY,
            "opens-in-the-past",
        ),
        (
            "the law's shares configured away",
            |open| open.rules.thresholds = Some(Thresholds::LENDERS),
            "bad-thresholds",
        ),
        (
            "lenders without shares",
            |open| open.matter = Matter::Lenders,
            "bad-thresholds",
        ),
        ("no title", |open| open.title.clear(), "incomplete-vote"),
        (
            "a title that is read backwards",
            |open| open.title = "同意\u{202e}对反\u{202c}维修".into(),
            "incomplete-vote",
        ),
        (
            "a title that looks like another",
            |open| open.title.push('\u{200b}'),
            "incomplete-vote",
        ),
        ("nobody", |open| open.roster.heads = 0, "incomplete-vote"),
        (
            "a dot in the community",
            |open| open.community = "a.b".into(),
            "incomplete-vote",
        ),
    ];
    for (why, change, expected) in cases {
        let (mut ledger, roster) = (ledger(), roster(&AREAS));
        let mut opening = opening(&ledger, &roster);
        change(&mut opening);
        assert_eq!(code(open(&mut ledger, &opening)), expected, "{why}");
    }
}

#[test]
fn a_vote_opens_once() {
    let mut community = voting();
    let again = opening(&community.ledger, &community.roster);
    assert_eq!(code(open(&mut community.ledger, &again)), "record-exists");
}

#[test]
fn an_extension_comes_once_before_the_end_and_only_while_participation_is_short() {
    let mut community = voting();
    for index in 0..6 {
        community.cast(index, Choice::For).expect("cast");
    }
    let closes = community.vote().closes;
    for bad in [
        closes,
        closes - 1,
        closes + 89 * DAY + 1,
        i64::MAX,
        i64::MIN,
    ] {
        assert_eq!(code(community.extend(bad)), "bad-voting-time");
    }
    community
        .extend(closes + 89 * DAY)
        .expect("six of ten are short of two thirds");
    let vote = community.vote();
    assert_eq!(
        (vote.extended_from, vote.closes),
        (Some(closes), closes + 89 * DAY)
    );
    assert_eq!(code(community.extend(vote.closes + DAY)), "not-extensible");
    community.ledger.time = closes + DAY;
    community.cast(6, Choice::For).expect("in the extension");
    community.ledger.replay_all();
}

#[test]
fn nothing_is_extended_after_its_end_or_with_enough_participation_or_against_the_rules() {
    let mut community = voting();
    let closes = community.vote().closes;
    community.ledger.time = closes;
    assert_eq!(code(community.extend(closes + DAY)), "not-open");

    let mut community = voting();
    for index in 0..7 {
        community.cast(index, Choice::Abstain).expect("cast");
    }
    assert_eq!(
        code(community.extend(closes + DAY)),
        "participation-reached"
    );

    let mut community = voting_with(&AREAS, |open| open.rules.extension = Extension::None);
    assert_eq!(code(community.extend(closes + DAY)), "not-extensible");
}
