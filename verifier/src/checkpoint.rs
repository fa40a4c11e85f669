//! Checkpoints that members sign: a file by which trust begins again where what was trusted has expired. `docs/chains.md` describes it.

use crate::{
    chains::Chain,
    reasons::{self, Reason},
    sending::Unsent,
    trust::{NoHeader, facts},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::cmp::Ordering;
use light_client::{
    TrustedState,
    client::{Store, StoreError},
};
use records::{
    Digest, Envelope, SecretKey, canonical,
    shape::{decimal, nanoseconds},
};

/// Payload type of a checkpoint: no signature on anything else is one on a checkpoint.
const PAYLOAD_TYPE: &str = "application/vnd.lianyan.checkpoint+json";
/// Longest file, bytes: room for as many signatures as an envelope may have.
pub const MAX_CHECKPOINT: usize = 8 * 1024;

/// What members sign: that the chain's block of this height has this hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Chain id.
    pub chain: String,
    /// The header's hash.
    pub hash: Digest,
    /// Its height.
    pub height: u64,
    /// Its time, Unix nanoseconds.
    pub time: i64,
}

records::shape!(Checkpoint {
    chain,
    hash,
    height: decimal,
    time: nanoseconds
});

impl Checkpoint {
    /// With this member's signature.
    pub fn sign(&self, key: &SecretKey) -> Result<Envelope, canonical::Error> {
        let payload = canonical::encode(self)?;
        Ok(Envelope::sign_as(PAYLOAD_TYPE, payload, &[key]))
    }

    /// Reads a file in its one encoding, whose signatures are not yet verified.
    pub fn read(file: &[u8]) -> Option<(Self, Envelope)> {
        if file.len() > MAX_CHECKPOINT {
            return None;
        }
        let envelope = Envelope::decode_as(PAYLOAD_TYPE, file).ok()?;
        Some((canonical::decode(envelope.payload()).ok()?, envelope))
    }

    /// Whether one chain cannot have both this block and that one.
    fn contradicts(&self, state: &TrustedState) -> bool {
        let header = state.header();
        let later = header.time.unix_nanos().cmp(&self.time.into());
        match header.height.cmp(&self.height) {
            Ordering::Equal => *state.verified().hash() != self.hash.0,
            other => later != other,
        }
    }
}

/// A checkpoint that enough members of today's `chains.json` have signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// What they signed.
    pub checkpoint: Checkpoint,
    /// Who signed, as `chains.json` calls them.
    pub members: Vec<String>,
}

impl Vouched {
    /// Reads a file. It must be about this chain, every signature on it must hold, enough different members must have signed with keys that `chains.json` lists,
    /// and at `now`, Unix nanoseconds, its time must be past and the trusting period not over. What is trusted already is not looked at.
    pub fn open(chain: &Chain, file: &[u8], now: i64) -> Result<Self, Unsent> {
        let Some((checkpoint, envelope)) = Checkpoint::read(file) else {
            return Err(refused(reasons::CHECKPOINT_UNREADABLE, []));
        };
        if checkpoint.chain != chain.id {
            let other = [("chain", checkpoint.chain)];
            return Err(refused(reasons::CHECKPOINT_OTHER_CHAIN, other));
        }
        if envelope.verify().is_err() {
            return Err(refused(reasons::CHECKPOINT_BAD_SIGNATURE, []));
        }
        let members = signers(chain, &envelope);
        if members.len() < chain.checkpoint_threshold {
            let counts = [
                ("signed", members.len().to_string()),
                ("needed", chain.checkpoint_threshold.to_string()),
            ];
            return Err(refused(reasons::CHECKPOINT_TOO_FEW, counts));
        }
        let age = i128::from(now) - i128::from(checkpoint.time);
        let longest = |period: core::time::Duration| i128::try_from(period.as_nanos());
        if longest(chain.clock_drift).is_ok_and(|drift| age < -drift) {
            let by = [("age_seconds", (-age / 1_000_000_000).to_string())];
            return Err(refused(reasons::HEADER_FROM_FUTURE, by));
        }
        if longest(chain.trusting_period).is_ok_and(|period| age >= period) {
            return Err(refused(reasons::TRUST_EXPIRED, []));
        }
        Ok(Self {
            checkpoint,
            members,
        })
    }

    /// Whether it is above everything that is trusted, and at odds with nothing of it. A header that has expired is at odds with what is below it and yet
    /// younger.
    pub(crate) async fn fits<S: Store>(
        &self,
        chain: &Chain,
        store: &mut S,
    ) -> Result<(), NoHeader> {
        let Checkpoint { height, hash, .. } = self.checkpoint;
        let unreadable = |_: StoreError| NoHeader::from(reasons::HALT_UNREADABLE);
        let mut highest = chain.checkpoint_height;
        let mut conflicts = height == highest && hash.0 != chain.checkpoint_hash;
        for at in [height, u64::MAX] {
            if let Some(state) = store.at_or_below(at).await.map_err(unreadable)? {
                conflicts |= self.checkpoint.contradicts(&state);
                highest = highest.max(state.height());
            }
        }
        let heights = facts([
            ("height", height.to_string()),
            ("trusted", highest.to_string()),
        ]);
        let reason = if conflicts {
            reasons::CHECKPOINT_CONFLICTS
        } else if height <= highest {
            reasons::CHECKPOINT_NOT_NEWER
        } else {
            return Ok(());
        };
        Err(NoHeader {
            reason,
            facts: heights,
        })
    }

    /// Whether this block is the one that was signed for.
    pub(crate) fn is_about(&self, state: &TrustedState) -> bool {
        let (header, signed) = (state.header(), &self.checkpoint);
        header.chain_id == signed.chain
            && header.height == signed.height
            && header.time.unix_nanos() == signed.time.into()
    }
}

/// Members with a listed key among the signatures, each once.
fn signers(chain: &Chain, envelope: &Envelope) -> Vec<String> {
    let signed = |key| envelope.signatures().iter().any(|(by, _)| by == key);
    let listed = chain.checkpoint_keys.iter();
    let mut members: Vec<String> = listed
        .filter(|listed| signed(&listed.key))
        .map(|listed| listed.member.clone())
        .collect();
    members.sort_unstable();
    members.dedup();
    members
}

fn refused<const N: usize>(reason: Reason, with: [(&str, String); N]) -> Unsent {
    NoHeader {
        reason,
        facts: facts(with),
    }
    .into()
}
