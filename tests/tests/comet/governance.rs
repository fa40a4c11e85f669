//! The consortium's affairs by `lianyan-node propose` and `approve`, as its members would: keys rotate, members join and leave, and blocks go on.

use super::{Consortium, light};
use lianyan_tests::{Outcome, demo, place};
use node::demo::FOUNDERS;
use records::SecretKey;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;

/// More than two thirds of the power together.
pub const QUORUM: [&str; 3] = ["notary-office", "hospital-group", "tax-bureau"];
/// Who joins.
pub const BANK: &str = "river-bank";

/// A key is rotated, a member joins, another leaves. A light client that trusted the chain before follows each time, and one that was away all the
/// while names those who sign now.
pub fn keys_members_and_powers_change(consortium: &mut Consortium) -> Outcome {
    let (checkpoint, _) = consortium.client(0).newest()?;
    let chains = consortium.chains(checkpoint)?;
    for change in [rotates, joins, leaves] {
        change(consortium)?;
        light::follow(&chains, consortium.folder.path())?;
    }
    consortium.agreed()?;
    let signers = signers(consortium, checkpoint)?;
    assert_eq!(
        signers,
        ["tax-bureau", "hospital-group", BANK, "notary-office"]
    );
    Ok(())
}

/// The notary's validator goes on with the spare node's key; its old node has no vote any more.
fn rotates(consortium: &mut Consortium) -> Outcome {
    let act = seat(consortium, "notary-office", 4, 20);
    let (began, _) = consortium.client(0).newest()?;
    decide(consortium, &act, &QUORUM)?;
    let ended = signs_from_now_on(consortium, 4)?;
    assert!(!validates(consortium, 3)?);
    require_no_pause(consortium, began, ended)?;
    // Three of four with the new one among them: it does sign.
    consortium.network.engine(2).kill();
    let (height, _) = consortium.client(0).newest()?;
    consortium.wait_for(0, height + 3)
}

/// A new member is admitted and takes a seat with the validator that the notary left.
fn joins(consortium: &mut Consortium) -> Outcome {
    let key = SecretKey::from_seed(&[9; 32]).public().to_string();
    let member = json!({
        "id": BANK, "name": "江滨银行", "name_en": "River Bank", "org": BANK, "roles": ["company"],
        "keys": [{ "key": key, "from": "0" }],
    });
    let file = consortium.folder.path().join("bank.json");
    std::fs::write(&file, format!("{member:#}"))?;
    let words = ["admit".to_owned(), file.display().to_string()];
    decide(consortium, &words, &QUORUM)?;
    let act = seat(consortium, BANK, 3, 24);
    decide(consortium, &act, &QUORUM)?;
    signs_from_now_on(consortium, 3).map(drop)
}

fn leaves(consortium: &mut Consortium) -> Outcome {
    let act = ["seat".to_owned(), FOUNDERS[2].id.to_owned()];
    // Without the notary 81 of 124 would not be enough.
    let members = [BANK, "notary-office", "hospital-group", "tax-bureau"];
    decide(consortium, &act, &members)?;
    let (height, _) = consortium.client(0).newest()?;
    consortium.wait_for(0, height + 3)?;
    assert!(!validates(consortium, 2)?);
    Ok(())
}

/// The words that give a member the validator of a node.
pub fn seat(consortium: &Consortium, member: &str, node: usize, power: u64) -> [String; 3] {
    let key = consortium.key_file(node).display().to_string();
    ["seat".into(), member.into(), format!("{key}={power}")]
}

/// One member proposes, the others approve; with the last one it is done.
pub fn decide(consortium: &Consortium, act: &[String], members: &[&str]) -> Outcome {
    let [first, others @ ..] = members else {
        return Err("nobody decides".into());
    };
    let said = run(consortium, "propose", first, act)?;
    let number = said.split_whitespace().nth(1).ok_or("no number")?;
    let number = [number.to_owned()];
    let mut said = String::new();
    for member in others {
        said = run(consortium, "approve", member, &number)?;
    }
    if !said.starts_with("carried out") {
        return Err(format!("not decided: {said}").into());
    }
    let again = run(consortium, "approve", first, &number);
    if again.is_ok() {
        return Err("an act is done twice".into());
    }
    Ok(())
}

