//! Two members of different organisations, neither of them the convener's.

use crate::{context::Context, event::Event, refusal::Stop};

/// Roles that may state a roster.
pub(super) const STATING: &[&str] = &["desk", "regulator"];
/// The role that enters paper ballots and binds keys.
pub(crate) const DESK: &[&str] = &["desk"];

/// [`Context::require_two`] with names as bodies carry them.
pub(crate) fn require_two(
    context: &Context<'_>,
    event: &Event,
    [first, second]: &[String; 2],
    roles: &[&'static str],
) -> Result<(), Stop> {
    context
        .require_two(event, [first, second], roles)
        .map(|_| ())
}

/// [`Context::require_two_besides`], besides the convener.
pub(crate) fn require_two_besides(
    context: &Context<'_>,
    event: &Event,
    [first, second]: &[String; 2],
    roles: &[&'static str],
    convener: &str,
) -> Result<(), Stop> {
    context.require_two_besides(event, [first, second], roles, convener)
}
