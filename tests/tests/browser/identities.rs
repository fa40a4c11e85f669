//! Identities in a browser that keeps them, and in one that keeps nothing.

use super::Scenario;
use lianyan_tests::Outcome;
use lianyan_tests::browser::{Browser, Device};
use lianyan_tests::lying_node::Lie;
use lianyan_tests::owner;
use lianyan_tests::visitor::Visitor;
use lianyan_tests::world::World;

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "a reload keeps an identity whose file is kept, and no other",
        run: reload,
    },
    Scenario {
        name: "an identity that was removed does not come back",
        run: removed,
    },
    Scenario {
        name: "a browser that stores nothing signs all the same, and says so",
        run: stores_nothing,
    },
    Scenario {
        name: "after a reload nothing else is signed while the first may still be written",
        run: no_alternative,
    },
];

const CARD: &str = "identity-card";
/// The hospital to which a patient grants.
const HOSPITAL: &str = "donghu-hospital";

/// Opens the keys page anew, as after closing and coming back.
fn come_back(visitor: &Visitor) -> Outcome {
    visitor.go("#/keys")?;
    visitor.browser().session().reload()
}

fn reload(world: &World) -> Outcome {
    let visitor = Visitor::new(&world.page())?;
    visitor.go("#/keys")?;
    visitor.see("no-identities")?;
    visitor.press("new-identity")?;
    visitor.fill("identity-name", "我家")?;
    visitor.press("role-owner")?;
    visitor.press("create")?;
    visitor.must_show(CARD, "exported", "false")?;
    come_back(&visitor)?;
    visitor.see("no-identities")?;

    // Some browsers send what is typed to their maker, to have its spelling checked.
    let guarded = "[data-testid=import-text][spellcheck=false]";
    visitor.browser().see(guarded)?;
    visitor.take_identity(&world.identity_file("patient-tao")?)?;
    visitor.must_show(CARD, "stored", "true")?;
    let key = visitor.data(CARD, "key")?;
    come_back(&visitor)?;
    visitor.must_show(CARD, "key", &key)?;
    // What belongs to it is there too: its documents open for this patient alone.
    visitor.go("#/medical")?;
    visitor.data("document", "id").map(drop)
}

fn removed(world: &World) -> Outcome {
    let visitor = Visitor::new(&world.page())?;
    visitor.take_identity(&world.identity_file("patient-tao")?)?;
    visitor.press("forget-fold")?;
    visitor.press("forget")?;
    visitor.see("no-identities")?;
    come_back(&visitor)?;
    visitor.see("no-identities")
}

fn stores_nothing(world: &World) -> Outcome {
    let device = Device {
        stores: false,
        ..Device::default()
    };
    let visitor = Visitor::with(Browser::start(&device, None)?, &world.page())?;
    visitor.take_identity(&world.identity_file("patient-tao")?)?;
    visitor.must_show(CARD, "stored", "false")?;
    visitor.see("not-stored")?;
    visitor.go("#/medical")?;
    visitor.data("document", "id")?;
    visitor.press("new-grant")?;
    visitor.fill("grant-to-other", HOSPITAL)?;
    visitor.press("give")?;
    visitor.must_show("grant", "to", HOSPITAL)?;
    come_back(&visitor)?;
    visitor.see("no-identities")
}

fn no_alternative(world: &World) -> Outcome {
    world.lie(3, &Lie::KeepsBack)?;
    let played = kept_back(world);
    let told = world.lies_told();
    world.lie(0, &Lie::None)?;
    played?;
    if told == 0 {
        return Err("nothing was kept back: nothing was tested".into());
    }
    Ok(())
}

/// Every node takes the ballot and keeps it for later; the owner comes back and wants another.
fn kept_back(world: &World) -> Outcome {
    let vote = world.vote("Hire a new property manager")?;
    let rooms = vote["free_rooms"].as_array().ok_or("no free rooms")?;
    let room = rooms.last().ok_or("no free room is left")?;
    let identity = owner::bind(world.demo(), &vote, room, 200)?;
    let owner = Visitor::new(&world.page())?;
    owner.take_identity(&identity)?;
    cast(&owner, &vote, "choice-for")?;
    owner.browser().until("a ballot that is kept back", |_| {
        Ok((world.lies_told() > 0).then_some(()))
    })?;
    // While it waits, nobody else has to.
    owner.press("recount-start")?;
    owner.must_show("recount", "outcome", "verified")?;
    owner.must_show("act", "state", "sent")?;

    come_back(&owner)?;
    owner.see("pending")?;
    cast(&owner, &vote, "choice-against")?;
    owner.must_show("refusal", "reason", "still-pending")
}

fn cast(owner: &Visitor, vote: &serde_json::Value, choice: &str) -> Outcome {
    owner.go(&owner::route(vote))?;
    owner.press(choice)?;
    owner.press("to-review")?;
    owner.press("sign")
}
