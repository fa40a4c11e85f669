//! Two members of different organisations, neither of them the convener's.

use crate::{
    context::Context,
    event::Event,
    refusal::{Refusal, Stop},
};

/// Roles that may state a roster.
pub(super) const STATING: &[&str] = &["desk", "regulator"];
/// The role that enters paper ballots and binds keys.
pub(crate) const DESK: &[&str] = &["desk"];

/// Requires signatures of two members, each with one of these roles, of two organisations.
pub(crate) fn require_two(
    context: &Context<'_>,
    event: &Event,
    members: &[String; 2],
    roles: &'static [&'static str],
) -> Result<[String; 2], Stop> {
    let mut orgs = [String::new(), String::new()];
    for (id, org) in members.iter().zip(&mut orgs) {
        let member = context.member(id)?;
        if !roles.iter().any(|role| member.has_role(role)) {
            return Err(Refusal::new("role-missing")
                .with("member", id)
                .with("role", roles.join(" or "))
                .into());
        }
        if !member.signed(event) {
            return Err(Refusal::new("not-signed-by-member")
                .with("member", id)
                .into());
        }
        org.clone_from(&member.org);
    }
    let [first, second] = &orgs;
    if first == second {
        return Err(Refusal::new("same-organisation").with("org", first).into());
    }
    Ok(orgs)
}

/// As [`require_two`], and neither of them is the convener or of its organisation.
pub(crate) fn require_two_besides(
    context: &Context<'_>,
    event: &Event,
    members: &[String; 2],
    roles: &'static [&'static str],
    convener: &str,
) -> Result<(), Stop> {
    let orgs = require_two(context, event, members, roles)?;
    let convener = context.member(convener)?;
    if members.contains(&convener.id) || orgs.contains(&convener.org) {
        return Err(Refusal::new("own-cause")
            .with("member", &convener.id)
            .into());
    }
    Ok(())
}
