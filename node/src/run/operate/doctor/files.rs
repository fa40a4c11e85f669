//! What the files of a home say.

use super::{finding::Finding, signing};
use crate::{
    chain::Genesis,
    error::{Error, Result},
    merkle::{Hash, sha256},
    run::operate::{
        card::aloud,
        home::{self, CONFIG, GENESIS, NODE_KEY},
        init::CARD,
        keys,
    },
};
use records::ValidatorKey;
use serde_json::Value;
use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};
use toml_edit::DocumentMut;

/// What could be read.
pub(super) struct Files {
    home: PathBuf,
    config: Option<DocumentMut>,
    genesis: Option<(Hash, Genesis)>,
    node: Option<String>,
    key: Option<ValidatorKey>,
    signer: String,
}

/// All that a node needs.
pub(super) struct Whole {
    pub home: PathBuf,
    pub config: DocumentMut,
    pub genesis: Genesis,
    /// SHA-256 of the genesis file.
    pub genesis_hash: Hash,
    /// The id by which peers know it.
    pub node: String,
    /// The validator's public key.
    pub key: ValidatorKey,
    /// Where a remote signer is awaited; empty where the key is in the home.
    pub signer: String,
}

impl Files {
    /// Reads them; what cannot be read is a fault.
    pub fn read(home: &Path) -> (Self, Vec<Finding>) {
        let mut faults = Vec::new();
        let config = kept(home::read_config(home), &mut faults);
        let genesis = kept(genesis(home), &mut faults);
        let node = kept(home::read_node_id(&home.join(NODE_KEY)), &mut faults);
        let (mut key, mut signer) = (None, String::new());
        if config.is_some() {
            signer = kept(keys::signer(home), &mut faults).unwrap_or_default();
            let file = keys::key_file(home, &signer);
            key = kept(home::read_public_key(&file), &mut faults);
            if signer.is_empty()
                && let Err(why) = signing::noted(home)
            {
                faults.push(Finding::fault(
                    "file-unreadable",
                    why.to_string(),
                    BEGIN_ANEW,
                ));
            }
        }
        let files = Self {
            home: home.into(),
            config,
            genesis,
            node,
            key,
            signer,
        };
        (files, faults)
    }

    /// Private files that others may read.
    pub fn open(&self) -> Vec<Finding> {
        home::open_files(&self.home)
            .map(|file| {
                let file = file.display();
                Finding::fault(
                    "key-readable",
                    format!("others on this machine may read {file}"),
                    format!("chmod 600 {file}; where others do use the machine, replace the key (docs/operate.md)"),
                )
            })
            .collect()
    }

    /// One command that root typed in place of the home's user is enough, and CometBFT may neither read nor write what it made.
    pub fn strangers(&self) -> Option<Finding> {
        let owner = owner(&self.home)?;
        let file = strange(&self.home, owner)?;
        let (file, home) = (file.display(), self.home.display());
        Some(Finding::fault(
            "file-unreadable",
            format!("{file} belongs to another user than {home} itself"),
            format!(
                "as root: `chown -R --reference={home} {home}`, and restart; all commands about a home are typed by its own user"
            ),
        ))
    }

    pub fn whole(self) -> Option<Whole> {
        let (genesis_hash, genesis) = self.genesis?;
        Some(Whole {
            home: self.home,
            config: self.config?,
            genesis,
            genesis_hash,
            node: self.node?,
            key: self.key?,
            signer: self.signer,
        })
    }
}

/// What was signed last stays, whatever is emptied: a validator that begins anew there signs twice.
pub(super) const BEGIN_EMPTY: &str = "begins again with the right one, an empty application folder, and nothing in data but priv_validator_state.json";

/// Of what was signed last there is no backup.
const BEGIN_ANEW: &str = "CometBFT does not start without it. Where the old disk can be read, take the file from there; else begin it anew as docs/operate.md says in step 7, once ten blocks are without this validator's vote";

fn kept<T>(read: Result<T>, faults: &mut Vec<Finding>) -> Option<T> {
    match read {
        Ok(read) => Some(read),
        Err(why) => {
            let mend = match &why {
                Error::File { source, .. } if source.kind() == ErrorKind::PermissionDenied => {
                    "type the command as the user who owns the home; where that is who typed it, `chown -R` the home to that user as root".into()
                }
                _ => format!(
                    "put the file back from the backup; `lianyan-node init` or `join` made it. {CONFIG}, {GENESIS} and the keys are wanted"
                ),
            };
            faults.push(Finding::fault("file-unreadable", why.to_string(), mend));
            None
        }
    }
}

/// Who owns a file: the number of the user.
#[cfg(unix)]
fn owner(file: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    Some(fs::symlink_metadata(file).ok()?.uid())
}

#[cfg(not(unix))]
fn owner(_: &Path) -> Option<u32> {
    None
}

/// A file below this folder that somebody else owns.
fn strange(folder: &Path, user: u32) -> Option<PathBuf> {
    fs::read_dir(folder).ok()?.flatten().find_map(|entry| {
        let path = entry.path();
        if owner(&path).is_some_and(|owner| owner != user) {
            return Some(path);
        }
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        is_folder.then(|| strange(&path, user)).flatten()
    })
}

fn genesis(home: &Path) -> Result<(Hash, Genesis)> {
    let file = home.join(GENESIS);
    let bytes = fs::read(&file).map_err(Error::file(&file))?;
    let genesis = Genesis::from_json(&home::read_json(&file)?)?;
    Ok((sha256(&bytes), genesis))
}

/// What a genesis says, whoever wrote it down: CometBFT answers it in an order of its own, with defaults filled in.
pub(super) fn essence(document: &Value) -> Option<Value> {
    Genesis::from_json(document)
        .ok()
        .map(|genesis| genesis.to_json())
}

impl Whole {
    /// Whether this is the genesis that was read aloud.
    pub fn genesis_named(&self, sha256: Option<&str>) -> Option<Finding> {
        let named: String = sha256?.split_whitespace().collect();
        (named != hex::encode(self.genesis_hash)).then(|| {
            Finding::fault(
                "genesis-differs",
                format!("the sha256 of {GENESIS} is {}", aloud(&self.genesis_hash)),
                format!("take the file from another founder, and compare its sha256 by telephone; a node that has run with this one {BEGIN_EMPTY}"),
            )
        })
    }

    /// A founder's key stands in the genesis.
    pub fn vote_founded(&self) -> Option<Finding> {
        let founder = self.is_founder();
        let mut validators = self.genesis.validators.iter();
        let listed = validators.any(|validator| validator.key == self.key);
        (founder && !listed).then(|| {
            Finding::fault(
                "no-vote",
                "this home has a founder's card, and its validator's key is not in the genesis".to_owned(),
                "put back the key that the card names; if it was replaced since by `keys rotate` and `seat`, take card.json away",
            )
        })
    }

    /// Whether the home was made by `init`.
    pub fn is_founder(&self) -> bool {
        self.home.join(CARD).exists()
    }

    /// What is to be asked first where the key is with a remote signer: whoever waits for it does nothing else.
    pub fn awaits_signer(&self) -> Option<String> {
        let signer = Some(&self.signer).filter(|signer| !signer.is_empty())?;
        Some(format!(
            "does the signer run, and reach this machine at {signer}? At each vote CometBFT waits for it for minutes, and for nothing else; where it is lost for good: docs/operate.md, step 7"
        ))
    }

    /// Address of the validator's key, as CometBFT writes it.
    pub fn address(&self) -> String {
        hex::encode_upper(self.key.address())
    }
}
