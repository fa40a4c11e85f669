//! What the light client says: a line for every header and for every failure, JSON or a table.

use super::Found;
use crate::{Line, evidence, http::Terminal, print};
use light_client::{
    Hash, Header, Signer, Vote,
    client::{Failure, Standing, Step, StepKind},
};
use serde_json::{Value, json};
use verifier::{Host, chains::Chain};

/// A header that was verified; where it is the newest, also how old it is.
pub fn found(chain: &Chain, found: &Found, newest: bool) {
    let followed = &found.followed;
    let header = followed.header.header();
    let (hash, spent) = (hex::encode(followed.header.hash()), followed.trace.spent);
    let steps: Vec<Value> = followed.trace.steps.iter().map(step).collect();
    let signers: Vec<Value> = followed.header.signers().iter().map(signer).collect();
    let under = found.under.as_ref();
    let by_log = under.map(|under| json!({ "height": under.header().height.to_string(), "hash": hex::encode(under.hash()) }));
    let mut way = format!(
        "from {} in {} steps, {} signatures, {} bytes",
        followed.trace.from,
        steps.len(),
        spent.signatures,
        spent.bytes
    );
    if let Some(under) = under {
        let at = under.header().height;
        way.push_str(&format!(", by the log of block hashes under {at}"));
    }
    let mut rows = vec![
        ("height".to_string(), header.height.to_string()),
        ("time".into(), header.time.to_string()),
        ("hash".into(), hash.clone()),
        ("verified".into(), way),
    ];
    let (age, freshness) = freshness(chain, header);
    if newest {
        rows.push((freshness.into(), format!("{age} s old")));
    }
    rows.extend(nodes(&followed.standings));
    let fresh = json!({ "reason": freshness, "age_seconds": age.to_string() });
    print(&Line {
        json: json!({
            "verified": true, "freshness": newest.then_some(fresh), "chain": chain.id, "height": header.height.to_string(), "time": header.time.to_string(), "hash": hash,
            "app_hash": hex::encode(&header.app_hash), "from": followed.trace.from.to_string(), "steps": steps, "by_log": by_log,
            "spent": { "signatures": spent.signatures, "headers": spent.headers, "bytes": spent.bytes },
            "signers": signers, "nodes": standings(&followed.standings),
        }),
        rows,
    });
}

/// How many seconds old a header is, and the reason code that this has as a verdict's check.
fn freshness(chain: &Chain, header: &Header) -> (i128, &'static str) {
    let nanos = i128::from(Terminal.now()) - header.time.unix_nanos();
    let age = nanos.div_euclid(1_000_000_000);
    if age <= chain.fresh_seconds.into() {
        (age, "header-fresh")
    } else {
        (age, "header-stale")
    }
}

/// Why there is no header.
pub fn failed(failure: &Failure, seen: &[Standing]) {
    let attack = match failure {
        Failure::Attack(attack) | Failure::Halted(attack) => evidence::json(attack),
        _ => Value::Null,
    };
    let mut rows = vec![("not verified".to_string(), failure.to_string())];
    rows.extend(nodes(seen));
    print(&Line {
        json: json!({ "verified": false, "reason": failure.code(), "why": failure.to_string(), "attack": attack, "nodes": standings(seen) }),
        rows,
    });
}

/// No node gave the block with this hash; at what each of them failed.
pub fn not_given(reason: &str, height: u64, hash: &Hash, nodes: &[(&str, &str)]) {
    let (height, hash) = (height.to_string(), hex::encode(hash));
    let why = format!("no node gives the block of height {height} with hash {hash}");
    let said = nodes
        .iter()
        .map(|(node, said)| json!({ "node": node, "said": said }));
    let said: Vec<Value> = said.collect();
    let mut rows = vec![("not verified".to_string(), why.clone())];
    rows.extend(
        nodes
            .iter()
            .map(|(node, said)| (node.to_string(), said.to_string())),
    );
    print(&Line {
        json: json!({ "verified": false, "reason": reason, "why": why, "height": height, "hash": hash, "nodes": said }),
        rows,
    });
}

fn step(step: &Step) -> Value {
    let (kind, tally) = match &step.kind {
        StepKind::Next(tally) => ("next", Some(tally)),
        StepKind::Skip(tally) => ("skip", Some(tally)),
        StepKind::Back => ("back", None),
    };
    let share = |share: light_client::Share| json!({ "signed": share.signed.to_string(), "total": share.total.to_string() });
    json!({
        "to": step.to.to_string(), "kind": kind,
        "own": tally.map(|tally| share(tally.own)), "trusted": tally.and_then(|tally| tally.trusted).map(share),
    })
}

fn signer(signer: &Signer) -> Value {
    let vote = match signer.vote {
        Vote::Signed => "signed",
        Vote::Unchecked => "unchecked",
        Vote::Nil => "nil",
        Vote::Absent => "absent",
    };
    json!({ "address": hex::encode(signer.address), "power": signer.power.to_string(), "vote": vote })
}

fn standings(standings: &[Standing]) -> Vec<Value> {
    let one = |standing: &Standing| {
        json!({
            "node": standing.name, "member": standing.member,
            "height": standing.height.map(|height| height.to_string()), "said": standing.said.code(),
        })
    };
    standings.iter().map(one).collect()
}

fn nodes(standings: &[Standing]) -> Vec<(String, String)> {
    let row = |standing: &Standing| (standing.name.clone(), standing.said.code().to_string());
    standings.iter().map(row).collect()
}
