//! Co-owners name the one of them who votes. Each signs on a device of their own: what the first has signed goes to the next as a link.

use crate::draw::prelude::*;
use crate::i18n::{Lang, words};
use crate::shell::use_page;
use crate::widget::{Doing, act_view, hand_on, named, tail, use_act, use_focus};
use worker::Action;

/// Whose ballot, in which vote.
#[derive(PartialEq)]
pub struct NameForm {
    /// Vote record id.
    pub vote: String,
    /// Key of the identity that signs.
    pub identity: String,
    /// Keys of all co-owners.
    pub owners: Vec<String>,
    /// What another co-owner began, from a link.
    pub begun: Option<String>,
    /// Hears that it was written.
    pub changed: Callback<()>,
}

part!(NameForm, use_name_form);

/// The form: a button for each who may be named, or the one that the link names.
#[hook]
fn use_name_form(props: &NameForm) -> Html {
    let page = use_page();
    let lang = page.lang;
    let (doing, act) = use_act(&page.engine, &props.identity, props.changed.clone());
    let place = use_node_ref();
    let begun = match &doing {
        Doing::Shared(begun) => Some(begun),
        _ => None,
    };
    use_focus(&place, begun.is_some());
    if let Some(begun) = begun {
        let link = ["#/vote/", &props.vote, "/agree/", begun].concat();
        return html! { <div ref={place} tabindex="-1">{ hand_on(lang, &link) }</div> };
    }
    // A link about somebody else's home asks for nothing here.
    let begun = props
        .begun
        .as_deref()
        .filter(|begun| props.owners.iter().any(|owner| named(begun) == owner));
    let asked = begun.map(named);
    let choice = |owner: &str| {
        let action = Action::Name {
            vote: props.vote.clone(),
            named: owner.to_owned(),
            begun: begun.unwrap_or_default().to_owned(),
        };
        let (act, own) = (act.clone(), owner == props.identity);
        let sign = Callback::from(move |_| act.emit(action.clone()));
        html! { <button type="button" class="btn" disabled={doing.busy()} onclick={sign} data-testid="name-sign" data-own={own.to_string()}>{ who(lang, owner, own) }</button> }
    };
    let say = match asked {
        Some(_) => lang.t(words::VOTE_NAME_ASKED).to_owned(),
        None => {
            let count = props.owners.len().to_string();
            lang.fill(words::VOTE_NAME, &[("count", &count)])
        }
    };
    html! {
        <div class="stack" data-testid="name">
            <p>{ say }</p>
            { for props.owners.iter().filter(|owner| asked.is_none_or(|asked| asked == *owner)).map(|owner| choice(owner)) }
            <p class="caption">{ lang.t(words::VOTE_NAME_SAY) }</p>
            { act_view(lang, &doing) }
        </div>
    }
}

/// A co-owner: this identity, or the end of another one's key, which is all that the roster says of them.
fn who(lang: Lang, owner: &str, own: bool) -> String {
    if own {
        return lang.t(words::VOTE_NAME_ME).to_owned();
    }
    lang.fill(words::VOTE_NAME_OTHER, &[("key", tail(owner))])
}
