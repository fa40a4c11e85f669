//! What a visitor waits for, measured in a real browser before a running demo; called by `cargo xtask bench page`.

use lianyan_tests::Outcome;
use lianyan_tests::browser::Browser;
use lianyan_tests::demo::{Amount, Demo};
use lianyan_tests::place::{self, Folder};
use lianyan_tests::visitor::Visitor;
use serde_json::json;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

/// Each figure is the median of so many.
const TIMES: usize = 5;
/// As many sample invoices: each is proven once, so that nothing of it is at hand already.
const INVOICES: [&str; TIMES] = ["genuine", "genuine-link", "digital", "metro", "bill"];
/// How much slower than this machine the throttled phone is.
const SLOW: u32 = 4;
/// The full demo's largest vote.
const LARGE_VOTE: &str = "shanhai-exit-plan";
const LARGE_VOTE_PATIENCE: Duration = Duration::from_secs(300);

/// Notes when the home page's first task can be pressed, in milliseconds since the address was entered.
const WATCH_HOME: &str = "
    new MutationObserver((_, watch) => {
        if (document.querySelector('[data-testid=task-try]')) { window.usable = performance.now(); watch.disconnect(); }
    }).observe(document, {childList: true, subtree: true});";

fn main() -> ExitCode {
    match print() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn print() -> Outcome {
    let demo = Demo::with(Amount::Full)?;
    println!("\n| in the browser | median of {TIMES} | relative |");
    println!("|---|---:|---:|");
    let loaded = median(|| usable(&demo, 1))?;
    row("page usable, nothing cached", loaded, loaded);
    let slow = median(|| usable(&demo, SLOW))?;
    row(
        &format!("the same with the processor throttled {SLOW}×"),
        slow,
        loaded,
    );
    let visitor = Visitor::new(&demo.page())?;
    visitor.check(&demo.invoice("red")?)?;
    let mut invoices = INVOICES.iter();
    let first = median(|| {
        let name = invoices.next().ok_or("too few invoices")?;
        verdict(&visitor, &demo.invoice(name)?)
    })?;
    row("first verdict on an invoice, once loaded", first, loaded);
    recount(&visitor, "a sample of its ballots", "recount-sample")?;
    recount(&visitor, "every ballot", "recount-start")?;
    println!();
    for name in ["genuine", "red"] {
        proof(&demo, name, &[])?;
        proof(&demo, name, &["--short"])?;
    }
    Ok(())
}

fn row(what: &str, millis: f64, base: f64) {
    println!("| {what} | {millis:.0} ms | {:.2} |", millis / base);
}

fn median(mut measure: impl FnMut() -> Outcome<f64>) -> Outcome<f64> {
    let mut times: Vec<f64> = (0..TIMES).map(|_| measure()).collect::<Outcome<_>>()?;
    times.sort_by(f64::total_cmp);
    Ok(times[TIMES / 2])
}

/// A browser that was never here opens the page.
fn usable(demo: &Demo, throttle: u32) -> Outcome<f64> {
    let browser = Browser::phone()?;
    let session = browser.session();
    session.devtools(
        "Page.addScriptToEvaluateOnNewDocument",
        &json!({"source": WATCH_HOME}),
    )?;
    session.devtools("Emulation.setCPUThrottlingRate", &json!({"rate": throttle}))?;
    browser.open(&format!("{}/#/", demo.page()))?;
    browser.until("usable page", |session| {
        Ok(session.run("return window.usable || null", &[])?.as_f64())
    })
}

fn verdict(visitor: &Visitor, invoice: &str) -> Outcome<f64> {
    visitor.go("#/scan")?;
    visitor.fill("scan-text", invoice)?;
    visitor.time("scan-check", "[data-testid=verdict][data-outcome]")
}

/// What the file weighs with which a person keeps the proof of an invoice, made by the command line.
fn proof(demo: &Demo, invoice: &str, words: &[&str]) -> Outcome {
    let folder = Folder::new("proof")?;
    let [chains, file] = ["chains.json", "proof"].map(|name| folder.path().join(name));
    std::fs::write(&chains, demo.file("chains.json")?)?;
    let mut make = Command::new(place::program("lianyan"));
    make.args(["proof", "make", &demo.invoice(invoice)?, "--chain"]);
    make.arg(chains).arg("-o").arg(&file).args(words);
    make.args(demo.nodes().iter().flat_map(|node| ["--node", node]));
    let made = make.output()?;
    let bytes = std::fs::metadata(&file)
        .map_err(|_| String::from_utf8_lossy(&made.stderr).into_owned())?
        .len();
    println!("proof of `{invoice}` {}: {bytes} bytes", words.join(" "));
    Ok(())
}

/// The ballots of the largest vote counted again on this device; once, for it is long.
fn recount(visitor: &Visitor, what: &str, button: &str) -> Outcome {
    visitor.go("#/vote")?;
    visitor.go(&format!("#/vote/{LARGE_VOTE}"))?;
    visitor.verdict()?;
    let started = Instant::now();
    visitor.press(button)?;
    let recounted = "[data-testid=recount][data-outcome]";
    let browser = visitor.browser();
    browser.until_within(LARGE_VOTE_PATIENCE, "recount", |session| {
        Ok(session.all(recounted)?.into_iter().next())
    })?;
    let seconds = started.elapsed().as_secs_f64();
    let (outcome, headline) = (
        visitor.data("recount", "outcome")?,
        visitor.data("recount", "headline")?,
    );
    println!(
        "\nrecount of {LARGE_VOTE}, {what} fetched and verified: {seconds:.1} s, {outcome} ({headline})"
    );
    Ok(())
}
