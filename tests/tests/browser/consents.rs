//! Medical consents: a patient in one browser, a hospital in another.

use super::Scenario;
use super::members;
use super::pages::{ENTER, KEEP_COPIES};
use lianyan_tests::Outcome;
use lianyan_tests::visitor::Visitor;
use lianyan_tests::webdriver::Session;
use lianyan_tests::world::World;
use records::kinds::consent::document::Recover;
use records::{RecordName, SecretKey};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "a hospital reads what a patient granted, and no more after the revocation",
        run: granted_read_revoked,
    },
    Scenario {
        name: "an emergency reading is always possible, always visible, and reviewed by the patient",
        run: emergency,
    },
    Scenario {
        name: "whom a patient denies may not read until the denial is lifted",
        run: denied,
    },
    Scenario {
        name: "an emergency reading is reviewed by who has that office, and by nobody else who reads",
        run: reviewed,
    },
    Scenario {
        name: "a patient is told of a key that others put in the place of hers, and vetoes it on the page of her keys, once",
        run: vetoed,
    },
];

/// The hospital that the patient chooses.
const HOSPITAL: &str = "donghu-hospital";

fn granted_read_revoked(world: &World) -> Outcome {
    let patient = Visitor::new(&world.page())?;
    patient.take_identity(&world.identity_file("patient-tao")?)?;
    patient.go("#/medical")?;
    let document = patient.data("document", "id")?;

    let hospital = Visitor::new(&world.page())?;
    hospital.take_identity(&world.identity_file(HOSPITAL)?)?;
    ask(&hospital, &document, "no")?;

    // A hospital has written something new about this patient; nothing of it is shared before the patient says so.
    patient.press("confirm")?;
    patient.must_show("act", "state", "written")?;
    patient.must_not_show("document", "status", "proposed")?;

    patient.press("new-grant")?;
    patient.fill("grant-to-other", HOSPITAL)?;
    patient.press("give")?;
    patient.must_show("grant", "to", HOSPITAL)?;
    // What became of it is told until something else is wished for.
    let told = "[data-testid=new-grant] [data-state=written]";
    patient.browser().see(told)?;
    patient.fill("grant-note", "x")?;
    patient
        .browser()
        .until("an end of what was told", |session| {
            Ok(session.all(told)?.is_empty().then_some(()))
        })?;

    ask(&hospital, &document, "yes")?;
    hospital.press("read")?;
    hospital.see("content")?;
    patient.must_show("entry", "event", "read.done")?;

    patient.browser().press(&format!(
        "[data-testid=grant][data-to={HOSPITAL}] [data-testid=revoke]"
    ))?;
    patient.press("revoke-sure")?;
    patient.must_show("grant", "standing", "revoked")?;

    ask(&hospital, &document, "no")
}

/// Asks on the reader's page whether this document may be read.
fn ask(reader: &Visitor, document: &str, answer: &str) -> Outcome {
    reader.go("#/medical")?;
    reader.press("as-reader")?;
    reader.fill("document-id", document)?;
    reader.press("may-i")?;
    reader.must_show("may", "may", answer)?;
    // What was asked is answered first.
    let first = reader.browser().session().run(ANSWERED_FIRST, &[])?;
    match first == true {
        true => Ok(()),
        false => Err("the answer stands below what it rests on".into()),
    }
}

const ANSWERED_FIRST: &str = "
    const [answer, verdict] = ['may', 'verdict'].map(id => document.querySelector(`[data-testid=${id}]`));
    return Boolean(answer.compareDocumentPosition(verdict) & Node.DOCUMENT_POSITION_FOLLOWING);";

/// Another hospital, which nobody has permitted anything.
const STRANGER: &str = "mingzhu-eye-hospital";

fn patient(world: &World) -> Outcome<(Visitor, String)> {
    let patient = Visitor::new(&world.page())?;
    patient.take_identity(&world.identity_file("patient-tao")?)?;
    patient.go("#/medical")?;
    let document = patient.data("document", "id")?;
    Ok((patient, document))
}

fn stranger(world: &World) -> Outcome<Visitor> {
    let stranger = Visitor::new(&world.page())?;
    stranger.take_identity(&world.identity_file(STRANGER)?)?;
    Ok(stranger)
}

/// With a character that turns around what follows it.
const REASON: &str = "急性心梗\u{202e}，昏迷送院";

/// A hospital that was granted nothing reads, and it is written down.
fn reads_in_emergency(world: &World, document: &str) -> Outcome<Visitor> {
    let stranger = stranger(world)?;
    ask(&stranger, document, "no")?;
    unfold(&stranger)?;
    stranger.fill("emergency-reason", REASON)?;
    stranger.press("emergency")?;
    stranger.must_show("act", "state", "written")?;
    Ok(stranger)
}

fn emergency(world: &World) -> Outcome {
    let (patient, document) = patient(world)?;
    let stranger = reads_in_emergency(world, &document)?;
    patient.must_show("entry", "event", "read.emergency")?;
    // Why, only who is handed the hospital's link can read.
    let session = stranger.browser().session();
    session.run(KEEP_COPIES, &[])?;
    stranger.press("hand-reason")?;
    let link = session.run("return window.copied || ''", &[])?;
    let link = link.as_str().unwrap_or_default();
    patient.fill("reason-link", &format!("{link}{ENTER}"))?;
    let told = patient.browser().text("[data-testid=reason]")?;
    if !told.contains(&REASON.replace('\u{202e}', "\u{fffd}")) {
        return Err(format!("`{link}` tells the patient: {told}").into());
    }
    patient.browser().press(REVIEW)?;
    patient.must_show("entry", "event", "read.review")?;
    nothing_to_review(&patient)?;
    // It opened nothing: the next reading needs a permission again.
    ask(&stranger, &document, "no")
}

