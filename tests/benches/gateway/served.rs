//! How a gateway did.

use super::cores;
use super::vegeta::{Pace, Vegeta};
use super::visits::Visits;
use lianyan_tests::Outcome;
use lianyan_tests::demo::{self, Demo};
use lianyan_tests::place::Folder;
use lianyan_tests::process::{Process, free_ports, processor_seconds};
use std::time::Duration;

/// It listens at once, for it serves no page.
const PATIENCE: Duration = Duration::from_secs(20);
/// All of the load is one client, to whom no limit applies here.
const UNLIMITED: &str = "1000000000";

/// Figures of one run.
pub struct Served {
    /// Visits a second.
    pub rate: f64,
    /// Milliseconds to an answer.
    pub median: f64,
    pub p99: f64,
    /// The share of calls for which no node was asked.
    pub from_memory: f64,
    /// Seconds of processor time for each visit.
    pub gateway: f64,
    pub node: f64,
}

impl Served {
    /// Plays visits before a gateway that stands before the demo's first node.
    pub fn by_a_new_gateway(
        demo: &Demo,
        visits: &Visits,
        vegeta: &Vegeta,
        pace: Pace,
    ) -> Outcome<Self> {
        let folder = Folder::new("gateway")?;
        let port = free_ports(2)?;
        let [listen, metrics] = [port, port + 1].map(|port| format!("127.0.0.1:{port}"));
        let mut command = cores::on(cores::GATEWAY, demo::program());
        command.args(["gateway", "--quiet", "--node", &demo.nodes()[0]]);
        command.args(["--listen", &listen, "--metrics", &metrics]);
        command.args(["--rate", UNLIMITED, "--burst", UNLIMITED]);
        let mut process = Process::start(&mut command, &folder.path().join("gateway.log"))?;
        process.wait(PATIENCE, |output| output.contains(&listen).then_some(()))?;
        let used = || -> Outcome<_> {
            Ok([
                processor_seconds(process.id())?,
                processor_seconds(demo.id())?,
            ])
        };
        let before = used()?;
        let report = vegeta.play(visits, &format!("http://{listen}/"), pace)?;
        let [gateway, node] = used()?;
        let played = report.requests / visits.requests_each();
        Ok(Self {
            rate: report.rate / visits.requests_each(),
            median: report.median,
            p99: report.p99,
            from_memory: from_memory(&metrics)?,
            gateway: (gateway - before[0]) / played,
            node: (node - before[1]) / played,
        })
    }
}

/// Of all calls, by the gateway's own figures.
fn from_memory(metrics: &str) -> Outcome<f64> {
    let text = ureq::get(format!("http://{metrics}/metrics"))
        .call()?
        .into_body()
        .read_to_string()?;
    let sum = |from: &str| -> f64 {
        text.lines()
            .filter(|line| line.starts_with("lianyan_gateway_calls_total{"))
            .filter(|line| line.contains(&format!("from=\"{from}\"")))
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            .sum()
    };
    let failed = "lianyan_gateway_node_failures_total ";
    if !text
        .lines()
        .any(|line| line.strip_prefix(failed) == Some("0"))
    {
        return Err(format!("a node did not answer: {text}").into());
    }
    let (memory, node) = (sum("memory"), sum("node"));
    Ok(memory / (memory + node))
}
