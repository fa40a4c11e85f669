//! Choosing: one of a few, or a file.

use wasm_bindgen::JsCast;
use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

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

/// A button that opens the system's file choice.
#[derive(PartialEq, Properties)]
pub struct FileProps {
    /// Kinds of file, as in the `accept` attribute.
    pub accept: AttrValue,
    /// `environment` asks for the camera on the back.
    #[prop_or_default]
    pub capture: Option<AttrValue>,
    /// Hook for tests.
    pub testid: AttrValue,
    /// Hears each file.
    pub chosen: Callback<File>,
    /// What the button shows.
    pub children: Html,
}

/// Draws it: a real file input lies over the button, so that keyboard and screen reader meet the control they know.
#[component]
pub fn FilePick(props: &FileProps) -> Html {
    let chosen = props.chosen.clone();
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
        <label class="btn filepick">{ props.children.clone() }<input type="file" accept={props.accept.clone()} capture={props.capture.clone()} data-testid={props.testid.clone()} onchange={change} /></label>
    }
}
