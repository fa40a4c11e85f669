//! Making proof files: a verdict is reached anew, from the checkpoint on, and everything that the nodes answered is kept.

use super::{
    aside::{Apart, Aside},
    asked::Asked,
    format::{Logged, MAX_FILE, Portable, Unreadable},
    path,
    recorder::Book,
    short::{Own, Short},
    verify::verify,
};
use crate::{
    chains::Chain,
    checks::Checks,
    headers,
    host::Host,
    reasons::{self, Reason},
    sending::Unsent,
    session::Session,
    trust::now,
    verdict::{Check, CheckId, Status, Verdict},
    verifier::Verifier,
};
use alloc::{rc::Rc, string::String, vec::Vec};
use core::cell::RefCell;
use light_client::{Header, TrustedState, ValidatorSet, client::Store, unpack_jmt};
use litemap::LiteMap;
use records::Head;

/// Why no file was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotMade {
    /// Nothing is proven that could be kept; the code is the reason.
    #[error("nothing is proven: {0}")]
    NothingProven(String),
    /// It would be longer than a file may be.
    #[error("what the proof needs does not fit into a file")]
    TooMuch,
    /// What the nodes answered is not enough to prove it again.
    #[error("the nodes' answers do not add up to a proof: {0}")]
    Incomplete(String),
    /// The file to be renewed cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

impl NotMade {
    /// Its reason code: one of the table in `docs/verdicts.md`, or one of those named there for acts.
    pub fn code(&self) -> &str {
        match self {
            Self::NothingProven(code) | Self::Incomplete(code) => code,
            Self::TooMuch => "proof-too-long",
            Self::Unreadable(_) => "not-a-proof",
        }
    }
}

impl From<Reason> for NotMade {
    fn from(reason: Reason) -> Self {
        Self::NothingProven(reason.code.into())
    }
}

impl From<NotMade> for Unsent {
    fn from(not: NotMade) -> Self {
        Self::new(not.code())
    }
}

/// Asks the nodes, and keeps what they answered. Gives the file, and the verdict that it leads to by itself.
pub async fn make(
    with: &impl Apart,
    chain: &Chain,
    asked: Asked,
) -> Result<(Vec<u8>, Verdict), NotMade> {
    keep(with, chain, asked, None, &[]).await
}

/// As [`make`]; what is given of a short proof about this question is completed. The header of its height comes from the reader's own checkpoint; what it
/// leaves out, from the chain's own nodes, under that header. What the file then says of its record must be what was given: nodes neither mend a short
/// proof nor speak in its place. The fields of these names are withheld: of their openings nothing is in the file.
pub async fn keep(
    with: &impl Apart,
    chain: &Chain,
    asked: Asked,
    given: Option<Rc<Own>>,
    without: &[String],
) -> Result<(Vec<u8>, Verdict), NotMade> {
    let question = asked.question().ok_or(reasons::NO_RECORD_NAMED)?;
    let mut verifier = Verifier::with_store(chain.clone(), with.store());
    verifier.trust.wanted = given.as_ref().map(|own| own.header.0);
    let book = Rc::<RefCell<Book>>::default();
    book.borrow_mut().given = given;
    let host = with.host(Aside::Keeping(book.clone()));
    let verdict = verifier.check(&host, &question).await;
    let book = book.take();
    let Some(anchor) = &verdict.anchor else {
        return Err(NotMade::NothingProven(verdict.headline));
    };
    let target = anchor.height;
    let (start, steps) = way(&host, &verifier, &book, target)?;
    let mut proof = Portable {
        chain: chain.id.clone(),
        asked,
        start,
        steps,
        older: None,
        shelves: book.shelves(target.saturating_sub(1)),
        times: logged(&book, target).map_or_else(LiteMap::new, |(times, _)| times),
        blobs: book.blobs,
    };
    // A head that was refuted is not in one tree with the others.
    if let Some(why) = lacking(&verdict).filter(|_| proof.encode().is_none()) {
        return Err(NotMade::Incomplete(why));
    }
    let whole = seal(with, chain, &mut proof, without).await?;
    match &book.given {
        Some(given) if !given.is_of(&proof, &whole.1) => Err(reasons::PROOF_BENT.into()),
        _ => Ok(whole),
    }
}

/// The whole file of a short proof, and the verdict that it leads to by itself.
pub async fn complete(
    with: &impl Apart,
    chains: &[Chain],
    bytes: &[u8],
) -> Result<(Vec<u8>, Verdict), NotMade> {
    let (chain, short) = Short::read(chains, bytes)?;
    keep(with, chain, short.asked, Some(Rc::new(short.own)), &[]).await
}

/// What a file proves, on the reader's own chains: a whole one by itself, a short one once it is complete.
pub async fn check(with: &impl Apart, chains: &[Chain], bytes: &[u8]) -> Result<Verdict, NotMade> {
    match Short::is(bytes) {
        true => Ok(complete(with, chains, bytes).await?.1),
        false => Ok(verify(with, chains, bytes).await?),
    }
}

/// Proves a file's header again, under one that is trusted today; what the file holds of records stays as it is. Where events were written since, that header
/// stands in the chain's own log of block hashes. Where none was, today's header commits to the very state that the file proves, and the file rests on that.
pub async fn renew(
    with: &impl Apart,
    chain: &Chain,
    bytes: &[u8],
) -> Result<(Vec<u8>, Verdict), NotMade> {
    renew_without(with, chain, bytes, &[]).await
}

