//! Handing a signed event to the nodes, and proving that it is in.

use crate::{
    host::{Host, News},
    join_all,
    nodes::{Roll, SHORT},
    reasons::{self, Reason},
    rpc::{self, Call, Fault},
    session::{Gap, Session},
    stages::Stage,
    trust::{NoHeader, facts},
    verifier::Verifier,
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use light_client::{
    VerifiedHeader,
    client::{Store, Unreachable},
    json,
};
use litemap::LiteMap;
use records::{
    Event, Ground, Proven, RecordName, State,
    hash::{parse_hash, sha256},
    law,
};

/// How long the network may be away after the event's last moment, in nanoseconds: ten minutes.
const AWAY: i64 = 600 * 1_000_000_000;
/// Looks for an event that is on its way, from one round of the nodes that do not have it to the next.
const LOOKS: u32 = 8;
/// Code of a node that has no room for what no event names.
const NO_ROOM: u32 = 8;
/// Characters of a refusal's facts: a node may say what it likes.
const MOST_SAID: usize = 200;
/// What no waiting ends.
const HALTED: [Reason; 2] = [reasons::CHAIN_FORKED, reasons::HALT_UNREADABLE];

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

/// An event on its way into the chain.
pub struct Sending {
    event: Event,
    envelope: Vec<u8>,
    blob: Option<Vec<u8>>,
    /// From then on it may be written until its last moment.
    is_handed_in: bool,
    /// Looks for it since then.
    looks: u32,
    /// Nodes that say that they have it.
    takers: Vec<String>,
    /// Nodes that say that they keep the blob.
    keepers: Vec<String>,
    /// Size of its record's log where it was last looked for there.
    looked_through: u64,
}

impl Sending {
    /// Milliseconds between two looks for the event.
    pub const PATIENCE: u16 = 700;

    /// A signed event, and the blob that it names.
    pub fn new(envelope: &[u8], blob: Option<&[u8]>) -> Result<Self, Unsent> {
        Ok(Self {
            event: Event::open(envelope).map_err(|_| Unsent::new("not-an-event"))?,
            envelope: envelope.into(),
            blob: blob.map(Into::into),
            is_handed_in: false,
            looks: 0,
            takers: Vec::new(),
            keepers: Vec::new(),
            looked_through: 0,
        })
    }

    /// The record that it is about.
    pub fn subject(&self) -> &RecordName {
        &self.event.payload().subject
    }

    /// Whether it may be for this event that a record's log has this size.
    pub fn explains(&self, record: &RecordName, size: u64) -> bool {
        record == self.subject() && size > self.looked_through
    }

    fn until(&self) -> i64 {
        self.event.payload().until
    }

    /// Whether it is handed in now: at each look until a node says that it has it, and from then on now and then to those that do not: one may only say so,
    /// and others may not have been reached.
    fn is_due(&self) -> bool {
        self.takers.is_empty() || self.looks.is_multiple_of(LOOKS)
    }

    /// Whether no node keeps the blob, where there is one.
    fn lacks_keeper(&self) -> bool {
        self.blob.is_some() && self.keepers.is_empty()
    }

    /// Hands the blob to those of these nodes that lack it; it is named by its hash, which a node that keeps it answers. Whether one keeps it, or has no room
    /// before its event is there.
    async fn offer<H: Host>(&mut self, host: &H, nodes: &[String]) -> bool {
        let Some(blob) = &self.blob else { return true };
        let call = [Call::query("/blob/keep", blob, 0, false)];
        let hash = sha256(&[blob]);
        let lacking = nodes.iter().filter(|url| !self.keepers.contains(url));
        let lacking: Vec<&String> = lacking.collect();
        let asked = join_all(lacking.iter().map(|url| rpc::ask(host, url, &call, SHORT))).await;
        let mut is_promising = !self.keepers.is_empty();
        for (url, asked) in lacking.into_iter().zip(asked) {
            let answer = asked
                .ok()
                .and_then(|answers| json::abci_query(answers.first()?).ok());
            let Some(answer) = answer else { continue };
            let has_it = answer.value == hash;
            is_promising |= has_it || answer.code == NO_ROOM;
            if has_it {
                self.keepers.push(url.clone());
            }
        }
        is_promising
    }

    /// Hands the event to these nodes at once: one that accepts it may throw it away. Where none took it so far, one may have whose answer was lost; else the last
    /// that refused says why. That is its word, and proves nothing: `said_by`.
    async fn broadcast<H: Host>(&mut self, host: &H, nodes: Vec<String>) -> Result<(), Unsent> {
        let answers = join_all(nodes.iter().map(|url| broadcast(host, url, &self.envelope))).await;
        let (mut refused, mut is_lost) = (Unsent::new("no-node-answers"), false);
        for (url, answer) in nodes.into_iter().zip(answers) {
            match answer {
                Ok((0, _)) => self.takers.push(url),
                Ok((_, log)) => {
                    refused = reason_in(log.as_bytes(), false);
                    // The block of a refusal is what a header proves.
                    refused.facts.remove("height");
                    refused.facts.insert("said_by".into(), url);
                }
                Err(Fault::Unreachable(why)) => is_lost |= !matches!(why, Unreachable::Busy(_)),
                Err(_) => {}
            }
        }
        // A node that did not answer before may have it all the same.
        match self.is_handed_in || is_lost || !self.takers.is_empty() {
            true => Ok(()),
            false => Err(refused),
        }
    }
}

/// The newest header, the nodes, and which of the records asked for exist under it.
struct Current {
    roll: Roll,
    header: VerifiedHeader,
    present: Vec<RecordName>,
}

/// Why there is nothing to sign on, or what was signed is not in. The code is for machines and the translation table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsent {
    /// Reason code: one of the table in `docs/verdicts.md`, of a rule that refused, or one of those named there for acts.
    pub reason: String,
    /// Facts for its sentence.
    pub facts: LiteMap<String, String>,
}

