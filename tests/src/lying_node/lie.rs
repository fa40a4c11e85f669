//! The lies, each a change to true answers.

use super::forgery::forge;
use super::question::Question;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Validators of a chain here; any of them may have missed a commit.
const MOST_SIGNATURES: usize = 8;

/// A way not to tell the truth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lie {
    /// Passes everything on unchanged.
    None,
    /// Another text in a record's state, and the head that would go with it, beside the true proof.
    ChangedState {
        /// What stands in the true state, as JSON bytes.
        from: String,
        /// What is told.
        to: String,
    },
    /// The same, with the head's place in the proof made to fit: only the tree's hashes can tell.
    ForgedState {
        /// What stands in the true state, as JSON bytes.
        from: String,
        /// What is told.
        to: String,
    },
    /// The last entry of every log is left out.
    HiddenEntry,
    /// Another app hash in the newest headers, beside the true signatures.
    ForgedHeader,
    /// One bit of the first signature that a commit has is another.
    ForgedSignature,
    /// From a height on other headers, signed by the validators of these seeds: a fork.
    Forked {
        /// The first that is another.
        from: u64,
        /// Of the liars' keys.
        seeds: Vec<[u8; 32]>,
    },
    /// Everything as it was when the lie began.
    OlderHeader,
    /// Everything from another node, of another chain.
    OtherChain {
        /// That node's address.
        address: String,
    },
    /// The connection is cut in the middle of every answer.
    CutConnection,
    /// Answers never end.
    EndlessAnswer,
    /// Bytes that mean nothing.
    Garbage,
    /// Takes every transaction, and keeps it for later.
    KeepsBack,
}

impl Lie {
    /// Changes one true answer; `ask` puts another question to the true node. Says whether it changed anything.
    pub fn bend(
        &self,
        question: &Question,
        answer: &mut Value,
        ask: &dyn Fn(&str) -> Option<Value>,
    ) -> bool {
        let query = (question.method == "abci_query").then_some(question.path.as_str());
        match (self, query) {
            (Self::ChangedState { from, to } | Self::ForgedState { from, to }, Some("/state")) => {
                change_value(answer, |state| replaced(state, from, to))
            }
            (Self::ChangedState { from, to }, Some("/head")) => {
                forged_head(question, answer, from, to, ask)
                    .is_some_and(|(_, head)| change_value(answer, |_| Some(head.clone())))
            }
            (Self::ForgedState { from, to }, Some("/head")) => {
                forged_head(question, answer, from, to, ask).is_some_and(|(old, head)| {
                    change_proof(answer, &old, &head)
                        && change_value(answer, |_| Some(head.clone()))
                })
            }
            (Self::HiddenEntry, Some("/log")) => change_value(answer, without_last_entry),
            (Self::ForgedHeader, None) => ["/signed_header/header", "/header"]
                .iter()
                .any(|at| change_text(answer, &format!("/result{at}/app_hash"), other_hex)),
            (Self::ForgedSignature, None) => (0..MOST_SIGNATURES).any(|index| {
                let commit = "/result/signed_header/commit";
                let signature = format!("{commit}/signatures/{index}/signature");
                change_text(answer, &signature, other_base64)
            }),
            (Self::Forked { from, seeds }, None) => forge(answer, *from, seeds).is_some(),
            _ => false,
        }
    }
}

fn change_value(answer: &mut Value, change: impl Fn(&[u8]) -> Option<Vec<u8>>) -> bool {
    change_text(answer, "/result/response/value", |text| {
        Some(STANDARD.encode(change(&STANDARD.decode(text).ok()?)?))
    })
}

fn change_text(answer: &mut Value, pointer: &str, change: impl Fn(&str) -> Option<String>) -> bool {
    let Some(place) = answer.pointer_mut(pointer) else {
        return false;
    };
    let Some(changed) = place.as_str().and_then(change) else {
        return false;
    };
    *place = json!(changed);
    true
}

fn replaced(bytes: &[u8], from: &str, to: &str) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.contains(from)
        .then(|| text.replace(from, to).into_bytes())
}

/// The true head and the one that a changed state would have: a head begins with the state's hash.
fn forged_head(
    question: &Question,
    answer: &Value,
    from: &str,
    to: &str,
    ask: &dyn Fn(&str) -> Option<Value>,
) -> Option<(Vec<u8>, Vec<u8>)> {
    let height = answer.pointer("/result/response/height")?.as_str()?;
    let data = with_0x(&question.data);
    let state = value_of(&ask(&format!(
        "/abci_query?path=\"/state\"&data={data}&height={height}"
    ))?)?;
    let forged = replaced(&state, from, to)?;
    let head = value_of(answer).filter(|head| head.len() > 32)?;
    let other = [&Sha256::digest(forged)[..], head.get(32..)?].concat();
    Some((head, other))
}

