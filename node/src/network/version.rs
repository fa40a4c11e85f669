//! Which CometBFT it is.

use crate::error::{Error, Result};
use records::KeyType;
use std::{path::Path, process::Command};

/// Major and minor version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32);

/// The first that knows ML-DSA-65 keys.
const ML_DSA_65: Version = Version(0, 40);

impl Version {
    /// The types of validators' keys that it knows, of those that are known here.
    pub fn key_types(self) -> &'static [KeyType] {
        match self >= ML_DSA_65 {
            true => &[KeyType::Ed25519, KeyType::MlDsa65],
            false => &[KeyType::Ed25519],
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.trim().trim_start_matches('v').split('.');
        let mut number = || numbers.next()?.parse().ok();
        Some(Self(number()?, number()?))
    }
}

/// Asks the program.
pub fn version(cometbft: &Path) -> Result<Version> {
    let output = Command::new(cometbft).arg("version").output();
    let output = output.map_err(Error::file(cometbft))?;
    let text = String::from_utf8_lossy(&output.stdout);
    Version::parse(&text).ok_or_else(|| {
        Error::Setup(format!(
            "{} does not say which CometBFT it is",
            cometbft.display()
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_from_v0_40_on_keys_may_be_ml_dsa_65() {
        for (text, count) in [
            ("0.38.26\n", 1),
            ("v0.40.0", 2),
            ("0.40.0+abc", 2),
            ("1.0.1", 2),
        ] {
            let version = Version::parse(text).expect(text);
            assert_eq!(version.key_types().len(), count, "{text}");
        }
        assert_eq!(Version::parse("unknown"), None);
    }
}
