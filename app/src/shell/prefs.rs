//! How a person likes the page: language, appearance, size. Kept in the browser where it allows that.

use crate::i18n::Lang;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::MediaQueryList;

const KEY: &str = "lianyan.prefs";

/// Light, dark, or as the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// A person's choices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prefs {
    /// Language.
    pub lang: Lang,
    /// Appearance.
    pub theme: Theme,
    /// Larger type and targets (长辈版).
    pub elder: bool,
}

impl Prefs {
    /// What was kept, or the browser's language and nothing else.
    pub fn load() -> Self {
        let kept = storage().and_then(|storage| storage.get_item(KEY).ok().flatten());
        kept.map_or_else(Self::first, |text| Self::read(&text))
    }

    fn first() -> Self {
        let language = web_sys::window().and_then(|window| window.navigator().language());
        let chinese = language.is_none_or(|tag| tag.starts_with("zh"));
        Self {
            lang: if chinese { Lang::Zh } else { Lang::En },
            ..Self::default()
        }
    }

    fn read(text: &str) -> Self {
        let has = |word| text.split(' ').any(|part| part == word);
        let theme = match (has("light"), has("dark")) {
            (true, _) => Theme::Light,
            (_, true) => Theme::Dark,
            _ => Theme::System,
        };
        Self {
            lang: if has("en") { Lang::En } else { Lang::Zh },
            theme,
            elder: has("elder"),
        }
    }

    fn text(self) -> String {
        let theme = match self.theme {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        let lang = if self.lang == Lang::En { "en" } else { "zh" };
        format!("{lang} {theme}{}", if self.elder { " elder" } else { "" })
    }

    /// Keeps the choices for the next visit.
    pub fn keep(self) {
        if let Some(storage) = storage() {
            // Storage may be full or forbidden; the choice then lasts for this visit.
            let _ = storage.set_item(KEY, &self.text());
        }
    }

    /// Puts the choices on the root element, where the style sheets look.
    fn apply(self) {
        let document = web_sys::window().and_then(|window| window.document());
        let Some(root) = document.and_then(|document| document.document_element()) else {
            return;
        };
        let dark = match self.theme {
            Theme::System => system_is_dark(),
            Theme::Light => false,
            Theme::Dark => true,
        };
        let _ = root.set_attribute("lang", self.lang.tag());
        let _ = root.set_attribute("data-theme", if dark { "dark" } else { "light" });
        let _ = root.toggle_attribute_with_force("data-elder", self.elder);
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn darkness() -> Option<MediaQueryList> {
    let window = web_sys::window()?;
    let query = window.match_media("(prefers-color-scheme: dark)");
    query.ok().flatten()
}

fn system_is_dark() -> bool {
    darkness().is_some_and(|query| query.matches())
}

/// Applied as long as this is kept, also when the system's appearance changes meanwhile.
pub struct Applied {
    query: Option<MediaQueryList>,
    _again: Closure<dyn Fn()>,
}

impl Applied {
    /// Puts the choices on the page.
    pub fn new(prefs: Prefs) -> Self {
        prefs.apply();
        let again = Closure::<dyn Fn()>::new(move || prefs.apply());
        let query = darkness();
        if let Some(query) = &query {
            query.set_onchange(Some(again.as_ref().unchecked_ref()));
        }
        Self {
            query,
            _again: again,
        }
    }
}

impl Drop for Applied {
    fn drop(&mut self) {
        if let Some(query) = &self.query {
            query.set_onchange(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_survive_being_kept() {
        for lang in [Lang::Zh, Lang::En] {
            for theme in [Theme::System, Theme::Light, Theme::Dark] {
                for elder in [false, true] {
                    let prefs = Prefs { lang, theme, elder };
                    assert_eq!(Prefs::read(&prefs.text()), prefs);
                }
            }
        }
    }

    #[test]
    fn nonsense_in_storage_is_the_default() {
        assert_eq!(Prefs::read("\u{0}{}"), Prefs::default());
    }
}
