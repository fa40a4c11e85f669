//! What was answered before: for ever where it cannot change, for a moment where many ask the same.

use super::{
    calls::{Call, Life},
    upstream::{NoAnswer, Upstream},
};
use moka::{Expiry, future::Cache};
use serde_json::Value;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// A node's answer.
#[derive(Debug)]
pub(super) struct Reply {
    /// The result, or the error that the node gave instead.
    pub outcome: Result<Value, Value>,
    /// How long it is good.
    pub life: Life,
    bytes: u32,
}

impl Reply {
    fn new(call: &Call, outcome: Result<Value, Value>, bytes: usize) -> Self {
        let life = match (&outcome, call.life) {
            (Ok(result), Life::Lasting) if call.is_final(result) => Life::Lasting,
            (_, Life::Acting) => Life::Acting,
            (_, Life::Fleeting(time)) if outcome.is_ok() => Life::Fleeting(time),
            _ => Life::Fleeting(MOMENT),
        };
        Self {
            outcome,
            life,
            bytes: u32::try_from(bytes).unwrap_or(u32::MAX),
        }
    }
}

/// How long a refusal, or what is not final yet, is repeated without asking again.
const MOMENT: Duration = Duration::from_millis(500);

/// Drops what is no longer good.
struct Lifetimes;

impl Expiry<String, Arc<Reply>> for Lifetimes {
    fn expire_after_create(&self, _: &String, reply: &Arc<Reply>, _: Instant) -> Option<Duration> {
        match reply.life {
            Life::Lasting => None,
            Life::Fleeting(time) => Some(time),
            Life::Acting => Some(Duration::ZERO),
        }
    }
}

/// Answers by call, at most so many bytes of them; the least used go first.
pub(super) struct Memory(Cache<String, Arc<Reply>>);

impl Memory {
    /// Keeps at most this many bytes of answers.
    pub fn new(bytes: u64) -> Self {
        let weigh = |key: &String, reply: &Arc<Reply>| {
            let key = u32::try_from(key.len()).unwrap_or(u32::MAX);
            reply.bytes.saturating_add(key)
        };
        let cache = Cache::builder()
            .max_capacity(bytes)
            .weigher(weigh)
            .expire_after(Lifetimes);
        Self(cache.build())
    }

    /// The answer to a call, and whether a node was asked for it now. Those who ask the same at the same time wait for one question.
    pub async fn answer(
        &self,
        call: &Call,
        upstream: &Upstream,
    ) -> Result<(Arc<Reply>, bool), Arc<NoAnswer>> {
        let asked = AtomicBool::new(false);
        let ask = async {
            asked.store(true, Ordering::Relaxed);
            let (outcome, bytes) = upstream.ask(call).await?;
            Ok(Arc::new(Reply::new(call, outcome, bytes)))
        };
        let reply = if call.life == Life::Acting {
            ask.await.map_err(Arc::new)?
        } else {
            self.0.try_get_with(call.key(), ask).await?
        };
        Ok((reply, asked.into_inner()))
    }
}
