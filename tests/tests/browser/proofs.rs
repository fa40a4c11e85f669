//! A verdict kept as a file, verified by another browser that reaches no node; and the certificate on which its hash stands.

use super::Scenario;
use lianyan_tests::Outcome;
use lianyan_tests::site::Site;
use lianyan_tests::visitor::{Seen, Visitor};
use lianyan_tests::world::World;
use qrcode::{Color, EcLevel, QrCode};
use records::RecordName;
use scanner::{Budget, FilePicture, scan};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use verifier::portable::{MOST_IN_CODE, Portable, Short};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "a proof file that one browser keeps proves in another that reaches no node, and a bent one does not",
        run: kept,
    },
    Scenario {
        name: "what a visitor leaves out of a proof file, with the keyboard alone, is not in it, and whoever opens it sees that it is withheld",
        run: left_out,
    },
    Scenario {
        name: "the certificate names the proof file by its hash, and its code leads back to the record",
        run: certified,
    },
    Scenario {
        name: "a code that holds a short proof is completed by another browser, and its content leaves the address bar at once",
        run: in_code,
    },
];

const TAB: &str = "\u{e004}";
const SPACE: &str = " ";
/// What is left out here.
const FIELD: &str = "buyer_name";

/// Saves the proof of a genuine invoice with all that was opened; gives the visitor, the file and the hash that was shown.
fn save(world: &World) -> Outcome<(Visitor, PathBuf, String)> {
    let visitor = choosing(world)?;
    let file = visitor.save("save-proof", "proof")?;
    let hash = visitor.data("certificate", "hash")?;
    Ok((visitor, file, hash))
}

/// Asks for the proof of a genuine invoice: what it shall show is asked first.
fn choosing(world: &World) -> Outcome<Visitor> {
    let visitor = Visitor::new(&world.page())?;
    let seen = visitor.check(&world.invoice("genuine-link")?)?;
    seen.must_be("verified")?;
    visitor.press("save-proof")?;
    visitor.see("choose-shown")?;
    Ok(visitor)
}

/// The page where nobody listens at the nodes' port.
fn alone(world: &World) -> Outcome<Site> {
    world.page_whose_chain(|chain| {
        let nodes = chain["nodes"].as_array_mut().into_iter().flatten();
        let silent = (1..).map(|host| format!("http://127.0.0.{host}:9"));
        nodes
            .zip(silent)
            .for_each(|(node, url)| node["url"] = url.into());
    })
}

fn left_out(world: &World) -> Outcome {
    let visitor = choosing(world)?;
    let session = visitor.browser().session();
    let cell = format!("[data-testid=field][data-field={FIELD}]");
    let value = visitor.browser().text(&cell)?;
    let called = visitor
        .browser()
        .text(&format!("label:has([value={FIELD}])"))?;
    // From the card, which has the focus, to the box.
    let mut reached = false;
    for _ in 0..20 {
        session.keys(TAB)?;
        let focused = session.run("return document.activeElement?.value || ''", &[])?;
        reached = focused == FIELD;
        if reached {
            break;
        }
    }
    if !reached {
        return Err(format!("Tab does not lead from the card to {FIELD}").into());
    }
    session.keys(SPACE)?;
    let file = visitor.save("save-proof", "proof")?;
    let bytes = std::fs::read(&file)?;
    let holds = |part: &[u8]| bytes.windows(part.len()).any(|found| found == part);
    if holds(value.as_bytes()) {
        return Err(format!("the file holds {value}").into());
    }

    let alone = alone(world)?;
    let other = Visitor::new(&alone.address())?;
    proves(&other.check_picture(&file)?)?;
    other.must_show("field", "field", "total")?;
    let withheld = other.browser().text("[data-testid=withheld]")?;
    if withheld != called {
        return Err(format!("{called} was left out, {withheld} is said to be withheld").into());
    }
    match other.browser().session().all(&cell)?.is_empty() {
        true => Ok(()),
        false => Err("what was left out is shown".into()),
    }
}

