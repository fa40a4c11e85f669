//! A count against its legal threshold: a bar, and a line with the threshold's name.

use crate::draw::prelude::*;
use crate::i18n::{Lang, percent, share, words};
use records::kinds::vote::Measure;

/// A share of the bar's length, in per cent with two decimals.
fn width(part: u64, whole: u64) -> String {
    let hundredths = share(part.min(whole), whole, 10_000);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// Whether reaching a threshold decides anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// The count is closed and proven.
    Now,
    /// It is open: what has not reached its threshold has not failed it.
    Later,
    /// It is not established.
    Never,
}

fn tone(judged: Judged, met: bool) -> &'static str {
    match (judged, met) {
        (Judged::Never, _) | (Judged::Later, false) => "open",
        (_, true) => "",
        (Judged::Now, false) => "no",
    }
}

/// Draws the meter; `shown` writes part and whole.
pub fn meter(
    lang: Lang,
    name: &str,
    measure: &Measure,
    judged: Judged,
    shown: (String, String),
) -> Html {
    let (need, of) = measure.threshold.fraction();
    let fill = format!("width:{}", width(measure.part, measure.whole));
    let line = format!("left:{}", width(need.into(), of.into()));
    let reached = if measure.met {
        words::METER_REACHED
    } else {
        words::METER_SHORT
    };
    let (part, whole) = (measure.part.to_string(), measure.whole.to_string());
    html! {
        <div class="meter" data-testid="meter" data-met={measure.met.to_string()} data-part={part} data-whole={whole}>
            <div class="row"><span>{ name.to_owned() }</span><span><b>{ shown.0 }</b>{ " / " }{ shown.1 }{ "\u{2003}" }{ percent(measure.part, measure.whole) }</span></div>
            <p class="sr">{ lang.fill(reached, &[("need", &format!("{need}/{of}"))]) }</p>
            <div class="rail" aria-hidden="true">
                <div class={classes(["fill", tone(judged, measure.met)])} style={fill}></div><div class="line" style={line}><span>{ format!("{need}/{of}") }</span></div>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proven_count_reaches_or_fails_its_threshold() {
        assert_eq!(
            [true, false].map(|met| tone(Judged::Never, met)),
            ["open", "open"]
        );
        assert_eq!(
            [true, false].map(|met| tone(Judged::Later, met)),
            ["", "open"]
        );
        assert_eq!([true, false].map(|met| tone(Judged::Now, met)), ["", "no"]);
    }

    #[test]
    fn a_bar_never_reaches_its_line_before_the_count_does() {
        assert!(width(207, 312) < width(2, 3));
        assert_eq!(width(5, 0), "0.00%");
        assert_eq!(width(9, 3), "100.00%");
    }
}
