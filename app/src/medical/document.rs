//! One document of a patient: confirm it, see who has read it, who is denied, and review an emergency reading.

use super::{
    reason::Reason,
    state::{Document, field, title, unproven},
};
use crate::draw::prelude::*;
use crate::i18n::{Lang, Text, date, member, words};
use crate::keys::change;
use crate::shell::{Route, use_page};
use crate::widget::{
    self, Card, Mark, Subject, act_view, block_time, copy, mark, proven, use_card, use_last,
    visitors,
};
use verifier::verdict::{HistoryEntry, Verdict};
use worker::Action;

/// Which document, for whom.
#[derive(PartialEq)]
pub struct DocumentCard {
    /// Which.
    pub subject: Subject,
    /// Hears what is proven of it.
    pub tell: Callback<Told>,
}

/// What the rest of the page needs to know of a document.
#[derive(Clone, PartialEq)]
pub struct Told {
    /// Its id.
    pub id: String,
    /// Whether it may be granted.
    pub shared: bool,
    /// Its title, as far as the patient knows it.
    pub title: String,
}

/// How a document stands, by word and shape, as its verdict says.
fn standing(verdict: &Verdict) -> (Text, Mark) {
    let out = match widget::life(verdict) {
        "document-proposed" => (words::MED_PROPOSED, Mark::Dash),
        _ => (words::STATUS_OUT, Mark::Bar),
    };
    widget::standing(verdict, (words::MED_SHARED, Mark::Tick), out)
}

part!(DocumentCard, use_document_card);

/// The card.
#[hook]
fn use_document_card(props: &DocumentCard) -> Html {
    let page = use_page();
    let lang = page.lang;
    let subject = &props.subject;
    let Card {
        record,
        inquiry,
        doing,
        act,
    } = use_card("document", subject);
    let last = use_last(&page.known, &inquiry);
    let shown = last.and_then(|verdict| Some((proven::<Document>(&verdict)?, verdict)));
    let told = shown.as_ref().map(|(document, verdict)| Told {
        shared: document.status == "shared" && !change::waits(document, block_time(verdict)),
        title: title(&subject.id, verdict),
        id: subject.id.clone(),
    });
    {
        let tell = props.tell.clone();
        use_effect_with(told, move |told| {
            if let Some(told) = told {
                tell.emit(told.clone());
            }
        });
    }
    let Some((document, verdict)) = shown else {
        return html! { <section class="card row" data-testid="document">{ unproven(lang, &inquiry) }</section> };
    };
    let (word, shape) = standing(&verdict);
    // Until a pending replacement is over, nothing but taking back and refusing is accepted; what is signed in vain stands in the way of the veto.
    let closed = doing.busy() || change::waits(&document, block_time(&verdict));
    let title = title(&subject.id, &verdict);
    let address = Route::Record(record, None).hash();
    html! {
        <section class="card stack" data-testid="document" data-id={subject.id.clone()} data-status={document.status.clone()} data-outcome={widget::outcome_code(verdict.outcome)}>
            <div class="row"><div class="grow"><b>{ title }</b><div class="small">{ where_from(&member(lang, &document.hospital), &verdict) }</div></div>
                <span class={classes(["pill", shape.tone()])}>{ mark(shape, 14) }{ lang.t(word) }</span></div>
            { widget::doubt(lang, &verdict) }
            { change::notice(lang, page.known.acting(&subject.identity, &subject.id), &verdict, (&doing, &act)) }
            if document.status == "proposed" { { answer(lang, &subject.id, &act, closed) } }
            { denied(lang, &document.denied, &subject.id, &act, closed) }
            { act_view(lang, &doing) }
            { book(lang, &verdict) }
            if document.open_reviews > 0 { { reviews(lang, &verdict.history, &act, closed) } }
            <div class="row wrap"><a class="link grow" href={address}>{ lang.t(words::CHECKS) }</a>{ copy(subject.id.clone(), lang.t(words::MED_COPY_ID), "copy-document") }</div>
        </section>
    }
}

fn where_from(hospital: &str, verdict: &Verdict) -> String {
    let rest = ["department", "author"]
        .into_iter()
        .filter_map(|name| field(verdict, name).map(str::to_owned));
    let day = field(verdict, "date").map(date);
    std::iter::once(hospital.to_owned())
        .chain(rest)
        .chain(day)
        .collect::<Vec<_>>()
        .join(" · ")
}

