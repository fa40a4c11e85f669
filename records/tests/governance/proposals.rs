//! What members want to do together, and when it is approved.

use super::*;

#[test]
fn a_proposal_passes_with_more_than_two_thirds_and_is_done_once() {
    let mut ledger = ledger();
    let act = act(&ledger, 25);
    let until = ledger.time + MAX_OPEN;
    assert_eq!(propose(&mut ledger, &act, "notary", until), "ok");
    assert_eq!(
        enact(&mut ledger, &act, "tax"),
        "quorum-missing",
        "51 of 100"
    );
    assert_eq!(approve(&mut ledger, &act, "hospital"), "ok");
    assert_eq!(enact(&mut ledger, &act, "hospital"), "quorum-missing", "46");
    assert_eq!(enact(&mut ledger, &act, "stranger"), "quorum-missing", "46");
    assert_eq!(enact(&mut ledger, &act, "tax"), "ok", "77");
    assert_eq!(powers(&ledger)[3], ("notary".into(), 25));
    assert_eq!(seat(&mut ledger, "notary", &[validator("n", 20)]), "ok");
    assert_eq!(
        enact(&mut ledger, &act, "tax"),
        "quorum-missing",
        "a second time"
    );
    ledger.replay_all();
}

#[test]
fn anybody_may_carry_out_what_has_enough_approvals() {
    let mut ledger = ledger();
    let act = act(&ledger, 25);
    let until = ledger.time + MAX_OPEN;
    assert_eq!(propose(&mut ledger, &act, "notary", until), "ok");
    assert_eq!(approve(&mut ledger, &act, "hospital"), "ok");
    assert_eq!(approve(&mut ledger, &act, "housing"), "ok");
    assert_eq!(enact(&mut ledger, &act, "stranger"), "ok", "69 of 100");
    ledger.replay_all();
}

#[test]
fn exactly_two_thirds_are_not_enough() {
    let seats = [("a", 33), ("b", 33), ("c", 17), ("d", 16)];
    let consortium = |powers: &[(&str, u64)]| Consortium {
        barred: None,
        members: powers
            .iter()
            .map(|(id, power)| Seat {
                id: (*id).into(),
                name: (*id).into(),
                name_en: (*id).into(),
                org: (*id).into(),
                validators: vec![validator(id, *power)],
            })
            .collect(),
        key_types: None,
    };
    let agreed = ["a".to_owned(), "b".to_owned()];
    assert!(consortium(&seats).require_two_thirds(&agreed).is_err());
    assert!(consortium(&seats[..3]).require_two_thirds(&agreed).is_ok());
}

#[test]
fn what_counts_is_the_power_when_it_passes() {
    let mut ledger = ledger();
    admit(&mut ledger, "finance");
    assert_eq!(seat(&mut ledger, "finance", &[validator("f", 40)]), "ok");
    // The act's place in the consortium's sequence is the one after the two changes below.
    let mut act = act(&ledger, 25);
    act.seq += 1;
    let until = ledger.time + MAX_OPEN;
    for by in ["tax", "finance"] {
        match by {
            "tax" => assert_eq!(propose(&mut ledger, &act, by, until), "ok"),
            _ => assert_eq!(approve(&mut ledger, &act, by), "ok"),
        }
    }
    assert_eq!(seat(&mut ledger, "finance", &[]), "ok", "it leaves");
    assert_eq!(
        enact(&mut ledger, &act, "hospital"),
        "quorum-missing",
        "57 of 100: the approval of who left counts no more"
    );
    assert_eq!(enact(&mut ledger, &act, "housing"), "quorum-missing", "54");
    assert_eq!(approve(&mut ledger, &act, "hospital"), "ok");
    assert_eq!(enact(&mut ledger, &act, "housing"), "ok", "80");
    ledger.replay_all();
}

#[test]
fn one_member_has_one_approval_and_only_members_with_a_seat_have_one() {
    let mut ledger = ledger();
    admit(&mut ledger, "shop");
    let act = act(&ledger, 25);
    let until = ledger.time + MAX_OPEN;
    assert_eq!(propose(&mut ledger, &act, "shop", until), "no-seat");
    assert_eq!(propose(&mut ledger, &act, "tax", until), "ok");
    assert_eq!(
        propose(&mut ledger, &act, "housing", until),
        "proposal-open"
    );
    assert_eq!(approve(&mut ledger, &act, "tax"), "has-decided");
    assert_eq!(approve(&mut ledger, &act, "shop"), "no-seat");
    let id = act.proposal().expect("an id");
    let forged = Approve {
        by: "housing".into(),
    };
    assert_eq!(
        ledger.refusal(
            "proposal.approve",
            ("proposal", &id),
            body(&forged),
            &[&key("tax")]
        ),
        "not-signed-by-member"
    );
    let proposal: Proposal = ledger.data("proposal", &id);
    assert_eq!(proposal.approvals, ["tax"]);
    ledger.replay_all();
}

