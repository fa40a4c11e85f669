//! The page around the tasks: who is asked, where we are, the bar on top, and what every part may use.

mod bar;
mod page;
pub mod prefs;
mod route;
pub mod site;

pub use page::{Page, use_page};
pub use route::Route;

use crate::draw::Setter;
use crate::draw::prelude::*;
use crate::engine::{Engine, Known, Question, Scanner};
use crate::i18n::{self, Lang, Text, ask_for, learn, tell_names, words};
use crate::{home, invoice, keys, medical, scan, trust, tryout, vote, widget};
use gloo::events::EventListener;
use prefs::{Applied, Prefs};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use worker::{FromVerifier, RecordRef};

/// Gets what a language's texts need; whether the page can speak it now.
pub async fn speaks(lang: Lang) -> bool {
    if !i18n::is_known(lang)
        && let Some(file) = site::pinned("en.txt").await
    {
        i18n::learn_english(file);
    }
    i18n::is_known(lang)
}

/// The choices in a language that the page can speak.
fn spoken(mut prefs: Prefs) -> Prefs {
    if !i18n::is_known(prefs.lang) {
        prefs.lang = Lang::Zh;
    }
    prefs
}

/// Goes to a place; Back returns from it.
pub fn go(route: &Route) {
    go_to(&route.hash());
}

fn go_to(hash: &str) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().set_hash(hash);
    }
}

/// Goes to a place in the stead of this one: Back does not return here.
pub fn instead(route: &Route) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().replace(&route.hash());
    }
}

/// Puts a place's address into the bar without a step that Back would return to.
pub fn replace(route: &Route) {
    note(route, &JsValue::NULL);
}

/// The same with a note that stays with this step of the window's history, also when it is loaded anew.
fn note(route: &Route, note: &JsValue) {
    if let Some(history) = history() {
        let _ = history.replace_state_with_url(note, "", Some(&route.hash()));
    }
}

fn history() -> Option<web_sys::History> {
    web_sys::window()?.history().ok()
}

fn here() -> Route {
    let hash = web_sys::window().and_then(|window| window.location().hash().ok());
    let hash = hash.unwrap_or_default();
    let route = Route::read(&hash);
    match &route {
        Route::Record(_, Some(_)) => replace(&route),
        // What others signed is needed across a reload, and stands in no address that others may see.
        Route::Agree(..) | Route::Recover(_) => note(&route, &hash.into()),
        Route::Vote(_) | Route::Keys => {
            let kept = history().and_then(|history| history.state().ok()?.as_string());
            return route.again(&kept.unwrap_or_default());
        }
        _ => {}
    }
    route
}

/// The whole page.
#[derive(PartialEq)]
pub struct Shell;

part!(Shell, use_shell());

#[hook]
fn use_shell() -> Html {
    let prefs = use_state(|| spoken(Prefs::load()));
    // English was chosen, and is not to be had.
    let mute = use_state(|| !i18n::is_known(Prefs::load().lang));
    let known = use_state(Known::default);
    let route = use_state(here);
    let scanned = use_state(|| Rc::<str>::from(""));
    let dev = use_state(site::dev_chain);
    // How many members' names were proven: with each, all that names members is drawn again.
    let names = use_state(|| 0u32);
    let wechat = use_state(|| None);
    let scanner = use_kept(Scanner::default);
    let engine = {
        let known = known.setter();
        use_kept(move || Engine::start(Callback::from(move |now| known.set(now))))
    };
    use_effect_with(*prefs, |prefs| {
        let applied = Applied::new(*prefs);
        move || drop(applied)
    });
    if let Some(chain) = &known.chain {
        tell_names(&chain.members);
    }
    use_site((*engine).clone(), dev.setter(), wechat.setter());
    use_sight((*engine).clone());
    use_names((*engine).clone(), names.setter());
    {
        let engine = (*engine).clone();
        use_effect_with(route.needs_identities(), move |needed| {
            if *needed {
                engine.keys().need();
            }
        });
    }
    {
        let route = route.setter();
        use_effect_with((), move |()| {
            let window = web_sys::window();
            let listener = window.map(|window| {
                EventListener::new(&window, "hashchange", move |_| {
                    route.set(here());
                    arrive("where");
                })
            });
            move || drop(listener)
        });
    }
    let page = Rc::new(Page {
        lang: prefs.lang,
        prefs: *prefs,
        set_prefs: {
            let (prefs, mute) = (prefs.setter(), mute.setter());
            Callback::from(move |next: Prefs| {
                let (prefs, mute) = (prefs.clone(), mute.clone());
                next.keep();
                spawn_local(async move {
                    mute.set(!speaks(next.lang).await);
                    prefs.set(spoken(next));
                });
            })
        },
        engine: (*engine).clone(),
        scanner: (*scanner).clone(),
        known: (*known).clone(),
        scanned: (*scanned).clone(),
        check: {
            let scanned = scanned.setter();
            Callback::from(move |text: String| {
                // What others signed is no record to check; whatever host the link names, it is opened here.
                match text.trim().split_once('#') {
                    Some((_, hash))
                        if matches!(Route::read(hash), Route::Agree(..) | Route::Recover(_)) =>
                    {
                        go_to(hash)
                    }
                    _ => {
                        scanned.set(text.trim().into());
                        go(&Route::Result);
                    }
                }
            })
        },
        dev: (*dev).clone(),
        wechat: (*wechat).clone(),
    });
    page::tell(page.clone());
    let lang = page.lang;
    use_effect_with((bar::title(&route), lang), |(place, lang)| {
        entitle(*lang, *place)
    });
    html! {
        <>
            <a class="skip" href="#main" onclick={Callback::from(|event: MouseEvent| { event.prevent_default(); arrive("main"); })}>{ lang.t(words::SKIP) }</a>
            { bar::view(&page, &route) }
            if *mute { <p class="caption" role="alert">{ lang.t(words::NO_ENGLISH) }</p> }
            { place(&route) }
            <footer class="caption noprint">{ lang.t(words::FOOT) }</footer>
        </>
    }
}