fn answer(lang: Lang, id: &str, act: &Callback<Action>, busy: bool) -> Html {
    let press = |action: Action| {
        let act = act.clone();
        Callback::from(move |_| act.emit(action.clone()))
    };
    let document = id.to_owned();
    html! {
        <div class="row wrap">
            <button type="button" class="btn slim" disabled={busy} onclick={press(Action::Reject { document: document.clone() })} data-testid="reject">{ lang.t(words::MED_REJECT) }</button>
            <button type="button" class="btn slim primary grow" disabled={busy} onclick={press(Action::Confirm { document })} data-testid="confirm">{ lang.t(words::MED_CONFIRM) }</button>
        </div>
    }
}

/// Denials are shown as clearly as grants.
fn denied(lang: Lang, list: &[String], id: &str, act: &Callback<Action>, busy: bool) -> Html {
    if list.is_empty() {
        return Html::default();
    }
    let rows = list.iter().map(|one| {
        let (act, action) = (act.clone(), Action::Allow { documents: vec![id.to_owned()], member: one.clone() });
        html! {
            <li class="item" data-testid="denied" data-member={one.clone()}>{ mark(Mark::Cross, 22) }<div class="grow"><b>{ member(lang, one) }</b><div class="caption">{ lang.t(words::MED_DENY_SAY) }</div></div>
                <button type="button" class="btn slim" disabled={busy} onclick={Callback::from(move |_| act.emit(action.clone()))} data-testid="allow">{ lang.t(words::MED_ALLOW) }</button></li>
        }
    });
    html! { <ul class="list">{ for rows }</ul> }
}

/// The visitors' book; drawn only from a replayed log.
fn book(lang: Lang, verdict: &Verdict) -> Html {
    if verdict.history.is_empty() {
        return Html::default();
    }
    let count = verdict.history.len().to_string();
    html! {
        <div data-testid="book"><h3>{ lang.t(words::MED_BOOK) }</h3>{ visitors(lang, &verdict.history) }<p class="caption" style="margin-top:8px">{ lang.fill(words::MED_BOOK_SAY, &[("count", &count)]) }</p></div>
    }
}

/// Emergency readings that nobody has reviewed yet; the record of the reading is named by the entry's `subject`.
pub fn reviews(lang: Lang, history: &[HistoryEntry], act: &Callback<Action>, busy: bool) -> Html {
    let subject = |entry: &HistoryEntry| entry.facts.get("subject").cloned();
    let reviewed: Vec<_> = history
        .iter()
        .filter(|entry| entry.event == "read.review")
        .filter_map(subject)
        .collect();
    let open = history
        .iter()
        .filter(|entry| entry.event == "read.emergency")
        .filter_map(subject)
        .filter(|read| !reviewed.contains(read));
    let rows = open.map(|read| {
        let press = |justified: bool| {
            let (act, read) = (act.clone(), read.clone());
            Callback::from(move |_| act.emit(Action::Review { read: read.clone(), justified }))
        };
        html! {
            <div class="stack" data-testid="review-read" data-read={read.clone()}>
                <div><span class="pill warn">{ widget::mark(Mark::Bar, 14) }{ lang.t(words::MED_PENDING) }</span></div>
                { keyed(&read, Reason { read: read.clone() }) }
                <div class="row wrap"><button type="button" class="btn slim" disabled={busy} onclick={press(true)}>{ lang.t(words::MED_REVIEW_OK) }</button>
                    <button type="button" class="btn slim danger" disabled={busy} onclick={press(false)}>{ lang.t(words::MED_REVIEW_NO) }</button></div></div>
        }
    });
    html! { <>{ for rows }</> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widget::sample::verdict;
    use verifier::verdict::Outcome;

    #[test]
    fn a_document_is_on_file_only_where_its_verdict_is_verified() {
        let said = |outcome, life| standing(&verdict("document", outcome, life));
        let shared = "document-shared";
        let on_file = (words::MED_SHARED, Mark::Tick);
        assert_eq!(said(Outcome::Verified, shared), on_file);
        assert_eq!(
            said(Outcome::OutOfForce, "document-proposed"),
            (words::MED_PROPOSED, Mark::Dash)
        );
        assert_eq!(
            said(Outcome::OutOfForce, "document-erased"),
            (words::STATUS_OUT, Mark::Bar)
        );
        for outcome in [Outcome::NotEstablished, Outcome::Rejected, Outcome::Absent] {
            assert_ne!(said(outcome, shared).1, Mark::Tick);
        }
    }
}
