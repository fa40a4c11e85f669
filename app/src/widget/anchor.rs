//! What a verdict rests on: who signed, which header, which nodes were asked, and the raw proof.

use super::{
    clip::copy,
    mark::{Mark, mark},
    ring::is_checkpoint,
};
use crate::draw::prelude::*;
use crate::i18n::{
    Lang, age, fault, grouped, member as member_name, percent, short, small, thousands, time, words,
};
use verifier::verdict::{Anchor, NodeAnswer, Signer, Step, Verdict};

/// A part that is folded away until it is asked for.
pub fn fold(title: &str, id: &'static str, open: bool, content: Html) -> Html {
    html! { <details class="card" data-testid={id} {open}><summary>{ title.to_owned() }</summary>{ content }</details> }
}

/// Members by name and power.
pub fn signers(lang: Lang, signers: &[Signer], total: u64) -> Html {
    let names: Vec<&str> = signers.iter().map(|signer| name(lang, signer)).collect();
    let shared = shared(&names);
    html! { <ul class="list" data-testid="signers">{ for signers.iter().map(|signer| member(lang, signer, total, shared, !is_checkpoint(signers))) }</ul> }
}

fn name(lang: Lang, signer: &Signer) -> &str {
    lang.pick(&signer.name, &signer.name_en)
}

/// How many characters all the names begin with: a city's members are told apart by what comes after its name.
fn shared(names: &[&str]) -> usize {
    let [first, others @ ..] = names else {
        return 0;
    };
    let common = |other: &&str| {
        first
            .chars()
            .zip(other.chars())
            .take_while(|(a, b)| a == b)
            .count()
    };
    others.iter().map(common).min().unwrap_or(0)
}

fn member(lang: Lang, signer: &Signer, total: u64, shared: usize, asked: bool) -> Html {
    let (shape, word) = if signer.signed == 0 {
        (Mark::Dash, words::SIGNED_NOT)
    } else if signer.signed < signer.power {
        (Mark::Tick, words::SIGNED_PART)
    } else {
        (Mark::Tick, words::SIGNED)
    };
    let name = name(lang, signer);
    let letter = name.chars().nth(shared).or(name.chars().next());
    let share = percent(signer.power, total);
    let keys: Vec<String> = signer
        .key_types
        .iter()
        .map(|key| small(lang, key))
        .collect();
    html! {
        <li class="item" data-member={signer.member.clone()} data-signed={(signer.signed > 0).to_string()}>
            <span class="avatar" aria-hidden="true">{ letter }</span>
            <div class="grow"><b>{ if signer.member.is_empty() { short(name) } else { name.to_owned() } }</b><div class="caption" data-testid="power-and-keys" data-keys={signer.key_types.join(" ")}>{ lang.fill(words::POWER, &[("percent", &share)]) }{ " · " }{ keys.join(" · ") }</div></div>
            if asked { <span class={classes(["pill", shape.tone()])}>{ mark(shape, 14) }{ lang.t(word) }</span> }
        </li>
    }
}

/// Everything that a verdict rests on, folded away.
pub fn grounds(lang: Lang, verdict: &Verdict) -> Html {
    html! {
        <>
            if let Some(anchor) = &verdict.anchor {
                { fold(lang.t(words::SIGNERS), "signers-fold", false, signers(lang, &anchor.signers, anchor.total_power)) }
                { fold(lang.t(words::HEADER), "header-fold", false, header(lang, anchor)) }
            }
            if !verdict.nodes.is_empty() { { fold(lang.t(words::NODES), "nodes-fold", false, nodes(lang, &verdict.nodes)) } }
            { raw(lang, verdict) }
        </>
    }
}

/// The way to a header from what was trusted before.
fn way(lang: Lang, anchor: &Anchor) -> String {
    let word = match anchor.steps {
        0 => words::STEPS_NONE,
        _ => words::STEPS_SAY,
    };
    let facts = [
        ("from", &*thousands(anchor.from)),
        ("steps", &*thousands(anchor.steps.into())),
        ("signatures", &*thousands(anchor.signatures.into())),
    ];
    lang.fill(word, &facts)
}

/// Each step of it, folded away: a long way's last.
fn steps(lang: Lang, anchor: &Anchor) -> Html {
    if anchor.last_steps.is_empty() {
        return html! { { way(lang, anchor) } };
    }
    let told = anchor.last_steps.iter();
    let told = told.map(|step| html! { <li>{ reason(lang, step) }</li> });
    html! {
        <details><summary>{ way(lang, anchor) }</summary><ul class="list">
            if anchor.steps as usize > anchor.last_steps.len() { <li>{ "…" }</li> }
            { for told }
        </ul></details>
    }
}

/// Why a step is trusted.
fn reason(lang: Lang, step: &Step) -> String {
    let word = match step.trusted_total {
        0 => words::STEP_NEXT,
        _ => words::STEP_SKIP,
    };
    let facts = [
        ("to", &*thousands(step.to)),
        ("own", &*percent(step.signed, step.total)),
        (
            "trusted",
            &*percent(step.trusted_signed, step.trusted_total),
        ),
    ];
    lang.fill(word, &facts)
}

