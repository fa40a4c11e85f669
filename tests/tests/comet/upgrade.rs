//! Everybody upgrades at one height: the members have agreed on rules that no program knows yet. The chain stops before their first block, and goes
//! on there with newer programs, CometBFT among them, once most have them.

use super::consortium::{Beginning, Consortium, NODES};
use super::hard_days::until;
use super::{events, light};
use lianyan_tests::Outcome;
use node::application::code;
use node::demo::FOUNDERS;
use node::network::Plan;
use records::kinds::rules::Activation;
use records::registry::RULES_VERSION;
use records::{Event, KeyType, Payload, RecordName, SecretKey, canonical};
use serde_json::{Value, json};
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

const BEGINNING: Beginning<'_> = Beginning {
    key_type: KeyType::Ed25519,
    allowed: &[KeyType::Ed25519],
    spare: 0,
};
/// The version that the members agree on.
const NEXT: u64 = RULES_VERSION + 1;
/// The one program that knows it.
const NEWER: &str = env!("CARGO_BIN_EXE_newer");
/// Blocks from the agreement to the change.
const NOTICE: u64 = 8;
/// A chain that stands still is looked at for this long: blocks would come every second.
const STILL: Duration = Duration::from_secs(5);
/// Whose machine is upgraded last.
const LAST: usize = 3;

/// From one version of CometBFT to another, and to the next rules.
pub fn at_an_agreed_height(older: &Path, newer: &Path) -> Outcome {
    let mut consortium = Consortium::prepared(older, &BEGINNING, own_programs)?;
    let chains = consortium.chains(consortium.client(0).newest()?.0)?;
    // Members count from the block after the one that admits them.
    let mut written = consortium.events(&["member"]);
    consortium.write(0, &written)?;
    let invoices = consortium.events(&["quota", "fiscal-quota", "invoice"]);
    consortium.write(0, &invoices)?;
    written.extend(invoices);
    let before = results(&mut consortium, &written)?;
    let from = agree(&mut consortium)?;
    stands_before(&mut consortium, from)?;
    for node in 0..LAST {
        upgrade(&mut consortium, node, newer)?;
    }
    goes_on(&consortium, 0, from)?;
    upgrade(&mut consortium, LAST, newer)?;
    goes_on(&consortium, LAST, from)?;
    for (height, version) in [(from - 1, RULES_VERSION), (from, NEXT)] {
        let header = consortium.agreed_at(height)?;
        assert_eq!(header["version"]["app"], version.to_string());
    }
    assert_eq!(
        results(&mut consortium, &written)?,
        before,
        "something is lost"
    );
    light::follow(&chains, consortium.folder.path())?;
    old_pages_tell_old_records_from_new_ones(&mut consortium, &chains)?;
    consortium.agreed().map(drop)
}

/// Every machine has its programs in a place of its own.
fn own_programs(plan: &mut Plan) -> Outcome {
    for node in 0..plan.nodes.len() {
        install(plan, node, "cometbft", &plan.cometbft)?;
        install(plan, node, "application", &plan.application)?;
    }
    plan.cometbft = installed(plan, "cometbft")?;
    plan.application = installed(plan, "application")?;
    Ok(())
}

fn install(plan: &Plan, node: usize, name: &str, program: &Path) -> Outcome {
    let place = plan.home(node).folder().join("bin").join(name);
    fs::create_dir_all(place.parent().ok_or("no folder")?)?;
    let _ = fs::remove_file(&place);
    Ok(symlink(program.canonicalize()?, place)?)
}

/// What starts the program that is installed where it is started.
fn installed(plan: &Plan, name: &str) -> Outcome<PathBuf> {
    let file = plan.folder.join(format!("{name}.sh"));
    fs::write(&file, format!("#!/bin/sh\nexec bin/{name} \"$@\"\n"))?;
    fs::set_permissions(&file, Permissions::from_mode(0o755))?;
    Ok(file)
}

