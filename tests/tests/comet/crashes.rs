//! Processes end as in a power cut: alone, at random moments under load, all at once. Nothing that was answered as committed is lost, and
//! no two nodes differ.

use super::{Consortium, NODES};
use lianyan_tests::Outcome;
use node::network::Client;
use serde_json::{Value, json};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Kills under load.
const KILLS: usize = 6;

/// An application, then a validator: the others go on, and it comes back to the same state.
pub fn one_after_the_other(consortium: &mut Consortium) -> Outcome {
    consortium.network.application(1).kill();
    goes_on_without(consortium, 1)?;
    consortium.agreed()?;
    consortium.network.engine(2).kill();
    goes_on_without(consortium, 2)?;
    consortium.agreed().map(drop)
}

fn goes_on_without(consortium: &mut Consortium, node: usize) -> Outcome {
    let other = consortium.client((node + 1) % NODES);
    let (height, _) = other.newest()?;
    let start = Instant::now();
    while other.newest()?.0 < height + 2 {
        if start.elapsed() > Duration::from_secs(30) {
            return Err(format!("three of four stand still without node {node}").into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// While events keep coming, one process after the other is killed at a moment that chance picks: between any two steps of a block.
pub fn at_random_under_load(consortium: &mut Consortium) -> Outcome {
    // Some are refused: votes are not open yet. They are in blocks all the same.
    let events = consortium.events(&["document", "grant", "vote", "ballot"]);
    let stop = AtomicBool::new(false);
    let taken = Mutex::new(Vec::new());
    let clients: Vec<Client> = (0..NODES).map(|node| consortium.client(node)).collect();
    std::thread::scope(|scope| {
        scope.spawn(|| load(&events, &clients, &stop, &taken));
        let killed = kill_at_random(consortium);
        stop.store(true, Ordering::Relaxed);
        killed
    })?;
    consortium.agreed()?;
    let taken = taken.into_inner().unwrap_or_default();
    if taken.len() < KILLS {
        return Err(format!("only {} events were committed under load", taken.len()).into());
    }
    for (event, height) in taken {
        for node in 0..NODES {
            // Not by `tx`: CometBFT's index of a block may be lost in a crash, the block never.
            let params = json!({ "height": height });
            let mut block = consortium.client(node).call("block", params)?;
            let txs = block["block"]["data"]["txs"].take();
            if !txs.as_array().is_some_and(|txs| txs.contains(&event)) {
                return Err(format!("node {node} lost an event of block {height}").into());
            }
        }
    }
    Ok(())
}

fn kill_at_random(consortium: &mut Consortium) -> Outcome {
    for kill in 0..KILLS {
        let mut random = [0; 2];
        getrandom::fill(&mut random).map_err(|error| error.to_string())?;
        std::thread::sleep(Duration::from_millis(400 + 7 * u64::from(random[0])));
        let node = usize::from(random[1]) % NODES;
        match kill % 2 {
            0 => consortium.network.application(node).kill(),
            _ => consortium.network.engine(node).kill(),
        }
        // Above what it has itself: it is back, and not on its way down, before the next one goes.
        let height = consortium.newest()?;
        consortium.wait_for(node, height + 1)?;
    }
    Ok(())
}

/// Hands in one event after the other and notes those that a node answers as committed, with their heights.
fn load(
    events: &[Vec<u8>],
    clients: &[Client],
    stop: &AtomicBool,
    taken: &Mutex<Vec<(Value, Value)>>,
) {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    for (at, event) in events.iter().enumerate() {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let tx = Value::from(STANDARD.encode(event));
        let client = clients[at % clients.len()];
        let answer = client.call("broadcast_tx_commit", json!({ "tx": tx }));
        if let Ok(answer) = answer
            && answer["height"] != "0"
            && let Ok(mut taken) = taken.lock()
        {
            taken.push((tx, answer["height"].clone()));
        }
    }
}

/// A power cut in the whole building: the chain goes on where it was.
pub fn all_at_once(consortium: &mut Consortium) -> Outcome {
    let before = consortium.agreed()?;
    let height: u64 = before["height"].as_str().ok_or("no height")?.parse()?;
    consortium.power_cut()?;
    consortium.agreed_at(height + 3)?;
    let params = json!({ "height": before["height"] });
    let again = consortium.client(0).call("header", params)?;
    if again["header"] != before {
        return Err("another block at an old height".into());
    }
    Ok(())
}