fn run(consortium: &Consortium, command: &str, member: &str, words: &[String]) -> Outcome<String> {
    let output = Command::new(demo::program())
        .args([command, "--node", &consortium.client(0).0.to_string()])
        .arg("--identity")
        .arg(identity(consortium, member)?)
        .args(words)
        .output()?;
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout)?),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned().into()),
    }
}

fn identity(consortium: &Consortium, member: &str) -> Outcome<PathBuf> {
    let seed = match member {
        BANK => [9; 32],
        founder => consortium.script.member_seed(founder),
    };
    let file = consortium.folder.path().join(format!("{member}.json"));
    let identity = json!({
        "lianyan": "identity/1", "role": "member", "name": member, "seed": hex(&seed), "member": member,
    });
    std::fs::write(&file, identity.to_string())?;
    Ok(file)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A node's address, as it stands in validator sets.
pub fn address(consortium: &Consortium, node: usize) -> String {
    hex(&consortium.key(node).public().address())
}

fn validates(consortium: &Consortium, node: usize) -> Outcome<bool> {
    let (height, _) = consortium.client(0).newest()?;
    let validators = consortium.validators(height)?;
    let own = address(consortium, node);
    Ok(validators.iter().any(|(address, _)| *address == own))
}

/// Waits until a commit carries a node's signature; that commit's height.
pub fn signs_from_now_on(consortium: &mut Consortium, node: usize) -> Outcome<u64> {
    let (client, own) = (consortium.client(0), address(consortium, node));
    let signed = move || -> Option<u64> {
        let answer = client.call("commit", json!({})).ok()?;
        let commit = &answer["signed_header"]["commit"];
        let votes = commit["signatures"].as_array()?.iter();
        let mut own_votes = votes.filter(|vote| {
            let address = vote["validator_address"].as_str().unwrap_or_default();
            address.to_lowercase() == own && vote["block_id_flag"] == 2
        });
        own_votes.next()?;
        commit["height"].as_str()?.parse().ok()
    };
    consortium.wait(&format!("node {node} signs"), || signed().is_some())?;
    Ok(signed().unwrap_or(client.newest()?.0))
}

/// The chain did not stand still while its validators changed.
fn require_no_pause(consortium: &Consortium, from: u64, to: u64) -> Outcome {
    let times: Outcome<Vec<i64>> = (from..=to)
        .map(|height| {
            let params = json!({ "height": height.to_string() });
            let header = consortium.client(0).call("header", params)?;
            let time = header["header"]["time"].as_str().ok_or("no time")?;
            let time = node::comet::from_rfc3339(time).ok_or("no time")?;
            Ok(node::comet::nanos(&time))
        })
        .collect();
    let longest = times?.windows(2).map(|pair| pair[1] - pair[0]).max();
    match longest {
        // Empty blocks come every three seconds; a busy machine is slower.
        Some(pause) if pause > 20_000_000_000 => {
            Err(format!("no block for {} s", pause / 1_000_000_000).into())
        }
        _ => Ok(()),
    }
}

/// Who signs, strongest first, as `lianyan check` names them, which trusts a block from before and asks all nodes.
pub fn signers(consortium: &Consortium, checkpoint: u64) -> Outcome<Vec<String>> {
    let chains = consortium.chains(checkpoint)?;
    let output = Command::new(place::program("lianyan"))
        .args(["check", "#/r/rules/main", "--chain"])
        .arg(chains)
        .output()?;
    let verdict: Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())?;
    let signers = verdict["anchor"]["signers"].as_array();
    let signers = signers.ok_or_else(|| format!("no signers: {verdict:#}"))?;
    let members = signers
        .iter()
        .filter_map(|signer| signer["member"].as_str());
    Ok(members.map(str::to_owned).collect())
}
