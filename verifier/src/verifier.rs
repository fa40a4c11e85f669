//! The verifier: what is trusted of one chain, and the way from a question to its verdict.

use crate::{
    archive::Archive,
    chains::Chain,
    checks::{Checks, conclude},
    electorate::RECOMPUTED_UNASKED,
    fields,
    history::{self, Times},
    host::{Host, News},
    kinds, members,
    nodes::{Roll, Sets},
    question::Question,
    raw, reasons,
    rests::Rests,
    sending::Pending,
    session::{Gap, Session},
    trust::{Anchored, NoHeader, Trust, facts},
    verdict::{Anchor, HistoryEntry, NodeAnswer, Outcome, Verdict},
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::{String, ToString},
    vec::Vec,
};
use light_client::Header;
use records::{
    Hash, RecordName, canonical,
    kinds::{
        member::Member,
        vote::{self, Vote},
    },
};

/// What is trusted of one chain, and every record that was replayed; kept between questions.
pub struct Verifier {
    pub(crate) chain: Chain,
    pub(crate) trust: Trust,
    pub(crate) archive: Archive,
    /// Events that were handed in and may still be written, by subject.
    pub(crate) pending: BTreeMap<RecordName, Pending>,
    /// Roots of rosters that were recomputed from their published leaves.
    recomputed: BTreeSet<Hash>,
    /// Block times that are proven: they stay so.
    times: Times,
}

/// What a look at the chain found.
#[derive(Clone, Debug)]
pub struct Look {
    /// The newest header; none where none could be trusted.
    pub anchor: Option<Anchor>,
    /// Reason code where something is not as it should be; empty when all is well.
    pub reason: String,
    /// Facts for it.
    pub facts: BTreeMap<String, String>,
    /// The nodes asked.
    pub nodes: Vec<NodeAnswer>,
    /// Members that are proven under the header, by id.
    pub members: Vec<Member>,
}

impl Verifier {
    /// Knows nothing yet but the chain's checkpoint.
    pub fn new(chain: Chain) -> Self {
        Self {
            trust: Trust::new(),
            archive: Archive::new(&chain.id),
            pending: BTreeMap::new(),
            recomputed: BTreeSet::new(),
            times: Times::new(),
            chain,
        }
    }

    /// The chain.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Looks for the newest header and who signed it.
    pub async fn look<H: Host>(&mut self, host: &H) -> Look {
        let mut checks = Checks::new(host);
        let (mut roll, anchored) = self.anchor(host, &mut checks).await;
        let anchor = match &anchored {
            Some(anchored) => {
                let mut session =
                    Session::new(host, &anchored.header, &mut roll, &mut self.archive);
                // Without the consortium's record the signers stay unnamed; nothing else is lost.
                let _ = session.replay(members::consortium_name().as_slice()).await;
                Some(self.describe(host, anchored))
            }
            None => None,
        };
        let trouble = checks
            .finish()
            .into_iter()
            .find(|check| check.status != crate::verdict::Status::Passed);
        let (reason, facts) = trouble
            .map(|check| (check.reason, check.facts))
            .unwrap_or_default();
        Look {
            anchor,
            reason,
            facts,
            nodes: roll.answers,
            members: members::known(&self.archive).into_values().collect(),
        }
    }

    /// Answers a question.
    pub async fn check<H: Host>(&mut self, host: &H, question: &Question) -> Verdict {
        let began = host.now();
        let mut verdict = blank(question);
        let mut checks = Checks::new(host);
        if let Some(reason) = question.scan {
            checks.note(reason);
        }
        if let Some(name) = &question.record {
            self.prove(host, question, name, &mut verdict, &mut checks)
                .await;
        }
        match &question.record {
            // Of a vote that is proven it is said already.
            Some(name) if name.kind() == vote::NAME && !verdict.state.is_empty() => {}
            Some(name) => checks.note(kinds::outside(name.kind())),
            None => checks.note(reasons::TRUTH_OUTSIDE_PROOF),
        }
        verdict.checks = checks.finish();
        conclude(&mut verdict);
        let millis = host.now().saturating_sub(began) / 1_000_000;
        verdict.millis = u32::try_from(millis).unwrap_or_default();
        verdict
    }