impl Unsent {
    /// With this code and no facts.
    pub fn new(reason: &str) -> Self {
        Self {
            reason: reason.into(),
            facts: LiteMap::new(),
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

impl<S: Store> Verifier<S> {
    /// What is proven of these records now, all of it under one header, and on request the blobs that their states name. What is signed rests on it, so
    /// nothing less than agreement will do.
    pub async fn ground<H: Host>(
        &mut self,
        host: &H,
        names: &[RecordName],
        blobs: bool,
    ) -> Result<Ground, Unsent> {
        let Current {
            roll,
            header,
            present,
        } = self.current(host, names).await?;
        let mut records = LiteMap::new();
        for name in names {
            let kept = self.archive.kept(name).filter(|_| present.contains(name));
            let state = kept.and_then(|kept| kept.state());
            let blob = match &state {
                Some(state) if blobs => blob_of(host, &roll, state).await,
                _ => None,
            };
            records.insert(name.clone(), Proven { state, blob });
        }
        Ok(Ground {
            chain: self.chain.id.clone(),
            time: time_of(&header),
            records,
        })
    }

    /// The newest header, with these records replayed under it.
    async fn current<H: Host>(
        &mut self,
        host: &H,
        names: &[RecordName],
    ) -> Result<Current, Unsent> {
        let mut roll = self.call(host).await;
        let anchored = self.advance(host, &mut roll).await?;
        if anchored.agreement != reasons::NODES_AGREE {
            return Err(Unsent::new(anchored.agreement.code));
        }
        let mut session = Session::new(host, &anchored.header, &mut roll, &mut self.archive);
        session.replay(names).await?;
        let exists = |name: &&RecordName| session.head(name).is_some();
        let present = names.iter().filter(exists).cloned().collect();
        Ok(Current {
            roll,
            header: anchored.header,
            present,
        })
    }

    /// Hands a signed event to the nodes, after the blob that it names (and that again after it, where a node had no room before), and waits until it is
    /// proven to be in its subject's log. The same event may be handed in again. Whoever has other questions meanwhile calls [`send_on`](Self::send_on) now and then.
    pub async fn send<H: Host>(
        &mut self,
        host: &H,
        envelope: &[u8],
        blob: Option<&[u8]>,
    ) -> Result<Written, Unsent> {
        let mut sending = Sending::new(envelope, blob)?;
        loop {
            if let Some(written) = self.send_on(host, &mut sending).await? {
                return Ok(written);
            }
            host.pause(Sending::PATIENCE.into()).await;
        }
    }

    /// One look for an event on its way: hands it in at the first, and again to those nodes that do not say that they have it, and says at a later one whether it
    /// is proven to be written; not before a node keeps its blob: until then it tells that none does. Errors: nobody takes it, it was refused, or its time is over, and it is
    /// not written, or written and no node keeps its blob.
    pub async fn send_on<H: Host>(
        &mut self,
        host: &H,
        sending: &mut Sending,
    ) -> Result<Option<Written>, Unsent> {
        if sending.event.payload().chain != self.chain.id {
            return Err(Unsent::new("other-chain"));
        }
        let subject = core::slice::from_ref(sending.subject());
        let current = match self.current(host, subject).await {
            // Nothing counts as proven any more until a person has established trust anew.
            Err(unsent) if HALTED.iter().any(|halt| halt.code == unsent.reason) => {
                return Err(unsent);
            }
            current => current,
        };
        if current.is_ok() {
            let kept = self.archive.kept(sending.subject());
            sending.looked_through = kept.map_or(0, |kept| kept.size());
        }
        if let Some(written) = self.find(&sending.event) {
            if sending.lacks_keeper()
                && let Ok(current) = &current
            {
                sending.offer(host, &current.roll.usable_urls()).await;
            }
            return match sending.lacks_keeper() {
                false => Ok(Some(written)),
                true if host.now() <= sending.until() => {
                    host.tell(News::Waiting(Stage::KeepingContent, LiteMap::new()));
                    Ok(None)
                }
                true => Err(Unsent {
                    reason: "content-not-kept".into(),
                    facts: facts([("height", written.height.to_string())]),
                }),
            };
        }
        match current {
            Ok(mut current) => {
                if sending.is_handed_in {
                    self.must_wait(host, &mut current, sending).await?;
                }
                if sending.is_due() {
                    hand_in(host, &current.roll, sending).await?;
                }
                sending.looks = sending.looks.wrapping_add(1);
            }
            // The device's clock ends the wait. That it was not written is not proven by this.
            Err(unsent)
                if !sending.is_handed_in || host.now().saturating_sub(AWAY) > sending.until() =>
            {
                return Err(unsent);
            }
            // The network may come back.
            Err(_) => {}
        }
        Ok(None)
    }

    /// Whether an event that was handed in may still be written.
    async fn must_wait<H: Host>(
        &mut self,
        host: &H,
        current: &mut Current,
        sending: &Sending,
    ) -> Result<(), Unsent> {
        let (header, roll) = (&current.header, &mut current.roll);
        match self.refusal(host, header, roll, &sending.envelope).await {
            Some(refusal) => Err(refusal),
            None if time_of(header) > sending.until() => Err(Unsent::new("not-written")),
            None => Ok(()),
        }
    }

    fn find(&self, event: &Event) -> Option<Written> {
        let subject = &event.payload().subject;
        let (height, time) = self.archive.kept(subject)?.found(event.id())?;
        Some(Written {
            event_id: hex::encode(event.id()),
            record: subject.clone(),
            height,
            time,
        })
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
        let mut unsent = reason_in(&result.data, true);
        unsent.facts.insert("height".into(), height.to_string());
        Some(unsent)
    }
}

/// Fetches the blob that a state names: a document's sealed content, or the copies that a grant gives.
async fn blob_of<H: Host>(host: &H, roll: &Roll, state: &State) -> Option<Vec<u8>> {
    let named = ["content", "sealed"]
        .iter()
        .find_map(|field| state.data.get(field)?.as_str());
    let hash = parse_hash(named?)?;
    host.tell(News::Waiting(Stage::FetchingContent, LiteMap::new()));
    for at in roll.for_proofs() {
        let call = Call::query("/blob", &hash, 0, false);
        let Ok(answers) = roll.peer(at, host).ok()?.ask(&[call]).await else {
            continue;
        };
        let answer = answers.first().map(light_client::json::abci_query);
        if let Some(Ok(answer)) = answer
            && sha256(&[&answer.value]) == hash
        {
            return Some(answer.value);
        }
    }
    None
}

/// Hands an event in, after its blob: a node that has no room for what nothing names has some afterwards.
async fn hand_in<H: Host>(host: &H, roll: &Roll, sending: &mut Sending) -> Result<(), Unsent> {
    let mut nodes = roll.usable_urls();
    nodes.retain(|url| !sending.takers.contains(url));
    let is_first = !sending.is_handed_in;
    if is_first {
        host.tell(News::Waiting(Stage::Sending, LiteMap::new()));
        if !sending.offer(host, &nodes).await {
            return Err(Unsent::new("no-node-answers"));
        }
    }
    sending.broadcast(host, nodes.clone()).await?;
    if is_first {
        sending.is_handed_in = true;
        let event_id = hex::encode(sending.event.id());
        host.tell(News::Sent(event_id, sending.until()));
    }
    sending.offer(host, &nodes).await;
    Ok(())
}

/// A node that has seen the event answers with this error, and keeps it.
const SEEN: &str = "tx already exists in cache";

async fn broadcast<H: Host>(host: &H, url: &str, tx: &[u8]) -> Result<(u64, String), Fault> {
    let answers = rpc::ask(host, url, &[Call::broadcast(tx)], SHORT).await?;
    let answer = answers.first();
    let data = answer.and_then(|answer| answer.get("error")?.get("data")?.as_str());
    if data.is_some_and(|data| data.contains(SEEN)) {
        return Ok((0, String::new()));
    }
    let result = answer
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

/// A refusal is JSON `{"code","detail"}`; of anything else the text is a fact, and so where what is not proven is for this program or the page to find out.
fn reason_in(refusal: &[u8], is_proven: bool) -> Unsent {
    let value: json::Value = json::parse(refusal).unwrap_or_default();
    let code = value.get("code").and_then(json::Value::as_str);
    let Some(code) = code.filter(|code| is_proven || reasons::may_be_a_rules(code)) else {
        let text = String::from_utf8_lossy(refusal);
        return Unsent {
            reason: "refused".into(),
            facts: facts([("why", text.chars().take(MOST_SAID).collect())]),
        };
    };
    let detail = value.get("detail").and_then(json::Value::as_object);
    let law = Some(law(code)).filter(|law| !law.is_empty());
    let law = law.map(|law| (String::from("law"), String::from(law)));
    let fact = |(name, fact): (&String, &json::Value)| {
        let text = fact.as_str().map_or_else(|| fact.to_string(), String::from);
        (name.clone(), text.chars().take(MOST_SAID).collect())
    };
    Unsent {
        reason: code.into(),
        facts: detail.into_iter().flatten().map(fact).chain(law).collect(),
    }
}
