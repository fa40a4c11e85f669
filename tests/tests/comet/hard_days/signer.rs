//! A validator's key is with a signer, as on a machine of its own: <https://github.com/iqlusioninc/tmkms>, which CometBFT asks for every signature.

use super::super::consortium::{Beginning, Consortium};
use super::super::{governance, program, turn};
use super::day::{Day, until};
use super::random::Random;
use lianyan_tests::Outcome;
use lianyan_tests::process::free_port;
use node::network::{Plan, Process, Program};
use records::KeyType;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names the signer's program.
const TMKMS: &str = "LIANYAN_TMKMS";
/// The flag of a vote for the block.
const FOR_THE_BLOCK: u64 = 2;

/// A day on which a signer is off for a while.
pub fn is_off(line: &str) -> Outcome {
    let Some(cometbft) = program(line) else {
        return Ok(());
    };
    let Some(tmkms) = std::env::var_os(TMKMS).map(PathBuf::from) else {
        println!("SKIPPED: {TMKMS} names no signer; `cargo xtask test hard-days` builds it");
        return Ok(());
    };
    let _turn = turn();
    let (seed, mut random) = Random::fresh();
    println!("seed {seed}");
    let (node, mut signer) = (random.index(4), None);
    let beginning = Beginning {
        key_type: KeyType::Ed25519,
        allowed: &[KeyType::Ed25519],
        spare: 0,
    };
    let consortium = Consortium::prepared(&cometbft, &beginning, |plan| {
        signer = Some(hand_over(plan, node, &tmkms)?);
        Ok(())
    })?;
    let mut signer = signer.ok_or("no signer")?;
    let mut day = Day::begin(consortium)?;
    day.play(|day| off_and_on(day, node, &mut signer))?;
    day.end("a signer is off").map(drop)
}

/// Takes a node's key out of its home and gives it to a signer, which is started.
fn hand_over(plan: &Plan, node: usize, tmkms: &Path) -> Outcome<Process> {
    let (home, folder) = (plan.home(node), plan.folder.join("signer"));
    fs::create_dir(&folder)?;
    fs::rename(
        home.folder().join("config/priv_validator_key.json"),
        folder.join("validator.json"),
    )?;
    let port = free_port()?;
    let file = home.folder().join("config/config.toml");
    let text = fs::read_to_string(&file)?;
    let awaited = format!("priv_validator_laddr = \"tcp://127.0.0.1:{port}\"\n");
    fs::write(&file, awaited + &text)?;
    let chain = chain_of(home.folder())?;
    fs::write(folder.join("tmkms.toml"), settings(&chain, port))?;
    let made = Command::new(tmkms)
        .args(["softsign", "keygen", "identity.key"])
        .current_dir(&folder)
        .output()?;
    if !made.status.success() {
        return Err(String::from_utf8_lossy(&made.stderr).into_owned().into());
    }
    Ok(Process::start(Program {
        program: tmkms.canonicalize()?,
        arguments: ["start", "-c", "tmkms.toml"].map(Into::into).into(),
        log: plan.logs().join("signer.log"),
        folder,
    })?)
}

fn chain_of(home: &Path) -> Outcome<String> {
    let genesis = fs::read(home.join("config/genesis.json"))?;
    let genesis: serde_json::Value = serde_json::from_slice(&genesis)?;
    Ok(genesis["chain_id"].as_str().ok_or("no chain")?.into())
}

/// As docs/operate.md has them.
fn settings(chain: &str, port: u16) -> String {
    format!(
        r#"[[chain]]
id = "{chain}"
key_format = {{ type = "hex" }}
state_file = "state.json"

[[validator]]
chain_id = "{chain}"
addr = "tcp://127.0.0.1:{port}"
secret_key = "identity.key"
protocol_version = "v0.38"

[[providers.softsign]]
chain_ids = ["{chain}"]
key_format = "json"
path = "validator.json"
"#
    )
}

/// While it is off its validator does not sign and the others go on; when it is back the validator signs again.
fn off_and_on(day: &mut Day, node: usize, signer: &mut Process) -> Outcome {
    let others: Vec<usize> = (0..4).filter(|other| *other != node).collect();
    until("the signer's validator signs", || signs(day, node))?;
    signer.kill();
    until("nobody signs for it", || !signs(day, node))?;
    day.goes_on(&others)?;
    signer.restart()?;
    until("it signs again", || signs(day, node))?;
    day.goes_on(&[node])
}

/// Whether a node's vote is in the newest commit.
fn signs(day: &Day, node: usize) -> bool {
    let own = governance::address(&day.consortium, node).to_uppercase();
    let client = day.consortium.client((node + 1) % 4);
    let commit = client.call("commit", json!({}));
    let votes = commit.map(|mut answer| answer["signed_header"]["commit"]["signatures"].take());
    let signed = |votes: serde_json::Value| {
        let votes = votes.as_array().into_iter().flatten();
        votes
            .filter(|vote| vote["block_id_flag"] == FOR_THE_BLOCK)
            .any(|vote| vote["validator_address"] == own)
    };
    votes.is_ok_and(signed)
}
