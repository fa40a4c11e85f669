//! Community votes: owners cast in their browsers, and anyone counts again in theirs.

use super::Scenario;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use lianyan_tests::Outcome;
use lianyan_tests::owner::{bind, route};
use lianyan_tests::visitor::Visitor;
use lianyan_tests::world::World;
use records::kinds::vote::{self as kind, Choice, Tally};
use records::{RecordName, State, canonical};
use serde_json::Value;

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "a vote that passes by area fails by heads",
        run: failed_by_heads,
    },
    Scenario {
        name: "forty owners vote, and a fresh browser counts them all",
        run: owners_vote,
    },
    Scenario {
        name: "two co-owners name the one of them who votes, each on a phone of their own",
        run: co_owners_name_one,
    },
];

/// How many owners come.
const OWNERS: usize = 40;
/// How many of them vote at the same time.
const AT_ONCE: usize = 2;

fn failed_by_heads(world: &World) -> Outcome {
    let vote = world.vote("Dismiss the property manager")?;
    let visitor = Visitor::new(&world.page())?;
    visitor.go(&route(&vote))?;
    let seen = visitor.verdict()?;
    seen.must_be("verified")?;
    seen.must_have("history-replayed", "passed")?;
    visitor.must_show("decision", "decision", "failed-by-heads")?;
    visitor.see("way")?;
    visitor
        .browser()
        .see("[data-testid=nodes] [data-state=agrees]")?;
    // Who convened it has no validator: its own record names it.
    visitor.must_show("convener", "name", "桃源小区业主委员会")?;
    let met: Vec<bool> = meters(&visitor)?
        .iter()
        .map(|meter| meter["met"] == "true")
        .collect();
    // Heads and area that took part, then heads and area in favour.
    if met == [true, true, false, true] {
        Ok(())
    } else {
        Err(format!("the meters show {met:?}").into())
    }
}

fn owners_vote(world: &World) -> Outcome {
    let vote = world.vote("Hire a new property manager")?;
    let rooms = vote["free_rooms"].as_array().ok_or("no free rooms")?;
    if rooms.len() < OWNERS {
        return Err(format!("only {} rooms are free", rooms.len()).into());
    }
    let before = heads(&vote, &Visitor::new(&world.page())?)?;
    let stated_before = stated(world, &vote)?;
    let rooms: Vec<(usize, &Value)> = rooms.iter().take(OWNERS).enumerate().collect();
    let some_vote = |some: &[(usize, &Value)]| -> std::result::Result<(), String> {
        let mut some = some.iter();
        let all = some.try_for_each(|(number, room)| cast(world, &vote, room, *number));
        all.map_err(|why| why.to_string())
    };
    std::thread::scope(|scope| -> Outcome {
        let shares = rooms.chunks(OWNERS / AT_ONCE);
        let voting: Vec<_> = shares
            .map(|share| scope.spawn(|| some_vote(share)))
            .collect();
        for owners in voting {
            owners.join().map_err(|_| "an owner's browser panicked")??;
        }
        Ok(())
    })?;
    let fresh = Visitor::new(&world.page())?;
    let after = heads(&vote, &fresh)?;
    let (part, whole) = (before.0 + OWNERS as u64, before.1);
    if after != (part, whole) {
        return Err(format!("{after:?} heads took part, not {part} of {whole}").into());
    }
    must_equal(&stated_before, &stated(world, &vote)?, &meters(&fresh)?)?;
    fresh.press("recount-start")?;
    fresh.must_show("recount", "outcome", "verified")?;
    fresh.must_show("ballots", "count", &part.to_string())
}

/// One asks, the other agrees by a link; then the one who was named votes, and the other cannot.
fn co_owners_name_one(world: &World) -> Outcome {
    let vote = world.shared_vote()?;
    let phone = |file: &str| -> Outcome<Visitor> {
        let visitor = Visitor::new(&world.page())?;
        visitor.take_identity(&world.identity_file(file)?)?;
        Ok(visitor)
    };
    let (first, second) = (phone("co-owner-a")?, phone("co-owner-b")?);
    first.go(&route(&vote))?;
    first
        .browser()
        .press("[data-testid=name-sign][data-own=true]")?;
    let link = first.data("hand-on", "link")?;
    let asked = link.split_once('#').ok_or("a link without a place")?.1;
    // A letter lost on the way: nothing is signed, and it is said.
    second.go(&format!("#{}", &asked[..asked.len() - 1]))?;
    // What another one has signed stands in no address; loaded anew, the page still asks it.
    let place = second
        .browser()
        .session()
        .run("return location.hash", &[])?;
    if place.as_str().is_none_or(|place| place.contains("agree")) {
        return Err(format!("the address still carries what was signed: {place}").into());
    }
    second.browser().session().run("location.reload()", &[])?;
    second.press("name-sign")?;
    second.must_show("refusal", "reason", "other-agreement")?;
    // Scanned or pasted instead of opened, it leads to the same place.
    second.go("#/scan")?;
    second.fill("scan-text", &link)?;
    second.press("scan-check")?;
    second.press("name-sign")?;
    second.see("named-another")?;
    first.press("choice-for")?;
    first.press("to-review")?;
    first.press("sign")?;
    first.must_show("ballot", "choice", "for")?;
    first.must_show("ballot", "outcome", "verified")
}