    async fn prove<H: Host>(
        &mut self,
        host: &H,
        question: &Question,
        name: &RecordName,
        verdict: &mut Verdict,
        checks: &mut Checks<'_, H>,
    ) {
        let (mut roll, anchored) = self.anchor(host, checks).await;
        if let Some(anchored) = anchored {
            self.judge(host, question, name, &anchored, &mut roll, verdict, checks)
                .await;
            verdict.anchor = Some(self.describe(host, &anchored));
        }
        verdict.nodes = roll.answers;
    }

    /// The newest header that can be trusted, and the checks about it.
    async fn anchor<H: Host>(
        &mut self,
        host: &H,
        checks: &mut Checks<'_, H>,
    ) -> (Roll, Option<Anchored>) {
        host.tell(News::Waiting("asking-nodes", BTreeMap::new()));
        let mut roll = Roll::call(host, &self.chain.id, &self.chain.nodes).await;
        match self.trust.advance(host, &self.chain, &mut roll).await {
            Err(NoHeader { reason, facts }) => {
                checks.note_with(reason, facts);
                (roll, None)
            }
            Ok(anchored) => {
                if anchored.agreement == reasons::CHAIN_FORKED {
                    self.times.clear();
                }
                let signed = anchored.header.signers();
                if signed.is_empty() {
                    checks.note(reasons::HEADER_IS_CHECKPOINT);
                } else {
                    checks.note_with(reasons::HEADER_SIGNED, power(&anchored));
                }
                self.judge_age(host, &anchored, checks);
                let agree = roll
                    .answers
                    .iter()
                    .filter(|node| node.state == "agrees")
                    .count();
                let counts = [
                    ("agree", agree.to_string()),
                    ("asked", roll.answers.len().to_string()),
                ];
                checks.note_with(anchored.agreement, facts(counts));
                (roll, Some(anchored))
            }
        }
    }

    fn judge_age<H: Host>(&self, host: &H, anchored: &Anchored, checks: &mut Checks<'_, H>) {
        let age = age_seconds(host, anchored);
        let bound = self.chain.fresh_seconds;
        let reason = if age <= i64::from(bound) {
            reasons::HEADER_FRESH
        } else {
            reasons::HEADER_STALE
        };
        let facts = facts([
            ("age_seconds", age.to_string()),
            ("bound_seconds", bound.to_string()),
        ]);
        checks.note_with(reason, facts);
    }

