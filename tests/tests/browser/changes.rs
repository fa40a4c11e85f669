//! A record that changes while it is on a screen: proven anew there, without a reload, and the change is said.

use super::Scenario;
use super::following::{must_listen, piped};
use super::members;
use super::votes;
use lianyan_tests::Outcome;
use lianyan_tests::lying_node::Lie;
use lianyan_tests::owner::{bind, route};
use lianyan_tests::visitor::Visitor;
use lianyan_tests::world::World;
use records::hash::sha256;
use records::kinds::invoice::Red;
use records::{Digest, RecordName};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "a revocation is seen on the screen of another browser without a reload, at the word of a node",
        run: revoked,
    },
    Scenario {
        name: "an invoice on the screen is seen to be red-flushed by its issuer",
        run: red_flushed,
    },
    Scenario {
        name: "an open vote on the screen counts a ballot that another owner casts",
        run: counted,
    },
    Scenario {
        name: "a verdict on the screen loses its tick once its header is too old and no node gives a newer one, and keeps its record",
        run: grows_old,
    },
    Scenario {
        name: "a ballot that nobody proves says why, and is proven by itself once the nodes answer again",
        run: asked_again,
    },
];

/// The hospital that the patient chooses here; other scenarios choose another one.
const HOSPITAL: &str = "mingzhu-eye-hospital";
/// Seconds for which a header is fresh here: a few blocks.
const FRESH: u64 = 12;
/// The seeds of the owners here are ones that no other scenario uses.
const OWNER: usize = 77;
const TWO_OWNERS: [usize; 2] = [78, 79];

fn revoked(world: &World) -> Outcome {
    let patient = Visitor::new(&world.page())?;
    patient.take_identity(&world.identity_file("patient-tao")?)?;
    patient.go("#/medical")?;
    patient.data("document", "id")?;
    patient.press("new-grant")?;
    patient.fill("grant-to-other", HOSPITAL)?;
    patient.press("give")?;
    let card = format!("[data-testid=grant][data-to={HOSPITAL}][data-standing=in-force]");
    let id = patient
        .browser()
        .until("the grant", |session| match session.all(&card)?.first() {
            Some(card) => session.attribute(card, "data-id"),
            None => Ok(None),
        })?;

    let (site, pipes) = piped(world)?;
    let other = Visitor::new(&site.address())?;
    other.go(&format!("#/r/grant/{id}"))?;
    other.must_show("verdict", "headline", "grant-active")?;
    must_listen(other.browser(), &pipes, 1)?;
    patient
        .browser()
        .press(&format!("{card} [data-testid=revoke]"))?;
    patient
        .browser()
        .press(&format!("{card} [data-testid=revoke-sure]"))?;
    other.must_show("verdict", "headline", "grant-revoked")?;
    other.must_show("changed", "event", "grant.revoke")
}

fn red_flushed(world: &World) -> Outcome {
    let link = world.invoice("red-part")?;
    let visitor = Visitor::new(&world.page())?;
    visitor.check(&link)?;
    visitor.must_show("verdict", "headline", "invoice-red-part")?;
    red_flush(world, id_in(&link)?)?;
    visitor.must_show("verdict", "headline", "invoice-red-flushed")?;
    visitor.must_show("changed", "event", "invoice.red")
}

/// The record's id in a link.
fn id_in(link: &str) -> Outcome<&str> {
    let id = link
        .split("/r/invoice/")
        .nth(1)
        .ok_or("no invoice's link")?;
    Ok(id.split(['?', '/', '#']).next().unwrap_or(id))
}

/// The issuer takes back the whole invoice, at a node.
fn red_flush(world: &World, id: &str) -> Outcome {
    let name = RecordName::new("invoice", id).ok_or("no record's name")?;
    let state = members::state(world, &name)?;
    let issuer = state["data"]["issuer"].as_str().ok_or("no issuer")?;
    let body = Red {
        issuer: issuer.into(),
        whole: 1,
        id: format!("2644{}", "0".repeat(16)),
        root: Digest(sha256(&[b"the red invoice's fields"])),
        prints: Vec::new(),
        portal: None,
    };
    let key = node::demo::member_key(issuer);
    members::write(world, ("invoice.red", name), &body, &[&key])
}

fn counted(world: &World) -> Outcome {
    let vote = world.vote("Repair the outer walls of building 3 from the maintenance fund")?;
    let room = vote["free_rooms"]
        .as_array()
        .and_then(|rooms| rooms.first());
    let room = room.ok_or("no free room")?;
    let watching = Visitor::new(&world.page())?;
    let (part, whole) = votes::heads(&vote, &watching)?;
    votes::cast(world, &vote, room, OWNER)?;
    watching.must_show("changed", "event", "ballot.cast")?;
    match votes::counted(&watching)? {
        after if after == (part + 1, whole) => Ok(()),
        after => Err(format!("{after:?} heads are shown, not {} of {whole}", part + 1).into()),
    }
}

fn grows_old(world: &World) -> Outcome {
    let site = world.page_whose_chain(|chain| chain["fresh_seconds"] = FRESH.into())?;
    let visitor = Visitor::new(&site.address())?;
    visitor
        .check(&world.invoice("genuine-link")?)?
        .must_be("verified")?;
    world.lie(3, &Lie::CutConnection)?;
    let old = visitor.must_show("verdict", "headline", "life-cycle-stale");
    let seen = visitor.verdict();
    let record = visitor.see("fields");
    world.lie(0, &Lie::None)?;
    old?;
    record?;
    let seen = seen?;
    seen.must_be("not-established")?;
    seen.must_have("life-cycle", "not-established")?;
    visitor.must_show("verdict", "outcome", "verified")
}

fn asked_again(world: &World) -> Outcome {
    let vote = world.vote("Repair the outer walls of building 3 from the maintenance fund")?;
    let rooms = vote["free_rooms"].as_array().ok_or("no free rooms")?;
    let visitor = Visitor::new(&world.page())?;
    for (place, owner) in TWO_OWNERS.into_iter().enumerate() {
        let room = rooms.get(place + 1).ok_or("no free room")?;
        if place > 0 {
            visitor.press("import-identity")?;
        }
        visitor.take_identity(&bind(world.demo(), &vote, room, owner)?)?;
        let wanted = place + 1;
        visitor.browser().until("the identity", |session| {
            let cards = session.all("[data-testid=identity-card][data-stored=true]")?;
            Ok((cards.len() == wanted).then_some(()))
        })?;
    }
    visitor.go(&route(&vote))?;
    visitor.must_show("ballot", "outcome", "verified")?;
    world.lie(3, &Lie::CutConnection)?;
    visitor.browser().session().run(THE_OTHER, &[])?;
    let open = visitor.must_show("ballot", "outcome", "not-established");
    let said = visitor
        .browser()
        .text("[data-testid=my-ballot] [data-testid=doubt]");
    world.lie(0, &Lie::None)?;
    open?;
    let said = said?;
    if !said.contains("没有取到") {
        return Err(format!("it is not said why: {said}").into());
    }
    visitor.must_show("ballot", "outcome", "verified")
}

/// Another identity is chosen.
const THE_OTHER: &str = "
    const choice = document.querySelector('[data-testid=identity]');
    choice.selectedIndex = 1 - choice.selectedIndex;
    choice.dispatchEvent(new Event('change', {bubbles: true}));
";
