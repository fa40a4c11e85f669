//! One grant: who, what, why, until when, in force or not, how often read; and revoking it.

use super::{
    document::Told,
    state::{Grant, field, unproven},
};
use crate::draw::prelude::*;
use crate::i18n::{Lang, Text, member, small, time, ward, words};
use crate::shell::{Route, use_page};
use crate::widget::{
    self, Card, Mark, Subject, act_view, block_time, mark, proven, use_card, use_last,
};
use verifier::verdict::{Outcome, Verdict};
use worker::Action;

/// Which grant, for whom.
#[derive(PartialEq)]
pub struct GrantCard {
    /// Which.
    pub subject: Subject,
    /// The patient's documents, as far as they are proven.
    pub told: Vec<Told>,
}

/// How a grant stands, by word and shape: as its verdict says, for the state knows neither of a denial nor of its own age.
fn standing(verdict: &Verdict) -> (Text, Mark) {
    let out = match widget::life(verdict) {
        "grant-revoked" => words::MED_REVOKED,
        "grant-superseded" => words::MED_SUPERSEDED,
        "grant-expired" => words::MED_EXPIRED,
        "grant-denied" => words::MED_DENIED,
        _ => words::STATUS_OUT,
    };
    widget::standing(verdict, (words::MED_ACTIVE, Mark::Tick), (out, Mark::Bar))
}

/// The same for tests: `in-force`, why it no longer is, or what the verdict comes to.
fn standing_code(verdict: &Verdict) -> &str {
    match verdict.outcome {
        Outcome::Verified => "in-force",
        Outcome::OutOfForce => widget::life(verdict).trim_start_matches("grant-"),
        outcome => widget::outcome_code(outcome),
    }
}

/// Whether there is something to take back: that must be possible under an old header, too.
fn is_live(grant: &Grant, at: i64) -> bool {
    let until = grant.until.parse::<i64>();
    grant.status == "active" && until.is_ok_and(|until| until > at)
}

part!(GrantCard, use_grant_card);

/// The card.
#[hook]
fn use_grant_card(props: &GrantCard) -> Html {
    let page = use_page();
    let lang = page.lang;
    let subject = &props.subject;
    let Card {
        record,
        inquiry,
        doing,
        act,
    } = use_card("grant", subject);
    let revoke = {
        let grant = subject.id.clone();
        Callback::from(move |_| {
            act.emit(Action::Revoke {
                grant: grant.clone(),
            })
        })
    };
    let last = use_last(&page.known, &inquiry);
    let shown = last.and_then(|verdict| Some((proven::<Grant>(&verdict)?, verdict)));
    let Some((grant, verdict)) = shown else {
        return html! { <section class="card row" data-testid="grant">{ unproven(lang, &inquiry) }</section> };
    };
    let (word, shape) = standing(&verdict);
    html! {
        <section class="card stack" data-testid="grant" data-id={subject.id.clone()} data-to={grant.to.clone()} data-standing={standing_code(&verdict)}>
            { head(lang, &grant, sight(verdict.outcome), (word, shape)) }
            { widget::doubt(lang, &verdict) }
            { rows(lang, &verdict, &grant, &props.told) }
            if is_live(&grant, block_time(&verdict)) {
                <details><summary class="btn slim danger" data-testid="revoke">{ lang.t(words::MED_REVOKE) }</summary>
                    <div class="stack" style="padding-top:8px"><p class="caption">{ lang.t(words::MED_REVOKE_SAY) }</p>
                    <button type="button" class="btn danger" onclick={revoke} disabled={doing.busy()} data-testid="revoke-sure">{ lang.t(words::SIGN_DO) }</button></div></details>
            }
            { act_view(lang, &doing) }
            <a class="link" href={Route::Record(record, None).hash()}>{ lang.t(words::CHECKS) }</a>
        </section>
    }
}

/// What the reader may see, or could: nothing is said where neither is established.
fn sight(outcome: Outcome) -> Option<Text> {
    match outcome {
        Outcome::Verified => Some(words::MED_MAY_SAY),
        Outcome::OutOfForce => Some(words::MED_COULD_SAY),
        _ => None,
    }
}

