//! A member floods.

use super::day::{Day, until};
use super::load::{self, BUREAU, committed_at, invoice, invoice_name};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use lianyan_tests::Outcome;
use node::application::code;
use node::network::Client;
use records::RecordName;
use records::kinds::quota::Grant;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::thread;

/// Who floods, with events that no rule accepts.
const MEMBER: &str = "property-regulator";
/// More than a key may hand in at once.
const EVENTS: i64 = 1_500;
/// Another member's event is in one of so many blocks.
const BLOCKS: u64 = 6;
/// What CometBFT lets wait at most: transactions.
const WAITING: u64 = 5_000;

/// One member hands in more than it may, at one node, while others' events get through; then what is no event, too long, or in a block already.
pub fn one_member_floods(day: &mut Day, node: usize) -> Outcome {
    let flood = flood(day)?;
    let (client, other) = (
        day.consortium.client(node),
        day.consortium.client((node + 1) % 4),
    );
    let flooding = thread::spawn(move || client.broadcast(&flood));
    let mut waiting = 0;
    let mut blocks = 0;
    while !flooding.is_finished() || blocks == 0 {
        blocks = blocks.max(blocks_of_an_event(day, other)?);
        waiting = waiting.max(waiting_at(client)?);
    }
    let answers = flooding.join().map_err(|_| "the flood broke off")??;
    let mut codes: BTreeMap<u64, usize> = BTreeMap::new();
    for answer in &answers {
        let code = answer["code"].as_u64().ok_or("no code")?;
        *codes.entry(code).or_default() += 1;
    }
    println!(
        "a flood of {EVENTS}: codes {codes:?}, at most {waiting} waited, others within {blocks} blocks"
    );
    let known = [code::OK, code::TOO_MANY].map(u64::from);
    if codes.len() != 2 || codes.keys().any(|code| !known.contains(code)) {
        return Err(format!("not refused for its rate: {codes:?}").into());
    }
    if blocks > BLOCKS || waiting > WAITING {
        return Err(format!("{waiting} waited, others for {blocks} blocks").into());
    }
    until("nothing waits any more", || {
        waiting_at(client).is_ok_and(|waiting| waiting < 50)
    })?;
    stays_out(day, client)?;
    day.goes_on(&[0, 1, 2, 3])
}

/// Events with a good signature, each another one.
fn flood(day: &Day) -> Outcome<Vec<Vec<u8>>> {
    let name = RecordName::new("quota", MEMBER).ok_or("no name")?;
    let grant = |count| Grant {
        by: MEMBER.into(),
        count,
    };
    (1..=EVENTS)
        .map(|count| {
            load::event(
                &day.consortium,
                MEMBER,
                ("quota.grant", &name, 0),
                &grant(count),
            )
        })
        .collect()
}

/// In which block from now on an event of another member is.
fn blocks_of_an_event(day: &Day, client: Client) -> Outcome<u64> {
    let (before, _) = client.newest()?;
    let event = load::event(
        &day.consortium,
        load::ISSUER,
        ("invoice.issue", &invoice_name(), 0),
        &invoice(),
    )?;
    let answer = client.call("broadcast_tx_commit", json!({ "tx": BASE64.encode(event) }))?;
    let height = committed_at(&answer).ok_or_else(|| format!("kept out: {answer}"))?;
    Ok(height - before)
}

fn waiting_at(client: Client) -> Outcome<u64> {
    let waiting = client.call("num_unconfirmed_txs", json!({}))?;
    Ok(waiting["total"].as_str().ok_or("no number")?.parse()?)
}

/// What is no event of this chain is refused with a code or by CometBFT itself, with words that say why.
fn stays_out(day: &Day, client: Client) -> Outcome {
    let again = day.load.book.written()[0].tx.clone();
    let again = BASE64.decode(again.as_str().unwrap_or_default())?;
    let bureau = load::event(
        &day.consortium,
        BUREAU,
        ("invoice.issue", &invoice_name(), 0),
        &invoice(),
    )?;
    let mut forged = bureau.clone();
    let last = forged.len() / 2;
    forged[last] ^= 1;
    for (what, tx, expected) in [
        ("garbage", b"{}".to_vec(), "2"),
        ("a bent event", forged, "2"),
        ("too long", vec![b'{'; 70_000], "too large"),
        ("a repetition", again, "already exists in cache"),
    ] {
        let answer = client.broadcast(&[tx])?.swap_remove(0);
        let said = match &answer["code"] {
            Value::Null => answer["error"].to_string().to_lowercase(),
            code => code.to_string(),
        };
        if !said.contains(expected) {
            return Err(format!("{what}: {answer}").into());
        }
    }
    Ok(())
}
