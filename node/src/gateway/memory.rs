//! What was answered before: for an hour where it cannot change, for a moment where many ask the same.

use super::{
    calls::{Call, Life},
    said::Said,
    upstream::{Unanswered, Upstream},
};
use axum::body::Bytes;
use moka::{Expiry, future::Cache};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// A node's answer.
#[derive(Debug)]
pub(super) struct Reply {
    /// The result, or the error that the node gave instead: JSON, written once for all who ask.
    pub outcome: Result<Bytes, Bytes>,
    /// How long it is good.
    pub life: Life,
    /// The result's hash, by which a browser asks again.
    pub tag: String,
}

impl Reply {
    fn new(call: &Call, outcome: Result<Said, Said>) -> Self {
        let gist = outcome.as_ref().map(|result| &result.gist);
        let life = match (gist, call.life) {
            (Ok(result), Life::Lasting) if call.is_final(result) => Life::Lasting,
            (_, Life::Acting) => Life::Acting,
            (Ok(result), Life::Fleeting(time)) if call.is_answered_by(result) => {
                Life::Fleeting(time)
            }
            _ => Life::Fleeting(MOMENT),
        };
        let text = |said: Said| said.text;
        let outcome = outcome.map(text).map_err(text);
        let digest = Sha256::digest(outcome.as_ref().unwrap_or_else(|error| error));
        let tag = hex::encode(digest.get(..16).unwrap_or_default());
        Self { outcome, life, tag }
    }

    /// Bytes of it.
    pub fn len(&self) -> usize {
        self.outcome.as_ref().map_or_else(Bytes::len, Bytes::len)
    }
}

/// How long a refusal, or what is not final yet, is repeated without asking again.
const MOMENT: Duration = Duration::from_millis(500);

/// How long what never changes is repeated. Nothing here proves it: what a node that lies has said of a height ends with this, as what a cache in between
/// was told does.
const HOUR: Duration = Duration::from_secs(3600);

/// What an answer takes besides its own bytes: its call, its hash, its places in the tables. Without it a memory of small answers is several times as
/// large as it may be.
const BESIDES: usize = 512;

/// Drops what is no longer good.
struct Lifetimes;

impl Expiry<String, Arc<Reply>> for Lifetimes {
    fn expire_after_create(&self, _: &String, reply: &Arc<Reply>, _: Instant) -> Option<Duration> {
        match reply.life {
            Life::Lasting => Some(HOUR),
            Life::Fleeting(time) => Some(time),
            Life::Acting => Some(Duration::ZERO),
        }
    }
}

/// Answers by call, at most so many bytes of them; the least used go first.
pub(super) struct Memory {
    replies: Cache<String, Arc<Reply>>,
    /// The id of the chain that the nodes are of.
    chain: Mutex<Option<String>>,
}

impl Memory {
    /// Keeps at most this many bytes of answers.
    pub fn new(bytes: u64) -> Self {
        let weigh = |key: &String, reply: &Arc<Reply>| {
            u32::try_from(BESIDES + key.len() + reply.len()).unwrap_or(u32::MAX)
        };
        let cache = Cache::builder()
            .max_capacity(bytes)
            .weigher(weigh)
            .expire_after(Lifetimes);
        Self {
            replies: cache.build(),
            chain: Mutex::default(),
        }
    }

    /// The answer to a call, and whether a node was asked for it now. Those who ask the same at the same time wait for one question.
    pub async fn answer(
        &self,
        call: &Call,
        upstream: &Upstream,
    ) -> Result<(Arc<Reply>, bool), Arc<Unanswered>> {
        let asked = AtomicBool::new(false);
        let ask = async {
            asked.store(true, Ordering::Relaxed);
            let outcome = upstream.ask(call).await?;
            if call.method == "status"
                && let Ok(status) = &outcome
            {
                self.forget_other_chains(&status.gist["node_info"]["network"]);
            }
            Ok(Arc::new(Reply::new(call, outcome)))
        };
        let reply = if call.life == Life::Acting {
            ask.await.map_err(Arc::new)?
        } else {
            self.replies.try_get_with(call.key(), ask).await?
        };
        Ok((reply, asked.into_inner()))
    }

    /// A chain that was founded anew has other blocks of the same heights.
    fn forget_other_chains(&self, chain: &Value) {
        let Some(chain) = chain.as_str() else { return };
        let mut known = self.chain.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_deref() != Some(chain) && known.replace(chain.to_owned()).is_some() {
            self.replies.invalidate_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// *Attack: a node that lies gives a header of its own making, and is taken out; who asks a cache in between is given it ever after.*
    #[test]
    fn what_never_changes_is_asked_again_all_the_same() {
        let call = Call::from_json("header", Some(json!([7]))).expect("reads");
        let gist = json!({ "header": { "height": "7" } });
        let text = gist.to_string().into();
        let reply = Arc::new(Reply::new(&call, Ok(Said { text, gist })));
        assert_eq!(reply.life, Life::Lasting);
        let kept = Lifetimes.expire_after_create(&String::new(), &reply, Instant::now());
        assert_eq!(kept, Some(HOUR));
    }

    /// *Attack: many small calls, each about another height, and a memory of 256 MB takes a gigabyte.*
    #[tokio::test]
    async fn a_small_answer_counts_for_all_that_it_takes() {
        let memory = Memory::new(100_000);
        for height in 1..=1_000 {
            let call = Call::from_json("header", Some(json!([height]))).expect("reads");
            let result = json!({ "header": { "height": height.to_string() } });
            let said = Said {
                text: result.to_string().into(),
                gist: result,
            };
            let reply = Reply::new(&call, Ok(said));
            memory.replies.insert(call.key(), Arc::new(reply)).await;
        }
        memory.replies.run_pending_tasks().await;
        assert!(
            memory.replies.entry_count() < 200,
            "{}",
            memory.replies.entry_count()
        );
    }
}
