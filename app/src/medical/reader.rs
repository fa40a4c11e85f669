//! The reader's view: may I read, read under a grant, or break the glass; and the reviewer's, who judges that.

use super::{
    document::reviews,
    reason::handed,
    sides,
    state::{Document, May, document_id, field},
};
use crate::draw::prelude::*;
use crate::engine::{Question, use_inquiry};
use crate::i18n::{self, Lang, known_members, reason, time, words};
use crate::shell::{Page, use_page};
use crate::widget::{
    self, Doing, IdentityPick, Mark, VerdictHead, act_view, block_time, mark, mine, proven, use_act,
};
use std::rc::Rc;
use verifier::verdict::Verdict;
use web_sys::HtmlInputElement;
use worker::{Action, Facts, Member, RecordRef, Role};

/// The page.
#[derive(PartialEq)]
pub struct Reader;

part!(Reader, use_reader());

#[hook]
fn use_reader() -> Html {
    let page = use_page();
    let lang = page.lang;
    let key = use_state(String::new);
    let asked = use_state(|| (String::new(), 0u32));
    let input = use_node_ref();
    let choose = {
        let key = key.clone();
        Callback::from(move |chosen| key.set(chosen))
    };
    let ask = {
        let (input, asked) = (input.clone(), asked.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let id = input
                .cast::<HtmlInputElement>()
                .map(|input| document_id(&input.value()))
                .unwrap_or_default();
            asked.set((id, asked.1 + 1));
        })
    };
    let (id, again) = (*asked).clone();
    let question = (!id.is_empty()).then(|| {
        Question::Record(RecordRef {
            kind: "document".into(),
            id: id.clone(),
        })
    });
    let inquiry = use_inquiry(&page.engine, question, again);
    let identity = mine(&page, Role::Member)
        .into_iter()
        .find(|identity| identity.key == *key);
    let member = identity
        .map(|identity| identity.member.clone())
        .unwrap_or_default();
    let content = html! {
        <>
            { widget::link_notice(&page) }
            { sides(lang, true) }
            { part(IdentityPick { role: Role::Member, chosen: (*key).clone(), choose }) }
            <form class="card stack" onsubmit={ask}>
                <label class="field"><span>{ lang.t(words::MED_DOC_ID) }</span><input ref={input} class="input" autocomplete="off" data-testid="document-id" /></label>
                <button class="btn primary" data-testid="may-i">{ lang.t(words::MED_MAY) }</button>
            </form>
            if let Some((verdict, document)) = inquiry.verdict.as_ref().and_then(|verdict| Some((verdict.clone(), proven::<Document>(verdict)?))) {
                { title(&page, &verdict) }
                // Nobody asks where there is no identity.
                if identity.is_some() { { part(Answer { document: id.clone(), identity: (*key).clone(), may: Allowed(answer(&document, &member, &verdict)), judges: judged(lang, &member, &document, &verdict) }) } }
            }
            { identity.map_or_else(Html::default, |identity| handed(lang, identity)) }
            if !id.is_empty() { { part(VerdictHead { inquiry: inquiry.clone() }) }{ widget::checks(lang, &inquiry) } }
        </>
    };
    widget::frame(false, content)
}

/// Nothing may be read on a verdict that is not established.
fn answer(document: &Document, member: &str, verdict: &Verdict) -> May {
    if widget::holds(verdict) {
        document.may_read(member, block_time(verdict))
    } else {
        May::Unknown
    }
}

/// The verdict on a document with emergency readings that wait for a review, where this member is proven to be one who reviews.
fn judged(
    lang: Lang,
    member: &str,
    document: &Document,
    verdict: &Rc<Verdict>,
) -> Option<Rc<Verdict>> {
    // Who it is was perhaps not asked for yet.
    i18n::member(lang, member);
    let reviews =
        |known: &Member| known.id == member && known.roles.iter().any(|role| role == REVIEWER);
    let waits = document.open_reviews > 0 && widget::holds(verdict);
    (waits && known_members().iter().any(reviews)).then(|| verdict.clone())
}

const REVIEWER: &str = "reviewer";

fn title(page: &Page, verdict: &Verdict) -> Html {
    let text = field(verdict, "title").unwrap_or(&verdict.id).to_owned();
    html! { <p class="small center">{ text }{ " · " }{ page.lang.t(words::MED_READ_SAY) }</p> }
}

