//! The chain followed live: several pages in one browser, and a page that slept.

use super::Scenario;
use lianyan_tests::Outcome;
use lianyan_tests::browser::Browser;
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
    let site = world.page_whose_chain(|chain| {
        let nodes = chain["nodes"].as_array_mut().into_iter().flatten();
        for (node, pipe) in nodes.zip(&pipes) {
            node["url"] = pipe.address().into();
        }
    })?;
    Ok((site, pipes))
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
