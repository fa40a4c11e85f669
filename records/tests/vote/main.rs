//! Votes: the rules, and the attacks that they stop.

mod casting;
mod community;
mod golden;
mod keys;
mod opening;
mod recounting;
mod result;
mod roster;
mod speed;
