//! Trust that survives a reload, the loss of storage, and a fork.

use super::{Scenario, workers};
use lianyan_tests::Outcome;
use lianyan_tests::blocks::{block, commit, page_of_long_ago};
use lianyan_tests::browser::{Browser, Device};
use lianyan_tests::demo;
use lianyan_tests::lying_node::Lie;
use lianyan_tests::site::Changes;
use lianyan_tests::visitor::Visitor;
use lianyan_tests::world::World;
use node::comet::{from_rfc3339, nanos};
use node::demo::{FOUNDERS, Founding, member_key};
use records::Digest;
use serde_json::Value;
use verifier::Checkpoint;

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "expired trust begins again where a person names a block, and a reload keeps that as long as the browser does",
        run: expired,
    },
    Scenario {
        name: "expired trust begins again with a checkpoint that enough members signed, and the page says who; too few are refused",
        run: vouched,
    },
    Scenario {
        name: "what validators sign is verified, and the trust page names the type of each validator's key",
        run: key_types,
    },
    Scenario {
        name: "a fork that was noted stops the page, also after a reload, until a person establishes trust anew",
        run: halted,
    },
    Scenario {
        name: "a page that was rolled back leaves alone what a newer one keeps, says so, and heeds the fork that it noted",
        run: rolled_back,
    },
    Scenario {
        name: "a fork that a node proves takes back what was verified, names who signed both sides, and hands out the evidence",
        run: forked,
    },
    Scenario {
        name: "a browser that keeps nothing verifies all the same, and the trust page says so",
        run: keeps_nothing,
    },
    Scenario {
        name: "a browser whose storage fills up goes on in memory, and the trust page says so",
        run: fills_up,
    },
    Scenario {
        name: "a device whose clock is wrong verifies nothing that time decides, and the trust page says that it is the clock",
        run: wrong_clock,
    },
];

pub fn establish(visitor: &Visitor, height: &str, hash: &str) -> Outcome {
    visitor.press("establish-fold")?;
    visitor.fill("establish-height", height)?;
    visitor.fill("establish-hash", hash)?;
    visitor.press("establish-compared")?;
    visitor.press("establish")
}

pub fn reload(visitor: &Visitor) -> Outcome {
    visitor.browser().session().reload()
}

fn expired(world: &World) -> Outcome {
    let site = page_of_long_ago(world, Changes::default())?;
    let visitor = Visitor::new(&site.address())?;
    visitor.go("#/trust")?;
    visitor.must_show("chain-reason", "reason", "trust-expired")?;
    let (height, hash) = block(world, "")?;
    establish(&visitor, &height, &"0".repeat(64))?;
    visitor.see("establish-failed")?;
    reload(&visitor)?;
    visitor.must_show("chain-reason", "reason", "trust-expired")?;
    establish(&visitor, &height, &hash)?;
    visitor.see("height")?;
    reload(&visitor)?;
    visitor.see("height")?;
    // The browser loses it: nothing is trusted silently again.
    wipe(&visitor)?;
    reload(&visitor)?;
    visitor.must_show("chain-reason", "reason", "trust-expired")
}

fn vouched(world: &World) -> Outcome {
    let site = page_of_long_ago(world, Changes::default())?;
    let visitor = Visitor::new(&site.address())?;
    visitor.go("#/trust")?;
    visitor.must_show("chain-reason", "reason", "trust-expired")?;
    let checkpoint = checkpoint(world)?;
    let sign = |founder: &Founding| checkpoint.sign(&member_key(founder.id));
    let [one, two, three, _] = FOUNDERS.each_ref().map(sign);
    let file = visitor.browser().files().join("checkpoint.json");
    let hand_in = |signed: Option<records::Envelope>| -> Outcome {
        std::fs::write(&file, signed.ok_or("not one checkpoint")?.encode())?;
        visitor.browser().give_file("[data-testid=vouch]", &file)
    };
    visitor.press("establish-fold")?;
    let two = one?.joined(two?);
    hand_in(two.clone())?;
    visitor.see("establish-failed")?;
    visitor.must_show("chain-reason", "reason", "trust-expired")?;
    hand_in(two.ok_or("not one checkpoint")?.joined(three?))?;
    visitor.see("height")?;
    must_name(&visitor, [true, true, true, false])?;
    reload(&visitor)?;
    visitor.see("height")?;
    must_name(&visitor, [true, true, true, false])
}

/// Which of the founders the page names for having signed, once it names anybody.
fn must_name(visitor: &Visitor, signed: [bool; 4]) -> Outcome {
    visitor.browser().until("those who signed", |session| {
        let said = session.run(SIGNED_BY, &[])?;
        let said = said.as_str().unwrap_or_default();
        let named = FOUNDERS.each_ref().map(|one| said.contains(one.name));
        Ok((named == signed).then_some(()))
    })
}

const SIGNED_BY: &str = "return document.querySelector('[data-testid=vouched]')?.textContent || ''";