    #[allow(clippy::too_many_arguments)]
    async fn judge<H: Host>(
        &mut self,
        host: &H,
        question: &Question,
        name: &RecordName,
        anchored: &Anchored,
        roll: &mut Roll,
        verdict: &mut Verdict,
        checks: &mut Checks<'_, H>,
    ) {
        let fresh = age_seconds(host, anchored) <= i64::from(self.chain.fresh_seconds);
        host.tell(News::Waiting("asking-proof", BTreeMap::new()));
        let mut session = Session::new(host, &anchored.header, roll, &mut self.archive);
        let mut names = Vec::from([name.clone()]);
        names.extend(members::consortium_name());
        names.extend(RecordName::new("rules", "main"));
        if let Err(gap) = session.prove(&names).await {
            return checks.note_with(gap.reason, gap.facts);
        }
        if let Some(consortium) = members::consortium_name() {
            let _ = session.replay(&[consortium]).await;
            let consortium = session.archive.timeline().consortium_now();
            let total = total_power(anchored);
            host.tell(News::Signing(
                members::signers(&anchored.header, consortium),
                total,
            ));
        }
        let Some(head) = session.head(name) else {
            checks.note(if fresh {
                reasons::RECORD_ABSENT
            } else {
                reasons::ABSENCE_STALE
            });
            verdict.raw = raw::text(anchored, &session, name);
            return;
        };
        if records::registry::kind(name.kind()).is_none() {
            return checks.note(reasons::KIND_UNKNOWN);
        }
        let size = head.log_size.to_string();
        checks.note_with(reasons::RECORD_PROVEN, facts([("log_size", size.clone())]));
        let (state, history) = match sample_size(name, question.count, head.log_size) {
            None => {
                let replayed = session.replay(core::slice::from_ref(name)).await;
                let state = session.archive.kept(name).and_then(|kept| kept.state());
                let history = (reasons::HISTORY_REPLAYED, facts([("entries", size)]));
                (replayed.map(|()| state), history)
            }
            Some(count) => {
                let state = session.sample(name, &head, count).await;
                let drawn = u64::from(count).min(head.log_size).to_string();
                let counts = facts([("entries", size), ("sample", drawn)]);
                (state.map(Some), (reasons::HISTORY_SAMPLED, counts))
            }
        };
        verdict.raw = raw::text(anchored, &session, name);
        let state = match state {
            Ok(state) => {
                checks.note_with(history.0, history.1);
                state
            }
            Err(Gap { reason, facts }) => return checks.note_with(reason, facts),
        };
        if let Some(state) = state.as_ref().filter(|_| name.kind() == vote::NAME) {
            let (data, seen) = (&state.data, &mut self.recomputed);
            let counted = question.count == Some(0);
            Self::judge_electorate(&mut session, data, seen, counted, checks).await;
        }
        verdict.history = history::of(session.archive, name);
        let times = &mut self.times;
        date(
            &mut session,
            &self.chain,
            &mut self.trust.sets,
            times,
            &mut verdict.history,
        )
        .await;
        let rests = session.rests(name).await;
        if let Some(rests) = &rests {
            checks.note_with(rests.reason, rests.facts.clone());
        }
        if let Some(wide) = history::wide(&verdict.history) {
            checks.note_with(reasons::EVENT_TIMES_WIDE, wide);
        }
        if let Some(state) = state {
            let data = &state.data;
            verdict.state = canonical::encode_value(data)
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .unwrap_or_default();
            let (fields, reason) = fields::compare(question, name.kind(), data);
            verdict.fields = fields;
            if let Some(reason) = reason {
                checks.note(reason);
            }
            self.judge_life(name, data, anchored, fresh, rests, checks);
        }
    }

    fn judge_life<H: Host>(
        &self,
        name: &RecordName,
        data: &canonical::Value,
        anchored: &Anchored,
        fresh: bool,
        rests: Option<Rests>,
        checks: &mut Checks<'_, H>,
    ) {
        let time = unix_nanos(anchored);
        let Some(mut life) = kinds::life(name.kind(), data, time) else {
            return;
        };
        // A denial beats every grant, and stands in the documents alone.
        if let Some(rests) = rests.filter(|rests| rests.denying > 0) {
            let all = rests.denying == rests.documents;
            if all && life.reason == reasons::GRANT_ACTIVE {
                life.reason = reasons::GRANT_DENIED;
            }
            let counts = [
                ("denying", rests.denying.to_string()),
                ("documents", rests.documents.to_string()),
            ];
            life.facts.extend(facts(counts));
        }
        // Ids become names where the member is known.
        let known = members::known(&self.archive);
        for role in ["by", "issuer", "to", "hospital"] {
            if let Some(member) = life.facts.get(role).and_then(|id| known.get(id)) {
                life.facts
                    .insert([role, "_name"].concat(), member.name.clone());
            }
        }
        if fresh || life.last {
            checks.note_with(life.reason, life.facts);
        } else {
            life.facts.insert("last".into(), life.reason.code.into());
            checks.note_with(reasons::LIFE_CYCLE_STALE, life.facts);
        }
    }

    /// Who may vote: recomputed from what is published where the roster is small or every ballot is counted, else as two members state it.
    async fn judge_electorate<H: Host>(
        session: &mut Session<'_, H>,
        data: &canonical::Value,
        recomputed: &mut BTreeSet<Hash>,
        counted: bool,
        checks: &mut Checks<'_, H>,
    ) {
        let Ok(vote) = canonical::from_value::<Vote>(data) else {
            return checks.note(reasons::ELECTORATE_AS_STATED);
        };
        let known = members::known(session.archive);
        let [first, second] = vote.stated_by.clone().map(|id| {
            let name = known.get(&id).map(|member| member.name.clone());
            name.unwrap_or(id)
        });
        let heads = vote.roster.heads;
        let reason = if recomputed.contains(&vote.roster.root.0) {
            Some(reasons::ELECTORATE_RECOMPUTED)
        } else if counted || heads <= RECOMPUTED_UNASKED {
            session.electorate(&vote).await
        } else {
            None
        };
        let reason = reason.unwrap_or(reasons::ELECTORATE_AS_STATED);
        if reason == reasons::ELECTORATE_RECOMPUTED {
            recomputed.insert(vote.roster.root.0);
        }
        let facts = facts([
            ("first", first),
            ("second", second),
            ("heads", heads.to_string()),
        ]);
        checks.note_with(reason, facts);
    }

