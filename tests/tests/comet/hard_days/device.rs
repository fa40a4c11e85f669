//! The light client's device: its network, its clock, its randomness.

use std::io::Read;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use verifier::{Host, Limits, News, Unreachable};

/// A machine with the right time. Its waiting blocks the thread.
pub struct Device;

impl Host for Device {
    async fn post(&self, url: &str, body: Vec<u8>, limits: Limits) -> Result<Vec<u8>, Unreachable> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_millis(limits.millis.into())))
            .build()
            .into();
        let request = agent.post(url).content_type("application/json");
        let mut answer = request.send(&body[..]).map_err(unreachable)?;
        let mut bytes = Vec::new();
        let reader = answer.body_mut().as_reader();
        let most = u64::try_from(limits.bytes).unwrap_or(u64::MAX);
        match reader.take(most.saturating_add(1)).read_to_end(&mut bytes) {
            Ok(read) if read <= limits.bytes => Ok(bytes),
            Ok(_) => Err(Unreachable::TooLong),
            Err(_) => Err(Unreachable::NoConnection),
        }
    }

    fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        since.map_or(0, |since| since.as_nanos() as i64)
    }

    fn random(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the system has randomness");
        bytes
    }

    fn tell(&self, _: News) {}

    async fn pause(&self, millis: u32) {
        std::thread::sleep(Duration::from_millis(millis.into()));
    }
}

fn unreachable(error: ureq::Error) -> Unreachable {
    match error {
        ureq::Error::Timeout(_) => Unreachable::TimedOut,
        ureq::Error::StatusCode(status) => Unreachable::Status(status),
        _ => Unreachable::NoConnection,
    }
}

/// Runs a future whose waiting blocks the thread.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
