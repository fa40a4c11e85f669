//! Validators with ML-DSA-65 keys: from the first block, and one after the other while a light client follows.

use super::consortium::{Beginning, Consortium, NODES};
use super::page::Page;
use super::{governance, light};
use lianyan_tests::Outcome;
use node::demo::FOUNDERS;
use node::network::SigningSeed;
use records::KeyType;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

const BOTH: [KeyType; 2] = [KeyType::Ed25519, KeyType::MlDsa65];
/// How long a change may take to be seen on the page of a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Keys and genesis as the tools write them make a chain, and the verifier checks it.
pub fn from_the_first_block(cometbft: &Path) -> Outcome {
    let beginning = Beginning {
        key_type: KeyType::MlDsa65,
        allowed: &BOTH,
        spare: 0,
    };
    let mut consortium = Consortium::begin(cometbft, &beginning)?;
    assert_eq!(ml_dsa(&consortium)?, NODES);
    let (checkpoint, _) = consortium.client(0).newest()?;
    consortium.wait_for(0, checkpoint + 3)?;
    let signers = governance::signers(&consortium, checkpoint)?;
    assert_eq!(signers, FOUNDERS.map(|founder| founder.id));
    consortium.agreed().map(drop)
}

/// Each member in turn goes on with a node that has the new key, while its old node is the next one's. A light client that began with Ed25519 alone
/// follows through every mixture.
pub fn validator_by_validator(cometbft: &Path) -> Outcome {
    let beginning = Beginning {
        key_type: KeyType::Ed25519,
        allowed: &BOTH,
        spare: 1,
    };
    let mut consortium = Consortium::begin(cometbft, &beginning)?;
    let (checkpoint, _) = consortium.client(0).newest()?;
    let chains = consortium.chains(checkpoint)?;
    let page = Page::before(&chains, |chain| {
        chain["key_types"] = json!(BOTH.map(KeyType::word));
    })?;
    if let Some(page) = &page {
        let keys = "tendermint/PubKeyEd25519";
        page.visitor.must_show("power-and-keys", "keys", keys)?;
    }
    let mut free = NODES;
    for (at, founder) in FOUNDERS.into_iter().enumerate() {
        let key = SigningSeed {
            key_type: KeyType::MlDsa65,
            seed: [at as u8 + 1; 32],
        };
        consortium.rekey(free, key)?;
        let (height, _) = consortium.client(at).newest()?;
        consortium.wait_for(free, height + 1)?;
        let act = governance::seat(&consortium, founder.id, free, founder.power);
        governance::decide(&consortium, &act, &governance::QUORUM)?;
        governance::signs_from_now_on(&mut consortium, free)?;
        assert_eq!(ml_dsa(&consortium)?, at + 1);
        light::follow(&chains, consortium.folder.path())?;
        page.as_ref()
            .map_or(Ok(()), |page| shows(page, founder.id))?;
        free = at;
    }
    let signers = governance::signers(&consortium, checkpoint)?;
    assert_eq!(signers, FOUNDERS.map(|founder| founder.id));
    consortium.agreed().map(drop)
}

/// How many of the validators have the new keys.
fn ml_dsa(consortium: &Consortium) -> Outcome<usize> {
    let answer = consortium.client(0).call("validators", json!({}))?;
    let validators = answer["validators"].as_array().ok_or("no validators")?;
    let new = |validator: &&Value| validator["pub_key"]["type"] == "cometbft/PubKeyMlDsa65";
    Ok(validators.iter().filter(new).count())
}

/// Waits until the page shows that a member signs, and that its key is of the new type.
fn shows(page: &Page, member: &str) -> Outcome {
    let signs = format!("[data-member=\"{member}\"][data-signed=\"true\"]");
    let selector = format!("{signs} [data-keys=\"cometbft/PubKeyMlDsa65\"]");
    let browser = page.visitor.browser();
    browser.until_within(PATIENCE, &selector, |session| {
        Ok((!session.all(&selector)?.is_empty()).then_some(()))
    })
}
