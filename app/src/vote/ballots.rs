//! Every ballot by room, from the recounted log: the last one of each head stands.

use crate::draw::prelude::*;
use crate::i18n::{Lang, small, words};
use crate::shell::use_page;
use crate::widget::{self, Mark, mark};
use litemap::LiteMap;
use std::rc::Rc;
use verifier::verdict::{HistoryEntry, Verdict};

/// Rows that a phone draws without a pause.
const MOST: usize = 240;

/// The recount's verdict.
#[derive(PartialEq)]
pub struct Ballots {
    /// With one history entry per ballot: facts `rooms`, `choice`, `rank`, `index`.
    pub verdict: Rc<Verdict>,
}

part!(Ballots, use_ballots);

/// The list.
#[hook]
fn use_ballots(props: &Ballots) -> Html {
    let lang = use_page().lang;
    let filter = use_state(String::new);
    let all = last_by_seat(&props.verdict.history);
    let typed = {
        let filter = filter.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(rooms) = widget::entered(&event) {
                filter.set(rooms);
            }
        })
    };
    let shown: Vec<_> = all
        .iter()
        .filter(|entry| fact(entry, "rooms").contains(&**filter))
        .take(MOST)
        .collect();
    let content = html! {
        <div class="stack">
            <p class="caption">{ lang.fill(words::VOTE_BALLOTS_SAY, &[("count", &all.len().to_string())]) }</p>
            <input class="input" type="search" placeholder={lang.t(words::VOTE_FILTER)} aria-label={lang.t(words::VOTE_FILTER)} oninput={typed} data-testid="ballot-filter" />
            <ul class="ballots" data-testid="ballots" data-count={all.len().to_string()}>{ for shown.iter().map(|entry| row(lang, entry)) }</ul>
            if shown.len() == MOST { <p class="caption">{ lang.fill(words::VOTE_SHOWN, &[("count", &MOST.to_string())]) }</p> }
        </div>
    };
    widget::fold(lang.t(words::VOTE_BALLOTS), "ballots-fold", false, content)
}

fn fact<'a>(entry: &'a HistoryEntry, name: &str) -> &'a str {
    entry.facts.get(name).map_or("", String::as_str)
}

fn last_by_seat(history: &[HistoryEntry]) -> Vec<&HistoryEntry> {
    let mut seats: LiteMap<(usize, &str), &HistoryEntry> = LiteMap::new();
    for entry in history.iter().filter(|entry| entry.event == "ballot.cast") {
        let index = fact(entry, "index");
        seats.insert((index.len(), index), entry);
    }
    seats.values().copied().collect()
}

fn row(lang: Lang, entry: &HistoryEntry) -> Html {
    let choice = fact(entry, "choice");
    let shape = match choice {
        "for" => Mark::Tick,
        "against" => Mark::Cross,
        _ => Mark::Dash,
    };
    html! { <li data-rooms={fact(entry, "rooms").to_owned()} data-choice={choice.to_owned()}>{ mark(shape, 16) }<span>{ fact(entry, "rooms") }</span><span class="end">{ small(lang, choice) }</span></li> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ballot_of_a_seat_stands() {
        let entry = |index: &str, choice: &str| HistoryEntry {
            height: 1,
            time: "0".into(),
            until_time: "0".into(),
            event: "ballot.cast".into(),
            event_id: String::new(),
            by: Vec::new(),
            by_names: Vec::new(),
            facts: [("index", index), ("choice", choice)]
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into_iter()
                .collect(),
        };
        let history = [
            entry("10", "for"),
            entry("9", "for"),
            entry("10", "against"),
        ];
        let last: Vec<_> = last_by_seat(&history)
            .into_iter()
            .map(|entry| (fact(entry, "index"), fact(entry, "choice")))
            .collect();
        assert_eq!(last, [("9", "for"), ("10", "against")]);
    }
}
