//! What a person who waits is told that is being waited for.

/// One thing that takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Every node is asked for its newest block.
    AskingNodes,
    /// Trust moves on, header by header.
    Stepping,
    /// The proof of a record's head.
    AskingProof,
    /// The history of records: `done` of `total` entries.
    FetchingLog,
    /// It is played again here: `done` of `total` entries.
    Replaying,
    /// Entries of a vote that were drawn: `done` of `total`.
    Counting,
    /// A signed event, and what it seals, goes to the nodes.
    Sending,
    /// An event is written, and no node keeps its blob yet.
    KeepingContent,
    /// Sealed content.
    FetchingContent,
}

impl Stage {
    /// The name of the stage of which a person hears though the event is on its way.
    pub const KEEPING: &'static str = "keeping-content";

    /// All of them: each needs its sentence.
    pub const ALL: [Self; 9] = [
        Self::AskingNodes,
        Self::Stepping,
        Self::AskingProof,
        Self::FetchingLog,
        Self::Replaying,
        Self::Counting,
        Self::Sending,
        Self::KeepingContent,
        Self::FetchingContent,
    ];

    /// Its name for machines and the translation table.
    pub fn code(self) -> &'static str {
        match self {
            Self::AskingNodes => "asking-nodes",
            Self::Stepping => "stepping",
            Self::AskingProof => "asking-proof",
            Self::FetchingLog => "fetching-log",
            Self::Replaying => "replaying",
            Self::Counting => "counting",
            Self::Sending => "sending",
            Self::KeepingContent => Self::KEEPING,
            Self::FetchingContent => "fetching-content",
        }
    }
}
