//! The pages around the verdict: home, samples, many invoices at once, everything that an answer rests on, what is shared, and the trust page.

use super::Scenario;
use lianyan_tests::place;
use lianyan_tests::visitor::Visitor;
use lianyan_tests::world::World;
use lianyan_tests::{Failure, Outcome};
use node::merkle::sha256;
use serde_json::{Value, json};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "from the home page a keyboard alone reaches every task",
        run: by_keyboard,
    },
    Scenario {
        name: "samples show their pictures, are checked at a press, and lend an identity",
        run: samples,
    },
    Scenario {
        name: "many invoices are checked one after the other, and one that stands twice once",
        run: many,
    },
    Scenario {
        name: "an answer shows what it says and everything that it rests on",
        run: whole_answer,
    },
    Scenario {
        name: "what a link opens is gone from the address, and shared only when asked",
        run: openings,
    },
    Scenario {
        name: "in letters twice as large no heading is cut, and nothing stands beyond the edge",
        run: large_letters,
    },
    Scenario {
        name: "the trust page names the build, the checkpoint, the signers and the nodes",
        run: trust,
    },
];

/// Where each of the home page's ways leads.
const WAYS: [(&str, &str); 6] = [
    ("task-scan", "#/scan"),
    ("task-medical", "#/medical"),
    ("task-vote", "#/vote"),
    ("task-batch", "#/batch"),
    ("task-try", "#/try"),
    ("chain-status", "#/trust"),
];

/// WebDriver's word for the key.
pub const ENTER: &str = "\u{e007}";

fn by_keyboard(world: &World) -> Outcome {
    const TAB: &str = "\u{e004}";
    let visitor = Visitor::new(&world.page())?;
    for (task, route) in WAYS {
        visitor.go("#/")?;
        visitor.see(task)?;
        let session = visitor.browser().session();
        let mut reached = false;
        for _ in 0..40 {
            session.keys(TAB)?;
            let focused =
                session.run("return document.activeElement?.dataset.testid || ''", &[])?;
            reached = focused == task;
            if reached {
                break;
            }
        }
        if !reached {
            return Err(format!("Tab never reaches {task}").into());
        }
        session.keys(ENTER)?;
        visitor
            .browser()
            .until(&format!("{route} by {task}"), |session| {
                let hash = session.run("return location.hash", &[])?;
                Ok((hash == route).then_some(()))
            })?;
    }
    Ok(())
}

/// As in-app browsers enlarge what they show: the letters, and not the window.
const LARGE: &str = "document.documentElement.style.fontSize = '200%';";
/// What of the bar's heading is not seen, and of the page beyond its edge; in pixels.
const CUT: &str = "
    const where = document.querySelector('#where'), page = document.documentElement;
    return Math.max(where ? where.scrollWidth - where.clientWidth : 0, page.scrollWidth - page.clientWidth);";

fn large_letters(world: &World) -> Outcome {
    let visitor = Visitor::new(&world.page())?;
    let session = visitor.browser().session();
    session.run(LARGE, &[])?;
    for route in WAYS.iter().map(|(_, route)| *route).chain(["#/keys"]) {
        visitor.go(route)?;
        visitor
            .browser()
            .until(&format!("{route} with nothing cut"), |session| {
                let there = !session.all("#where")?.is_empty();
                Ok((there && session.run(CUT, &[])? == 0).then_some(()))
            })?;
    }
    Ok(())
}

fn samples(world: &World) -> Outcome {
    let visitor = Visitor::new(&world.page())?;
    visitor.go("#/try")?;
    visitor.see("sample")?;
    const PICTURES: &str = "
        document.querySelectorAll('[data-testid=sample] img').forEach(one => { one.loading = 'eager'; });
        return [...document.querySelectorAll('[data-testid=sample]')].map(one => {
            const picture = one.querySelector('img');
            return Boolean(picture) && picture.complete && picture.naturalWidth > 100;
        });";
    let listed = world.samples("invoices")?.len();
    visitor
        .browser()
        .until("every sample's picture", |session| {
            let shown = session.run(PICTURES, &[])?;
            let shown = shown.as_array().cloned().unwrap_or_default();
            let whole = shown.len() == listed && shown.iter().all(|loaded| *loaded == true);
            Ok(whole.then_some(()))
        })?;
    visitor
        .browser()
        .press("[data-testid=sample][data-sample=red]")?;
    visitor.verdict()?.must_be("out-of-force")?;
    visitor.go("#/try")?;
    visitor.press("sample-identity")?;
    visitor.see("identity-card")
}

/// Keeps what the page copies, for a page that may not read the clipboard.
/// Lets the page copy into a variable.
pub const KEEP_COPIES: &str =
    "navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); };";

