//! Answers of nodes: what real ones said, and what is made of those that no honest node gives.

mod contents;
mod reading;
mod recorded;
