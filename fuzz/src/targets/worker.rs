//! Messages between page and workers: what reads has one encoding.

use crate::{
    input::Input,
    targets::records::{ground, story},
};
use records::{canonical, shape::Shape};
use worker::{
    Action, FromKeys, FromScanner, FromVerifier, RecordRef, Role, ToKeys, ToScanner, ToVerifier,
    read, write,
};

pub fn seeds() -> Vec<Vec<u8>> {
    let record = || RecordRef {
        kind: "invoice".into(),
        id: story::INVOICE.into(),
    };
    let ground = ground::ground();
    let to_verifier = [
        ToVerifier::Configure {
            chains: "{}".into(),
        },
        ToVerifier::Follow { every_seconds: 5 },
        ToVerifier::Check {
            id: 1,
            text: "01,".into(),
        },
        ToVerifier::Record {
            id: 2,
            record: record(),
            openings: "AgA".into(),
        },
        ToVerifier::Recount {
            id: 3,
            vote: "v1".into(),
            sample: 9,
        },
        ToVerifier::Ground {
            id: 4,
            records: vec![record()],
            blobs: true,
        },
        ToVerifier::Cancel { id: 5 },
    ];
    let to_keys = [
        ToKeys::Create {
            id: 1,
            name: "某人".into(),
            role: Role::Owner,
        },
        ToKeys::Act {
            id: 2,
            key: "ed25519:00".into(),
            action: Action::Revoke { grant: "g".into() },
            chain: "c".into(),
        },
        ToKeys::Ground {
            id: 3,
            ground: ground.encode().chars().take(2_000).collect(),
        },
    ];
    let from_verifier = [FromVerifier::Sent {
        id: 1,
        event_id: "00".into(),
        until: "1".into(),
    }];
    let from_keys = [FromKeys::Needs {
        id: 1,
        records: vec![record()],
        blobs: false,
    }];
    let scanner = [ToScanner::Scan {
        id: 1,
        width: 2,
        height: 3,
        budget_millis: 4,
    }];
    let texts = [
        to_verifier.iter().filter_map(write).collect::<Vec<_>>(),
        to_keys.iter().filter_map(write).collect(),
        from_verifier.iter().filter_map(write).collect(),
        from_keys.iter().filter_map(write).collect(),
        scanner.iter().filter_map(write).collect(),
    ];
    texts.concat().into_iter().map(String::into_bytes).collect()
}

pub fn run(bytes: &[u8]) {
    let text = Input(bytes).text();
    one::<ToVerifier>(&text);
    one::<FromVerifier>(&text);
    one::<ToKeys>(&text);
    one::<FromKeys>(&text);
    one::<ToScanner>(&text);
    one::<FromScanner>(&text);
}

fn one<T: Shape>(text: &str) {
    if let Some(message) = read::<T>(text) {
        let again = write(&message).expect("what was read can be written");
        assert!(
            canonical::decode::<T>(again.as_bytes()).is_ok(),
            "what is written can be read"
        );
    }
}
