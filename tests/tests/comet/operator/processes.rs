//! The processes of each organisation, and waiting for them.

use super::words::{hex, run, words};
use super::{FOUNDERS, Organisations};
use lianyan_tests::{Outcome, demo};
use node::network::{Client, Process, Program};
use std::ffi::OsString;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(90);

impl Organisations {
    pub fn stop(&mut self, member: usize) {
        self.resting.push(member);
        for process in self.running[member].iter_mut().rev() {
            process.terminate();
            process.wait(Duration::from_secs(10));
        }
    }

    /// Starts both processes with the words of deploy/systemd.
    pub fn start(&mut self, member: usize) -> Outcome {
        let home = self.home(member);
        let log = |name: &str| self.folder.path().join(format!("{member}-{name}.log"));
        let application = Program {
            program: std::fs::canonicalize(demo::program())?,
            arguments: words("abci --listen unix://application.sock --home application"),
            folder: home.clone(),
            log: log("application"),
        };
        let mut arguments = words("start --home");
        arguments.push(home.clone().into());
        let engine = Program {
            program: self.cometbft.clone(),
            arguments,
            folder: home,
            log: log("cometbft"),
        };
        let pair = [Process::start(application)?, Process::start(engine)?];
        self.resting.retain(|resting| *resting != member);
        match self.running.get_mut(member) {
            Some(old) => *old = pair,
            None => self.running.push(pair),
        }
        Ok(())
    }

    /// Until the node has blocks, and `doctor` finds nothing, with the genesis as read aloud and compared with another node.
    pub fn wait_until_well(&mut self, member: usize) -> Outcome {
        let hash = hex(&node::merkle::sha256(&self.genesis(0)?));
        let other = format!("http://{}", self.address((member + 1) % FOUNDERS, 0));
        self.wait("a node that is well", |all| {
            let client = Client(all.address(member, 0));
            let Ok((3.., _)) = client.newest() else {
                return Ok(false);
            };
            let more = ["--sha256", &hash, "--ask", &other].map(OsString::from);
            let said = run(all.doctor(member)?.into_iter().chain(more))?;
            Ok(said.0 == Some(0) && !said.1.contains("catching-up"))
        })
    }

    pub fn wait(&mut self, what: &str, ready: impl Fn(&Self) -> Outcome<bool>) -> Outcome {
        let start = Instant::now();
        while !ready(self)? {
            if start.elapsed() > PATIENCE {
                return Err(format!("{what}: not after {PATIENCE:?}; {}", self.told()).into());
            }
            // As Restart=always does.
            for (member, pair) in self.running.iter_mut().enumerate() {
                for process in pair {
                    if !self.resting.contains(&member) && process.has_ended() {
                        process.restart()?;
                    }
                }
            }
            std::thread::sleep(Duration::from_millis(300));
        }
        Ok(())
    }

    /// What every doctor says, and the ends of the logs.
    fn told(&self) -> String {
        let mut text = String::new();
        for member in 0..self.running.len() {
            let said = self.doctor(member).and_then(run);
            text += &format!("\n--- {}: {said:?}", self.homes[member].display());
            for name in ["application", "cometbft"] {
                let log = self.folder.path().join(format!("{member}-{name}.log"));
                let log = std::fs::read(log).unwrap_or_default();
                text += &String::from_utf8_lossy(&log[log.len().saturating_sub(600)..]);
            }
        }
        text
    }
}
