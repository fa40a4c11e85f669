//! Answering questions about the state, see docs/formats.md.

use super::{
    Application, QueryRequest, QueryResponse,
    block_hashes::{block_hash_entry, block_hashes},
    code,
    position::Position,
};
use crate::{
    error::Result,
    merkle::Hash,
    store::{MAX_LOG_ANSWER, Snapshot, Table},
};
use ics23_prost::Message;
use records::log::pack_entries;

/// Bytes of a packed entry of `block-hashes/main`: length, height, hash.
const PACKED_BLOCK_HASH: u64 = 4 + 8 + 32;

/// Why a query has no answer: a code and a sentence.
type Unanswered = (u32, &'static str);

/// A state to look at.
struct View<'a> {
    snapshot: &'a Snapshot,
    version: u64,
}

/// What was found.
#[derive(Default)]
struct Found {
    value: Vec<u8>,
    proof: Option<Vec<u8>>,
}

impl Application {
    /// `Query`.
    pub fn query(&self, request: &QueryRequest) -> Result<QueryResponse> {
        let snapshot = self.store.snapshot();
        // As of the same commit: a later one prunes the oldest height that an earlier position still allows.
        let Some(position) = Position::load(&snapshot)? else {
            return Ok(refused((
                code::NO_SUCH_HEIGHT,
                "the chain has no genesis yet",
            )));
        };
        if request.path == "/blob/keep" {
            return self.keep_blob(&request.data);
        }
        let height = match self.shown_height(&position, request.height) {
            Ok(height) => height,
            Err(why) => return Ok(refused(why)),
        };
        let Some(version) = snapshot.version_at(height)? else {
            return Ok(refused((
                code::NO_SUCH_HEIGHT,
                "the state of that height was never here: this node began with a snapshot of a later one",
            )));
        };
        let view = View {
            snapshot: &snapshot,
            version,
        };
        let key = request.data.get(..32).unwrap_or(&request.data).to_vec();
        let answer = match self.find(&view, request)? {
            Ok(found) => QueryResponse {
                value: found.value,
                proof: found.proof,
                ..QueryResponse::default()
            },
            Err(why) => refused(why),
        };
        Ok(QueryResponse {
            key,
            height,
            ..answer
        })
    }

    /// Height 0 means the newest that a header commits to: the one before the last block.
    fn shown_height(&self, position: &Position, asked: u64) -> Result<u64, Unanswered> {
        let height = match asked {
            0 => position.height.saturating_sub(1),
            asked => asked,
        };
        if height > position.height {
            Err((code::NO_SUCH_HEIGHT, "that height is not there yet"))
        } else if height.saturating_add(self.horizon) < position.height {
            Err((code::NO_SUCH_HEIGHT, "the state of that height was pruned"))
        } else {
            Ok(height)
        }
    }

    fn find(&self, view: &View<'_>, request: &QueryRequest) -> Result<Result<Found, Unanswered>> {
        let data = request.data.as_slice();
        let Some((key, rest)) = data.split_first_chunk::<32>() else {
            return Ok(Err((code::BAD_QUERY, "data begins with 32 bytes of key")));
        };
        match (request.path.as_str(), rest.len()) {
            ("/head", 0) => self.head(view, key, request.prove).map(Ok),
            ("/state", 0) => view.state(key).map(Ok),
            ("/log", 12) => view
                .log(key, number(&rest[..8]), number(&rest[8..]))
                .map(Ok),
            ("/log/inclusion", 16) => view.inclusion(key, number(&rest[..8]), number(&rest[8..])),
            ("/log/consistency", 16) => {
                view.consistency(key, number(&rest[..8]), number(&rest[8..]))
            }
            ("/blob", 0) => Ok(self
                .named_blob(view.snapshot, key)?
                .map(Found::value)
                .ok_or((code::NO_SUCH_BLOB, "no such blob"))),
            ("/head" | "/state" | "/log" | "/log/inclusion" | "/log/consistency" | "/blob", _) => {
                Ok(Err((
                    code::BAD_QUERY,
                    "data has the wrong length for this path",
                )))
            }
            _ => Ok(Err((code::BAD_QUERY, "unknown path"))),
        }
    }

    fn head(&self, view: &View<'_>, key: &Hash, prove: bool) -> Result<Found> {
        if !prove {
            let record = view.snapshot.record(key, view.version)?;
            let head = record.map(|(_, record)| record.head.encode().to_vec());
            return Ok(Found::value(head.unwrap_or_default()));
        }
        let (value, proof) = self.tree(view.snapshot).prove(key, view.version)?;
        Ok(Found {
            value: value.unwrap_or_default(),
            proof: Some(proof.encode_to_vec()),
        })
    }
}