fn many(world: &World) -> Outcome {
    let visitor = Visitor::new(&world.page())?;
    visitor.go("#/batch")?;
    let genuine = world.invoice("genuine")?;
    let lines = [
        &genuine,
        &world.invoice("altered")?,
        &world.invoice("red")?,
        &genuine,
    ];
    let lines = lines.map(String::as_str).join("\n");
    visitor.fill("batch-input", &lines)?;
    visitor.press("batch-start")?;
    const ROWS: &str = "return [...document.querySelectorAll('[data-testid=batch-row]')].map(row => row.dataset.outcome || '');";
    visitor.browser().until("every row's end", |session| {
        let rows = session.run(ROWS, &[])?;
        Ok((rows == json!(["verified", "rejected", "out-of-force", "twice"])).then_some(()))
    })?;
    // Rows are not looked at again: each says at which header it was checked.
    let session = visitor.browser().session();
    if session
        .all("[data-testid=batch-row] [data-testid=up-to]")?
        .len()
        != 3
    {
        return Err("a row does not say of when it is".into());
    }
    session.run(KEEP_COPIES, &[])?;
    visitor.press("batch-csv")?;
    let copied = session.run("return window.copied || ''", &[])?;
    let copied = copied.as_str().unwrap_or_default();
    // Every line that was asked about, quoted: a code holds commas.
    let quoted = |line: &str| copied.contains(&format!("\"{line}\""));
    if copied.lines().count() == 4 && lines.lines().all(quoted) {
        Ok(())
    } else {
        Err(format!("the list was copied as {copied:?}").into())
    }
}

/// How much of everything there is on the screen.
const PARTS: &str = "
    const all = name => [...document.querySelectorAll(`[data-testid=${name}]`)];
    return {
        proven: all('field').filter(one => one.dataset.backing === 'proven').length,
        other: all('field').filter(one => one.dataset.backing !== 'proven').length,
        lines: document.querySelectorAll('[data-testid=lines] tbody tr').length,
        track: all('track').length,
        entries: all('entry').map(one => one.dataset.event),
        times: all('entry').every(one => one.querySelector('time').innerText.length >= 10 || one.querySelector('time').textContent.length >= 10),
        signers: document.querySelector('[data-testid=signers]')?.textContent || '',
        nodes: [...document.querySelectorAll('[data-testid=nodes] [data-node]')].map(one => one.dataset.state),
        raw: document.querySelector('[data-testid=raw]')?.textContent || '',
        way: document.querySelector('[data-testid=way]')?.textContent || '',
        told: [...document.querySelectorAll('[data-testid=way] li')].map(one => one.textContent),
        height: document.querySelector('[data-testid=height]')?.textContent || '',
        amount: document.querySelector('[data-field=total]')?.textContent || '',
    };";

fn whole_answer(world: &World) -> Outcome {
    let visitor = Visitor::new(&world.page())?;
    let look = || -> Outcome<Value> {
        let link = world.invoice("genuine-link")?;
        visitor.check(&link)?.must_be("verified")?;
        visitor.browser().session().run(PARTS, &[])
    };
    let mut seen = look()?;
    // A chain that has just been made may still stand at the checkpoint, to which no step leads.
    while seen["told"] == json!([]) && seen["height"] == checkpoint(world)? {
        sleep(Duration::from_millis(500));
        seen = look()?;
    }
    let wrong = |what: &str| -> Failure { format!("{what}: {seen}").into() };
    let number = |name: &str| seen[name].as_u64().unwrap_or(0);
    if number("proven") < 6 || number("other") > 0 {
        return Err(wrong("not every field is proven"));
    }
    if number("lines") == 0 || number("track") != 1 {
        return Err(wrong("lines or life are missing"));
    }
    if seen["entries"]
        .as_array()
        .is_none_or(|entries| !entries.contains(&"invoice.issue".into()))
    {
        return Err(wrong("the history does not begin with its issue"));
    }
    if seen["times"] != true {
        return Err(wrong("an event has no time"));
    }
    // By name and power, not by key.
    let signers = seen["signers"].as_str().unwrap_or_default();
    if !["税务", "31"].iter().all(|word| signers.contains(word)) {
        return Err(wrong("the signers have no names"));
    }
    if seen["nodes"] != json!(["agrees", "agrees", "agrees"]) {
        return Err(wrong("the nodes are not told"));
    }
    // A new browser trusts the page's own checkpoint and nothing else.
    let from = checkpoint(world)?;
    let way = seen["way"].as_str().unwrap_or_default();
    if !way.starts_with(&format!("从已信任的高度 {from} 起")) || !way.contains("个签名")
    {
        return Err(wrong("the way from the checkpoint is not told"));
    }
    // Each step with its reason, and the last one leads to the header.
    let told = seen["told"].as_array().map_or(&[][..], Vec::as_slice);
    let reasoned = |step: &Value| step.as_str().is_some_and(|step| step.contains("% 的签名"));
    let height = seen["height"].as_str().unwrap_or_default();
    let last = told.last().and_then(Value::as_str).unwrap_or_default();
    if !way.contains(&format!("，{} 步到此", told.len()))
        || !told.iter().all(reasoned)
        || height.is_empty()
        || !last.starts_with(&format!("{height}："))
    {
        return Err(wrong("the steps on the way are not told"));
    }
    if !seen["raw"]
        .as_str()
        .unwrap_or_default()
        .contains("signed_header")
    {
        return Err(wrong("the raw proof is missing"));
    }
    if !seen["amount"].as_str().unwrap_or_default().contains('圆') {
        return Err(wrong("the amount is not written out"));
    }
    let session = visitor.browser().session();
    session.run(KEEP_COPIES, &[])?;
    visitor.press("copy-summary")?;
    let copied = session.run("return window.copied || ''", &[])?;
    match copied.as_str().is_some_and(|text| text.lines().count() > 5) {
        true => Ok(()),
        false => Err(format!("the summary was copied as {copied}").into()),
    }
}

