//! `lianyan light`, `lianyan checkpoint` and `lianyan evidence`, as processes before nodes that tell the truth and nodes that lie.

#[path = "../common/mod.rs"]
mod common;
mod evidence;
mod old;
mod proxy;
mod proxy_lies;
mod wrong;

use common::{Lie, TestChain, chain, comet, lie, node, node_of};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::mpsc::{Receiver, channel},
    thread::spawn,
    time::Duration,
};

/// The command line after `lianyan light`, for the tests' chain from its first block on.
fn light(nodes: &[String]) -> Command {
    let hash = hex::encode(chain().header(1).hash());
    let mut command = Command::new(env!("CARGO_BIN_EXE_lianyan"));
    command.args([
        "light",
        "--chain-id",
        records::testing::CHAIN,
        "--trust-height",
        "1",
        "--trust-hash",
        &hash,
    ]);
    // The tests' chain was made at the beginning of 2026.
    command.args(["--trusting-period", "900000h"]);
    for (at, url) in nodes.iter().enumerate() {
        command.args([if at == 0 { "--node" } else { "--witness" }, url]);
    }
    command
}

/// Longer than any command takes that ends by itself.
const LONG: Duration = Duration::from_secs(300);

/// What a command says that ends by itself. One that follows a chain instead is ended, and the test fails.
fn output(command: &mut Command) -> Output {
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().expect("starts");
    let said = child.stdout.take().map(read);
    let complaint = child.stderr.take().map(read);
    let read = [said, complaint].map(|told| told.expect("piped").recv_timeout(LONG));
    if read.iter().any(Result::is_err) {
        child.kill().expect("is ended");
    }
    let status = child.wait().expect("ended");
    let [stdout, stderr] = read.map(|bytes| bytes.expect("a command that ends"));
    Output {
        status,
        stdout,
        stderr,
    }
}

/// All that comes, once it has ended.
fn read(mut from: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (tell, told) = channel();
    spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).expect("reads");
        tell.send(bytes)
    });
    told
}

fn run(command: &mut Command) -> (i32, Value) {
    let Output { status, stdout, .. } = output(command);
    let line = stdout
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    (
        status.code().expect("a code"),
        serde_json::from_slice(line).unwrap_or_default(),
    )
}

/// A folder of this test alone, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("lianyan-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }

    fn files(&self) -> Vec<PathBuf> {
        fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    walk(&path, found)
                } else {
                    found.push(path)
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.0, &mut found);
        found.sort();
        found
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A node that signs another chain from the second block on.
fn forked() -> Lie {
    lie(|method, params, answer| {
        if method != "commit" || params["height"] == "1" {
            return answer;
        }
        let chain = chain();
        let height = params["height"]
            .as_str()
            .expect("set")
            .parse()
            .expect("a height");
        let mut header = chain.header(height).clone();
        header.app_hash = vec![9; 32];
        let result = comet::commit_json(&header, &chain.seats, |_| true);
        json!({ "jsonrpc": "2.0", "id": answer["id"], "result": result })
    })
}

#[test]
fn a_chain_is_followed_kept_and_followed_on_though_what_was_kept_is_damaged() {
    let nodes = [node(|| Lie::None), node(|| Lie::None)];
    let store = Folder::new("store");
    let (code, line) = run(light(&nodes).arg("--once").arg("--store").arg(&store.0));
    assert_eq!(
        (code, &line["verified"], &line["height"], &line["from"]),
        (0, &json!(true), &json!("3"), &json!("1")),
        "{line}"
    );
    assert_eq!(line["hash"], hex::encode(chain().header(3).hash()));
    let (_, line) = run(light(&nodes).arg("--once").arg("--store").arg(&store.0));
    assert_eq!(line["from"], "3", "it goes on from what it kept");
    let newest = store.files().pop().expect("a state");
    let mut bytes = std::fs::read(&newest).expect("reads");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&newest, bytes).expect("writes");
    let (code, line) = run(light(&nodes).arg("--once").arg("--store").arg(&store.0));
    assert_eq!(
        (code, &line["from"], &line["height"]),
        (0, &json!("1"), &json!("3")),
        "{line}"
    );
    let (code, line) = run(light(&nodes).args(["--height", "2"]));
    assert_eq!((code, &line["height"]), (0, &json!("2")));
}

