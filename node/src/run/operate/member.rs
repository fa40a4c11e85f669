//! A member: its particulars, and its identity file (docs/identity.md).

use super::options::Particulars;
use crate::{
    error::{Error, Result},
    network::write_private,
};
use records::{
    RecordName, SecretKey,
    hash::sha256,
    kinds::member::{self, Key, Member},
    seal::SealKey,
};
use serde_json::json;
use std::path::Path;

/// Whether a member may be called so.
pub(super) fn require_id(id: &str) -> Result<()> {
    match RecordName::new(member::NAME, id) {
        Some(_) => Ok(()),
        None => Err(Error::Setup(format!("`{id}` cannot be a member's id"))),
    }
}

/// The member's record as it wants to be written; its key counts from `from`, Unix ns.
pub(super) fn member(wanted: &Particulars, key: &SecretKey, from: i64) -> Member {
    let seal_key = match wanted.reads {
        true => SealKey::from_seed(&sha256(&[b"lianyan/seal-key/1", &key.seed()])).public(),
        false => String::new(),
    };
    Member {
        id: wanted.id.clone(),
        name: wanted.name.clone(),
        name_en: wanted.name_en.clone(),
        org: wanted.org.clone(),
        roles: wanted.roles.clone(),
        keys: vec![Key {
            key: key.public(),
            from,
            until: None,
        }],
        seal_key,
    }
}

/// Makes a key and writes the identity file, which must not be there yet.
pub(super) fn make(file: &Path, member: &str, name: &str) -> Result<SecretKey> {
    if file.exists() {
        return Err(Error::Setup(format!(
            "{} is there already; keys are never written over",
            file.display()
        )));
    }
    let seed = super::home::seed()?;
    let document = json!({
        "lianyan": "identity/1",
        "role": "member",
        "name": name,
        "seed": hex::encode(seed),
        "member": member,
    });
    write_private(file, &format!("{document}\n"))?;
    Ok(SecretKey::from_seed(&seed))
}
