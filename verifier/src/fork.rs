//! A proven fork of the chain, as people are shown it.

use crate::{archive::Archive, members, verdict::Signer};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use light_client::{VerifiedHeader, client::Attack, json::write};
use records::shape::decimal;

/// Two headers of one chain, both signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fork {
    /// The last height that both ways share.
    pub common_height: u64,
    /// How the first departs from the second: `lunatic`, `equivocation` or `amnesia`.
    pub kind: String,
    /// The header that was about to be believed, and the other one.
    pub sides: Vec<Side>,
    /// Nodes that took the evidence.
    pub reported_to: Vec<String>,
    /// The evidence as CometBFT's `broadcast_evidence` takes it, JSON: one piece against each side.
    pub evidence: String,
}

/// One of the two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// Height.
    pub height: u64,
    /// Header hash, hex.
    pub hash: String,
    /// Block time, Unix nanoseconds as decimal text.
    pub time: String,
    /// Address of the node that led to it.
    pub from: String,
    /// Who could sign and who did.
    pub signers: Vec<Signer>,
    /// Total voting power.
    pub total_power: u64,
}

records::shape!(Fork {
    common_height: decimal,
    kind,
    sides,
    reported_to,
    evidence,
});

records::shape!(Side {
    height: decimal,
    hash,
    time,
    from,
    signers,
    total_power: decimal,
});

impl Fork {
    /// With the members' names as far as they are proven.
    pub(crate) fn new(attack: &Attack, archive: &Archive) -> Self {
        let headers = attack.headers().into_iter().flatten();
        let from = [&attack.ours_from, &attack.theirs_from];
        let sides = headers.zip(from);
        let pieces: Vec<String> = attack.evidence.iter().map(write::attack_evidence).collect();
        Self {
            common_height: attack.common_height,
            kind: attack.kind.code().into(),
            sides: sides
                .map(|(header, from)| Side::new(&header, from, archive))
                .collect(),
            reported_to: attack.reported_to.clone(),
            evidence: ["[", &pieces.join(","), "]"].concat(),
        }
    }
}

impl Side {
    fn new(header: &VerifiedHeader, from: &str, archive: &Archive) -> Self {
        let signers = members::signers(header, archive);
        Self {
            height: header.header().height,
            hash: hex::encode(header.hash()),
            time: header.header().time.unix_nanos().to_string(),
            from: from.into(),
            total_power: signers.iter().map(|signer| signer.power).sum(),
            signers,
        }
    }
}
