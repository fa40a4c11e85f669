//! How the page is drawn: templates instead of unfolded markup, one component for all parts, hooks of one type each. All of it draws with
//! Yew and looks like Yew's own; it keeps the page's program small, for Yew unfolds each element, component and hook into code of its own.

mod hooks;
mod part;
mod slots;
mod template;

pub use hooks::{Setter, State, use_effect_with, use_kept, use_node_ref, use_state};
pub use part::{Part, keyed, part, start};
pub use slots::{Child, Draw};

#[cfg(test)]
pub use template::tests::written;

pub use markup::html;
pub use yew::Html;

/// What a file that draws needs.
pub mod prelude {
    pub(crate) use super::{
        Child, State, classes, html, keyed, part, use_effect_with, use_kept, use_node_ref,
        use_state, when,
    };
    pub(crate) use crate::part;
    pub use yew::prelude::{
        Callback, Event, Html, InputEvent, KeyboardEvent, MouseEvent, NodeRef, SubmitEvent, hook,
    };
}

/// A class name where `on` holds.
pub fn when(on: bool, name: &'static str) -> &'static str {
    if on { name } else { "" }
}

/// Class names with spaces between them; empty ones are left out.
pub fn classes<const N: usize>(names: [&str; N]) -> String {
    joined(&names)
}

fn joined(names: &[&str]) -> String {
    let mut out = String::new();
    for name in names.iter().filter(|name| !name.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(name);
    }
    out
}
