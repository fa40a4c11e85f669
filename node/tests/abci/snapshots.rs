//! A snapshot over the wire.

use crate::{
    common::{GENESIS, admit},
    program::Application,
};
use std::time::{Duration, Instant};
use tendermint_proto::v0_38::abci::{
    RequestLoadSnapshotChunk, RequestOfferSnapshot, Snapshot, request::Value as Ask,
    response::Value as Answer, response_apply_snapshot_chunk::Result as Applied,
    response_offer_snapshot::Result as Offered,
};

#[test]
fn a_snapshot_goes_from_one_program_to_another() {
    let homes = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let mut old = Application::start_with(homes[0].path(), &["--snapshot-every", "2"]);
    let mut new = Application::start(homes[1].path());
    old.init_chain();
    for height in 1..=5 {
        let txs: &[_] = match height {
            2 => &[admit("m-1", GENESIS)],
            _ => &[],
        };
        old.finalize(height, txs);
        old.commit();
        if height < 5 {
            assert!(old.snapshots().is_empty(), "{height}");
        }
    }
    let deadline = Instant::now() + Duration::from_secs(20);
    let snapshot = loop {
        match old.snapshots().pop() {
            Some(snapshot) => break snapshot,
            None => assert!(Instant::now() < deadline),
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(
        (snapshot.height, snapshot.format, snapshot.chunks),
        (2, 1, 1)
    );
    let load = |old: &mut Application, chunk| {
        let request = RequestLoadSnapshotChunk {
            height: 2,
            format: 1,
            chunk,
        };
        match old.ask(Ask::LoadSnapshotChunk(request)) {
            Answer::LoadSnapshotChunk(answer) => answer.chunk,
            other => panic!("{other:?}"),
        }
    };
    assert!(load(&mut old, 1).is_empty(), "there is no second one");
    let chunk = load(&mut old, 0);
    let app_hash = old.info().last_block_app_hash;

    assert_eq!(
        new.offer(&RequestOfferSnapshot::default()),
        Offered::RejectFormat
    );
    let lie = Snapshot {
        hash: vec![7; 32].into(),
        ..snapshot.clone()
    };
    for (snapshot, expected) in [(lie, Offered::RejectSender), (snapshot, Offered::Accept)] {
        let offer = RequestOfferSnapshot {
            snapshot: Some(snapshot),
            app_hash: app_hash.clone(),
        };
        assert_eq!(new.offer(&offer), expected);
    }
    let altered = [&chunk[..], b"x"].concat();
    let refused = new.apply(altered);
    assert_eq!(refused.result(), Applied::Retry);
    assert_eq!(refused.refetch_chunks, [0]);
    assert_eq!(refused.reject_senders, ["a peer"]);
    let taken = new.apply(chunk.to_vec());
    assert_eq!(taken.result(), Applied::Accept);
    assert!(taken.reject_senders.is_empty());
    let info = new.info();
    assert_eq!(
        (info.last_block_height, info.last_block_app_hash),
        (2, app_hash)
    );
    let event = [admit("m-2", GENESIS)];
    for height in 3..=5 {
        new.finalize(height, &[]);
        new.commit();
    }
    assert_eq!(new.finalize(6, &event), old.finalize(6, &event));
}
