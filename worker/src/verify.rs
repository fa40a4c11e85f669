//! What the page and the verifier worker say to each other.

use crate::{Facts, Id, RecordRef};
use records::shape::decimal;
use verifier::fork::Fork;
use verifier::verdict::{Anchor, Check, NodeAnswer, Signer, Verdict};

/// From the page to the verifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToVerifier {
    /// The text of `chains.json`; nothing else is asked before it.
    Configure {
        /// The file, as the page's own origin served it.
        chains: String,
    },
    /// Look for the newest header, and again after this many seconds; 0 stops (the page is hidden).
    Follow {
        /// Seconds between two looks.
        every_seconds: u32,
    },
    /// Check what was scanned, typed, pasted, dropped or found in a link. A proof file as text is verified by itself: no node is asked.
    Check {
        /// Question number.
        id: Id,
        /// The text as read.
        text: String,
    },
    /// Check one record by its id.
    Record {
        /// Question number.
        id: Id,
        /// What to look at.
        record: RecordRef,
        /// Openings of its committed fields, as the link form carries them; empty where there are none.
        openings: String,
    },
    /// Count a vote again from its ballots.
    Recount {
        /// Question number.
        id: Id,
        /// The vote's record id.
        vote: String,
        /// How many ballots to draw at random; 0 counts every one.
        sample: u32,
    },
    /// The ballot of a seat in a vote: a verdict of kind `ballot` whose fields are its place on the roster (`head`, `rooms`, `area` in cm²) and whose
    /// state says what stands; proven absent where nothing was cast. Fails with `not-in-roster` where there is no seat.
    Ballot {
        /// Question number.
        id: Id,
        /// The seat as `ballot.cast` carries it, JSON; empty where there is none.
        seat: String,
    },
    /// Prove what a text or a link asks about, and keep the proof in a file. A proof file is proven again, under a header of today.
    Prove {
        /// Question number.
        id: Id,
        /// The text as read, `#/r/<kind>/<id>[/<openings>]`, or a proof file as text.
        text: String,
        /// Names of the opened fields that the file shall not show.
        without: Vec<String>,
    },
    /// Prove what an act rests on.
    Ground {
        /// Question number.
        id: Id,
        /// The records.
        records: Vec<RecordRef>,
        /// Whether the blobs are wanted that their states name.
        blobs: bool,
    },
    /// Hand a signed event to the nodes.
    Send {
        /// Question number.
        id: Id,
        /// The envelope.
        envelope: String,
        /// What the nodes must keep before it, base64; empty where there is nothing.
        blob: String,
    },
    /// Trust the header of this height with this hash, which a person has compared with a second source, and nothing that was trusted before.
    Establish {
        /// Question number.
        id: Id,
        /// Height.
        height: u64,
        /// Header hash, hex.
        hash: String,
    },
    /// Trust the header that a file names which enough members have signed, above what was trusted before. Answered by `Established`.
    Vouch {
        /// Question number.
        id: Id,
        /// The file's text.
        file: String,
    },
    /// Stop working on a question, or watching the record that it was about; no answer follows.
    Cancel {
        /// Question number.
        id: Id,
    },
}

/// From the verifier to the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromVerifier {
    /// The worker is loaded and listens.
    Ready {
        /// Rules versions that it can replay, newest first.
        rules: Vec<u32>,
    },
    /// What is known of the chain: after `Configure` and after every look for a newer header.
    Chain {
        /// The state of trust.
        chain: Box<Chain>,
    },
    /// What is being waited for right now.
    Waiting {
        /// Question number.
        id: Id,
        /// Code of the sentence: `asking-nodes`, `checking-signatures`, `stepping`, `asking-proof`, `fetching-log`, `replaying`, `counting`, `sending`, …
        step: String,
        /// `done` and `total` where there is an amount.
        facts: Facts,
    },
    /// One check of the coming verdict has ended. After the verdict: its header has become too old to say what is so now (`life-cycle-stale`); `Changed` follows
    /// once a newer one was proven.
    Checked {
        /// Question number.
        id: Id,
        /// The check.
        check: Check,
    },
    /// Signatures checked so far on the header that the verdict will rest on.
    Signing {
        /// Question number.
        id: Id,
        /// Who could sign and who did, as far as checked.
        signers: Vec<Signer>,
        /// Total voting power.
        total_power: u64,
    },
    /// The answer.
    Verdict {
        /// Question number.
        id: Id,
        /// The verdict.
        verdict: Box<Verdict>,
    },
    /// A proof file.
    Proof {
        /// Question number.
        id: Id,
        /// The file as text.
        file: String,
        /// Its SHA-256, hex.
        hash: String,
        /// The header on which it rests.
        anchor: Box<Anchor>,
    },
    /// What was proven, as [`records::Ground`] writes it.
    Ground {
        /// Question number.
        id: Id,
        /// The text.
        ground: String,
    },
    /// The event was handed to a node; it may be written until the time named, and nothing else is signed in its place before that.
    Sent {
        /// Question number.
        id: Id,
        /// The event's identity, hex.
        event_id: String,
        /// Unix nanoseconds as decimal text.
        until: String,
    },
    /// The event is proven to be in the chain.
    Written {
        /// Question number.
        id: Id,
        /// The event's identity, hex.
        event_id: String,
        /// The record it was about.
        record: RecordRef,
        /// Height of the block that carries it.
        height: u64,
        /// Block time, Unix nanoseconds as decimal text.
        time: String,
    },
    /// The header that the person named, or that members signed, is trusted.
    Established {
        /// Question number.
        id: Id,
    },
    /// The record that a verdict was about has events that it does not know. Said once, after the verdict.
    Changed {
        /// Question number.
        id: Id,
    },
    /// The question could not be answered, or the event was refused.
    Failed {
        /// Question number.
        id: Id,
        /// Reason code, kebab-case.
        reason: String,
        /// Facts for its sentence.
        facts: Facts,
    },
}

