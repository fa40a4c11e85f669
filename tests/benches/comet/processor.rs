//! How much of the processor each side took, as Linux counts it.

use super::chain::Chain;
use lianyan_tests::Outcome;
use lianyan_tests::process::processor_seconds;

/// Processor time in seconds.
pub struct Used {
    pub engines: f64,
    pub applications: f64,
    /// This program, which hands in.
    pub load: f64,
}

impl Used {
    /// So far, by all processes of a chain and by this one.
    pub fn by(chain: &mut Chain) -> Outcome<Self> {
        let sum = |processes: Vec<u32>| -> Outcome<f64> {
            processes.into_iter().map(processor_seconds).sum()
        };
        Ok(Self {
            engines: sum(chain.engines())?,
            applications: sum(chain.applications())?,
            load: processor_seconds(std::process::id())?,
        })
    }

    /// What was used after that.
    pub fn since(&self, before: &Self) -> Self {
        Self {
            engines: self.engines - before.engines,
            applications: self.applications - before.applications,
            load: self.load - before.load,
        }
    }
}
