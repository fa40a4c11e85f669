//! Events are written, refused with a code, and proven to the light client.

use super::Consortium;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use lianyan_tests::{Outcome, place};
use node::application::code;
use records::{Payload, RecordName, SecretKey, canonical::Value as Canonical};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::process::Command;

/// Writes the demo's invoices and has codes checked by `lianyan check`, which asks all four nodes.
pub fn accepted_refused_and_proven(consortium: &mut Consortium) -> Outcome {
    let checkpoint = consortium.client(0).newest()?.0;
    let chains = consortium.chains(checkpoint)?;
    // Members count from the block after the one that admits them.
    let members = consortium.events(&["member"]);
    consortium.write(0, &members)?;
    let invoices = consortium.events(&["quota", "fiscal-quota", "invoice"]);
    consortium.write(0, &invoices)?;
    for event in members.iter().chain(invoices.iter().step_by(7)) {
        let result = result_of(consortium, 1, event)?;
        assert_eq!(result["code"], code::OK, "{result}");
    }
    refused_with_a_code(consortium)?;
    malformed_stays_out(consortium)?;
    consortium.agreed()?;
    for (name, outcome, exit) in [
        ("genuine", "verified", 0),
        ("genuine-link", "verified", 0),
        ("altered", "rejected", 1),
        ("unknown", "absent", 1),
    ] {
        let (verdict, status) = check(&consortium.code(name)?, &chains)?;
        assert_eq!(
            (verdict["outcome"].as_str(), status),
            (Some(outcome), exit),
            "{name}: {verdict:#}"
        );
    }
    any_page_may_ask(consortium)
}

/// As `tx` wants it.
fn hash_of(event: &[u8]) -> String {
    BASE64.encode(Sha256::digest(event))
}

/// A transaction's result, as a node has it.
pub fn result_of(consortium: &mut Consortium, node: usize, event: &[u8]) -> Outcome<Value> {
    Ok(found(consortium, node, event)?["tx_result"].take())
}

/// A transaction with its block and its result, as a node has it.
pub fn found(consortium: &mut Consortium, node: usize, event: &[u8]) -> Outcome<Value> {
    let client = consortium.client(node);
    let params = json!({ "hash": hash_of(event) });
    consortium.wait("a transaction in a block", || {
        client.call("tx", params.clone()).is_ok()
    })?;
    Ok(client.call("tx", params)?)
}

/// An event that breaks a rule is in a block, with the reason, at every node.
fn refused_with_a_code(consortium: &mut Consortium) -> Outcome {
    let stranger = SecretKey::from_seed(&[7; 32]);
    let (_, time) = consortium.client(0).newest()?;
    let event = Payload {
        body: Canonical::Object(Default::default()),
        chain: consortium.chain.clone(),
        seq: 0,
        subject: RecordName::new("document", "nobodys").ok_or("no name")?,
        event_type: "document.confirm".into(),
        until: time + 600_000_000_000,
    }
    .sign(&[&stranger])?
    .encode();
    consortium.write(2, std::slice::from_ref(&event))?;
    for node in 0..super::NODES {
        let result = result_of(consortium, node, &event)?;
        assert_eq!(result["code"], code::REFUSED, "{result}");
        let data = BASE64.decode(result["data"].as_str().ok_or("no data")?)?;
        let refusal: Value = serde_json::from_slice(&data)?;
        assert!(refusal["code"].is_string(), "{refusal}");
    }
    Ok(())
}

/// What is no event of this chain is not even taken.
fn malformed_stays_out(consortium: &mut Consortium) -> Outcome {
    let too_long = vec![b'{'; 70_000];
    for garbage in [b"{}".to_vec(), too_long] {
        let answers = consortium.client(3).broadcast(&[garbage])?;
        assert_ne!(answers[0]["code"], code::OK, "{}", answers[0]);
    }
    Ok(())
}

/// The verdict of `lianyan check`, and its exit status.
pub fn check(text: &str, chains: &Path) -> Outcome<(Value, i32)> {
    let output = Command::new(place::program("lianyan"))
        .args(["check", text, "--chain"])
        .arg(chains)
        .output()?;
    let verdict = serde_json::from_slice(&output.stdout)
        .map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())?;
    Ok((verdict, output.status.code().unwrap_or(-1)))
}

/// A page of any origin may ask CometBFT itself: the browser's question beforehand, and the answer's header.
fn any_page_may_ask(consortium: &Consortium) -> Outcome {
    let node = format!("http://{}/", consortium.client(0).0);
    let origin = "http://127.0.0.1:8080";
    let allowed = ureq::options(&node)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type")
        .call()?;
    let answered = ureq::post(&node)
        .header("origin", origin)
        .send_json(json!({ "jsonrpc": "2.0", "id": 1, "method": "status", "params": {} }))?;
    for answer in [&allowed, &answered] {
        let header = answer.headers().get("access-control-allow-origin");
        assert!(header.is_some_and(|value| value == "*" || value == origin));
    }
    assert!(
        allowed
            .headers()
            .contains_key("access-control-allow-methods")
    );
    Ok(())
}
