//! Verdicts for the tests of what is drawn from them.

use verifier::verdict::{Anchor, Check, CheckId, Outcome, Status, Verdict};
use worker::Facts;

/// One of this kind and outcome whose life-cycle check has this reason; none where the reason is empty.
pub fn verdict(kind: &str, outcome: Outcome, life: &str) -> Verdict {
    let checks = [life].into_iter().filter(|life| !life.is_empty());
    let checks = checks.map(|life| Check {
        id: CheckId::LifeCycle,
        status: Status::Passed,
        reason: life.into(),
        facts: Facts::new(),
    });
    Verdict {
        outcome,
        headline: life.into(),
        facts: Facts::new(),
        kind: kind.into(),
        id: "1".into(),
        checks: checks.collect(),
        fields: Vec::new(),
        state: String::new(),
        history: Vec::new(),
        anchor: Some(anchor()),
        nodes: Vec::new(),
        raw: String::new(),
        millis: 0,
    }
}

fn anchor() -> Anchor {
    Anchor {
        chain_id: "dev-1".into(),
        dev: true,
        height: 7,
        hash: "00".into(),
        time: "0".into(),
        age_seconds: 0,
        signers: Vec::new(),
        total_power: 0,
        signed_power: 0,
        from: 1,
        steps: 0,
        signatures: 0,
        last_steps: Vec::new(),
    }
}
