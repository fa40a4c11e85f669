//! A member: its particulars, and its identity file (docs/identity.md).

use super::options::Particulars;
use crate::{
    error::{Error, Result},
    files::write_private,
};
use records::{
    RecordName, SecretKey,
    hash::sha256,
    kinds::member::{self, Key, Member},
    seal::SealKey,
};
use serde_json::{Value, json};
use std::{fs, path::Path};

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
        true => seal_key(key),
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

/// The key to which documents are sealed for the member whose key this is.
pub(super) fn seal_key(key: &SecretKey) -> String {
    SealKey::from_seed(&sha256(&[b"lianyan/seal-key/1", &key.seed()])).public()
}

/// Makes a key and writes the identity file, which must not be there yet.
pub(super) fn make(file: &Path, member: &str, name: &str) -> Result<SecretKey> {
    require_none(file)?;
    let seed = super::home::seed()?;
    let document = json!({
        "lianyan": "identity/1",
        "role": "member",
        "name": name,
        "seed": hex::encode(seed),
        "member": member,
    });
    write_private(file, format!("{document}\n"))?;
    Ok(SecretKey::from_seed(&seed))
}

/// Makes a key in place of an identity's, in a file of its own, which must not be there yet. It keeps all that the old one knows, and its seed, which
/// opens what was sealed before.
pub(super) fn renew(old: &Path, file: &Path) -> Result<SecretKey> {
    require_none(file)?;
    let bytes = fs::read(old).map_err(Error::file(old))?;
    let seed = super::home::seed()?;
    let document = renewed(&bytes, &seed)
        .ok_or_else(|| Error::Setup(format!("{} is no identity file", old.display())))?;
    write_private(file, format!("{document}\n"))?;
    Ok(SecretKey::from_seed(&seed))
}

fn renewed(file: &[u8], seed: &[u8; 32]) -> Option<Value> {
    let mut document: Value = serde_json::from_slice(file).ok()?;
    let fields = document.as_object_mut()?;
    let old = fields.insert("seed".into(), hex::encode(seed).into())?;
    let earlier = fields.entry("earlier_seeds").or_insert_with(|| json!([]));
    earlier.as_array_mut()?.insert(0, old);
    Some(document)
}

/// Keys are never written over.
pub(super) fn require_none(file: &Path) -> Result<()> {
    if file.exists() {
        return Err(Error::Setup(format!(
            "{} is there already; keys are never written over",
            file.display()
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::canonical;

    #[test]
    fn a_renewed_identity_keeps_what_the_old_one_knew_and_could_open() {
        let folder = tempfile::tempdir().expect("a folder");
        let [first, second, third] = ["1", "2", "3"].map(|name| folder.path().join(name));
        let keys = [
            make(&first, "renji", "仁济").expect("made"),
            {
                let text = fs::read_to_string(&first).expect("is there");
                let known = r#""grants":[{"id":"g1"}],"lianyan""#;
                fs::write(&first, text.replace(r#""lianyan""#, known)).expect("writes");
                renew(&first, &second).expect("renewed")
            },
            renew(&second, &third).expect("renewed again"),
        ];
        let [one, two, three] = keys.map(|key| hex::encode(key.seed()));
        let text = fs::read_to_string(&third).expect("is there");
        let document: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(document["seed"], three.as_str());
        assert_eq!(document["earlier_seeds"], json!([two, one]));
        assert_eq!(document["grants"], json!([{ "id": "g1" }]));
        assert_eq!(document["member"], "renji");
        // As the keys worker reads it.
        let value = canonical::decode_value(text.trim().as_bytes());
        assert!(value.is_ok(), "{text}");
        assert!(renew(&first, &third).is_err());
        assert!(renewed(b"[]", &[0; 32]).is_none() && renewed(b"{}", &[0; 32]).is_none());
    }
}
