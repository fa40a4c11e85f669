//! The notice: what is decided, by whom, when, and who stands for the roster.

use super::result::{matter, measured};
use crate::draw::prelude::*;
use crate::i18n::{Lang, area, grouped, member, thousands, time, ward, words};
use crate::widget::copy;
use records::kinds::vote::{Matter, Vote};

/// The card.
pub fn card(lang: Lang, vote: &Vote) -> Html {
    let (matter_name, _) = matter(lang, vote.matter);
    let stated: Vec<String> = vote.stated_by.iter().map(|id| member(lang, id)).collect();
    let convener = member(lang, &vote.convener);
    let left = ward(lang, &vote.closes.to_string());
    html! {
        <section class="card" data-testid="notice">
            <h3>{ lang.t(words::VOTE_NOTICE) }</h3>
            <dl class="fields">
                <dt>{ lang.t(words::VOTE_MATTER) }</dt><dd>{ matter_name }</dd>
                <dt>{ lang.t(words::VOTE_PERIOD) }</dt><dd>{ time(&vote.opens.to_string()) }<br />{ "— " }{ time(&vote.closes.to_string()) }
                    if let Some(left) = left { <div class="caption">{ lang.fill(words::VOTE_LEFT, &[("time", &left)]) }</div> }</dd>
                <dt>{ lang.t(words::VOTE_CONVENER) }</dt><dd data-testid="convener" data-name={&convener}>{ &convener }</dd>
                <dt>{ lang.t(words::VOTE_ELECTORATE) }</dt><dd>{ electorate(lang, vote) }</dd>
                <dt>{ lang.t(words::VOTE_STATED) }</dt><dd>{ lang.list(&stated) }</dd>
                <dt>{ lang.t(words::VOTE_NOTICE_HASH) }</dt><dd class="mono" data-testid="notice-hash">{ grouped(&vote.notice.to_string()) }</dd>
                <dt>{ lang.t(words::VOTE_SCOPE) }</dt><dd class="mono">{ grouped(&vote.scope.to_string()) }</dd>
            </dl>
            <div class="row wrap"><p class="caption grow">{ lang.t(words::VOTE_HASHES_SAY) }</p>{ copy(vote.notice.to_string(), lang.t(words::COPY), "copy-notice") }</div>
        </section>
    }
}

fn electorate(lang: Lang, vote: &Vote) -> String {
    let lenders = vote.matter == Matter::Lenders;
    let [heads, _] = measured(lang, lenders);
    let count = thousands(vote.roster.heads);
    let heads = lang.fill(words::VOTE_HEADS_N, &[("count", &count), heads]);
    if lenders {
        return heads;
    }
    format!("{heads} · {} ㎡", area(vote.roster.area))
}
