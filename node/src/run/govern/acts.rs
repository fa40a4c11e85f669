//! What may be proposed, in words.

use crate::{
    error::{Error, Result},
    run::operate::read_public_key,
};
use records::{
    PublicKey, RecordName, ValidatorKey, canonical,
    canonical::Value,
    kinds::{
        consortium::{self, Consortium, Rekey, Reseat, Validator},
        member::{self, Member},
        proposal::Act,
        rules::{self, Activation},
    },
    registry::RULES_VERSION,
    shape::Shape,
};
use std::{path::Path, str::FromStr};

/// Reads an act; `seq` tells how many events a record was the subject of.
pub(super) fn read(words: &[String], seq: impl Fn(&RecordName) -> Result<u64>) -> Result<Act> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (event_type, (kind, id), body) = match words[..] {
        ["seat", member, ref validators @ ..] => {
            let validators: Result<_> = validators.iter().map(|word| validator(word)).collect();
            let body = Reseat {
                member: member.into(),
                validators: validators?,
            };
            (
                "consortium.seat",
                (consortium::NAME, consortium::ID.into()),
                written(&body)?,
            )
        }
        ["admit", file] => {
            let member = member(Path::new(file))?;
            (
                "member.admit",
                (member::NAME, member.id.clone()),
                written(&member)?,
            )
        }
        ["rekey", member, key] => {
            let body = Rekey {
                key: parsed("a key", key)?,
                member: member.into(),
            };
            (
                consortium::REKEY,
                (consortium::NAME, consortium::ID.into()),
                written(&body)?,
            )
        }
        ["leave", member] => {
            let nothing = Value::Object(canonical::Map::new());
            ("member.leave", (member::NAME, member.into()), nothing)
        }
        ["rules", version, from] => {
            let body = Activation {
                from: parsed("a height", from)?,
                version: parsed("a version", version)?,
            };
            (
                "rules.activate",
                (rules::NAME, rules::ID.into()),
                written(&body)?,
            )
        }
        _ => {
            return Err(Error::Setup(
                "no such act; --help names those there are".into(),
            ));
        }
    };
    let subject = RecordName::new(kind, &id)
        .ok_or_else(|| Error::Setup(format!("`{id}` cannot be a member's id")))?;
    Ok(Act {
        body,
        seq: seq(&subject)?,
        subject,
        event_type: event_type.into(),
    })
}

/// The key that an act gives a member, and that signs it with the others; none where the act needs nobody but them.
pub(super) fn new_key(act: &Act) -> Result<Option<PublicKey>> {
    if act.event_type != consortium::REKEY {
        return Ok(None);
    }
    let rekey: Rekey =
        canonical::from_value(&act.body).map_err(|error| Error::Setup(error.to_string()))?;
    Ok(Some(rekey.key))
}

/// Nobody votes the chain into rules before which its own node would stop.
pub(super) fn require_known(act: &Act) -> Result<()> {
    if act.event_type != "rules.activate" {
        return Ok(());
    }
    let next: Activation =
        canonical::from_value(&act.body).map_err(|error| Error::Setup(error.to_string()))?;
    match next.version > RULES_VERSION {
        true => Err(Error::Setup(format!(
            "this program knows the rules up to version {RULES_VERSION}: install one that knows version {}, here and for the node, before you agree to it",
            next.version
        ))),
        false => Ok(()),
    }
}

/// Who signed twice comes back with a new key. The chain refuses the old one, but only once everybody has approved of it.
pub(super) fn require_none_barred(act: &Act, consortium: &Consortium) -> Result<()> {
    if act.event_type != "consortium.seat" {
        return Ok(());
    }
    let seat: Reseat =
        canonical::from_value(&act.body).map_err(|error| Error::Setup(error.to_string()))?;
    let mut seated = seat.validators.iter();
    match seated.find(|validator| consortium.bars(&validator.key)) {
        Some(validator) => Err(Error::Setup(format!(
            "validator {} signed twice and is barred for good: seat the member with a new key",
            hex::encode_upper(validator.key.address())
        ))),
        None => Ok(()),
    }
}

/// `KEY=POWER`, where the key is written out, or in a `priv_validator_key.json` of CometBFT.
fn validator(word: &str) -> Result<Validator> {
    let (key, power) = word
        .rsplit_once('=')
        .ok_or_else(|| Error::Setup(format!("`{word}` is not KEY=POWER")))?;
    let key = match key.parse::<ValidatorKey>() {
        Ok(key) => key,
        Err(_) => read_public_key(Path::new(key))?,
    };
    Ok(Validator::new(key, parsed("a voting power", power)?))
}

