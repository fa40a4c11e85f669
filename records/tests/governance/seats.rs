//! Who has which power, and what no change of it may do.

use super::*;

#[test]
fn a_validators_key_is_replaced_in_one_step() {
    let mut ledger = ledger();
    assert_eq!(seat(&mut ledger, "tax", &[validator("new", 31)]), "ok");
    let consortium: Consortium = ledger.data("consortium", "main");
    assert_eq!(consortium.power(), 100);
    let tax = consortium.seat("tax").expect("its seat");
    assert_eq!(tax.validators, [validator("new", 31)]);
    ledger.replay_all();
}

#[test]
fn no_change_makes_the_consortium_unsafe() {
    let founding = |id| Validator::new(founding(id), 20);
    let ml_dsa = ValidatorKey::new(KeyType::MlDsa65, &[7; 1952]).expect("a key");
    let cases: [(&str, Vec<Validator>, &str); 6] = [
        ("notary", vec![validator("n", 40)], "one-third-reached"),
        (
            "notary",
            vec![validator("n", 20), validator("m", 20)],
            "one-third-reached",
        ),
        ("notary", vec![validator("n", 0)], "no-power"),
        ("notary", vec![founding("tax")], "validator-known"),
        (
            "notary",
            vec![Validator::new(ml_dsa, 20)],
            "key-type-not-allowed",
        ),
        ("stranger", vec![validator("n", 1)], "unknown-member"),
    ];
    for (member, validators, expected) in cases {
        assert_eq!(seat(&mut ledger(), member, &validators), expected);
    }
    let mut ledger = ledger();
    admit(&mut ledger, "finance");
    assert_eq!(seat(&mut ledger, "finance", &[]), "no-seat");
}

/// *Attack: an organisation takes a second seat under another name, and has with both what it may not have with one.*
#[test]
fn an_organisation_with_two_seats_stays_below_a_third() {
    let mut ledger = ledger();
    let mut second = member("tax-2", &[]);
    second.org = "tax".into();
    let keys = SEATS.map(key);
    let keys: Vec<_> = keys.iter().collect();
    ledger
        .submit("member.admit", ("member", "tax-2"), body(&second), &keys)
        .expect("admitted");
    // 31 + 3 of 103 are less than a third, 31 + 5 of 105 are more.
    assert_eq!(
        seat(&mut ledger, "tax-2", &[validator("t", 5)]),
        "one-third-reached"
    );
    assert_eq!(seat(&mut ledger, "tax-2", &[validator("t", 3)]), "ok");
    assert_eq!(
        seat(&mut ledger, "tax", &[Validator::new(founding("tax"), 33)]),
        "one-third-reached"
    );
    ledger.replay_all();
}

/// *Attack: a new member has a name that looks like another's, or that is read in another order than it is written.*
#[test]
fn a_members_texts_show_what_they_are() {
    let bent: [fn(&mut Member); 4] = [
        |member| member.name = "税务\u{200b}局".into(),
        |member| member.name_en = "Bank\u{202e}xaT".into(),
        |member| member.org = " tax".into(),
        |member| member.roles.push("desk\u{2060}".into()),
    ];
    let mut ledger = ledger();
    let keys = SEATS.map(key);
    let keys: Vec<_> = keys.iter().collect();
    for bend in bent {
        let mut bank = member("bank", &["company"]);
        bend(&mut bank);
        let refused = ledger.refusal("member.admit", ("member", "bank"), body(&bank), &keys);
        assert_eq!(refused, "incomplete-member");
    }
    admit(&mut ledger, "bank");
}

#[test]
fn the_sum_of_all_powers_is_bounded() {
    let most = canonical::MAX_INTEGER.unsigned_abs();
    let mut ledger = ledger();
    let mut power = 31;
    let refused = 'grow: loop {
        for id in SEATS {
            match seat(&mut ledger, id, &[validator(id, power)]) {
                "ok" => {}
                refused => break 'grow refused,
            }
        }
        power = power / 3 * 4;
    };
    assert_eq!(refused, "too-much-power");
    let consortium: Consortium = ledger.data("consortium", "main");
    assert!(consortium.power() <= most && consortium.power() > most / 2);
}

#[test]
fn less_than_a_third_changes_in_one_block() {
    let mut ledger = ledger();
    let (height, time) = (ledger.height, ledger.time);
    assert_eq!(seat(&mut ledger, "notary", &[validator("n", 20)]), "ok");
    (ledger.height, ledger.time) = (height, time);
    assert_eq!(
        seat(&mut ledger, "housing", &[validator("h", 23)]),
        "too-much-at-once"
    );
    (ledger.height, ledger.time) = (height + 1, time + SECOND);
    assert_eq!(seat(&mut ledger, "housing", &[validator("h", 23)]), "ok");
    ledger.replay_all();
}

#[test]
fn blocks_are_signed_by_the_validators_of_two_blocks_before() {
    let mut ledger = ledger();
    ledger.height = 7;
    assert_eq!(seat(&mut ledger, "notary", &[validator("n", 20)]), "ok");
    let signs = |height, key: &ValidatorKey| {
        let consortium = ledger.timeline.consortium_signing(height).expect("founded");
        consortium.seat_at(&key.address()).is_some()
    };
    let (old, new) = (founding("notary"), key("n").public().into());
    for height in [1, 2, 7, 8] {
        assert!(signs(height, &old) && !signs(height, &new), "{height}");
    }
    assert!(!signs(9, &old) && signs(9, &new));
}
