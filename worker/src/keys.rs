//! What the page and the keys worker say to each other.
//!
//! An act goes back and forth: `Act` is answered by `Needs`; the page has that proven and hands over `Ground`; that is answered by `Signed`; once the
//! event is proven to be in, the page says `Written`, and a reader's `Content` follows. Where it ends otherwise the page says `Drop`.

use crate::{Action, Facts, Id, RecordRef, Role};

/// From the page to the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToKeys {
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
    /// The person says that the file is kept in a safe place; from now on the browser keeps the identity too.
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
    /// Begin to sign an event.
    Act {
        /// Question number.
        id: Id,
        /// Public key of the identity that signs.
        key: String,
        /// What is done.
        action: Action,
        /// The chain that the person was shown; nothing is signed for another.
        chain: String,
    },
    /// What was proven of the records that the act needs.
    Ground {
        /// The act's number.
        id: Id,
        /// As [`records::Ground`] writes it.
        ground: String,
    },
    /// The event is proven to be in the chain.
    Written {
        /// The act's number.
        id: Id,
    },
    /// The act ended otherwise, or nobody waits for it any more.
    Drop {
        /// The act's number.
        id: Id,
    },
}

records::tagged!(ToKeys by "is" {
    Identities "identities" { id },
    Create "create" { id, name, role },
    Export "export" { id, key },
    Exported "exported" { id, key },
    Import "import" { id, text },
    Forget "forget" { id, key },
    Act "act" { id, key, action, chain },
    Ground "ground" { id, ground },
    Written "written" { id },
    Drop "drop" { id },
});

/// From the keys to the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromKeys {
    /// The worker is loaded and listens.
    Ready,
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
        /// File name to offer.
        name: String,
        /// Its text.
        text: String,
    },
    /// What must be proven before the act can be signed.
    Needs {
        /// The act's number.
        id: Id,
        /// The records.
        records: Vec<RecordRef>,
        /// Whether the blobs are needed that their states name.
        blobs: bool,
    },
    /// The event is signed, and noted: nothing else is signed in its place while it may be written.
    Signed {
        /// The act's number.
        id: Id,
        /// The envelope to hand in.
        envelope: String,
        /// What the nodes must keep before it, base64; empty where there is nothing.
        blob: String,
        /// Where others have to sign it too, what goes to them, and nothing is handed in yet; empty where it is complete.
        share: String,
    },
    /// What a reader may now see: the decrypted content of a document.
    Content {
        /// The act's number.
        id: Id,
        /// The text.
        text: String,
    },
    /// It could not be done.
    Failed {
        /// Question number.
        id: Id,
        /// Reason code, kebab-case.
        reason: String,
        /// Facts for its sentence.
        facts: Facts,
    },
}

records::tagged!(FromKeys by "is" {
    Ready "ready" {},
    Identities "identities" { id, identities },
    IdentityFile "identity-file" { id, name, text },
    Needs "needs" { id, records, blobs },
    Signed "signed" { id, envelope, blob, share },
    Content "content" { id, text },
    Failed "failed" { id, reason, facts },
});

impl FromKeys {
    /// The question that this message belongs to.
    pub fn id(&self) -> Option<Id> {
        match self {
            Self::Ready => None,
            Self::Identities { id, .. }
            | Self::IdentityFile { id, .. }
            | Self::Needs { id, .. }
            | Self::Signed { id, .. }
            | Self::Content { id, .. }
            | Self::Failed { id, .. } => Some(*id),
        }
    }

    /// Whether nothing more follows for that question.
    pub fn is_last(&self) -> bool {
        !matches!(self, Self::Ready | Self::Needs { .. } | Self::Signed { .. })
    }
}

/// A key pair held by the keys worker; the private part never reaches the page except inside an exported file.
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
    /// Whether this browser keeps it beyond this visit.
    pub stored: bool,
    /// The member it acts for; empty for a person.
    pub member: String,
    /// Records that it knows of: a patient's documents and grants, an owner's votes.
    pub records: Vec<Held>,
    /// Block time until which events that it signed may still be written, the latest, Unix nanoseconds as decimal text; empty where there is none. What others
    /// have yet to sign is not among them.
    pub pending: String,
}

/// A record that an identity knows of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Kind.
    pub kind: String,
    /// Id.
    pub id: String,
    /// With which key a patient acts on a document; empty for any other record.
    pub key: String,
    /// Opening of a document's, grant's or reading's fields, base64url; empty where there is none.
    pub opening: String,
    /// The seat in a vote as `ballot.cast` carries it, JSON; empty for any other record.
    pub seat: String,
}

records::shape!(Identity {
    key,
    name,
    role,
    exported,
    stored,
    member,
    records,
    pending,
});
records::shape!(Held {
    kind,
    id,
    key,
    opening,
    seat
});