#[test]
fn a_fork_stops_it_for_good_and_is_shown_as_evidence() {
    let nodes = [node(|| Lie::None), node(forked)];
    let store = Folder::new("fork");
    let (code, line) = run(light(&nodes).arg("--once").arg("--store").arg(&store.0));
    assert_eq!((code, &line["reason"]), (1, &json!("attack")), "{line}");
    let said = |at: usize| line["nodes"][at]["said"].as_str();
    assert_eq!([0, 1].map(said), [Some("led"), Some("forked")], "{line}");
    let honest = [node(|| Lie::None), node(|| Lie::None)];
    let (code, line) = run(light(&honest).arg("--once").arg("--store").arg(&store.0));
    assert_eq!((code, &line["reason"]), (1, &json!("halted")), "{line}");
    let halt = store
        .files()
        .into_iter()
        .find(|path| path.ends_with("halt"))
        .expect("kept");
    let mut show = Command::new(env!("CARGO_BIN_EXE_lianyan"));
    let (code, line) = run(show.args(["evidence", "show"]).arg(&halt));
    assert_eq!((code, &line["kind"]), (2, &json!("lunatic")));
    assert_eq!(
        (&line["fork"], &line["verified"]),
        (&json!(true), &json!(false)),
        "whose validators they are, no file can tell"
    );
    assert_eq!(line["signed_both"].as_array().map(Vec::len), Some(4));
    assert_eq!(
        line["evidence"][0]["type"],
        "tendermint/LightClientAttackEvidence"
    );
    // What is damaged may have said anything.
    let kept = std::fs::read(&halt).expect("reads");
    std::fs::write(&halt, b"torn").expect("writes");
    let (code, _) = run(light(&honest).arg("--once").arg("--store").arg(&store.0));
    assert_eq!(code, 65, "and nothing is followed");
    std::fs::write(&halt, kept).expect("writes");
    let (code, _) = run(light(&honest)
        .args(["--once", "--reset"])
        .arg("--store")
        .arg(&store.0));
    assert_eq!(code, 0, "somebody has decided");
    let mut show = Command::new(env!("CARGO_BIN_EXE_lianyan"));
    assert_eq!(run(show.args(["evidence", "show", "Cargo.toml"])).0, 65);
}

#[test]
fn a_chain_that_stands_still_is_told_of_again_and_how_old_it_is() {
    let folder = Folder::new("stands-still");
    std::fs::create_dir_all(&folder.0).expect("a folder");
    let file = folder.0.join("chains.json");
    let nodes = [node(|| Lie::None), node(|| Lie::None)];
    let mut chains: Value = serde_json::from_str(&chains_json(&nodes)).expect("JSON");
    chains["chains"][0]["fresh_seconds"] = 1.into();
    std::fs::write(&file, chains.to_string()).expect("writes");
    let mut command = Command::new(env!("CARGO_BIN_EXE_lianyan"));
    command
        .args(["light", "--every", "200ms", "--chain"])
        .arg(&file);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("starts");
    let told = printed(&mut child);
    let lines = [(), ()].map(|()| told.recv_timeout(Duration::from_secs(30)));
    child.kill().expect("ends");
    child.wait().expect("ended");
    let lines = lines.map(|line| line.expect("a line in time"));
    let lines = lines.map(|line| serde_json::from_str::<Value>(&line).expect("JSON"));
    for line in &lines {
        assert_eq!(
            (&line["height"], &line["freshness"]["reason"]),
            (&json!("3"), &json!("header-stale")),
            "{line}"
        );
    }
    let age = |line: &Value| {
        let age = line["freshness"]["age_seconds"].as_str().expect("a text");
        age.parse::<u64>().expect("a number")
    };
    assert!(age(&lines[1]) > age(&lines[0]), "{lines:?}");
    let (_, line) = run(light(&nodes).args(["--height", "2"]));
    assert!(line["freshness"].is_null(), "an old height is old");
}

/// What a child prints, line by line.
fn printed(child: &mut Child) -> Receiver<String> {
    let out = BufReader::new(child.stdout.take().expect("piped"));
    let (tell, told) = channel();
    spawn(move || {
        out.lines()
            .map_while(Result::ok)
            .try_for_each(|line| tell.send(line))
    });
    told
}

