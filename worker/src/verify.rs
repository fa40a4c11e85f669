//! What the page and the verifier worker say to each other.

use crate::Id;
use records::shape::decimal;
use std::collections::BTreeMap;
use verifier::verdict::{Anchor, Check, NodeAnswer, Signer, Verdict};

/// Facts that a sentence is filled with, as in [`Check::facts`].
pub type Facts = BTreeMap<String, String>;

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
    /// Check what was scanned, typed, pasted, dropped or found in a link.
    Check {
        /// Question number.
        id: Id,
        /// The text as read.
        text: String,
    },
    /// Check one record by its id. Openings that an identity in this browser keeps for it are used as well.
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
    /// The ballot of an identity in a vote: a verdict of kind `ballot` whose fields are its seat on the roster (`head`, `rooms`, `area` in cm²) and whose
    /// state says what stands; proven absent where nothing was cast. Fails with `not-in-roster` where the identity has no seat.
    Ballot {
        /// Question number.
        id: Id,
        /// Public key of the identity.
        key: String,
        /// Vote record id.
        vote: String,
    },
    /// Which identities this browser holds.
    Identities {
        /// Question number.
        id: Id,
    },
    /// Make a key pair; it cannot be used before it was exported.
    Create {
        /// Question number.
        id: Id,
        /// What the person calls it.
        name: String,
        /// What it is for.
        role: Role,
    },
    /// Write the identity file.
    Export {
        /// Question number.
        id: Id,
        /// Public key, `ed25519:<hex>`.
        key: String,
    },
    /// The person says that the file is kept in a safe place.
    Exported {
        /// Question number.
        id: Id,
        /// Public key.
        key: String,
    },
    /// Take an identity from its file.
    Import {
        /// Question number.
        id: Id,
        /// The file's text.
        text: String,
    },
    /// Remove an identity from this browser.
    Forget {
        /// Question number.
        id: Id,
        /// Public key.
        key: String,
    },
    /// Sign and send an event.
    Act {
        /// Question number.
        id: Id,
        /// Public key of the identity that signs.
        key: String,
        /// What is done.
        action: Action,
    },
    /// Stop working on a question; no answer follows.
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
    /// One check of the coming verdict has ended.
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
    /// The identities that this browser holds; also after each change of them.
    Identities {
        /// Question number.
        id: Id,
        /// All of them.
        identities: Vec<Identity>,
    },
    /// An identity's file.
    IdentityFile {
        /// Question number.
        id: Id,
        /// Public key.
        key: String,
        /// File name to offer.
        name: String,
        /// Its text.
        text: String,
    },
    /// The event was signed and handed to a node; it may be written until the time named, and nothing else is signed in its place before that.
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
    /// What a reader may now see: the decrypted content of a document.
    Content {
        /// Question number.
        id: Id,
        /// The document's record id.
        document: String,
        /// The text.
        text: String,
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
            | Self::Identities { id, .. }
            | Self::IdentityFile { id, .. }
            | Self::Sent { id, .. }
            | Self::Written { id, .. }
            | Self::Content { id, .. }
            | Self::Failed { id, .. } => Some(*id),
        }
    }

    /// Whether nothing more follows for that question. A reading is written first, and its content follows.
    pub fn is_last(&self) -> bool {
        matches!(
            self,
            Self::Verdict { .. }
                | Self::Identities { .. }
                | Self::IdentityFile { .. }
                | Self::Content { .. }
                | Self::Failed { .. }
        )
    }
}

/// A record's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordRef {
    /// Kind: `invoice`, `document`, `grant`, `vote`, `ballot`, `room`, …
    pub kind: String,
    /// Id.
    pub id: String,
}

/// What an identity is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A patient, or a guardian.
    Patient,
    /// A flat's owner.
    Owner,
    /// A member of the consortium: hospital, doctor, convener, company, …
    Member,
}

