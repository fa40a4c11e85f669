//! The live camera: opened by a tap, looked at four times a second, and let go when the page is hidden.

use super::look::{Found, Look};
use crate::draw::Setter;
use crate::draw::prelude::*;
use crate::i18n::{Text, words};
use crate::shell::use_page;
use gloo::{
    events::EventListener,
    timers::callback::{Interval, Timeout},
};
use js_sys::{JSON, Reflect};
use records::codes;
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlVideoElement, MediaStream, MediaStreamConstraints, MediaStreamTrack};

const LOOK_MILLIS: u32 = 250;
const BROKEN_MILLIS: u32 = 3_000;
/// Looks after which a code that is none of ours is taken nevertheless: an invoice's may lie beside it, not read yet.
const PATIENT_LOOKS: u32 = 6;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Off,
    Opening,
    On,
    Unavailable,
}

impl Phase {
    fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Opening => "opening",
            Self::On => "on",
            Self::Unavailable => "unavailable",
        }
    }
}

/// What reads the pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reader {
    /// Being fetched with the first picture.
    Coming,
    Here,
    /// It did not arrive, or ended; it is tried again.
    Broken,
}

/// The finder.
#[derive(PartialEq)]
pub struct Camera {
    /// Looks at pictures.
    pub look: Look,
    /// Hears the first text.
    pub found: Callback<String>,
}

/// An open camera; its tracks end when this is dropped.
struct Open(MediaStream);

impl Drop for Open {
    fn drop(&mut self) {
        for track in self
            .0
            .get_tracks()
            .iter()
            .map(JsCast::unchecked_into::<MediaStreamTrack>)
        {
            track.stop();
        }
    }
}

part!(Camera, use_camera);

/// Draws the finder and runs the camera.
#[hook]
fn use_camera(props: &Camera) -> Html {
    let lang = use_page().lang;
    let phase = use_state(|| Phase::Off);
    let reader = use_state(|| Reader::Coming);
    let video = use_node_ref();
    {
        let (phase, video, reader) = (phase.clone(), video.clone(), reader.setter());
        let (look, found) = (props.look.clone(), props.found.clone());
        use_effect_with(*phase, move |_| {
            if look.is_ready() {
                reader.set(Reader::Here);
            }
            let hear = heard(reader, found);
            let running = running(&phase, &video, look, hear);
            move || drop(running)
        });
    }
    use_hiding(phase.setter());
    let press = {
        let phase = phase.clone();
        Callback::from(move |_| {
            phase.set(if matches!(*phase, Phase::On | Phase::Opening) {
                Phase::Off
            } else {
                Phase::Opening
            })
        })
    };
    let live = matches!(*phase, Phase::On | Phase::Opening);
    let (say, label): (Text, Text) = match (*phase, *reader) {
        (Phase::Off, _) => (words::SCAN_IDLE, words::SCAN_START),
        (Phase::Opening, _) => (words::SCAN_OPENING, words::SCAN_STOP),
        (Phase::On, Reader::Coming) => (words::SCAN_READER, words::SCAN_STOP),
        (Phase::On, Reader::Here) => (words::SCAN_SAY, words::SCAN_STOP),
        (Phase::On, Reader::Broken) => (words::SCAN_READER_BROKEN, words::SCAN_STOP),
        (Phase::Unavailable, _) => (words::SCAN_NO_CAMERA, words::SCAN_START),
    };
    html! {
        <section class={when(!live, "card")} data-testid="camera" data-phase={phase.name()}>
            if live {
                <div class="finder">
                    <video ref={video} muted=true autoplay=true playsinline=true aria-hidden="true"></video>
                    <div class="frame" aria-hidden="true"><svg viewBox="0 0 100 100" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"><path d="M2 22V8a6 6 0 016-6h14M78 2h14a6 6 0 016 6v14M98 78v14a6 6 0 01-6 6H78M22 98H8a6 6 0 01-6-6V78" /></svg></div>
                    <p class="say" role="status">{ lang.t(say) }</p>
                </div>
            } else {
                <div class="off"><p class="small" role="status">{ lang.t(say) }</p></div>
            }
            // One button whatever stands above, so that it keeps the focus.
            <div class={classes(["row", "toggle", when(!live, "idle")])}><button type="button" class={classes(["btn", when(!live, "primary")])} onclick={press} data-testid="camera-toggle">{ lang.t(label) }</button></div>
        </section>
    }
}

/// What runs while the camera is wanted; all of it ends when this is dropped.
type Running = (Rc<Cell<bool>>, Interval);

/// Ends what is under way when the effect is cleaned up.
struct Guard(Running);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.0.set(false);
    }
}