#[derive(Clone, PartialEq)]
struct Allowed(May);

#[derive(PartialEq)]
struct Answer {
    document: String,
    identity: String,
    may: Allowed,
    /// What this member may review.
    judges: Option<Rc<Verdict>>,
}

part!(Answer, use_answer);

#[hook]
fn use_answer(props: &Answer) -> Html {
    let page = use_page();
    let lang = page.lang;
    let why = use_node_ref();
    let (doing, act) = use_act(&page.engine, &props.identity, Callback::noop());
    let (shape, sentence, code) = match &props.may.0 {
        May::Yes(_, until) => (
            Mark::Tick,
            lang.fill(words::MED_YES, &[("until", &time(until))]),
            "yes",
        ),
        May::Denied => (
            Mark::Cross,
            lang.t(words::MED_NO_DENIED).to_owned(),
            "denied",
        ),
        May::No => (Mark::Bar, lang.t(words::MED_NO).to_owned(), "no"),
        May::Waits => {
            let why = reason(lang, "key-recovery-pending", &Facts::new());
            (Mark::Bar, why.0, "waits")
        }
        May::Unknown => (Mark::Dash, lang.t(words::STATUS_OPEN).to_owned(), "unknown"),
    };
    let read = match &props.may.0 {
        May::Yes(grant, _) => Some({
            let act = act.clone();
            let action = Action::Read {
                document: props.document.clone(),
                grant: grant.clone(),
            };
            Callback::from(move |_| act.emit(action.clone()))
        }),
        _ => None,
    };
    let emergency = {
        let (act, field) = (act.clone(), why.clone());
        let document = props.document.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let why = field
                .cast::<HtmlInputElement>()
                .map(|input| input.value().trim().to_owned())
                .unwrap_or_default();
            if !why.is_empty() {
                act.emit(Action::Emergency {
                    document: document.clone(),
                    reason: why,
                });
            }
        })
    };
    html! {
        <>
            <section class="card stack" data-testid="may" data-may={code}>
                <div class="row">{ mark(shape, 40) }<b class="grow">{ sentence }</b></div>
                if let Some(read) = read { <button type="button" class="btn primary" disabled={doing.busy()} onclick={read} data-testid="read">{ lang.t(words::MED_READ) }</button> }
                if let Some(verdict) = &props.judges { { reviews(lang, &verdict.history, &act, doing.busy()) } }
                { act_view(lang, &doing) }
            </section>
            { glass(lang, &doing, why, emergency) }
        </>
    }
}

/// Breaking the glass, behind a fold and with a reason.
fn glass(lang: Lang, doing: &Doing, reason: NodeRef, emergency: Callback<SubmitEvent>) -> Html {
    let form = html! {
        <form class="stack" onsubmit={emergency}>
            <p class="note warn">{ lang.t(words::MED_BREAK_SAY) }</p>
            <label class="field"><span>{ lang.t(words::MED_BREAK_WHY) }</span><input ref={reason} class="input" required=true maxlength="120" data-testid="emergency-reason" /></label>
            <button class="btn danger" disabled={doing.busy()} data-testid="emergency">{ lang.t(words::MED_BREAK) }</button>
        </form>
    };
    widget::fold(lang.t(words::MED_BREAK), "emergency-fold", false, form)
}

#[cfg(test)]
mod tests {
    use super::*;
    use verifier::verdict::Outcome;

    #[test]
    fn what_is_not_established_is_neither_a_yes_nor_a_no() {
        let document = Document {
            denied: Vec::new(),
            grants: Vec::new(),
            status: "shared".into(),
            hospital: "h".into(),
            open_reviews: 0,
            patient: "p".into(),
            guardian: None,
            recovery: None,
            vetoed: None,
        };
        let said = |outcome| {
            let verdict = widget::sample::verdict("document", outcome, "");
            answer(&document, "renji", &verdict)
        };
        assert_eq!(said(Outcome::Verified), May::No);
        assert_eq!(said(Outcome::OutOfForce), May::No);
        assert_eq!(said(Outcome::NotEstablished), May::Unknown);
        assert_eq!(said(Outcome::Rejected), May::Unknown);
    }

    #[test]
    fn a_number_and_a_link_name_the_same_document() {
        assert_eq!(document_id(" d-1 "), "d-1");
        assert_eq!(document_id("https://x.example/#/r/document/d-1"), "d-1");
    }
}