/// *Attack: another program with the same store meets a fork, and its note of that is torn; this one goes on as if there were none.*
#[test]
fn a_note_of_a_fork_that_is_damaged_meanwhile_ends_the_following() {
    let (forked_at, store) = (Folder::new("torn-at"), Folder::new("torn"));
    let nodes = [node(|| Lie::None), node(forked)];
    run(light(&nodes).args(["--once", "--store"]).arg(&forked_at.0));
    let noted = forked_at.files();
    let noted = noted.iter().find(|path| path.ends_with("halt"));
    let name = noted.and_then(|path| path.strip_prefix(&forked_at.0).ok());
    let note = store.0.join(name.expect("kept"));
    let nodes = [node(|| Lie::None), node(|| Lie::None)];
    let mut command = light(&nodes);
    command.args(["--every", "100ms", "--store"]).arg(&store.0);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("starts");
    let told = printed(&mut child);
    let next = || told.recv_timeout(Duration::from_secs(60)).ok();
    let lines = next().and_then(|line| {
        std::fs::create_dir_all(note.parent()?).ok()?;
        std::fs::write(&note, b"torn").ok()?;
        Some([line, next()?])
    });
    child.kill().expect("ends");
    child.wait().expect("ended");
    let lines = lines.expect("two lines in time");
    let lines = lines.map(|line| serde_json::from_str::<Value>(&line).expect("JSON"));
    let said = lines
        .each_ref()
        .map(|line| (&line["verified"], &line["reason"]));
    let failed = (&json!(false), &json!("store-failed"));
    assert_eq!(said, [(&json!(true), &Value::Null), failed], "{lines:?}");
}

/// The tests' chain with more blocks than one call of the light client goes down.
fn long() -> TestChain {
    let mut chain = chain();
    (0..1_050).for_each(|_| chain.empty());
    chain
}

#[test]
fn a_height_further_down_than_one_call_goes_is_reached() {
    let nodes = [node_of(long, || Lie::None), node_of(long, || Lie::None)];
    let chain = long();
    let hash = hex::encode(chain.header(chain.height()).hash());
    let mut command = light(&nodes);
    command.args(["--trust-height", &chain.height().to_string()]);
    let (code, line) = run(command.args(["--trust-hash", &hash, "--height", "2"]));
    assert_eq!(
        (code, &line["hash"]),
        (0, &json!(hex::encode(chain.header(2).hash()))),
        "{line}"
    );
}

#[test]
fn without_a_checkpoint_or_a_second_member_nothing_is_followed() {
    let alone = [node(|| Lie::None)];
    assert_eq!(run(light(&alone).arg("--once")).0, 64);
    let mut bare = Command::new(env!("CARGO_BIN_EXE_lianyan"));
    let bare = bare.args(["light", "--once", "--chain-id", "x", "--node", &alone[0]]);
    assert_eq!(run(bare).0, 64);
    let nodes = [node(|| Lie::None), node(|| Lie::None)];
    let (code, line) = run(light(&nodes).args(["--once", "--trust-hash", &"00".repeat(32)]));
    assert_eq!((code, &line["reason"]), (2, &json!("checkpoint-not-given")));
}

#[test]
fn where_trust_has_expired_it_is_said_what_the_clock_may_have_to_do_with_it() {
    let nodes = [node(|| Lie::None), node(|| Lie::None)];
    // The nodes' chain has stood still since the beginning of 2026.
    let (code, line) = run(light(&nodes).args(["--once", "--trusting-period", "336h"]));
    assert_eq!((code, &line["reason"]), (2, &json!("trust-expired")));
    let why = line["why"].as_str().expect("a text");
    let both = "behind this device's clock: it is ahead, or the chain stands still";
    assert!(why.ends_with(both), "{why}");
}

/// A node that has forgotten the first block.
fn pruned() -> Lie {
    lie(|method, params, answer| {
        if !matches!(method, "commit" | "validators") || params["height"] != "1" {
            return answer;
        }
        let error = json!({ "code": -32603, "message": "Internal error", "data": "height 1 is not available" });
        json!({ "jsonrpc": "2.0", "id": answer["id"], "error": error })
    })
}

