//! The chain: the ledger's rules, a state tree, and a header for every block.

use super::comet::{self, Seat};
use ics23_prost::Message;
use jmt::{KeyHash, Sha256Jmt, mock::MockTreeStore, storage::TreeWriter};
use light_client::{
    Header, Time,
    json::{ConsensusParams, TxResult},
};
use records::{
    Envelope, Event, Head, Payload, RecordName, SecretKey, State, Stop,
    canonical::{self, Value},
    kinds::member::Member,
    log::{Entry, LogTree, leaf_hash},
    registry,
    testing::{CHAIN, Ledger, SECOND, key},
};
use std::collections::BTreeSet;

pub struct TestChain {
    pub ledger: Ledger,
    pub seats: Vec<Seat>,
    store: MockTreeStore,
    /// Root after each block, from height 0, and the tree's version then: an empty block makes none.
    roots: Vec<([u8; 32], u64)>,
    /// Headers from height 1.
    headers: Vec<Header>,
    /// Transactions of each block from height 1, and their results.
    pub blocks: Vec<Vec<(Vec<u8>, TxResult)>>,
    /// State documents that the rules would never make, by tree key.
    pub corrupted: std::collections::BTreeMap<Vec<u8>, Vec<u8>>,
    /// Blobs by their hash.
    pub blobs: std::collections::BTreeMap<[u8; 32], Vec<u8>>,
    /// The application's log of block hashes.
    hashes: Vec<Vec<u8>>,
    /// Every record written so far.
    pub names: BTreeSet<RecordName>,
    /// Heads as they were after each block, and log sizes with them.
    logs: std::collections::BTreeMap<RecordName, Vec<Vec<u8>>>,
    /// Part of what makes this chain's blocks its own.
    pub salt: u8,
}

impl TestChain {
    pub fn found(members: Vec<Member>) -> Self {
        Self::salted(members, 7)
    }

    pub fn salted(members: Vec<Member>, salt: u8) -> Self {
        let seats = members
            .iter()
            .zip([31, 26, 23, 20])
            .map(|(member, power)| Seat::of(&key(&format!("validator of {}", member.id)), power))
            .collect();
        let mut names: BTreeSet<RecordName> = members
            .iter()
            .map(|member| RecordName::new("member", &member.id).expect("a name"))
            .collect();
        names.extend(RecordName::new("consortium", "main"));
        names.extend(RecordName::new("rules", "main"));
        let mut chain = Self {
            ledger: Ledger::found(members),
            seats,
            store: MockTreeStore::new(true),
            roots: Vec::new(),
            headers: Vec::new(),
            blocks: Vec::new(),
            corrupted: Default::default(),
            blobs: Default::default(),
            hashes: Vec::new(),
            names,
            logs: Default::default(),
            salt,
        };
        chain.write(chain.names.clone());
        chain
    }

    /// Signs and writes an event, alone in its block.
    pub fn submit(&mut self, event: &str, subject: (&str, &str), body: Value, keys: &[&SecretKey]) {
        let payload = self.ledger.payload(event, subject, body);
        let tx = payload.sign(keys).expect("encodes").encode();
        assert_eq!(self.block(&tx).code, 0, "accepted");
    }

    /// A block with this transaction alone, whatever comes of it.
    pub fn block(&mut self, tx: &[u8]) -> TxResult {
        self.header_for_next(&[tx]);
        let envelope = Envelope::decode(tx).expect("an envelope");
        let payload: Payload = canonical::decode(envelope.payload()).expect("a payload");
        let mut names: Vec<RecordName> = Vec::new();
        let refusal = match self.ledger.write(&envelope) {
            Ok(()) => {
                let touched = registry::touches(&payload).expect("touches");
                names.extend(touched.into_iter().map(|touch| touch.record));
                None
            }
            Err(Stop::Refused(refusal)) => {
                self.pass();
                Some(refusal)
            }
            Err(other) => panic!("{other}"),
        };
        let result = TxResult {
            code: refusal.is_some().into(),
            data: refusal.map(|refusal| refusal.data()).unwrap_or_default(),
            gas_wanted: 0,
            gas_used: 0,
        };
        self.blocks.push(vec![(tx.to_vec(), result.clone())]);
        self.names.extend(names.clone());
        self.write(names);
        result
    }

    /// A block without events.
    pub fn empty(&mut self) {
        self.header_for_next(&[]);
        self.blocks.push(Vec::new());
        self.pass();
        let root = *self.roots.last().expect("founded");
        self.roots.push(root);
    }

    fn pass(&mut self) {
        self.ledger.height += 1;
        self.ledger.time += 5 * SECOND;
    }

    /// Heads of these records into the tree, as the next version.
    fn write(&mut self, names: impl IntoIterator<Item = RecordName>) {
        let mut heads: Vec<(RecordName, Head)> = names
            .into_iter()
            .map(|name| {
                let log = self.ledger.log(name.kind(), name.id()).to_vec();
                self.logs.insert(name.clone(), log);
                let head = self.ledger.head(name.kind(), name.id());
                (name, head)
            })
            .collect();
        heads.extend(self.log_hashes());
        self.put(heads);
    }