/// Both programs at once, as docs/operate.md has it.
fn upgrade(consortium: &mut Consortium, node: usize, newer: &Path) -> Outcome {
    consortium.network.engine(node).kill();
    consortium.network.application(node).kill();
    install(&consortium.plan, node, "cometbft", newer)?;
    install(&consortium.plan, node, "application", Path::new(NEWER))?;
    consortium.network.application(node).restart()?;
    Ok(consortium.network.engine(node).restart()?)
}

/// All members sign the next version of the rules; the first height at which it holds. `lianyan-node propose` would refuse what it does not know.
fn agree(consortium: &mut Consortium) -> Outcome<u64> {
    let (height, time) = consortium.client(0).newest()?;
    let body = Activation {
        from: height + NOTICE,
        version: NEXT,
    };
    let payload = Payload {
        body: canonical::to_value(&body)?,
        chain: consortium.chain.clone(),
        seq: 0,
        subject: RecordName::new("rules", "main").ok_or("no name")?,
        event_type: "rules.activate".into(),
        until: time + 600_000_000_000,
    };
    let keys =
        FOUNDERS.map(|founder| SecretKey::from_seed(&consortium.script.member_seed(founder.id)));
    let event = payload.sign(&keys.each_ref())?.encode();
    consortium.write(0, std::slice::from_ref(&event))?;
    let result = events::result_of(consortium, 0, &event)?;
    assert_eq!(result["code"], code::OK, "{result}");
    Ok(body.from)
}

/// Some end, and the others have too little power: nobody has the block.
fn stands_before(consortium: &mut Consortium, from: u64) -> Outcome {
    let sentence = format!("block {from} follows version {NEXT} of the rules");
    let logs: Vec<PathBuf> = (0..NODES)
        .map(|node| {
            consortium
                .plan
                .logs()
                .join(format!("node-{node}-application.log"))
        })
        .collect();
    until("programs say that they are too old", || {
        let said = logs.iter().map(fs::read_to_string);
        said.filter(|log| log.as_ref().is_ok_and(|log| log.contains(&sentence)))
            .count()
            >= 2
    })?;
    std::thread::sleep(STILL);
    match consortium.newest() {
        Ok(height) if height >= from => Err(format!("block {height} was decided").into()),
        _ => Ok(()),
    }
}

/// Nothing that ends is started again meanwhile.
fn goes_on(consortium: &Consortium, node: usize, from: u64) -> Outcome {
    let client = consortium.client(node);
    let newest = || client.newest().map_or(0, |(height, _)| height);
    until(&format!("node {node} goes on"), || newest() > from + 1)
        .map_err(|error| format!("{error}; {}", consortium.logs()).into())
}

/// Where every event is, and what became of it; asked of a node that stood still and came back.
fn results(consortium: &mut Consortium, written: &[Vec<u8>]) -> Outcome<Vec<Value>> {
    let of = |event: &Vec<u8>| events::found(consortium, LAST, event);
    written.iter().map(of).collect()
}

/// To a verifier that knows only the old rules, what was written under them is as it was, and what came after is not established.
fn old_pages_tell_old_records_from_new_ones(consortium: &mut Consortium, chains: &Path) -> Outcome {
    let (verdict, status) = events::check(&consortium.code("genuine")?, chains)?;
    assert_eq!(
        (&verdict["outcome"], status),
        (&json!("verified"), 0),
        "{verdict:#}"
    );
    let event = consortium.events(&["document"]).swap_remove(0);
    consortium.write(0, std::slice::from_ref(&event))?;
    let result = events::result_of(consortium, 0, &event)?;
    assert_eq!(result["code"], code::OK, "{result}");
    // What a block writes is proven by the header after it.
    consortium.agreed()?;
    let name = Event::open(&event)?.payload().subject.clone();
    let (verdict, status) = events::check(&format!("#/r/{}/{}", name.kind(), name.id()), chains)?;
    assert_eq!(status, 2, "{verdict:#}");
    assert!(verdict.to_string().contains("rules-too-new"), "{verdict:#}");
    Ok(())
}