fn kept(world: &World) -> Outcome {
    let (_visitor, file, _) = save(world)?;
    let alone = alone(world)?;
    let other = Visitor::new(&alone.address())?;
    let seen = other.check_picture(&file)?;
    seen.must_be("not-established")?;
    if seen.headline != "proven-as-of" {
        return Err(format!("the file does not prove: {seen:?}").into());
    }
    // Without one there is nothing to keep yet, and it can be tried again.
    let seen = other.check(&world.invoice("genuine-link")?)?;
    seen.must_be("not-established")?;
    other.press("again")?;
    let mut bytes = std::fs::read(&file)?;
    let middle = bytes.len() / 2;
    bytes
        .iter_mut()
        .skip(middle)
        .take(1)
        .for_each(|byte| *byte ^= 1);
    let bent = file.with_file_name("bent.proof");
    std::fs::write(&bent, bytes)?;
    let seen = Visitor::new(&alone.address())?.check_picture(&bent)?;
    seen.must_be_one_of(&["not-established", "rejected"])?;
    if seen.headline == "proven-as-of" {
        return Err(format!("a bent file proves: {seen:?}").into());
    }
    Ok(())
}

fn certified(world: &World) -> Outcome {
    let (visitor, file, shown) = save(world)?;
    let hash = Sha256::digest(std::fs::read(file)?);
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    if shown != hash {
        return Err(format!("the file's hash is {hash}, the certificate says {shown}").into());
    }
    visitor.see("print")?;
    let browser = visitor.browser();
    let route = browser.session().run("return location.hash", &[])?;
    let link = format!("{}/{}", world.page(), route.as_str().unwrap_or_default());
    browser.until("the certificate's code", |session| {
        let picture = session.picture_of("[data-testid=certificate]")?;
        let picture = FilePicture::decode(&picture)?;
        let found = scan(
            picture.picture()?,
            &Budget::new(&|| 0.0, 1.0),
            &|_| false,
            &mut |_| {},
        );
        Ok(found.texts.contains(&link).then_some(()))
    })
}

fn in_code(world: &World) -> Outcome {
    let (visitor, file, _) = save(world)?;
    let route = visitor
        .browser()
        .session()
        .run("return location.hash", &[])?;
    let route = route.as_str().unwrap_or_default().to_owned();
    let mut parts = route.split('/').skip(2);
    let record = RecordName::new(
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let whole = Portable::decode(&std::fs::read(&file)?)?;
    let short = record.and_then(|record| Short::of(&whole, &record));
    let link = short
        .and_then(|short| short.to_link())
        .ok_or("no short proof")?;
    let text = [&world.page(), "/", &link].concat();
    println!("a code with a short proof: {} bytes", text.len());
    if text.len() > MOST_IN_CODE {
        return Err(format!("{} bytes fit no code", text.len()).into());
    }

    let picture = file.with_file_name("code.png");
    draw(&text, &picture)?;
    proves(&Visitor::new(&world.page())?.check_picture(&picture)?)?;
    let other = Visitor::new(&world.page())?;
    other.go(&link)?;
    proves(&other.verdict()?)?;
    let bar = other.browser().session().run("return location.hash", &[])?;
    if bar != route {
        return Err(format!("the address bar says {bar}").into());
    }

    let (before, after) = link.split_at(link.len() / 2);
    let (first, rest) = after.split_at(1);
    let bent = [before, if first == "A" { "B" } else { "A" }, rest].concat();
    let seen = other.check(&bent)?;
    seen.must_be_one_of(&["not-established", "rejected"])?;
    if proves(&seen).is_ok() {
        return Err(format!("a bent code proves: {seen:?}").into());
    }
    Ok(())
}

/// That all is proven as of a header.
fn proves(seen: &Seen) -> Outcome {
    seen.must_be("not-established")?;
    match seen.headline.as_str() {
        "proven-as-of" => Ok(()),
        _ => Err(format!("it does not prove: {seen:?}").into()),
    }
}

/// A code with as little error correction as there is, as a picture: six pixels a module, four modules of white around it.
fn draw(text: &str, picture: &Path) -> Outcome {
    let code = QrCode::with_error_correction_level(text, EcLevel::L)?;
    let at = |pixel: u32| usize::try_from(pixel / 6).ok()?.checked_sub(4);
    let side = u32::try_from(code.width() + 8)? * 6;
    let shade = |x: u32, y: u32| {
        let inside = at(x).zip(at(y));
        let inside = inside.filter(|(x, y)| *x.max(y) < code.width());
        let dark = inside.is_some_and(|place| code[place] == Color::Dark);
        image::Luma([if dark { 0 } else { 255 }])
    };
    Ok(image::GrayImage::from_fn(side, side, shade).save(picture)?)
}
