//! Keeps what nodes answer while a verdict is reached.

use super::{
    format::{Logged, Shelf},
    short::Own,
};
use crate::rpc::Call;
use alloc::{rc::Rc, sync::Arc, vec::Vec};
use light_client::{
    Hash, Header, SignedHeader,
    json::{self, AbciQuery, Value},
    pack_jmt,
};
use litemap::LiteMap;
use records::log;

/// Stretches of a log, by first place.
type Stretches = LiteMap<u64, Vec<Arc<[u8]>>>;

/// What was answered. Where two nodes answered the same question, the later answer: a question is asked again only where the earlier one did not hold.
#[derive(Default)]
pub struct Book {
    /// What the short proof holds that is being completed.
    pub given: Option<Rc<Own>>,
    /// Every commit that was shown, by height: two nodes may show two.
    pub commits: LiteMap<u64, Vec<SignedHeader>>,
    headers: LiteMap<u64, Header>,
    /// Packed proofs, by height of the state and tree key.
    heads: LiteMap<(u64, Hash), Vec<u8>>,
    /// Logs, by tree key.
    logs: LiteMap<Hash, Stretches>,
    /// Paths in logs, by tree key, place and size.
    paths: LiteMap<(Hash, u64, u64), Vec<Hash>>,
    /// Blobs by their hashes.
    pub blobs: LiteMap<Hash, Vec<u8>>,
}

impl Book {
    /// Takes the answers to these calls, in their order.
    pub(crate) fn hear(&mut self, calls: &[Call], answers: &[Value]) {
        for (call, answer) in calls.iter().zip(answers) {
            // What cannot be read is of no use to the verdict either.
            let _ = self.note(call, answer);
        }
    }

    fn note(&mut self, call: &Call, answer: &Value) -> Option<()> {
        match call.method {
            "commit" => {
                let signed = json::commit(answer).ok()?;
                let known = self.commits.entry(signed.header.height).or_default();
                if !known.contains(&signed) {
                    known.push(signed);
                }
            }
            "header" => {
                let header = json::header(answer).ok()?;
                self.headers.insert(header.height, header);
            }
            "abci_query" => {
                let (path, key, data) = call.queried()?;
                let found = json::abci_query(answer).ok()?;
                if found.code == 0 {
                    self.query(path, key, &data, found)?;
                }
            }
            _ => {}
        }
        Some(())
    }

    fn query(&mut self, path: &str, key: Hash, data: &[u8], found: AbciQuery) -> Option<()> {
        let (numbers, _) = data.as_chunks::<8>();
        let number = |at: usize| numbers.get(at).map(|bytes| u64::from_be_bytes(*bytes));
        match path {
            "/head" => {
                let packed = pack_jmt(&found.proof_ops.first()?.data, &key)?;
                self.heads.insert((found.height, key), packed);
            }
            "/log" => {
                let entries = log::unpack_entries(&found.value)?;
                let entries = entries.into_iter().map(Arc::from).collect();
                let stretches = self.logs.entry(key).or_default();
                stretches.insert(number(0)?, entries);
            }
            "/log/inclusion" => {
                let (path, _) = found.value.as_chunks::<32>();
                self.paths
                    .insert((key, number(0)?, number(1)?), path.to_vec());
            }
            "/blob" => {
                self.blobs.insert(key, found.value);
            }
            _ => {}
        }
        Some(())
    }

    /// The proven heads of this state height, each with as much of its log as was given.
    pub fn shelves(&self, height: u64) -> LiteMap<Hash, Shelf> {
        let of = self.heads.iter().filter(|((at, _), _)| *at == height);
        let shelf = |((_, key), proof): (&(u64, Hash), &Vec<u8>)| {
            let shelf = Shelf {
                proof: proof.clone(),
                log: self.log(key),
            };
            (*key, shelf)
        };
        LiteMap::from_sorted_store_unchecked(of.map(shelf).collect())
    }

    /// The packed proof of one head.
    pub fn head(&self, height: u64, key: &Hash) -> Option<Vec<u8>> {
        self.heads.get(&(height, *key)).cloned()
    }

    fn log(&self, key: &Hash) -> Vec<Arc<[u8]>> {
        let mut log: Vec<Arc<[u8]>> = Vec::new();
        let stretches = self.logs.get(key).into_iter().flatten();
        for (start, entries) in stretches {
            if usize::try_from(*start) == Ok(log.len()) {
                log.extend_from_slice(entries);
            }
        }
        log
    }

    /// Headers that were shown with their places in a log of this tree key and size.
    pub fn logged(&self, key: &Hash, size: u64) -> LiteMap<u64, Logged> {
        let logged = |(height, header): (&u64, &Header)| {
            let path = self.paths.get(&(*key, height.checked_sub(1)?, size))?;
            Some((*height, (header.clone(), path.clone())))
        };
        let logged = self.headers.iter().filter_map(logged);
        LiteMap::from_sorted_store_unchecked(logged.collect())
    }
}