/// The proof holds the head as its value.
fn change_proof(answer: &mut Value, old: &[u8], new: &[u8]) -> bool {
    change_text(answer, "/result/response/proofOps/ops/0/data", |text| {
        Some(STANDARD.encode(swapped(STANDARD.decode(text).ok()?, old, new)?))
    })
}

fn with_0x(data: &str) -> String {
    if data.starts_with("0x") {
        data.to_owned()
    } else {
        format!("0x{data}")
    }
}

fn value_of(answer: &Value) -> Option<Vec<u8>> {
    STANDARD
        .decode(answer.pointer("/result/response/value")?.as_str()?)
        .ok()
}

/// `bytes` with one occurrence of `old` overwritten by `new` of the same length.
fn swapped(mut bytes: Vec<u8>, old: &[u8], new: &[u8]) -> Option<Vec<u8>> {
    let at = bytes.windows(old.len()).position(|window| window == old)?;
    bytes.get_mut(at..at + new.len())?.copy_from_slice(new);
    Some(bytes)
}

/// A log range is entries, each behind its length (u32, big-endian).
fn without_last_entry(range: &[u8]) -> Option<Vec<u8>> {
    let (mut at, mut last) = (0usize, None);
    while let Some(length) = range.get(at..at + 4) {
        last = Some(at);
        at += 4 + u32::from_be_bytes(length.try_into().ok()?) as usize;
    }
    range.get(..last?).map(<[u8]>::to_vec)
}

fn other_hex(text: &str) -> Option<String> {
    let first = text.chars().next()?;
    let other = if first == '0' { '1' } else { '0' };
    Some(format!("{other}{}", text.get(1..)?))
}

fn other_base64(text: &str) -> Option<String> {
    let mut bytes = STANDARD.decode(text).ok()?;
    *bytes.first_mut()? ^= 1;
    Some(STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(value: &[u8], proof: &[u8]) -> Value {
        json!({"result": {"response": {"code": 0, "height": "9", "value": STANDARD.encode(value),
            "proofOps": {"ops": [{"data": STANDARD.encode(proof)}]}}}})
    }

    fn query(path: &str) -> Question {
        Question {
            method: "abci_query".into(),
            path: path.into(),
            data: "ab".into(),
            height: String::new(),
        }
    }

    #[test]
    fn a_changed_state_is_told_only_where_it_says_what_is_changed() {
        let lie = Lie::ChangedState {
            from: "locked".into(),
            to: "issued".into(),
        };
        let mut told = answer(br#"{"status":"locked"}"#, b"");
        assert!(lie.bend(&query("/state"), &mut told, &|_| None));
        assert_eq!(value_of(&told).unwrap(), br#"{"status":"issued"}"#);
        assert!(!lie.bend(&query("/state"), &mut told, &|_| None));
    }

    #[test]
    fn a_forged_head_fits_the_forged_state_and_sits_in_the_proof() {
        let state = br#"{"status":"locked"}"#;
        let head = [Sha256::digest(state).to_vec(), vec![7; 40]].concat();
        let mut told = answer(&head, &[b"ab".as_slice(), &head, b"cd"].concat());
        let lie = Lie::ForgedState {
            from: "locked".into(),
            to: "issued".into(),
        };
        let ask = |target: &str| {
            target
                .contains("data=0xab&height=9")
                .then(|| answer(state, b""))
        };
        assert!(lie.bend(&query("/head"), &mut told, &ask));
        let forged = value_of(&told).unwrap();
        assert_eq!(forged[..32], Sha256::digest(br#"{"status":"issued"}"#)[..]);
        let proof = STANDARD.decode(
            told.pointer("/result/response/proofOps/ops/0/data")
                .unwrap()
                .as_str()
                .unwrap(),
        );
        assert_eq!(proof.unwrap(), [b"ab".as_slice(), &forged, b"cd"].concat());
    }

    #[test]
    fn the_last_entry_of_a_log_is_hidden() {
        let range = [&[0, 0, 0, 2, 1, 2][..], &[0, 0, 0, 1, 9]].concat();
        assert_eq!(without_last_entry(&range).unwrap(), [0, 0, 0, 2, 1, 2]);
        assert_eq!(without_last_entry(&[]), None);
    }
}
