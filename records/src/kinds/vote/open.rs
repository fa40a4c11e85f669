//! Opening a vote, and extending it.

use super::{
    MAX_EXTENSION, MAX_LENGTH,
    desks::{STATING, require_two_besides},
    matter::{Matter, Thresholds},
    outcome,
    state::{Extension, Settings, Vote},
    tally::Tally,
};
use crate::{
    digest::Digest,
    refusal::{Refusal, Stop},
    registry::Case,
    roster::{MAX_HEADS, Totals, is_room},
    shape::nanoseconds,
    text::is_plain,
};

/// Body of `vote.open`: what the vote fixes for good. Signed by the convener and by `stated_by`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// Block time from which no ballot is accepted any more, Unix nanoseconds.
    pub closes: i64,
    /// Community.
    pub community: String,
    /// Member who convenes, role `convener`.
    pub convener: String,
    /// What is decided.
    pub matter: Matter,
    /// Hash of the notice.
    pub notice: Digest,
    /// Block time from which ballots are accepted, Unix nanoseconds.
    pub opens: i64,
    /// Hash of the list of the roster's published leaves.
    pub published: Option<Digest>,
    /// Root and totals of the roster.
    pub roster: Totals,
    /// The community's settings.
    pub rules: Settings,
    /// Hash of the set of rooms.
    pub scope: Digest,
    /// Two members of different organisations, role `desk` or `regulator`, neither of the convener's.
    pub stated_by: [String; 2],
    /// Title: plain, at most 200 characters.
    pub title: String,
}

crate::shape!(Open {
    closes: nanoseconds,
    community,
    convener,
    matter,
    notice,
    opens: nanoseconds,
    published,
    roster,
    rules,
    scope,
    stated_by,
    title
});

/// Body of `vote.extend`. Signed as the opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extend {
    /// Two members, as for the opening.
    pub by: [String; 2],
    /// The new closing time, Unix nanoseconds.
    pub closes: i64,
}

crate::shape!(Extend {
    by,
    closes: nanoseconds
});

pub(super) fn open(case: &Case<'_>) -> Result<Vote, Stop> {
    case.require_new()?;
    let body: Open = case.body()?;
    require_conveners(case, &body.convener, &body.stated_by)?;
    require_form(&body)?;
    if body.opens < case.context.time {
        return Err(Refusal::new("opens-in-the-past")
            .with("time", case.context.time)
            .into());
    }
    let Open {
        closes,
        community,
        convener,
        matter,
        notice,
        opens,
        published,
        roster,
        rules,
        scope,
        stated_by,
        title,
    } = body;
    Ok(Vote {
        bound: 0,
        closes,
        community,
        conflicts: 0,
        convener,
        extended_from: None,
        matter,
        notice,
        opens,
        published,
        roster,
        rules,
        scope,
        stated_by,
        tally: Tally::default(),
        title,
    })
}

/// The convener, and two members of other organisations, of whom neither is the convener's.
fn require_conveners(case: &Case<'_>, convener: &str, by: &[String; 2]) -> Result<(), Stop> {
    case.context
        .require_signed(case.event, convener, "convener")?;
    require_two_besides(case.context, case.event, by, STATING, convener)
}

fn require_form(body: &Open) -> Result<(), Refusal> {
    let length = body.closes.checked_sub(body.opens);
    if !length.is_some_and(|length| (1..=MAX_LENGTH).contains(&length)) {
        return Err(Refusal::new("bad-voting-time"));
    }
    let by_law = Thresholds::by_law(body.matter);
    if by_law.is_some() == body.rules.thresholds.is_some() {
        // The law's shares cannot be configured away; a lenders' vote has none but its own.
        return Err(Refusal::new("bad-thresholds"));
    }
    let roster = (1..=MAX_HEADS).contains(&body.roster.heads) && body.roster.area > 0;
    if is_plain(&body.title) && roster && is_room(&body.community) {
        Ok(())
    } else {
        Err(Refusal::new("incomplete-vote"))
    }
}

/// The closing moves once, before it has come, at most three months, and only while too few have taken part.
pub(super) fn extend(case: &Case<'_>, mut vote: Vote) -> Result<Vote, Stop> {
    let body: Extend = case.body()?;
    require_conveners(case, &vote.convener, &body.by)?;
    let time = case.context.time;
    if vote.rules.extension == Extension::None || vote.extended_from.is_some() {
        return Err(Refusal::new("not-extensible").into());
    }
    if time < vote.opens || time >= vote.closes {
        return Err(Refusal::new("not-open").with("closes", vote.closes).into());
    }
    if outcome(&vote, time).participation.met() {
        return Err(Refusal::new("participation-reached").into());
    }
    let longer = body.closes.checked_sub(vote.closes);
    if !longer.is_some_and(|longer| (1..=MAX_EXTENSION).contains(&longer)) {
        return Err(Refusal::new("bad-voting-time").into());
    }
    vote.extended_from = Some(core::mem::replace(&mut vote.closes, body.closes));
    Ok(vote)
}
