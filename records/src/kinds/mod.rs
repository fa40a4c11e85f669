//! The record kinds, one file each: events, rules, tests.

pub mod consortium;
pub mod member;
pub mod rules;
