//! Keys of members that lost theirs, or whose keys somebody else has.

use super::*;

#[test]
fn the_consortium_helps_a_member_that_lost_its_keys_and_lets_it_go_without_a_seat() {
    let mut ledger = ledger();
    admit(&mut ledger, "shop");
    let rekey = consortium::Rekey {
        member: "shop".into(),
        keys: vec![key("shop 2").public()],
    };
    let subject = ("member", "shop");
    let keys = ["tax", "hospital", "housing"].map(key);
    let three: Vec<_> = keys.iter().collect();
    let main = ("consortium", "main");
    assert_eq!(
        ledger.refusal(consortium::REKEY, main, body(&rekey), &three[..2]),
        "quorum-missing"
    );
    let alone = Rekey {
        add: rekey.keys.clone(),
        end: vec![key("shop").public()],
        seal_key: None,
    };
    assert_eq!(
        ledger.refusal("member.rekey", subject, body(&alone), &three),
        "not-signed-by-member"
    );
    ledger
        .submit(consortium::REKEY, main, body(&rekey), &three)
        .expect("rekeyed");
    assert_eq!(seat(&mut ledger, "shop", &[validator("s", 5)]), "ok");
    let nothing = canonical::Value::Object(Default::default());
    assert_eq!(
        ledger.refusal("member.leave", subject, nothing.clone(), &three),
        "still-seated"
    );
    assert_eq!(seat(&mut ledger, "shop", &[]), "ok");
    assert_eq!(
        ledger.refusal("member.leave", subject, nothing.clone(), &[&key("shop 2")]),
        "quorum-missing"
    );
    ledger
        .submit("member.leave", subject, nothing, &three)
        .expect("left");
    let shop: Member = ledger.data("member", "shop");
    assert!(shop.keys.iter().all(|key| key.until.is_some()));
    ledger.replay_all();
}

/// What has one approval too few yet: that "shop 2" is the shop's key from now on.
fn proposed_rekey(ledger: &mut Ledger) -> Act {
    let rekey = consortium::Rekey {
        member: "shop".into(),
        keys: vec![key("shop 2").public()],
    };
    let act = Act::of(&ledger.payload(consortium::REKEY, ("consortium", "main"), body(&rekey)));
    let until = ledger.time + MAX_OPEN;
    assert_eq!(propose(ledger, &act, "tax", until), "ok");
    assert_eq!(approve(ledger, &act, "hospital"), "ok");
    act
}

/// *Attack: whoever stole a member's key moves its record on before the others have agreed to end the key, and fills its list of keys for good.*
#[test]
fn a_thief_cannot_hold_up_the_consortium() {
    let mut ledger = ledger();
    admit(&mut ledger, "shop");
    let act = proposed_rekey(&mut ledger);
    let fill = |ledger: &mut Ledger, names: std::ops::Range<usize>, by: &str| {
        let add = names.map(|number| key(&format!("stolen {number}")).public());
        let rekey = Rekey {
            add: add.collect(),
            end: Vec::new(),
            seal_key: None,
        };
        code(ledger.submit(
            "member.rekey",
            ("member", "shop"),
            body(&rekey),
            &[&key(by)],
        ))
    };
    assert_eq!(fill(&mut ledger, 1..MAX_KEYS, "shop"), "ok");
    assert_eq!(fill(&mut ledger, 90..91, "shop"), "incomplete-member");
    assert_eq!(approve(&mut ledger, &act, "housing"), "ok");
    assert_eq!(enact(&mut ledger, &act, "tax"), "ok");
    for stolen in ["shop", "stolen 1"] {
        let refused = fill(&mut ledger, 91..92, stolen);
        assert_eq!(refused, "not-signed-by-member", "{stolen}");
    }
    assert_eq!(fill(&mut ledger, 92..93, "shop 2"), "ok");
    let shop: Member = ledger.data("member", "shop");
    assert!(
        shop.owns(&key("shop").public()),
        "what it signed is its own"
    );
    ledger.replay_all();
}

/// *Attack: the keys that are to come are read in the proposal; whoever stole the old one adds them to the member's and ends them again.*
#[test]
fn a_thief_cannot_use_up_the_keys_that_are_to_come() {
    let mut ledger = ledger();
    admit(&mut ledger, "shop");
    let act = proposed_rekey(&mut ledger);
    let named = vec![key("shop 2").public()];
    for (add, end) in [(named.clone(), vec![]), (vec![], named)] {
        let stolen = body(&Rekey {
            add,
            end,
            seal_key: None,
        });
        ledger
            .submit("member.rekey", ("member", "shop"), stolen, &[&key("shop")])
            .expect("the thief's key counts");
    }
    assert_eq!(approve(&mut ledger, &act, "housing"), "ok");
    assert_eq!(enact(&mut ledger, &act, "tax"), "ok");
    let shop: Member = ledger.data("member", "shop");
    let live = shop.keys.iter().filter(|key| key.until.is_none());
    let live: Vec<_> = live.map(|key| key.key).collect();
    assert_eq!(live, [key("shop 2").public()]);
    ledger.replay_all();
}

/// *Attack: a thief has documents sealed to a key of their own; the member's signing keys are replaced, and patients go on sealing to the thief.*
#[test]
fn nothing_is_sealed_to_a_member_whose_keys_the_consortium_replaced_before_it_says_to_what() {
    let mut ledger = ledger();
    admit(&mut ledger, "shop");
    let subject = ("member", "shop");
    let seal = |seal_key: &str| {
        body(&Rekey {
            add: vec![],
            end: vec![],
            seal_key: Some(seal_key.into()),
        })
    };
    let sealing = |ledger: &Ledger| ledger.data::<Member>("member", "shop").seal_key;
    let seals = |ledger: &mut Ledger, seal_key: &str, by: &str| {
        code(ledger.submit("member.rekey", subject, seal(seal_key), &[&key(by)]))
    };
    assert_eq!(
        seals(&mut ledger, "thief", "stranger"),
        "not-signed-by-member"
    );
    assert_eq!(seals(&mut ledger, "thief", "shop"), "ok");
    assert_eq!(sealing(&ledger), "thief");
    let rekey = consortium::Rekey {
        member: "shop".into(),
        keys: vec![key("shop 2").public()],
    };
    let keys = SEATS.map(key);
    let keys: Vec<_> = keys.iter().collect();
    ledger
        .submit(
            consortium::REKEY,
            ("consortium", "main"),
            body(&rekey),
            &keys,
        )
        .expect("rekeyed");
    assert_eq!(sealing(&ledger), "");
    assert_eq!(seals(&mut ledger, "own", "shop 2"), "ok");
    assert_eq!(sealing(&ledger), "own");
    let too_long = "A".repeat(1625);
    assert_eq!(seals(&mut ledger, &too_long, "shop 2"), "incomplete-member");
    ledger.replay_all();
}
