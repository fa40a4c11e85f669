//! Nodes that lie: never a false "verified", and an honest node among them is enough for the truth.

use super::Scenario;
use lianyan_tests::Outcome;
use lianyan_tests::browser::PATIENCE;
use lianyan_tests::demo::Demo;
use lianyan_tests::gateway::Gateway;
use lianyan_tests::lying_node::Lie;
use lianyan_tests::visitor::{Seen, Visitor};
use lianyan_tests::world::World;
use node::network::Client;
use std::thread::sleep;
use std::time::{Duration, Instant};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "a changed state beside the old proof is not believed",
        run: changed_state,
    },
    Scenario {
        name: "a forged head that fits a forged state is not believed",
        run: forged_state,
    },
    Scenario {
        name: "a hidden log entry is noticed",
        run: hidden_entry,
    },
    Scenario {
        name: "a forged header is not believed",
        run: forged_header,
    },
    Scenario {
        name: "a forged signature is not believed",
        run: forged_signature,
    },
    Scenario {
        name: "another chain is not taken for ours",
        run: other_chain,
    },
    Scenario {
        name: "cut connections establish nothing",
        run: cut,
    },
    Scenario {
        name: "endless answers establish nothing",
        run: endless,
    },
    Scenario {
        name: "garbage establishes nothing",
        run: garbage,
    },
    Scenario {
        name: "one lying node among three changes no verdict",
        run: one_liar,
    },
    Scenario {
        name: "a forged tally is not believed, and an honest node's recount shows the true one",
        run: forged_tally,
    },
];

/// Scenarios on a page of their own.
pub const ON_A_PAGE_OF_ITS_OWN: &[Scenario] = &[
    Scenario {
        name: "where every node hides the newest blocks, nothing that can change is established",
        run: older_header,
    },
    Scenario {
        name: "gateways that pass lies on are believed no more than the nodes behind them",
        run: gateways,
    },
];

/// Longer than a gateway keeps what is newest (docs/gateway.md).
const NEWEST_KEPT: Duration = Duration::from_secs(1);
/// Between two looks for a newer block.
const LOOK: Duration = Duration::from_millis(100);

/// What is said where nothing is known.
const NOTHING: &[&str] = &["not-established"];

