//! Answering the page's questions.

use crate::browser::{Browser, failed, milliseconds, pass_on, post};
use crate::shelf::{self, Browsers};
use crate::tabs::Tabs;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use litemap::LiteMap;
use records::{RecordName, canonical, kinds::ballot::Seat};
use std::rc::Rc;
use verifier::{
    KeptStore, Look, Question, Sending, Unsent, chains,
    portable::{self, Apart, Aside, Asked, NotMade, Short},
    verdict::{Anchor, Check, CheckId, Status},
};
use worker::{Chain, FromVerifier, Id, Member, RecordRef, ToVerifier, watch::Watch};

/// The verifier of this program.
pub type Verifier = verifier::Verifier<KeptStore<Browsers>>;

/// The number of a question that the verifier answers.
pub fn number(message: &ToVerifier) -> Option<Id> {
    match message {
        ToVerifier::Check { id, .. }
        | ToVerifier::Record { id, .. }
        | ToVerifier::Recount { id, .. }
        | ToVerifier::Ballot { id, .. }
        | ToVerifier::Prove { id, .. }
        | ToVerifier::Ground { id, .. }
        | ToVerifier::Establish { id, .. }
        | ToVerifier::Vouch { id, .. }
        | ToVerifier::Send { id, .. } => Some(*id),
        _ => None,
    }
}

/// Looks for a newer header, tells the page and the other pages, and which records on the screen have changed, but for an event on its way: the page hears
/// first what became of that. Gives back the height of the newest header.
pub async fn look(
    verifier: &mut Verifier,
    watch: &Watch,
    tabs: &Tabs,
    on_its_way: impl Fn(&RecordName, u64) -> bool,
) -> Option<u64> {
    let host = Browser {
        id: None,
        aside: None,
    };
    let mut look = verifier.look(&host, &watch.names()).await;
    let fresh_until = fresh_until(verifier, look.anchor.as_ref());
    look.sizes.retain(|name, size| !on_its_way(name, *size));
    let changed = match &look.fork {
        Some(_) => watch.all(),
        None => {
            let well = look.reason.is_empty();
            watch.compare(&look.sizes, well, fresh_until, milliseconds())
        }
    };
    for id in changed {
        post(&FromVerifier::Changed { id });
    }
    let height = look.anchor.as_ref().map(|anchor| anchor.height);
    let chain = Box::new(describe(verifier, look));
    if let Some(text) = worker::write(&FromVerifier::Chain { chain }) {
        tabs.tell(&text);
        pass_on(&text);
    }
    height
}

/// Tells the page that the header of an answer has become too old to say what is so now.
pub fn stale(id: Id) {
    let check = Check {
        id: CheckId::LifeCycle,
        status: Status::NotEstablished,
        reason: "life-cycle-stale".into(),
        facts: LiteMap::new(),
    };
    post(&FromVerifier::Checked { id, check });
}

/// Until when what is proven under a header is held to be so now, in milliseconds since 1970.
fn fresh_until(verifier: &Verifier, anchor: Option<&Anchor>) -> f64 {
    let bound = i64::from(verifier.chain().fresh_seconds);
    let left = anchor.map_or(0, |anchor| bound.saturating_sub(anchor.age_seconds));
    milliseconds() + left as f64 * 1000.
}

/// Answers one question; gives back an event that is on its way then.
pub async fn answer(
    verifier: &mut Verifier,
    watch: &Watch,
    message: ToVerifier,
    id: Id,
) -> Option<Sending> {
    let host = Browser {
        id: Some(id),
        aside: None,
    };
    let done = match message {
        ToVerifier::Ground { records, blobs, .. } => {
            ground(verifier, &host, id, &records, blobs).await
        }
        ToVerifier::Send { envelope, blob, .. } => match sending(&envelope, &blob) {
            Ok(sending) => return send_on(verifier, id, sending).await,
            Err(unsent) => Err(unsent),
        },
        ToVerifier::Establish { height, hash, .. } => {
            let done = verifier.establish(&host, height, &hash).await;
            done.map(|()| post(&FromVerifier::Established { id }))
        }
        ToVerifier::Vouch { file, .. } => {
            let done = verifier.vouch(&host, file.as_bytes()).await;
            if let Ok(vouched) = &done
                && verifier.store().is_kept()
            {
                vouched.keep_signers(&Browsers, verifier.chain()).await;
            }
            done.map(|_| post(&FromVerifier::Established { id }))
        }
        ToVerifier::Prove { ref text, .. } | ToVerifier::Check { ref text, .. }
            if is_of_file(&message, text) =>
        {
            let keep = match &message {
                ToVerifier::Prove { without, .. } => Some(&**without),
                _ => None,
            };
            match verifier.halted().await {
                None => prove(verifier, id, text, keep).await,
                Some(reason) => Err(Unsent::new(reason)),
            }
        }
        message => {
            // Counting thousands of ballots is not begun again by itself.
            let once = matches!(message, ToVerifier::Recount { .. });
            match question(message) {
                Ok(question) => {
                    let verdict = Box::new(verifier.check(&host, &question).await);
                    if !once {
                        let fresh_until = fresh_until(verifier, verdict.anchor.as_ref());
                        watch.add(id, &verdict, fresh_until, milliseconds());
                    }
                    post(&FromVerifier::Verdict { id, verdict });
                    Ok(())
                }
                Err(reason) => Err(Unsent::new(reason)),
            }
        }
    };
    if let Err(Unsent { reason, facts }) = done {
        failed(id, &reason, facts);
    }
    None
}

