//! Answers about a transaction after changes: its place and its outcome are the true ones, or nothing is proven.

use crate::{edit::edit, input::Input, vectors};
use light_client::{Hash, VerifiedHeader, json, json::TxResult, sha256, verify_outcome, verify_tx};
use serde_json::Value;
use std::sync::LazyLock;

/// A recorded transaction with everything that its outcome rests on.
struct Case {
    answer: Value,
    results: Value,
    asked: Hash,
    header: VerifiedHeader,
    next: VerifiedHeader,
    truth: TxResult,
}

static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let chains = ["v0.38-ed25519", "v0.40-ed25519", "v0.40-mixed-keys"];
    chains.into_iter().flat_map(cases).collect()
});

fn cases(chain: &str) -> Vec<Case> {
    let files = vectors::recorded(&format!("{chain}/rpc"));
    let named = |name: String| {
        let (_, bytes) = files.iter().find(|(path, _)| path.ends_with(&name))?;
        json::parse(bytes).ok()
    };
    let header = |height: u64| {
        let block = json::block(&named(format!("block-{height:03}.json"))?).ok()?;
        let hash = block.header.hash();
        VerifiedHeader::by_hash(block.header, &hash)
    };
    let answers = files.iter().filter(|(path, _)| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("tx-"))
    });
    answers
        .filter_map(|(_, bytes)| {
            let answer = json::parse(bytes).ok()?;
            let tx = json::tx(&answer).ok()?;
            let results = named(format!("block_results-{:03}.json", tx.height))?;
            let asked = sha256(&[&tx.tx]);
            let (header, next) = (header(tx.height)?, header(tx.height + 1)?);
            let read = json::block_results(&results).ok()?;
            let truth = verify_outcome(&tx, &read, &asked, &header, &next).ok()?;
            Some(Case {
                answer,
                results,
                asked,
                header,
                next,
                truth,
            })
        })
        .collect()
}

pub fn seeds() -> Vec<Vec<u8>> {
    let whole = (0..u8::try_from(CASES.len().min(40)).unwrap_or(0)).map(|case| vec![case, 0]);
    let bent = (0..8).map(|what| vec![what, 6, what, 0, 9, 0, 4, 1, what, 0, 7, 0, 3, 1]);
    whole.chain(bent).collect()
}

/// The case, how many bytes change the answer, changes to both.
pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let Some(case) = input.pick(&CASES) else {
        return;
    };
    let (mut answer, mut results) = (case.answer.clone(), case.results.clone());
    let length = usize::from(input.byte());
    edit(&mut answer, &mut Input(input.take(length)));
    edit(&mut results, &mut input);
    let Ok(answer) = json::tx(&answer) else {
        return;
    };
    if verify_tx(&answer, &case.asked, &case.header).is_ok() {
        assert_eq!(
            sha256(&[&answer.tx]),
            case.asked,
            "another transaction is proven"
        );
    }
    let Ok(results) = json::block_results(&results) else {
        return;
    };
    if let Ok(result) = verify_outcome(&answer, &results, &case.asked, &case.header, &case.next) {
        assert_eq!(result, case.truth, "another outcome is proven");
    }
}
