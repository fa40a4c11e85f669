//! What the page trusts and why, which build it is, and how it looks.

mod display;
mod establish;
mod fork;

use crate::draw::prelude::*;
use crate::i18n::{Lang, checkpoint, grouped, reason, small, words};
use crate::shell::{Page, site, use_page};
use crate::widget::{self, copy};
use worker::Chain;

/// The page.
#[derive(PartialEq)]
pub struct Trust;

part!(Trust, use_trust());

#[hook]
fn use_trust() -> Html {
    let page = use_page();
    let lang = page.lang;
    let content = html! {
        <>
            { widget::link_notice(&page) }
            <div class="cols">
                <div class="col">{ chain(&page) }</div>
                <div class="col">
                    { display::card(&page) }
                    <a class="card row" href="#/keys" data-testid="open-keys">{ widget::icon(widget::Icon::Key, 24) }<b class="grow">{ lang.t(words::KEYS) }</b>{ widget::icon(widget::Icon::Go, 18) }</a>
                    { build(lang) }
                    { page.known.chain.as_deref().map_or_else(Html::default, |chain| members(lang, chain)) }
                </div>
            </div>
        </>
    };
    widget::frame(true, content)
}

fn chain(page: &Page) -> Html {
    let lang = page.lang;
    let Some(chain) = page.known.chain.as_deref() else {
        return html! { <section class="card small">{ lang.t(words::CHAIN_WAIT) }</section> };
    };
    let (sentence, detail) = reason(lang, &chain.reason, &chain.facts);
    html! {
        <>
            <section class="card">
                <h2>{ lang.pick(&chain.name, &chain.name_en) }</h2>
                <p class="caption mono" data-testid="chain-id">{ &chain.id }</p>
                <p class="small" style="margin-top:8px">{ lang.t(words::TRUST_HOW) }</p>
                <hr />
                <dl class="fields">
                    { widget::trust_list(page) }
                </dl>
            </section>
            if !chain.kept { <div class="note warn" role="status" data-testid="kept-not">{ lang.t(words::KEPT_NOT) }</div> }
            if !chain.vouched.is_empty() { <div class="note" role="status" data-testid="vouched">{ lang.fill(words::CHECKPOINT_BY, &[("names", &signers(lang, chain))]) }</div> }
            if !chain.reason.is_empty() {
                <div class="note warn" role="status" data-testid="chain-reason" data-reason={chain.reason.clone()}>{ sentence }<div class="caption">{ detail }</div></div>
            }
            if let Some(fork) = &chain.fork { { fork::card(lang, &chain.id, fork) } }
            if chain.anchor.is_none() { { part(establish::Establish { height: chain.checkpoint_height, hash: chain.checkpoint_hash.clone() }) } }
            if let Some(anchor) = &chain.anchor {
                <section class="card"><h3>{ lang.t(words::NEWEST) }</h3>{ widget::header(lang, anchor) }</section>
                <section class="card"><h3>{ lang.t(words::VALIDATORS) }</h3>
                    <div class="center" style="padding:8px 0 12px">{ widget::ring(&anchor.signers, anchor.total_power, Some(if chain.reason.is_empty() { widget::Mark::Tick } else { widget::Mark::Dash }), Html::default()) }
                        if widget::is_checkpoint(&anchor.signers) { <p class="small">{ checkpoint(lang) }</p> }</div>
                    { widget::signers(lang, &anchor.signers, anchor.total_power) }
                    if anchor.signers.iter().all(|signer| signer.power < anchor.total_power.div_ceil(3)) {
                        <p class="caption" style="margin-top:12px">{ lang.t(words::NO_THIRD) }</p>
                    }
                </section>
            }
            <section class="card"><h3>{ lang.t(words::NODES) }</h3>{ widget::nodes(lang, &chain.nodes) }</section>
        </>
    }
}

/// The members who signed the checkpoint from which trust began: by the names that are proven, else by their ids.
fn signers(lang: Lang, chain: &Chain) -> String {
    let name = |id: &String| {
        let member = chain.members.iter().find(|member| member.id == *id);
        member.map_or(id.clone(), |member| {
            lang.pick(&member.name, &member.name_en).to_owned()
        })
    };
    let names: Vec<String> = chain.vouched.iter().map(name).collect();
    lang.list(&names)
}

fn build(lang: Lang) -> Html {
    let hash = site::build_hash();
    html! {
        <section class="card stack">
            <h3>{ lang.t(words::BUILD) }</h3>
            if let Some(hash) = hash {
                <p class="mono" data-testid="build">{ grouped(&hash) }</p><p class="caption">{ lang.t(words::BUILD_SAY) }</p>
                <div class="row">{ copy(hash, lang.t(words::COPY), "copy-build") }</div>
            } else {
                <p class="small" data-testid="build">{ lang.t(words::BUILD_NONE) }</p>
            }
        </section>
    }
}

fn members(lang: Lang, chain: &Chain) -> Html {
    if chain.members.is_empty() {
        return Html::default();
    }
    let rows = chain.members.iter().map(|member| {
        let roles: Vec<String> = member.roles.iter().map(|role| small(lang, role)).collect();
        html! { <li class="item"><div class="grow">{ lang.pick(&member.name, &member.name_en) }<div class="caption">{ roles.join(" · ") }</div></div><span class="caption mono">{ &member.id }</span></li> }
    });
    widget::fold(
        lang.t(words::MEMBERS),
        "members-fold",
        false,
        html! { <ul class="list">{ for rows }</ul> },
    )
}
