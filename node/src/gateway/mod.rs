//! A read server in front of nodes: anyone may run one, and nobody has to trust it, for whoever reads through it verifies what it gives.
//!
//! It answers CometBFT's reading methods over HTTP, keeps in memory what can never change (headers, commits, validator sets, proofs at a height), asks the
//! nodes once for what many ask at the same time, limits each client, and on a portal's own origin serves the page. It keeps no state that must survive.

mod batch;
mod calls;
mod checkpoint;
mod clients;
mod events;
mod http;
mod log;
mod memory;
mod metrics;
mod page;
mod pieces;
mod said;
mod site;
mod upstream;

pub use clients::{Limits, Quota};
pub use http::{Gateway, router};
pub use metrics::Metrics;
pub use page::Page;
pub use site::{Shown, Site, guarded, router as site_router};
pub use upstream::Upstream;