/// An event that the page hands over, and its blob.
fn sending(envelope: &str, blob: &str) -> Result<Sending, Unsent> {
    let blob = BASE64_STANDARD.decode(blob);
    let blob = blob.map_err(|_| Unsent::new("not-an-event"))?;
    let blob = (!blob.is_empty()).then_some(blob.as_slice());
    Sending::new(envelope.as_bytes(), blob)
}

/// Hands an event in, or looks for it; gives it back while it is on its way, else tells what became of it.
pub async fn send_on(verifier: &mut Verifier, id: Id, mut sending: Sending) -> Option<Sending> {
    let host = Browser {
        id: Some(id),
        aside: None,
    };
    match verifier.send_on(&host, &mut sending).await {
        Ok(None) => return Some(sending),
        Ok(Some(written)) => post(&FromVerifier::Written {
            id,
            event_id: written.event_id,
            record: RecordRef {
                kind: written.record.kind().into(),
                id: written.record.id().into(),
            },
            height: written.height,
            time: written.time.to_string(),
        }),
        Err(Unsent { reason, facts }) => failed(id, &reason, facts),
    }
    None
}

fn question(message: ToVerifier) -> Result<Question, &'static str> {
    let question = match message {
        ToVerifier::Check { text, .. } => Some(Question::text(&text)),
        ToVerifier::Record {
            record, openings, ..
        } => about(&record, &openings),
        ToVerifier::Recount { vote, sample, .. } => Question::recount(&vote, sample),
        ToVerifier::Ballot { seat, .. } => {
            let seat: Seat = canonical::decode(seat.as_bytes()).map_err(|_| "not-in-roster")?;
            Question::ballot(&seat)
        }
        _ => None,
    };
    question.ok_or("not-a-record-name")
}

/// A question about a record, with its openings where there are any.
fn about(record: &RecordRef, openings: &str) -> Option<Question> {
    let opening = match openings {
        "" => None,
        text => Some(Question::opening_from_text(text)?),
    };
    Question::record(&record.kind, &record.id, opening)
}

/// A question about a proof file. The types are those of every other question, so that the verifier is in the program once.
struct Beside<'a> {
    id: Id,
    chain: &'a chains::Chain,
}

impl Apart for Beside<'_> {
    type Host = Browser;
    type Store = KeptStore<Browsers>;

    fn host(&self, aside: Aside) -> Browser {
        Browser {
            id: Some(self.id),
            aside: Some(aside),
        }
    }

    fn store(&self) -> KeptStore<Browsers> {
        shelf::none(self.chain)
    }
}

/// Whether a question is about a proof file: one to be made, or what one proves.
fn is_of_file(message: &ToVerifier, text: &str) -> bool {
    let makes = matches!(message, ToVerifier::Prove { .. });
    makes || portable::is_text(text) || portable::from_text(text).is_some()
}

/// Makes a proof file or renews one, where it is to be kept, without these fields; else verifies one by itself. A short proof is completed for both.
async fn prove(
    verifier: &Verifier,
    id: Id,
    text: &str,
    keep: Option<&[String]>,
) -> Result<(), Unsent> {
    let chain = verifier.chain();
    let (with, chains) = (Beside { id, chain }, std::slice::from_ref(chain));
    let file = portable::from_text(text);
    let (asked, short) = match &file {
        Some(file) if Short::is(file) => {
            let (_, short) = Short::read(chains, file)?;
            (Some(short.asked), Some(Rc::new(short.own)))
        }
        None if keep.is_some() => (Some(Asked::text(text)), None),
        _ => (None, None),
    };
    let file = file.unwrap_or_default();
    let without = keep.unwrap_or_default();
    let (file, verdict) = match asked {
        Some(asked) => portable::keep(&with, chain, asked, short, without).await?,
        None if keep.is_some() => portable::renew_without(&with, chain, &file, without).await?,
        None => {
            let verdict = portable::verify(&with, chains, &file).await;
            (file, verdict.map_err(NotMade::from)?)
        }
    };
    if keep.is_none() {
        let verdict = Box::new(verdict);
        post(&FromVerifier::Verdict { id, verdict });
        return Ok(());
    }
    let anchor = verdict
        .anchor
        .ok_or_else(|| Unsent::new("proof-incomplete"))?;
    post(&FromVerifier::Proof {
        id,
        anchor: Box::new(anchor),
        hash: hex::encode(records::hash::sha256(&[&file])),
        file: portable::to_text(&file),
    });
    Ok(())
}

async fn ground(
    verifier: &mut Verifier,
    host: &Browser,
    id: Id,
    records: &[RecordRef],
    blobs: bool,
) -> Result<(), Unsent> {
    let names = records
        .iter()
        .map(|record| RecordName::new(&record.kind, &record.id));
    let names: Option<Vec<RecordName>> = names.collect();
    let names = names.ok_or_else(|| Unsent::new("not-a-record-name"))?;
    let ground = verifier.ground(host, &names, blobs).await?.encode();
    post(&FromVerifier::Ground { id, ground });
    Ok(())
}

fn describe(verifier: &Verifier, look: Look) -> Chain {
    let chain = verifier.chain();
    let member = |member: records::kinds::member::Member| Member {
        id: member.id,
        name: member.name,
        name_en: member.name_en,
        org: member.org,
        roles: member.roles,
    };
    Chain {
        id: chain.id.clone(),
        name: chain.name.clone(),
        name_en: chain.name_en.clone(),
        dev: chain.dev,
        checkpoint_height: chain.checkpoint_height,
        checkpoint_hash: hex::encode(chain.checkpoint_hash),
        vouched: verifier.vouched().to_vec(),
        anchor: look.anchor,
        reason: look.reason,
        facts: look.facts,
        nodes: look.nodes,
        members: look.members.into_iter().map(member).collect(),
        fork: look.fork,
        kept: verifier.store().is_kept(),
    }
}