/// A key pair held by the verifier worker; the private part never reaches the page except inside an exported file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Public key, `ed25519:<hex>`.
    pub key: String,
    /// What the person calls it.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Whether its file was exported, or it came from a file.
    pub exported: bool,
    /// The member it acts for; empty for a person.
    pub member: String,
    /// Records that it knows of: a patient's documents and grants, an owner's votes and ballots.
    pub records: Vec<RecordRef>,
}

/// What an identity can do; each becomes one signed event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// `ballot.cast`: an owner votes, or changes the vote where the community's rules allow it.
    Cast {
        /// Vote record id.
        vote: String,
        /// One of the vote's choices: `for`, `against`, `abstain`.
        choice: String,
    },
    /// `grant.give`: a patient permits a reader to read.
    Give {
        /// Documents concerned.
        documents: Vec<String>,
        /// The reader's member id.
        to: String,
        /// Purpose code: `treatment`, `referral`, `insurance`, `research`; a committed field.
        purpose: String,
        /// Unix nanoseconds as decimal text.
        until: String,
        /// A note to the reader; may be empty; a committed field.
        note: String,
    },
    /// `grant.revoke`: a patient takes a grant back.
    Revoke {
        /// Grant record id.
        grant: String,
    },
    /// `document.deny`: a patient denies documents to a member, whatever is granted.
    Deny {
        /// Documents concerned.
        documents: Vec<String>,
        /// Member id.
        member: String,
    },
    /// `document.allow`: a patient lifts a denial.
    Allow {
        /// Documents concerned.
        documents: Vec<String>,
        /// Member id.
        member: String,
    },
    /// `document.confirm`: a patient confirms a document that a hospital proposed.
    Confirm {
        /// Document record id.
        document: String,
    },
    /// `document.reject`: a patient rejects a proposed document.
    Reject {
        /// Document record id.
        document: String,
    },
    /// `read.done`: a reader reads under a grant; the content follows.
    Read {
        /// Document record id.
        document: String,
        /// Grant record id.
        grant: String,
    },
    /// `read.emergency`: a hospital reads without a grant; the content follows.
    Emergency {
        /// Document record id.
        document: String,
        /// Why.
        reason: String,
    },
    /// `read.review`: a patient, or a reviewer, judges an emergency reading.
    Review {
        /// Read record id.
        read: String,
        /// Whether it was justified.
        justified: bool,
    },
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
    Ballot "ballot" { id, key, vote },
    Identities "identities" { id },
    Create "create" { id, name, role },
    Export "export" { id, key },
    Exported "exported" { id, key },
    Import "import" { id, text },
    Forget "forget" { id, key },
    Act "act" { id, key, action },
    Cancel "cancel" { id },
});
records::tagged!(FromVerifier by "is" {
    Ready "ready" { rules },
    Chain "chain" { chain },
    Waiting "waiting" { id, step, facts },
    Checked "checked" { id, check },
    Signing "signing" { id, signers, total_power: decimal },
    Verdict "verdict" { id, verdict },
    Identities "identities" { id, identities },
    IdentityFile "identity-file" { id, key, name, text },
    Sent "sent" { id, event_id, until },
    Written "written" { id, event_id, record, height: decimal, time },
    Content "content" { id, document, text },
    Failed "failed" { id, reason, facts },
});
records::shape!(RecordRef { kind, id });
records::names!(Role {
    Patient "patient",
    Owner "owner",
    Member "member",
});
records::shape!(Identity {
    key,
    name,
    role,
    exported,
    member,
    records,
});
records::tagged!(Action by "is" {
    Cast "cast" { vote, choice },
    Give "give" { documents, to, purpose, until, note },
    Revoke "revoke" { grant },
    Deny "deny" { documents, member },
    Allow "allow" { documents, member },
    Confirm "confirm" { document },
    Reject "reject" { document },
    Read "read" { document, grant },
    Emergency "emergency" { document, reason },
    Review "review" { read, justified },
});
records::shape!(Chain {
    id,
    name,
    name_en,
    dev,
    checkpoint_height: decimal,
    checkpoint_hash,
    anchor,
    reason,
    facts,
    nodes,
    members,
});
records::shape!(Member {
    id,
    name,
    name_en,
    org,
    roles,
});
