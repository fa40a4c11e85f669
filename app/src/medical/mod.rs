//! Consent for medical records: the patient's view, and the reader's.

mod document;
mod give;
mod grant;
mod look;
mod patient;
mod reader;
mod reason;
pub mod state;

pub use patient::Patient;
pub use reader::Reader;

use crate::draw::prelude::*;
use crate::i18n::{Lang, words};

/// The two views, side by side.
fn sides(lang: Lang, reader: bool) -> Html {
    let tab = |href: &'static str, id: &'static str, name, here: bool| {
        html! { <a {href} data-testid={id} aria-current={here.then_some("page")}>{ lang.t(name) }</a> }
    };
    html! {
        <nav class="segments">
            { tab("#/medical", "as-patient", words::MED_PATIENT, !reader) }{ tab("#/reader", "as-reader", words::MED_READER, reader) }
        </nav>
    }
}