fn head(lang: Lang, grant: &Grant, sight: Option<Text>, (word, shape): (Text, Mark)) -> Html {
    let name = member(lang, &grant.to);
    let count = grant.documents.len().to_string();
    let say = sight.map(|sight| lang.fill(sight, &[("count", &count)]));
    html! {
        <div class="row wrap"><span class="avatar" aria-hidden="true">{ name.chars().next() }</span>
            <div class="grow"><b>{ &name }</b><div class="small">{ say }</div></div>
            <span class={classes(["pill", shape.tone()])}>{ mark(shape, 14) }{ lang.t(word) }</span></div>
    }
}

/// The titles of what is granted, as far as they are known.
fn what(lang: Lang, grant: &Grant, told: &[Told]) -> Option<String> {
    let granted = told.iter().filter(|one| grant.documents.contains(&one.id));
    let named: Vec<String> = granted.map(|one| one.title.clone()).collect();
    (!named.is_empty()).then(|| lang.list(&named))
}

fn rows(lang: Lang, verdict: &Verdict, grant: &Grant, told: &[Told]) -> Html {
    let in_force = verdict.outcome == Outcome::Verified;
    let left = ward(lang, &grant.until).filter(|_| in_force);
    let left = left.map(|left| lang.fill(words::MED_LEFT, &[("time", &left)]));
    html! {
        <dl class="fields">
            if let Some(what) = what(lang, grant, told) { <dt>{ lang.t(words::MED_WHAT) }</dt><dd data-testid="granted">{ what }</dd> }
            if let Some(why) = field(verdict, "purpose") { <dt>{ lang.t(words::MED_WHY) }</dt><dd>{ small(lang, why) }</dd> }
            if let Some(note) = field(verdict, "note") { <dt>{ lang.t(words::MED_NOTE_SHOWN) }</dt><dd>{ note }</dd> }
            <dt>{ lang.t(words::MED_UNTIL) }</dt><dd>{ time(&grant.until) }{ left }</dd>
            <dt>{ lang.t(words::MED_READS) }</dt><dd>{ lang.fill(words::MED_READS_N, &[("count", &grant.reads.to_string())]) }</dd>
        </dl>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widget::sample::verdict;
    use Outcome::{NotEstablished, OutOfForce, Rejected, Verified};

    #[test]
    fn a_grant_is_in_force_only_where_its_verdict_is_verified() {
        let said = |outcome, life: &str| {
            let verdict = verdict("grant", outcome, life);
            (standing(&verdict), standing_code(&verdict).to_owned())
        };
        let in_force = (words::MED_ACTIVE, Mark::Tick);
        assert_eq!(
            said(Verified, "grant-active"),
            (in_force, "in-force".into())
        );
        let denied = (words::MED_DENIED, Mark::Bar);
        assert_eq!(said(OutOfForce, "grant-denied"), (denied, "denied".into()));
        let stale = (words::STATUS_OPEN, Mark::Dash);
        for life in ["grant-active", "life-cycle-stale", ""] {
            assert_eq!(
                said(NotEstablished, life),
                (stale, "not-established".into())
            );
        }
        let differs = (words::STATUS_FAILED, Mark::Cross);
        assert_eq!(said(Rejected, "grant-active"), (differs, "rejected".into()));
    }

    fn grant(status: &str) -> Grant {
        Grant {
            documents: ["d-1", "d-2"].map(String::from).into(),
            reads: 0,
            status: status.into(),
            to: "renji".into(),
            until: "100".into(),
        }
    }

    #[test]
    fn what_is_granted_is_named_and_a_past_grant_is_told_as_past() {
        let told = Told {
            id: "d-2".into(),
            shared: true,
            title: "出院小结".into(),
        };
        let named = what(Lang::Zh, &grant("active"), &[told]);
        assert_eq!(named.as_deref(), Some("出院小结"));
        assert_eq!(what(Lang::Zh, &grant("active"), &[]), None);
        assert_eq!(sight(Verified), Some(words::MED_MAY_SAY));
        assert_eq!(sight(OutOfForce), Some(words::MED_COULD_SAY));
        assert_eq!([NotEstablished, Rejected].map(sight), [None, None]);
    }

    #[test]
    fn what_stands_can_be_taken_back_whatever_the_verdict() {
        assert!(is_live(&grant("active"), 99));
        assert!(!is_live(&grant("active"), 100) && !is_live(&grant("revoked"), 0));
    }
}
