//! `lianyan proof`: proof files made, shown, verified and renewed.

use crate::{
    Exit, Line, arguments, check, config, file,
    http::{Terminal, block_on},
    print, unreadable,
};
use arguments::{Make, Proof};
use light_client::sha256;
use records::RecordName;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use verifier::{
    Reason,
    chains::Chain,
    portable::{self, Asked, MAX_FILE, MOST_IN_CODE, NotMade, Portable, Short},
    verdict::{Outcome, Status, Verdict},
};

/// A page's address that a code has room for beside the proof, bytes.
const ADDRESS: usize = 64;

/// Runs the command.
pub fn run(proof: &Proof) -> Exit {
    match proof {
        Proof::Make(make) => self::make(make),
        Proof::Show(file) => show(file),
        Proof::Verify { file, nodes, chain } => verify(file, nodes, chain.as_deref()),
        Proof::Renew {
            file,
            out,
            nodes,
            chain,
        } => renew(file, out, nodes, chain.as_deref()),
    }
    .unwrap_or_else(|exit| exit)
}

fn make(make: &Make) -> Result<Exit, Exit> {
    let chain = config::chain(make.chain.as_deref(), &make.nodes)?;
    if make.what.len() > 1 {
        let name = make.out.display().to_string();
        std::fs::create_dir_all(&make.out).map_err(|error| unreadable(&name, &error))?;
    }
    let mut worst = Exit::Verified;
    for what in &make.what {
        let mut asked = asked(what)?;
        if let Some(fields) = &make.show {
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            let why = "there are no openings of these fields to choose from";
            asked = asked
                .showing(&fields)
                .ok_or_else(|| unreadable("--show", &why))?;
        }
        let out = place(make, &asked);
        let made = block_on(portable::make(&portable::beside(&Terminal), &chain, asked));
        let made = match make.short {
            true => made.and_then(shorten),
            false => made,
        };
        worst = worst.max(keep(what, &out, made)?);
    }
    Ok(worst)
}

/// The record's own part of a file that was made.
fn shorten((bytes, verdict): (Vec<u8>, Verdict)) -> Result<(Vec<u8>, Verdict), NotMade> {
    let proof = Portable::decode(&bytes)?;
    let record = RecordName::new(&verdict.kind, &verdict.id);
    let short = record.and_then(|record| Short::of(&proof, &record)?.encode());
    Ok((short.ok_or(NotMade::TooMuch)?, verdict))
}

/// The question of a text, a file's text or picture, or a record's name.
fn asked(what: &str) -> Result<Asked, Exit> {
    let text = check::text_of(what).map_err(|why| unreadable(what, &why))?;
    let named = text.split_once('/').and_then(|(kind, id)| {
        records::registry::kind(kind)?;
        records::RecordName::new(kind, id)
    });
    Ok(match named {
        Some(name) => Asked::Record {
            kind: name.kind().into(),
            id: name.id().into(),
            opening: None,
        },
        None => Asked::text(&text),
    })
}

/// Where a file goes: where the command line says, and of several into that folder under the record's name.
fn place(make: &Make, asked: &Asked) -> PathBuf {
    if make.what.len() == 1 && !make.out.is_dir() {
        return make.out.clone();
    }
    let name = match asked {
        Asked::Record { kind, id, .. } => format!("{kind}-{id}"),
        Asked::Text(text) => hex::encode(sha256(&[text.as_bytes()])),
    };
    make.out.join([&name, ".proof"].concat())
}

fn keep(what: &str, out: &Path, made: Result<(Vec<u8>, Verdict), NotMade>) -> Result<Exit, Exit> {
    let (bytes, verdict) = match made {
        Ok(made) => made,
        Err(NotMade::Unreadable(error)) => return Err(unreadable(what, &error)),
        Err(error) => {
            let why = why(&error);
            print(&Line {
                json: json!({ "made": false, "reason": error.code(), "why": why }),
                rows: vec![("not made".into(), why)],
            });
            return Ok(Exit::NotEstablished);
        }
    };
    let name = out.display().to_string();
    file::write(out, &bytes).map_err(|error| unreadable(&name, &error))?;
    let hash = hex::encode(sha256(&[&bytes]));
    let mut rows = vec![
        ("file".into(), name.clone()),
        ("bytes".into(), bytes.len().to_string()),
        ("hash".into(), hash.clone()),
        ("proves".into(), verdict.headline.clone()),
    ];
    let mut json = json!({ "made": true, "file": name, "bytes": bytes.len(), "hash": hash, "headline": verdict.headline, "facts": verdict.facts });
    if let Some(link) = Short::decode(&bytes).ok().and_then(|short| short.to_link()) {
        let code = in_code(&link);
        rows.push(("code".into(), code.to_string()));
        json["code"] = code;
        json["link"] = link.into();
    }
    print(&Line { json, rows });
    Ok(exit_of(&verdict))
}

