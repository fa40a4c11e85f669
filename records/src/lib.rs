//! Record kinds, their rules, signed events and the replay of a record's log.

pub mod codes;
