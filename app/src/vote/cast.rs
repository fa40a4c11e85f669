//! Voting in three steps: choose, review, sign.

use crate::draw::prelude::*;
use crate::i18n::{small, words};
use crate::shell::use_page;
use crate::widget::{act_view, use_act, use_focus};
use worker::Action;

const CHOICES: [&str; 3] = ["for", "against", "abstain"];

/// Whose vote, in which vote.
#[derive(PartialEq)]
pub struct CastForm {
    /// Vote record id.
    pub vote: String,
    /// Key of the identity that votes.
    pub identity: String,
    /// The choice that stands, if there is one.
    pub stands: Option<String>,
    /// Hears that it was written.
    pub changed: Callback<()>,
}

part!(CastForm, use_cast_form);

/// The form.
#[hook]
fn use_cast_form(props: &CastForm) -> Html {
    let page = use_page();
    let lang = page.lang;
    let choice = use_state(|| None::<&'static str>);
    let review = use_state(|| false);
    let written = {
        let (changed, review) = (props.changed.clone(), review.setter());
        Callback::from(move |()| {
            review.set(false);
            changed.emit(());
        })
    };
    let place = use_node_ref();
    use_focus(&place, *review);
    let (doing, act) = use_act(&page.engine, &props.identity, written);
    let saved = page
        .known
        .identities
        .iter()
        .any(|identity| identity.key == props.identity && identity.exported);
    if !saved {
        return Html::default();
    }
    let sign = {
        let (vote, choice) = (props.vote.clone(), *choice);
        Callback::from(move |_| {
            if let Some(choice) = choice {
                act.emit(Action::Cast {
                    vote: vote.clone(),
                    choice: choice.to_owned(),
                });
            }
        })
    };
    let turn = |to: bool| {
        let review = review.clone();
        Callback::from(move |_| review.set(to))
    };
    let step = match (*review, *choice) {
        (true, Some(chosen)) => html! {
            <div class="stack" data-testid="review">
                <p><b>{ lang.t(words::VOTE_REVIEW) }</b>{ " " }<span class="pill ok">{ small(lang, chosen) }</span></p>
                <p class="caption">{ lang.t(words::VOTE_REVIEW_SAY) }</p>
                <div class="row"><button type="button" class="btn" onclick={turn(false)} disabled={doing.busy()}>{ lang.t(words::BACK) }</button>
                    <button type="button" class="btn primary" onclick={sign} disabled={doing.busy()} data-testid="sign">{ lang.t(words::SIGN_DO) }</button></div>
            </div>
        },
        (_, chosen) => html! {
            <fieldset class="cast">
                <legend class="small">{ lang.t(words::VOTE_CHOOSE) }</legend>
                { for CHOICES.map(|one| {
                    let choice = choice.clone();
                    html! { <label class="choice"><input type="radio" name="choice" checked={chosen == Some(one)} onchange={Callback::from(move |_| choice.set(Some(one)))} data-testid={format!("choice-{one}")} /><b>{ small(lang, one) }</b></label> }
                }) }
                if props.stands.is_some() { <p class="caption">{ lang.t(words::VOTE_CHANGE) }</p> }
                <button type="button" class="btn primary" disabled={chosen.is_none() || doing.busy()} onclick={turn(true)} data-testid="to-review">{ lang.t(words::VOTE_NEXT) }</button>
            </fieldset>
        },
    };
    let label = lang.t(if *review {
        words::VOTE_REVIEW
    } else {
        words::VOTE_CHOOSE
    });
    html! { <><div ref={place} tabindex="-1" role="group" aria-label={label}>{ step }</div>{ act_view(lang, &doing) }</> }
}
