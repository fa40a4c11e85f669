//! A picture or a text in: live camera, photo, album, drop, paste, a hand-held scanner's typing.

mod camera;
mod input;
mod look;
mod typed;

use crate::draw::Setter;
use crate::draw::prelude::*;
use crate::i18n::{Text, words};
use crate::shell::{Page, site, use_page};
use crate::widget::{self, Icon, file_pick, icon};
use camera::Camera;
use input::Pasted;
use look::{Found, Look};
use std::{cell::Cell, rc::Rc};
use verifier::portable;
use web_sys::File;

/// What the page says about the last picture.
#[derive(Clone, PartialEq)]
enum Say {
    Nothing,
    Looking(Text),
    Wrong(Text),
    Several(Vec<String>),
}

/// The page.
#[derive(PartialEq)]
pub struct Scan;

part!(Scan, use_scan());

#[hook]
fn use_scan() -> Html {
    let page = use_page();
    let lang = page.lang;
    let say = use_state(|| Say::Nothing);
    let look = use_kept(|| Look::new(page.scanner.clone()));
    // What a look finds counts only while nobody has stopped it or begun another.
    let look_number = use_kept(|| Cell::new(0u32));
    let found = found(&page, say.setter());
    let stop = {
        let (number, say) = (look_number.clone(), say.setter());
        Callback::from(move |_| {
            number.set(number.get() + 1);
            say.set(Say::Nothing);
        })
    };
    let picture = {
        let (look, say, found) = (look.clone(), say.setter(), found.clone());
        let number = look_number.clone();
        let proof = proof(&page, say.clone());
        Callback::from(move |file: File| {
            say.set(Say::Looking(if look.is_ready() {
                words::SCAN_LOOKING
            } else {
                words::SCAN_READER
            }));
            number.set(number.get() + 1);
            match file.type_().starts_with("image/") {
                true => look.file(file, while_wanted(&number, &found)),
                false => input::as_text(file, proof.clone()),
            }
        })
    };
    let text = page.check.clone();
    input::use_input(picture.clone(), text.clone());
    let wechat = wechat(&page);
    let content = html! {
        <div class="scan-desk">
            <div class="col">
                { part(Camera { look: (*look).clone(), found: page.check.clone() }) }
                <div role="status" aria-live="polite">{ report(&page, &say, stop) }</div>
            </div>
            <div class="col">
                <div class="ways">
                    { file_pick("image/*", Some("environment"), "photo", &picture, html! { <>{ icon(Icon::Camera, 28) }{ lang.t(words::SCAN_PHOTO) }</> }) }
                    { file_pick("image/*,.proof", None, "album", &picture, html! { <>{ icon(Icon::Picture, 28) }{ lang.t(words::SCAN_ALBUM) }</> }) }
                    if let Some(wechat) = wechat { <button type="button" class="btn" onclick={wechat}>{ icon(Icon::Chat, 28) }{ lang.t(words::SCAN_WECHAT) }</button> }
                    { paste(&page, &picture, say.setter()) }
                    <a class="btn" href="#/batch" data-testid="batch">{ icon(Icon::Sheets, 28) }{ lang.t(words::BATCH) }</a>
                </div>
                { typed::view(lang, &text) }
            </div>
        </div>
    };
    widget::frame(
        true,
        html! { <>{ widget::link_notice(&page) }{ content }</> },
    )
}

/// A proof file goes to its verdict; nothing else that is no picture is of use.
fn proof(page: &Page, say: Setter<Say>) -> Callback<Option<String>> {
    let check = page.check.clone();
    Callback::from(move |text: Option<String>| match text {
        Some(text) if portable::is_text(&text) => check.emit(text),
        _ => say.set(Say::Wrong(words::SCAN_BAD_FILE)),
    })
}

/// One text is checked at once; of several the person chooses.
fn found(page: &Page, say: Setter<Say>) -> Callback<Result<Vec<String>, String>> {
    let check = page.check.clone();
    Callback::from(move |found: Result<Vec<String>, String>| match found {
        Err(code) => say.set(Say::Wrong(if code == "bad-picture" {
            words::SCAN_BAD_PICTURE
        } else {
            words::SCAN_ENDED
        })),
        Ok(mut texts) => match texts.len() {
            0 => say.set(Say::Wrong(words::SCAN_NOTHING)),
            1 => check.emit(texts.remove(0)),
            _ => say.set(Say::Several(texts)),
        },
    })
}

/// Hears a look as long as it is the last one.
fn while_wanted(number: &Rc<Cell<u32>>, found: &Callback<Found>) -> Callback<Found> {
    let (number, found, mine) = (number.clone(), found.clone(), number.get());
    Callback::from(move |texts| {
        if number.get() == mine {
            found.emit(texts);
        }
    })
}

fn report(page: &Page, say: &Say, stop: Callback<MouseEvent>) -> Html {
    let lang = page.lang;
    match say {
        Say::Nothing => Html::default(),
        Say::Looking(text) => {
            html! { <div class="note row" data-testid="looking"><span class="grow">{ lang.t(*text) }</span><button type="button" class="link" onclick={stop} data-testid="look-stop">{ lang.t(words::STOP) }</button></div> }
        }
        Say::Wrong(text) => {
            html! { <p class="note warn" data-testid="scan-wrong">{ lang.t(*text) }</p> }
        }
        Say::Several(texts) => html! {
            <section class="card stack" data-testid="several">
                <h3>{ lang.fill(words::SCAN_SEVERAL, &[("count", &texts.len().to_string())]) }</h3>
                { for texts.iter().map(|text| {
                    let (check, chosen) = (page.check.clone(), text.clone());
                    html! { <button type="button" class="choice mono" onclick={Callback::from(move |_| check.emit(chosen.clone()))}>{ text.chars().take(160).collect::<String>() }</button> }
                }) }
            </section>
        },
    }
}

fn paste(page: &Page, picture: &Callback<File>, say: Setter<Say>) -> Html {
    let (check, picture) = (page.check.clone(), picture.clone());
    let press = Callback::from(move |_| {
        let (check, picture, say) = (check.clone(), picture.clone(), say.clone());
        input::clipboard(Callback::from(move |pasted| match pasted {
            Pasted::Picture(file) => picture.emit(file),
            Pasted::Text(text) => check.emit(text),
            Pasted::Nothing => say.set(Say::Wrong(words::SCAN_PASTE_EMPTY)),
        }));
    });
    html! { <button type="button" class="btn" onclick={press} data-testid="paste">{ icon(Icon::Paste, 28) }{ page.lang.t(words::SCAN_PASTE) }</button> }
}

/// WeChat's own scanner, where the site configures it.
fn wechat(page: &Page) -> Option<Callback<MouseEvent>> {
    page.wechat.as_ref()?;
    let check = page.check.clone();
    Some(Callback::from(move |_| {
        let check = check.clone();
        // Without WeChat's script the button does nothing; the other ways stay.
        let _ = site::wechat_scan(move |text| check.emit(text));
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_that_was_stopped_is_heard_no_more() {
        let heard = Rc::new(Cell::new(0));
        let found = {
            let heard = heard.clone();
            Callback::from(move |_: Found| heard.set(heard.get() + 1))
        };
        let number = Rc::new(Cell::new(0));
        let first = while_wanted(&number, &found);
        first.emit(Ok(Vec::new()));
        assert_eq!(heard.get(), 1);
        number.set(1);
        first.emit(Ok(Vec::new()));
        assert_eq!(heard.get(), 1);
    }
}
