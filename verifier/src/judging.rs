//! From a record and a header to the checks of a verdict.

use crate::{
    chains::Chain,
    checks::Checks,
    electorate::RECOMPUTED_UNASKED,
    fields,
    history::{self, Times},
    host::{Host, News},
    kinds::{self, Life},
    members,
    nodes::{Roll, Sets},
    question::Question,
    raw, reasons,
    rests::Rests,
    session::{Gap, Session},
    stages::Stage,
    trust::{Anchored, facts},
    verdict::{HistoryEntry, Verdict},
    verifier::{Verifier, age_seconds, nanos, total_power, unix_nanos},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use light_client::client::Store;
use litemap::LiteMap;
use records::{
    Digest, RecordName, canonical,
    kinds::{
        room, rules,
        vote::{self, Vote},
    },
    roster::Totals,
};

/// Who may vote: the list that is published, root and totals of the roster, and the rooms.
pub type Electorate = (Option<Digest>, Totals, Digest);

impl<S: Store> Verifier<S> {
    /// What is proven of a record; what can still change, only while the header is no older than `bound`, in seconds.
    #[allow(clippy::too_many_arguments)]
    pub(crate) async fn judge<H: Host>(
        &mut self,
        host: &H,
        question: &Question,
        name: &RecordName,
        anchored: &Anchored,
        bound: i64,
        roll: &mut Roll,
        verdict: &mut Verdict,
        checks: &mut Checks<'_, H>,
    ) {
        host.tell(News::Waiting(Stage::AskingProof, LiteMap::new()));
        let mut session = Session::new(host, &anchored.header, roll, &mut self.archive);
        let invoice = match session.invoice_of(name).await {
            Ok(invoice) => invoice,
            Err(gap) => return checks.note_with(gap.reason, gap.facts),
        };
        let name = invoice.as_ref().unwrap_or(name);
        (verdict.kind, verdict.id) = (name.kind().into(), name.id().into());
        let mut names = Vec::from([name.clone()]);
        names.extend(members::consortium_name());
        names.extend(RecordName::new("rules", "main"));
        if let Err(gap) = session.prove(&names).await {
            return checks.note_with(gap.reason, gap.facts);
        }
        if let Some(consortium) = members::consortium_name() {
            let _ = session.replay(&[consortium]).await;
            let total = total_power(anchored);
            host.tell(News::Signing(
                members::signers(&anchored.header, session.archive),
                total,
            ));
        }
        let Some(head) = session.head(name) else {
            checks.note(if age_seconds(host, anchored) <= bound {
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
        let drawn = sample_size(name, question.count, head.log_size);
        // Of entries that are drawn it must be known under which rules they were written.
        let rules = RecordName::new(rules::NAME, rules::ID);
        let needed = match drawn {
            None => core::slice::from_ref(name),
            Some(_) => rules.as_slice(),
        };
        let (state, history) = match (session.replay(needed).await, drawn) {
            (Ok(()), Some(count)) => {
                let state = session.sample(name, &head, count).await;
                let drawn = u64::from(count).min(head.log_size).to_string();
                let counts = facts([("entries", size), ("sample", drawn)]);
                (state.map(Some), (reasons::HISTORY_SAMPLED, counts))
            }
            (replayed, _) => {
                let state = session.archive.kept(name).and_then(|kept| kept.state());
                let history = (reasons::HISTORY_REPLAYED, facts([("entries", size)]));
                (replayed.map(|()| state), history)
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
        verdict.history = history::of(session.archive, name, head.log_size);
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
            let fresh = age_seconds(host, anchored) <= bound;
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
        let mut key = kinds::replacement(data, time);
        if name.kind() == room::NAME
            && let Some(key) = key.take()
        {
            // It does not stand as shown; and who has its key now may have changed again since an old header.
            life = Life { last: false, ..key };
        }
        // A denial beats every grant, and so does what was erased: both stand in the documents alone.
        if let Some(rests) = rests.filter(|rests| rests.denying + rests.erased > 0) {
            let none = rests.denying + rests.erased == rests.documents;
            if none && life.reason == reasons::GRANT_ACTIVE {
                life.reason = match rests.denying {
                    0 => reasons::DOCUMENT_ERASED,
                    _ => reasons::GRANT_DENIED,
                };
            }
            let counts = [
                ("denying", rests.denying.to_string()),
                ("erased", rests.erased.to_string()),
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
        // What has come by an old header has come; what was to come may have been vetoed since.
        if let Some(key) = key.filter(|key| fresh || key.last) {
            checks.note_with(key.reason, key.facts);
        }
    }

    /// Who may vote: recomputed from what is published where the roster is small or every ballot is counted, else as two members state it.
    async fn judge_electorate<H: Host>(
        session: &mut Session<'_, H>,
        data: &canonical::Value,
        recomputed: &mut Vec<Electorate>,
        counted: bool,
        checks: &mut Checks<'_, H>,
    ) {
        let Ok(vote) = canonical::from_value::<Vote>(data) else {
            return checks.note(reasons::TRUTH_OUTSIDE_PROOF);
        };
        let known = members::known(session.archive);
        let [first, second] = vote.stated_by.clone().map(|id| {
            let name = known.get(&id).map(|member| member.name.clone());
            name.unwrap_or(id)
        });
        let heads = vote.roster.heads;
        let electorate = (vote.published, vote.roster, vote.scope);
        let reason = if recomputed.contains(&electorate) {
            Some(reasons::ELECTORATE_RECOMPUTED)
        } else if counted || heads <= RECOMPUTED_UNASKED {
            session.electorate(&vote).await
        } else {
            None
        };
        let reason = reason.unwrap_or(reasons::ELECTORATE_AS_STATED);
        if reason == reasons::ELECTORATE_RECOMPUTED {
            recomputed.push(electorate);
        }
        let facts = facts([
            ("first", first),
            ("second", second),
            ("heads", heads.to_string()),
        ]);
        checks.note_with(reason, facts);
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
