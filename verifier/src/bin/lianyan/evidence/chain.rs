//! Whose fork it is: both sides judged by the validators that the chain's own last common header names.

use super::UNKNOWN;
use crate::{Exit, arguments::Light, light};
use light_client::{
    Budget, Header, LightBlock, Reason, Share, TrustedState, Verdict,
    client::{Attack, AttackEvidence},
    verify_step,
};
use verifier::chains::Chain;

/// What is known of those who signed.
pub struct Finding {
    pub exit: Exit,
    /// The reason code; none where nothing was asked, or where it is a fork of this chain.
    pub reason: Option<&'static str>,
    /// For people.
    pub signers: String,
    /// The chain's header that both sides are to share, once it was verified.
    pub common: Option<Header>,
}

impl Finding {
    /// No chain was asked.
    pub fn unchecked(signers: &str) -> Self {
        Self {
            exit: Exit::NotEstablished,
            reason: None,
            signers: signers.into(),
            common: None,
        }
    }

    fn foreign(reason: &'static str, why: &str) -> Self {
        Self {
            exit: Exit::Rejected,
            reason: Some(reason),
            signers: ["not this chain's: ", why].concat(),
            common: None,
        }
    }

    fn open(reason: &'static str, why: &str) -> Self {
        Self {
            exit: Exit::NotEstablished,
            reason: Some(reason),
            signers: ["not established: ", why].concat(),
            common: None,
        }
    }
}

/// Judges a fork by the chain, as far as trust in it can be established; an error was said already.
pub fn judge(attack: &Attack, light: &Light) -> Result<Finding, Exit> {
    let chain = light::chain(light)?;
    let of = &attack.ours.signed_header.header.chain_id;
    if *of != chain.id {
        let why = format!("they signed for chain {of:?}");
        return Ok(Finding::foreign("wrong-chain", &why));
    }
    let height = match attack.common_height {
        // Evidence of other attacks than lunatic ones does not say where the two ways parted: the validators are those that the header before named.
        0 => {
            let lower = attack.ours.height().min(attack.theirs.height());
            lower.saturating_sub(1)
        }
        named => named,
    };
    if height == 0 {
        let why = "there is no header before the fork";
        return Ok(Finding::open("no-way", why));
    }
    let common = light::state(light, &chain, height)?;
    let finding = against(attack, &common, &chain).unwrap_or_else(|| Finding {
        exit: Exit::Verified,
        reason: None,
        signers: format!("the chain's validators, by its header of height {height}"),
        common: None,
    });
    Ok(Finding {
        common: Some(common.header().clone()),
        ..finding
    })
}

/// What speaks against its being a fork of the chain that has this header.
fn against(attack: &Attack, common: &TrustedState, chain: &Chain) -> Option<Finding> {
    if ![UNKNOWN, *common.verified().hash()].contains(&attack.common_hash) {
        let why = "the chain's header of the common height is another one";
        return Some(Finding::foreign("wrong-checkpoint", why));
    }
    let sides = [&attack.ours, &attack.theirs];
    let mut apart = sides.iter().filter_map(|side| {
        let named = attack
            .evidence
            .iter()
            .any(|piece| piece.conflicting == **side);
        step(common, side, named, chain)
    });
    if let Some(finding) = apart.next() {
        return Some(finding);
    }
    let [ours, theirs] = sides;
    let held = |piece: &AttackEvidence| match piece.conflicting == *ours {
        true => Some(theirs),
        false => (piece.conflicting == *theirs).then_some(ours),
    };
    // A piece about a block on the other way is judged from a header that is not named.
    let fits = attack.evidence.iter().all(|piece| {
        held(piece)
            .is_none_or(|held| AttackEvidence::new(&piece.conflicting, held, common) == *piece)
    });
    let why = "the chain had other validators at the common height than the evidence says";
    (!fits).then(|| Finding::foreign("validators-hash", why))
}

/// Why a side does not follow from the common header. `named`: it is what the evidence is about.
fn step(common: &TrustedState, side: &LightBlock, named: bool, chain: &Chain) -> Option<Finding> {
    // Whoever trusted the common header when this was signed is whom it could deceive.
    let now = side.signed_header.header.time;
    let mut budget = Budget::new(u32::MAX);
    match verify_step(common, side, &chain.options(), now, &mut budget) {
        Verdict::Trusted(..) => None,
        Verdict::NotEnoughTrust(tally) => {
            let Share { signed, total } = tally.trusted.unwrap_or(tally.own);
            let height = side.height();
            let why = format!("{signed} of {total} of the chain's power signed block {height}");
            // No more than a third is nobody's accusation: a chain takes no such evidence (CometBFT `VerifyLightClientAttack`).
            match named && u128::from(signed) * 3 <= u128::from(total) {
                true => Some(Finding::foreign("too-little-power", &why)),
                false => Some(Finding::open("not-enough-trust", &why)),
            }
        }
        Verdict::Rejected(reason @ Reason::TrustExpired { .. }) => {
            Some(Finding::open(reason.code(), &reason.to_string()))
        }
        Verdict::Rejected(reason) => Some(Finding::foreign(reason.code(), &reason.to_string())),
    }
}