/// The header.
pub fn header(lang: Lang, anchor: &Anchor) -> Html {
    html! {
        <dl class="fields">
            <dt>{ lang.t(words::CHAIN) }</dt><dd>{ &anchor.chain_id }</dd>
            <dt>{ lang.t(words::HEIGHT) }</dt><dd data-testid="height">{ thousands(anchor.height) }</dd>
            <dt>{ lang.t(words::HEADER_TIME) }</dt>
            <dd>{ time(&anchor.time) }<div class="caption">{ lang.fill(words::AGO, &[("age", &age(lang, anchor.age_seconds))]) }</div></dd>
            <dt>{ lang.t(words::HASH) }</dt><dd class="mono">{ grouped(&anchor.hash) }</dd>
            <dt>{ lang.t(words::STEPS_TAKEN) }</dt><dd data-testid="way">{ steps(lang, anchor) }</dd>
        </dl>
    }
}

/// The nodes asked, and what each said.
pub fn nodes(lang: Lang, nodes: &[NodeAnswer]) -> Html {
    html! { <ul class="list" data-testid="nodes">{ for nodes.iter().map(|node| answer(lang, node)) }</ul> }
}

fn answer(lang: Lang, node: &NodeAnswer) -> Html {
    let (shape, word) = match node.state.as_str() {
        "agrees" => (Mark::Tick, words::NODE_AGREES),
        "behind" => (Mark::Dash, words::NODE_BEHIND),
        "disagrees" => (Mark::Cross, words::NODE_DISAGREES),
        "wrong-chain" => (Mark::Cross, words::NODE_WRONG_CHAIN),
        "garbage" => (Mark::Cross, words::NODE_GARBAGE),
        "refuted" => (Mark::Cross, words::NODE_REFUTED),
        "" => (Mark::Dash, words::NODE_NOT_COMPARED),
        _ => (Mark::Dash, words::NODE_UNREACHABLE),
    };
    let height = node
        .height
        .map(|height| [" · ", &thousands(height)].concat());
    html! {
        <li class="item" data-node={node.url.clone()} data-state={node.state.clone()} data-reason={node.reason.clone()}>
            { mark(shape, 22) }
            <div class="grow">{ member_name(lang, &node.member) }<div class="caption">{ &node.url }{ height }</div>
                if let Some(fault) = fault(lang, &node.state, &node.reason) { <div class="small">{ fault }</div> }</div>
            <span class={classes(["pill", shape.tone()])}>{ lang.t(word) }</span>
        </li>
    }
}

/// The raw proof, folded away.
fn raw(lang: Lang, verdict: &Verdict) -> Html {
    if verdict.raw.is_empty() {
        return Html::default();
    }
    let content = html! {
        <div class="stack">
            <p class="caption">{ lang.t(words::RAW_SAY) }</p>
            <pre tabindex="0" data-testid="raw">{ &verdict.raw }</pre>
            <div class="row">{ copy(verdict.raw.clone(), lang.t(words::COPY), "copy-raw") }</div>
        </div>
    };
    fold(lang.t(words::RAW), "raw-fold", false, content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::written;
    use crate::widget::sample;
    use verifier::verdict::Outcome;

    #[test]
    fn it_is_said_how_a_header_was_reached() {
        let verdict = sample::verdict("invoice", Outcome::Verified, "");
        let mut anchor = verdict.anchor.expect("it has one");
        (anchor.from, anchor.steps, anchor.signatures) = (1_200, 7, 23);
        let said = "从已信任的高度 1,200 起，7 步到此，核对 23 个签名";
        assert_eq!(way(Lang::Zh, &anchor), said);
        anchor.last_steps = vec![
            Step {
                to: 9_000,
                signed: 77,
                total: 100,
                trusted_signed: 70,
                trusted_total: 80,
            },
            Step {
                to: 9_001,
                signed: 80,
                total: 100,
                trusted_signed: 0,
                trusted_total: 0,
            },
        ];
        let drawn = written(&steps(Lang::Zh, &anchor));
        for said in [
            "<li>…</li>",
            "9,000：已核对原信任表决权 87.5%、自身 77.0% 的签名",
            "9,001：紧接的一块，已核对表决权 80.0% 的签名",
        ] {
            assert!(drawn.contains(said), "{said} in {drawn}");
        }
        anchor.steps = 0;
        let said = "高度 1,200 原已信任，没有再走一步";
        assert_eq!(way(Lang::Zh, &anchor), said);
    }

    #[test]
    fn it_is_said_at_what_each_node_failed() {
        let node = |state: &str, reason: &str| NodeAnswer {
            url: "http://a".into(),
            member: "tax".into(),
            state: state.into(),
            reason: reason.into(),
            height: None,
        };
        let drawn = |node| written(&nodes(Lang::Zh, &[node]));
        let refuted = drawn(node("refuted", "log-withheld"));
        assert!(refuted.contains("日志没有给全"), "{refuted}");
        let slow = drawn(node("unreachable", "timed-out"));
        assert!(slow.contains("太慢，没有按时答完"), "{slow}");
        // What a node says itself is not passed on.
        let behind = drawn(node("behind", "the node answers: trust me"));
        assert!(
            behind.contains("它说没有") && !behind.contains(">the node"),
            "{behind}"
        );
        assert!(!drawn(node("agrees", "")).contains("class=small"));
    }
}
