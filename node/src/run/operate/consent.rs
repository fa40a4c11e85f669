//! A founder's consent: its signature on the founding event that follows from all cards.

use super::{card::unwritten, founding::Founding};
use crate::error::{Error, Result};
use records::{Hash, PublicKey, SecretKey, canonical, envelope::pae};

/// Form of the file.
pub(super) const FORM: &str = "consent/1";

/// The file.
pub(super) struct Consent {
    lianyan: String,
    /// Who consents.
    pub member: String,
    founding: String,
    key: PublicKey,
    signature: String,
}

records::shape!(Consent {
    lianyan,
    member,
    founding,
    key,
    signature
});

impl Consent {
    /// Signs a founding.
    pub fn give(founding: &Founding, member: &str, key: &SecretKey) -> Self {
        Self {
            lianyan: FORM.into(),
            member: member.into(),
            founding: hex::encode(founding.number()),
            key: key.public(),
            signature: hex::encode(key.sign(&pae(&founding.payload))),
        }
    }

    /// The text of its file.
    pub fn write(&self) -> Result<String> {
        let bytes = canonical::encode(self).map_err(unwritten)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// What the file holds; a sentence where that is no consent.
    pub fn parse(file: &[u8]) -> Result<Self, String> {
        canonical::decode(file.trim_ascii()).map_err(|error| format!("no consent: {error}"))
    }

    /// The signature, where it is on this founding and a founder's.
    pub fn signature(&self, founding: &Founding) -> Result<(PublicKey, Vec<u8>)> {
        let number: Hash = founding.number();
        if self.founding != hex::encode(number) {
            return Err(Error::Setup(format!(
                "{} consents to another founding, {}: it has other cards than these; compare each card's number with who sent it",
                self.member, self.founding
            )));
        }
        let signature = hex::decode(&self.signature).unwrap_or_default();
        let founder = founding.key_of(&self.member) == Some(self.key);
        if !founder || !self.key.verifies(&pae(&founding.payload), &signature) {
            return Err(Error::Setup(format!(
                "the consent of {} was altered: its signature does not fit it",
                self.member
            )));
        }
        Ok((self.key, signature))
    }
}
