//! Keys of members that lost theirs, or whose keys somebody else has.

use super::*;

/// That this key is the shop's from now on.
fn renewed(name: &str) -> consortium::Rekey {
    consortium::Rekey {
        key: key(name).public(),
        member: "shop".into(),
    }
}

/// Hands in the act of [`proposed_rekey`], as the one who has the new key does.
fn renew(ledger: &mut Ledger) -> &'static str {
    let main = ("consortium", "main");
    code(ledger.submit(
        consortium::REKEY,
        main,
        body(&renewed("shop 2")),
        &[&key("shop 2")],
    ))
}

#[test]
fn the_consortium_helps_a_member_that_lost_its_keys_and_lets_it_go_without_a_seat() {
    let mut ledger = ledger();
    admit(&mut ledger, "shop");
    let rekey = renewed("shop 2");
    let subject = ("member", "shop");
    let keys = ["tax", "hospital", "housing"].map(key);
    let three: Vec<_> = keys.iter().collect();
    let main = ("consortium", "main");
    assert_eq!(
        ledger.refusal(consortium::REKEY, main, body(&rekey), &three[..2]),
        "quorum-missing"
    );
    assert_eq!(
        ledger.refusal(consortium::REKEY, main, body(&rekey), &three),
        "not-signed-by-key"
    );
    let alone = Rekey {
        add: vec![rekey.key],
        end: vec![key("shop").public()],
        seal_key: None,
    };
    assert_eq!(
        ledger.refusal("member.rekey", subject, body(&alone), &three),
        "not-signed-by-member"
    );
    let new = key("shop 2");
    let four = [&three[..], &[&new]].concat();
    ledger
        .submit(consortium::REKEY, main, body(&rekey), &four)
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

/// *Attack: a made-up entry in a log says that the consortium replaced a member's keys; whoever replays one of the two records alone believes it.*
#[test]
fn neither_record_believes_that_the_consortium_replaced_keys_without_its_quorum() {
    let mut ledger = ledger();
    admit(&mut ledger, "shop");
    let thief = key("shop 2");
    let main = ("consortium", "main");
    let payload = ledger.payload(consortium::REKEY, main, body(&renewed("shop 2")));
    let forged = payload.sign(&[&thief, &key("tax")]).expect("encodes");
    let forged = forged.encode();
    let entry = records::log::Entry {
        height: ledger.height,
        time: ledger.time,
        envelope: &forged,
    };
    for (kind, id) in [main, ("member", "shop")] {
        let mut log = ledger.log(kind, id).to_vec();
        log.push(entry.encode());
        let Err(records::Fault::Stopped(1, Stop::Refused(refusal))) = ledger.replay(kind, id, &log)
        else {
            panic!("{kind} believes it");
        };
        assert_eq!(refusal.code, "quorum-missing", "{kind}");
    }
}

/// Adds these to the shop's keys with one of its own; signed by the new ones too, or not.
fn add(ledger: &mut Ledger, by: &str, new: &[&SecretKey], agreed: bool) -> &'static str {
    let rekey = Rekey {
        add: new.iter().map(|key| key.public()).collect(),
        end: Vec::new(),
        seal_key: None,
    };
    let by = key(by);
    let mut signers = vec![&by];
    signers.extend(new.iter().filter(|_| agreed));
    code(ledger.submit("member.rekey", ("member", "shop"), body(&rekey), &signers))
}

/// *Attack: whoever stole one key of a member puts somebody else's into its record: what that one signs counts as the member's, and the other is
/// taken for a member.*
#[test]
fn nobodys_key_becomes_a_members_without_its_holder() {
    let mut ledger = ledger();
    admit(&mut ledger, "shop");
    let (tax, own) = (key("tax"), key("shop 2"));
    assert_eq!(
        add(&mut ledger, "shop", &[&tax], false),
        "not-signed-by-key"
    );
    assert_eq!(
        add(&mut ledger, "shop", &[&own, &tax], false),
        "not-signed-by-key"
    );
    assert_eq!(
        add(&mut ledger, "stranger", &[&own], true),
        "not-signed-by-member"
    );
    assert_eq!(add(&mut ledger, "shop", &[&own], true), "ok");
    assert_eq!(add(&mut ledger, "shop", &[&own], true), "key-known");
    ledger.replay_all();
}