    /// Brings the log of block hashes up to the newest header.
    fn log_hashes(&mut self) -> Option<(RecordName, Head)> {
        for header in &self.headers[self.hashes.len()..] {
            let entry = [&header.height.to_be_bytes()[..], &header.hash()].concat();
            self.hashes.push(entry);
        }
        let mut tree = LogTree::new();
        self.hashes
            .iter()
            .for_each(|entry| drop(tree.append(leaf_hash(entry))));
        let data = format!(r#"{{"height":{}}}"#, self.headers.len());
        let data = canonical::decode_value(data.as_bytes()).expect("canonical");
        let state = State { data, seq: 0 }.encode().expect("encodes");
        let name = RecordName::new("block-hashes", "main").expect("a name");
        (!self.headers.is_empty()).then(|| (name, Head::new(&state, &tree)))
    }

    fn put(&mut self, heads: Vec<(RecordName, Head)>) {
        let version = self.roots.last().map_or(0, |(_, version)| version + 1);
        let values: Vec<_> = heads
            .iter()
            .map(|(name, head)| {
                let key = name.tree_key();
                let hashed = KeyHash(records::hash::sha256(&[&key]));
                self.store.put_key_preimage(hashed, &key.to_vec());
                (hashed, Some(head.encode().to_vec()))
            })
            .collect();
        let (root, batch) = Sha256Jmt::new(&self.store)
            .put_value_set(values, version)
            .expect("updates");
        self.store
            .write_node_batch(&batch.node_batch)
            .expect("writes");
        self.roots.push((root.0, version));
    }

    /// A block in which the validators sign this state of a record, and this log behind it.
    pub fn forge(&mut self, name: &RecordName, state: &State, log: Vec<Vec<u8>>) {
        let state = state.encode().expect("encodes");
        let mut tree = LogTree::new();
        log.iter()
            .for_each(|entry| drop(tree.append(leaf_hash(entry))));
        self.corrupted
            .insert(name.tree_key().to_vec(), state.clone());
        self.corrupt(name, Head::new(&state, &tree), log);
    }

    pub fn blob(&mut self, blob: Vec<u8>) {
        self.blobs.insert(records::hash::sha256(&[&blob]), blob);
    }

    /// A block whose state the rules would never make: this head, and this log behind it.
    pub fn corrupt(&mut self, name: &RecordName, head: Head, log: Vec<Vec<u8>>) {
        self.header_for_next(&[]);
        self.blocks.push(Vec::new());
        self.pass();
        self.logs.insert(name.clone(), log);
        self.put(vec![(name.clone(), head)]);
    }

    fn header_for_next(&mut self, txs: &[&[u8]]) {
        let height = self.headers.len() as u64 + 1;
        assert_eq!(
            height, self.ledger.height,
            "one block for each step of the ledger"
        );
        let set = comet::set(&self.seats).hash();
        let time = Time::from_unix_nanos(self.ledger.time.into()).expect("a time");
        let results: Vec<TxResult> = match self.blocks.last() {
            Some(block) => block.iter().map(|(_, result)| result.clone()).collect(),
            None => Vec::new(),
        };
        let last_block_id = self.headers.last().map(comet::block_id).unwrap_or_default();
        let last_commit = comet::last_commit(self.headers.last(), &self.seats);
        self.headers.push(Header {
            block_version: 11,
            app_version: 1,
            chain_id: CHAIN.into(),
            height,
            time,
            last_block_id,
            last_commit_hash: Some(last_commit.hash()),
            data_hash: Some(light_client::data_hash(txs)),
            validators_hash: set,
            next_validators_hash: Some(set),
            consensus_hash: Some(light_client::consensus_hash(&self.params(height))),
            app_hash: self.roots.last().expect("founded").0.to_vec(),
            last_results_hash: Some(light_client::results_hash(&results)),
            evidence_hash: Some(light_client::evidence_hash(&[comet::evidence()])),
            proposer_address: *self.seats[0].light().address(),
        });
    }

    /// A block's limits; the salt is in them.
    pub fn params(&self, height: u64) -> ConsensusParams {
        ConsensusParams {
            height,
            max_bytes: 1 << 20,
            max_gas: self.salt.into(),
        }
    }

    pub fn height(&self) -> u64 {
        self.headers.len() as u64
    }

    pub fn header(&self, height: u64) -> &Header {
        &self.headers[height as usize - 1]
    }

    /// Time of the newest header, Unix nanoseconds.
    pub fn time(&self) -> i64 {
        self.header(self.height()).time.unix_nanos() as i64
    }

    /// Value and proof of a tree key after the block at this height.
    pub fn prove(&self, key: &[u8], height: u64) -> (Vec<u8>, Vec<u8>) {
        let (value, proof) = Sha256Jmt::new(&self.store)
            .get_with_ics23_proof(key.to_vec(), self.roots[height as usize].1)
            .expect("proves");
        (value.unwrap_or_default(), proof.encode_to_vec())
    }

    /// The entries of a record's log up to this height.
    pub fn log(&self, key: &[u8], height: u64) -> Option<Vec<Vec<u8>>> {
        if key == RecordName::new("block-hashes", "main")?.tree_key() {
            let written = |block: &u64| !self.blocks[*block as usize - 1].is_empty();
            let until = (1..=height).rev().find(written).unwrap_or(0);
            return Some(self.hashes[..until as usize].to_vec());
        }
        let (_, log) = self.logs.iter().find(|(name, _)| name.tree_key() == key)?;
        let until =
            |entry: &&Vec<u8>| Entry::decode(entry).is_none_or(|entry| entry.height <= height);
        Some(log.iter().filter(until).cloned().collect())
    }

    /// The state document of a record after the newest block.
    pub fn state(&self, key: &[u8]) -> Option<Vec<u8>> {
        if let Some(state) = self.corrupted.get(key) {
            return Some(state.clone());
        }
        let name = self.names.iter().find(|name| name.tree_key() == key)?;
        let data: Value = self.ledger.find(name.kind(), name.id())?;
        let seq = self.ledger.seq(name);
        Some(State { data, seq }.encode().expect("encodes"))
    }

    pub fn event(&self, name: &RecordName, index: usize) -> Event {
        let entry = &self.logs[name][index];
        Event::open(Entry::decode(entry).expect("whole").envelope).expect("an event")
    }
}