/// The state of a new member; white space and the order of fields do not matter.
fn member(file: &Path) -> Result<Member> {
    let bytes = std::fs::read(file).map_err(Error::file(file))?;
    let wrong = |why: String| Error::Setup(format!("{}: {why}", file.display()));
    let document: serde_json::Value =
        serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
    canonical::decode(document.to_string().as_bytes()).map_err(|error| wrong(error.to_string()))
}

fn parsed<T: FromStr>(what: &str, text: &str) -> Result<T> {
    text.parse()
        .map_err(|_| Error::Setup(format!("`{text}` is not {what}")))
}

fn written<T: Shape>(body: &T) -> Result<Value> {
    canonical::to_value(body).map_err(super::unwritten)
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::KeyType;

    fn act(line: &str) -> Result<Act> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        read(&words, |_| Ok(7))
    }

    #[test]
    fn acts_are_read_from_words() {
        let key = format!("ed25519:{}", "ab".repeat(32));
        let seat = act(&format!("seat tax {key}=31")).expect("an act");
        assert_eq!((seat.event_type.as_str(), seat.seq), ("consortium.seat", 7));
        let body: Reseat = canonical::from_value(&seat.body).expect("its body");
        assert_eq!(body.validators[0].power, 31);
        let leaves = act("seat tax").expect("an act");
        let body: Reseat = canonical::from_value(&leaves.body).expect("its body");
        assert!(body.validators.is_empty());
        let rekey = act(&format!("rekey tax {key}")).expect("an act");
        assert_eq!(rekey.subject.to_string(), "consortium/main");
        assert_eq!(new_key(&rekey).expect("its body"), key.parse().ok());
        assert_eq!(new_key(&seat).expect("needs none"), None);
        assert_eq!(
            act("rules 2 900").expect("an act").event_type,
            "rules.activate"
        );
    }

    #[test]
    fn nobody_agrees_to_rules_that_its_program_does_not_know() {
        let next = RULES_VERSION + 1;
        let why = require_known(&act(&format!("rules {next} 900")).expect("an act"));
        let why = why.expect_err("unknown").to_string();
        assert!(why.contains(&format!("version {next}")), "{why}");
        let known = act(&format!("rules {RULES_VERSION} 900")).expect("an act");
        assert!(require_known(&known).is_ok());
        assert!(require_known(&act("leave tax").expect("an act")).is_ok());
    }

    /// *Attack: a change of power, proposed in good faith, gives a validator that signed twice its vote back.*
    #[test]
    fn a_key_that_signed_twice_is_not_seated_again() {
        let [old, new] = ["ab", "cd"].map(|digits| format!("ed25519:{}", digits.repeat(32)));
        let text = |text: &str| text.to_owned();
        let address = old.parse::<ValidatorKey>().expect("a key").address();
        let mut consortium = Consortium {
            barred: Some(vec![hex::encode(address)]),
            members: Vec::new(),
            key_types: Default::default(),
        };
        let again = act(&format!("seat tax {new}=10 {old}=21")).expect("an act");
        let why = require_none_barred(&again, &consortium).expect_err("barred");
        assert!(why.to_string().contains("new key"), "{why}");
        for line in [
            format!("seat tax {new}=31"),
            text("seat tax"),
            text("leave tax"),
        ] {
            let act = act(&line).expect("an act");
            assert!(require_none_barred(&act, &consortium).is_ok(), "{line}");
        }
        consortium.barred = None;
        assert!(require_none_barred(&again, &consortium).is_ok());
    }

    #[test]
    fn keys_of_every_type_are_read_from_cometbfts_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("key.json");
        for key_type in [KeyType::Ed25519, KeyType::MlDsa65] {
            let seed = crate::network::SigningSeed {
                key_type,
                seed: [3; 32],
            };
            let document = crate::network::validator_key(&seed);
            std::fs::write(&file, document.to_string()).expect("writes");
            let read = validator(&format!("{}=5", file.display())).expect("a validator");
            assert_eq!((read.key, read.power), (seed.public(), 5));
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (line, named) in [
            ("seat tax x", "KEY=POWER"),
            ("seat tax /nowhere=5", "/nowhere"),
            ("rekey tax", "no such act"),
            ("rekey tax ed25519", "not a key"),
            ("rules two 9", "two"),
            ("leave a b", "no such act"),
            ("leave a/b", "a/b"),
        ] {
            let why = act(line).expect_err(line).to_string();
            assert!(why.contains(named), "{line}: {why}");
        }
    }
}
