//! A program may run a client on any executor, also on one that moves it from thread to thread.

use crate::stores::block_on;
use light_client::{
    Hash, Header, LightBlock, Options, SignatureCheck, Time,
    client::{
        AttackEvidence, Environment, Failure, Fault, KeptStore, Latest, LightClient, MemoryStore,
        Provider, Received, Settings, Shelf, Store, StoreError,
    },
};
use std::{thread, time::Duration};

/// Nothing is there, on a node or on a shelf.
struct Nothing;

impl Provider for Nothing {
    fn name(&self) -> &str {
        "nobody"
    }

    fn member(&self) -> &str {
        "nobody"
    }

    async fn latest(&self) -> Result<Latest, Fault> {
        Err(Fault::NotThere)
    }

    async fn light_block(&self, _: u64) -> Result<Received<LightBlock>, Fault> {
        Err(Fault::NotThere)
    }

    async fn header(&self, _: u64) -> Result<Received<Header>, Fault> {
        Err(Fault::NotThere)
    }

    async fn report(&self, _: &AttackEvidence) -> Result<(), Fault> {
        Err(Fault::NotThere)
    }
}

impl Environment for Nothing {
    fn now(&self) -> Time {
        Time::from_unix_nanos(0).expect("a time")
    }

    async fn pause(&self, _: Duration) {}

    fn random(&self) -> u64 {
        0
    }
}

impl Shelf for Nothing {
    async fn names(&self, _: &str) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }

    async fn get(&self, _: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(None)
    }

    async fn put(&self, _: &str, _: &[u8]) -> Result<(), StoreError> {
        Ok(())
    }

    async fn remove(&self, _: &[String]) -> Result<(), StoreError> {
        Ok(())
    }
}

/// What becomes of a client's calls where nothing is trusted.
async fn calls<S: Store>(store: S) -> [Failure; 2] {
    let settings = Settings::new(Options::default());
    let mut client = LightClient::new(vec![Nothing], store, Nothing, settings);
    let newest = client.newest().await.expect_err("nothing is trusted");
    let at = client.at(1).await.expect_err("nothing is trusted");
    [newest, at]
}

fn on_another_thread<F: Future<Output = [Failure; 2]> + Send + 'static>(calls: F) {
    let failures = thread::spawn(|| block_on(calls)).join().expect("ends");
    assert_eq!(failures, [Failure::NoTrust, Failure::NoTrust]);
}

#[test]
fn a_call_may_go_on_in_another_thread() {
    on_another_thread(calls(MemoryStore::default()));
    let checkpoint = Hash::default();
    let store = KeptStore::open(Nothing, "chain", &checkpoint, SignatureCheck::All);
    on_another_thread(calls(block_on(store)));
}
