//! Medical consents: a patient in one browser, a hospital in another.

use super::Scenario;
use lianyan_tests::Outcome;
use lianyan_tests::visitor::Visitor;
use lianyan_tests::world::World;

pub const SCENARIOS: &[Scenario] = &[Scenario {
    name: "a hospital reads what a patient granted, and no more after the revocation",
    run: granted_read_revoked,
}];

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

    ask(&hospital, &document, "yes")?;
    hospital.press("read")?;
    hospital.see("content")?;

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
    reader.must_show("may", "may", answer)
}
