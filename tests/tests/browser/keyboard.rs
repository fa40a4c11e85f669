//! Acting with a keyboard alone: every step is reached, and the focus is never lost on the way.

use super::Scenario;
use super::pages::ENTER;
use lianyan_tests::Outcome;
use lianyan_tests::owner::{bind, route};
use lianyan_tests::visitor::Visitor;
use lianyan_tests::world::World;

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "an owner votes with a keyboard alone, and hears how far it got",
        run: votes,
    },
    Scenario {
        name: "a patient grants and revokes with a keyboard alone, and hears how far it got",
        run: grants_and_revokes,
    },
];

/// WebDriver's words for keys.
const TAB: &str = "\u{e004}";
const SPACE: &str = " ";
/// The seed of the owner here is one that no other scenario uses.
const OWNER: usize = 93;
/// The patient grants to a hospital that no other scenario revokes.
const HOSPITAL: &str = "hospital-group";

/// Goes on from part to part until the one that is looked for has the focus, and shows it.
fn reach(visitor: &Visitor, part: &str) -> Outcome {
    const HERE: &str = "
        const here = document.activeElement;
        const marked = here.closest('label') || here;
        const shown = [here, marked].some(one => getComputedStyle(one).outlineStyle !== 'none');
        return here.matches(arguments[0]) && (shown || 'unseen');
    ";
    visitor.browser().see(part)?;
    let session = visitor.browser().session();
    for _ in 0..60 {
        session.keys(TAB)?;
        let found = session.run(HERE, &[part.into()])?;
        if found == "unseen" {
            return Err(format!("the focus on {part} is not seen").into());
        }
        if found == true {
            return Ok(());
        }
    }
    Err(format!("Tab never reaches {part}").into())
}

/// Presses what has the focus.
fn press(visitor: &Visitor, key: &str) -> Outcome {
    visitor.browser().session().keys(key)
}

/// The button that was pressed is closed: what is said of the act has its focus, and a screen reader listens to it.
fn hears(visitor: &Visitor) -> Outcome {
    const HEARD: &str = "
        const here = document.activeElement;
        return here.getAttribute('role') === 'status' && here.querySelector('[data-testid=act]') !== null;
    ";
    visitor
        .browser()
        .until("the focus on what is said", |session| {
            Ok((session.run(HEARD, &[])? == true).then_some(()))
        })
}

fn votes(world: &World) -> Outcome {
    let vote = world.vote("Repair the outer walls of building 3 from the maintenance fund")?;
    let rooms = vote["free_rooms"].as_array().ok_or("no free rooms")?;
    let room = rooms.iter().rev().nth(1).ok_or("no free room")?;
    let owner = Visitor::new(&world.page())?;
    owner.take_identity(&bind(world.demo(), &vote, room, OWNER)?)?;
    owner.must_show("identity-card", "stored", "true")?;
    owner.go(&route(&vote))?;
    reach(&owner, "[data-testid=choice-for]")?;
    press(&owner, SPACE)?;
    reach(&owner, "[data-testid=to-review]")?;
    press(&owner, ENTER)?;
    reach(&owner, "[data-testid=sign]")?;
    press(&owner, ENTER)?;
    hears(&owner)?;
    owner.must_show("ballot", "choice", "for")?;
    owner.must_show("act", "state", "written")
}

fn grants_and_revokes(world: &World) -> Outcome {
    let patient = Visitor::new(&world.page())?;
    patient.take_identity(&world.identity_file("patient-tao")?)?;
    patient.go("#/medical")?;
    patient.data("document", "id")?;
    reach(&patient, "[data-testid=new-grant] > summary")?;
    press(&patient, ENTER)?;
    reach(&patient, "[data-testid=grant-to-other]")?;
    press(&patient, HOSPITAL)?;
    reach(&patient, "[data-testid=give]")?;
    press(&patient, ENTER)?;
    hears(&patient)?;
    let card = format!("[data-testid=grant][data-to={HOSPITAL}][data-standing=in-force]");
    patient.browser().see(&card)?;
    // From the top again: the card stands above the form.
    patient.go("#/vote")?;
    patient.go("#/medical")?;
    reach(&patient, &format!("{card} [data-testid=revoke]"))?;
    press(&patient, ENTER)?;
    reach(&patient, &format!("{card} [data-testid=revoke-sure]"))?;
    press(&patient, ENTER)?;
    hears(&patient)?;
    patient.must_show("act", "state", "written")
}
