//! Workers that end, as WebAssembly does that runs out of memory: it is said, and the page goes on with another.

use super::Scenario;
use super::inputs::without_code;
use super::invoices::bitmap;
use super::trust::establish;
use lianyan_tests::Outcome;
use lianyan_tests::blocks::{block, page_of_long_ago};
use lianyan_tests::owner::{bind, route};
use lianyan_tests::place::{self, Folder};
use lianyan_tests::site::Changes;
use lianyan_tests::visitor::Visitor;
use lianyan_tests::world::World;
use scanner::testing::{Kind, photo_of};

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "a verifier that runs out of memory is started again and goes on from what the browser keeps",
        run: verifier,
    },
    Scenario {
        name: "a verifier that ends over a signed ballot is started again, and that one hands the ballot in",
        run: ballot,
    },
    Scenario {
        name: "a code reader that ends over a picture is said to have, and the next picture is read",
        run: scanner,
    },
    Scenario {
        name: "where the keys' program ends over a task that is said, and the next task is done with what was kept",
        run: keys,
    },
];

/// At a word, a worker asks for more memory than there can be, and ends: at once, or over the next message with that word in it; each one that starts says so.
const MORTAL: &str = "
    const end = () => { for (;;) wasm.__wbindgen_malloc(0x40000000, 1); };
    let over = null;
    self.addEventListener('message', event => {
        if (over && String(event.data).includes(over)) { event.stopImmediatePropagation(); end(); }
    });
    const word = new BroadcastChannel('end');
    word.onmessage = ({data: when}) => when === 'now' ? end() : over = when;
    new BroadcastChannel('started').postMessage('');
";
/// In every message.
const ANY: &str = r#""is":"#;
/// In the one that hands over a signed event.
const SEND: &str = r#""is":"send""#;
/// The seed of an owner that no other scenario uses.
const OWNER: usize = 91;
/// Where the built program has its WebAssembly at hand.
const PLACE: &str = "let __wbg_init_promise;";

fn mortal(workers: &[&str]) -> Outcome<Changes> {
    with(workers, MORTAL)
}

/// These workers with more in their programs.
pub fn with(workers: &[&str], more: &str) -> Outcome<Changes> {
    let mut changes = Changes::default();
    for worker in workers {
        let name = format!("{worker}-worker.js");
        let program = std::fs::read_to_string(place::site().join(&name))?;
        if !program.contains(PLACE) {
            return Err(format!("{name} is built otherwise").into());
        }
        let program = program.replace(PLACE, &format!("{more}{PLACE}"));
        changes = changes.program(&name, program);
    }
    Ok(changes)
}

fn end(visitor: &Visitor, when: &str) -> Outcome {
    const SAY: &str = "
        window.starts = 0;
        window.heard = new BroadcastChannel('started');
        heard.onmessage = () => starts += 1;
        new BroadcastChannel('end').postMessage(arguments[0]);
    ";
    let session = visitor.browser().session();
    session.run(SAY, &[when.into()]).map(drop)
}

fn another_starts(visitor: &Visitor) -> Outcome {
    visitor.browser().until("another worker", |session| {
        let starts = session.run("return window.starts", &[])?;
        Ok((starts == 1).then_some(()))
    })
}

/// Both verifiers are mortal: which one a page takes depends on the chain.
fn verifier(world: &World) -> Outcome {
    let site = page_of_long_ago(world, mortal(&["verifier", "verifier-all-keys"])?)?;
    let visitor = Visitor::new(&site.address())?;
    visitor.go("#/trust")?;
    visitor.must_show("chain-reason", "reason", "trust-expired")?;
    let (height, hash) = block(world, "")?;
    establish(&visitor, &height, &hash)?;
    visitor.see("height")?;
    visitor
        .check(&world.invoice("genuine-link")?)?
        .must_be("verified")?;
    end(&visitor, "now")?;
    another_starts(&visitor)?;
    // The answer that stood there is proven again by it, and a new one as well: it trusts what was trusted before.
    visitor.verdict()?.must_be("verified")?;
    visitor
        .check(&world.invoice("red")?)?
        .must_be("out-of-force")?;
    visitor.go("#/trust")?;
    visitor.see("height")
}

fn ballot(world: &World) -> Outcome {
    let vote = world.vote("Repair the outer walls of building 3 from the maintenance fund")?;
    let rooms = vote["free_rooms"].as_array().ok_or("no free rooms")?;
    let room = rooms.get(3).ok_or("no free room")?;
    let site = world.page_with(mortal(&["verifier", "verifier-all-keys"])?, |_| ())?;
    let owner = Visitor::new(&site.address())?;
    owner.take_identity(&bind(world.demo(), &vote, room, OWNER)?)?;
    owner.go(&route(&vote))?;
    owner.verdict()?.must_be("verified")?;
    end(&owner, SEND)?;
    owner.press("choice-for")?;
    owner.press("to-review")?;
    owner.press("sign")?;
    another_starts(&owner)?;
    owner.must_show("ballot", "choice", "for")?;
    owner.must_show("ballot", "outcome", "verified")
}

fn scanner(world: &World) -> Outcome {
    let folder = Folder::new("ends")?;
    let site = world.page_with(mortal(&["scanner"])?, |_| ())?;
    let visitor = Visitor::new(&site.address())?;
    let give = |name: &str, picture: Vec<u8>| -> Outcome {
        let file = folder.path().join(name);
        std::fs::write(&file, picture)?;
        visitor.browser().give_file("[data-testid=album]", &file)
    };
    let said = |word: &str| {
        visitor.browser().until(word, |session| {
            let said = session.run(SAID, &[])?;
            Ok(said.as_str().filter(|said| said.contains(word)).map(drop))
        })
    };
    let invoice = bitmap(&photo_of(&world.invoice("genuine")?, Kind::Turned, 3)?);
    visitor.go("#/scan")?;
    give("nothing.bmp", without_code()?)?;
    said("没有读出")?;
    end(&visitor, ANY)?;
    give("first.bmp", invoice.clone())?;
    said("中断")?;
    give("second.bmp", invoice)?;
    visitor.verdict()?.must_be("verified")?;
    another_starts(&visitor)
}

const SAID: &str = "return document.querySelector('[data-testid=scan-wrong]')?.textContent || ''";

fn keys(world: &World) -> Outcome {
    let site = world.page_with(mortal(&["keys"])?, |_| ())?;
    let visitor = Visitor::new(&site.address())?;
    visitor.take_identity(&world.identity_file("patient-tao")?)?;
    visitor.must_show("identity-card", "stored", "true")?;
    let key = visitor.data("identity-card", "key")?;
    let hospital = world.identity_file("donghu-hospital")?;
    visitor.press("import-identity")?;
    visitor.fill("import-text", &hospital)?;
    end(&visitor, ANY)?;
    visitor.press("import")?;
    visitor.see("import-failed")?;
    another_starts(&visitor)?;
    visitor.must_show("identity-card", "key", &key)?;
    visitor.fill("import-text", &hospital)?;
    visitor.press("import")?;
    visitor.browser().until("both identities", |session| {
        let cards = session.all("[data-testid=identity-card][data-stored=true]")?;
        Ok((cards.len() == 2).then_some(()))
    })?;
    visitor.must_show("identity-card", "key", &key)
}
