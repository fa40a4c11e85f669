//! A hash inside a state or a body: 64 lower-case hex digits.

use crate::hash::{Hash, parse_hash};
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

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

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let not_hex = || serde::de::Error::custom("not 64 lower-case hex digits");
        parse_hash(&text).map(Self).ok_or_else(not_hex)
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
