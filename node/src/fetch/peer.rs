//! Another node, or a gateway before it, as one that may have a blob. Nothing that it says is believed.

use crate::{
    application::{MAX_BLOB, code},
    merkle::{Hash, sha256},
    network::Remote,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use hyper::Uri;
use serde_json::{Value, json};
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::time;

/// An answer takes at most this long.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most bytes of an answer: those of the largest blob in base64, and what is around them.
const MAX_ANSWER: usize = MAX_BLOB / 3 * 4 + 64 * 1024;
/// Who fails is left out for this long, and for twice as long each time that it fails again.
const REST: Duration = Duration::from_secs(10);
const LONGEST_REST: Duration = Duration::from_mins(10);

/// What one of them answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The blob: its hash is the one asked for.
    Blob(Vec<u8>),
    /// It has none.
    None,
    /// Nothing that could be used, or it is not asked now.
    Failed,
}

/// Since when it may be asked again, and how long it rests when it fails next.
struct Rest {
    until: Instant,
    next: Duration,
}

/// Who is asked.
pub(super) struct Peer {
    url: Uri,
    rest: Mutex<Rest>,
}

impl Peer {
    pub fn new(url: Uri) -> Self {
        let rest = Rest {
            until: Instant::now(),
            next: REST,
        };
        Self {
            url,
            rest: Mutex::new(rest),
        }
    }

    /// Asks for a blob, unless it rests.
    pub async fn ask(&self, remote: &Remote, hash: &Hash) -> Answer {
        if self.rest().until > Instant::now() {
            return Answer::Failed;
        }
        let params = json!({ "path": "/blob", "data": hex::encode(hash) });
        let asked = remote.call(&self.url, "abci_query", params, MAX_ANSWER);
        let result = time::timeout(PATIENCE, asked).await.ok().flatten();
        match result.and_then(|(result, _)| read(&result["response"])) {
            Some(Some(blob)) if sha256(&blob) != *hash => {
                self.fail("gives other bytes than those asked for");
                Answer::Failed
            }
            Some(found) => {
                self.rest().next = REST;
                found.map_or(Answer::None, Answer::Blob)
            }
            None => {
                self.fail("gives no answer that is one");
                Answer::Failed
            }
        }
    }

    /// Of several questions under way that fail together, the first counts.
    fn fail(&self, how: &str) {
        let mut rest = self.rest();
        let now = Instant::now();
        if rest.until <= now {
            let seconds = rest.next.as_secs();
            eprintln!(
                "{} {how}: it is asked for no blob for {seconds} s",
                self.url
            );
            rest.until = now + rest.next;
            rest.next = (rest.next * 2).min(LONGEST_REST);
        }
    }

    fn rest(&self) -> std::sync::MutexGuard<'_, Rest> {
        self.rest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The blob in an answer, or that there is none; none where it is no answer.
fn read(response: &Value) -> Option<Option<Vec<u8>>> {
    match u32::try_from(response["code"].as_u64()?).ok()? {
        code::OK => BASE64.decode(response["value"].as_str()?).ok().map(Some),
        _ => Some(None),
    }
}
