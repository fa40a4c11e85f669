//! What an identity can do.

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
    /// `ballot.appoint`: co-owners name the one of them who votes. It is written when all of them have signed.
    Name {
        /// Vote record id.
        vote: String,
        /// Public key of the one who is named.
        named: String,
        /// What other co-owners signed, as [`crate::Signed::share`] gives it; empty where this one begins.
        begun: String,
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
    /// `document.veto`, `room.veto`: a patient or an owner stops the key that is to come in the place of today's.
    Veto {
        /// `document` or `room`.
        kind: String,
        /// Record id.
        id: String,
    },
    /// `document.recover`: a new key is to come in the place of one that was lost. Who holds it begins; it is written when all who vouch for it have signed.
    Recover {
        /// Document record id.
        document: String,
        /// Whose key was lost: `patient` or `guardian`.
        lost: String,
        /// Member ids of the two desks; and the hospital's, where one was vetoed before.
        by: Vec<String>,
        /// The new key; empty where its holder signs.
        key: String,
        /// What others signed, as [`crate::Signed::share`] gives it; empty where this one begins.
        begun: String,
    },
    /// `read.done`: a reader reads under a grant; the content follows.
    Read {
        /// Document record id.
        document: String,
        /// Grant record id.
        grant: String,
    },
    /// `read.emergency`: a hospital registers that it reads without a grant. The content is not sealed to it: whoever keeps it hands it over.
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

records::tagged!(Action by "is" {
    Cast "cast" { vote, choice },
    Name "name" { vote, named, begun },
    Give "give" { documents, to, purpose, until, note },
    Revoke "revoke" { grant },
    Deny "deny" { documents, member },
    Allow "allow" { documents, member },
    Confirm "confirm" { document },
    Reject "reject" { document },
    Veto "veto" { kind, id },
    Recover "recover" { document, lost, by, key, begun },
    Read "read" { document, grant },
    Emergency "emergency" { document, reason },
    Review "review" { read, justified },
});
