//! A record's history, drawn like a visitors' book: when, who, what. An emergency reading has its own colour and is never folded away.

use crate::draw::prelude::*;
use crate::i18n::{Lang, day_time, event, member, small, time, words};
use verifier::verdict::HistoryEntry;

/// The whole history of a record.
pub fn history(lang: Lang, entries: &[HistoryEntry]) -> Html {
    if entries.is_empty() {
        return Html::default();
    }
    let count = entries.len().to_string();
    html! {
        <section class="card" data-testid="history">
            <h3>{ lang.t(words::HISTORY) }</h3>
            { visitors(lang, entries) }
            <p class="caption" style="margin-top:8px">{ lang.fill(words::HISTORY_SAY, &[("count", &count)]) }</p>
        </section>
    }
}

/// The entries, newest first.
pub fn visitors(lang: Lang, entries: &[HistoryEntry]) -> Html {
    html! { <ol class="book">{ for entries.iter().rev().map(|entry| line(lang, entry)) }</ol> }
}

fn line(lang: Lang, entry: &HistoryEntry) -> Html {
    let (day, clock) = day_time(&entry.time);
    let class = match entry.event.as_str() {
        "read.emergency" => Some("hot"),
        "document.deny" | "grant.revoke" | "document.reject" | "invoice.void" | "invoice.red" => {
            Some("no")
        }
        _ => None,
    };
    html! {
        <li {class} data-testid="entry" data-event={entry.event.clone()} data-height={entry.height.to_string()}>
            <time>{ day }<br />{ clock }{ until(lang, entry) }</time><i></i>
            <div><b>{ event(lang, &entry.event) }</b>{ " " }{ lang.list(&authors(lang, entry)) }{ why(lang, entry) }</div>
        </li>
    }
}

/// Who signed an event: `patient`, `holder`, `owner` by word, a member by name. The key that a replacement brings signs it too: whether that is the
/// patient's is just what is in question.
pub fn authors(lang: Lang, entry: &HistoryEntry) -> Vec<String> {
    let new_key = |by: &&String| entry.event == "document.recover" && *by == "patient";
    let names = entry.by.iter().filter(|by| !new_key(by));
    names.map(|by| author(lang, by)).collect()
}

fn author(lang: Lang, by: &str) -> String {
    let word = small(lang, by);
    if word == by { member(lang, by) } else { word }
}

/// Block time is a lower bound: where more than a minute passed before the next block that is known, its time is shown too.
fn until(lang: Lang, entry: &HistoryEntry) -> Html {
    let nanos = |text: &str| text.parse::<i64>().ok();
    let seconds = |(from, to): (i64, i64)| to.saturating_sub(from) / 1_000_000_000;
    let width = nanos(&entry.time)
        .zip(nanos(&entry.until_time))
        .map(seconds);
    if width.is_none_or(|seconds| seconds <= 60) {
        return Html::default();
    }
    html! { <span class="caption" data-testid="until"><br />{ lang.fill(words::EVENT_BEFORE, &[("time", &time(&entry.until_time))]) }</span> }
}

/// The facts that a person asks for first: to whom, why, under which claim.
fn why(lang: Lang, entry: &HistoryEntry) -> Html {
    let fact = |name: &&str| entry.facts.get(*name).filter(|text| !text.is_empty());
    let members = ["to", "member"]
        .iter()
        .filter_map(fact)
        .map(|id| member(lang, id));
    let codes = ["claim", "as", "choice", "finding"]
        .iter()
        .filter_map(fact)
        .map(|code| small(lang, code));
    let facts: Vec<String> = members.chain(codes).collect();
    if facts.is_empty() {
        return Html::default();
    }
    html! { <div class="caption">{ facts.join(" · ") }</div> }
}
