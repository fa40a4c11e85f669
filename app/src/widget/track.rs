//! A life-cycle as a track: what is behind, where it stands, and where it stopped.

use crate::draw::prelude::*;

/// One stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Behind.
    Done,
    /// Here.
    Now,
    /// Here, and no further.
    Halt,
    /// Ahead.
    Ahead,
}

/// Draws the track.
pub fn track(label: &str, stops: &[(&str, Stage)]) -> Html {
    html! {
        <ol class="track" aria-label={label.to_owned()} data-testid="track">
            { for stops.iter().map(|(name, stage)| {
                let (class, here) = match stage {
                    Stage::Done => ("done", false),
                    Stage::Now => ("done now", true),
                    Stage::Halt => ("halt", true),
                    Stage::Ahead => ("", false),
                };
                html! { <li {class} aria-current={here.then_some("step")}><i></i>{ *name }</li> }
            }) }
        </ol>
    }
}
