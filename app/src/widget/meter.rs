//! A count against its legal threshold: a bar, and a line with the threshold's name.

use crate::draw::prelude::*;
use crate::i18n::percent;
use records::kinds::vote::Measure;

/// A share of the bar's length, in per cent with two decimals.
fn width(part: u64, whole: u64) -> String {
    let hundredths = (u128::from(part.min(whole)) * 10_000)
        .checked_div(whole.into())
        .unwrap_or(0);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// Draws the meter; `shown` writes part and whole. While a count is `open`, what has not reached its threshold has not failed it.
pub fn meter(name: &str, measure: &Measure, open: bool, shown: (String, String)) -> Html {
    let (need, of) = measure.threshold.fraction();
    let fill = format!("width:{}", width(measure.part, measure.whole));
    let line = format!("left:{}", width(need.into(), of.into()));
    let (part, whole) = (measure.part.to_string(), measure.whole.to_string());
    html! {
        <div class="meter" data-testid="meter" data-met={measure.met.to_string()} data-part={part} data-whole={whole}>
            <div class="row"><span>{ name.to_owned() }</span><span><b>{ shown.0 }</b>{ " / " }{ shown.1 }{ "\u{2003}" }{ percent(measure.part.into(), measure.whole.into()) }</span></div>
            <div class="rail" aria-hidden="true">
                <div class={classes(["fill", if measure.met { "" } else if open { "open" } else { "no" }])} style={fill}></div><div class="line" style={line}><span>{ format!("{need}/{of}") }</span></div>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_never_reaches_its_line_before_the_count_does() {
        assert!(width(207, 312) < width(2, 3));
        assert_eq!(width(5, 0), "0.00%");
        assert_eq!(width(9, 3), "100.00%");
    }
}
