//! Finding a vote: by number or link, or among those that an owner's identity knows of.

use super::result;
use crate::draw::prelude::*;
use crate::engine::{Question, use_inquiry};
use crate::i18n::words;
use crate::shell::{Page, Route, go, use_page};
use crate::widget::{self, Icon, icon};
use records::kinds::vote::Vote;
use web_sys::HtmlInputElement;
use worker::RecordRef;

/// The page.
#[derive(PartialEq)]
pub struct Votes;

part!(Votes, use_votes());

#[hook]
fn use_votes() -> Html {
    let page = use_page();
    let lang = page.lang;
    let input = use_node_ref();
    let open = {
        let input = input.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let id = input
                .cast::<HtmlInputElement>()
                .map(|input| vote_id(&input.value()));
            if let Some(id) = id.filter(|id| !id.is_empty()) {
                go(&Route::Vote(id));
            }
        })
    };
    let content = html! {
        <>
            { widget::link_notice(&page) }
            <form class="card stack" onsubmit={open}>
                <label class="field"><span>{ lang.t(words::VOTE_FIND) }</span><input ref={input} class="input" autocomplete="off" data-testid="vote-id" /></label>
                <div class="row"><a class="btn" href="#/scan">{ icon(Icon::Scan, 22) }{ lang.t(words::TASK_SCAN_CODE) }</a><button class="btn primary" data-testid="vote-open">{ lang.t(words::VOTE_OPEN) }</button></div>
            </form>
            { mine(&page) }
        </>
    };
    widget::frame(false, content)
}

/// The latest first: what is still open is among them.
fn mine(page: &Page) -> Html {
    let lang = page.lang;
    let mut votes: Vec<&str> = Vec::new();
    for record in page
        .known
        .identities
        .iter()
        .flat_map(|identity| &identity.records)
    {
        if record.kind == "vote" && !votes.contains(&&*record.id) {
            votes.push(&record.id);
        }
    }
    html! {
        <section class="card"><h2>{ lang.t(words::VOTE_MINE) }</h2>
            if votes.is_empty() { <p class="small">{ lang.t(words::VOTE_NONE) }</p> }
            <ul class="list">{ for votes.iter().rev().map(|id| keyed(id, Named { id: (*id).to_owned() })) }</ul>
        </section>
    }
}

/// A vote by its title and where it stands, as far as they are proven; by its id until then.
#[derive(PartialEq)]
struct Named {
    id: String,
}

part!(Named, use_named);

#[hook]
fn use_named(props: &Named) -> Html {
    let page = use_page();
    let record = RecordRef {
        kind: "vote".into(),
        id: props.id.clone(),
    };
    let inquiry = use_inquiry(&page.engine, Some(Question::Record(record)), 0);
    let proven = inquiry.verdict.as_deref().filter(|one| widget::holds(one));
    let proven = proven.and_then(|verdict| Some((widget::proven::<Vote>(verdict)?, verdict)));
    let title = proven.as_ref().map_or(&props.id, |(vote, _)| &vote.title);
    html! {
        <li><a class="item" href={Route::Vote(props.id.clone()).hash()} data-testid="my-vote" data-proven={proven.is_some().to_string()}>
            <span class="avatar" aria-hidden="true">{ icon(Icon::Box, 24) }</span><b class="grow">{ title }</b>
            if let Some((vote, verdict)) = &proven { { result::pill(page.lang, verdict, vote) } }
            { icon(Icon::Go, 18) }
        </a></li>
    }
}

/// A vote's id, typed as it is or as the link on a notice.
fn vote_id(text: &str) -> String {
    let text = text.trim();
    match text
        .split_once("#/r/vote/")
        .or_else(|| text.split_once("#/vote/"))
    {
        Some((_, rest)) => rest.split('/').next().unwrap_or_default().to_owned(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_link_name_the_same_vote() {
        assert_eq!(vote_id(" taoyuan-2026-lift "), "taoyuan-2026-lift");
        assert_eq!(
            vote_id("https://x.example/#/r/vote/taoyuan-2026-lift"),
            "taoyuan-2026-lift"
        );
        assert_eq!(vote_id("#/vote/taoyuan-2026-lift"), "taoyuan-2026-lift");
    }
}
