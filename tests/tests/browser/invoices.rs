//! Invoices, scanned in every way, before honest nodes.

use super::Scenario;
use lianyan_tests::Outcome;
use lianyan_tests::blocks::block;
use lianyan_tests::place::Folder;
use lianyan_tests::visitor::{Seen, Visitor};
use lianyan_tests::world::World;
use scanner::testing::{Kind, Photo, film_of, photo_of};
use serde_json::Value;

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "a genuine invoice is proven",
        run: genuine,
    },
    Scenario {
        name: "a film of a printed code is proven through the camera",
        run: filmed,
    },
    Scenario {
        name: "a photo with an advert's code beside it is proven",
        run: photographed,
    },
    Scenario {
        name: "a portal's address leads to its invoice",
        run: by_portal,
    },
    Scenario {
        name: "an altered amount is rejected",
        run: altered,
    },
    Scenario {
        name: "an unknown invoice is proven absent",
        run: unknown,
    },
    Scenario {
        name: "a red-flushed invoice is out of force",
        run: red,
    },
    Scenario {
        name: "an invoice reimbursed elsewhere is out of force",
        run: reimbursed,
    },
];

const GENUINE: [&str; 6] = [
    "in-state",
    "history-replayed",
    "header-signed",
    "header-fresh",
    "nodes-agree",
    "life-cycle",
];

fn genuine(world: &World) -> Outcome {
    let seen = Visitor::new(&world.page())?.check(&world.invoice("genuine")?)?;
    GENUINE
        .iter()
        .try_for_each(|check| seen.must_have(check, "passed"))?;
    proven(world, &seen)
}

/// Verified, and by a header that the chain has.
fn proven(world: &World, seen: &Seen) -> Outcome {
    seen.must_be("verified")?;
    let raw: Value = serde_json::from_str(&seen.raw)
        .map_err(|_| format!("what it rests on is not shown: {seen:?}"))?;
    let chains: Value = serde_json::from_str(&world.demo().file("chains.json")?)?;
    let checkpoint = &chains["chains"][0]["checkpoint"];
    let (height, named) = match raw.pointer("/commit/signed_header/commit") {
        Some(commit) => (&commit["height"], &commit["block_id"]["hash"]),
        // The first look in a world may rest on the checkpoint itself, for which nobody's vote is asked.
        None => (&checkpoint["height"], &checkpoint["hash"]),
    };
    let height = height.to_string().replace('"', "");
    let (_, hash) = block(world, &format!("?height={height}"))?;
    match *named == hash {
        true => Ok(()),
        false => Err(format!("it rests on {named}, not on the block {hash}").into()),
    }
}

fn by_portal(world: &World) -> Outcome {
    let visitor = Visitor::new(&world.page())?;
    proven(world, &visitor.check(&world.invoice("metro-portal")?)?)
}

fn altered(world: &World) -> Outcome {
    let seen = Visitor::new(&world.page())?.check(&world.invoice("altered")?)?;
    seen.must_be("rejected")?;
    seen.must_have("fields-match", "failed")?;
    // What was altered is the paper: the chain's side of it holds.
    seen.must_have("header-signed", "passed")
}

fn unknown(world: &World) -> Outcome {
    let seen = Visitor::new(&world.page())?.check(&world.invoice("unknown")?)?;
    seen.must_be("absent")?;
    seen.must_have("header-signed", "passed")
}

fn red(world: &World) -> Outcome {
    let seen = Visitor::new(&world.page())?.check(&world.invoice("red")?)?;
    seen.must_be("out-of-force")?;
    seen.must_have("history-replayed", "passed")?;
    seen.must_have("life-cycle", "out-of-force")
}

fn reimbursed(world: &World) -> Outcome {
    let seen = Visitor::new(&world.page())?.check(&world.invoice("reimbursed")?)?;
    seen.must_be("out-of-force")?;
    seen.must_have("history-replayed", "passed")
}

fn filmed(world: &World) -> Outcome {
    let folder = Folder::new("film")?;
    let film = folder.path().join("invoice.y4m");
    std::fs::write(&film, film_of(&world.invoice("genuine")?, 10)?)?;
    let visitor = Visitor::who_films(&world.page(), &film)?;
    visitor.go("#/scan")?;
    // The banner pushes the button down when it comes: a click before that may miss it.
    visitor.see("dev-banner")?;
    visitor.press("camera-toggle")?;
    proven(world, &visitor.verdict()?)
}

fn photographed(world: &World) -> Outcome {
    let folder = Folder::new("photo")?;
    let file = folder.path().join("invoice.bmp");
    let photo = photo_of(&world.invoice("genuine")?, Kind::SecondCode, 11)?;
    std::fs::write(&file, bitmap(&photo))?;
    let seen = Visitor::new(&world.page())?.check_picture(&file)?;
    proven(world, &seen)
}

/// A Windows bitmap in 256 shades of grey: every browser shows it, and nobody needs a library to write it.
pub fn bitmap(photo: &Photo) -> Vec<u8> {
    const HEADERS: u32 = 14 + 40 + 4 * 256;
    let (width, height) = (photo.width(), photo.height());
    let row = width.next_multiple_of(4);
    let mut file = b"BM".to_vec();
    for number in [
        HEADERS + row * height,
        0,
        HEADERS,
        40,
        width,
        height,
        1 | 8 << 16,
        0,
        0,
        0,
        0,
        256,
        0,
    ] {
        file.extend(number.to_le_bytes());
    }
    (0..=255u8).for_each(|shade| file.extend([shade, shade, shade, 0]));
    for line in photo.luma().chunks(width as usize).rev() {
        file.extend(line);
        file.resize(file.len() + (row - width) as usize, 0);
    }
    file
}
