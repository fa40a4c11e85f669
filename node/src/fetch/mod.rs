//! Blobs that are named and not here, from other nodes. Beside the chain: no block waits for it, and whoever is asked can do no more than not help.

mod peer;

use crate::{
    application::Application,
    consortium::now,
    error::{Error, Result},
    merkle::Hash,
    network::Remote,
};
use hyper::Uri;
use peer::{Answer, Peer};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    task::{self, JoinSet},
    time,
};

/// Blobs asked for at once.
const AT_ONCE: usize = 4;
/// Between one such handful and the next, so that no gateway finds that one client asks too much.
const GAP: Duration = Duration::from_millis(100);
/// Between two looks at what is wanted.
const PAUSE: Duration = Duration::from_secs(5);
/// Hashes read in one go.
const PAGE: usize = 1_000;
/// What nobody has is asked for again after this long, and after twice as long each time.
const LATER: Duration = Duration::from_secs(10);
const LATEST: Duration = Duration::from_hours(1);
/// Of so many it is remembered when to ask again.
const REMEMBERED: usize = 65_536;
/// Who is further behind than this does not know yet what was erased, Unix ns.
const BEHIND: i64 = 60 * 1_000_000_000;

/// Fetches what one application wants.
pub struct Fetch {
    application: Arc<Application>,
    peers: Arc<Peers>,
    /// What nobody had: when to ask again, and how long to wait after that.
    nowhere: HashMap<Hash, (Instant, Duration)>,
}

struct Peers {
    remote: Remote,
    peers: Vec<Peer>,
}

impl Fetch {
    /// From these nodes' RPCs, or the gateways before them.
    pub fn new(application: Arc<Application>, urls: impl IntoIterator<Item = Uri>) -> Result<Self> {
        let failed = |error| Error::Setup(format!("cannot ask other nodes: {error}"));
        let peers = Peers {
            remote: Remote::new().map_err(failed)?,
            peers: urls.into_iter().map(Peer::new).collect(),
        };
        Ok(Self {
            application,
            peers: Arc::new(peers),
            nowhere: HashMap::new(),
        })
    }

    /// Goes on until it is dropped, or until the store fails, which it says.
    pub async fn run(mut self) {
        loop {
            let behind = now().saturating_sub(self.application.time());
            let round = match behind < BEHIND {
                true => self.round().await,
                false => Ok(0),
            };
            match round {
                Ok(0) => {}
                Ok(kept) => {
                    let wanted = self.application.wanted_count().unwrap_or_default();
                    println!("{kept} blobs were fetched from other nodes; {wanted} are wanted");
                }
                Err(error) => {
                    eprintln!("no blobs are fetched any more: {error}");
                    return;
                }
            }
            time::sleep(PAUSE).await;
        }
    }

    /// Asks once for everything that is wanted and due; how many were kept. Ends early where none of the others answers.
    pub async fn round(&mut self) -> Result<usize> {
        let (mut after, mut kept) = (None, 0);
        loop {
            let page = self.page(after).await?;
            let Some(last) = page.last() else {
                return Ok(kept);
            };
            after = Some(*last);
            let due: Vec<Hash> = page.into_iter().filter(|hash| self.is_due(hash)).collect();
            for handful in due.chunks(AT_ONCE) {
                let (found, answered) = self.ask(handful).await;
                kept += self.keep(found).await?;
                if !answered {
                    return Ok(kept);
                }
                time::sleep(GAP).await;
            }
        }
    }

    /// Asks for some at once: what was found, and whether anybody answered.
    async fn ask(&mut self, hashes: &[Hash]) -> (Vec<Vec<u8>>, bool) {
        let mut asked = JoinSet::new();
        for hash in hashes {
            let (peers, hash) = (self.peers.clone(), *hash);
            asked.spawn(async move { (hash, peers.find(&hash).await) });
        }
        let (mut found, mut answered) = (Vec::new(), false);
        while let Some(outcome) = asked.join_next().await {
            match outcome {
                Ok((hash, Answer::Blob(blob))) => {
                    self.nowhere.remove(&hash);
                    found.push(blob);
                    answered = true;
                }
                Ok((hash, Answer::None)) => {
                    self.note_nowhere(hash);
                    answered = true;
                }
                Ok((_, Answer::Failed)) | Err(_) => {}
            }
        }
        (found, answered)
    }

    fn is_due(&self, hash: &Hash) -> bool {
        let noted = self.nowhere.get(hash);
        noted.is_none_or(|(due, _)| *due <= Instant::now())
    }

    fn note_nowhere(&mut self, hash: Hash) {
        if self.nowhere.len() >= REMEMBERED {
            self.nowhere.clear();
        }
        let noted = self.nowhere.entry(hash);
        let (due, wait) = noted.or_insert_with(|| (Instant::now(), LATER));
        *due = Instant::now() + *wait;
        *wait = (*wait * 2).min(LATEST);
    }

    async fn page(&self, after: Option<Hash>) -> Result<Vec<Hash>> {
        let application = self.application.clone();
        aside(move || application.wanted_blobs(after.as_ref(), PAGE)).await
    }

    async fn keep(&self, found: Vec<Vec<u8>>) -> Result<usize> {
        let application = self.application.clone();
        aside(move || application.keep_wanted(&found)).await
    }
}

impl Peers {
    /// Asks one after the other, each hash in another order.
    async fn find(&self, hash: &Hash) -> Answer {
        let first = usize::from(hash[0]) % self.peers.len().max(1);
        let (later, sooner) = self.peers.split_at(first);
        let mut best = Answer::Failed;
        for peer in sooner.iter().chain(later) {
            match peer.ask(&self.remote, hash).await {
                Answer::Failed => {}
                Answer::None => best = Answer::None,
                found => return found,
            }
        }
        best
    }
}

/// Does what waits for the disk where it keeps nobody else waiting.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let done = task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(Error::Setup("the program ends".into())))
}
