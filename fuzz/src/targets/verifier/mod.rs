//! What the verifier takes: its configuration, questions, and the answers of nodes.

pub mod chains;
pub mod checkpoint;
pub mod lookup;
pub mod proof_file;
pub mod proxy;
pub mod question;
pub mod renew;
