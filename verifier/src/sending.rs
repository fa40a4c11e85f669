//! Signing an event, handing it to the nodes, and proving that it is in.

use crate::{
    host::{Host, News},
    join_all,
    nodes::{LONG, Roll, SHORT},
    reasons,
    rpc::{self, Call, Fault},
    session::{Gap, Session},
    trust::{NoHeader, facts},
    verifier::Verifier,
};
use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};
use records::{
    Payload, RecordName, SecretKey,
    canonical::{self, Value},
};
use serde::de::DeserializeOwned;

/// An event may be written for this long after the newest header, in nanoseconds: ten minutes.
const OPEN_FOR: i64 = 600 * 1_000_000_000;
/// Milliseconds between two looks for the event.
const PATIENCE: u32 = 700;

/// An event to be signed.
pub struct Draft {
    /// `<kind>.<verb>`.
    pub event_type: &'static str,
    /// The record that it is about.
    pub subject: RecordName,
    /// The type's own fields.
    pub body: Value,
    /// Who signs.
    pub keys: Vec<SecretKey>,
}

/// Where an event stands in the chain, as proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The event's identity, hex.
    pub event_id: String,
    /// The record that it is about.
    pub record: RecordName,
    /// Height of the block that carries it.
    pub height: u64,
    /// Block time, Unix nanoseconds.
    pub time: i64,
}

/// Why nothing was signed, or what was signed is not in. The code is for machines and the translation table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsent {
    /// Reason code: one of the table in `docs/verdicts.md`, of a rule that refused, or one of those named there for acts.
    pub reason: String,
    /// Facts for its sentence.
    pub facts: BTreeMap<String, String>,
}

impl Unsent {
    /// With this code and no facts.
    pub fn new(reason: &str) -> Self {
        Self {
            reason: reason.into(),
            facts: BTreeMap::new(),
        }
    }
}

impl From<Gap> for Unsent {
    fn from(gap: Gap) -> Self {
        Self {
            reason: gap.reason.code.into(),
            facts: gap.facts,
        }
    }
}

impl From<NoHeader> for Unsent {
    fn from(none: NoHeader) -> Self {
        Self {
            reason: none.reason.code.into(),
            facts: none.facts,
        }
    }
}

impl From<canonical::Error> for Unsent {
    fn from(_: canonical::Error) -> Self {
        Self::new("state-unreadable")
    }
}

impl Verifier {
    /// The proven data of a record now; none where it is proven absent.
    pub async fn data<H: Host, T: DeserializeOwned>(
        &mut self,
        host: &H,
        name: &RecordName,
    ) -> Result<Option<T>, Unsent> {
        let (_, _, state) = self.current(host, name).await?;
        Ok(state
            .map(|state| canonical::from_value(&state.data))
            .transpose()?)
    }

    /// Newest header, nodes, and the record's state under it. What is signed rests on it, so nothing less than agreement will do.
    async fn current<H: Host>(
        &mut self,
        host: &H,
        name: &RecordName,
    ) -> Result<(Roll, i64, Option<records::State>), Unsent> {
        let mut roll = Roll::call(host, &self.chain.id, &self.chain.nodes).await;
        let anchored = self.trust.advance(host, &self.chain, &mut roll).await?;
        if anchored.agreement != reasons::NODES_AGREE {
            return Err(Unsent::new(anchored.agreement.code));
        }
        let mut session = Session::new(host, &anchored.header, &mut roll, &mut self.archive);
        session.replay(core::slice::from_ref(name)).await?;
        let exists = session.head(name).is_some();
        let kept = self.archive.kept(name).filter(|_| exists);
        let state = kept.and_then(|kept| kept.state());
        let time = anchored.header.header().time.unix_nanos();
        Ok((roll, i64::try_from(time).unwrap_or(i64::MAX), state))
    }

    /// Signs the event, hands it to the nodes and waits until it is proven to be in the record's log.
    ///
    /// While an event about a record may still be written, no other about it is signed.
    pub async fn send<H: Host>(&mut self, host: &H, draft: Draft) -> Result<Written, Unsent> {
        let (roll, time, state) = self.current(host, &draft.subject).await?;
        if let Some((event_id, until)) = self.pending.get(&draft.subject)
            && *until >= time
            && !self.is_written(&draft.subject, event_id)
        {
            return Err(Unsent {
                reason: "still-pending".into(),
                facts: facts([("until", until.to_string())]),
            });
        }
        let until = time.saturating_add(OPEN_FOR);
        let payload = Payload {
            body: draft.body,
            chain: self.chain.id.clone(),
            seq: state.map_or(0, |state| state.seq),
            subject: draft.subject.clone(),
            event_type: draft.event_type.into(),
            until,
        };
        let keys: Vec<&SecretKey> = draft.keys.iter().collect();
        let envelope = payload.sign(&keys)?;
        let (event_id, tx) = (hex::encode(envelope.id()), envelope.encode());
        // Remembered before it leaves: a cut answer does not mean that it did not arrive.
        self.pending
            .insert(draft.subject.clone(), (event_id.clone(), until));
        if let Err(unsent) = hand_in(host, &roll, &tx).await {
            if unsent.reason != "no-node-answers" {
                self.pending.remove(&draft.subject);
            }
            return Err(unsent);
        }
        host.tell(News::Sent(event_id.clone(), until));
        self.wait(host, &draft.subject, event_id, until, &tx).await
    }

    fn is_written(&self, name: &RecordName, event_id: &str) -> bool {
        self.find(name, event_id).is_some()
    }

