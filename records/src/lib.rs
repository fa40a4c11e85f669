//! Record kinds, their rules, signed events and the replay of a record's log.
//!
//! Everything that a consortium writes down is a **record** `(kind, id)` with a small state and an append-only log of signed events.
//! A kind is a pure function from state and event to state or refusal. The node runs it to [`execute()`]; the browser runs the same function
//! in a [`Replay`] to check. `docs/formats.md` fixes the bytes.

pub mod canonical;
pub mod codes;
mod context;
mod digest;
pub mod envelope;
pub mod event;
mod execute;
pub mod fields;
mod ground;
pub mod hash;
mod keys;
pub mod kinds;
pub mod log;
mod name;
mod refusal;
pub mod registry;
mod replay;
pub mod roster;
#[cfg(feature = "seal")]
pub mod seal;
pub mod shape;
mod state;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod text;
mod timeline;
mod validator_key;

pub use context::{Context, Directory, require_key};
pub use digest::Digest;
pub use envelope::{Envelope, MAX_ENVELOPE};
pub use event::{Event, Payload};
pub use execute::{Change, execute};
pub use ground::{Ground, Proven};
pub use hash::Hash;
pub use keys::{BadKey, PublicKey, SecretKey};
pub use name::RecordName;
pub use refusal::{Grounds, Refusal, Stop, law};
pub use replay::{Fault, Replay, Replayed};
pub use state::{Head, MAX_STATE, State};
pub use timeline::Timeline;
pub use validator_key::{KeyType, ValidatorKey};
