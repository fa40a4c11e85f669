//! The quorum ring: one arc per member that holds a validator, as long as its voting power; filled when it signed this header,
//! hollow when it did not; a tick where two thirds lie.

use super::mark::{Mark, mark};
use crate::draw::prelude::*;
use crate::i18n::{Lang, checkpoint, percent, share, words};
use verifier::verdict::Signer;

/// Lengths are in thousandths of the circle.
const CIRCLE: u64 = 1000;
const GAP: u64 = 14;

/// One member's place on the circle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Arc {
    start: u64,
    length: u64,
    filled: u64,
}

/// A ring without members.
const WHOLE: Arc = Arc {
    start: 0,
    length: CIRCLE,
    filled: CIRCLE,
};

/// Those who signed come first, strongest first, so that what is filled can be read against the tick.
fn arcs(signers: &[Signer], total: u64) -> Vec<Arc> {
    let mut order: Vec<&Signer> = signers.iter().collect();
    order.sort_by_key(|signer| {
        (
            std::cmp::Reverse(signer.signed),
            std::cmp::Reverse(signer.power),
        )
    });
    let part = |power| share(power, total, CIRCLE);
    let gap = if order.len() > 1 { GAP } else { 0 };
    let mut power_before = 0u64;
    let mut arcs = Vec::with_capacity(order.len());
    for signer in order {
        let start = part(power_before);
        power_before = power_before.saturating_add(signer.power);
        let length = part(power_before)
            .saturating_sub(start)
            .saturating_sub(gap)
            .max(2);
        let signed = signer.signed.min(signer.power);
        arcs.push(Arc {
            start: start + gap / 2,
            length,
            filled: share(signed, signer.power, length),
        });
    }
    arcs
}

fn circle(
    class: &'static str,
    radius: &'static str,
    width: &'static str,
    start: u64,
    length: u64,
) -> Html {
    html! {
        <circle {class} cx="66" cy="66" r={radius} stroke-width={width} pathLength="1000"
            stroke-dasharray={format!("{length} 2000")} stroke-dashoffset={format!("-{start}")} />
    }
}

/// Whether nobody's signature was needed: the header is the checkpoint itself, for which the page's operator vouches.
pub fn is_checkpoint(signers: &[Signer]) -> bool {
    signers.iter().all(|signer| signer.signed == 0)
}

fn drawing(signers: &[Signer], total: u64, size: u32, done: bool) -> Html {
    let size = size.to_string();
    let whole = done && !signers.is_empty() && is_checkpoint(signers);
    let arcs = if whole {
        vec![WHOLE]
    } else {
        arcs(signers, total)
    };
    html! {
        <svg class="arcs" width={size.clone()} height={size} viewBox="0 0 132 132" fill="none" aria-hidden="true">
            if arcs.is_empty() {
                <circle class="bed" cx="66" cy="66" r="56" stroke-width="10" stroke-dasharray="4 5" />
            }
            { for arcs.iter().map(|arc| html! {
                <>
                    { circle("rim", "56", "10", arc.start, arc.length) }
                    { circle("hole", "56", "7", arc.start + 4, arc.length.saturating_sub(8)) }
                    { circle("arc", "56", "10", arc.start, arc.filled) }
                </>
            }) }
            if !whole { <path class="two-thirds" d="M116 66h15" transform="rotate(240 66 66)" stroke-width="2.5" /> }
        </svg>
    }
}

/// What the ring says in words.
pub fn label(lang: Lang, signers: &[Signer], total: u64, done: bool) -> String {
    if done && is_checkpoint(signers) {
        return checkpoint(lang);
    }
    let signed = signers
        .iter()
        .filter(|signer| signer.signed > 0)
        .count()
        .to_string();
    let power: u64 = signers.iter().map(|signer| signer.signed).sum();
    let facts = [
        ("count", &*signers.len().to_string()),
        ("signed", &*signed),
        ("percent", &*percent(power, total)),
    ];
    lang.fill(words::RING_LABEL, &facts)
}

fn tone(shape: Option<Mark>) -> &'static str {
    match shape {
        Some(Mark::Dash) => "muted",
        Some(Mark::Cross | Mark::Absent) => "bad",
        Some(Mark::Bar) => "warn",
        Some(Mark::Tick) | None => "",
    }
}

/// Whether no signature is missing that may still come, or never came.
pub fn settled(shape: Option<Mark>) -> bool {
    !matches!(shape, None | Some(Mark::Dash))
}

/// The ring with a mark, or with `inside` while there is none yet.
pub fn ring(signers: &[Signer], total: u64, shape: Option<Mark>, inside: Html) -> Html {
    html! {
        <span class={classes(["ring", tone(shape)])}>
            { drawing(signers, total, 148, settled(shape)) }
            { shape.map_or(inside, |shape| mark(shape, 88)) }
        </span>
    }
}

/// The same, for a row of a list.
pub fn small_ring(signers: &[Signer], total: u64, shape: Mark) -> Html {
    html! { <span class={classes(["ring", tone(Some(shape))])}>{ drawing(signers, total, 40, settled(Some(shape))) }{ mark(shape, 22) }</span> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::written;

    fn signer(power: u64, signed: u64) -> Signer {
        Signer {
            member: String::new(),
            name: String::new(),
            name_en: String::new(),
            key_types: Vec::new(),
            power,
            signed,
        }
    }

    #[test]
    fn arcs_are_as_long_as_power_and_signers_come_first() {
        let arcs = arcs(
            &[
                signer(30, 0),
                signer(25, 25),
                signer(25, 25),
                signer(20, 10),
            ],
            100,
        );
        assert_eq!(arcs.len(), 4);
        assert_eq!(
            arcs[0],
            Arc {
                start: 7,
                length: 236,
                filled: 236
            }
        );
        assert_eq!(
            arcs[2].filled,
            arcs[2].length / 2,
            "half of its validators signed"
        );
        assert_eq!(
            (arcs[3].start, arcs[3].length, arcs[3].filled),
            (707, 286, 0),
            "who did not sign comes last"
        );
    }

    #[test]
    fn a_checkpoint_is_a_whole_ring_and_names_no_share() {
        let nobody = [signer(60, 0), signer(40, 0)];
        let drawn = |signers: &[Signer], done| written(&drawing(signers, 100, 40, done));
        let circles = |text: &str| text.matches("class=arc ").count();
        let whole = drawn(&nobody, true);
        assert!(
            circles(&whole) == 1 && whole.contains("1000 2000"),
            "{whole}"
        );
        assert!(!whole.contains("two-thirds"), "{whole}");
        let said = label(Lang::Zh, &nobody, 100, true);
        assert_eq!(said, checkpoint(Lang::Zh));
        // Signatures that are still being checked are missing, and look so.
        let waiting = drawn(&nobody, false);
        assert!(
            circles(&waiting) == 2 && waiting.contains("two-thirds"),
            "{waiting}"
        );
        assert!(!settled(None) && !settled(Some(Mark::Dash)) && settled(Some(Mark::Tick)));
        let short = drawn(&[signer(60, 60), signer(40, 0)], true);
        assert!(
            circles(&short) == 2 && short.contains("two-thirds"),
            "{short}"
        );
    }

    #[test]
    fn no_power_at_all_draws_no_nonsense() {
        assert_eq!(arcs(&[], 0), []);
        assert_eq!(
            arcs(&[signer(0, 0)], 0),
            [Arc {
                start: 0,
                length: 2,
                filled: 0
            }]
        );
        assert_eq!(
            arcs(&[signer(u64::MAX, u64::MAX)], u64::MAX)[0].filled,
            CIRCLE
        );
    }
}
