//! Sealed contents: copies for a reader, and what was sealed to an identity.

use crate::{Identity, Unsigned, random::Stream};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use records::{
    Ground, RecordName,
    canonical::{self, Map, Value},
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
    let own = SealKey::from_seed(&who.seal_seed());
    let mut copies = Map::new();
    for document in documents {
        let sealed = ground
            .blob(document)
            .ok_or_else(|| Unsigned::new("content-not-given"))?;
        let content = own
            .open(sealed, document)
            .map_err(|_| Unsigned::new("content-not-yours"))?;
        let copy = seal::seal(&content, reader, document, random)
            .map_err(|_| Unsigned::new("reader-has-no-key"))?;
        let copy = Value::String(BASE64_STANDARD.encode(copy));
        copies.insert(document.id().into(), copy);
    }
    Ok(canonical::encode_value(&Value::Object(copies))?)
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
    let opened = SealKey::from_seed(&who.seal_seed()).open(&copy, &record);
    let opened = opened.map_err(|_| Unsigned::new("content-not-yours"))?;
    String::from_utf8(opened).map_err(|_| lacking())
}
