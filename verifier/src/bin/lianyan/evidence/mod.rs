//! `lianyan evidence`: a fork, as a store keeps it or as the page saves its evidence.

mod chain;

use crate::{Exit, Line, arguments::Evidence, print, unreadable};
use chain::Finding;
use light_client::{
    BlockIdFlag, Hash, LightBlock, Time, TrustedState, Validator,
    client::{Attack, AttackEvidence, AttackKind},
    json::{self as wire, write},
};
use serde_json::{Value, json};
use std::{cmp::Ordering, io::Read, path::Path};

/// More than two blocks with the votes of as many validators as a chain can have.
const MAX_BYTES: u64 = 64 << 20;
/// Evidence alone does not name the common header.
const UNKNOWN: Hash = [0; 32];
/// What no file can tell.
const UNCHECKED: &str =
    "not checked: whether they are the chain's validators, only the chain tells";

/// Runs the command.
pub fn show(evidence: &Evidence) -> Exit {
    let file = &evidence.file;
    let attack = match bytes(file).and_then(|bytes| read(&bytes)) {
        Ok(attack) => attack,
        Err(error) => return unreadable(&file.display().to_string(), &error),
    };
    if let Err(why) = conflict(&attack) {
        let rows = vec![("no fork".to_string(), why.to_string())];
        let json = json!({ "verified": false, "fork": false, "why": why });
        print(&Line { json, rows });
        return Exit::Rejected;
    }
    let finding = match &evidence.chain {
        None => Finding::unchecked(UNCHECKED),
        Some(light) => match chain::judge(&attack, light) {
            Ok(finding) => finding,
            // Why was said. That the chain has forked elsewhere says nothing of this fork.
            Err(Exit::Rejected) => return Exit::NotEstablished,
            Err(exit) => return exit,
        },
    };
    tell(&attack, &finding);
    finding.exit
}

fn tell(attack: &Attack, finding: &Finding) {
    let both = attack.signed_both().len();
    let side = |block: &LightBlock, from: &str| {
        let header = &block.signed_header.header;
        format!("{} ({from})", hex::encode(header.hash()))
    };
    let rows = vec![
        ("kind".to_string(), attack.kind.code().to_string()),
        ("height".into(), attack.ours.height().to_string()),
        ("common height".into(), attack.common_height.to_string()),
        ("one".into(), side(&attack.ours, &attack.ours_from)),
        ("other".into(), side(&attack.theirs, &attack.theirs_from)),
        ("signed both".into(), format!("{both} validators")),
        ("signers".into(), finding.signers.clone()),
        ("reported to".into(), attack.reported_to.join(", ")),
    ];
    let mut line = json(attack);
    if let Some(line) = line.as_object_mut() {
        line.insert("verified".into(), (finding.exit == Exit::Verified).into());
        line.insert("fork".into(), true.into());
        line.insert("signers".into(), finding.signers.as_str().into());
        if let Some(reason) = finding.reason {
            line.insert("reason".into(), reason.into());
        }
        if let Some(common) = &finding.common {
            line.insert("chain".into(), common.chain_id.as_str().into());
            line.insert("common_height".into(), common.height.to_string().into());
            line.insert("common_hash".into(), hex::encode(common.hash()).into());
        }
    }
    print(&Line { json: line, rows });
}

fn bytes(file: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    std::fs::File::open(file)
        .and_then(|open| open.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| error.to_string())?;
    match u64::try_from(bytes.len()) {
        Ok(length) if length <= MAX_BYTES => Ok(bytes),
        _ => Err("too large for evidence".into()),
    }
}

/// Either of both forms; every vote for each block is checked.
fn read(bytes: &[u8]) -> Result<Attack, String> {
    if bytes.first() != Some(&b'[') {
        return Attack::from_bytes(bytes).map_err(|error| error.to_string());
    }
    let file = wire::parse(bytes).map_err(|error| error.to_string())?;
    let attack = saved(&file)?;
    attack.headers().map_err(|error| error.to_string())?;
    Ok(attack)
}

/// Two pieces, as `broadcast_evidence` takes them: one against each side.
fn saved(file: &Value) -> Result<Attack, String> {
    let pieces = file.as_array().map(Vec::as_slice);
    let Some([first, second]) = pieces else {
        return Err("not two pieces of evidence".into());
    };
    let (ours, theirs) = (conflicting(first)?, conflicting(second)?);
    let one = piece(first, &ours, &theirs).ok_or("the first piece is malformed")?;
    let other = piece(second, &theirs, &ours).ok_or("the second piece is malformed")?;
    Ok(Attack {
        // Evidence of other attacks names the height itself.
        common_height: match one.kind {
            AttackKind::Lunatic => one.common_height,
            _ => 0,
        },
        common_hash: UNKNOWN,
        kind: one.kind,
        ours,
        ours_from: String::new(),
        theirs,
        theirs_from: String::new(),
        evidence: vec![one, other],
        reported_to: Vec::new(),
    })
}

