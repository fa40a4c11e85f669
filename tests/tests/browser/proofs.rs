//! A verdict kept as a file, verified by another browser that reaches no node; and the certificate on which its hash stands.

use super::Scenario;
use lianyan_tests::Outcome;
use lianyan_tests::visitor::Visitor;
use lianyan_tests::world::World;
use scanner::{Budget, FilePicture, scan};
use sha2::{Digest, Sha256};
use std::path::PathBuf;

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "a proof file that one browser keeps proves in another that reaches no node, and a bent one does not",
        run: kept,
    },
    Scenario {
        name: "the certificate names the proof file by its hash, and its code leads back to the record",
        run: certified,
    },
];

/// Saves the proof of a genuine invoice; gives the visitor, the file and the hash that was shown.
fn save(world: &World) -> Outcome<(Visitor, PathBuf, String)> {
    let visitor = Visitor::new(&world.page())?;
    let seen = visitor.check(&world.invoice("genuine-link")?)?;
    seen.must_be("verified")?;
    let file = visitor.save("save-proof", "proof")?;
    let hash = visitor.data("certificate", "hash")?;
    Ok((visitor, file, hash))
}

fn kept(world: &World) -> Outcome {
    let (_visitor, file, _) = save(world)?;
    // Nobody listens at this port.
    let alone = world.page_whose_chain(|chain| {
        let nodes = chain["nodes"].as_array_mut().into_iter().flatten();
        nodes.for_each(|node| node["url"] = "http://127.0.0.1:9".into());
    })?;
    let other = Visitor::new(&alone.address())?;
    let seen = other.check_picture(&file)?;
    seen.must_be("not-established")?;
    if seen.headline != "proven-as-of" {
        return Err(format!("the file does not prove: {seen:?}").into());
    }
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
