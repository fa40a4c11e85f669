//! The key of a medical record was lost: who holds a new one asks for it, and two desks vouch, each on a device of its own.

use crate::draw::prelude::*;
use crate::engine::{Question, use_inquiry};
use crate::i18n::{Lang, member, short, words};
use crate::medical::state::{Document, document_id, unproven};
use crate::shell::use_page;
use crate::widget::{
    self, Doing, IdentityPick, act_view, entered, hand_on, holds, named, proven, segments, tail,
    use_act,
};
use worker::{Action, RecordRef, Role};

/// Asks for a new key, or vouches for one.
#[derive(PartialEq)]
pub struct Recover {
    /// What another one asks for, from a link; none where this person begins.
    pub link: Option<String>,
}

/// What is asked for.
#[derive(Clone, Default, PartialEq)]
struct Asked {
    document: String,
    guardian: bool,
    by: [String; 2],
    /// The hospital, where it has to sign too, and what others signed.
    link: Option<(String, String)>,
}

impl Asked {
    /// From `<document>/<patient or guardian>/<member>,<member>,<hospital or nothing>/<what others signed>`.
    fn read(link: &str) -> Option<Self> {
        let mut parts = link.split('/');
        let (document, lost) = (parts.next()?, parts.next()?);
        let mut by = parts.next()?.split(',').map(str::to_owned);
        Some(Self {
            document: document.into(),
            guardian: lost == GUARDIAN,
            by: [by.next()?, by.next()?],
            link: Some((by.next()?, parts.next()?.into())),
        })
    }

    fn begun(&self) -> &str {
        self.link.as_ref().map_or("", |(_, begun)| begun)
    }

    fn lost(&self) -> &'static str {
        if self.guardian { GUARDIAN } else { "patient" }
    }
}

const GUARDIAN: &str = "guardian";

part!(Recover, use_recover);

#[hook]
fn use_recover(props: &Recover) -> Html {
    let page = use_page();
    let lang = page.lang;
    let asked = use_state(|| {
        let link = props.link.as_deref().and_then(Asked::read);
        link.unwrap_or_default()
    });
    let key = use_state(String::new);
    let (doing, act) = use_act(&page.engine, &key, Callback::noop());
    let id = asked.document.clone();
    let record = RecordRef {
        kind: "document".into(),
        id: id.clone(),
    };
    let question = (!id.is_empty()).then_some(Question::Record(record));
    let inquiry = use_inquiry(&page.engine, question, 0);
    let choose = key.setter();
    let role = match asked.link {
        Some(_) => Role::Member,
        None => Role::Patient,
    };
    let pick = IdentityPick {
        role,
        chosen: (*key).clone(),
        choose: Callback::from(move |chosen| choose.set(chosen)),
    };
    let document = inquiry.verdict.as_deref().filter(|verdict| holds(verdict));
    let document = document.and_then(proven::<Document>);
    let rest = match document {
        None if id.is_empty() => Html::default(),
        None => unproven(lang, &inquiry),
        Some(document) => sign(lang, &asked, &document, (&doing, &act)),
    };
    let content = html! {
        <div class="stack" data-testid="recover">
            <p class="small">{ lang.t(match asked.link { Some(_) => words::KEY_VOUCH_SAY, None => words::KEY_ASK_SAY }) }</p>
            { part(pick) }
            if asked.link.is_none() { { form(lang, &asked) } }
            { rest }
            { act_view(lang, &doing) }
        </div>
    };
    match asked.link {
        Some(_) => {
            html! { <section class="card stack"><h2>{ lang.t(words::KEY_VOUCH) }</h2>{ content }</section> }
        }
        None => widget::fold(lang.t(words::KEY_ASK), "recover-fold", false, content),
    }
}

