//! Helpers shared by the tests that cross crates: a real browser, the demo consortium, real validators, and a node that lies.

pub mod blocks;
pub mod browser;
pub mod demo;
pub mod gateway;
pub mod http;
pub mod lying_node;
pub mod owner;
pub mod pipe;
pub mod place;
pub mod process;
pub mod site;
pub mod undertaker;
pub mod validators;
pub mod visitor;
pub mod webdriver;
pub mod world;

/// Why a scenario stopped, in words.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A step of a scenario.
pub type Outcome<T = ()> = Result<T, Failure>;