fn place(route: &Route) -> Html {
    match route {
        Route::Home => part(home::Home),
        Route::Scan => part(scan::Scan),
        Route::Result => part(invoice::Scanned),
        Route::Record(record, openings) => part(invoice::Linked {
            record: record.clone(),
            openings: openings.clone(),
        }),
        Route::Batch => part(invoice::Batch),
        Route::Medical => part(medical::Patient),
        Route::Reader => part(medical::Reader),
        Route::Votes => part(vote::Votes),
        Route::Vote(id) => vote(id, None),
        Route::Agree(id, begun) => vote(id, Some(begun)),
        Route::Keys => part(keys::Keys { asked: None }),
        Route::Recover(asked) => part(keys::Keys {
            asked: Some(asked.clone()),
        }),
        Route::Trust => part(trust::Trust),
        Route::Try => part(tryout::Try),
        Route::Unknown => part(home::Unknown),
    }
}

fn vote(id: &str, begun: Option<&String>) -> Html {
    let vote = vote::Vote {
        id: id.to_owned(),
        begun: begun.cloned(),
    };
    keyed(id, vote)
}

/// Names the window after the place, for tabs, history and screen readers.
fn entitle(lang: Lang, place: Option<Text>) {
    let brand = lang.t(words::BRAND);
    let title = place.map_or_else(
        || brand.to_owned(),
        |place| [lang.t(place), " · ", brand].concat(),
    );
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        document.set_title(&title);
    }
}

/// At the top, with a part in focus, so that a screen reader says what it is: after a change of place its heading.
fn arrive(id: &'static str) {
    gloo::timers::callback::Timeout::new(30, move || {
        let Some(window) = web_sys::window() else {
            return;
        };
        window.scroll_to_with_x_and_y(0.0, 0.0);
        let document = window.document();
        widget::focus(document.and_then(|document| document.get_element_by_id(id)));
    })
    .forget();
}

/// Hands over what this origin says of chains and of WeChat, once.
#[hook]
fn use_site(engine: Engine, dev: Setter<Option<Rc<str>>>, wechat: Setter<Option<Rc<str>>>) {
    use_effect_with((), move |()| {
        spawn_local(async move {
            engine.configure(site::chains().await);
            dev.set(site::dev_chain());
            wechat.set(site::wechat_config().await.map(Rc::from));
        });
    });
}

/// Proves the record of each member that is named for the first time.
#[hook]
fn use_names(engine: Engine, names: Setter<u32>) {
    use_effect_with((), move |()| {
        ask_for(Callback::from(move |id: String| {
            let (kind, names) = (String::from("member"), names.clone());
            // Held until it is answered: a name that is known is not watched.
            let asking = Rc::new(RefCell::new(None));
            let asked = asking.clone();
            let question = Question::Record(RecordRef { kind, id });
            let hear = Callback::from(move |message| {
                if let FromVerifier::Verdict { verdict, .. } = message {
                    asked.take();
                    if learn(&verdict) {
                        names.change(|count| count + 1);
                    }
                }
            });
            let ticket = engine.ask(|id| question.message(&engine.known(), id), hear);
            asking.replace(Some(ticket));
        }));
    });
}

/// Follows the chain only while the page is seen; a page that comes back out of the browser's cache looks again.
#[hook]
fn use_sight(engine: Engine) {
    use_effect_with((), move |()| {
        let window = web_sys::window();
        let listeners = window.and_then(|window| {
            let document = window.document()?;
            let watched = document.clone();
            let look = Rc::new(move || engine.follow(!watched.hidden()));
            look();
            let shown = look.clone();
            Some((
                EventListener::new(&document, "visibilitychange", move |_| look()),
                EventListener::new(&window, "pageshow", move |_| shown()),
            ))
        });
        move || drop(listeners)
    });
}