/// `chains.json` with these nodes, and a key of each of three members.
fn chains_json(nodes: &[String]) -> String {
    let member = |(at, url): (usize, &String)| json!({ "url": url, "member": at.to_string() });
    let nodes: Vec<Value> = nodes.iter().enumerate().map(member).collect();
    let keys = [1, 2, 3].map(|seed| {
        let key = records::SecretKey::from_seed(&[seed; 32]).public();
        json!({ "member": seed.to_string(), "key": key.to_string() })
    });
    let chain = json!({
        "id": records::testing::CHAIN, "name": "测试链", "name_en": "test chain", "dev": true,
        "checkpoint": { "height": 1, "hash": hex::encode(chain().header(1).hash()) },
        "nodes": nodes, "checkpoint_keys": keys, "trusting_period_seconds": 900_000_u64 * 3600,
    });
    json!({ "chains": [chain] }).to_string()
}

#[test]
fn members_sign_what_they_verified_and_enough_of_them_begin_trust_again() {
    let folder = Folder::new("checkpoint");
    std::fs::create_dir_all(&folder.0).expect("a folder");
    let file = |name: &str| folder.0.join(name);
    let (honest, forgetful) = (file("honest.json"), file("forgetful.json"));
    let nodes = [node(|| Lie::None), node(|| Lie::None)];
    std::fs::write(&honest, chains_json(&nodes)).expect("writes");
    let nodes = [node(pruned), node(pruned)];
    std::fs::write(&forgetful, chains_json(&nodes)).expect("writes");
    let lianyan = |arguments: &[&str], files: &[&Path]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lianyan"));
        run(command.args(arguments).args(files))
    };
    let identity = |seed: u8| {
        let role = if seed == 9 { "owner" } else { "member" };
        let identity =
            json!({ "lianyan": "identity/1", "role": role, "seed": hex::encode([seed; 32]) });
        std::fs::write(file(&seed.to_string()), identity.to_string()).expect("writes");
        file(&seed.to_string())
    };
    let sign = |seed: u8, to: Option<&Path>, out: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lianyan"));
        command
            .args(["checkpoint", "sign", "--key"])
            .arg(identity(seed));
        command.arg("-o").arg(out).arg("--chain").arg(&honest);
        run(command.args(to))
    };
    let (one, two) = (file("one"), file("two"));
    let (code, line) = sign(1, None, &one);
    assert_eq!((code, &line["height"]), (0, &json!("3")), "{line}");
    assert_eq!(sign(9, Some(&one), &two).0, 65, "no member's identity");
    let verify = |file: &Path| lianyan(&["checkpoint", "verify", "--chain"], &[&honest, file]);
    let (code, line) = verify(&one);
    assert_eq!((code, &line["reason"]), (2, &json!("checkpoint-too-few")));
    assert_eq!(line["facts"], json!({ "needed": "2", "signed": "1" }));
    let (code, line) = sign(2, Some(&one), &two);
    assert_eq!((code, line["keys"].as_array().map(Vec::len)), (0, Some(2)));
    let (code, line) = verify(&two);
    assert_eq!(
        (code, &line["signed_by"]),
        (0, &json!(["1", "2"])),
        "{line}"
    );
    assert_eq!(verify(&honest).0, 65, "another file");
    // The nodes have forgotten where trust would start.
    let light = ["light", "--once", "--chain"];
    let (code, line) = lianyan(&light, &[&forgetful]);
    assert_eq!((code, &line["reason"]), (2, &json!("checkpoint-not-given")));
    let with = Path::new("--checkpoint");
    let (code, line) = lianyan(&light, &[&forgetful, with, &one]);
    assert_eq!((code, &line["reason"]), (2, &json!("checkpoint-too-few")));
    let (code, line) = lianyan(&light, &[&forgetful, with, &two]);
    assert_eq!(
        (code, &line["signed_by"]),
        (0, &json!(["1", "2"])),
        "{line}"
    );
    // One more byte, and the signatures are on something else.
    let text = std::fs::read_to_string(&two).expect("reads");
    let bent = text.replacen("payload\":\"ey", "payload\":\"ez", 1);
    assert_ne!(bent, text);
    std::fs::write(&two, bent).expect("writes");
    assert_eq!(verify(&two).0, 65);
}
