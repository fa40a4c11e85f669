//! A new consent, or a denial: which documents, whom, why, until when.

use super::document::Told;
use crate::draw::prelude::*;
use crate::i18n::{Lang, known_members, member, small, words};
use crate::shell::{Page, use_page};
use crate::widget::{self, Doing, act_view, boxes, entered, segments, toggled, use_act};
use std::cell::RefCell;
use worker::Action;

const PURPOSES: [&str; 4] = ["treatment", "referral", "insurance", "research"];
const DAYS: [u32; 4] = [1, 14, 90, 365];
const READERS: [&str; 3] = ["hospital", "doctor", "company"];

/// Whose documents.
#[derive(PartialEq)]
pub struct GiveForm {
    /// Key of the patient's identity.
    pub identity: String,
    /// Its documents.
    pub documents: Vec<Told>,
    /// Hears that it was written.
    pub changed: Callback<()>,
}

/// What was chosen so far.
#[derive(Clone, PartialEq)]
struct Wish {
    to: String,
    deny: bool,
    purpose: &'static str,
    days: u32,
    note: String,
    without: Vec<String>,
}

part!(GiveForm, use_give_form);

/// The form.
#[hook]
fn use_give_form(props: &GiveForm) -> Html {
    let page = use_page();
    let lang = page.lang;
    let wish = use_state(|| Wish {
        to: String::new(),
        deny: false,
        purpose: PURPOSES[0],
        days: DAYS[1],
        note: String::new(),
        without: Vec::new(),
    });
    let (doing, act) = use_act(&page.engine, &props.identity, props.changed.clone());
    let readers = readers(&page);
    let to = if wish.to.is_empty() {
        readers
            .first()
            .map(|(id, _)| id.clone())
            .unwrap_or_default()
    } else {
        wish.to.clone()
    };
    // What the patient has not confirmed can be denied, and not granted.
    let offered = props
        .documents
        .iter()
        .filter(|told| told.shared || wish.deny);
    let documents: Vec<String> = offered
        .clone()
        .map(|told| told.id.clone())
        .filter(|id| !wish.without.contains(id))
        .collect();
    // What became of the last one is told until something else is wished for.
    let sent = use_kept(|| RefCell::new(None));
    let told = match doing.busy() || sent.borrow().as_ref() == Some(&*wish) {
        true => doing.clone(),
        false => Doing::Idle,
    };
    let ready = !to.is_empty() && !documents.is_empty() && !doing.busy();
    let send = {
        let (wish, to) = ((*wish).clone(), to.clone());
        Callback::from(move |_| {
            sent.replace(Some(wish.clone()));
            act.emit(action(&wish, &to, documents.clone()));
        })
    };
    let form = html! {
        <div class="stack">
            { sight(lang, &wish) }
            { whom(lang, &wish, &readers, &to) }
            { which(lang, &wish, offered) }
            if !wish.deny { { why(lang, &wish) } }
            <button type="button" class="btn primary" disabled={!ready} onclick={send} data-testid="give">{ lang.t(words::SIGN_DO) }</button>
            { act_view(lang, &told) }
        </div>
    };
    widget::fold(lang.t(words::MED_NEW), "new-grant", false, form)
}

fn action(wish: &Wish, to: &str, documents: Vec<String>) -> Action {
    if wish.deny {
        return Action::Deny {
            documents,
            member: to.to_owned(),
        };
    }
    let until = js_sys::Date::now() as i64 / 1000 + i64::from(wish.days) * 86_400;
    Action::Give {
        documents,
        to: to.to_owned(),
        purpose: wish.purpose.to_owned(),
        until: format!("{until}000000000"),
        note: wish.note.clone(),
    }
}

/// Members that a patient can permit or deny: only those proven on the chain.
fn readers(page: &Page) -> Vec<(String, String)> {
    let members = known_members();
    let may = |role: &String| READERS.contains(&role.as_str());
    let readers = members.iter().filter(|member| member.roles.iter().any(may));
    readers
        .map(|member| {
            (
                member.id.clone(),
                page.lang.pick(&member.name, &member.name_en).to_owned(),
            )
        })
        .collect()
}

fn edit(wish: &State<Wish>, change: impl FnOnce(&mut Wish)) {
    wish.change(|now| {
        let mut next = now.clone();
        change(&mut next);
        next
    });
}

