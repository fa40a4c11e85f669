//! The load tool: <https://github.com/tsenart/vegeta>, at a constant rate, so that what waits does not keep others from asking; or as fast as it goes.

use super::cores;
use super::visits::Visits;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use lianyan_tests::Outcome;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Seconds for which it goes on where the visits are played again and again.
const LONG: f64 = 6.0;
/// Seconds of one rate at most.
const SECONDS: f64 = 10.0;
/// Who asks at the same time where it goes as fast as it can.
const AT_ONCE: &str = "60";

/// How fast visitors come.
#[derive(Clone, Copy)]
pub enum Pace {
    /// So many a second, each once.
    Visits(f64),
    /// Another one as soon as one is done, again and again.
    Fastest,
}

/// The program, and where it keeps its files.
pub struct Vegeta {
    program: PathBuf,
    folder: PathBuf,
}

/// What it measured.
pub struct Report {
    pub requests: f64,
    /// Answers a second.
    pub rate: f64,
    /// Milliseconds.
    pub median: f64,
    pub p99: f64,
}

impl Vegeta {
    pub fn new(program: PathBuf, folder: &Path) -> Self {
        Self {
            program,
            folder: folder.into(),
        }
    }

    /// Plays visits before an address; every answer must be there.
    pub fn play(&self, visits: &Visits, address: &str, pace: Pace) -> Outcome<Report> {
        let targets = self.folder.join("targets");
        fs::write(&targets, lines(visits, address))?;
        let results = self.folder.join("results");
        let mut attack = cores::on(cores::LOAD, &self.program);
        attack.args(["attack", "-format=json", "-timeout=10s", "-max-body=0"]);
        attack.arg(format!("-targets={}", targets.display()));
        attack.arg(format!("-output={}", results.display()));
        let seconds = match pace {
            Pace::Visits(rate) => {
                let rate = rate * visits.requests_each();
                attack.arg(format!("-rate={:.0}/1s", rate));
                SECONDS.min(visits.bodies.len() as f64 / rate)
            }
            Pace::Fastest => {
                attack.args(["-rate=0", "-max-workers", AT_ONCE]);
                LONG
            }
        };
        attack.arg(format!("-duration={:.0}ms", seconds * 1e3));
        if !attack.status()?.success() {
            return Err("vegeta failed".into());
        }
        let report = Command::new(&self.program)
            .args(["report", "-type=json"])
            .arg(results)
            .output()?;
        read(&serde_json::from_slice(&report.stdout)?)
    }
}

/// One question a line.
fn lines(visits: &Visits, address: &str) -> String {
    let mut text = String::new();
    for body in &visits.bodies {
        let target = json!({
            "method": "POST",
            "url": address,
            "header": { "Content-Type": ["application/json"] },
            "body": BASE64.encode(body),
        });
        let _ = writeln!(text, "{target}");
    }
    text
}

fn read(report: &Value) -> Outcome<Report> {
    let number = |value: &Value| value.as_f64().ok_or(format!("no figure: {report}"));
    if number(&report["success"])? < 1.0 {
        return Err(format!("not every answer came: {report}").into());
    }
    let latencies = &report["latencies"];
    Ok(Report {
        requests: number(&report["requests"])?,
        rate: number(&report["throughput"])?,
        median: number(&latencies["50th"])? / 1e6,
        p99: number(&latencies["99th"])? / 1e6,
    })
}
