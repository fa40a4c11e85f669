//! The chain: the ledger's rules, a state tree, and a header for every block.

use super::comet::{self, Seat};
use ics23_prost::Message;
use jmt::{KeyHash, Sha256Jmt, mock::MockTreeStore, storage::TreeWriter};
use light_client::{Header, Time};
use records::{
    Event, Head, RecordName, SecretKey,
    canonical::Value,
    kinds::member::Member,
    log::Entry,
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
            .map(|(member, power)| Seat {
                key: key(&format!("validator of {}", member.id)),
                power,
            })
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
            names,
            logs: Default::default(),
            salt,
        };
        chain.write(chain.names.clone());
        chain
    }

    /// Signs and writes an event, alone in its block.
    pub fn submit(&mut self, event: &str, subject: (&str, &str), body: Value, keys: &[&SecretKey]) {
        self.header_for_next();
        let payload = self.ledger.payload(event, subject, body);
        let touched: Vec<RecordName> = registry::touches(&payload)
            .expect("touches")
            .into_iter()
            .map(|touch| touch.record)
            .collect();
        self.ledger
            .write(&payload.sign(keys).expect("encodes"))
            .expect("accepted");
        self.names.extend(touched.clone());
        self.write(touched);
    }

    /// A block without events.
    pub fn empty(&mut self) {
        self.header_for_next();
        self.ledger.height += 1;
        self.ledger.time += 5 * SECOND;
        let root = *self.roots.last().expect("founded");
        self.roots.push(root);
    }

    /// Heads of these records into the tree, as the next version.
    fn write(&mut self, names: impl IntoIterator<Item = RecordName>) {
        let heads: Vec<(RecordName, Head)> = names
            .into_iter()
            .map(|name| {
                let log = self.ledger.log(name.kind(), name.id()).to_vec();
                self.logs.insert(name.clone(), log);
                let head = self.ledger.head(name.kind(), name.id());
                (name, head)
            })
            .collect();
        self.put(heads);
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

    /// A block whose state the rules would never make: this head, and this log behind it.
    pub fn corrupt(&mut self, name: &RecordName, head: Head, log: Vec<Vec<u8>>) {
        self.header_for_next();
        self.ledger.height += 1;
        self.ledger.time += 5 * SECOND;
        self.logs.insert(name.clone(), log);
        self.put(vec![(name.clone(), head)]);
    }

    fn header_for_next(&mut self) {
        let height = self.headers.len() as u64 + 1;
        assert_eq!(
            height, self.ledger.height,
            "one block for each step of the ledger"
        );
        let set = comet::set(&self.seats).hash();
        let time = Time::from_unix_nanos(self.ledger.time.into()).expect("a time");
        let last_block_id = self.headers.last().map(comet::block_id).unwrap_or_default();
        self.headers.push(Header {
            block_version: 11,
            app_version: 1,
            chain_id: CHAIN.into(),
            height,
            time,
            last_block_id,
            last_commit_hash: Some([1; 32]),
            data_hash: Some([2; 32]),
            validators_hash: set,
            next_validators_hash: Some(set),
            consensus_hash: Some([self.salt; 32]),
            app_hash: self.roots.last().expect("founded").0.to_vec(),
            last_results_hash: Some([3; 32]),
            evidence_hash: Some([4; 32]),
            proposer_address: *self.seats[0].light().address(),
        });
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
        let (_, log) = self.logs.iter().find(|(name, _)| name.tree_key() == key)?;
        let until =
            |entry: &&Vec<u8>| Entry::decode(entry).is_none_or(|entry| entry.height <= height);
        Some(log.iter().filter(until).cloned().collect())
    }

    pub fn event(&self, name: &RecordName, index: usize) -> Event {
        let entry = &self.logs[name][index];
        Event::open(Entry::decode(entry).expect("whole").envelope).expect("an event")
    }
}
