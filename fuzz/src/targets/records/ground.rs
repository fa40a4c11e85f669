//! What acts rest on, as it is handed from worker to worker.

use super::story;
use crate::input::Input;
use records::{Ground, Proven};

/// Everything that the story ends with, as proven.
pub fn ground() -> Ground {
    let ledger = story::told();
    let proven = |name: &records::RecordName| Proven {
        state: ledger.state(name).cloned(),
        blob: None,
    };
    Ground {
        chain: records::testing::CHAIN.into(),
        time: ledger.time,
        records: ledger
            .names()
            .map(|name| (name.clone(), proven(name)))
            .collect(),
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let whole = ground();
    let single = whole.records.iter().map(|(name, proven)| Ground {
        records: [(
            name.clone(),
            Proven {
                blob: Some(vec![1, 2, 3]),
                ..proven.clone()
            },
        )]
        .into_iter()
        .collect(),
        ..whole.clone()
    });
    single.map(|ground| ground.encode().into_bytes()).collect()
}

pub fn run(bytes: &[u8]) {
    if let Some(ground) = Ground::decode(&Input(bytes).text()) {
        assert_eq!(
            Ground::decode(&ground.encode()),
            Some(ground),
            "written and read again"
        );
    }
}
