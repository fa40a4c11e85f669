//! How much of the processor each side took, as Linux counts it.

use super::chain::Chain;
use lianyan_tests::Outcome;

/// Ticks of a second in `/proc`: `USER_HZ`, the same on every Linux.
const TICKS: f64 = 100.0;

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
            processes.iter().map(|id| read(&id.to_string())).sum()
        };
        Ok(Self {
            engines: sum(chain.engines())?,
            applications: sum(chain.applications())?,
            load: read("self")?,
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

/// User and system time of a process: fields 14 and 15 of its `stat`; the second, its name, may hold spaces and ends with the last bracket.
fn read(process: &str) -> Outcome<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let (_, fields) = stat.rsplit_once(')').ok_or("no fields")?;
    let times = fields.split_whitespace().skip(11).take(2);
    let ticks: Vec<f64> = times.map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() / TICKS)
}
