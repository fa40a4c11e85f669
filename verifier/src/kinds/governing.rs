//! Members and proposals, from their states.

use super::Life;
use crate::reasons;
use alloc::string::ToString;
use records::{
    canonical::{self, Value},
    kinds::{member::Member, proposal::Proposal},
};

/// All keys end when a member leaves, and never otherwise. The consortium may give it another one.
pub fn member(data: &Value) -> Option<Life> {
    let member: Member = canonical::from_value(data).ok()?;
    let is_live = member.keys.iter().any(|key| key.until.is_none());
    Some(Life::new(match is_live {
        true => reasons::RECORD_IN_FORCE,
        false => reasons::MEMBER_LEFT,
    }))
}

/// A proposal ends by block time alone, whatever came of it, and the same act may be proposed again. `time` is the header's, and the true one is not earlier.
pub fn proposal(data: &Value, time: i64) -> Option<Life> {
    let proposal: Proposal = canonical::from_value(data).ok()?;
    let life = Life::new(match proposal.is_open(time) {
        true => reasons::RECORD_IN_FORCE,
        false => reasons::PROPOSAL_EXPIRED,
    });
    Some(life.with([("closes", proposal.until.to_string())]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::life;
    use records::testing;

    #[test]
    fn a_member_is_in_force_as_long_as_it_has_a_key() {
        let mut member = testing::member("kiosk", &["issuer"]);
        let code = |member: &Member| {
            let data = canonical::to_value(member).expect("a state");
            life("member", &data, 0).expect("a life").reason.code
        };
        assert_eq!(code(&member), "record-in-force");
        member.keys.push(member.keys[0].clone());
        member.keys[0].until = Some(1);
        assert_eq!(code(&member), "record-in-force", "it has another one");
        member.keys[1].until = Some(2);
        assert_eq!(code(&member), "member-left");
    }
}
