//! The bar on top: where we are, the way back, language and size; and the banner of a development chain.

use super::{Page, Route, prefs::Prefs};
use crate::draw::prelude::*;
use crate::i18n::{Lang, Text, words};
use crate::widget::{self, Icon, icon};

/// What a place is called; home has the page's own name.
pub fn title(route: &Route) -> Option<Text> {
    Some(match route {
        Route::Home | Route::Unknown => return None,
        Route::Scan => words::AT_SCAN,
        Route::Record(record, _) if record.kind == "vote" => words::AT_VOTE,
        Route::Result | Route::Record(..) => words::RESULT,
        Route::Batch => words::AT_BATCH,
        Route::Medical | Route::Reader => words::AT_MEDICAL,
        Route::Votes | Route::Vote(_) | Route::Agree(..) => words::AT_VOTE,
        Route::Keys | Route::Recover(_) => words::AT_KEYS,
        Route::Trust => words::TRUST,
        Route::Try => words::TRY,
    })
}

/// The bar.
pub fn view(page: &Page, route: &Route) -> Html {
    let lang = page.lang;
    let place = match title(route) {
        None => {
            html! { <a class="brand" href="#/">{ widget::seal(30) }{ lang.t(words::BRAND) }</a> }
        }
        Some(title) => html! {
            <>
                <button class="back" data-testid="back" aria-label={lang.t(words::BACK)} onclick={Callback::from(|_| back())}>{ icon(Icon::Back, 24) }</button>
                <h1 class="where" id="where" tabindex="-1">{ lang.t(title) }</h1>
            </>
        },
    };
    html! {
        <>
            <header class="bar"><div class="bar-in">
                { place }
                <div class="tools noprint">{ language(page) }{ elder(page) }
                    <a class="tool" href="#/trust" data-testid="settings" aria-label={lang.t(words::TRUST)}>{ icon(Icon::Sliders, 22) }</a>
                </div>
            </div></header>
            if let Some(chain) = &page.dev {
                <aside class="dev" data-testid="dev-banner">{ lang.fill(words::DEV_CHAIN, &[("chain", chain)]) }</aside>
            }
        </>
    }
}

fn back() {
    let Some(window) = web_sys::window() else {
        return;
    };
    match window.history() {
        // Opened by a link: there is nothing to go back to inside the page.
        Ok(history) if history.length().is_ok_and(|length| length > 1) => {
            let _ = history.back();
        }
        _ => super::go(&Route::Home),
    }
}

fn change(page: &Page, edit: impl Fn(&mut Prefs) + 'static) -> Callback<MouseEvent> {
    let (set, prefs) = (page.set_prefs.clone(), page.prefs);
    Callback::from(move |_| {
        let mut next = prefs;
        edit(&mut next);
        set.emit(next);
    })
}

fn language(page: &Page) -> Html {
    let toggle = change(page, |prefs| {
        prefs.lang = if prefs.lang == Lang::Zh {
            Lang::En
        } else {
            Lang::Zh
        }
    });
    html! {
        <button class="tool" data-testid="language" onclick={toggle} aria-label={page.lang.t(words::LANGUAGE_SAY)}>{ page.lang.t(words::LANGUAGE) }</button>
    }
}

fn elder(page: &Page) -> Html {
    let toggle = change(page, |prefs| prefs.elder = !prefs.elder);
    html! {
        <button class="tool" data-testid="elder" onclick={toggle} aria-pressed={page.prefs.elder.to_string()} aria-label={page.lang.t(words::ELDER_SAY)}>{ page.lang.t(words::ELDER) }</button>
    }
}
