//! The chain as CometBFT keeps it beside its application: genesis, blocks, commits, validator sets, and where consensus stands.

mod blocks;
mod full_node;
mod genesis;
mod state;
mod verify;

pub use blocks::TxPlace;
pub use full_node::FullNode;
pub use genesis::{Genesis, GenesisValidator, validator_key, validator_key_json};
pub use state::ChainState;