/// Whether a link behind a page's address fits one QR code: bytes of the link, and of the address that there is room for.
fn in_code(link: &str) -> Value {
    let room = MOST_IN_CODE.saturating_sub(link.len());
    json!({ "fits": room >= ADDRESS, "link_bytes": link.len(), "room": room })
}

fn show(file: &Path) -> Result<Exit, Exit> {
    let bytes = read(file)?;
    let name = file.display().to_string();
    if Short::is(&bytes) {
        return show_short(&name, &bytes);
    }
    let proof = Portable::decode(&bytes).map_err(|error| unreadable(&name, &error))?;
    let (header, last) = (proof.header(), proof.last());
    let asked = describe(&proof.asked);
    let [blocks, records, entries, headers, blobs] = proof.contents();
    let contents = json!({ "blocks": blocks, "records": records, "entries": entries, "headers": headers, "blobs": blobs });
    let hash = hex::encode(sha256(&[&bytes]));
    let rows = [
        ("verified", "no; see `lianyan proof verify`".to_string()),
        ("chain", proof.chain.clone()),
        ("asked", asked.to_string()),
        ("height", header.height.to_string()),
        ("time", header.time.to_string()),
        ("header", hex::encode(header.hash())),
        (
            "way",
            format!("{} to {}", proof.start.0.height, last.height),
        ),
        ("contents", contents.to_string()),
        ("bytes", bytes.len().to_string()),
        ("hash", hash.clone()),
    ];
    print(&Line {
        json: json!({
            "verified": false, "chain": proof.chain, "asked": asked, "bytes": bytes.len(), "hash": hash, "contents": contents,
            "height": header.height.to_string(), "time": header.time.to_string(), "header": hex::encode(header.hash()),
            "from": proof.start.0.height.to_string(), "to": last.height.to_string(),
        }),
        rows: rows.map(|(name, value)| (name.into(), value)).into(),
    });
    Ok(Exit::Verified)
}

fn show_short(name: &str, bytes: &[u8]) -> Result<Exit, Exit> {
    let short = Short::decode(bytes).map_err(|error| unreadable(name, &error))?;
    let asked = describe(&short.asked);
    let (height, header) = &short.own.header;
    let (height, header) = (height.to_string(), hex::encode(header));
    let entries = short.own.shelves.values().map(|shelf| shelf.log.len());
    let contents = json!({ "records": short.own.shelves.len(), "entries": entries.sum::<usize>() });
    let hash = hex::encode(sha256(&[bytes]));
    let link = short.to_link().unwrap_or_default();
    let code = in_code(&link);
    let rows = [
        (
            "verified",
            "no; see `lianyan proof verify`, which asks nodes for what is left out".to_string(),
        ),
        ("chain", short.chain.clone()),
        ("asked", asked.to_string()),
        ("height", height.clone()),
        ("header", header.clone()),
        ("contents", contents.to_string()),
        ("bytes", bytes.len().to_string()),
        ("hash", hash.clone()),
        ("code", code.to_string()),
    ];
    print(&Line {
        json: json!({
            "verified": false, "short": true, "chain": short.chain, "asked": asked, "bytes": bytes.len(), "hash": hash, "contents": contents,
            "height": height, "header": header, "code": code, "link": link,
        }),
        rows: rows.map(|(name, value)| (name.into(), value)).into(),
    });
    Ok(Exit::Verified)
}

/// What was asked, its openings by their size alone.
fn describe(asked: &Asked) -> Value {
    match asked {
        Asked::Text(text) => json!({ "text": text }),
        Asked::Record { kind, id, opening } => {
            json!({ "kind": kind, "id": id, "opening_bytes": opening.as_ref().map(Vec::len) })
        }
    }
}