/// The newest block, as members sign it.
fn checkpoint(world: &World) -> Outcome<Checkpoint> {
    let signed = commit(world, "")?;
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or("no block");
    let time = from_rfc3339(&text(&signed["header"]["time"])?).ok_or("no time")?;
    let hash = text(&signed["commit"]["block_id"]["hash"])?.to_lowercase();
    Ok(Checkpoint {
        chain: text(&signed["header"]["chain_id"])?,
        hash: Digest(records::hash::parse_hash(&hash).ok_or("no hash")?),
        height: text(&signed["header"]["height"])?.parse()?,
        time: nanos(&time),
    })
}

fn key_types(world: &World) -> Outcome {
    let post_quantum = std::env::var(demo::KEYS).is_ok_and(|keys| keys == "ml_dsa_65");
    let key_type = if post_quantum {
        "cometbft/PubKeyMlDsa65"
    } else {
        "tendermint/PubKeyEd25519"
    };
    let visitor = Visitor::new(&world.page())?;
    visitor.go("#/trust")?;
    visitor.must_show("power-and-keys", "keys", key_type)?;
    visitor
        .check(&world.invoice("genuine-link")?)?
        .must_be("verified")
}

fn wipe(visitor: &Visitor) -> Outcome {
    let session = visitor.browser().session();
    session.run(
        "window.wiped = false; const all = indexedDB.deleteDatabase('lianyan-trust'); all.onsuccess = () => { window.wiped = true; };",
        &[],
    )?;
    visitor
        .browser()
        .until("the end of the storage", |session| {
            let wiped = session.run("return window.wiped", &[])?;
            Ok((wiped == true).then_some(()))
        })
}

/// A note of a fork, damaged as a bad disk would: it says no more than that there was one.
const NOTE: &str = "
    window.noted = false;
    const text = new TextEncoder().encode(arguments[0]);
    crypto.subtle.digest('SHA-256', text).then(hash => {
        const hex = [...new Uint8Array(hash)].map(byte => byte.toString(16).padStart(2, '0')).join('');
        const opened = indexedDB.open('lianyan-trust');
        opened.onsuccess = () => {
            const change = opened.result.transaction('trust', 'readwrite');
            change.objectStore('trust').put(new Uint8Array([1, 2, 3]), hex + '/halt');
            change.oncomplete = () => { opened.result.close(); window.noted = true; };
        };
    });
";

fn halted(world: &World) -> Outcome {
    let visitor = Visitor::new(&world.page())?;
    visitor.go("#/trust")?;
    visitor.see("height")?;
    let chain = visitor.browser().text("[data-testid=chain-id]")?;
    visitor.browser().session().run(NOTE, &[chain.into()])?;
    visitor.must_show("chain-reason", "reason", "halt-unreadable")?;
    reload(&visitor)?;
    visitor.must_show("chain-reason", "reason", "halt-unreadable")?;
    visitor
        .check(&world.invoice("genuine-link")?)?
        .must_be("not-established")?;
    visitor.go("#/trust")?;
    visitor.press("establish-fold")?;
    visitor.press("establish-built-in")?;
    visitor.press("establish-compared")?;
    visitor.press("establish")?;
    visitor.see("height")?;
    reload(&visitor)?;
    visitor.see("height")?;
    visitor
        .check(&world.invoice("genuine-link")?)?
        .must_be("verified")
}

/// The database as a newer page would have laid it out; what it holds stays.
const NEWER: &str = "
    window.newer = false;
    const opened = indexedDB.open('lianyan-trust', 7);
    opened.onsuccess = () => { opened.result.close(); window.newer = true; };
";
/// The version, and what is kept under which name.
const KEPT: &str = "
    return new Promise((done, fail) => {
        const opened = indexedDB.open('lianyan-trust');
        opened.onerror = fail;
        opened.onsuccess = () => {
            const table = opened.result.transaction('trust').objectStore('trust');
            const names = table.getAllKeys();
            names.onsuccess = () => {
                const values = table.getAll();
                values.onsuccess = () => {
                    opened.result.close();
                    done({ version: opened.result.version, names: names.result, values: values.result.map(String) });
                };
            };
        };
    });
";

fn rolled_back(world: &World) -> Outcome {
    let visitor = Visitor::new(&world.page())?;
    visitor.go("#/trust")?;
    visitor.see("height")?;
    let session = visitor.browser().session();
    let turns = |word: &str| {
        let script = format!("return window.{word}");
        visitor.browser().until(word, |session| {
            Ok((session.run(&script, &[])? == true).then_some(()))
        })
    };
    session.run(NEWER, &[])?;
    turns("newer")?;
    let kept = session.run(KEPT, &[])?;
    if kept["version"] != 7 || kept["names"].as_array().is_none_or(Vec::is_empty) {
        return Err(format!("nothing is kept that a newer page would have: {kept}").into());
    }
    reload(&visitor)?;
    visitor.see("height")?;
    visitor.see("kept-not")?;
    visitor
        .check(&world.invoice("genuine-link")?)?
        .must_be("verified")?;
    let after = session.run(KEPT, &[])?;
    if after != kept {
        return Err(format!("what a newer page keeps was changed from {kept} to {after}").into());
    }
    visitor.go("#/trust")?;
    let chain = visitor.browser().text("[data-testid=chain-id]")?;
    session.run(NOTE, &[chain.into()])?;
    turns("noted")?;
    reload(&visitor)?;
    visitor.must_show("chain-reason", "reason", "halt-unreadable")?;
    visitor
        .check(&world.invoice("genuine-link")?)?
        .must_be("not-established")
}

