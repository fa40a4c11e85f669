//! What was proven and does not stand any more, wherever it is still on the screen: the chain has forked, or the header has become too old.

use super::{Inquiry, Known};
use std::rc::Rc;
use verifier::verdict::{Check, CheckId, Outcome, Status, Verdict};
use worker::Facts;

const FORKED: &str = "chain-forked";
const UNREADABLE: &str = "halt-unreadable";

impl Known {
    /// Why nothing may be shown as proven, where that is so.
    fn halt(&self) -> Option<Check> {
        let chain = self.chain.as_deref()?;
        let (reason, status, facts) = match (&chain.fork, &*chain.reason) {
            (_, FORKED) => (FORKED, Status::Failed, chain.facts.clone()),
            (Some(_), _) => (FORKED, Status::Failed, Facts::new()),
            (None, UNREADABLE) => (UNREADABLE, Status::NotEstablished, chain.facts.clone()),
            (None, _) => return None,
        };
        Some(Check {
            id: CheckId::NodesAgree,
            status,
            reason: reason.into(),
            facts,
        })
    }

    /// A verdict as it may be shown now.
    pub fn shown(&self, verdict: &Rc<Verdict>) -> Rc<Verdict> {
        match self.halt() {
            Some(halt) if verdict.headline != halt.reason => Rc::new(halted(verdict, halt)),
            _ => verdict.clone(),
        }
    }

    /// An inquiry as it may be shown now.
    pub fn shown_inquiry(&self, inquiry: &Rc<Inquiry>) -> Rc<Inquiry> {
        let Some(verdict) = &inquiry.verdict else {
            return inquiry.clone();
        };
        let shown = self.shown(verdict);
        if Rc::ptr_eq(&shown, verdict) {
            return inquiry.clone();
        }
        Rc::new(Inquiry {
            checks: shown.checks.clone(),
            verdict: Some(shown),
            ..(**inquiry).clone()
        })
    }
}

/// A verdict of which this stands in the way now.
pub fn halted(verdict: &Verdict, halt: Check) -> Verdict {
    let mut verdict = verdict.clone();
    verdict.outcome = Outcome::NotEstablished;
    verdict.headline.clone_from(&halt.reason);
    verdict.facts.clone_from(&halt.facts);
    // How old the header was when it was proven says nothing any more.
    let stands = |check: &Check| check.id != halt.id && check.id != CheckId::HeaderFresh;
    verdict.checks.retain(stands);
    verdict.checks.push(halt);
    verdict.checks.sort_by_key(|check| check.id);
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widget::sample;
    use verifier::fork::Fork;
    use worker::Chain;

    fn known(reason: &str, forked: bool) -> Known {
        let fork = forked.then(|| Fork {
            common_height: 6,
            kind: "equivocation".into(),
            sides: Vec::new(),
            reported_to: Vec::new(),
            evidence: "[]".into(),
        });
        let chain = Chain {
            id: "dev-1".into(),
            name: String::new(),
            name_en: String::new(),
            dev: true,
            checkpoint_height: 1,
            checkpoint_hash: String::new(),
            vouched: Vec::new(),
            anchor: None,
            reason: reason.into(),
            facts: Facts::new(),
            nodes: Vec::new(),
            members: Vec::new(),
            fork,
            kept: true,
        };
        Known {
            chain: Some(Rc::new(chain)),
            ..Known::default()
        }
    }

    #[test]
    fn whatever_was_proven_loses_its_tick_once_the_chain_has_forked() {
        let green = Rc::new(sample::verdict("vote", Outcome::Verified, "vote-passed"));
        let inquiry = Rc::new(Inquiry {
            verdict: Some(green.clone()),
            checks: green.checks.clone(),
            ..Inquiry::default()
        });
        for (reason, forked, headline) in [
            (FORKED, true, FORKED),
            ("", true, FORKED),
            (FORKED, false, FORKED),
            (UNREADABLE, false, UNREADABLE),
        ] {
            let known = known(reason, forked);
            let shown = known.shown_inquiry(&inquiry);
            let verdict = shown.verdict.as_ref().expect("it still has its verdict");
            assert_eq!(verdict.outcome, Outcome::NotEstablished, "{reason}");
            assert_eq!(verdict.headline, headline);
            assert_eq!(shown.checks, verdict.checks);
            assert_eq!(shown.checks[0].reason, headline);
            assert!(Rc::ptr_eq(&known.shown_inquiry(&shown), &shown));
        }
    }

    #[test]
    fn a_verdict_whose_header_has_become_too_old_loses_its_tick_and_keeps_its_record() {
        let mut green = sample::verdict("vote", Outcome::Verified, "vote-passed");
        green.state = "{}".into();
        green.checks.push(Check {
            id: CheckId::HeaderFresh,
            status: Status::Passed,
            reason: "header-fresh".into(),
            facts: Facts::new(),
        });
        let old = Check {
            id: CheckId::LifeCycle,
            status: Status::NotEstablished,
            reason: "life-cycle-stale".into(),
            facts: Facts::new(),
        };
        let shown = halted(&green, old.clone());
        assert_eq!(shown.outcome, Outcome::NotEstablished);
        assert_eq!(shown.headline, old.reason);
        assert_eq!(shown.state, green.state);
        let fresh = |check: &Check| check.id == CheckId::HeaderFresh;
        assert!(!shown.checks.iter().any(fresh));
        let stands = |check: &&Check| check.id == CheckId::LifeCycle;
        let stands: Vec<&Check> = shown.checks.iter().filter(stands).collect();
        assert_eq!(stands, [&old]);
    }

    #[test]
    fn a_stale_header_is_no_halt() {
        let green = Rc::new(sample::verdict("vote", Outcome::Verified, "vote-passed"));
        for known in [
            Known::default(),
            known("", false),
            known("header-stale", false),
        ] {
            assert!(Rc::ptr_eq(&known.shown(&green), &green));
        }
    }
}
