//! From a ballot that is cast to its proof, in a real browser before a node with a block a second; called by `cargo xtask bench ballots`.

use lianyan_tests::Outcome;
use lianyan_tests::demo::Demo;
use lianyan_tests::owner::{bind, route};
use lianyan_tests::visitor::Visitor;
use serde_json::Value;
use std::process::ExitCode;
use std::time::Duration;

/// Owners who vote one after the other, each with a browser that was never here.
const OWNERS: usize = 32;
const BLOCK: Duration = Duration::from_secs(1);
const VOTE: &str = "Hire a new property manager";

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
    let demo = Demo::paced(BLOCK)?;
    let samples: Value = serde_json::from_str(&demo.file("try/demo.json")?)?;
    let votes = samples["votes"].as_array().ok_or("no votes")?;
    let vote = votes.iter().find(|vote| vote["title_en"] == VOTE);
    let vote = vote.ok_or("the vote is not there")?;
    let rooms = vote["free_rooms"].as_array().ok_or("no free rooms")?;
    let owners = rooms.iter().take(OWNERS).enumerate();
    let times = owners.map(|(number, room)| cast(&demo, vote, room, number));
    let mut times: Vec<f64> = times.collect::<Outcome<_>>()?;
    if times.len() < OWNERS {
        return Err(format!("only {} rooms are free", times.len()).into());
    }
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| times[(times.len() - 1) * percent / 100] / 1e3;
    println!(
        "\nfrom a signed ballot to its proof on the screen, {OWNERS} owners, a block a second\n"
    );
    println!("| least | median | p95 | most |\n|---:|---:|---:|---:|");
    println!(
        "| {:.2} s | {:.2} s | {:.2} s | {:.2} s |",
        at(0),
        at(50),
        at(95),
        at(100)
    );
    Ok(())
}

fn cast(demo: &Demo, vote: &Value, room: &Value, number: usize) -> Outcome<f64> {
    let identity = bind(demo, vote, room, number)?;
    let owner = Visitor::new(&demo.page())?;
    owner.take_identity(&identity)?;
    owner.go(&route(vote))?;
    owner.press("choice-for")?;
    owner.press("to-review")?;
    owner.browser().see("[data-testid=sign]:not([disabled])")?;
    owner.time("sign", "[data-testid=receipt]")
}
