//! Where an invoice is in its life, from its proven state.

use crate::draw::prelude::*;
use crate::i18n::{Lang, words};
use crate::widget::{self, Stage, track};
use records::canonical;
use verifier::verdict::Verdict;

/// What is drawn of an invoice's state; the whole of it stands in docs/formats.md.
#[derive(Debug)]
struct Invoice {
    status: String,
    tax: String,
}

records::shape!(Invoice { status, tax, .. });

/// The track; nothing where no invoice's state was proven.
pub fn track_view(lang: Lang, verdict: &Verdict) -> Html {
    if verdict.kind != "invoice" {
        return Html::default();
    }
    let Ok(invoice) = canonical::decode::<Invoice>(verdict.state.as_bytes()) else {
        return Html::default();
    };
    let stops = stops(lang, &invoice);
    html! {
        <>{ widget::as_of(lang, verdict) }{ track(lang.t(words::TRACK), &stops, widget::holds(verdict)) }</>
    }
}

fn stops(lang: Lang, invoice: &Invoice) -> Vec<(&'static str, Stage)> {
    let names = [
        words::TRACK_GRANTED,
        words::TRACK_ISSUED,
        words::TRACK_HELD,
        words::TRACK_LOCKED,
        words::TRACK_CLOSED,
    ];
    let here = match invoice.status.as_str() {
        "closed" => 4,
        "locked" => 3,
        // A red invoice is nobody's to claim.
        _ if invoice.tax == "red" => 1,
        _ => 2,
    };
    let ended = match invoice.tax.as_str() {
        "void" => Some(words::TRACK_VOID),
        "red-full" | "red" => Some(words::TRACK_RED),
        "red-part" => Some(words::TRACK_RED_PART),
        _ => None,
    };
    let mut stops: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let stage = match at.cmp(&here) {
                std::cmp::Ordering::Less => Stage::Done,
                std::cmp::Ordering::Equal if ended.is_none() => Stage::Now,
                std::cmp::Ordering::Equal => Stage::Done,
                std::cmp::Ordering::Greater => Stage::Ahead,
            };
            (lang.t(*name), stage)
        })
        .collect();
    if let Some(name) = ended {
        stops.truncate(here + 1);
        stops.push((lang.t(name), Stage::Halt));
    }
    stops
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(status: &str, tax: &str) -> Vec<(&'static str, Stage)> {
        stops(
            Lang::Zh,
            &Invoice {
                status: status.into(),
                tax: tax.into(),
            },
        )
    }

    #[test]
    fn an_unclaimed_invoice_is_with_its_holder() {
        let stops = drawn("issued", "normal");
        assert_eq!(stops[2], ("待报销", Stage::Now));
        assert_eq!(stops[3].1, Stage::Ahead);
    }

    #[test]
    fn a_red_flushed_invoice_goes_no_further() {
        let stops = drawn("issued", "red-full");
        assert_eq!(stops.last(), Some(&("红冲", Stage::Halt)));
        assert!(
            stops
                .iter()
                .all(|(_, stage)| !matches!(stage, Stage::Ahead | Stage::Now))
        );
    }
}
