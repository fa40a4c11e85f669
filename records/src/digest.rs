//! A hash inside a state or a body: 64 lower-case hex digits.

use crate::{
    canonical::Value,
    hash::{Hash, parse_hash},
    shape::{Reader, Shape},
};
use core::fmt;

/// 32 bytes whose text form is 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub Hash);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl Shape for Digest {
    fn read(found: Option<&Value>, reader: &mut Reader) -> Self {
        Self(parse_hash(reader.text(found)).unwrap_or_else(|| {
            reader.note("not 64 lower-case hex digits");
            Hash::default()
        }))
    }

    fn write(&self) -> Option<Value> {
        Some(Value::String(hex::encode(self.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical;

    #[test]
    fn a_digest_has_one_spelling() {
        let digest = Digest([0xab; 32]);
        let text = canonical::encode(&digest).expect("encodes");
        assert_eq!(text, format!("\"{}\"", "ab".repeat(32)).into_bytes());
        assert_eq!(canonical::decode(&text), Ok(digest));
        for other in [
            "AB".repeat(32),
            "ab".repeat(31),
            "ab".repeat(33),
            "zz".repeat(32),
        ] {
            let text = format!("\"{other}\"");
            assert!(
                canonical::decode::<Digest>(text.as_bytes()).is_err(),
                "{other}"
            );
        }
    }
}
