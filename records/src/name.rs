//! A record's name, and the key under which the tree holds it.

use crate::{
    canonical::{Map, Value},
    hash::{Hash, sha256},
    shape::{Reader, Shape, put},
};
use core::fmt;

/// `(kind, id)`: kind `[a-z][a-z0-9-]{0,31}`, id `[A-Za-z0-9._-]{1,96}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordName {
    id: String,
    kind: String,
}

impl RecordName {
    /// Checks both parts; none if one is malformed.
    pub fn new(kind: &str, id: &str) -> Option<Self> {
        (is_kind(kind) && is_id(id)).then(|| Self {
            kind: kind.into(),
            id: id.into(),
        })
    }

    /// The kind, e.g. `invoice`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The id within its kind.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Key in the state tree: `H(kind ‖ 0x00 ‖ id)`.
    pub fn tree_key(&self) -> Hash {
        sha256(&[self.kind.as_bytes(), &[0], self.id.as_bytes()])
    }
}

impl fmt::Display for RecordName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.id)
    }
}

impl Shape for RecordName {
    fn read(found: Option<&Value>, reader: &mut Reader) -> Self {
        let mut object = reader.object(found);
        let name = Self {
            id: object.field("id"),
            kind: object.field("kind"),
        };
        object.end();
        if !is_kind(&name.kind) || !is_id(&name.id) {
            reader.note("malformed record name");
        }
        name
    }

    fn write(&self) -> Option<Value> {
        let mut object = Map::new();
        put(&mut object, "id", self.id.write());
        put(&mut object, "kind", self.kind.write());
        Some(Value::Object(object))
    }
}

/// Whether the text can be a kind.
pub fn is_kind(text: &str) -> bool {
    text.len() <= 32
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Whether the text can be an id.
pub fn is_id(text: &str) -> bool {
    (1..=96).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}
