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
use light_client::{VerifiedHeader, json};
use records::{
    Hash, Payload, RecordName, SecretKey,
    canonical::{self, Value},
    hash::sha256,
    shape::Shape,
};

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

/// An event that was signed and may still be written.
pub struct Pending {
    /// Block time until which it may be written.
    until: i64,
    /// The subject's sequence number that it needs.
    seq: u64,
    /// Hash of its type and body: a second event of the same meaning is no alternative to it.
    meaning: Hash,
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
    pub async fn data<H: Host, T: Shape>(
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
    ) -> Result<(Roll, VerifiedHeader, Option<records::State>), Unsent> {
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
        Ok((roll, anchored.header, state))
    }

    /// Signs the event, hands it to the nodes and waits until it is proven to be in the record's log.
    ///
    /// While an event about a record may still be written, no other about it is signed.
    pub async fn send<H: Host>(&mut self, host: &H, draft: Draft) -> Result<Written, Unsent> {
        let (roll, header, state) = self.current(host, &draft.subject).await?;
        let (time, seq) = (time_of(&header), state.map_or(0, |state| state.seq));
        let body = canonical::encode_value(&draft.body)?;
        let meaning = sha256(&[draft.event_type.as_bytes(), &[0], &body]);
        // Whoever was handed the event can have it written until then, refused or not: no alternative to it is signed before.
        if let Some(pending) = self.pending.get(&draft.subject)
            && pending.until >= time
            && pending.seq == seq
            && pending.meaning != meaning
        {
            return Err(Unsent {
                reason: "still-pending".into(),
                facts: facts([("until", pending.until.to_string())]),
            });
        }
        let until = time.saturating_add(OPEN_FOR);
        let payload = Payload {
            body: draft.body,
            chain: self.chain.id.clone(),
            seq,
            subject: draft.subject.clone(),
            event_type: draft.event_type.into(),
            until,
        };
        let keys: Vec<&SecretKey> = draft.keys.iter().collect();
        let envelope = payload.sign(&keys)?;
        let (event_id, tx) = (hex::encode(envelope.id()), envelope.encode());
        // Remembered before it leaves: a cut answer does not mean that it did not arrive, nor does a refusal.
        let pending = Pending {
            until,
            seq,
            meaning,
        };
        self.pending.insert(draft.subject.clone(), pending);
        hand_in(host, &roll, &tx).await?;
        host.tell(News::Sent(event_id.clone(), until));
        self.wait(host, &draft.subject, event_id, until, &tx).await
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
            let time = match current {
                Ok((mut roll, header, _)) => {
                    let refused = self.refusal(host, &header, &mut roll, tx).await;
                    if let Some(refusal) = refused {
                        return Err(refusal);
                    }
                    time_of(&header)
                }
                // The device's clock ends the wait. That it was not written is not proven by this, and it stays pending.
                Err(unsent) if host.now().saturating_sub(OPEN_FOR) > until => return Err(unsent),
                // The network may come back.
                Err(_) => continue,
            };
            if time > until {
                self.pending.remove(name);
                return Err(Unsent::new("not-written"));
            }
        }
    }

    /// The refusal of a transaction, proven under the header whose state was seen not to hold it. Acceptance is proven by the record's log.
    async fn refusal<H: Host>(
        &mut self,
        host: &H,
        header: &VerifiedHeader,
        roll: &mut Roll,
        tx: &[u8],
    ) -> Option<Unsent> {
        let mut session = Session::new(host, header, roll, &mut self.archive);
        let proven = session.outcome(&self.chain, &mut self.trust.sets, tx).await;
        let (height, result) = proven.filter(|(_, result)| result.code != 0)?;
        let mut unsent = reason_in(&result.data);
        unsent.facts.insert("height".into(), height.to_string());
        Some(unsent)
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

/// Hands a transaction to one node after the other, until one accepts; where none does, the last that refused says why. That is its word,
/// and proves nothing: `said_by`.
async fn hand_in<H: Host>(host: &H, roll: &Roll, tx: &[u8]) -> Result<(), Unsent> {
    let mut refused = Unsent::new("no-node-answers");
    for at in roll.for_proofs() {
        match broadcast(host, &roll.url(at), tx).await {
            Ok((0, _)) => return Ok(()),
            Ok((_, log)) => {
                refused = reason_in(log.as_bytes());
                refused.facts.insert("said_by".into(), roll.url(at));
            }
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
    let code = result.get("code").and_then(json::Value::as_u64);
    let log = result
        .get("log")
        .and_then(json::Value::as_str)
        .unwrap_or_default();
    Ok((code.unwrap_or(u64::MAX), log.into()))
}

fn time_of(header: &VerifiedHeader) -> i64 {
    i64::try_from(header.header().time.unix_nanos()).unwrap_or(i64::MAX)
}

/// A refusal is JSON `{"code","detail"}`; of anything else the text is a fact.
fn reason_in(refusal: &[u8]) -> Unsent {
    let value: json::Value = json::parse(refusal).unwrap_or_default();
    let Some(code) = value.get("code").and_then(json::Value::as_str) else {
        let text = String::from_utf8_lossy(refusal);
        return Unsent {
            reason: "refused".into(),
            facts: facts([("why", text.chars().take(200).collect())]),
        };
    };
    let detail = value.get("detail").and_then(json::Value::as_object);
    let fact = |(name, fact): (&String, &json::Value)| {
        let text = fact.as_str().map_or_else(|| fact.to_string(), String::from);
        (name.clone(), text)
    };
    Unsent {
        reason: code.into(),
        facts: detail.into_iter().flatten().map(fact).collect(),
    }
}
