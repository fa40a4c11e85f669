//! What can go wrong inside a node. What a client did wrong is answered, not returned as one of these.

use std::path::PathBuf;

/// A node's error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused.
    #[error("the database failed: {0}")]
    Store(Box<redb::Error>),
    /// The database cannot grow: the disk is full, or the process may write no more.
    #[error(
        "no room is left for the database ({0}); everything committed is kept: make room and start again"
    )]
    NoRoom(std::io::Error),
    /// The database holds something that this program did not write there.
    #[error("the database is damaged: {0}")]
    Damaged(&'static str),
    /// The tree of record heads failed.
    #[error("the state tree failed: {0}")]
    Tree(String),
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A key file, genesis or chain file that does not fit.
    #[error("{0}")]
    Setup(String),
    /// A process was asked, and gave less than an answer.
    #[error("{0} cuts its answer off")]
    Cut(std::net::SocketAddr),
    /// The block is not one that this node can follow its chain with.
    #[error("block {height} refused: {why}")]
    BadBlock {
        /// Its height.
        height: i64,
        /// What is wrong with it.
        why: String,
    },
    /// The rules from this block on are newer than this program: the node stops before it rather than fork.
    #[error(
        "block {height} follows version {version} of the rules, and this program knows them up to version {known}: install the newer one and start again; everything committed is kept"
    )]
    TooOld {
        /// Height of the block.
        height: u64,
        /// Version that is in force for it.
        version: u64,
        /// Newest version that this program knows.
        known: u64,
    },
}

/// A result with the node's error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl<E: Into<redb::Error>> From<E> for Error {
    fn from(error: E) -> Self {
        match error.into() {
            redb::Error::Io(error) if says_full(&error) => Self::NoRoom(error),
            other => Self::Store(Box::new(other)),
        }
    }
}

fn says_full(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), FileTooLarge | QuotaExceeded | StorageFull)
}

impl Error {
    /// An I/O error with the file that it concerns.
    pub fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}

#[cfg(test)]
mod tests {
    use super::Error;
    use std::io::{self, ErrorKind};

    #[test]
    fn a_full_disk_is_named_and_nothing_else_is() {
        let text = |kind| Error::from(redb::Error::Io(io::Error::from(kind))).to_string();
        for kind in [
            ErrorKind::StorageFull,
            ErrorKind::FileTooLarge,
            ErrorKind::QuotaExceeded,
        ] {
            assert!(text(kind).starts_with("no room is left"), "{}", text(kind));
        }
        assert!(text(ErrorKind::PermissionDenied).starts_with("the database failed"));
    }
}
