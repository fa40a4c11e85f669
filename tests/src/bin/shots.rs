//! Every page as a picture: `shots FOLDER`, called by `cargo xtask shots`. Phone and desk, Chinese and English, light and dark.

use lianyan_tests::Outcome;
use lianyan_tests::blocks::page_of_long_ago;
use lianyan_tests::browser::{Browser, Device};
use lianyan_tests::owner::route;
use lianyan_tests::site::Changes;
use lianyan_tests::visitor::Visitor;
use lianyan_tests::world::World;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

const SIZES: [(&str, u32, u32); 2] = [("phone", 375, 812), ("desk", 1280, 800)];
const LANGUAGES: [&str; 2] = ["zh-CN", "en"];

/// Pages that show the same to everybody.
const ROUTES: [(&str, &str); 8] = [
    ("home", "#/"),
    ("scan", "#/scan"),
    ("try", "#/try"),
    ("batch", "#/batch"),
    ("votes", "#/vote"),
    ("keys", "#/keys"),
    ("trust", "#/trust"),
    ("reader", "#/reader"),
];
/// Pages whose records name many members.
const SLOW: [&str; 2] = ["vote-", "medical"];
/// Sample invoices whose verdicts are shown, by the names of docs/demo.md.
const INVOICES: [&str; 5] = ["genuine", "altered", "red", "reimbursed", "unknown"];

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1).map(PathBuf::from) else {
        eprintln!("usage: shots FOLDER");
        return ExitCode::from(64);
    };
    match take_all(&folder) {
        Ok(count) => {
            println!("{count} pictures in {}", folder.display());
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn take_all(folder: &Path) -> Outcome<usize> {
    std::fs::create_dir_all(folder)?;
    let world = World::start()?;
    // Phone and desk side by side: most of the time goes by waiting.
    std::thread::scope(|scope| {
        let sizes = SIZES.map(|size| {
            let world = &world;
            scope.spawn(move || take_size(world, size, folder).map_err(|why| why.to_string()))
        });
        let mut count = 0;
        for size in sizes {
            count += size.join().map_err(|_| "a browser's thread panicked")??;
        }
        Ok(count)
    })
}

/// Every page at one size, in both languages, light and dark.
fn take_size(
    world: &World,
    (size, width, height): (&str, u32, u32),
    folder: &Path,
) -> Outcome<usize> {
    let mut count = 0;
    for language in LANGUAGES {
        for dark in [false, true] {
            let device = Device {
                width,
                height,
                language,
                dark,
                ..Device::default()
            };
            let look = if dark { "dark" } else { "light" };
            let named = |page: &str| folder.join(format!("{page}-{size}-{language}-{look}.png"));
            count += take(world, &device, named)?;
        }
    }
    Ok(count)
}

/// Every page on one device.
fn take(world: &World, device: &Device, named: impl Fn(&str) -> PathBuf) -> Outcome<usize> {
    let visitor = Visitor::with(Browser::start(device, None)?, &world.page())?;
    let mut count = 0;
    let mut shoot = |page: &str| -> Outcome {
        // Pictures and the ring's arcs settle; members' names come last, each with a proof of its own.
        let settled = if SLOW.iter().any(|slow| page.starts_with(slow)) {
            4000
        } else {
            600
        };
        std::thread::sleep(Duration::from_millis(settled));
        std::fs::write(named(page), visitor.browser().session().whole_page()?)?;
        count += 1;
        Ok(())
    };
    for (page, route) in ROUTES {
        visitor.go(route)?;
        shoot(page)?;
    }
    for invoice in INVOICES {
        visitor.check(&world.invoice(invoice)?)?;
        shoot(&format!("invoice-{invoice}"))?;
    }
    for (number, vote) in world.samples("votes")?.iter().enumerate() {
        visitor.go(&route(vote))?;
        visitor.see("count")?;
        shoot(&format!("vote-{number}"))?;
    }
    visitor.take_identity(&world.identity_file("patient-shen")?)?;
    visitor.go("#/medical")?;
    visitor.see("document")?;
    shoot("medical")?;
    visitor.go("#/keys")?;
    visitor.press("import-identity")?;
    visitor.fill("import-text", &world.identity_file("co-owner-a")?)?;
    visitor.press("import")?;
    visitor.go(&route(&world.shared_vote()?))?;
    visitor.see("name")?;
    shoot("vote-naming")?;
    visitor.go("#/medical")?;
    visitor.see("document")?;
    visitor.press("elder")?;
    shoot("medical-elder")?;
    // Large letters change no colour.
    for (page, route) in ROUTES.into_iter().filter(|_| !device.dark) {
        visitor.go(route)?;
        shoot(&format!("{page}-elder"))?;
    }
    // The same page, shipped long ago.
    let old = page_of_long_ago(world, Changes::default())?;
    visitor
        .browser()
        .open(&format!("{}/#/trust", old.address()))?;
    visitor.must_show("chain-reason", "reason", "trust-expired")?;
    visitor.press("establish-fold")?;
    shoot("trust-expired")?;
    Ok(count)
}
