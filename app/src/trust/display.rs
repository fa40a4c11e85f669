//! Language, appearance and size.

use crate::draw::prelude::*;
use crate::i18n::{Lang, words};
use crate::shell::{
    Page,
    prefs::{Prefs, Theme},
};
use crate::widget::segments;

/// The card with the three choices.
pub fn card(page: &Page) -> Html {
    let lang = page.lang;
    let prefs = page.prefs;
    let change = |edit: fn(&mut Prefs, usize)| {
        let set = page.set_prefs.clone();
        Callback::from(move |at: usize| {
            let mut next = prefs;
            edit(&mut next, at);
            set.emit(next);
        })
    };
    let theme =
        change(|prefs, at| prefs.theme = [Theme::System, Theme::Light, Theme::Dark][at.min(2)]);
    let language = change(|prefs, at| prefs.lang = if at == 0 { Lang::Zh } else { Lang::En });
    let size = change(|prefs, at| prefs.elder = at == 1);
    let themes = [
        (lang.t(words::THEME_SYSTEM), prefs.theme == Theme::System),
        (lang.t(words::THEME_LIGHT), prefs.theme == Theme::Light),
        (lang.t(words::THEME_DARK), prefs.theme == Theme::Dark),
    ];
    let languages = [("中文", lang == Lang::Zh), ("English", lang == Lang::En)];
    let sizes = [
        (lang.t(words::SIZE_NORMAL), !prefs.elder),
        (lang.t(words::ELDER), prefs.elder),
    ];
    html! {
        <section class="card stack">
            <h2>{ lang.t(words::LOOK) }</h2>
            <h3>{ lang.t(words::THEME) }</h3>{ segments(lang.t(words::THEME), "theme", &themes, &theme) }
            <h3>{ lang.t(words::SIZE) }</h3>{ segments(lang.t(words::SIZE), "size", &sizes, &size) }
            <h3>{ lang.t(words::LANGUAGE_NAME) }</h3>{ segments(lang.t(words::LANGUAGE_NAME), "lang", &languages, &language) }
        </section>
    }
}