/// As [`renew`]; the fields of these names are withheld, as in [`keep`].
pub async fn renew_without(
    with: &impl Apart,
    chain: &Chain,
    bytes: &[u8],
    without: &[String],
) -> Result<(Vec<u8>, Verdict), NotMade> {
    let proof = Portable::decode(bytes)?;
    if proof.chain != chain.id {
        return Err(reasons::PROOF_CHAIN_UNKNOWN.into());
    }
    let book = Rc::<RefCell<Book>>::default();
    let host = with.host(Aside::Keeping(book.clone()));
    let mut verifier = Verifier::with_store(chain.clone(), with.store());
    let mut checks = Checks::new(&host);
    let (mut roll, anchored) = verifier.anchor(&host, &mut checks).await;
    let Some(anchored) = anchored else {
        let signed = |check: &Check| check.id == CheckId::HeaderSigned;
        let why = checks.finish().into_iter().find(signed);
        let why = why.map(|check| check.reason).unwrap_or_default();
        return Err(NotMade::NothingProven(why));
    };
    let (today, wanted) = (anchored.header.header(), proof.header());
    let target = today.height;
    let unchanged = today.app_hash == wanted.app_hash && target >= wanted.height;
    if !unchanged {
        let mut session = Session::new(&host, &anchored.header, &mut roll, &mut verifier.archive);
        let sets = &mut verifier.trust.sets;
        let found = session.headers(chain, sets, &[wanted.height]).await;
        let hash = found.get(&wanted.height).map(|found| *found.hash());
        let why = match hash {
            Some(hash) if hash == wanted.hash() => None,
            Some(_) => Some(reasons::HEADER_REFUTED),
            None => Some(reasons::PROOF_NOT_GIVEN),
        };
        if let Some(why) = why {
            return Err(why.into());
        }
    }
    let book = book.take();
    let (start, steps) = way(&host, &verifier, &book, target)?;
    let older = match unchanged {
        true => None,
        false => {
            let (mut times, head) = logged(&book, target).ok_or_else(incomplete)?;
            let logged = times.remove(&wanted.height).ok_or_else(incomplete)?;
            Some((logged, head))
        }
    };
    let mut renewed = Portable {
        start,
        steps,
        older,
        ..proof
    };
    seal(with, chain, &mut renewed, without).await
}

/// What was shown of the log of block hashes under the target, and the head of that log.
fn logged(book: &Book, target: u64) -> Option<(LiteMap<u64, Logged>, Vec<u8>)> {
    let key = headers::log_name()?.tree_key();
    let packed = book.head(target.checked_sub(1)?, &key)?;
    let (_, head) = unpack_jmt(&packed, &key)?;
    Some((book.logged(&key, Head::decode(&head)?.log_size), packed))
}

fn incomplete() -> NotMade {
    NotMade::Incomplete("proof-incomplete".into())
}

type Way = ((Header, ValidatorSet), Vec<light_client::LightBlock>);

/// From the checkpoint to the target, over blocks that were shown.
fn way<H: Host, S: Store>(
    host: &H,
    verifier: &Verifier<S>,
    book: &Book,
    target: u64,
) -> Result<Way, NotMade> {
    let chain = &verifier.chain;
    let sets = &verifier.trust.sets;
    let shown = book.commits.get(&chain.checkpoint_height);
    let start = shown.into_iter().flatten().find_map(|signed| {
        let validators = sets.get(&signed.header.validators_hash)?;
        let hash = &chain.checkpoint_hash;
        let state = TrustedState::from_header(&signed.header, validators.clone(), hash);
        Some((state.ok()?, validators.clone()))
    });
    let way = start.and_then(|(state, validators)| {
        let steps = path::choose(chain, &state, &book.commits, sets, target, now(host))?;
        Some(((state.header().clone(), validators), steps))
    });
    way.ok_or_else(incomplete)
}

/// The file without the fields of these names, once it has been seen to prove by itself what it is for.
async fn seal(
    with: &impl Apart,
    chain: &Chain,
    proof: &mut Portable,
    without: &[String],
) -> Result<(Vec<u8>, Verdict), NotMade> {
    if !without.is_empty() {
        let asked = proof.asked.withholding(without);
        proof.asked = asked.ok_or(reasons::OPENING_UNREADABLE)?;
    }
    let bytes = proof.encode().ok_or_else(incomplete)?;
    if bytes.len() > MAX_FILE {
        return Err(NotMade::TooMuch);
    }
    let verdict = match verify(with, core::slice::from_ref(chain), &bytes).await {
        Ok(verdict) => verdict,
        // A limit of the format.
        Err(_) => return Err(NotMade::TooMuch),
    };
    match lacking(&verdict) {
        None => Ok((bytes, verdict)),
        Some(_) => Err(NotMade::Incomplete(verdict.headline)),
    }
}

/// Why neither the record nor its absence is proven, whatever is said of what was asked; none where one of them is.
fn lacking(verdict: &Verdict) -> Option<String> {
    let needed = [
        CheckId::HeaderSigned,
        CheckId::InState,
        CheckId::HistoryReplayed,
    ];
    let open = |check: &&Check| {
        check.status == Status::NotEstablished
            && needed.contains(&check.id)
            && check.reason != reasons::ABSENCE_STALE.code
    };
    let open = verdict.checks.iter().find(open);
    match &verdict.anchor {
        None => Some(verdict.headline.clone()),
        Some(_) => open.map(|check| check.reason.clone()),
    }
}
