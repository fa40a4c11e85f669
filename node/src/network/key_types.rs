//! Which types of validators' keys a CometBFT knows, and what it calls itself.

use super::{
    config::Home,
    keys::{SigningSeed, validator_key},
};
use crate::error::{Error, Result};
use records::KeyType;
use std::{
    env, fs,
    path::Path,
    process::{self, Command, Stdio},
};

/// The types that the program knows, of those that are known here: it is shown a key of each. What it says of its own version does not tell: v0.40.0
/// calls itself 0.39.0.
pub fn key_types(cometbft: &Path) -> Result<Vec<KeyType>> {
    let mut known = Vec::new();
    for key_type in [KeyType::Ed25519, KeyType::MlDsa65] {
        if knows(cometbft, key_type)? {
            known.push(key_type);
        }
    }
    if known.is_empty() {
        return Err(Error::Setup(format!(
            "{} reads no validator's key: it is no CometBFT, or one that is not known here",
            cometbft.display()
        )));
    }
    Ok(known)
}

/// What the program calls itself: `0.38.26`, and v0.40.0 `0.39.0`.
pub fn version(cometbft: &Path) -> Result<String> {
    let said = Command::new(cometbft).arg("version").output();
    let said = said.map_err(Error::file(cometbft))?;
    Ok(String::from_utf8_lossy(&said.stdout).trim().into())
}

/// Whether a CometBFT that calls itself this is of the line v0.38, which no chain mixes with v0.40: they count a block's time differently.
pub fn is_v0_38(version: &str) -> bool {
    version.starts_with("0.38.")
}

fn knows(cometbft: &Path, key_type: KeyType) -> Result<bool> {
    let name = format!("lianyan-{}-{}", key_type.word(), process::id());
    let folder = env::temp_dir().join(name);
    let shown = show(cometbft, &Home::new(&folder), key_type);
    let _ = fs::remove_dir_all(&folder);
    shown
}

fn show(cometbft: &Path, home: &Home, key_type: KeyType) -> Result<bool> {
    home.lay_out()?;
    let seed = [0; 32];
    let key = validator_key(&SigningSeed { key_type, seed });
    home.put_private("config/priv_validator_key.json", &key)?;
    let mut command = Command::new(cometbft);
    command
        .arg("show-validator")
        .arg("--home")
        .arg(home.folder());
    let ended = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    Ok(ended.map_err(Error::file(cometbft))?.success())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// A program that knows keys whose file has this word.
    fn program(folder: &Path, word: &str) -> PathBuf {
        let file = folder.join(word);
        // Written by a process that has ended: no file that is open for writing can be run.
        let script = "printf '#!/bin/sh\\nexec grep -q %s \"$3/config/priv_validator_key.json\"\\n' \"$1\" > \"$0\"; chmod 700 \"$0\"";
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(script).arg(&file).arg(word);
        assert!(shell.status().expect("a shell").success());
        file
    }

    #[test]
    fn a_program_knows_what_it_can_show() {
        let folder = tempfile::tempdir().expect("a folder");
        for (word, known) in [
            ("PubKeyEd25519", &[KeyType::Ed25519][..]),
            ("PubKey", &[KeyType::Ed25519, KeyType::MlDsa65]),
        ] {
            let program = program(folder.path(), word);
            assert_eq!(key_types(&program).expect("known"), known, "{word}");
        }
        let why = key_types(&program(folder.path(), "nothing")).expect_err("no CometBFT");
        assert!(why.to_string().contains("no CometBFT"));
        assert!(key_types(&folder.path().join("absent")).is_err());
    }
}
