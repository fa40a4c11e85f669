//! The chain followed live: several pages in one browser, and a page that slept.

use super::Scenario;
use lianyan_tests::Outcome;
use lianyan_tests::browser::Browser;
use lianyan_tests::lying_node::Lie;
use lianyan_tests::pipe::Pipe;
use lianyan_tests::site::Site;
use lianyan_tests::visitor::Visitor;
use lianyan_tests::world::World;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "of three pages in one browser one follows the chain, the others hear of it, and the next takes over when that one is closed",
        run: one_follows,
    },
    Scenario {
        name: "a page that is hidden lets go of the nodes, and goes on when it is seen again",
        run: sleeps,
    },
    Scenario {
        name: "a node that talks without end makes no page look more often than its own clock does while there is nothing new",
        run: talked_at,
    },
    Scenario {
        name: "a page whose device changes networks, so that every open line goes dead without a word, goes on by itself",
        run: changes_networks,
    },
    Scenario {
        name: "a page that comes out of the browser's cache of pages goes on where it was left",
        run: comes_back,
    },
];

/// A page whose worker reaches the nodes through these pipes.
pub fn piped(world: &World) -> Outcome<(Site, Vec<Pipe>)> {
    let nodes = world.demo().nodes();
    let pipes: Vec<Pipe> = nodes
        .iter()
        .map(|node| Pipe::before(node))
        .collect::<Outcome<_>>()?;
    let site = page_through(world, &pipes)?;
    Ok((site, pipes))
}

fn page_through(world: &World, pipes: &[Pipe]) -> Outcome<Site> {
    world.page_whose_chain(|chain| {
        let nodes = chain["nodes"].as_array_mut().into_iter().flatten();
        for (node, pipe) in nodes.zip(pipes) {
            node["url"] = pipe.address().into();
        }
    })
}

fn listening(pipes: &[Pipe]) -> usize {
    pipes.iter().map(Pipe::websockets).sum()
}

/// Waits until so many websockets are open.
pub fn must_listen(browser: &Browser, pipes: &[Pipe], count: usize) -> Outcome {
    let what = format!("{count} open websockets");
    browser.until(&what, |_| Ok((listening(pipes) == count).then_some(())))
}

/// The newest header's height, as it is shown.
fn height(browser: &Browser) -> Outcome<String> {
    browser.text("[data-testid=height]")
}

/// Waits until the height shown has changed so many times.
fn must_go_on(browser: &Browser, times: u32) -> Outcome {
    for _ in 0..times {
        let before = height(browser)?;
        browser.until("a newer header", |_| {
            Ok((height(browser)? != before).then_some(()))
        })?;
    }
    Ok(())
}

/// Waits until so many pages of this browser follow the chain, and so many are next.
fn must_be_followed_by(browser: &Browser, follow: u32, next: u32) -> Outcome {
    let script = "return navigator.locks.query().then(all => ({follow: all.held.length, next: all.pending.length}))";
    let wanted = json!({ "follow": follow, "next": next });
    browser.until(&format!("pages {wanted}"), |session| {
        let seen: Value = session.run(script, &[])?;
        Ok((seen == wanted).then_some(()))
    })
}

fn one_follows(world: &World) -> Outcome {
    let (site, pipes) = piped(world)?;
    let visitor = Visitor::new(&site.address())?;
    let browser = visitor.browser();
    let session = browser.session();
    visitor.go("#/trust")?;
    must_be_followed_by(browser, 1, 0)?;
    must_listen(browser, &pipes, 1)?;
    let first = session.window()?;
    let second = session.open_window()?;
    visitor.go("#/trust")?;
    must_be_followed_by(browser, 1, 1)?;
    let third = session.open_window()?;
    visitor.go("#/trust")?;
    must_be_followed_by(browser, 1, 2)?;
    // It would ask only every twenty seconds by itself.
    let began = Instant::now();
    must_go_on(browser, 4)?;
    let took = began.elapsed();
    if took > Duration::from_secs(40) {
        return Err(format!(
            "four headers in {took:?}: the page that follows does not tell of them"
        )
        .into());
    }
    must_listen(browser, &pipes, 1)?;
    session.speak_to(&first)?;
    session.close_window()?;
    for page in [&second, &third] {
        session.speak_to(page)?;
        must_be_followed_by(browser, 1, 1)?;
        must_listen(browser, &pipes, 1)?;
        must_go_on(browser, 2)?;
    }
    Ok(())
}

fn sleeps(world: &World) -> Outcome {
    let (site, pipes) = piped(world)?;
    let visitor = Visitor::in_whole_browser(&site.address())?;
    let browser = visitor.browser();
    let session = browser.session();
    visitor.go("#/trust")?;
    must_listen(browser, &pipes, 1)?;
    let page = session.window()?;
    session.open_tab()?;
    must_listen(browser, &pipes, 0)?;
    session.speak_to(&page)?;
    must_go_on(browser, 2)?;
    must_listen(browser, &pipes, 1)
}

fn talked_at(world: &World) -> Outcome {
    let greeters = world.demo().nodes();
    let pipes: Vec<Pipe> = world
        .nodes()
        .iter()
        .zip(&greeters)
        .map(|(node, greeter)| Pipe::that_talks(node, greeter))
        .collect::<Outcome<_>>()?;
    let site = page_through(world, &pipes)?;
    let visitor = Visitor::new(&site.address())?;
    visitor.go("#/trust")?;
    must_listen(visitor.browser(), &pipes, 1)?;
    visitor.see("height")?;
    world.lie(3, &Lie::OlderHeader)?;
    let looks = visitor.browser().session().run(LOOKS, &[]);
    world.lie(0, &Lie::None)?;
    let looks = looks?.as_u64().unwrap_or_default();
    // One every five seconds, one that a word brought forward, and one that was under way.
    if (1..=6).contains(&looks) {
        Ok(())
    } else {
        Err(format!("{looks} looks in sixteen seconds").into())
    }
}

/// How often the page that follows tells the others of a look, in sixteen seconds.
const LOOKS: &str = "
    return fetch('chains.json').then(answer => answer.json()).then(({chains: [chain]}) => new Promise(done => {
        let looks = 0;
        const channel = new BroadcastChannel(`lianyan-follow ${chain.id}`);
        channel.onmessage = () => looks += 1;
        setTimeout(() => done(looks), 16000);
    }));
";

fn changes_networks(world: &World) -> Outcome {
    let (site, pipes) = piped(world)?;
    let visitor = Visitor::new(&site.address())?;
    let browser = visitor.browser();
    visitor.go("#/trust")?;
    must_listen(browser, &pipes, 1)?;
    must_go_on(browser, 2)?;
    pipes.iter().for_each(Pipe::deaden);
    must_go_on(browser, 3)?;
    visitor
        .check(&world.invoice("genuine-link")?)?
        .must_be("verified")
}

fn comes_back(world: &World) -> Outcome {
    let (site, pipes) = piped(world)?;
    let visitor = Visitor::in_whole_browser(&site.address())?;
    let browser = visitor.browser();
    let session = browser.session();
    visitor.go("#/trust")?;
    must_listen(browser, &pipes, 1)?;
    session.run(
        "addEventListener('pageshow', event => { window.kept = event.persisted; })",
        &[],
    )?;
    let before = height(browser)?;
    browser.open("about:blank")?;
    session.back()?;
    browser.until("the page as it was left", |session| {
        Ok((session.run("return window.kept", &[])? == true).then_some(()))
    })?;
    browser.until("a newer header", |_| {
        Ok((height(browser)? != before).then_some(()))
    })?;
    must_go_on(browser, 2)
}
