//! The record kinds, one file each: events, rules, tests.

pub mod consent;
pub mod consortium;
pub mod member;
pub mod rules;
