//! Parts that several tasks share.

mod act;
mod anchor;
mod book;
mod checks;
mod clip;
mod code;
mod fields;
mod focus;
mod held;
mod icon;
mod identity;
mod list;
mod mark;
mod meter;
mod pick;
mod ring;
#[cfg(test)]
pub mod sample;
mod subject;
mod track;
mod verdict;

pub use crate::engine::Doing;
pub use act::{act_view, hand_on, named, tail, use_act};
pub use anchor::{fold, grounds, header, nodes, signers};
pub use book::{authors, history, visitors};
pub use checks::{checks, live, status_word, took, waiting as checks_waiting};
pub use clip::{Share, copy, download, download_bytes, place};
pub use code::Code;
pub use fields::{fields, find, lines};
pub use focus::{focus, use_focus};
pub use held::{as_of, block_time, doubt, holds, life, proven, standing, up_to, use_last};
pub use icon::{Icon, icon, seal};
pub use identity::{IdentityPick, mine, pending};
pub use list::trust_list;
pub use mark::{Mark, mark, outcome_code, outcome_pill};
pub use meter::{Judged, meter};
pub use pick::{boxes, entered, file_pick, segments, toggled};
pub use ring::{is_checkpoint, ring, small_ring};
pub use subject::{Card, Subject, use_card};
pub use track::{Stage, track};
pub use verdict::VerdictHead;

use crate::draw::prelude::*;
use crate::engine::Link;
use crate::i18n::words;
use crate::shell::{Page, site};

/// What the page waits for while the verifier is not there; nothing once it is.
pub fn link_notice(page: &Page) -> Html {
    let (text, retry, class) = match page.known.link {
        Link::Ready => return Html::default(),
        Link::Loading => (words::LINK_LOADING, false, "note"),
        Link::Slow => (words::LINK_SLOW, true, "note warn"),
        Link::Restarting => (words::LINK_RESTARTING, false, "note warn"),
        Link::Missing => (words::LINK_MISSING, true, "note bad"),
        Link::NoChains => (words::LINK_NO_CHAINS, true, "note bad"),
    };
    let (engine, link) = (page.engine.clone(), page.known.link);
    let again = Callback::from(move |_| match link {
        // The boot script asks for them once.
        Link::NoChains => site::reload(),
        _ => engine.retry(),
    });
    html! {
        <div {class} role="status" data-testid="link">
            { page.lang.t(text) }
            if retry {
                <button class="link" onclick={again} data-testid="link-again">{ page.lang.t(words::AGAIN) }</button>
            }
        </div>
    }
}

/// What the page waits for while the keys are not there; nothing once they are.
pub fn keys_notice(page: &Page) -> Html {
    let (text, retry, class) = match page.known.keys {
        Some(Link::Ready) => return Html::default(),
        Some(Link::Missing) => (words::KEYS_MISSING, true, "note bad"),
        Some(Link::Slow) => (words::KEYS_SLOW, true, "note warn"),
        Some(Link::Restarting) => (words::KEYS_RESTARTING, false, "note warn"),
        _ => (words::KEYS_LOADING, false, "note"),
    };
    let engine = page.engine.clone();
    html! {
        <div {class} role="status" data-testid="keys-link">
            { page.lang.t(text) }
            if retry {
                <button class="link" onclick={Callback::from(move |_| engine.keys().retry())}>{ page.lang.t(words::AGAIN) }</button>
            }
        </div>
    }
}

/// The frame of a page: its landmark, and where focus goes on arrival.
pub fn frame(wide: bool, content: Html) -> Html {
    html! { <main id="main" tabindex="-1" aria-labelledby="where" class={wide.then_some("wide")}>{ content }</main> }
}
