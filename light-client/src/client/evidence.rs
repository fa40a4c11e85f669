//! Evidence that validators signed two chains (CometBFT `types.LightClientAttackEvidence`).

use alloc::vec::Vec;

use crate::codes::codes;
use crate::commit::BlockIdFlag;
use crate::header::Header;
use crate::time::Time;
use crate::trust::{LightBlock, TrustedState};
use crate::validators::Validator;

/// How a light client was deceived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttackKind {
    /// The header states what no correct execution gives: other validators, parameters, state or results.
    Lunatic,
    /// Validators signed two blocks in one round.
    Equivocation,
    /// Validators signed two blocks in two rounds; who did wrong, only the votes in between can tell.
    Amnesia,
}

codes!(AttackKind {
    AttackKind::Lunatic => "lunatic" "the header states what no correct execution gives",
    AttackKind::Equivocation => "equivocation" "two blocks were signed in one round",
    AttackKind::Amnesia => "amnesia" "two blocks were signed in two rounds",
});

impl AttackKind {
    fn of(conflicting: &LightBlock, trusted: &LightBlock) -> AttackKind {
        let (bad, good) = (&conflicting.signed_header, &trusted.signed_header);
        if !is_derivable(&bad.header, &good.header) {
            AttackKind::Lunatic
        } else if bad.commit.round == good.commit.round {
            AttackKind::Equivocation
        } else {
            AttackKind::Amnesia
        }
    }
}

/// Whether a block could follow from the same state as another of its height (Go: `!ConflictingHeaderIsInvalid`).
fn is_derivable(header: &Header, other: &Header) -> bool {
    header.validators_hash == other.validators_hash
        && header.next_validators_hash == other.next_validators_hash
        && header.consensus_hash == other.consensus_hash
        && header.app_hash == other.app_hash
        && header.last_results_hash == other.last_results_hash
}

/// What a chain's members need to find out who signed a block that conflicts with theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttackEvidence {
    /// The block that conflicts.
    pub conflicting: LightBlock,
    /// How, seen from the other chain.
    pub kind: AttackKind,
    /// The last height that both chains share; for other attacks than a lunatic one, the height itself.
    pub common_height: u64,
    /// Validators that provably did wrong, largest power first.
    pub byzantine: Vec<Validator>,
    /// Power of all validators at that height.
    pub total_power: u64,
    /// Time of the block at that height.
    pub time: Time,
}

impl AttackEvidence {
    /// Evidence against `conflicting`, from the point of view of a chain that holds `trusted` and shares `common` with it.
    /// `common` is judged by its own height's validators.
    pub fn new(
        conflicting: &LightBlock,
        trusted: &LightBlock,
        common: &TrustedState,
    ) -> AttackEvidence {
        let kind = AttackKind::of(conflicting, trusted);
        let (common_height, total_power, time) = match kind {
            AttackKind::Lunatic => (
                common.height(),
                common.validators().total_power(),
                common.header().time,
            ),
            AttackKind::Equivocation | AttackKind::Amnesia => (
                trusted.height(),
                trusted.validators.total_power(),
                trusted.signed_header.header.time,
            ),
        };
        AttackEvidence {
            conflicting: conflicting.clone(),
            kind,
            common_height,
            byzantine: byzantine(kind, conflicting, trusted, common),
            total_power,
            time,
        }
    }
}

/// Go: `GetByzantineValidators`.
fn byzantine(
    kind: AttackKind,
    conflicting: &LightBlock,
    trusted: &LightBlock,
    common: &TrustedState,
) -> Vec<Validator> {
    let entries = &conflicting.signed_header.commit.signatures;
    let mut found: Vec<Validator> = match kind {
        AttackKind::Lunatic => entries
            .iter()
            .filter(|entry| entry.flag == BlockIdFlag::Commit)
            .filter_map(|entry| common.validators().by_address(entry.address.as_ref()?))
            .cloned()
            .collect(),
        AttackKind::Equivocation => entries
            .iter()
            .zip(&trusted.signed_header.commit.signatures)
            .filter(|(ours, theirs)| {
                ours.flag == BlockIdFlag::Commit && theirs.flag == BlockIdFlag::Commit
            })
            .filter_map(|(ours, _)| conflicting.validators.by_address(ours.address.as_ref()?))
            .cloned()
            .collect(),
        AttackKind::Amnesia => Vec::new(),
    };
    found.sort_unstable_by(|a, b| {
        b.power()
            .cmp(&a.power())
            .then_with(|| a.address().cmp(b.address()))
    });
    // A block that was not verified may name a validator twice.
    found.dedup();
    found
}