/// Which record, and who is to vouch.
fn form(lang: Lang, asked: &State<Asked>) -> Html {
    let field = |label: &str, id: &'static str, put: fn(&mut Asked, String)| {
        let asked = asked.clone();
        let typed = Callback::from(move |event: Event| {
            if let Some(text) = entered(&event) {
                let mut next = (*asked).clone();
                put(&mut next, text);
                asked.set(next);
            }
        });
        html! { <label class="field"><span>{ label }</span><input class="input" autocomplete="off" maxlength="300" onchange={typed} data-testid={id} /></label> }
    };
    let desk = |number| [lang.t(words::KEY_DESK), " ", number].concat();
    html! {
        <>
            { field(lang.t(words::MED_DOC_ID), "recover-document", |asked, text| asked.document = document_id(&text)) }
            { field(&desk("1"), "recover-desk-1", |asked, text| asked.by[0] = text) }
            { field(&desk("2"), "recover-desk-2", |asked, text| asked.by[1] = text) }
        </>
    }
}

/// What is signed, in words, and the button; once it is signed here, the way to who has not signed yet.
fn sign(
    lang: Lang,
    asked: &State<Asked>,
    document: &Document,
    (doing, act): (&Doing, &Callback<Action>),
) -> Html {
    let mut by = asked.by.to_vec();
    let third = match &asked.link {
        Some((third, _)) => third.clone(),
        // After a veto the hospital answers for it, too.
        None if document.vetoed.is_some() => document.hospital.clone(),
        None => String::new(),
    };
    by.extend(Some(third.clone()).filter(|third| !third.is_empty()));
    let names: Vec<String> = by.iter().map(|id| member(lang, id)).collect();
    let new = match doing {
        Doing::Shared(begun) => begun,
        _ => asked.begun(),
    };
    let facts = [
        ("document", &*short(&asked.document)),
        ("hospital", &*member(lang, &document.hospital)),
        ("names", &*lang.list(&names)),
        ("key", tail(named(new))),
    ];
    let told = html! { <p data-testid="recover-facts">{ lang.fill(if new.is_empty() { words::KEY_ASKED } else { words::KEY_ASKED_NEW }, &facts) }</p> };
    if let Doing::Shared(begun) = doing {
        let link = [
            "#/recover/",
            &asked.document,
            "/",
            asked.lost(),
            "/",
            &asked.by.join(","),
            ",",
            &third,
            "/",
            begun,
        ];
        return html! { <>{ told }{ hand_on(lang, &link.concat()) }</> };
    }
    let action = Action::Recover {
        document: asked.document.clone(),
        lost: asked.lost().to_owned(),
        by,
        key: named(asked.begun()).to_owned(),
        begun: asked.begun().to_owned(),
    };
    let act = act.clone();
    let press = Callback::from(move |_| act.emit(action.clone()));
    // Once it is written there is nothing left to sign.
    let closed =
        doing.busy() || matches!(doing, Doing::Written(_)) || asked.by.iter().any(String::is_empty);
    let choose = {
        let asked = asked.clone();
        Callback::from(move |at| {
            asked.set(Asked {
                guardian: at == 1,
                ..(*asked).clone()
            });
        })
    };
    let options = [
        (lang.t(words::KEY_OF_PATIENT), !asked.guardian),
        (lang.t(words::KEY_OF_GUARDIAN), asked.guardian),
    ];
    html! {
        <>
            if document.guardian.is_some() && asked.link.is_none() { { segments(lang.t(words::KEY_ASK), "recover-lost", &options, &choose) } }
            { told }
            <button type="button" class="btn primary" disabled={closed} onclick={press} data-testid="recover-sign">{ lang.t(words::SIGN_DO) }</button>
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_read_from_a_link() {
        let read = Asked::read("d1/guardian/notary,street,/ed25519:aa.17.00.ed25519:bb.cc");
        let asked = Asked {
            document: "d1".into(),
            guardian: true,
            by: ["notary", "street"].map(String::from),
            link: Some((String::new(), "ed25519:aa.17.00.ed25519:bb.cc".into())),
        };
        assert!(read == Some(asked));
        for cut in [
            "",
            "d1",
            "d1/patient",
            "d1/patient/notary,street/x",
            "d1/patient/a,b,",
        ] {
            assert!(Asked::read(cut).is_none(), "{cut}");
        }
    }
}
