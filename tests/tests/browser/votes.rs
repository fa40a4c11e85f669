//! Community votes: owners cast in their browsers, and anyone counts again in theirs.

use super::Scenario;
use lianyan_tests::Outcome;
use lianyan_tests::owner::{bind, route};
use lianyan_tests::visitor::Visitor;
use lianyan_tests::world::World;
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
];

/// How many owners come.
const OWNERS: usize = 40;
/// How many of them vote at the same time.
const AT_ONCE: usize = 4;

fn failed_by_heads(world: &World) -> Outcome {
    let vote = world.vote("Dismiss the property manager")?;
    let visitor = Visitor::new(&world.page())?;
    visitor.go(&route(&vote))?;
    let seen = visitor.verdict()?;
    seen.must_be("verified")?;
    seen.must_have("history-replayed", "passed")?;
    visitor.must_show("decision", "decision", "failed-by-heads")?;
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
    fresh.press("recount-start")?;
    fresh.must_show("recount", "outcome", "verified")
}

/// One owner's vote, with a phone of their own.
pub fn cast(world: &World, vote: &Value, room: &Value, number: usize) -> Outcome {
    let identity = bind(world.demo(), vote, room, number)?;
    let owner = Visitor::new(&world.page())?;
    owner.take_identity(&identity)?;
    owner.go(&route(vote))?;
    owner.press(if number % 4 == 3 {
        "choice-against"
    } else {
        "choice-for"
    })?;
    owner.press("to-review")?;
    owner.press("sign")?;
    // It waits for a block, and for a verdict after that.
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
