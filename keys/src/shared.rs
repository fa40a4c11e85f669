//! Events that several people sign, each on a device of their own. From one to the next go who is named, the time until which the event may be
//! written, its identity and the signatures so far, and nothing else: every device makes the event anew from what it has proven itself, so that nobody signs what another one wrote.

use crate::Unsigned;
use records::{Envelope, Hash, PublicKey, hash::parse_hash};

/// A shared event may be written for this long after the newest header of who begins it, in nanoseconds: a day, for it waits for people.
pub const SHARED_FOR: i64 = 24 * 3600 * 1_000_000_000;
/// Headers of two devices differ by no more than this, in nanoseconds.
const HEADERS_APART: i64 = 600 * 1_000_000_000;

/// An event that several people sign.
pub(crate) struct Shared {
    /// Who is named in it: what the link says on the screen.
    pub named: PublicKey,
    /// All who sign it: of each, with one of these keys.
    pub signers: Vec<Vec<PublicKey>>,
    /// What others signed; none where it begins here.
    pub begun: Option<Begun>,
}

/// What came from who signed before.
pub(crate) struct Begun {
    /// Until when the event may be written, Unix nanoseconds.
    until: i64,
    /// The event's identity.
    event: Hash,
    signatures: Vec<(PublicKey, Vec<u8>)>,
}

impl Begun {
    /// From what a link brings, as [`Begun::read`] takes it; none where nobody signed before.
    pub fn from_link(text: &str) -> Result<Option<Self>, Unsigned> {
        if text.is_empty() {
            return Ok(None);
        }
        let begun = Self::read(text);
        begun
            .map(Some)
            .ok_or_else(|| Unsigned::new("other-agreement"))
    }

    /// From its text, `<named key>.<until>.<event id>.<key>.<signature>…`: keys in their text form, Unix nanoseconds in decimal, the rest in hex.
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.').skip(1);
        let (until, event) = (parts.next()?.parse().ok()?, parse_hash(parts.next()?)?);
        let mut signatures = Vec::new();
        while let Some(key) = parts.next() {
            let signature = hex::decode(parts.next()?).ok()?;
            (signature.len() == SIGNATURE).then_some(())?;
            signatures.push((key.parse().ok()?, signature));
        }
        Some(Self {
            until,
            event,
            signatures,
        })
    }
}

/// Bytes of a signature of any key so far.
const SIGNATURE: usize = 64;

impl Shared {
    /// Until when the event may be written: as it was begun, or a day from now.
    pub fn until(&self, time: i64) -> Result<i64, Unsigned> {
        let latest = time.saturating_add(SHARED_FOR);
        match &self.begun {
            None => Ok(latest),
            Some(Begun { until, .. })
                if (time..=latest.saturating_add(HEADERS_APART)).contains(until) =>
            {
                Ok(*until)
            }
            Some(_) => Err(Unsigned::new("agreement-over")),
        }
    }

    /// With what others signed. That is the very event that is signed here; whether their signatures are good is the verifier's to see, before anything is
    /// handed in: this program verifies none.
    pub fn joined(&self, own: Envelope) -> Result<Envelope, Unsigned> {
        let Some(begun) = &self.begun else {
            return Ok(own);
        };
        let mut signers = begun.signatures.iter().map(|(key, _)| key);
        if begun.event != own.id()
            || !signers.all(|key| self.signers.iter().any(|keys| keys.contains(key)))
        {
            return Err(Unsigned::new("other-agreement"));
        }
        let mut all = own.signatures().to_vec();
        // What a link says that was signed here is signed here anew.
        let is_own = |key| own.signatures().iter().any(|(own, _)| own == key);
        let others = begun.signatures.iter().filter(|(key, _)| !is_own(key));
        all.extend(others.cloned());
        Ok(Envelope::assemble(own.payload().to_vec(), all))
    }

    /// What goes to who has not signed yet; none where all have.
    pub fn share(&self, until: i64, signed: &Envelope) -> Option<String> {
        let signatures = signed.signatures();
        let lacks = |keys: &Vec<PublicKey>| signatures.iter().all(|(key, _)| !keys.contains(key));
        self.signers.iter().any(lacks).then(|| {
            let head = format!("{}.{until}.{}", self.named, hex::encode(signed.id()));
            let parts = signatures
                .iter()
                .map(|(key, signature)| format!(".{key}.{}", hex::encode(signature)));
            parts.fold(head, |text, part| text + &part)
        })
    }
}
