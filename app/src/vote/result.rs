//! The count sheet: two bars each for heads and area, with the legal thresholds as lines. The judgement is the rules' own.

use super::block_time;
use crate::draw::prelude::*;
use crate::i18n::{Lang, Text, area, money, small, thousands, words};
use crate::widget::{self, Judged, Mark, mark, meter};
use records::kinds::vote::{Decision, Matter, Measures, Vote, outcome};
use verifier::verdict::Verdict;

/// A decision's word, sentence and mark.
fn say(decision: Decision) -> (Text, Text, Mark) {
    match decision {
        Decision::NotYetOpen => (words::VOTE_SOON, words::VOTE_R_SOON, Mark::Dash),
        Decision::Open => (words::VOTE_RUNNING, words::VOTE_R_RUNNING, Mark::Dash),
        Decision::Passed => (words::VOTE_PASSED, words::VOTE_R_PASSED, Mark::Tick),
        Decision::FailedByParticipation => (words::VOTE_FAILED, words::VOTE_R_TURNOUT, Mark::Cross),
        Decision::FailedByHeads => (words::VOTE_FAILED, words::VOTE_R_HEADS, Mark::Cross),
        Decision::FailedByArea => (words::VOTE_FAILED, words::VOTE_R_AREA, Mark::Cross),
        Decision::FailedByBoth => (words::VOTE_FAILED, words::VOTE_R_BOTH, Mark::Cross),
    }
}

/// What stands for the heads and for what they hold, in sentences: lenders have principal, owners area.
pub fn measured(lang: Lang, lenders: bool) -> [(&'static str, &'static str); 2] {
    let (heads, size) = if lenders {
        (words::VOTE_HEAD_LENT, words::VOTE_SIZE_LENT)
    } else {
        (words::VOTE_HEAD, words::VOTE_SIZE)
    };
    [("heads", lang.t(heads)), ("size", lang.t(size))]
}

/// The matter's name and, for owners' votes, the law.
pub fn matter(lang: Lang, matter: Matter) -> (String, String) {
    let Matter::Owners(number) = matter else {
        return (small(lang, "lenders"), String::new());
    };
    let weight = if (6..=8).contains(&number) {
        words::VOTE_MAJOR
    } else {
        words::VOTE_ORDINARY
    };
    (
        small(lang, &number.to_string()),
        lang.fill(words::VOTE_LAW, &[("weight", lang.t(weight))]),
    )
}

/// The decision's word and mark, as far as the verdict stands behind the count.
fn decided(verdict: &Verdict, decision: Decision) -> (Text, Mark) {
    let (word, _, shape) = say(decision);
    widget::standing(verdict, (word, shape), (word, shape))
}

/// Where a vote stands, in one word.
pub fn pill(lang: Lang, verdict: &Verdict, vote: &Vote) -> Html {
    let (word, shape) = decided(verdict, outcome(vote, block_time(verdict)).decision);
    html! { <span class={classes(["pill", shape.tone()])}>{ mark(shape, 16) }{ lang.t(word) }</span> }
}

/// The count sheet at the block time of the verdict.
pub fn card(lang: Lang, verdict: &Verdict, vote: &Vote) -> Html {
    let result = outcome(vote, block_time(verdict));
    let sentence = say(result.decision).1;
    let holds = widget::holds(verdict);
    let (matter_name, law) = matter(lang, vote.matter);
    let major = result.approval.heads.threshold.inclusive();
    let open = matches!(result.decision, Decision::Open | Decision::NotYetOpen);
    let judged = match (holds, open) {
        (false, _) => Judged::Never,
        (_, true) => Judged::Later,
        _ => Judged::Now,
    };
    let lenders = vote.matter == Matter::Lenders;
    let names = measured(lang, lenders);
    let [against, abstain] =
        [vote.tally.against, vote.tally.abstain].map(|choice| thousands(choice.total().heads));
    html! {
        <>
            <section class="card center" data-testid="decision" data-decision={holds.then(|| result.decision.word())}>
                { pill(lang, verdict, vote) }
                <h2 style="margin:8px 0 2px">{ &vote.title }</h2>
                if holds { <p>{ lang.fill(sentence, &names) }</p> }
                { widget::as_of(lang, verdict) }
                <p class="small">{ matter_name }{ if law.is_empty() { "" } else { " · " } }{ law }</p>
            </section>
            <section class="card" data-testid="count">
                <h3>{ lang.t(words::VOTE_TAKE_PART) }</h3>
                { meters(lang, &result.participation, judged, lenders) }
                <h3>{ lang.t(if major { words::VOTE_AGREE_3_4 } else { words::VOTE_AGREE_HALF }) }</h3>
                { meters(lang, &result.approval, judged, lenders) }
                <p class="small">{ lang.fill(words::VOTE_OTHERS, &[("against", &against), ("abstain", &abstain), names[0]]) }</p>
                if vote.conflicts > 0 { <p class="caption">{ lang.fill(words::VOTE_CONFLICTS, &[("count", &vote.conflicts.to_string())]) }</p> }
                if let Some(silent) = result.with_silent.filter(|_| holds) {
                    <p class="note warn" data-testid="with-silent">{ lang.fill(words::VOTE_SILENT, &[("result", lang.t(say(silent.decision).0))]) }</p>
                }
            </section>
        </>
    }
}

fn meters(lang: Lang, measures: &Measures, judged: Judged, lenders: bool) -> Html {
    let (heads, by_area) = (&measures.heads, &measures.area);
    let size = |value: u64| {
        if lenders {
            money(&value.to_string())
        } else {
            area(value)
        }
    };
    let unit = if lenders { "" } else { "\u{a0}㎡" };
    html! {
        <>
            { meter(lang, &lang.fill(words::VOTE_HEADS, &measured(lang, lenders)), heads, judged, (thousands(heads.part), thousands(heads.whole))) }
            { meter(lang, lang.t(if lenders { words::VOTE_PRINCIPAL } else { words::VOTE_AREA }), by_area, judged, (size(by_area.part), format!("{}{unit}", size(by_area.whole)))) }
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use verifier::verdict::Outcome;

    #[test]
    fn a_vote_has_passed_only_where_its_verdict_is_verified() {
        let said = |outcome, decision| {
            let verdict = widget::sample::verdict("vote", outcome, "vote-passed");
            decided(&verdict, decision)
        };
        let passed = (words::VOTE_PASSED, Mark::Tick);
        assert_eq!(said(Outcome::Verified, Decision::Passed), passed);
        let stale = (words::STATUS_OPEN, Mark::Dash);
        for decision in [Decision::Passed, Decision::FailedByHeads] {
            assert_eq!(said(Outcome::NotEstablished, decision), stale);
        }
        let differs = (words::STATUS_FAILED, Mark::Cross);
        assert_eq!(said(Outcome::Rejected, Decision::Passed), differs);
    }
}
