//! Hard days: what goes wrong where machines, lines and people do, on real processes. A load of events runs all day, and a light client looks on.

mod cables;
mod clock;
mod day;
mod device;
mod disk;
mod flood;
mod load;
mod long;
mod machines;
mod outages;
mod partition;
mod random;
mod short;
mod signer;
mod twins;
mod watch;

pub use day::until;
