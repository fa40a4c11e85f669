//! Keys that are replaced: an owner's by others, in the home and in the votes that run; a patient's that was lost, with two desks.

use super::Scenario;
use super::members;
use super::pages::ENTER;
use lianyan_tests::Outcome;
use lianyan_tests::owner::{bind, route};
use lianyan_tests::visitor::Visitor;
use lianyan_tests::world::World;
use records::canonical;
use records::kinds::ballot::Seat;
use records::kinds::room::{self, Bind, REBIND_DELAY};
use records::{RecordName, SecretKey};
use serde_json::{Value, json};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "an owner is told of a key that others put in the place of hers, and vetoes it on the page of the vote, once",
        run: room_vetoed,
    },
    Scenario {
        name: "an owner whose key the roster alone has is told of another that comes in its place, and keeps it by voting",
        run: ballot_defended,
    },
    Scenario {
        name: "who lost the key of a record gets a new one from two desks, each in a browser of its own",
        run: recovered,
    },
];

/// Two organisations whose desks vouch for keys.
const DESKS: [&str; 2] = ["notary-office", "street-office"];
/// Who vouches besides, once one was vetoed.
const REGULATOR: &str = "property-regulator";
/// The seed of the owner here is one that no other scenario uses.
const OWNER: usize = 90;
/// A block is made by then, in nanoseconds: the way into force is counted from it.
const SOON: i64 = 3_600_000_000_000;

fn room_vetoed(world: &World) -> Outcome {
    let vote = world.vote("Repair the outer walls of building 3 from the maintenance fund")?;
    let rooms = vote["free_rooms"].as_array().ok_or("no free rooms")?;
    let place = rooms.last().ok_or("no free room")?;
    let identity = bind(world.demo(), &vote, place, OWNER)?;
    let seat = seat(&identity, None)?;
    let owner = Visitor::new(&world.page())?;
    owner.take_identity(&identity)?;
    owner.must_show("identity-card", "stored", "true")?;
    owner.must_not_show("recovery", "stage", "open")?;
    usurp(world, &seat, None)?;

    // Where the keys are it is said as well as where she votes.
    owner.go("#/vote")?;
    owner.go("#/keys")?;
    owner.must_show("recovery", "stage", "open")?;
    owner.go(&route(&vote))?;
    owner.must_show("recovery", "stage", "open")?;
    let told = owner.browser().text("[data-testid=recovery]")?;
    let room = place.as_str().unwrap_or_default();
    if !told.contains("江滨市公证处") || !told.contains(room) {
        return Err(format!("who vouches for which key is not told: {told}").into());
    }
    owner.press("veto")?;
    owner.press("veto-sure")?;
    owner.must_show("act", "state", "written")?;
    owner.must_not_show("recovery", "stage", "open")?;
    // Her key is the ballot's still.
    owner.press("choice-for")?;
    owner.press("to-review")?;
    owner.press("sign")?;
    owner.must_show("ballot", "choice", "for")?;

    // Once more it takes the regulator too, and is told without a veto that nobody could make.
    usurp(world, &seat, Some(REGULATOR))?;
    owner.go("#/keys")?;
    owner.must_show("recovery", "stage", "last")?;
    let vetoes = owner.browser().session().all("[data-testid=veto]")?;
    if !vetoes.is_empty() {
        return Err("a second veto is offered".into());
    }
    Ok(())
}

fn ballot_defended(world: &World) -> Outcome {
    let mut identities = world.samples("identities")?.iter().rev();
    let (file, title) = identities
        .find_map(|one| {
            let file = one["file"].as_str()?.rsplit('/').next()?;
            let file = file
                .strip_suffix(".json")
                .filter(|file| file.starts_with("owner-"))?;
            Some((file, one["title_en"].as_str()?.rsplit(": ").next()?))
        })
        .ok_or("no owner who has yet to vote")?;
    let (identity, vote) = (world.identity_file(file)?, world.vote(title)?);
    usurp(world, &seat(&identity, Some(&vote))?, None)?;
    let owner = Visitor::new(&world.page())?;
    owner.take_identity(&identity)?;
    owner.go(&route(&vote))?;
    owner.must_show("recovery", "stage", "vote")?;
    let told = owner.browser().text("[data-testid=recovery]")?;
    if !told.contains("江滨市公证处") || !told.contains("投票") {
        return Err(format!("who vouches, and what to do, is not told: {told}").into());
    }
    owner.press("choice-for")?;
    owner.press("to-review")?;
    owner.press("sign")?;
    owner.must_show("ballot", "choice", "for")?;
    owner.must_not_show("recovery", "stage", "vote")
}

