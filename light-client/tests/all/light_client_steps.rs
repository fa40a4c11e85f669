//! The model-based tests of tendermint-rs: 41 files, 99 steps, each with its verdict.

use std::time::Duration;

use crate::common::{files, name, public_vectors, read};
use light_client::json::{self, Value};
use light_client::{Budget, Options, Time, TrustLevel, TrustedState, Verdict, verify_step};

fn time(value: &Value) -> Time {
    Time::parse_rfc3339(value.as_str().unwrap()).unwrap()
}

fn initial(file: &Value) -> (TrustedState, Options) {
    let initial = &file["initial"];
    let header = json::signed_header(&initial["signed_header"])
        .unwrap()
        .header;
    let next = json::validator_set(&initial["next_validator_set"]).unwrap();
    let period = initial["trusting_period"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let options = Options {
        trust_level: TrustLevel::ONE_THIRD,
        trusting_period: Duration::from_nanos(period),
        clock_drift: Duration::ZERO,
        ..Options::default()
    };
    (
        TrustedState::from_header(&header, next, &header.hash()).unwrap(),
        options,
    )
}

#[test]
fn every_step_has_the_verdict_of_the_model() {
    let Some(folder) = public_vectors("light-client-steps") else {
        return;
    };
    let (mut cases, mut steps) = (0, 0);
    for path in files(&folder) {
        let file = read(&path);
        let (mut trusted, options) = initial(&file);
        for (index, step) in file["input"].as_array().unwrap().iter().enumerate() {
            let found = verify_step(
                &trusted,
                &json::light_block(&step["block"]).unwrap(),
                &options,
                time(&step["now"]),
                &mut Budget::new(1_000),
            );
            let label = match &found {
                Verdict::Trusted(..) => "SUCCESS",
                Verdict::NotEnoughTrust(_) => "NOT_ENOUGH_TRUST",
                Verdict::Rejected(_) => "INVALID",
            };
            assert_eq!(
                label,
                step["verdict"].as_str().unwrap(),
                "{} step {index}: {found:?}",
                name(&path)
            );
            if let Verdict::Trusted(state, _) = found {
                trusted = *state;
            }
            steps += 1;
        }
        cases += 1;
    }
    assert_eq!((cases, steps), (41, 99));
}