/// Hears what one look found; whether the code that it hands on was the last one wanted.
type Heard = Rc<dyn Fn(Found) -> bool>;

fn heard(reader: Setter<Reader>, found: Callback<String>) -> Heard {
    let foreign = Cell::new(0);
    Rc::new(move |texts| {
        reader.set(if texts.is_ok() {
            Reader::Here
        } else {
            Reader::Broken
        });
        let first = texts.unwrap_or_default().into_iter().next();
        let taken = first.filter(|text| is_taken(text, &foreign));
        let done = taken.is_some();
        if let Some(text) = taken {
            found.emit(text);
        }
        done
    })
}

/// Whether a text is taken; one that is none of ours only when nothing else was read for a while.
fn is_taken(text: &str, foreign: &Cell<u32>) -> bool {
    foreign.set(foreign.get() + 1);
    codes::is_ours(text) || foreign.get() >= PATIENT_LOOKS
}

fn running(phase: &State<Phase>, video: &NodeRef, look: Look, heard: Heard) -> Option<Guard> {
    let video = video
        .cast::<HtmlVideoElement>()
        .filter(|_| **phase == Phase::Opening || **phase == Phase::On)?;
    let wanted = Rc::new(Cell::new(true));
    if video.src_object().is_none() {
        open(phase.setter(), video.clone(), wanted.clone());
    }
    let busy = Rc::new(Cell::new(false));
    let (still, looking) = (wanted.clone(), look);
    let interval = Interval::new(LOOK_MILLIS, move || {
        if busy.get() || !still.get() || video.ready_state() < 2 {
            return;
        }
        busy.set(true);
        let (busy, still, heard) = (busy.clone(), still.clone(), heard.clone());
        looking.video(
            &video,
            Callback::from(move |texts: Found| {
                let broken = texts.is_err();
                if still.get() && heard(texts) {
                    still.set(false);
                }
                let busy = busy.clone();
                let next = move || busy.set(false);
                if broken {
                    Timeout::new(BROKEN_MILLIS, next).forget();
                } else {
                    next();
                }
            }),
        );
    });
    Some(Guard((wanted, interval)))
}

fn open(phase: Setter<Phase>, video: HtmlVideoElement, wanted: Rc<Cell<bool>>) {
    spawn_local(async move {
        let Some(stream) = stream().await else {
            return phase.set(Phase::Unavailable);
        };
        let camera = Open(stream);
        video.set_src_object(Some(&camera.0));
        if let Ok(playing) = video.play() {
            // A browser that refuses to play by itself shows its own control.
            let _ = JsFuture::from(playing).await;
        }
        phase.set(Phase::On);
        // The camera stays open as long as its picture is on the page.
        while video.is_connected() && camera.0.active() && !hidden() {
            sleep(LOOK_MILLIS as i32).await;
        }
        wanted.set(false);
    });
}

async fn stream() -> Option<MediaStream> {
    let devices = web_sys::window()?.navigator().media_devices().ok()?;
    if Reflect::get(&devices, &"getUserMedia".into()).is_ok_and(|method| method.is_undefined()) {
        return None;
    }
    let wish = MediaStreamConstraints::new();
    wish.set_video(
        &JSON::parse(
            r#"{"facingMode":"environment","width":{"ideal":1280},"height":{"ideal":960}}"#,
        )
        .ok()?,
    );
    let promise = devices.get_user_media_with_constraints(&wish).ok()?;
    JsFuture::from(promise).await.ok()?.dyn_into().ok()
}

fn hidden() -> bool {
    web_sys::window()
        .and_then(|window| window.document())
        .is_none_or(|document| document.hidden())
}

async fn sleep(millis: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
        }
    });
    let _ = JsFuture::from(promise).await;
}

/// A hidden page gives the camera back.
#[hook]
fn use_hiding(phase: Setter<Phase>) {
    use_effect_with((), move |()| {
        let document = web_sys::window().and_then(|window| window.document());
        let listener = document.map(|document| {
            EventListener::new(&document, "visibilitychange", move |_| {
                if hidden() {
                    phase.set(Phase::Off);
                }
            })
        });
        move || drop(listener)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invoice_is_taken_at_once_and_an_advert_only_when_nothing_else_comes() {
        let foreign = Cell::new(0);
        let advert = || is_taken("https://advert.example/", &foreign);
        for _ in 1..PATIENT_LOOKS {
            assert!(!advert());
        }
        assert!(advert());
        let invoice = "01,32,,25432000000031411143,655.00,20250311,,19E3";
        assert!(is_taken(invoice, &Cell::new(0)));
    }
}