/// What has one approval too few yet: that "shop 2" is the shop's key from now on.
fn proposed_rekey(ledger: &mut Ledger) -> Act {
    let rekey = renewed("shop 2");
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
        let new: Vec<_> = names
            .map(|number| key(&format!("stolen {number}")))
            .collect();
        add(ledger, by, &new.iter().collect::<Vec<_>>(), true)
    };
    for first in (1..MAX_KEYS).step_by(15) {
        let last = MAX_KEYS.min(first + 15);
        assert_eq!(fill(&mut ledger, first..last, "shop"), "ok");
    }
    assert_eq!(fill(&mut ledger, 90..91, "shop"), "incomplete-member");
    assert_eq!(approve(&mut ledger, &act, "housing"), "ok");
    assert_eq!(enact(&mut ledger, &act, "tax"), "not-signed-by-key");
    assert_eq!(renew(&mut ledger), "ok");
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

/// *Attack: the key that is to come is read in the proposal; whoever stole the old one adds it to the member's and ends it again.*
#[test]
fn a_thief_cannot_use_up_the_key_that_is_to_come() {
    let mut ledger = ledger();
    admit(&mut ledger, "shop");
    let act = proposed_rekey(&mut ledger);
    let refused = add(&mut ledger, "shop", &[&key("shop 2")], false);
    assert_eq!(refused, "not-signed-by-key");
    assert_eq!(approve(&mut ledger, &act, "housing"), "ok");
    assert_eq!(renew(&mut ledger), "ok");
    let shop: Member = ledger.data("member", "shop");
    let live = shop.keys.iter().filter(|key| key.until.is_none());
    let live: Vec<_> = live.map(|key| key.key).collect();
    assert_eq!(live, [key("shop 2").public()]);
    ledger.replay_all();
}

/// *Attack: whoever has one key of a member writes without end into the log that everybody reads who wants to know who signed something.*
#[test]
fn a_members_log_does_not_grow_without_end() {
    let mut ledger = ledger();
    admit(&mut ledger, "shop");
    let alone = |seal_key: Option<&str>| {
        body(&Rekey {
            add: vec![],
            end: vec![],
            seal_key: seal_key.map(Into::into),
        })
    };
    let subject = ("member", "shop");
    for (seal_key, refused) in [(None, "changes-nothing"), (Some("x"), "malformed-body")] {
        let body = alone(seal_key);
        assert_eq!(
            ledger.refusal("member.rekey", subject, body, &[&key("shop")]),
            refused
        );
    }
    assert_eq!(ledger.log("member", "shop").len(), 1);
}

/// *Attack: a thief has documents sealed to a key of their own; the member's signing keys are replaced, and patients go on sealing to the thief.*
#[test]
fn nothing_is_sealed_to_a_member_whose_keys_the_consortium_replaced_before_it_says_to_what() {
    let mut ledger = ledger();
    admit(&mut ledger, "shop");
    let subject = ("member", "shop");
    let sealing = |ledger: &Ledger| ledger.data::<Member>("member", "shop").seal_key;
    let seals = |ledger: &mut Ledger, seal_key: &str, by: &str| {
        let new = key(&format!("{by}, who seals to {seal_key}"));
        let rekey = Rekey {
            add: vec![new.public()],
            end: vec![],
            seal_key: Some(seal_key.into()),
        };
        code(ledger.submit("member.rekey", subject, body(&rekey), &[&key(by), &new]))
    };
    assert_eq!(
        seals(&mut ledger, "thief", "stranger"),
        "not-signed-by-member"
    );
    assert_eq!(seals(&mut ledger, "thief", "shop"), "ok");
    assert_eq!(sealing(&ledger), "thief");
    let rekey = renewed("shop 2");
    let keys = [SEATS.map(key).to_vec(), vec![key("shop 2")]].concat();
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