/// Height of the page's own checkpoint.
fn checkpoint(world: &World) -> Outcome<String> {
    let chains: Value = serde_json::from_str(&world.demo().file("chains.json")?)?;
    Ok(chains["chains"][0]["checkpoint"]["height"].to_string())
}

/// Soundness rule 18.
fn openings(world: &World) -> Outcome {
    let link = world.invoice("genuine-link")?;
    let (_, route) = link.split_once('#').ok_or("no link")?;
    let secret = route.rsplit('/').next().ok_or("no openings")?;
    let visitor = Visitor::new(&world.page())?;
    visitor.go(&format!("#{route}"))?;
    visitor.verdict()?.must_be("verified")?;
    visitor.must_show("field", "backing", "proven")?;
    let session = visitor.browser().session();
    let look = |what: &str, script: &str, has: bool| -> Outcome {
        let text = session.run(script, &[])?;
        let text = text.as_str().unwrap_or_default().to_owned();
        if text.is_empty() || text.contains(secret) != has {
            return Err(format!("{what} is {text}").into());
        }
        Ok(())
    };
    const ADDRESS: &str = "return location.href";
    const LINK: &str = "return document.querySelector('[data-testid=share-link]').textContent";
    look("the address", ADDRESS, false)?;
    look("the link", LINK, false)?;
    session.run(
        "document.querySelectorAll('details').forEach(one => { one.open = true; })",
        &[],
    )?;
    visitor.press("share-openings")?;
    visitor
        .browser()
        .until("the link with openings", |session| {
            let text = session.run(LINK, &[])?;
            Ok(text
                .as_str()
                .is_some_and(|text| text.contains(secret))
                .then_some(()))
        })?;
    look("the address", ADDRESS, false)
}

/// SHA-256 over what `sha256sum` prints for every file of the page but the two that change, as docs/build.md says.
fn hash_of_the_page() -> Outcome<String> {
    let mut files = Vec::new();
    list(&place::site(), Path::new(""), &mut files)?;
    files.retain(|(name, _)| name != "index.html" && name != "chains.json");
    files.sort();
    let lines: String = files
        .iter()
        .map(|(name, bytes)| format!("{}  {name}\n", hex::encode(sha256(bytes))))
        .collect();
    Ok(hex::encode(sha256(lines.as_bytes())))
}

fn list(folder: &Path, below: &Path, files: &mut Vec<(String, Vec<u8>)>) -> Outcome {
    for entry in std::fs::read_dir(folder.join(below))? {
        let entry = entry?;
        let name = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            list(folder, &name, files)?;
        } else {
            files.push((
                name.to_string_lossy().into_owned(),
                std::fs::read(entry.path())?,
            ));
        }
    }
    Ok(())
}

fn trust(world: &World) -> Outcome {
    let visitor = Visitor::new(&world.page())?;
    visitor.go("#/trust")?;
    visitor.see("nodes")?;
    const SHOWN: &str = "
        const text = name => (document.querySelector(`[data-testid=${name}]`)?.textContent || '').replace(/\\s/g, '');
        return {
            build: text('build'), height: text('height'), page: document.body.textContent.replace(/\\s/g, ''),
            nodes: [...document.querySelectorAll('[data-testid=nodes] [data-node]')].map(one => one.dataset.state),
        };";
    let chains: Value = serde_json::from_str(&world.demo().file("chains.json")?)?;
    let checkpoint = &chains["chains"][0]["checkpoint"];
    let hash = checkpoint["hash"]
        .as_str()
        .ok_or("no checkpoint")?
        .to_lowercase();
    let seen = visitor.browser().until("the nodes' answers", |session| {
        let seen = session.run(SHOWN, &[])?;
        let agree = seen["nodes"] == json!(["agrees", "agrees", "agrees"]);
        Ok(agree.then_some(seen))
    })?;
    if seen["build"] != hash_of_the_page()? {
        return Err(format!("the build is shown as {}", seen["build"]).into());
    }
    let page = seen["page"].as_str().unwrap_or_default().to_lowercase();
    for words in [hash.as_str(), "税务", "31"] {
        if !page.contains(words) {
            return Err(format!("the trust page does not say {words}").into());
        }
    }
    Ok(())
}
