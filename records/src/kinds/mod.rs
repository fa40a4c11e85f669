//! The record kinds, one file each: events, rules, tests.

pub mod ballot;
pub mod consent;
pub mod consortium;
pub mod invoice;
pub mod member;
pub mod misbehaviour;
pub mod portal;
pub mod proposal;
pub mod quota;
pub mod room;
pub mod rules;
pub mod vote;