/// Every validator signs a second header for each height, and one of three nodes shows them.
fn forked(world: &World) -> Outcome {
    // More than two thirds of the power signed each side, each time perhaps another three of four: more than a third signed both, and nobody has a third.
    const SIGNERS: usize = 2;
    let visitor = Visitor::new(&world.page())?;
    visitor
        .check(&world.invoice("genuine-link")?)?
        .must_be("verified")?;
    let (newest, _) = block(world, "")?;
    let lie = Lie::Forked {
        from: newest.parse::<u64>()? + 1,
        seeds: world.demo().validator_seeds()?,
    };
    world.lie(1, &lie)?;
    // It follows by itself, and takes back what it said.
    let fell = visitor.must_show("verdict", "outcome", "not-established");
    world.lie(0, &Lie::None)?;
    fell?;
    // From there on leads a link to what happened.
    visitor.press("why-halted")?;
    visitor.must_show("chain-reason", "reason", "chain-forked")?;
    visitor.see("fork")?;
    let seen = visitor.browser().session().run(FORK, &[])?;
    let sides = seen["sides"].as_array().map(Vec::as_slice);
    let differ = matches!(sides, Some([one, other]) if one != other);
    let names = seen["both"].as_str().unwrap_or_default();
    if !differ || names.matches('、').count() + 1 < SIGNERS {
        return Err(format!("two sides and {SIGNERS} members are not named: {seen}").into());
    }
    let evidence = std::fs::read(visitor.save("save-evidence", "json")?)?;
    let evidence: Value = serde_json::from_slice(&evidence)?;
    if evidence[0]["type"] != "tendermint/LightClientAttackEvidence" {
        return Err(format!("that is no evidence: {evidence}").into());
    }
    reload(&visitor)?;
    visitor.must_show("chain-reason", "reason", "chain-forked")?;
    visitor
        .check(&world.invoice("genuine-link")?)?
        .must_be("not-established")
}

const FORK: &str = "
    const sides = [...document.querySelectorAll('[data-testid=fork-side] p.mono')].map(hash => hash.textContent);
    return {sides, both: document.querySelector('[data-testid=signed-both]')?.textContent || ''};";

fn keeps_nothing(world: &World) -> Outcome {
    let device = Device {
        stores: false,
        ..Device::default()
    };
    let visitor = Visitor::with(Browser::start(&device, None)?, &world.page())?;
    visitor.go("#/trust")?;
    visitor.see("height")?;
    visitor.see("kept-not")?;
    visitor
        .check(&world.invoice("genuine-link")?)?
        .must_be("verified")
}

/// From a word on nothing can be stored any more: the browser breaks off what is under way, as where a disk is full.
const FULL: &str = "
    new BroadcastChannel('full').onmessage = () => {
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (...what) {
            const request = put.apply(this, what);
            this.transaction.abort();
            return request;
        };
    };
";

fn fills_up(world: &World) -> Outcome {
    let changes = workers::with(&["verifier", "verifier-all-keys"], FULL)?;
    let site = world.page_with(changes, |_| ())?;
    let visitor = Visitor::new(&site.address())?;
    visitor.go("#/trust")?;
    visitor.see("height")?;
    let session = visitor.browser().session();
    if !session.all("[data-testid=kept-not]")?.is_empty() {
        return Err("nothing is kept while there is room".into());
    }
    session.run("new BroadcastChannel('full').postMessage('')", &[])?;
    visitor.see("kept-not")?;
    let height = || visitor.browser().text("[data-testid=height]");
    let before = height()?;
    visitor.browser().until(
        "a newer header",
        |_| Ok((height()? != before).then_some(())),
    )?;
    visitor
        .check(&world.invoice("genuine-link")?)?
        .must_be("verified")
}

/// Longer than clocks may differ, and than a header is fresh; milliseconds.
const WRONG: i64 = 900_000;

fn wrong_clock(world: &World) -> Outcome {
    for (ahead, reason) in [(-WRONG, "header-from-future"), (WRONG, "clock-ahead")] {
        let wrong = format!("const right = Date.now; Date.now = () => right() + {ahead};");
        let changes = workers::with(&["verifier", "verifier-all-keys"], &wrong)?;
        let site = world.page_with(changes, |_| ())?;
        let visitor = Visitor::new(&site.address())?;
        visitor.go("#/trust")?;
        visitor.must_show("chain-reason", "reason", reason)?;
        visitor
            .check(&world.invoice("genuine-link")?)?
            .must_be("not-established")?;
    }
    Ok(())
}
