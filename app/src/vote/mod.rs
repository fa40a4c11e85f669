//! Community votes: the notice, my ballot, the count against the law's thresholds, and the recount.

mod ballots;
mod cast;
mod choose;
mod mine;
mod name;
mod notice;
mod recount;
mod result;
mod seat;

pub use choose::Votes;
pub use mine::Ballot;
pub use seat::{Room, rooms};

use crate::draw::prelude::*;
use crate::engine::{Question, use_inquiry};
use crate::i18n::words;
use crate::shell::use_page;
use crate::widget::{self, Share, VerdictHead};
use mine::Mine;
use records::kinds::vote::Vote as State;
use recount::Recount;
use verifier::verdict::Verdict;
use worker::RecordRef;

/// Which vote.
#[derive(PartialEq)]
pub struct Vote {
    /// Its record id.
    pub id: String,
    /// What a co-owner asks this one to agree to, from a link.
    pub begun: Option<String>,
}

/// The block time up to which a verdict speaks, Unix nanoseconds.
fn block_time(verdict: &Verdict) -> i64 {
    verdict
        .anchor
        .as_ref()
        .and_then(|anchor| anchor.time.parse().ok())
        .unwrap_or(0)
}

part!(Vote, use_vote);

/// One vote.
#[hook]
fn use_vote(props: &Vote) -> Html {
    let page = use_page();
    let lang = page.lang;
    let again = use_state(|| 0u32);
    let record = RecordRef {
        kind: "vote".into(),
        id: props.id.clone(),
    };
    let inquiry = use_inquiry(&page.engine, Some(Question::Record(record)), *again);
    let refresh = {
        let again = again.clone();
        Callback::from(move |()| again.set(*again + 1))
    };
    // While it is counted anew the ballot stays in sight, and what was said of it.
    let verdict = widget::use_last(&page.known, &inquiry);
    let proven = verdict
        .as_deref()
        .and_then(|verdict| Some((widget::proven::<State>(verdict)?, verdict)));
    let content = html! {
        <>
            { widget::link_notice(&page) }
            <div class="desk">
                <div class="lead">
                    { part(VerdictHead { inquiry: inquiry.clone() }) }
                    if let Some((vote, verdict)) = &proven {
                        { result::card(lang, verdict, vote) }
                    }
                </div>
                <div class="rest">
                    if let Some((vote, verdict)) = &proven {
                        { part(Mine { id: props.id.clone(), open: (vote.opens..vote.closes).contains(&block_time(verdict)), begun: props.begun.clone(), changed: refresh }) }
                        { notice::card(lang, vote) }
                        { part(Recount { id: props.id.clone(), ballots: vote.tally.participation().heads }) }
                    }
                    { widget::checks(lang, &inquiry) }
                    if let Some(verdict) = &verdict {
                        { widget::grounds(lang, verdict) }
                        { widget::fold(lang.t(words::SHARE), "share-fold", false, part(Share { hash: ["#/r/vote/", &props.id].concat(), openings: None })) }
                    }
                </div>
            </div>
        </>
    };
    widget::frame(true, content)
}