/// In every state that says so, a flush disappears.
fn flushed() -> (String, String) {
    (r#""tax":"red-full""#.into(), r#""tax":"normal""#.into())
}

/// While the first `liars` nodes lie, a visitor checks the red-flushed invoice and must see one of these outcomes.
fn must_see(world: &World, liars: usize, lie: &Lie, outcomes: &[&str]) -> Outcome {
    must_see_at(&world.page(), world, liars, lie, outcomes)
}

/// The same on another page.
fn must_see_at(page: &str, world: &World, liars: usize, lie: &Lie, outcomes: &[&str]) -> Outcome {
    world.lie(liars, lie)?;
    let seen = Visitor::new(page).and_then(|visitor| visitor.check(&world.invoice("red")?));
    let told = world.lies_told();
    world.lie(0, &Lie::None)?;
    let judged = seen?.must_be_one_of(outcomes);
    judged.map_err(|why| format!("after {told} lies {why}"))?;
    if told == 0 {
        return Err("the lie was never told: nothing was tested".into());
    }
    Ok(())
}

/// All nodes lie: nothing is established, and nothing said about the invoice, neither that it holds nor that it is forged.
fn all_lie(world: &World, lie: &Lie) -> Outcome {
    must_see(world, 3, lie, NOTHING)
}

fn changed_state(world: &World) -> Outcome {
    let (from, to) = flushed();
    all_lie(world, &Lie::ChangedState { from, to })
}

fn forged_state(world: &World) -> Outcome {
    let (from, to) = flushed();
    all_lie(world, &Lie::ForgedState { from, to })
}

fn hidden_entry(world: &World) -> Outcome {
    all_lie(world, &Lie::HiddenEntry)
}

fn forged_header(world: &World) -> Outcome {
    all_lie(world, &Lie::ForgedHeader)
}

fn forged_signature(world: &World) -> Outcome {
    all_lie(world, &Lie::ForgedSignature)
}

fn other_chain(world: &World) -> Outcome {
    let other = Demo::start()?;
    let address = other
        .nodes()
        .into_iter()
        .next()
        .ok_or("a demo without nodes")?;
    all_lie(world, &Lie::OtherChain { address })
}

fn cut(world: &World) -> Outcome {
    must_see(world, 3, &Lie::CutConnection, NOTHING)
}

fn endless(world: &World) -> Outcome {
    must_see(world, 3, &Lie::EndlessAnswer, NOTHING)
}

fn garbage(world: &World) -> Outcome {
    must_see(world, 3, &Lie::Garbage, NOTHING)
}

/// The liar comes first in chains.json, so it is the one that is asked for the proof; the page names it.
fn one_liar(world: &World) -> Outcome {
    let (from, to) = flushed();
    let liar = world.nodes().into_iter().next().ok_or("no node")?;
    let visitor = Visitor::new(&world.page())?;
    world.lie(1, &Lie::ForgedState { from, to })?;
    let seen = visitor.check(&world.invoice("red")?);
    let told = world.lies_told();
    world.lie(0, &Lie::None)?;
    seen?.must_be("out-of-force")?;
    if told == 0 {
        return Err("the lie was never told: nothing was tested".into());
    }
    let named = format!(
        "[data-testid=nodes] [data-node=\"{liar}\"][data-state=refuted][data-reason=proof-differs]"
    );
    visitor.browser().see(&named)?;
    let at = "return document.querySelector(arguments[0]).textContent";
    let said = visitor.browser().session().run(at, &[named.into()])?;
    if !said
        .as_str()
        .is_some_and(|said| said.contains("证明与区块头不符"))
    {
        return Err(format!("at what it failed is not said: {said}").into());
    }
    Ok(())
}

/// Nine more in front of the area in favour: then the vote would have passed by heads too, for all that the page could tell.
fn forged_tally(world: &World) -> Outcome {
    let vote = world.vote("Dismiss the property manager")?;
    let route = format!("#/r/vote/{}", vote["id"].as_str().unwrap_or_default());
    let look = |liars| -> Outcome<(Seen, usize)> {
        let from = r#""for":{"owner":{"area":"#.to_owned();
        let to = format!("{from}9");
        world.lie(liars, &Lie::ForgedState { from, to })?;
        let visitor = Visitor::new(&world.page())?;
        visitor.go(&route)?;
        let seen = visitor.verdict();
        let told = world.lies_told();
        world.lie(0, &Lie::None)?;
        Ok((seen?, told))
    };
    let (seen, told) = look(3)?;
    seen.must_be_one_of(NOTHING)?;
    if told == 0 {
        return Err("the lie was never told: nothing was tested".into());
    }
    let (seen, _) = look(1)?;
    seen.must_be("verified")?;
    seen.must_have("history-replayed", "passed")
}

/// Longest age of a header on this page, seconds.
const FRESH: u64 = 8;

fn older_header(world: &World) -> Outcome {
    let site = world.page_whose_chain(|chain| chain["fresh_seconds"] = FRESH.into())?;
    let invoice = world.invoice("genuine-link")?;
    Visitor::new(&site.address())?
        .check(&invoice)?
        .must_be("verified")?;
    world.lie(3, &Lie::OlderHeader)?;
    std::thread::sleep(Duration::from_secs(FRESH + 2));
    let seen = Visitor::new(&site.address()).and_then(|visitor| visitor.check(&invoice));
    let told = world.lies_told();
    world.lie(0, &Lie::None)?;
    let seen = seen?;
    seen.must_be("not-established")?;
    seen.must_have("header-fresh", "not-established")?;
    if told == 0 {
        return Err("the lie was never told: nothing was tested".into());
    }
    Ok(())
}

/// What a gateway keeps as final came from its node, true or not.
fn gateways(world: &World) -> Outcome {
    let before = |node: &String| Gateway::before(node);
    let gateways: Vec<Gateway> = world.nodes().iter().map(before).collect::<Outcome<_>>()?;
    let site = world.page_whose_chain(|chain| {
        let nodes = chain["nodes"].as_array_mut().into_iter().flatten();
        for (node, gateway) in nodes.zip(&gateways) {
            node["url"] = gateway.address().into();
        }
    })?;
    Visitor::new(&site.address())?
        .check(&world.invoice("red")?)?
        .must_be("out-of-force")?;
    let (from, to) = flushed();
    for lie in [Lie::ChangedState { from, to }, Lie::HiddenEntry] {
        pass_a_block(world)?;
        must_see_at(&site.address(), world, gateways.len(), &lie, NOTHING)?;
    }
    Ok(())
}

/// Waits for a newer block, and until gateways know of it: what they keep under the one before is no lie yet.
fn pass_a_block(world: &World) -> Outcome {
    let nodes = world.demo().nodes();
    let node = nodes.first().and_then(|node| node.strip_prefix("http://"));
    let client = Client(node.ok_or("there is no node")?.parse()?);
    let newest = || client.newest().map(|(height, _)| height);
    let (before, started) = (newest()?, Instant::now());
    while newest()? == before {
        if started.elapsed() > PATIENCE {
            return Err("no block came".into());
        }
        sleep(LOOK);
    }
    sleep(NEWEST_KEPT);
    Ok(())
}