/// The commission whose office it is to review emergency readings.
const REVIEWER: &str = "health-commission";

fn reviewed(world: &World) -> Outcome {
    let (_, document) = patient(world)?;
    let stranger = reads_in_emergency(world, &document)?;

    let reviewer = Visitor::new(&world.page())?;
    reviewer.take_identity(&world.identity_file(REVIEWER)?)?;
    ask(&reviewer, &document, "no")?;
    reviewer.browser().press(REVIEW)?;
    reviewer.must_show("act", "state", "written")?;
    nothing_to_review(&reviewer)?;
    if !stranger.browser().session().all(REVIEW)?.is_empty() {
        return Err("who read is offered to review it".into());
    }
    Ok(())
}

const REVIEW: &str = "[data-testid=review-read] button";

fn nothing_to_review(visitor: &Visitor) -> Outcome {
    let none = |session: &Session| Ok(session.all(REVIEW)?.is_empty().then_some(()));
    visitor.browser().until("the end of the review", none)
}

fn denied(world: &World) -> Outcome {
    let (patient, document) = patient(world)?;
    let stranger = stranger(world)?;
    unfold(&patient)?;
    patient
        .browser()
        .press("[data-testid=sight] [data-at='1']")?;
    patient.fill("grant-to-other", STRANGER)?;
    patient.press("give")?;
    patient.must_show("denied", "member", STRANGER)?;
    ask(&stranger, &document, "denied")?;
    // Each document says by itself whom it denies.
    let lift = format!("[data-testid=denied][data-member={STRANGER}] [data-testid=allow]");
    let mut left = patient.browser().session().all(&lift)?.len();
    while left > 0 {
        patient.browser().press(&lift)?;
        left -= 1;
        patient.browser().until("one denial less", |session| {
            Ok((session.all(&lift)?.len() <= left).then_some(()))
        })?;
    }
    patient.must_not_show("denied", "member", STRANGER)?;
    ask(&stranger, &document, "no")
}

/// Two organisations whose desks vouch for keys.
const DESKS: [&str; 2] = ["notary-office", "street-office"];

fn vetoed(world: &World) -> Outcome {
    let patient = Visitor::new(&world.page())?;
    patient.take_identity(&world.identity_file("patient-shen")?)?;
    patient.go("#/medical")?;
    let document = patient.data("document", "id")?;
    patient.must_not_show("recovery", "stage", "open")?;
    usurp(world, &document, &[])?;
    patient.go("#/keys")?;
    patient.must_show("recovery", "stage", "open")?;
    // Nobody reads meanwhile, whatever was granted.
    let hospital = Visitor::new(&world.page())?;
    hospital.take_identity(&world.identity_file(HOSPITAL)?)?;
    ask(&hospital, &document, "waits")?;
    // Who vouches is named; the new key signed as well, and is nobody's word.
    let told = patient.browser().text("[data-testid=recovery]")?;
    if !told.contains("江滨市公证处") || told.contains("患者") {
        return Err(format!("who vouches for the new key is not told: {told}").into());
    }
    patient.press("veto")?;
    patient.press("veto-sure")?;
    patient.must_show("act", "state", "written")?;
    patient.must_not_show("recovery", "stage", "open")?;
    patient.go("#/medical")?;
    patient.must_show("entry", "event", "document.veto")?;

    // Once more it takes the hospital too, and is told without a veto that nobody could make.
    let name = RecordName::new("document", &document).ok_or("no record's name")?;
    let state = members::state(world, &name)?;
    let hospital = state["data"]["hospital"].as_str().ok_or("no hospital")?;
    usurp(world, &document, &[hospital])?;
    patient.go("#/keys")?;
    patient.must_show("recovery", "stage", "last")?;
    let vetoes = patient.browser().session().all("[data-testid=veto]")?;
    if !vetoes.is_empty() {
        return Err("a second veto is offered".into());
    }
    Ok(())
}

/// Two desks, and these besides, put a key of their own in the place of the patient's.
fn usurp(world: &World, document: &str, besides: &[&str]) -> Outcome {
    let name = RecordName::new("document", document).ok_or("no record's name")?;
    let state = members::state(world, &name)?;
    let new = SecretKey::from_seed(&[66; 32]);
    let lost = state["data"]["patient"].as_str().unwrap_or_default();
    let body = Recover {
        by: DESKS.map(String::from),
        key: new.public(),
        lost: lost.parse().map_err(|_| "no patient's key")?,
    };
    let members = DESKS.iter().chain(besides);
    let mut keys: Vec<SecretKey> = members.map(|id| node::demo::member_key(id)).collect();
    keys.push(new);
    let keys: Vec<&SecretKey> = keys.iter().collect();
    members::write(world, ("document.recover", name), &body, &keys)
}

/// Opens whatever is folded away.
fn unfold(visitor: &Visitor) -> Outcome {
    const OPEN: &str = "document.querySelectorAll('details').forEach(one => { one.open = true; })";
    visitor.browser().session().run(OPEN, &[]).map(drop)
}