fn verify(file: &Path, nodes: &[String], chain: Option<&Path>) -> Result<Exit, Exit> {
    let bytes = read(file)?;
    let chains = config::chains(chain)?.into_iter();
    let chains: Vec<Chain> = chains.map(|chain| config::asking(chain, nodes)).collect();
    judge(&file.display().to_string(), &bytes, &chains)
}

/// Prints what a file proves.
pub fn judge(name: &str, bytes: &[u8], chains: &[Chain]) -> Result<Exit, Exit> {
    let verdict = match block_on(portable::check(&portable::beside(&Terminal), chains, bytes)) {
        Ok(verdict) => verdict,
        Err(NotMade::Unreadable(error)) => return Err(unreadable(name, &error)),
        Err(error) => return Ok(incomplete(&error)),
    };
    let hash = hex::encode(sha256(&[bytes]));
    let mut json = serde_json::to_value(&verdict).map_err(|error| unreadable("verdict", &error))?;
    if let Value::Object(fields) = &mut json {
        fields.insert("proof".into(), hash.clone().into());
    }
    let mut rows = check::rows(&verdict);
    let facts = verdict.facts.iter();
    rows.extend(facts.map(|(name, fact)| (name.clone(), fact.clone())));
    rows.push(("proof".into(), hash));
    print(&Line { json, rows });
    Ok(exit_of(&verdict))
}

/// Says why a short proof could not be completed.
fn incomplete(error: &NotMade) -> Exit {
    let rows = vec![
        (
            "verdict".into(),
            format!("notestablished ({})", error.code()),
        ),
        ("why".into(), why(error)),
    ];
    print(&Line {
        json: json!({ "outcome": Outcome::NotEstablished, "headline": error.code(), "why": why(error) }),
        rows,
    });
    Exit::NotEstablished
}

/// Why there is no proof: the code, and what it means.
fn why(error: &NotMade) -> String {
    match Reason::by_code(error.code()) {
        Some(reason) => format!("{error}: {}", reason.meaning),
        None => error.to_string(),
    }
}

fn renew(file: &Path, out: &Path, nodes: &[String], chain: Option<&Path>) -> Result<Exit, Exit> {
    let bytes = read(file)?;
    let name = file.display().to_string();
    let id = match Short::is(&bytes) {
        true => Short::decode(&bytes).map(|short| short.chain),
        false => Portable::decode(&bytes).map(|proof| proof.chain),
    };
    let id = id.map_err(|error| unreadable(&name, &error))?;
    let mut chains = config::chains(chain)?.into_iter();
    let Some(chain) = chains.find(|chain| chain.id == id) else {
        let unknown = NotMade::NothingProven("proof-chain-unknown".into());
        return keep(&name, out, Err(unknown));
    };
    let chain = config::asking(chain, nodes);
    let (beside, chains) = (portable::beside(&Terminal), core::slice::from_ref(&chain));
    let renewed = match Short::is(&bytes) {
        true => block_on(portable::complete(&beside, chains, &bytes)),
        false => block_on(portable::renew(&beside, &chain, &bytes)),
    };
    keep(&name, out, renewed)
}

/// A file's bytes; of one that is too long no more than tells so.
fn read(file: &Path) -> Result<Vec<u8>, Exit> {
    use std::io::Read;
    let most = u64::try_from(MAX_FILE)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut bytes = Vec::new();
    let read = std::fs::File::open(file).and_then(|file| file.take(most).read_to_end(&mut bytes));
    read.map_err(|error| unreadable(&file.display().to_string(), &error))?;
    Ok(bytes)
}

/// 0: it proves what it shows, as of its header, and the record was in force then.
fn exit_of(verdict: &Verdict) -> Exit {
    let last = verdict
        .facts
        .get("last")
        .and_then(|code| Reason::by_code(code));
    let out_of_force = last.is_some_and(|last| last.status == Status::OutOfForce);
    match verdict.outcome {
        Outcome::NotEstablished if verdict.headline == "proven-as-of" => {
            if out_of_force {
                Exit::Rejected
            } else {
                Exit::Verified
            }
        }
        Outcome::NotEstablished => Exit::NotEstablished,
        _ => Exit::Rejected,
    }
}