fn conflicting(piece: &Value) -> Result<LightBlock, String> {
    let block = piece.pointer("/value/ConflictingBlock");
    let block = block.ok_or("a piece that is no evidence of an attack on light clients")?;
    wire::light_block(block).map_err(|error| error.to_string())
}

fn piece(piece: &Value, conflicting: &LightBlock, other: &LightBlock) -> Option<AttackEvidence> {
    let value = piece.get("value")?;
    let text = |name| value.get(name).and_then(Value::as_str);
    let byzantine = json!({ "validators": value.get("ByzantineValidators")? });
    Some(AttackEvidence {
        conflicting: conflicting.clone(),
        kind: seen_from(other, conflicting)?.kind,
        common_height: text("CommonHeight")?.parse().ok()?,
        byzantine: wire::validator_set(&byzantine).ok()?.validators().into(),
        total_power: text("TotalVotingPower")?.parse().ok()?,
        time: Time::parse_rfc3339(text("Timestamp")?)?,
    })
}

/// What a chain that holds this block writes against the other, but for what only the common block tells where the attack is a lunatic one.
fn seen_from(held: &LightBlock, conflicting: &LightBlock) -> Option<AttackEvidence> {
    let hash = held.signed_header.header.hash();
    let state = TrustedState::from_checkpoint(held, &hash).ok()?;
    Some(AttackEvidence::new(conflicting, held, &state))
}

/// Whether the two blocks cannot be of one chain, and what is said of them fits. Every vote for them was checked.
fn conflict(attack: &Attack) -> Result<(), &'static str> {
    let [ours, theirs] = [&attack.ours, &attack.theirs].map(|block| &block.signed_header.header);
    if ours.chain_id != theirs.chain_id {
        return Err("the blocks are of two chains");
    }
    let one_chain = match ours.height.cmp(&theirs.height) {
        Ordering::Equal => ours == theirs,
        Ordering::Less => ours.time < theirs.time,
        Ordering::Greater => ours.time > theirs.time,
    };
    if one_chain {
        return Err("the two blocks can be of one chain: alone they show no fork");
    }
    let kind = seen_from(&attack.theirs, &attack.ours).map(|seen| seen.kind);
    let below = attack.common_height < ours.height.min(theirs.height);
    let [one, other] = attack.evidence.as_slice() else {
        return Err("the evidence is not one piece against each side");
    };
    let of_one = one.conflicting == attack.ours && fits(one, &attack.theirs, attack);
    // Their way may leave the common one below the block in question, and the piece is about where it does.
    let of_other = match other.conflicting == attack.theirs {
        true => fits(other, &attack.ours, attack),
        false => {
            let header = &other.conflicting.signed_header.header;
            let between = attack.common_height < header.height && header.height < theirs.height;
            header.chain_id == ours.chain_id && between
        }
    };
    if kind == Some(attack.kind) && below && of_one && of_other {
        Ok(())
    } else {
        Err("what is said of the two blocks, or the evidence, is not about this fork")
    }
}

/// Whether a piece is what a chain that holds the other block writes.
fn fits(piece: &AttackEvidence, held: &LightBlock, attack: &Attack) -> bool {
    let Some(seen) = seen_from(held, &piece.conflicting) else {
        return false;
    };
    if seen.kind != AttackKind::Lunatic {
        return seen == *piece;
    }
    let votes = &piece.conflicting.signed_header.commit.signatures;
    let voted = |one: &Validator| {
        let mut votes = votes.iter();
        votes.any(|vote| vote.flag == BlockIdFlag::Commit && vote.address == Some(*one.address()))
    };
    piece.kind == seen.kind
        && piece.common_height == attack.common_height
        && piece.byzantine.iter().all(voted)
}

/// All of it, with the evidence as `broadcast_evidence` takes it.
pub fn json(attack: &Attack) -> Value {
    let side = |block: &LightBlock, from: &str| {
        let header = &block.signed_header.header;
        json!({ "from": from, "height": header.height.to_string(), "time": header.time.to_string(), "hash": hex::encode(header.hash()) })
    };
    let evidence = attack.evidence.iter().map(|evidence| {
        let text = write::attack_evidence(evidence);
        // What was written here can be read here.
        wire::parse(text.as_bytes()).unwrap_or_default()
    });
    let both = attack.signed_both().into_iter().map(hex::encode);
    let common = (attack.common_hash != UNKNOWN).then(|| hex::encode(attack.common_hash));
    json!({
        "kind": attack.kind.code(), "common_height": attack.common_height.to_string(), "common_hash": common,
        "one": side(&attack.ours, &attack.ours_from), "other": side(&attack.theirs, &attack.theirs_from),
        "signed_both": both.collect::<Vec<String>>(), "evidence": evidence.collect::<Vec<Value>>(), "reported_to": attack.reported_to,
    })
}
