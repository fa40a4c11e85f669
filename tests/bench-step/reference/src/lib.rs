//! The same step by `tendermint-light-client-verifier`: `allocate` room for the JSON, `prepare` it once, `run` it as often as wanted.

use std::cell::RefCell;
use std::time::Duration;

use serde::Deserialize;
use tendermint::Time;
use tendermint::block::signed_header::SignedHeader;
use tendermint::validator::Set;
use tendermint_light_client_verifier::options::Options;
use tendermint_light_client_verifier::types::{
    TrustThreshold, TrustedBlockState, UntrustedBlockState,
};
use tendermint_light_client_verifier::{ProdVerifier, Verdict, Verifier};

#[derive(Deserialize)]
struct LightBlock {
    signed_header: SignedHeader,
    validator_set: Set,
    next_validator_set: Set,
}

#[derive(Deserialize)]
struct Step {
    trusted: LightBlock,
    untrusted: LightBlock,
    now: Time,
}

thread_local! {
    static STEP: RefCell<Option<Step>> = const { RefCell::new(None) };
}

/// Room for `length` bytes.
#[unsafe(no_mangle)]
pub extern "C" fn allocate(length: usize) -> *mut u8 {
    Box::leak(vec![0; length].into_boxed_slice()).as_mut_ptr()
}

/// Reads the step from the JSON at `text`; whether that went well.
///
/// # Safety
/// `text` comes from `allocate(length)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn prepare(text: *mut u8, length: usize) -> bool {
    // SAFETY: the caller's promise; the room is given back here.
    let text = unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(text, length)) };
    let step: Option<Step> = serde_json::from_slice(&text).ok();
    let readable = step.is_some();
    STEP.set(step);
    readable
}

/// Verifies the prepared step `times` times; whether it was trusted each time.
#[unsafe(no_mangle)]
pub extern "C" fn run(times: u32) -> bool {
    STEP.with_borrow(|step| {
        step.as_ref()
            .is_some_and(|step| (0..times).all(|_| is_trusted(step)))
    })
}

fn is_trusted(step: &Step) -> bool {
    let trusted = &step.trusted.signed_header.header;
    let options = Options {
        trust_threshold: TrustThreshold::ONE_THIRD,
        trusting_period: Duration::from_secs(7 * 24 * 3600),
        clock_drift: Duration::from_secs(10),
    };
    let verdict = ProdVerifier::default().verify_update_header(
        UntrustedBlockState {
            signed_header: &step.untrusted.signed_header,
            validators: &step.untrusted.validator_set,
            next_validators: Some(&step.untrusted.next_validator_set),
        },
        TrustedBlockState {
            chain_id: &trusted.chain_id,
            header_time: trusted.time,
            height: trusted.height,
            next_validators: &step.trusted.next_validator_set,
            next_validators_hash: trusted.next_validators_hash,
        },
        &options,
        step.now,
    );
    matches!(verdict, Verdict::Success)
}