/// The sums of a vote as a node states them.
fn stated(world: &World, vote: &Value) -> Outcome<Tally> {
    let id = vote["id"].as_str().unwrap_or_default();
    let key = RecordName::new(kind::NAME, id).ok_or("no vote")?.tree_key();
    let nodes = world.nodes();
    let node = nodes.first().ok_or("no node")?;
    let url = format!(
        "{node}/abci_query?path=%22/state%22&data=0x{}",
        hex::encode(key)
    );
    let answer: Value = ureq::get(url).call()?.into_body().read_json()?;
    let state = answer["result"]["response"]["value"].as_str();
    let state = BASE64.decode(state.ok_or("the node states nothing")?)?;
    let state = State::decode(&state).map_err(|why| why.to_string())?;
    let vote: kind::Vote = canonical::from_value(&state.data).map_err(|why| why.to_string())?;
    Ok(vote.tally)
}

/// What the owners did is what the node states, and what the page proves and draws.
fn must_equal(before: &Tally, after: &Tally, meters: &[Value]) -> Outcome {
    let more = |choice| {
        let heads = |tally: &Tally| tally.of(choice).total().heads;
        heads(after) - heads(before)
    };
    let against = (OWNERS / 4) as u64;
    let cast = (more(Choice::For), more(Choice::Against));
    if cast != (OWNERS as u64 - against, against) {
        return Err(format!("the node counts {cast:?} for and against").into());
    }
    let all = after.participation();
    let favour = after.of(Choice::For).total();
    let stated = [all.heads, all.area, favour.heads, favour.area].map(|part| part.to_string());
    let drawn: Vec<&str> = meters
        .iter()
        .filter_map(|meter| meter["part"].as_str())
        .collect();
    if drawn == stated {
        Ok(())
    } else {
        Err(format!("the node states {stated:?}, the page draws {drawn:?}").into())
    }
}

/// One owner's vote, with a phone of their own.
pub fn cast(world: &World, vote: &Value, room: &Value, number: usize) -> Outcome {
    let identity = bind(world.demo(), vote, room, number)?;
    let owner = Visitor::new(&world.page())?;
    owner.take_identity(&identity)?;
    owner.go(&route(vote))?;
    let choice = if number % 4 == 3 { "against" } else { "for" };
    owner.press(&format!("choice-{choice}"))?;
    owner.press("to-review")?;
    owner.press("sign")?;
    // It waits for a block, and for a verdict after that.
    owner.must_show("ballot", "choice", choice)?;
    owner.must_show("ballot", "outcome", "verified")?;
    owner.see("receipt")
}

/// Heads that took part, and all heads, as a browser proves and draws them.
pub fn heads(vote: &Value, visitor: &Visitor) -> Outcome<(u64, u64)> {
    visitor.go(&route(vote))?;
    visitor.verdict()?.must_be("verified")?;
    counted(visitor)
}

/// The same of the vote that is on the screen.
pub fn counted(visitor: &Visitor) -> Outcome<(u64, u64)> {
    visitor.see("meter")?;
    let meters = meters(visitor)?;
    let first = meters.first().ok_or("no meter is drawn")?;
    let number = |name: &str| -> Outcome<u64> { Ok(first[name].as_str().unwrap_or("").parse()?) };
    Ok((number("part")?, number("whole")?))
}

fn meters(visitor: &Visitor) -> Outcome<Vec<Value>> {
    const READ: &str = "return [...document.querySelectorAll('[data-testid=meter]')].map(meter => ({...meter.dataset}));";
    let meters = visitor.browser().session().run(READ, &[])?;
    Ok(meters.as_array().cloned().unwrap_or_default())
}
