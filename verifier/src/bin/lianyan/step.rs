//! `lianyan step`: one step of trust between two light blocks in files.

use crate::{Exit, Line, arguments, print, unreadable};
use light_client::{
    Budget, LightBlock, Options, Reason, SignatureCheck, Tally, TrustedState, Verdict,
    json::{self, JsonError, Value},
    verify_step,
};
use serde_json::json;
use std::path::Path;

/// Enough for a step between the largest validator sets.
const BUDGET: u32 = 200_000;

/// Runs the command.
pub fn run(step: &arguments::Step) -> Exit {
    let (trusted, untrusted) = match (read(&step.trusted), read(&step.untrusted)) {
        (Ok(trusted), Ok(untrusted)) => (trusted, untrusted),
        (Err(exit), _) | (_, Err(exit)) => return exit,
    };
    let trusted = match trust(&trusted) {
        Ok(trusted) => trusted,
        Err(Fault::Unreadable(error)) => {
            return unreadable(&step.trusted.display().to_string(), &error);
        }
        Err(Fault::Rejected(code, why)) => return rejected(&code, &["trusted: ", &why].concat()),
    };
    let block = match json::light_block(&untrusted).map_err(Fault::from) {
        Ok(block) => block,
        Err(Fault::Unreadable(error)) => {
            return unreadable(&step.untrusted.display().to_string(), &error);
        }
        Err(Fault::Rejected(code, why)) => return rejected(&code, &why),
    };
    let options = Options {
        chain_id: None,
        trust_level: step.trust_level,
        trusting_period: step.trusting_period,
        clock_drift: step.clock_drift,
        signatures: SignatureCheck::Sufficient,
    };
    let mut budget = Budget::new(BUDGET);
    match verify_step(&trusted, &block, &options, step.now, &mut budget) {
        Verdict::Trusted(state, counts) => verified(&state, &counts),
        Verdict::NotEnoughTrust(counts) => not_enough(&block, &counts),
        Verdict::Rejected(reason) => rejected(reason.code(), &reason.to_string()),
    }
}

/// Why a file gives no block.
enum Fault {
    /// It cannot be read.
    Unreadable(JsonError),
    /// It can be read, and what it says cannot be: code and text.
    Rejected(String, String),
}

impl From<JsonError> for Fault {
    /// Validators that cannot form a set are a lie, not a slip of the pen.
    fn from(error: JsonError) -> Self {
        match &error {
            JsonError::Malformed { path, expected }
                if ["a validator set", "the key's address"].contains(expected)
                    || path.ends_with("voting_power") =>
            {
                Self::Rejected("bad-validator-set".into(), error.to_string())
            }
            _ => Self::Unreadable(error),
        }
    }
}

impl From<Reason> for Fault {
    fn from(reason: Reason) -> Self {
        Self::Rejected(reason.code().into(), reason.to_string())
    }
}

/// What is trusted: the block's next validators where it names them, for both kinds of step, else its own.
fn trust(value: &Value) -> Result<TrustedState, Fault> {
    let missing = |name| value.get(name).is_none_or(Value::is_null);
    if !missing("validator_set") {
        let block = json::light_block(value)?;
        let hash = block.signed_header.header.hash();
        return Ok(TrustedState::from_checkpoint(&block, &hash)?);
    }
    let signed_header = value.get("signed_header").unwrap_or(&Value::Null);
    let header = json::signed_header(signed_header)?.header;
    let next = json::validator_set(value.get("next_validator_set").unwrap_or(&Value::Null))?;
    Ok(TrustedState::from_header(&header, next, &header.hash())?)
}

fn read(path: &Path) -> Result<Value, Exit> {
    let name = path.display().to_string();
    let text = std::fs::read(path).map_err(|error| unreadable(&name, &error))?;
    json::parse(&text).map_err(|error| unreadable(&name, &error))
}

fn tally(counts: &Tally) -> Value {
    let share = |share: &light_client::Share| json!({ "signed": share.signed.to_string(), "total": share.total.to_string() });
    json!({ "own": share(&counts.own), "trusted": counts.trusted.as_ref().map(share) })
}

fn table(verdict: &str, more: &[(&str, String)]) -> Vec<(String, String)> {
    let first = ("verdict".to_string(), verdict.to_string());
    let more = more
        .iter()
        .map(|(name, value)| (name.to_string(), value.clone()));
    std::iter::once(first).chain(more).collect()
}

fn power(counts: &Tally) -> String {
    format!("{} of {}", counts.own.signed, counts.own.total)
}

fn verified(state: &TrustedState, counts: &Tally) -> Exit {
    let (height, hash) = (state.height(), hex::encode(state.verified().hash()));
    print(&Line {
        json: json!({ "verdict": "verified", "height": height.to_string(), "hash": hash, "tally": tally(counts) }),
        rows: table(
            "verified",
            &[
                ("height", height.to_string()),
                ("hash", hash.clone()),
                ("power", power(counts)),
            ],
        ),
    });
    Exit::Verified
}

fn not_enough(block: &LightBlock, counts: &Tally) -> Exit {
    print(&Line {
        json: json!({ "verdict": "not-enough-trust", "height": block.height().to_string(), "tally": tally(counts) }),
        rows: table("not enough trust", &[("power", power(counts))]),
    });
    Exit::NotEstablished
}

fn rejected(code: &str, why: &str) -> Exit {
    print(&Line {
        json: json!({ "verdict": "rejected", "reason": code, "why": why }),
        rows: table("rejected", &[("reason", code.into()), ("why", why.into())]),
    });
    Exit::Rejected
}
