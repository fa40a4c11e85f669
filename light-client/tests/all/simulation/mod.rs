//! Clients against simulated networks: chains whose validators change, nodes that lie, drop and lag, all from seeds.
//!
//! Two properties hold in every run: where an honest node answers, a header off the honest chain is never accepted; and with one honest witness, a live
//! network and a clock that is not behind, the client reaches the tip, or stops because it proved an attack.

mod ahead;
mod attacks;
mod backward;
mod below;
mod chain;
mod clocks;
mod costs;
mod dissent;
mod forks;
mod key_types;
mod nodes;
mod proving;
mod random;
mod scenes;
mod shared;
mod standings;
mod still;
mod traps;
