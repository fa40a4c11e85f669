//! One step by `light-client`: `allocate` room for the JSON, `prepare` it once, `run` it as often as wanted.

use std::cell::RefCell;

use light_client::json::{self, Value};
use light_client::{Budget, LightBlock, Options, Time, TrustedState, Verdict, verify_step};

struct Step {
    trusted: TrustedState,
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
    let step = json::parse(&text).ok().and_then(|value| read(&value));
    let readable = step.is_some();
    STEP.set(step);
    readable
}

fn read(value: &Value) -> Option<Step> {
    let trusted = json::light_block(&value["trusted"]).ok()?;
    let hash = trusted.signed_header.header.hash();
    Some(Step {
        trusted: TrustedState::from_checkpoint(&trusted, &hash).ok()?,
        untrusted: json::light_block(&value["untrusted"]).ok()?,
        now: Time::parse_rfc3339(value["now"].as_str()?)?,
    })
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
    let verdict = verify_step(
        &step.trusted,
        &step.untrusted,
        &Options::default(),
        step.now,
        &mut Budget::new(1_000),
    );
    matches!(verdict, Verdict::Trusted(..))
}