impl View<'_> {
    fn log_size(&self, key: &Hash) -> Result<u64> {
        let record = self.snapshot.record(key, self.version)?;
        Ok(record.map_or(0, |(_, record)| record.head.log_size))
    }

    fn state(&self, key: &Hash) -> Result<Found> {
        let record = self.snapshot.record(key, self.version)?;
        Ok(Found::value(
            record.map(|(_, record)| record.state).unwrap_or_default(),
        ))
    }

    fn log(&self, key: &Hash, start: u64, count: u64) -> Result<Found> {
        let count = count.min(self.log_size(key)?.saturating_sub(start));
        let entries = if *key == block_hashes().tree_key() {
            self.block_hashes(start, count)?
        } else {
            self.snapshot.log_entries(key, start, count)?
        };
        Ok(Found::value(pack_entries(
            entries.iter().map(Vec::as_slice),
        )))
    }

    fn block_hashes(&self, start: u64, count: u64) -> Result<Vec<Vec<u8>>> {
        let count = count.min(MAX_LOG_ANSWER as u64 / PACKED_BLOCK_HASH);
        if count == 0 {
            return Ok(Vec::new());
        }
        (start + 1..=start + count)
            .map(|height| {
                let hash = self
                    .snapshot
                    .require(Table::BlockHashes, &height.to_be_bytes())?;
                Ok(block_hash_entry(height, &hash))
            })
            .collect()
    }

    fn inclusion(&self, key: &Hash, index: u64, size: u64) -> Result<Result<Found, Unanswered>> {
        if index >= size || size > self.log_size(key)? {
            return Ok(Err((
                code::BAD_QUERY,
                "no such entry at that size of the log",
            )));
        }
        let path = self.snapshot.log_inclusion(key, index, size)?;
        Ok(Ok(Found::value(path.concat())))
    }

    fn consistency(&self, key: &Hash, from: u64, to: u64) -> Result<Result<Found, Unanswered>> {
        if from == 0 || from > to || to > self.log_size(key)? {
            return Ok(Err((code::BAD_QUERY, "no such sizes of the log")));
        }
        let path = self.snapshot.log_consistency(key, from, to)?;
        Ok(Ok(Found::value(path.concat())))
    }
}

impl Found {
    fn value(value: Vec<u8>) -> Self {
        Self { value, proof: None }
    }
}

pub(super) fn refused((code, log): Unanswered) -> QueryResponse {
    QueryResponse {
        code,
        log: log.into(),
        ..QueryResponse::default()
    }
}

/// A big-endian number of at most eight bytes.
fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{self, Changes, Store, StoredRecord};
    use records::{Head, log::LogTree};
    use std::sync::Arc;

    const RECORD: Hash = [7; 32];

    /// The block at this height: it changes the one record, and forgets what is older than the block before.
    fn write(store: &Store, height: u64) {
        let position = Position {
            chain_id: "dev-test-0001".into(),
            height,
            time: 0,
            app_hash: Hash::default(),
            version: height,
            hashes_logged: height,
            app_version: 1,
        };
        let state = format!("state {height}").into_bytes();
        let head = Head::new(&state, &LogTree::new());
        let mut changes = Changes::default();
        position.save(&mut changes).expect("saves");
        let row = height.to_be_bytes();
        changes.put(Table::Versions, row.to_vec(), row.to_vec());
        let record = StoredRecord { head, state };
        let before = height - 1;
        changes.put_record(&RECORD, height, &record, Some(before));
        store::prune(&store.snapshot(), before, &mut changes).expect("prunes");
        store.commit(changes).expect("commits");
    }

    /// What was forgotten meanwhile is not there, rather than empty: a gateway keeps an answer without a refusal for good.
    #[test]
    fn a_question_between_two_blocks_finds_the_state_or_says_that_it_is_gone() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Arc::new(Store::open(&folder.path().join("db")).expect("opens"));
        (1..=2).for_each(|height| write(&store, height));
        let application = Application::open(store.clone(), 0).expect("opens");
        let application = Application {
            horizon: 1,
            ..application
        };
        let request = QueryRequest {
            path: "/state".into(),
            data: RECORD.to_vec(),
            height: 1,
            prove: false,
        };
        let ask = || application.query(&request).expect("answers");
        assert_eq!(ask().value, b"state 1");
        // Written, but the application has not been told yet.
        write(&store, 3);
        let answer = ask();
        assert_eq!((answer.code, answer.value), (code::NO_SUCH_HEIGHT, vec![]));
    }
}
