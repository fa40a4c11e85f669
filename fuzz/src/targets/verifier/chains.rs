//! `chains.json`.

use crate::input::Input;
use verifier::chains;

pub fn seeds() -> Vec<Vec<u8>> {
    let hash = "00".repeat(32);
    let least = format!(
        r#"{{"chains":[{{"id":"a-1","name":"链","name_en":"chain","checkpoint":{{"height":1,"hash":"{hash}"}},"nodes":[{{"url":"http://127.0.0.1:26657","member":"tax"}}]}}]}}"#
    );
    let most = least.replace(r#""nodes""#, r#""dev":false,"trusting_period_seconds":1209600,"trust_level":"2/3","clock_drift_seconds":10,"fresh_seconds":120,"nodes""#);
    vec![least.into_bytes(), most.into_bytes()]
}

pub fn run(bytes: &[u8]) {
    let text = Input(bytes).text();
    if let Ok(chains) = chains::read(&text) {
        for chain in chains {
            assert!(chain.checkpoint_height > 0 && !chain.nodes.is_empty());
            assert_eq!(
                chain.dev,
                chain.id.starts_with("dev-"),
                "a development chain goes without its banner"
            );
            chain.options();
        }
    }
    chains::fraction(&text);
    chains::hash(&text);
}
