//! What members write without any page: straight to a node, with the demo's keys.

use lianyan_tests::Outcome;
use lianyan_tests::world::World;
use node::application::code;
use node::network::Client;
use records::shape::Shape;
use records::{Payload, RecordName, SecretKey, canonical};
use serde_json::{Value, json};

/// Ten minutes, in nanoseconds.
const OPEN_FOR: i64 = 600_000_000_000;

fn node(world: &World) -> Outcome<Client> {
    let node = world.demo().nodes().swap_remove(0);
    Ok(Client(node.trim_start_matches("http://").parse()?))
}

/// A record's state, as a node says it; null where there is no such record.
pub fn state(world: &World, name: &RecordName) -> Outcome<Value> {
    let state = node(world)?.query("/state", &name.tree_key())?;
    if state.is_empty() {
        return Ok(Value::Null);
    }
    Ok(serde_json::from_slice(&state)?)
}

/// The newest block's time, Unix nanoseconds.
pub fn now(world: &World) -> Outcome<i64> {
    Ok(node(world)?.newest()?.1)
}

/// Has an event about a record written.
pub fn write(
    world: &World,
    (event_type, name): (&str, RecordName),
    body: &impl Shape,
    keys: &[&SecretKey],
) -> Outcome {
    let node = node(world)?;
    let status = node.call("status", json!({}))?;
    let chain = status["node_info"]["network"].as_str().unwrap_or_default();
    let before = state(world, &name)?;
    let event = Payload {
        body: canonical::to_value(body)?,
        chain: chain.into(),
        seq: before["seq"].as_u64().unwrap_or(0),
        subject: name,
        event_type: event_type.into(),
        until: node.newest()?.1 + OPEN_FOR,
    };
    match node.write(&event.sign(keys)?.encode())? {
        written if written.code == code::OK => Ok(()),
        refused => Err(format!("the chain refuses: {refused:?}").into()),
    }
}