/// The seat that an owner's identity file holds in a vote; the first one where none is named.
fn seat(identity: &str, vote: Option<&Value>) -> Outcome<Seat> {
    let file: Value = serde_json::from_str(identity)?;
    let mut seats = file["ballots"].as_array().into_iter().flatten();
    let seat = seats.find(|seat| vote.is_none_or(|vote| seat["vote"] == vote["id"]));
    let seat = canonical::from_value(&serde_json::from_value(seat.ok_or("no seat")?.clone())?);
    Ok(seat.map_err(|_| "no seat")?)
}

/// Two desks put a key of their own in the place of the owner's: in the ballot as well, the first time; then with a regulator.
fn usurp(world: &World, seat: &Seat, regulator: Option<&str>) -> Outcome {
    let place = seat.entry.rooms.first().ok_or("no room")?;
    let name = room::id(&seat.community, &place.room);
    let name = RecordName::new(room::NAME, &name).ok_or("no record's name")?;
    let body = Bind {
        by: DESKS.map(String::from),
        from: Some(members::now(world)? + REBIND_DELAY + SOON),
        key: SecretKey::from_seed(&[67; 32]).public(),
        regulator: regulator.map(String::from),
        // Once its owner's key has voted, a ballot takes no other.
        seat: regulator.is_none().then(|| seat.clone()),
    };
    let keys = DESKS.iter().copied().chain(regulator);
    let keys: Vec<SecretKey> = keys.map(node::demo::member_key).collect();
    let keys: Vec<&SecretKey> = keys.iter().collect();
    members::write(world, ("room.bind", name), &body, &keys)
}

fn recovered(world: &World) -> Outcome {
    let old = world.identity_file("patient-shen")?;
    let known: Value = serde_json::from_str(&old)?;
    let document = known["documents"][1]["id"].as_str().ok_or("no document")?;
    let patient = Visitor::new(&world.page())?;
    patient.take_identity(&identity("patient", "", [91; 32]))?;
    patient.must_show("identity-card", "stored", "true")?;
    patient.press("recover-fold")?;
    patient.fill("recover-desk-1", DESKS[0])?;
    patient.fill("recover-desk-2", DESKS[1])?;
    patient.fill("recover-document", &format!("{document}{ENTER}"))?;
    patient.press("recover-sign")?;
    let asked = patient.data("hand-on", "link")?;

    let [first, second] = DESKS.map(|id| desk(world, id));
    let (first, second) = (first?, second?);
    first.browser().open(&asked)?;
    // What the desk compares is the same on both screens.
    let here = patient.browser().text(FACTS)?;
    if !here.contains("江滨市公证处") {
        return Err(format!("who vouches is not told: {here}").into());
    }
    first
        .browser()
        .until(&format!("on the desk's screen: {here}"), |_| {
            Ok((first.browser().text(FACTS)? == here).then_some(()))
        })?;
    first.press("recover-sign")?;
    let half = first.data("hand-on", "link")?;
    // What was signed stands in no address, and a reload keeps it.
    second.browser().open(&half)?;
    second.browser().session().reload()?;
    second.press("recover-sign")?;
    second.must_show("act", "state", "written")?;

    // Who asked sees it come, and is not asked to stop it; who holds the key of today can.
    patient.go("#/medical")?;
    patient.must_show("recovery", "stage", "own")?;
    patient.must_show("recovery", "id", document)?;
    let old_phone = Visitor::new(&world.page())?;
    old_phone.take_identity(&old)?;
    old_phone.must_show("recovery", "stage", "open")?;
    old_phone.must_show("recovery", "id", document)?;
    old_phone.press("veto")?;
    old_phone.press("veto-sure")?;
    old_phone.must_show("act", "state", "written")?;
    old_phone.must_not_show("recovery", "id", document)
}

const FACTS: &str = "[data-testid=recover-facts]";

/// The browser of a desk's officer.
fn desk(world: &World, id: &str) -> Outcome<Visitor> {
    let officer = Visitor::new(&world.page())?;
    officer.take_identity(&identity("member", id, node::demo::member_key(id).seed()))?;
    officer.must_show("identity-card", "stored", "true")?;
    Ok(officer)
}

/// An identity file that knows of no record.
fn identity(role: &str, member: &str, seed: [u8; 32]) -> String {
    let mut file =
        json!({"lianyan": "identity/1", "role": role, "name": "x", "seed": hex::encode(seed)});
    if !member.is_empty() {
        file["member"] = member.into();
    }
    file.to_string()
}
