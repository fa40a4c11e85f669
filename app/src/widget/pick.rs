//! Choosing: one of a few, or a file.

use crate::draw::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlInputElement};

/// One of a few, side by side.
pub fn segments(
    label: &str,
    id: &'static str,
    options: &[(&str, bool)],
    choose: &Callback<usize>,
) -> Html {
    html! {
        <div class="segments" role="group" aria-label={label.to_owned()} data-testid={id}>
            { for options.iter().enumerate().map(|(at, (name, chosen))| {
                let choose = choose.clone();
                html! { <button type="button" aria-pressed={chosen.to_string()} data-at={at.to_string()} onclick={Callback::from(move |_| choose.emit(at))}>{ *name }</button> }
            }) }
        </div>
    }
}

/// A button that opens the system's file choice, for kinds of file as in the `accept` attribute; `environment` asks for the camera on the back.
/// A real file input lies over the button, so that keyboard and screen reader meet the control they know.
pub fn file_pick(
    accept: &'static str,
    capture: Option<&'static str>,
    testid: &'static str,
    chosen: &Callback<File>,
    label: Html,
) -> Html {
    let chosen = chosen.clone();
    let change = Callback::from(move |event: Event| {
        let input = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let Some(input) = input else { return };
        let files = input.files();
        for file in files
            .iter()
            .flat_map(|files| (0..files.length()).filter_map(|at| files.item(at)))
        {
            chosen.emit(file);
        }
        // The same file may be chosen again.
        input.set_value("");
    });
    html! {
        <label class="btn filepick">{ label }<input type="file" {accept} {capture} data-testid={testid} onchange={change} /></label>
    }
}
