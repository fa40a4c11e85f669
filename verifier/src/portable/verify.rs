//! From a proof file to a verdict, without any node.

use super::{
    aside::{Apart, Aside},
    format::{Portable, Unreadable},
    path,
};
use crate::{
    chains::Chain,
    checks::{Checks, conclude},
    host::Host,
    nodes::Roll,
    reasons::{self, Reason},
    session::Session,
    trust::{Anchored, NoHeader, facts, now},
    verdict::{Check, CheckId, Status, Verdict},
    verifier::{Verifier, blank, power},
};
use alloc::{rc::Rc, string::ToString};
use light_client::client::Store;
use litemap::LiteMap;
use records::kinds::vote;

/// What a file proves by itself, over a host with the file beside it (see [`beside`](super::beside)), from the reader's own checkpoints on. It is proven as of the file's header: what came later is not known.
pub async fn verify(
    with: &impl Apart,
    chains: &[Chain],
    bytes: &[u8],
) -> Result<Verdict, Unreadable> {
    let proof = Rc::new(Portable::decode(bytes)?);
    let question = proof.asked.question().ok_or(Unreadable::Torn)?;
    let name = question.record.clone().ok_or(Unreadable::Torn)?;
    let offline = with.host(Aside::Instead(proof.clone()));
    let mut verdict = blank(&question);
    let mut checks = Checks::new(&offline);
    if let Some(reason) = question.scan {
        checks.note(reason);
    }
    let chain = chains.iter().find(|chain| chain.id == proof.chain);
    match chain {
        None => {
            let chain = facts([("chain", proof.chain.clone())]);
            checks.note_with(reasons::PROOF_CHAIN_UNKNOWN, chain);
        }
        Some(chain) => {
            let mut verifier = Verifier::with_store(chain.clone(), with.store());
            match anchor(&mut verifier, &offline, &proof).await {
                Err(NoHeader { reason, facts }) => checks.note_with(reason, facts),
                Ok((anchored, reason, signed)) => {
                    checks.note_with(reason, signed);
                    verifier.judge_age(&offline, &anchored, &mut checks);
                    checks.note(anchored.agreement);
                    let mut roll = Roll::of_one(anchored.header.header().height);
                    // In force then is not in force now, however new the file is.
                    let bound = i64::MIN;
                    verifier
                        .judge(
                            &offline,
                            &question,
                            &name,
                            &anchored,
                            bound,
                            &mut roll,
                            &mut verdict,
                            &mut checks,
                        )
                        .await;
                    if let Some(why) = roll.refuted() {
                        checks.note_with(reasons::PROOF_BENT, facts([("why", why)]));
                    }
                    verdict.anchor = Some(verifier.describe(&offline, &anchored));
                }
            }
        }
    }
    if name.kind() != vote::NAME || verdict.state.is_empty() {
        checks.note(crate::kinds::outside(name.kind()));
    }
    verdict.checks = checks.finish();
    conclude(&mut verdict);
    date(&mut verdict);
    Ok(verdict)
}

/// The header on which a file rests, why it is trusted, and facts for that.
async fn anchor<H: Host, S: Store>(
    verifier: &mut Verifier<S>,
    offline: &H,
    proof: &Portable,
) -> Result<(Anchored, Reason, LiteMap<String, String>), NoHeader> {
    let arrived = path::follow(&verifier.chain, proof, now(offline))?;
    let by_way = |header| Anchored {
        header,
        commit: None,
        agreement: reasons::NO_NODE_ASKED,
    };
    let last = by_way(arrived.state.verified().clone());
    let mut signed = power(&last);
    if arrived.late {
        let time = last.header.header().time.to_string();
        signed.insert("year".into(), time.chars().take(4).collect());
    }
    let reason = match (arrived.late, &proof.older) {
        (true, _) => reasons::HEADER_BY_OLD_KEYS,
        (false, Some(_)) => reasons::HEADER_LOGGED,
        (false, None) if arrived.way.steps == 0 => reasons::HEADER_IS_CHECKPOINT,
        (false, None) => reasons::HEADER_SIGNED,
    };
    verifier.trust.way = arrived.way;
    let Some(((older, _), _)) = &proof.older else {
        return Ok((last, reason, signed));
    };
    let under = last.header.header().height.to_string();
    signed.insert("under".into(), under);
    let mut roll = Roll::of_one(last.header.header().height);
    let mut session = Session::new(offline, &last.header, &mut roll, &mut verifier.archive);
    let sets = &mut verifier.trust.sets;
    let heights = [older.height];
    let mut headers = session.headers(&verifier.chain, sets, &heights).await;
    // Records are proven under another header than this log.
    verifier.archive = crate::archive::Archive::new(&verifier.chain.id);
    match headers.remove(&older.height) {
        Some(header) => Ok((by_way(header), reason, signed)),
        None => Err(NoHeader {
            reason: reasons::HEADER_REFUTED,
            facts: facts([("why", "not-in-the-log".into())]),
        }),
    }
}

/// That no node was asked stands in the way of every file. What else does decides the sentence; where nothing does, it says as of which height and time
/// all is proven.
fn date(verdict: &mut Verdict) {
    let Some(anchor) = &verdict.anchor else {
        return;
    };
    let dated = facts([
        ("height", anchor.height.to_string()),
        ("time", anchor.time.clone()),
    ]);
    verdict.facts.extend(dated);
    if verdict.headline != reasons::NO_NODE_ASKED.code {
        return;
    }
    let usual = [
        CheckId::NodesAgree,
        CheckId::HeaderFresh,
        CheckId::OutsideProof,
    ];
    let open = |check: &&Check| {
        !matches!(check.status, Status::Passed | Status::OutOfForce) && !usual.contains(&check.id)
    };
    let life = |check: &&Check| check.id == CheckId::LifeCycle;
    let open = verdict.checks.iter().find(open);
    let deciding = open.or_else(|| verdict.checks.iter().find(life));
    let Some(deciding) = deciding else { return };
    verdict.facts.extend(deciding.facts.clone());
    if deciding.id == CheckId::LifeCycle {
        let last = deciding.reason.clone();
        verdict.facts.entry("last".into()).or_insert(last);
        verdict.headline = reasons::PROVEN_AS_OF.code.into();
    } else {
        verdict.headline.clone_from(&deciding.reason);
    }
}