/// *Attack: whoever has a member's key for a day approves in its name, and nothing takes that back before the others have joined in.*
#[test]
fn an_approval_is_withdrawn_before_its_proposal_passes_and_not_given_again() {
    let mut ledger = ledger();
    let act = act(&ledger, 25);
    let until = ledger.time + MAX_OPEN;
    let withdraw = |ledger: &mut Ledger, member: &str, by: &str| {
        let body = body(&Approve { by: member.into() });
        let id = act.proposal().expect("an id");
        code(ledger.submit("proposal.withdraw", ("proposal", &id), body, &[&key(by)]))
    };
    assert_eq!(propose(&mut ledger, &act, "tax", until), "ok");
    assert_eq!(
        withdraw(&mut ledger, "hospital", "hospital"),
        "changes-nothing"
    );
    assert_eq!(approve(&mut ledger, &act, "hospital"), "ok");
    assert_eq!(
        withdraw(&mut ledger, "tax", "hospital"),
        "not-signed-by-member"
    );
    assert_eq!(withdraw(&mut ledger, "tax", "tax"), "ok");
    assert_eq!(enact(&mut ledger, &act, "housing"), "quorum-missing", "49");
    assert_eq!(withdraw(&mut ledger, "tax", "tax"), "changes-nothing");
    assert_eq!(approve(&mut ledger, &act, "tax"), "has-decided");
    assert_eq!(approve(&mut ledger, &act, "housing"), "ok");
    assert_eq!(
        enact(&mut ledger, &act, "notary"),
        "ok",
        "69 without the tax"
    );
    ledger.time = until + 1;
    assert_eq!(
        withdraw(&mut ledger, "hospital", "hospital"),
        "proposal-expired"
    );
    ledger.replay_all();
}

#[test]
fn a_proposal_expires_and_may_be_made_again() {
    let mut ledger = ledger();
    let act = act(&ledger, 25);
    let now = ledger.time;
    assert_eq!(propose(&mut ledger, &act, "tax", now), "bad-deadline");
    let late = now + MAX_OPEN + 1;
    assert_eq!(propose(&mut ledger, &act, "tax", late), "bad-deadline");
    let short = now + MIN_OPEN - 1;
    assert_eq!(propose(&mut ledger, &act, "tax", short), "bad-deadline");
    assert_eq!(propose(&mut ledger, &act, "tax", now + MIN_OPEN), "ok");
    assert_eq!(approve(&mut ledger, &act, "hospital"), "ok");
    ledger.time = now + MIN_OPEN + 1;
    assert_eq!(approve(&mut ledger, &act, "housing"), "proposal-expired");
    assert_eq!(enact(&mut ledger, &act, "housing"), "quorum-missing");
    let until = ledger.time + MIN_OPEN;
    assert_eq!(propose(&mut ledger, &act, "housing", until), "ok");
    let proposal: Proposal = ledger.data("proposal", &act.proposal().expect("an id"));
    assert_eq!(proposal.approvals, ["housing"], "old approvals are gone");
    ledger.replay_all();
}

#[test]
fn approvals_of_one_act_serve_no_other() {
    let mut ledger = ledger();
    let (approved, other) = (act(&ledger, 25), act(&ledger, 30));
    let until = ledger.time + MAX_OPEN;
    assert_eq!(propose(&mut ledger, &approved, "tax", until), "ok");
    assert_eq!(approve(&mut ledger, &approved, "hospital"), "ok");
    assert_eq!(enact(&mut ledger, &other, "housing"), "quorum-missing");
    let make = Make {
        act: other,
        by: "tax".into(),
        until,
    };
    let id = act(&ledger, 31).proposal().expect("an id");
    assert_eq!(
        ledger.refusal(
            "proposal.make",
            ("proposal", &id),
            body(&make),
            &[&key("tax")]
        ),
        "other-act"
    );
}
