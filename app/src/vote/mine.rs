//! My ballot: my rooms, what stands, proof that it is in, and voting itself.

use super::{
    cast::CastForm,
    name::NameForm,
    seat::{self, Pending, rooms},
};
use crate::draw::prelude::*;
use crate::engine::{Doing, Inquiry, Question, use_inquiry};
use crate::i18n::{Lang, area, field, reason, small, words};
use crate::invoice::summary;
use crate::keys::{change::notice, watch};
use crate::shell::use_page;
use crate::widget::{self, IdentityPick, Mark, copy, mark, outcome_pill, proven};
use verifier::verdict::{Outcome, Verdict};
use worker::Role;

/// Which vote, and whether it takes ballots.
#[derive(PartialEq)]
pub struct Mine {
    /// Vote record id.
    pub id: String,
    /// Whether ballots are taken at the proven block time.
    pub open: bool,
    /// What a co-owner asks this one to agree to, from a link.
    pub begun: Option<String>,
    /// Hears that a ballot was written.
    pub changed: Callback<()>,
}

/// What is drawn of a ballot's state.
pub struct Ballot {
    /// The owner's key, where it is not the roster's.
    pub key: Option<String>,
    /// The key that is to come in its place.
    pub pending: Option<Pending>,
    stands: Option<Standing>,
}

records::shape!(Ballot {
    key,
    pending,
    stands,
    ..
});

struct Standing {
    choice: String,
    rank: String,
}

records::shape!(Standing { choice, rank });

part!(Mine, use_mine);

/// The card.
#[hook]
fn use_mine(props: &Mine) -> Html {
    let page = use_page();
    let lang = page.lang;
    let key = use_state(String::new);
    let question = (!key.is_empty()).then(|| Question::Ballot((*key).clone(), props.id.clone()));
    let inquiry = use_inquiry(&page.engine, question, 0);
    let choose = {
        let key = key.clone();
        Callback::from(move |chosen| key.set(chosen))
    };
    let seat = page.known.seat(&key, &props.id);
    let known = inquiry.verdict.as_deref();
    let known = known.filter(|verdict| props.open && seated(verdict));
    let form = known.map(|verdict| {
        let act = (&Doing::Idle, &Callback::noop());
        html! { <>{ notice(lang, &key, verdict, act) }{ form(lang, props, (&key, &seat), verdict) }</> }
    });
    html! {
        <section class="card stack" data-testid="my-ballot">
            <h3>{ lang.t(words::VOTE_MY) }</h3>
            { part(IdentityPick { role: Role::Owner, chosen: (*key).clone(), choose }) }
            { watch(&key, rooms(std::iter::once(&*seat))) }
            { ballot(lang, &inquiry) }
            { form }
        </section>
    }
}

/// What can be done with the ballot: co-owners name one of them first.
fn form(lang: Lang, props: &Mine, (key, seat): (&str, &str), verdict: &Verdict) -> Html {
    let ballot = proven::<Ballot>(verdict);
    let named = ballot.as_ref().and_then(|ballot| ballot.key.as_ref());
    let (identity, changed) = (key.to_owned(), props.changed.clone());
    match (seat::owners(seat), named) {
        // Of each identity its own: what one has signed is not the next one's.
        (Some(owners), None) => {
            let form = NameForm {
                vote: props.id.clone(),
                identity,
                owners,
                begun: props.begun.clone(),
                changed,
            };
            keyed(key, form)
        }
        (Some(_), Some(named)) if named != key => html! {
            <p class="note" data-testid="named-another">{ lang.t(words::VOTE_NAME_DONE) }</p>
        },
        _ => part(CastForm {
            vote: props.id.clone(),
            identity,
            stands: ballot
                .and_then(|ballot| ballot.stands)
                .map(|standing| standing.choice),
            changed,
        }),
    }
}

/// Whether it is proven what was cast, or that nothing was.
fn seated(verdict: &Verdict) -> bool {
    matches!(verdict.outcome, Outcome::Verified | Outcome::Absent)
}

fn standing(verdict: &Verdict) -> Option<Standing> {
    proven::<Ballot>(verdict)?.stands
}

fn ballot(lang: Lang, inquiry: &Inquiry) -> Html {
    if let Some((code, facts)) = &inquiry.failed {
        return html! { <p class="note" role="status" data-testid="ballot-failed">{ reason(lang, code, facts).0 }</p> };
    }
    if let Some((code, facts)) = &inquiry.waiting {
        return widget::checks_waiting(lang, code, facts);
    }
    let Some(verdict) = inquiry.verdict.as_deref() else {
        return Html::default();
    };
    let (shape, say) = match standing(verdict) {
        Some(standing) => (
            Mark::from(verdict.outcome),
            [
                small(lang, &standing.choice),
                " · ".into(),
                small(lang, &standing.rank),
            ]
            .concat(),
        ),
        None if seated(verdict) => (Mark::Dash, lang.t(words::VOTE_NOT_YET).to_owned()),
        None => (Mark::Dash, lang.t(words::STATUS_OPEN).to_owned()),
    };
    let proven = shape == Mark::Tick;
    html! {
        <div class="stack" data-testid="ballot" data-outcome={widget::outcome_code(verdict.outcome)} data-choice={standing(verdict).map(|standing| standing.choice)}>
            <div class="row">{ mark(shape, 36) }<b class="grow">{ say }</b>
                if proven { <span class="pill ok">{ lang.t(words::VOTE_IN) }</span> } else if !seated(verdict) { { outcome_pill(lang, verdict.outcome) } }</div>
            if !seated(verdict) { { widget::doubt(lang, verdict) } }
            <dl class="fields">{ for verdict.fields.iter().map(|one| html! { <><dt>{ field(lang, &one.name) }</dt><dd>{ size(&one.name, &one.value) }</dd></> }) }</dl>
            if proven { <div class="row">{ copy(summary::text(lang, verdict), lang.t(words::VOTE_RECEIPT), "receipt") }</div> }
        </div>
    }
}

fn size(name: &str, value: &str) -> String {
    match value.parse() {
        Ok(cm2) if name == "area" => format!("{} ㎡", area(cm2)),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::written;
    use crate::widget::sample::verdict;
    use std::rc::Rc;

    #[test]
    fn a_ballot_that_is_not_established_says_why() {
        let drawn = |outcome, headline: &str| {
            let verdict = Verdict {
                headline: headline.into(),
                anchor: None,
                ..verdict("ballot", outcome, "")
            };
            let inquiry = Inquiry {
                verdict: Some(Rc::new(verdict)),
                ..Inquiry::default()
            };
            written(&ballot(Lang::Zh, &inquiry))
        };
        let why = crate::i18n::headline(Lang::Zh, "header-not-given", &worker::Facts::new());
        assert!(drawn(Outcome::NotEstablished, "header-not-given").contains(&why));
        assert!(!drawn(Outcome::Absent, "record-absent").contains("doubt"));
    }
}
