//! Who serves the page is trusted for code, and for no more than index.html pins: the browser refuses any other program.

use super::Scenario;
use lianyan_tests::Outcome;
use lianyan_tests::browser::Browser;
use lianyan_tests::place;
use lianyan_tests::site::{Changes, Site};
use lianyan_tests::visitor::Visitor;
use lianyan_tests::world::World;

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "the page starts",
        run: the_page_starts,
    },
    Scenario {
        name: "a changed page program is refused",
        run: a_changed_page_is_refused,
    },
    Scenario {
        name: "a changed worker program is refused",
        run: a_changed_worker_is_refused,
    },
    Scenario {
        name: "English is fetched when it is chosen, and any but the page's own is refused in words",
        run: changed_english_is_refused,
    },
];

fn the_page_starts(_: &World) -> Outcome {
    let site = Site::serve(Changes::default())?;
    let browser = Browser::phone()?;
    browser.open(&site.address())?;
    browser.see("#app > :not(.boot)").map(drop)?;
    for worker in ["verifier", "scanner"] {
        let started = browser.session().run(START, &[worker.into()])?;
        if started != "started" {
            return Err(format!("the {worker} worker did not start: {started}").into());
        }
    }
    Ok(())
}

const START: &str =
    "return lianyan.startWorker(arguments[0]).then(() => 'started', error => String(error))";

fn a_changed_page_is_refused(_: &World) -> Outcome {
    let site =
        Site::serve(Changes::default().file(&built("app-", ".wasm")?, changed("app-", ".wasm")?))?;
    let browser = Browser::phone()?;
    browser.open(&site.address())?;
    browser.see("html[data-start-failed]").map(drop)
}

fn a_changed_worker_is_refused(_: &World) -> Outcome {
    for kind in [".wasm", ".js"] {
        let name = built("verifier-worker", kind)?;
        let site = Site::serve(Changes::default().file(&name, changed("verifier-worker", kind)?))?;
        let browser = Browser::phone()?;
        browser.open(&site.address())?;
        let started = browser.session().run(START, &["verifier".into()])?;
        if started == "started" {
            return Err(format!("a changed {name} was started").into());
        }
    }
    Ok(())
}

fn changed_english_is_refused(_: &World) -> Outcome {
    let other = std::fs::read(place::site().join(ENGLISH))?;
    let other = [&other[..], b"\n"].concat();
    let refused = "English could not be fetched";
    for (changes, words, language) in [
        (Changes::default(), "Scan an invoice", "en"),
        (Changes::default().file(ENGLISH, other), refused, "zh-CN"),
    ] {
        let site = Site::serve(changes)?;
        let visitor = Visitor::new(&site.address())?;
        let session = visitor.browser().session();
        visitor.see("language")?;
        if session.run(FETCHED, &[ENGLISH.into()])? != false {
            return Err("English was fetched for somebody who reads Chinese".into());
        }
        visitor.press("language")?;
        visitor.browser().until(words, |session| {
            let shown = session.run("return document.body.innerText", &[])?;
            Ok(shown.as_str().filter(|text| text.contains(words)).map(drop))
        })?;
        let spoken = session.run("return document.documentElement.lang", &[])?;
        if spoken != language {
            return Err(format!("the page speaks {spoken}, not {language}").into());
        }
    }
    Ok(())
}

const ENGLISH: &str = "en.txt";
const FETCHED: &str = "return performance.getEntriesByType('resource').some(one => one.name.endsWith('/' + arguments[0]))";

/// The file of the built page whose name begins and ends so.
fn built(stem: &str, kind: &str) -> Outcome<String> {
    for entry in std::fs::read_dir(place::site())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.starts_with(stem) && name.ends_with(kind) {
            return Ok(name);
        }
    }
    Err(format!("no {stem}…{kind} was built").into())
}

/// Its bytes with something at the end that changes nothing: an empty custom section, a line break.
fn changed(stem: &str, kind: &str) -> Outcome<Vec<u8>> {
    let mut bytes = std::fs::read(place::site().join(built(stem, kind)?))?;
    bytes.extend_from_slice(if kind == ".wasm" { &[0, 1, 0] } else { b"\n" });
    Ok(bytes)
}