impl FromVerifier {
    /// The question that this message belongs to; none for what concerns the worker as a whole.
    pub fn id(&self) -> Option<Id> {
        match self {
            Self::Ready { .. } | Self::Chain { .. } => None,
            Self::Waiting { id, .. }
            | Self::Checked { id, .. }
            | Self::Signing { id, .. }
            | Self::Verdict { id, .. }
            | Self::Proof { id, .. }
            | Self::Ground { id, .. }
            | Self::Sent { id, .. }
            | Self::Written { id, .. }
            | Self::Established { id }
            | Self::Changed { id }
            | Self::Failed { id, .. } => Some(*id),
        }
    }

    /// Whether this answers the question; after a verdict it may still be told that the record has changed.
    pub fn is_last(&self) -> bool {
        matches!(
            self,
            Self::Verdict { .. }
                | Self::Proof { .. }
                | Self::Ground { .. }
                | Self::Written { .. }
                | Self::Established { .. }
                | Self::Changed { .. }
                | Self::Failed { .. }
        )
    }
}

/// The state of trust in one chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Chain id.
    pub id: String,
    /// Its name as `chains.json` gives it, Chinese.
    pub name: String,
    /// English.
    pub name_en: String,
    /// Whether this is a chain with development keys.
    pub dev: bool,
    /// Height of the checkpoint in `chains.json`.
    pub checkpoint_height: u64,
    /// Its header hash, hex.
    pub checkpoint_hash: String,
    /// Ids of the members whose signed checkpoint began this trust.
    pub vouched: Vec<String>,
    /// The newest trusted header; none before the first, or where none could be trusted.
    pub anchor: Option<Anchor>,
    /// Reason code where no header could be trusted, or why the newest one is not fresh; empty when all is well.
    pub reason: String,
    /// Facts for that sentence.
    pub facts: Facts,
    /// Every node asked and what it said.
    pub nodes: Vec<NodeAnswer>,
    /// The consortium's members as proven under `anchor`; empty where not yet proven.
    pub members: Vec<Member>,
    /// The fork that stops everything, where there is one.
    pub fork: Option<Fork>,
    /// Whether the browser keeps what is trusted for the next visit.
    pub kept: bool,
}

/// A member of the consortium, for choosing a reader and for naming who signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Member id.
    pub id: String,
    /// Name, Chinese.
    pub name: String,
    /// Name, English.
    pub name_en: String,
    /// The organisation it belongs to.
    pub org: String,
    /// Roles, as in the member record.
    pub roles: Vec<String>,
}

records::tagged!(ToVerifier by "is" {
    Configure "configure" { chains },
    Follow "follow" { every_seconds },
    Check "check" { id, text },
    Record "record" { id, record, openings },
    Recount "recount" { id, vote, sample },
    Ballot "ballot" { id, seat },
    Prove "prove" { id, text, without },
    Ground "ground" { id, records, blobs },
    Send "send" { id, envelope, blob },
    Establish "establish" { id, height: decimal, hash },
    Vouch "vouch" { id, file },
    Cancel "cancel" { id },
});
records::tagged!(FromVerifier by "is" {
    Ready "ready" { rules },
    Chain "chain" { chain },
    Waiting "waiting" { id, step, facts },
    Checked "checked" { id, check },
    Signing "signing" { id, signers, total_power: decimal },
    Verdict "verdict" { id, verdict },
    Proof "proof" { id, file, hash, anchor },
    Ground "ground" { id, ground },
    Sent "sent" { id, event_id, until },
    Written "written" { id, event_id, record, height: decimal, time },
    Established "established" { id },
    Changed "changed" { id },
    Failed "failed" { id, reason, facts },
});
records::shape!(Chain {
    id,
    name,
    name_en,
    dev,
    checkpoint_height: decimal,
    checkpoint_hash,
    vouched,
    anchor,
    reason,
    facts,
    nodes,
    members,
    fork,
    kept,
});
records::shape!(Member {
    id,
    name,
    name_en,
    org,
    roles,
});
