//! Choosing: one of a few, or a file.

use crate::draw::prelude::*;
use js_sys::Reflect;
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

/// Any of several, a box for each: its name and what it is called, and whether it is ticked.
pub fn boxes(
    label: &str,
    id: &'static str,
    options: Vec<(String, String, bool)>,
    toggle: &Callback<String>,
) -> Html {
    let rows = options.into_iter().map(|(name, called, on)| {
        let (toggle, value) = (toggle.clone(), name.clone());
        let change = Callback::from(move |_: Event| toggle.emit(name.clone()));
        html! { <label class="choice"><input type="checkbox" {value} checked={on} onchange={change} data-testid={id} /><span>{ called }</span></label> }
    });
    html! { <fieldset class="stack"><legend class="small">{ label.to_owned() }</legend>{ for rows }</fieldset> }
}

/// These names with one more, or without it where it is among them.
pub fn toggled(names: &[String], name: String) -> Vec<String> {
    let mut others = names.to_vec();
    others.retain(|one| *one != name);
    if others.len() == names.len() {
        others.push(name);
    }
    others
}

/// What stands in the field that an event is about, typed or chosen, without the blanks around it.
pub fn entered(event: &web_sys::Event) -> Option<String> {
    let target = event.target()?;
    let value = Reflect::get(&target, &"value".into()).ok()?;
    Some(value.as_string()?.trim().to_owned())
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
