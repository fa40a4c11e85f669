//! Others' words on the terminal of who decides by them.

use super::{
    common::{Chain, approve, member, payload},
    homes::{Homes, run},
};
use records::{SecretKey, kinds::proposal::Act};
use serde_json::Value;
use std::fs;

/// One line up, and over what stands there; from right to left.
const TRICKS: [&str; 3] = ["\u{1b}[1A", "\u{9b}2K", "\u{202e}"];

/// *Attack: a founder's English name paints another power over its own, or another number over another's card, while all read aloud.*
#[test]
fn a_card_whose_names_a_terminal_obeys_is_refused() {
    let homes = Homes::new();
    let identity: Value =
        serde_json::from_str(&homes.text("hospital", "member.json")).expect("JSON");
    let mut seed = [0; 32];
    hex::decode_to_slice(identity["seed"].as_str().expect("a seed"), &mut seed).expect("a seed");
    for trick in TRICKS {
        let mut file: Value =
            serde_json::from_str(&homes.text("hospital", "card.json")).expect("JSON");
        let card = &mut file["card"];
        card["founder"]["member"]["name_en"] = format!("Hospital{trick}").into();
        let message = format!("lianyan/card/1\0{card}");
        let signature = SecretKey::from_seed(&seed).sign(message.as_bytes());
        file["signature"] = hex::encode(signature).into();
        fs::write(homes.mailed("hospital", "card"), file.to_string()).expect("writes");
        let said = homes.genesis("tax");
        assert!(!said.text.contains(trick));
        said.ill("a terminal hides or obeys");
    }
    let more = ["--name-en", "Bank\u{7f}"];
    homes.init("bank", 20, 9, &more).ill("\\u{7f}");
    assert!(!homes.home("bank").exists());
}

/// *Attack: an act that is approved shows another name or key than it has.*
#[test]
fn a_proposal_is_shown_without_what_a_terminal_obeys() {
    let chain = Chain::new();
    let mut newcomer = member("bank");
    newcomer.name_en = TRICKS.concat();
    let admission = payload(
        "member.admit",
        ("member", "bank"),
        0,
        &newcomer,
        chain.time(),
    );
    let act = Act::of(&admission);
    chain.decide(vec![approve(&act, 0, 0, chain.time())]);
    chain.decide(vec![]);
    let node = chain.serve();
    let address = node.address.to_string();
    let said = run([
        "proposal",
        "--node",
        &address,
        &act.proposal().expect("an id"),
    ])
    .well();
    assert!(!TRICKS.iter().any(|trick| said.contains(trick)), "{said}");
    assert!(said.contains(r"\u{9b}2K\u{202e}"), "{said}");
}
