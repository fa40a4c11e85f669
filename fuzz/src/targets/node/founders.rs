//! What founders send each other: no card but those that members signed, and no genesis but the one to which all consent.

use super::{VALIDATORS, validator};
use crate::{edit::edit, input::Input};
use node::{chain::Genesis, run::outside};
use records::{
    Hash, canonical,
    kinds::consortium::{Founder, Validator},
    testing::{GENESIS, key, member},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::LazyLock};

/// The bytes are a file.
const FILE: u8 = 0;
/// The bytes change a file that was sent.
const CHANGES: u8 = 1;

type Files = Vec<Vec<u8>>;

/// What four founders send.
struct Sent {
    cards: Files,
    consents: Files,
    numbers: Vec<Hash>,
    genesis: Value,
}

static SENT: LazyLock<Sent> = LazyLock::new(|| {
    let cards = (0..VALIDATORS.len()).map(|at| signed(&card(at), at).expect("canonical"));
    let cards: Files = cards.collect();
    let consents = consents(&cards).expect("go together");
    let number = |card: &Vec<u8>| outside::card(card).expect("a card");
    Sent {
        numbers: cards.iter().map(number).collect(),
        genesis: founded(&cards, &consents).expect("founded").to_json(),
        consents,
        cards,
    }
});

/// A founder's card as `init` writes it, without its signature.
fn card(at: usize) -> Value {
    let (id, power) = VALIDATORS[at];
    let power = u64::try_from(power).unwrap_or(0);
    let founder = Founder {
        member: member(id, &["tax-bureau"]),
        validators: vec![Validator::new(validator(id).public(), power)],
    };
    let founder = canonical::encode(&founder).expect("encodes");
    json!({
        "address": format!("node.{id}.example:26656"),
        "chain": "jiangbin",
        "cometbft": "0.39.0",
        "founder": serde_json::from_slice::<Value>(&founder).expect("JSON"),
        "key_types": ["ed25519", "ml_dsa_65"],
        "lianyan": "card/1",
        "made": GENESIS.to_string(),
        "node": format!("{at}").repeat(40),
    })
}

/// The file of a card, signed by a founder; none where it is not in the one encoding.
fn signed(card: &Value, by: usize) -> Option<Vec<u8>> {
    let text = card.to_string();
    canonical::decode_value(text.as_bytes()).ok()?;
    let message = [b"lianyan/card/1\0", text.as_bytes()].concat();
    let signature = hex::encode(key(VALIDATORS[by].0).sign(&message));
    Some(
        json!({ "card": card, "signature": signature })
            .to_string()
            .into_bytes(),
    )
}

/// Everybody's consent; none where the cards do not go together.
fn consents(cards: &Files) -> Option<Files> {
    let consent = |(at, own): (usize, &Vec<u8>)| {
        let text = outside::consent(own, cards, &key(VALIDATORS[at].0));
        text.ok().map(String::into_bytes)
    };
    cards.iter().enumerate().map(consent).collect()
}

fn founded(cards: &Files, consents: &Files) -> Option<Genesis> {
    let files: Vec<&Vec<u8>> = cards.iter().chain(consents).collect();
    outside::ceremony(&cards[0], &files).ok().flatten()
}

pub fn seeds() -> Vec<Vec<u8>> {
    let files = SENT.cards.iter().chain(&SENT.consents);
    let files = files.map(|file| [&[FILE], &file[..]].concat());
    let changed = (0..3).flat_map(|how| {
        (0..24).map(move |what| vec![CHANGES + how % 2, what % 8, what, 0, what, 0, 9, what])
    });
    files.chain(changed).collect()
}

pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    match input.byte() % 3 {
        FILE => sent(input.0, None),
        CHANGES => {
            let place = usize::from(input.byte()) % 8;
            let true_one = SENT.cards.iter().chain(&SENT.consents).nth(place);
            let mut document = serde_json::from_slice(true_one.expect("eight")).expect("JSON");
            edit(&mut document, &mut input);
            sent(document.to_string().as_bytes(), Some(place));
        }
        _ => another(&mut input),
    }
}

/// A file beside the true ones, or in the place of one: it changes nothing, whatever is in it.
fn sent(file: &[u8], instead_of: Option<usize>) {
    if let Ok(number) = outside::card(file) {
        assert!(SENT.numbers.contains(&number), "a card that nobody signed");
    }
    let true_ones = SENT.cards.iter().chain(&SENT.consents).enumerate();
    let others = true_ones.filter(|(place, _)| Some(*place) != instead_of);
    let mut files: Vec<&[u8]> = vec![file];
    files.extend(others.map(|(_, file)| &file[..]));
    if let Ok(Some(genesis)) = outside::ceremony(&SENT.cards[0], &files) {
        assert_eq!(genesis.to_json(), SENT.genesis, "another genesis");
    }
}

/// A founder signs a card of another content, and all consent to it: what is founded is sound.
fn another(input: &mut Input<'_>) {
    let at = usize::from(input.byte()) % VALIDATORS.len();
    let mut changed = card(at);
    edit(&mut changed, input);
    let Some(file) = signed(&changed, at) else {
        return;
    };
    let mut cards = SENT.cards.clone();
    cards[at] = file;
    let Some(genesis) = consents(&cards).and_then(|consents| founded(&cards, &consents)) else {
        return;
    };
    let mut powers = BTreeMap::<&str, i128>::new();
    for validator in &genesis.validators {
        *powers.entry(&validator.name).or_default() += i128::from(validator.power);
    }
    let total: i128 = powers.values().sum();
    assert!(
        powers.values().all(|power| power * 3 < total),
        "a third of the power in one hand"
    );
    let written = genesis.to_json();
    let again = Genesis::from_json(&written).expect("what is founded can be read");
    assert_eq!(again.to_json(), written, "written and read again");
}
