//! An owner of rooms, who may vote on the page.

use crate::Outcome;
use crate::demo::Demo;
use records::SecretKey;
use serde_json::{Value, json};

/// Makes an owner's key, has the desks bind it to the room, and returns the owner's identity file.
///
/// # Errors
/// Where the desks refuse.
pub fn bind(demo: &Demo, vote: &Value, room: &Value, number: usize) -> Outcome<String> {
    let seed = [u8::try_from(number)? + 1; 32];
    let key = SecretKey::from_seed(&seed).public().to_string();
    let request = json!({"key": key, "room": room, "vote": vote["id"]});
    let ballot: Value = ureq::post(format!("{}/try/desk", demo.page()))
        .send_json(&request)?
        .into_body()
        .read_json()?;
    if ballot.get("error").is_some() {
        return Err(format!("the desk refuses: {ballot}").into());
    }
    let seed: String = seed.iter().map(|byte| format!("{byte:02x}")).collect();
    let name = format!("业主 {}", number + 1);
    let identity = json!({
        "lianyan": "identity/1", "role": "owner", "name": name, "seed": seed, "ballots": [ballot],
    });
    Ok(identity.to_string())
}

/// Where a vote is shown.
#[must_use]
pub fn route(vote: &Value) -> String {
    format!("#/r/vote/{}", vote["id"].as_str().unwrap_or_default())
}
