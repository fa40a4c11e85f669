//! Every reason code, in one table: which check it belongs to, how that check then ended, and what it means.
//!
//! `docs/verdicts.md` prints the same table; a test compares them. Texts for people are made from the codes by the page.

use crate::verdict::{CheckId, Outcome, Status};
use CheckId::{
    FieldsMatch, HeaderFresh, HeaderSigned, HistoryReplayed, InState, LifeCycle, NodesAgree,
    OutsideProof, ScanRead,
};
use Status::{Failed, NotEstablished, OutOfForce, Passed};

/// A reason: code, check, how the check ended, meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The code, kebab-case.
    pub code: &'static str,
    /// The check that it belongs to.
    pub check: CheckId,
    /// How that check ended.
    pub status: Status,
    /// What it means, and the facts that come with it; not in the page, which has sentences of its own.
    #[cfg(feature = "native")]
    pub meaning: &'static str,
}

macro_rules! reasons {
    ($($name:ident = $code:literal, $check:ident, $status:ident, $meaning:literal;)*) => {
        $(pub(crate) const $name: Reason = Reason { code: $code, check: $check, status: $status, #[cfg(feature = "native")] meaning: $meaning };)*

        /// All reasons, in the order of the checks.
        pub const REASONS: &[Reason] = &[$($name),*];
    };
}

reasons! {
    SCAN_COMPLETE = "scan-complete", ScanRead, Passed, "The printed code's check characters agree: it was read whole.";
    SCAN_READ = "scan-read", ScanRead, Passed, "The printed code was read; it carries no check characters.";
    LINK_READ = "link-read", ScanRead, Passed, "A link to a record was read.";
    SCAN_CHECK_DIFFERS = "scan-check-differs", ScanRead, NotEstablished, "The code's check characters fit none of the known variants. Issuers' software differs: this says nothing against the invoice.";
    FORMAT_UNCONFIRMED = "format-unconfirmed", ScanRead, NotEstablished, "The code looks like a fiscal e-bill, whose format is not published.";
    TEXT_UNKNOWN = "text-unknown", ScanRead, NotEstablished, "The text is no code that this program knows.";
    NO_RECORD_NAMED = "no-record-named", ScanRead, NotEstablished, "What was asked about names no record.";

    FIELDS_OPENED = "fields-opened", FieldsMatch, Passed, "The fields shown are those that the record commits to; what was withheld was not compared.";
    PRINT_RECORDED = "print-recorded", FieldsMatch, Passed, "All that the printed code says is what the issuer recorded.";
    FIELDS_ALTERED = "fields-altered", FieldsMatch, Failed, "The fields shown are not those that the record commits to. Who changed them is not proven.";
    PRINT_DIFFERS = "print-differs", FieldsMatch, Failed, "The printed code is none of those that the issuer recorded for this number.";
    OPENING_UNREADABLE = "opening-unreadable", FieldsMatch, NotEstablished, "The fields that came with the code cannot be read.";
    PRINT_NOT_COMPARABLE = "print-not-comparable", FieldsMatch, NotEstablished, "This kind of code has no part that cannot be guessed, so the chain keeps nothing to compare it with.";
    NO_PRINT_RECORDED = "no-print-recorded", FieldsMatch, NotEstablished, "The issuer recorded no printed code for this record.";

    RECORD_PROVEN = "record-proven", InState, Passed, "The record is in the state that the header commits to. `log_size`.";
    RECORD_ABSENT = "record-absent", InState, Failed, "The state that the header commits to holds no such record. What is recorded elsewhere, and whether what was shown is genuine, this says nothing about.";
    ABSENCE_STALE = "absence-stale", InState, NotEstablished, "The record was absent under an old header; it may have been written since.";
    PROOF_NOT_GIVEN = "proof-not-given", InState, NotEstablished, "No node gave a proof, or the proof file lacks it.";
    PROOF_REFUTED = "proof-refuted", InState, NotEstablished, "The proofs that nodes gave, or the proof file holds, are wrong: of the record this says nothing.";
    PROOF_BENT = "proof-bent", InState, NotEstablished, "A part of the proof file does not hold. `why`.";
    KIND_UNKNOWN = "kind-unknown", InState, NotEstablished, "This page does not know this kind of record; it may be too old.";

    HISTORY_REPLAYED = "history-replayed", HistoryReplayed, Passed, "The log is complete and signed, and replaying it gives the proven state. `entries`.";
    HISTORY_SAMPLED = "history-sampled", HistoryReplayed, Passed, "Entries drawn at random are in the log and signed, and the ballots among them on the roster. Not all were counted, and whether the signers were entitled was not checked. `entries`, `sample`.";
    HISTORY_BREAKS_RULES = "history-breaks-rules", HistoryReplayed, Failed, "The log is proven under the signed header, and the rules that were in force refuse it, or do not give the proven state from it. `record`: whose log; `why`.";
    HISTORY_REWRITTEN = "history-rewritten", HistoryReplayed, Failed, "The chain's validators signed two histories of this record: under a newer header the log does not begin with what an older one proved.";
    HISTORY_NOT_GIVEN = "history-not-given", HistoryReplayed, NotEstablished, "No node gave the log, or that of a member it rests on, or the proof file lacks it.";
    HISTORY_REFUTED = "history-refuted", HistoryReplayed, NotEstablished, "The logs that nodes gave, or the proof file holds, are not the proven ones: somebody altered them, or the chain signed two.";
    HISTORY_TOO_LONG = "history-too-long", HistoryReplayed, NotEstablished, "The log is longer than this program replays.";
    RESTS_REPLAYED = "rests-replayed", HistoryReplayed, Passed, "The records that it rests on were replayed too, and each accepted the event that made it. `records`.";
    RESTS_NOT_REPLAYED = "rests-not-replayed", HistoryReplayed, NotEstablished, "Not every record that it rests on was replayed. `records`, `replayed`.";
    RESTS_DIFFER = "rests-differ", HistoryReplayed, Failed, "A record that it rests on does not hold the event that made it. `record`.";
    ELECTORATE_DIFFERS = "electorate-differs", HistoryReplayed, Failed, "The published leaves do not give the roster on which the vote rests.";
    RULES_TOO_NEW = "rules-too-new", HistoryReplayed, NotEstablished, "The rules in force are newer than this page. `version`.";

    HEADER_SIGNED = "header-signed", HeaderSigned, Passed, "More than two thirds of the voting power signed the header, in steps from the checkpoint. `signed`, `total`.";
    HEADER_IS_CHECKPOINT = "header-is-checkpoint", HeaderSigned, Passed, "The header is the checkpoint itself: that of chains.json, one that members signed, or one that a person named. It rests on its hash alone.";
    HEADER_LOGGED = "header-logged", HeaderSigned, Passed, "The header stands in the log of block hashes under a later one, which more than two thirds of the voting power signed. `under`, `signed`, `total`.";
    HEADER_BY_OLD_KEYS = "header-by-old-keys", HeaderSigned, NotEstablished, "The proof file's header rests on the keys of its year alone: the trusting period is over, and the file was not proven again under a later header. `year`.";
    PROOF_NOT_ANCHORED = "proof-not-anchored", HeaderSigned, NotEstablished, "The proof file's way does not pass the checkpoint that this program trusts: it must be proven again under a header of today. `checkpoint`, `from`, `to`.";
    PROOF_CHAIN_UNKNOWN = "proof-chain-unknown", HeaderSigned, NotEstablished, "The proof file speaks of a chain that this program does not know. `chain`.";
    CHECKPOINT_NOT_GIVEN = "checkpoint-not-given", HeaderSigned, NotEstablished, "No node gave the block with the checkpoint's hash and its validators: there is no connection, nodes keep none so old, or the hash is wrong.";
    CHECKPOINT_UNREADABLE = "checkpoint-unreadable", HeaderSigned, NotEstablished, "The file is no checkpoint that members sign, or not in its one encoding.";
    CHECKPOINT_OTHER_CHAIN = "checkpoint-other-chain", HeaderSigned, NotEstablished, "The checkpoint that members signed is of another chain. `chain`.";
    CHECKPOINT_BAD_SIGNATURE = "checkpoint-bad-signature", HeaderSigned, Failed, "A signature on the checkpoint does not verify.";
    CHECKPOINT_TOO_FEW = "checkpoint-too-few", HeaderSigned, NotEstablished, "Too few different members signed the checkpoint with keys that today's chains.json lists. `signed`, `needed`.";
    CHECKPOINT_NOT_NEWER = "checkpoint-not-newer", HeaderSigned, NotEstablished, "The checkpoint that members signed is not above what is trusted already. `height`, `trusted`.";
    CHECKPOINT_CONFLICTS = "checkpoint-conflicts", HeaderSigned, Failed, "One chain cannot have both the checkpoint that members signed and a header that was trusted: the chain has forked, or they signed for another. `height`, `trusted`.";
    CHECKPOINT_DIFFERS = "checkpoint-differs", HeaderSigned, Failed, "The block with the signed checkpoint's hash is of another chain, height or time than its signers say.";
    TRUST_EXPIRED = "trust-expired", HeaderSigned, NotEstablished, "The newest trusted header, or the one that a person named, is older than the trusting period: a newer checkpoint is needed.";
    TRUST_EXPIRED_OR_CLOCK = "trust-expired-or-clock", HeaderSigned, NotEstablished, "By the device's clock trust has expired, and by the newest block of all nodes it would hold: the clock is ahead, or the chain stands still, or all of them hide what is newer. `age_seconds`.";
    HEADER_FROM_FUTURE = "header-from-future", HeaderSigned, NotEstablished, "The header's time is ahead of the device's clock, which may be wrong. `age_seconds`: by how much.";
    HEADER_NOT_GIVEN = "header-not-given", HeaderSigned, NotEstablished, "No node gave a header that can be trusted, and none gave a wrong one.";
    HEADER_REFUTED = "header-refuted", HeaderSigned, NotEstablished, "The headers that nodes gave, or the proof file holds, do not verify. `why`.";
    TOO_MANY_STEPS = "too-many-steps", HeaderSigned, NotEstablished, "The way to the newest header takes more signatures, headers, bytes or time than one question may.";

    HEADER_FRESH = "header-fresh", HeaderFresh, Passed, "The header is recent. `age_seconds`.";
    HEADER_STALE = "header-stale", HeaderFresh, NotEstablished, "The newest header is older than the bound: the chain stands still, the nodes give nothing newer, or the device's clock is ahead. `age_seconds`, `bound_seconds`.";
    CLOCK_AHEAD = "clock-ahead", HeaderFresh, NotEstablished, "The newest header looks old, and yet the chain moves on as fast as time goes by: the device's clock is ahead. `age_seconds`.";

    NODES_AGREE = "nodes-agree", NodesAgree, Passed, "Nodes of other members hold the same header. `agree`, `asked`.";
    NO_NODE_ASKED = "no-node-asked", NodesAgree, NotEstablished, "A proof file was verified by itself: no node was asked.";
    NO_OTHER_NODE = "no-other-node", NodesAgree, NotEstablished, "No node of another member is known that could confirm the header.";
    OTHER_NODES_SILENT = "other-nodes-silent", NodesAgree, NotEstablished, "No node of another member confirmed this header: none answered, or they do not have it yet.";
    NODES_DISAGREE = "nodes-disagree", NodesAgree, NotEstablished, "Another node names another header, without being able to prove it, and none confirms ours.";
    CHAIN_FORKED = "chain-forked", NodesAgree, Failed, "Two different headers of one height are both signed by more than two thirds. Nothing is established until the consortium has explained it.";
    HALT_UNREADABLE = "halt-unreadable", NodesAgree, NotEstablished, "Whether this browser noted that the chain has forked cannot be read: the note is damaged, or the browser does not give it. Nothing is established until it can be read, or a person establishes trust anew.";

    INVOICE_UNCLAIMED = "invoice-unclaimed", LifeCycle, Passed, "Issued, and neither claimed, void nor red-flushed.";
    INVOICE_RED_PART = "invoice-red-part", LifeCycle, Passed, "Unclaimed, and red-flushed in part. `red`.";
    INVOICE_LOCKED = "invoice-locked", LifeCycle, OutOfForce, "Locked for one company's claim. `by`.";
    INVOICE_REIMBURSED = "invoice-reimbursed", LifeCycle, OutOfForce, "Reimbursed. `by`.";
    INVOICE_ENTERED = "invoice-entered", LifeCycle, OutOfForce, "Entered in a company's books. `by`.";
    INVOICE_DECLARED = "invoice-declared", LifeCycle, OutOfForce, "Declared for tax. `by`.";
    INVOICE_VOID = "invoice-void", LifeCycle, OutOfForce, "Void.";
    INVOICE_RED_FLUSHED = "invoice-red-flushed", LifeCycle, OutOfForce, "Red-flushed as a whole.";
    INVOICE_IS_RED = "invoice-is-red", LifeCycle, OutOfForce, "A red invoice itself: it takes another one back. `reverses`.";
    DOCUMENT_SHARED = "document-shared", LifeCycle, Passed, "The patient confirmed the document.";
    DOCUMENT_PROPOSED = "document-proposed", LifeCycle, OutOfForce, "Proposed by the hospital; the patient has not confirmed it.";
    DOCUMENT_REJECTED = "document-rejected", LifeCycle, OutOfForce, "The patient rejected the document.";
    DOCUMENT_ERASED = "document-erased", LifeCycle, OutOfForce, "It is recorded that the content was erased by law: every node is to have deleted it, which no proof shows. The record stays.";
    GRANT_ACTIVE = "grant-active", LifeCycle, Passed, "The grant is in force. `until`.";
    GRANT_EXPIRED = "grant-expired", LifeCycle, OutOfForce, "The grant has expired by block time. `until`.";
    GRANT_REVOKED = "grant-revoked", LifeCycle, OutOfForce, "The patient took the grant back.";
    GRANT_SUPERSEDED = "grant-superseded", LifeCycle, OutOfForce, "Another grant has taken its place. `successor`.";
    GRANT_DENIED = "grant-denied", LifeCycle, OutOfForce, "The patient denies the reader every document of the grant that is not erased. `to`.";
    READ_DONE = "read-done", LifeCycle, Passed, "A read under a grant.";
    READ_OPEN = "read-open", LifeCycle, Passed, "A read in an emergency, not yet reviewed.";
    READ_REVIEWED = "read-reviewed", LifeCycle, Passed, "A read in an emergency, reviewed and found justified.";
    READ_UNJUSTIFIED = "read-unjustified", LifeCycle, OutOfForce, "A read in an emergency, reviewed and found not justified.";
    VOTE_UPCOMING = "vote-upcoming", LifeCycle, Passed, "The vote has not opened yet. `opens`.";
    VOTE_OPEN = "vote-open", LifeCycle, Passed, "The vote is open. `closes`.";
    VOTE_PASSED = "vote-passed", LifeCycle, Passed, "The vote has closed and passed on both counts.";
    VOTE_NOT_PASSED = "vote-not-passed", LifeCycle, Passed, "The vote has closed and did not pass. `why`: `participation`, `heads`, `area`, `heads-and-area`.";
    BALLOT_COUNTED = "ballot-counted", LifeCycle, Passed, "A ballot stands. That the vote counts it, the vote's own record says. `choice`, `rank`.";
    BALLOT_NOT_CAST = "ballot-not-cast", LifeCycle, Passed, "Nothing was cast on this ballot yet.";
    QUOTA_COUNTED = "quota-counted", LifeCycle, Passed, "How many invoices the issuer was granted, and how many it has issued. Whether it may issue more, its own record says. `granted`, `used`, `left`.";
    MEMBER_LEFT = "member-left", LifeCycle, OutOfForce, "The member has left: none of its keys counts any more. What it signed before stays.";
    PROPOSAL_EXPIRED = "proposal-expired", LifeCycle, OutOfForce, "The proposal's time is over: its approvals count no more. Whether it was carried out before, the record says that it is about. `closes`.";
    KEY_COMING = "key-coming", LifeCycle, Passed, "Another key is to come in the place of a person's, unless that is vetoed. `from_time`.";
    KEY_CHANGED = "key-changed", LifeCycle, Passed, "Another key has come in the place of a person's, by time alone: the state names the old one until the next event. `from_time`.";
    RECORD_IN_FORCE = "record-in-force", LifeCycle, Passed, "The record stands as shown.";
    LIFE_CYCLE_STALE = "life-cycle-stale", LifeCycle, NotEstablished, "It stood so under an old header, and may have changed since. `last`: the code that held then.";

    TRUTH_OUTSIDE_PROOF = "truth-outside-proof", OutsideProof, NotEstablished, "Unchanged since it was recorded is proven; that it was true when it was recorded is not.";
    READS_OUTSIDE_CHAIN = "reads-outside-chain", OutsideProof, NotEstablished, "What is registered of reads is in the records' histories; reads outside the chain cannot be excluded.";
    EVENT_TIMES_WIDE = "event-times-wide", OutsideProof, NotEstablished, "Block time is a lower bound: of some events it is known only within more than five minutes when they happened. `count`, `widest_seconds`.";
    ELECTORATE_AS_STATED = "electorate-as-stated", OutsideProof, NotEstablished, "Who may vote is as stated by two members. `first`, `second`.";
    ROSTER_NOT_GIVEN = "roster-not-given", OutsideProof, NotEstablished, "The roster is published, but no node gave it: who may vote is as stated by two members. `first`, `second`.";
    ELECTORATE_RECOMPUTED = "electorate-recomputed", OutsideProof, Passed, "Root and totals of the roster were recomputed from its published leaves. `heads`; `first` and `second` stated it.";
}

/// A sentence on top that is not simply the reason of one check. Every other headline is the code of the check that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Headline {
    /// The code, kebab-case.
    pub code: &'static str,
    /// The outcome with which it comes.
    pub outcome: Outcome,
    /// What it means.
    pub meaning: &'static str,
}

pub(crate) const INVOICE_UNCHANGED_UNCLAIMED: Headline = Headline {
    code: "invoice-unchanged-unclaimed",
    outcome: Outcome::Verified,
    meaning: "What is shown is unchanged since it was recorded, and the invoice unclaimed.",
};
pub(crate) const PROVEN_AS_OF: Headline = Headline {
    code: "proven-as-of",
    outcome: Outcome::NotEstablished,
    meaning: "What the proof file shows is proven as of its header; later changes are unknown. `height`, `time`, `last`: where the record was in its life.",
};
pub(crate) const NOT_CONFIGURED: Headline = Headline {
    code: "not-configured",
    outcome: Outcome::NotEstablished,
    meaning: "The page has no usable chains.json.",
};

/// All such sentences.
pub const HEADLINES: &[Headline] = &[INVOICE_UNCHANGED_UNCLAIMED, PROVEN_AS_OF, NOT_CONFIGURED];

/// What is said of acts beside the reasons above, by this program, the keys' and the page; `docs/verdicts.md` says what they mean.
pub const ACTS: &[&str] = &[
    "agreement-over",
    "already-named",
    "content-not-given",
    "content-not-kept",
    "content-not-yours",
    "keys-ended",
    "malformed-time",
    "no-node-answers",
    "no-such-identity",
    "not-a-co-owner",
    "not-a-hash",
    "not-a-proof",
    "not-a-record-name",
    "not-an-event",
    "not-an-identity",
    "not-exported",
    "not-in-roster",
    "not-written",
    "note-too-long",
    "other-agreement",
    "other-role",
    "proof-incomplete",
    "proof-too-long",
    "reader-has-no-key",
    "refused",
    "state-unreadable",
    "still-pending",
];

/// Whether a record's rules may refuse with this code: it says nothing that is for this program or the page to find out. Where a record is in its life, both say.
pub(crate) fn may_be_a_rules(code: &str) -> bool {
    let reason = Reason::by_code(code);
    let headline = HEADLINES.iter().any(|headline| headline.code == code);
    reason.is_none_or(|reason| reason.check == LifeCycle) && !headline && !ACTS.contains(&code)
}

impl Reason {
    /// The reason with this code.
    pub fn by_code(code: &str) -> Option<&'static Reason> {
        REASONS.iter().find(|reason| reason.code == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_means_two_things() {
        let mut codes: Vec<&str> = REASONS.iter().map(|reason| reason.code).collect();
        codes.extend(HEADLINES.iter().map(|headline| headline.code));
        codes.sort_unstable();
        let all = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }
}
