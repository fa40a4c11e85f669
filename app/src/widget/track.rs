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

/// Draws the track; one that is not said to hold now is muted, and names no place where it stands.
pub fn track(label: &str, stops: &[(&str, Stage)], holds: bool) -> Html {
    html! {
        <ol class={classes(["track", when(!holds, "muted")])} aria-label={label.to_owned()} data-testid="track">
            { for stops.iter().map(|(name, stage)| {
                let (class, here) = match stage {
                    Stage::Done => ("done", false),
                    Stage::Now => ("done now", true),
                    Stage::Halt => ("halt", true),
                    Stage::Ahead => ("", false),
                };
                html! { <li {class} aria-current={(here && holds).then_some("step")}><i></i>{ *name }</li> }
            }) }
        </ol>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::written;

    #[test]
    fn a_track_that_does_not_hold_is_muted_and_stands_nowhere() {
        let drawn = |holds| written(&track("t", &[("a", Stage::Done), ("b", Stage::Now)], holds));
        assert!(drawn(true).contains("aria-current=step"), "{}", drawn(true));
        assert!(!drawn(true).contains("muted"));
        assert!(drawn(false).contains("muted") && !drawn(false).contains("aria-current"));
    }
}
