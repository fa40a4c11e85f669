//! Identities: private keys, what they sign and what they open.
//!
//! Nothing here speaks to a network. An act is done in two steps: [`needs`] says which records must be proven first, and [`sign`] makes the event from
//! that [`records::Ground`] and signs it. `docs/identity.md` fixes the identity file and the derived keys.

mod action;
mod acts;
mod identity;
mod pending;
mod random;
mod sealed;
mod shared;
mod sign;

pub use action::Action;
pub use acts::{Needs, needs};
pub use identity::{Identity, Known, NotAnIdentity, Role};
pub use pending::Pending;
pub use sealed::open;
pub use shared::SHARED_FOR;
pub use sign::{OPEN_FOR, Signed, Unsigned, sign};
