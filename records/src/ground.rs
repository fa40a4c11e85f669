//! What is proven of records under one header: what an act rests on. Who verifies writes it, who signs reads it, and between the two it is one text.

use crate::{
    canonical,
    name::RecordName,
    shape::{nanoseconds, text_or_empty},
    state::State,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use litemap::LiteMap;

/// Records as proven at one block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    /// Chain id.
    pub chain: String,
    /// Block time, Unix nanoseconds.
    pub time: i64,
    /// Every record that was asked for.
    pub records: LiteMap<RecordName, Proven>,
}

/// One record as proven.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proven {
    /// Its state; none where it is proven absent.
    pub state: Option<State>,
    /// The blob that the state names by its hash, where that was asked for and somebody has it.
    pub blob: Option<Vec<u8>>,
}

impl Ground {
    /// A record's state; none where it is absent or was not asked for.
    pub fn state(&self, name: &RecordName) -> Option<&State> {
        self.records.get(name)?.state.as_ref()
    }

    /// A record's blob.
    pub fn blob(&self, name: &RecordName) -> Option<&[u8]> {
        self.records.get(name)?.blob.as_deref()
    }

    /// The text, canonical JSON: `{"chain","records":[{"blob"?,"id","kind","state"?}],"time"}`, the state as its own bytes, the blob in base64.
    pub fn encode(&self) -> String {
        let entry = |(name, proven): (&RecordName, &Proven)| {
            let state = proven.state.as_ref().and_then(|state| state.encode().ok());
            Entry {
                blob: BASE64.encode(proven.blob.as_deref().unwrap_or_default()),
                id: name.id().into(),
                kind: name.kind().into(),
                state: String::from_utf8(state.unwrap_or_default()).unwrap_or_default(),
            }
        };
        let text = canonical::encode(&Text {
            chain: self.chain.clone(),
            records: self.records.iter().map(entry).collect(),
            time: self.time,
        });
        String::from_utf8(text.unwrap_or_default()).unwrap_or_default()
    }

    /// Reads the text; none where it is not one.
    pub fn decode(text: &str) -> Option<Self> {
        let text: Text = canonical::decode(text.as_bytes()).ok()?;
        let records = text.records.into_iter().map(proven);
        Some(Self {
            chain: text.chain,
            time: text.time,
            records: records.collect::<Option<_>>()?,
        })
    }
}

struct Text {
    chain: String,
    records: Vec<Entry>,
    time: i64,
}

crate::shape!(Text {
    chain,
    records,
    time: nanoseconds
});

struct Entry {
    blob: String,
    id: String,
    kind: String,
    state: String,
}

crate::shape!(Entry {
    blob: text_or_empty,
    id,
    kind,
    state: text_or_empty,
});

fn proven(entry: Entry) -> Option<(RecordName, Proven)> {
    let name = RecordName::new(&entry.kind, &entry.id)?;
    let state = match entry.state.as_str() {
        "" => None,
        text => Some(State::decode(text.as_bytes()).ok()?),
    };
    let blob = BASE64.decode(entry.blob).ok()?;
    let blob = (!blob.is_empty()).then_some(blob);
    Some((name, Proven { state, blob }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_proven_arrives_unchanged() {
        let data = crate::canonical::decode_value(br#"{"a":"\"x\""}"#).expect("canonical");
        let name = |id: &str| RecordName::new("grant", id).expect("a name");
        let proven = Proven {
            state: Some(State { data, seq: 3 }),
            blob: Some(vec![0, 255, 7]),
        };
        let ground = Ground {
            chain: "dev-test-0000".into(),
            time: i64::MAX,
            records: [(name("here"), proven), (name("absent"), Proven::default())]
                .into_iter()
                .collect(),
        };
        assert_eq!(Ground::decode(&ground.encode()), Some(ground.clone()));
        let text = ground.encode();
        for bad in [
            text.replace("grant", "Grant"),
            text.replace(r#""seq\":3"#, r#""seq\":03"#),
            text.replace("AP8H", "AP8"),
            text.replace("time", "tome"),
            String::new(),
        ] {
            assert_eq!(Ground::decode(&bad), None, "{bad}");
        }
    }
}