    fn find(&self, name: &RecordName, event_id: &str) -> Option<Written> {
        let history = &self.archive.kept(name)?.history;
        let found = history
            .iter()
            .rev()
            .find(|replayed| hex::encode(replayed.event.id()) == event_id)?;
        Some(Written {
            event_id: event_id.into(),
            record: name.clone(),
            height: found.height,
            time: found.time,
        })
    }

    async fn wait<H: Host>(
        &mut self,
        host: &H,
        name: &RecordName,
        event_id: String,
        until: i64,
        tx: &[u8],
    ) -> Result<Written, Unsent> {
        loop {
            host.pause(PATIENCE).await;
            host.tell(News::Waiting(
                "writing",
                facts([("until", until.to_string())]),
            ));
            let current = self.current(host, name).await;
            if let Some(written) = self.find(name, &event_id) {
                self.pending.remove(name);
                return Ok(written);
            }
            // Asked only after the log: the same bytes, handed in twice, are refused the second time.
            let time = match current {
                Ok((roll, time, _)) => {
                    if let Some(refusal) = refusal(host, &roll, tx).await
                        && !self.written_meanwhile(host, name, &event_id).await
                    {
                        self.pending.remove(name);
                        return Err(refusal);
                    }
                    time
                }
                // The network may come back; the clock of the device ends the wait.
                Err(_) => host.now().saturating_sub(OPEN_FOR),
            };
            if time > until {
                self.pending.remove(name);
                return Err(Unsent::new("not-written"));
            }
        }
    }

    /// Whether the record's log has come to hold the event since it was last looked at.
    async fn written_meanwhile<H: Host>(
        &mut self,
        host: &H,
        name: &RecordName,
        event_id: &str,
    ) -> bool {
        let _ = self.current(host, name).await;
        self.find(name, event_id).is_some()
    }

    /// Hands a blob to the nodes; it is named by its hash.
    pub async fn keep_blob<H: Host>(&self, host: &H, blob: &[u8]) -> Result<records::Hash, Unsent> {
        let post = |url: &str| {
            let url = [url.trim_end_matches('/'), "/blob"].concat();
            async move { host.post(&url, blob.to_vec(), SHORT).await.is_ok() }
        };
        let kept = join_all(self.chain.nodes.iter().map(|node| post(&node.url))).await;
        if kept.contains(&true) {
            Ok(records::hash::sha256(&[blob]))
        } else {
            Err(Unsent::new("no-node-answers"))
        }
    }

    /// Fetches a blob by its hash.
    pub async fn blob<H: Host>(&self, host: &H, hash: &records::Hash) -> Result<Vec<u8>, Unsent> {
        for node in &self.chain.nodes {
            let call = Call::query("/blob", hash, 0, false);
            let Ok(answers) = rpc::ask(host, &node.url, &[call], LONG).await else {
                continue;
            };
            let answer = answers.first().map(light_client::json::abci_query);
            if let Some(Ok(answer)) = answer
                && records::hash::sha256(&[&answer.value]) == *hash
            {
                return Ok(answer.value);
            }
        }
        Err(Unsent::new("content-not-given"))
    }
}

/// Hands a transaction to one node after the other, until one accepts; where none does, the last that refused says why.
async fn hand_in<H: Host>(host: &H, roll: &Roll, tx: &[u8]) -> Result<(), Unsent> {
    let mut refused = Unsent::new("no-node-answers");
    for at in roll.for_proofs() {
        match broadcast(host, &roll.url(at), tx).await {
            Ok((0, _)) => return Ok(()),
            Ok((_, log)) => refused = reason_in(&log),
            Err(_) => {}
        }
    }
    Err(refused)
}

async fn broadcast<H: Host>(host: &H, url: &str, tx: &[u8]) -> Result<(u64, String), Fault> {
    let answers = rpc::ask(host, url, &[Call::broadcast(tx)], SHORT).await?;
    let result = answers
        .first()
        .and_then(|answer| answer.get("result"))
        .ok_or_else(|| Fault::Garbage("no result".into()))?;
    let code = result.get("code").and_then(Value::as_u64);
    let log = result
        .get("log")
        .and_then(Value::as_str)
        .unwrap_or_default();
    Ok((code.unwrap_or(u64::MAX), log.into()))
}

/// The refusal of a transaction that stands in a block, as a node tells it.
async fn refusal<H: Host>(host: &H, roll: &Roll, tx: &[u8]) -> Option<Unsent> {
    let url = roll.url(*roll.for_proofs().first()?);
    let hash = records::hash::sha256(&[tx]);
    let answers = rpc::ask(host, &url, &[Call::tx(&hash)], SHORT).await.ok()?;
    let result = answers.first()?.get("result")?.get("tx_result")?;
    match result.get("code").and_then(Value::as_u64) {
        None | Some(0) => None,
        Some(_) => Some(reason_in(
            result
                .get("log")
                .and_then(Value::as_str)
                .unwrap_or_default(),
        )),
    }
}

/// A refusal's log is JSON `{"code","detail"}`; of anything else the text is a fact.
fn reason_in(log: &str) -> Unsent {
    let value: Value = serde_json::from_str(log).unwrap_or_default();
    let Some(code) = value.get("code").and_then(Value::as_str) else {
        return Unsent {
            reason: "refused".into(),
            facts: facts([("why", log.chars().take(200).collect())]),
        };
    };
    let detail = value.get("detail").and_then(Value::as_object);
    let fact = |(name, fact): (&String, &Value)| {
        let text = fact.as_str().map_or_else(|| fact.to_string(), String::from);
        (name.clone(), text)
    };
    Unsent {
        reason: code.into(),
        facts: detail.into_iter().flatten().map(fact).collect(),
    }
}