fn sight(lang: Lang, wish: &State<Wish>) -> Html {
    let options = [
        (lang.t(words::MED_PERMIT), !wish.deny),
        (lang.t(words::MED_DENY), wish.deny),
    ];
    let wish = wish.clone();
    let choose = Callback::from(move |at: usize| edit(&wish, |wish| wish.deny = at == 1));
    segments(lang.t(words::MED_SIGHT), "sight", &options, &choose)
}

fn whom(lang: Lang, wish: &State<Wish>, readers: &[(String, String)], to: &str) -> Html {
    let (to_chosen, to_typed) = (wish.clone(), wish.clone());
    let choose = Callback::from(move |event: Event| {
        if let Some(to) = entered(&event) {
            edit(&to_chosen, |wish| wish.to = to);
        }
    });
    // The consortium has more members than this browser has proven: a reader tells its own number.
    let typed = Callback::from(move |event: InputEvent| {
        if let Some(to) = entered(&event) {
            edit(&to_typed, |wish| wish.to = to);
        }
    });
    let typed_name = if readers.iter().any(|(id, _)| id == to) {
        to.to_owned()
    } else {
        member(lang, to)
    };
    html! {
        <>
            if !readers.is_empty() {
                <label class="field"><span>{ lang.t(words::MED_WHO) }</span><select class="input" onchange={choose} data-testid="grant-to">
                    { for readers.iter().map(|(id, name)| html! { <option value={id.clone()} selected={id == to}>{ name }</option> }) }
                </select></label>
            }
            <label class="field"><span>{ lang.t(words::MED_WHO_ELSE) }</span><input class="input" autocomplete="off" maxlength="96" oninput={typed} data-testid="grant-to-other" /></label>
            if typed_name != to { <p class="caption">{ lang.fill(words::MED_NAMED, &[("name", &typed_name)]) }</p> }
        </>
    }
}

fn which<'a>(lang: Lang, wish: &State<Wish>, documents: impl Iterator<Item = &'a Told>) -> Html {
    let options = documents.map(|told| {
        let chosen = !wish.without.contains(&told.id);
        (told.id.clone(), told.title.clone(), chosen)
    });
    let changed = wish.clone();
    let toggle = Callback::from(move |id: String| {
        edit(&changed, |wish| wish.without = toggled(&wish.without, id));
    });
    let options = options.collect();
    boxes(lang.t(words::MED_WHAT), "grant-document", options, &toggle)
}

fn why(lang: Lang, wish: &State<Wish>) -> Html {
    let purposes = PURPOSES.map(|code| (code, small(lang, code)));
    let options: Vec<(&str, bool)> = purposes
        .iter()
        .map(|(code, name)| (name.as_str(), wish.purpose == *code))
        .collect();
    let days = DAYS.map(|days| lang.fill(words::MED_DAYS_N, &[("days", &days.to_string())]));
    let lengths: Vec<(&str, bool)> = days
        .iter()
        .zip(DAYS)
        .map(|(name, days)| (name.as_str(), wish.days == days))
        .collect();
    let (to_purpose, to_days, to_note) = (wish.clone(), wish.clone(), wish.clone());
    let purpose = Callback::from(move |at: usize| {
        edit(&to_purpose, |wish| {
            wish.purpose = PURPOSES.get(at).copied().unwrap_or(wish.purpose)
        })
    });
    let length = Callback::from(move |at: usize| {
        edit(&to_days, |wish| {
            wish.days = DAYS.get(at).copied().unwrap_or(wish.days)
        })
    });
    let note = Callback::from(move |event: InputEvent| {
        if let Some(note) = entered(&event) {
            edit(&to_note, |wish| wish.note = note);
        }
    });
    html! {
        <>
            <div class="field"><span>{ lang.t(words::MED_WHY) }</span>{ segments(lang.t(words::MED_WHY), "purpose", &options, &purpose) }</div>
            <div class="field"><span>{ lang.t(words::MED_DAYS) }</span>{ segments(lang.t(words::MED_DAYS), "days", &lengths, &length) }</div>
            <label class="field"><span>{ lang.t(words::MED_NOTE) }</span><input class="input" maxlength="80" oninput={note} data-testid="grant-note" /></label>
        </>
    }
}