    fn describe<H: Host>(&self, host: &H, anchored: &Anchored) -> Anchor {
        let header = anchored.header.header();
        let consortium = self.archive.timeline().consortium_now();
        let signers = members::signers(&anchored.header, consortium);
        Anchor {
            chain_id: header.chain_id.clone(),
            dev: self.chain.dev,
            height: header.height,
            hash: hex::encode(anchored.header.hash()),
            time: header.time.unix_nanos().to_string(),
            age_seconds: age_seconds(host, anchored),
            total_power: total_power(anchored),
            signed_power: signers.iter().map(|signer| signer.signed).sum(),
            signers,
            steps: self.trust.steps,
            signatures: self.trust.signatures,
        }
    }
}

/// Block times that are kept.
const MAX_TIMES: usize = 5_000;

/// Gives each event the interval in which it happened, as narrow as the nodes can prove it.
async fn date<H: Host>(
    session: &mut Session<'_, H>,
    chain: &Chain,
    sets: &mut Sets,
    times: &mut Times,
    history: &mut [HistoryEntry],
) {
    if times.len() > MAX_TIMES {
        times.clear();
    }
    let own = session.header.header();
    times.insert(own.height, nanos(own));
    history::bound(history, times);
    let missing = history::missing(history);
    if !missing.is_empty() {
        let headers = session.headers(chain, sets, &missing).await;
        times.extend(headers.values().map(|verified| {
            let header = verified.header();
            (header.height, nanos(header))
        }));
        history::bound(history, times);
    }
}

/// A vote's log up to this size is counted unasked.
const COUNTED_UNASKED: u64 = 500;
/// Entries drawn from a longer one.
const DRAWN_UNASKED: u32 = 32;

/// How many entries of the log to draw; none where every one is judged.
fn sample_size(name: &RecordName, asked: Option<u32>, log_size: u64) -> Option<u32> {
    match asked {
        _ if name.kind() != vote::NAME => None,
        Some(0) => None,
        Some(count) => Some(count),
        None => (log_size > COUNTED_UNASKED).then_some(DRAWN_UNASKED),
    }
}

fn blank(question: &Question) -> Verdict {
    let name = question.record.as_ref();
    Verdict {
        outcome: Outcome::NotEstablished,
        headline: String::new(),
        facts: BTreeMap::new(),
        kind: name.map(|name| name.kind().into()).unwrap_or_default(),
        id: name.map(|name| name.id().into()).unwrap_or_default(),
        checks: Vec::new(),
        fields: question.claimed.clone(),
        state: String::new(),
        history: Vec::new(),
        anchor: None,
        nodes: Vec::new(),
        raw: String::new(),
        millis: 0,
    }
}

fn power(anchored: &Anchored) -> BTreeMap<String, String> {
    let signed: u64 = members::signers(&anchored.header, None)
        .iter()
        .map(|signer| signer.signed)
        .sum();
    facts([
        ("signed", signed.to_string()),
        ("total", total_power(anchored).to_string()),
    ])
}

fn total_power(anchored: &Anchored) -> u64 {
    anchored
        .header
        .signers()
        .iter()
        .map(|signer| signer.power)
        .sum()
}

fn unix_nanos(anchored: &Anchored) -> i64 {
    nanos(anchored.header.header())
}

fn nanos(header: &Header) -> i64 {
    i64::try_from(header.time.unix_nanos()).unwrap_or(i64::MAX)
}

fn age_seconds<H: Host>(host: &H, anchored: &Anchored) -> i64 {
    host.now().saturating_sub(unix_nanos(anchored)) / 1_000_000_000
}
