//! Sealed contents: copies for a reader, and what was sealed to an identity.

use crate::{Identity, Unsigned, random::Stream};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use records::{
    Ground, RecordName,
    canonical::{self, Map, Value},
    roster::MAX_BLOB,
    seal::{self, SealKey},
};

/// Copies of the documents' contents, sealed to a reader's key, as one blob: canonical JSON from document id to base64.
pub(crate) fn copies(
    who: &Identity,
    documents: &[RecordName],
    reader: &str,
    ground: &Ground,
    random: &mut Stream,
) -> Result<Vec<u8>, Unsigned> {
    let mut copies = Map::new();
    for document in documents {
        let sealed = ground
            .blob(document)
            .ok_or_else(|| Unsigned::new("content-not-given"))?;
        let content = unseal(who, sealed, document)?;
        let copy = seal::seal(&content, reader, document, random)
            .map_err(|_| Unsigned::new("reader-has-no-key"))?;
        let copy = Value::String(BASE64_STANDARD.encode(copy));
        copies.insert(document.id().into(), copy);
    }
    let copies = canonical::encode_value(&Value::Object(copies))?;
    // A grant that names copies which no node takes would promise a reading that never comes.
    match copies.len() > MAX_BLOB {
        true => Err(Unsigned::new("contents-too-large")),
        false => Ok(copies),
    }
}

/// What a reader may now see: the copy of the document that was sealed to it with the grant.
pub fn open(
    who: &Identity,
    document: &str,
    grant: &str,
    ground: &Ground,
) -> Result<String, Unsigned> {
    let lacking = || Unsigned::new("content-not-given");
    let grant = RecordName::new("grant", grant).ok_or_else(lacking)?;
    let record = RecordName::new("document", document).ok_or_else(lacking)?;
    let copies = canonical::decode_value(ground.blob(&grant).ok_or_else(lacking)?)?;
    let copy = copies
        .get(document)
        .and_then(Value::as_str)
        .ok_or_else(lacking)?;
    let copy = BASE64_STANDARD.decode(copy).map_err(|_| lacking())?;
    String::from_utf8(unseal(who, &copy, &record)?).map_err(|_| lacking())
}

/// Opens what was sealed to any key that the identity has or had.
fn unseal(who: &Identity, sealed: &[u8], document: &RecordName) -> Result<Vec<u8>, Unsigned> {
    let mut seeds = who.seal_seeds();
    let opened = seeds.find_map(|seed| SealKey::from_seed(&seed).open(sealed, document).ok());
    opened.ok_or_else(|| Unsigned::new("content-not-yours"))
}
