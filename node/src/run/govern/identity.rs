//! A member's identity file (docs/identity.md): who it is, and the seed of its key.

use crate::error::{Error, Result};
use records::SecretKey;
use serde_json::Value;
use std::path::Path;

/// A member that signs.
pub(in crate::run) struct Identity {
    /// Member id.
    pub member: String,
    /// Its key.
    pub key: SecretKey,
    /// Those that it replaced, the newest first.
    pub earlier: Vec<SecretKey>,
}

impl Identity {
    /// Reads the file.
    pub fn read(file: &Path) -> Result<Self> {
        let bytes = std::fs::read(file).map_err(Error::file(file))?;
        read(&bytes)
            .ok_or_else(|| Error::Setup(format!("{} is no member's identity file", file.display())))
    }
}

fn read(bytes: &[u8]) -> Option<Identity> {
    let document: Value = serde_json::from_slice(bytes).ok()?;
    (document["lianyan"] == "identity/1" && document["role"] == "member").then_some(())?;
    let earlier = match document.get("earlier_seeds") {
        Some(seeds) => seeds.as_array()?.iter().map(key).collect::<Option<_>>()?,
        None => Vec::new(),
    };
    Some(Identity {
        member: document["member"].as_str()?.into(),
        key: key(&document["seed"])?,
        earlier,
    })
}

fn key(seed: &Value) -> Option<SecretKey> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(seed.as_str()?, &mut bytes).ok()?;
    Some(SecretKey::from_seed(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_a_members_identity_signs() {
        let mut file = json!({
            "lianyan": "identity/1", "role": "member", "name": "x", "seed": "07".repeat(32), "member": "tax",
        });
        let whole = read(file.to_string().as_bytes()).expect("an identity");
        assert_eq!((whole.member.as_str(), whole.key.seed()), ("tax", [7; 32]));
        assert!(whole.earlier.is_empty());
        file["earlier_seeds"] = json!(["06".repeat(32), "05".repeat(32)]);
        let renewed = read(file.to_string().as_bytes()).expect("an identity");
        let earlier: Vec<_> = renewed.earlier.iter().map(SecretKey::seed).collect();
        assert_eq!(earlier, [[6; 32], [5; 32]]);
        for seeds in [json!(["06"]), json!({})] {
            let mut torn = file.clone();
            torn["earlier_seeds"] = seeds;
            assert!(read(torn.to_string().as_bytes()).is_none());
        }
        file["role"] = "owner".into();
        assert!(read(file.to_string().as_bytes()).is_none());
        assert!(read(b"{}").is_none() && read(b"").is_none());
    }
}
