//! Home: three large tasks, what the page knows of the chain, and the way to samples.

use crate::draw::prelude::*;
use crate::engine::Link;
use crate::i18n::{Text, age, checkpoint, headline, reason, thousands, words};
use crate::shell::{Page, use_page};
use crate::widget::{self, Icon, Mark, icon, mark};
use verifier::verdict::agreeing_members;
use worker::Chain;

/// The first page.
#[derive(PartialEq)]
pub struct Home;

part!(Home, use_home());

#[hook]
fn use_home() -> Html {
    let page = use_page();
    let lang = page.lang;
    let task = |href: &'static str, id: &'static str, sign, title: Text, say: Text, first: bool| {
        html! {
            <a class={classes(["card", "task", when(first, "first")])} {href} data-testid={id}>
                { icon(sign, 44) }<div><b>{ lang.t(title) }</b><span class="small">{ lang.t(say) }</span></div><span class="go">{ icon(Icon::Go, 22) }</span>
            </a>
        }
    };
    widget::frame(
        true,
        html! {
            <>
                <div class="hero"><h1 id="where" tabindex="-1">{ lang.t(words::HOME_TITLE_1) }{ lang.pick("", " ") }<br />{ lang.t(words::HOME_TITLE_2) }</h1><p class="small">{ lang.t(words::HOME_SAY) }</p></div>
                <nav class="tasks">
                    { task("#/scan", "task-scan", Icon::Scan, words::TASK_SCAN, words::TASK_SCAN_SAY, true) }
                    { task("#/medical", "task-medical", Icon::Heart, words::TASK_MEDICAL, words::TASK_MEDICAL_SAY, false) }
                    { task("#/vote", "task-vote", Icon::Box, words::TASK_VOTE, words::TASK_VOTE_SAY, false) }
                </nav>
                { chain_card(&page) }
                <div class="row wrap" style="justify-content:center;text-align:center">
                    <a class="link" href="#/try" data-testid="task-try">{ lang.t(words::TRY) }{ lang.pick("：", ": ") }{ lang.t(words::TRY_SAY) }</a>
                    <a class="link" href="#/batch" data-testid="task-batch">{ lang.t(words::BATCH) }</a>
                </div>
            </>
        },
    )
}

/// What is known of the chain, in two lines.
fn chain_card(page: &Page) -> Html {
    let lang = page.lang;
    if page.known.link != Link::Ready {
        return widget::link_notice(page);
    }
    let (shape, line, sub) = match page.known.chain.as_deref() {
        None => (
            Mark::Dash,
            lang.t(words::CHAIN_WAIT).to_owned(),
            String::new(),
        ),
        Some(chain) => chain_lines(page, chain),
    };
    html! {
        <a class="card status" href="#/trust" data-testid="chain-status">
            { mark(shape, 24) }<div class="grow"><div class="small">{ line }</div><div class="caption">{ sub }</div></div><span class="end">{ icon(Icon::Go, 18) }</span>
        </a>
    }
}

fn chain_lines(page: &Page, chain: &Chain) -> (Mark, String, String) {
    let lang = page.lang;
    let Some(anchor) = &chain.anchor else {
        let sentence = if chain.reason.is_empty() {
            lang.t(words::CHAIN_NONE).to_owned()
        } else {
            headline(lang, &chain.reason, &chain.facts)
        };
        return (Mark::Dash, sentence, String::new());
    };
    let agree = agreeing_members(&chain.nodes);
    let line = lang.fill(
        words::CHAIN_LINE,
        &[
            ("name", lang.pick(&chain.name, &chain.name_en)),
            ("height", &thousands(anchor.height)),
            ("age", &age(lang, anchor.age_seconds)),
        ],
    );
    if !chain.reason.is_empty() {
        return (
            Mark::Dash,
            line,
            reason(lang, &chain.reason, &chain.facts).0,
        );
    }
    let by = match anchor.signed_power {
        // The checkpoint itself: nobody's vote was needed.
        0 => checkpoint(lang),
        // No share: each node has its own commit of the newest header, so that a verdict on it may come to another one.
        _ => lang.t(words::CHAIN_SIGNED).to_owned(),
    };
    let agree = lang.fill(words::CHAIN_AGREE, &[("agree", &agree.to_string())]);
    (Mark::Tick, line, [&*by, " · ", &agree].concat())
}

/// A place that does not exist.
#[derive(PartialEq)]
pub struct Unknown;

part!(Unknown, use_unknown());

#[hook]
fn use_unknown() -> Html {
    let lang = use_page().lang;
    widget::frame(
        false,
        html! { <div class="off"><h1 id="where" tabindex="-1">{ lang.t(words::NOT_FOUND) }</h1><a class="btn primary" href="#/">{ lang.t(words::GO_HOME) }</a></div> },
    )
}
