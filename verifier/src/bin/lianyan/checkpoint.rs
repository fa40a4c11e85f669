//! `lianyan checkpoint`: checkpoints that members sign, made and verified.

use crate::{
    Exit, Line,
    arguments::{Checkpoint as Command, Light, Sign},
    config, file,
    http::Terminal,
    light, print, unreadable,
};
use light_client::{Time, VerifiedHeader};
use records::{Digest, SecretKey};
use serde_json::{Value, json};
use std::{io::Read, path::Path};
use verifier::{
    Checkpoint, Host, MAX_CHECKPOINT, Reason, Unsent, Vouched, chains::Chain, verdict::Status,
};

/// Runs the command.
pub fn run(command: &Command) -> Exit {
    match command {
        Command::Sign(options) => sign(options),
        Command::Verify { file, chain } => verify(file, chain.as_deref()),
    }
    .unwrap_or_else(|exit| exit)
}

/// Signs nothing but what was verified here: a header reached from the signer's own `chains.json`.
fn sign(options: &Sign) -> Result<Exit, Exit> {
    let key = key(&options.key)?;
    let others = options.file.as_deref().map(signed).transpose()?;
    let named = others.as_ref().map(|(checkpoint, _)| checkpoint.height);
    let header = light::once(&Light {
        chain: options.chain.clone(),
        nodes: options.nodes.clone(),
        height: named.or(options.height),
        ..Light::default()
    })?;
    let checkpoint = of(&header);
    let name = options.out.display().to_string();
    let mine = checkpoint.sign(&key);
    let mine = mine.map_err(|error| unreadable(&name, &error))?;
    let all = match others {
        None => Some(mine),
        Some((_, theirs)) => theirs.joined(mine),
    };
    let Some(all) = all else {
        return Ok(refused(&Unsent::new("checkpoint-differs")));
    };
    file::write(&options.out, &all.encode()).map_err(|error| unreadable(&name, &error))?;
    let keys = all.signatures().iter().map(|(key, _)| key.to_string());
    let keys: Vec<String> = keys.collect();
    let mut line = line("signed", &checkpoint, "keys", &keys);
    line.rows.push(("file".into(), name));
    print(&line);
    Ok(Exit::Verified)
}

fn of(header: &VerifiedHeader) -> Checkpoint {
    let (hash, header) = (header.hash(), header.header());
    Checkpoint {
        chain: header.chain_id.clone(),
        hash: Digest(*hash),
        height: header.height,
        // A time that does not fit is none that anybody accepts.
        time: i64::try_from(header.time.unix_nanos()).unwrap_or(i64::MAX),
    }
}

/// Says whether enough members signed, by the keys of `chains.json`; no node is asked.
fn verify(file: &Path, chains: Option<&Path>) -> Result<Exit, Exit> {
    let chains = config::chains(chains)?;
    let bytes = bytes(file)?;
    let (checkpoint, _) = signed(file)?;
    let chain = chains.iter().find(|chain| chain.id == checkpoint.chain);
    let Some(chain) = chain.or(chains.first()) else {
        return Err(unreadable("chains.json", &"no chain"));
    };
    Ok(match Vouched::open(chain, &bytes, Terminal.now()) {
        Ok(vouched) => {
            tell(chain, &vouched);
            Exit::Verified
        }
        Err(why) => refused(&why),
    })
}

/// Says who signed a checkpoint.
pub fn tell(chain: &Chain, vouched: &Vouched) {
    let mut line = line(
        "verified",
        &vouched.checkpoint,
        "signed_by",
        &vouched.members,
    );
    let needed = chain.checkpoint_threshold;
    line.json["needed"] = needed.into();
    line.rows.push(("needed".into(), needed.to_string()));
    print(&line);
}

/// Says why a checkpoint is not trusted.
pub fn refused(why: &Unsent) -> Exit {
    let reason = Reason::by_code(&why.reason);
    let meaning = reason.map_or("", |reason| reason.meaning);
    print(&Line {
        json: json!({ "verified": false, "reason": why.reason, "why": meaning, "facts": why.facts }),
        rows: vec![("not verified".into(), meaning.into())],
    });
    match reason.map(|reason| reason.status) {
        Some(Status::Failed) => Exit::Rejected,
        _ => Exit::NotEstablished,
    }
}

fn line(done: &str, checkpoint: &Checkpoint, by: &str, names: &[String]) -> Line {
    let time = Time::from_unix_nanos(checkpoint.time.into());
    let time = time.map_or_else(String::new, |time| time.to_string());
    let rows = [
        ("height", checkpoint.height.to_string()),
        ("time", time.clone()),
        ("hash", checkpoint.hash.to_string()),
        (by, names.join(", ")),
    ];
    Line {
        json: json!({
            done: true, "chain": checkpoint.chain, "height": checkpoint.height.to_string(), "time": time,
            "hash": checkpoint.hash.to_string(), by: names,
        }),
        rows: rows.map(|(name, value)| (name.to_string(), value)).into(),
    }
}

/// A file's bytes; of one that is too long, enough to see that it is.
pub fn bytes(file: &Path) -> Result<Vec<u8>, Exit> {
    let mut bytes = Vec::new();
    let most = u64::try_from(MAX_CHECKPOINT).unwrap_or(u64::MAX);
    let read = std::fs::File::open(file)
        .and_then(|open| open.take(most.saturating_add(1)).read_to_end(&mut bytes));
    read.map_err(|error| unreadable(&file.display().to_string(), &error))?;
    Ok(bytes)
}

fn signed(file: &Path) -> Result<(Checkpoint, records::Envelope), Exit> {
    let name = file.display().to_string();
    Checkpoint::read(&bytes(file)?).ok_or_else(|| unreadable(&name, &"no signed checkpoint"))
}

/// The key of a member's identity file (`docs/identity.md`).
fn key(file: &Path) -> Result<SecretKey, Exit> {
    let name = file.display().to_string();
    let bytes = std::fs::read(file).map_err(|error| unreadable(&name, &error))?;
    seed(&bytes)
        .map(|seed| SecretKey::from_seed(&seed))
        .ok_or_else(|| unreadable(&name, &"no member's identity file"))
}

fn seed(bytes: &[u8]) -> Option<[u8; 32]> {
    let document: Value = serde_json::from_slice(bytes).ok()?;
    let member = document["lianyan"] == "identity/1" && document["role"] == "member";
    let seed = document["seed"].as_str().filter(|_| member)?;
    records::hash::parse_hash(seed)
}
