//! `lianyan-node doctor`: what is wrong with a node, and how to mend it. It changes nothing.

mod checkpoint;
mod elsewhere;
mod engine;
mod files;
mod finding;
mod machine;
mod peers;
mod settings;
mod signing;

use super::options;
use crate::error::{Error, Result};
use engine::Engine;
use files::Files;
use finding::{Finding, Weight};
use std::{process::ExitCode, time::Duration};
use tokio::runtime::Runtime;

/// A node that only now fetches what it missed has another block after this time, though CometBFT no longer says that it catches up.
const NEXT: Duration = Duration::from_secs(3);

pub(super) fn run(options: &options::Doctor) -> Result<ExitCode> {
    let findings = examine(options, NEXT)?;
    for finding in &findings {
        println!("{finding}");
    }
    let faults = findings
        .iter()
        .filter(|f| f.weight == Weight::Fault)
        .count();
    match faults {
        0 => {
            println!("well    no mistake found");
            Ok(ExitCode::SUCCESS)
        }
        _ => {
            println!("ill     {faults} to mend");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The codes of what is found, where nothing is waited for.
pub(super) fn codes(options: &options::Doctor) -> Result<Vec<&'static str>> {
    let findings = examine(options, Duration::ZERO)?;
    Ok(findings.iter().map(|finding| finding.code).collect())
}

fn examine(options: &options::Doctor, pause: Duration) -> Result<Vec<Finding>> {
    let (files, mut findings) = Files::read(&options.home);
    findings.extend(files.open());
    findings.extend(files.strangers());
    let Some(files) = files.whole() else {
        return Ok(findings);
    };
    findings.extend(files.genesis_named(options.sha256.as_deref()));
    findings.extend(files.vote_founded());
    findings.extend(settings::judge(&files.config));
    findings.extend(machine::disk(&options.home, options.free));
    let engine = Engine::ask(&files, pause);
    match &engine {
        Some(engine) => {
            findings.extend(engine.judge(&files));
            findings.extend(peers::connected(&files, engine));
            let chains = options.chains.iter();
            findings.extend(chains.filter_map(|file| checkpoint::judge(file, &files, engine)));
        }
        None => {
            findings.extend(machine::ports(&files));
            findings.extend(peers::reachable(&files));
        }
    }
    let runtime = Runtime::new().map_err(|error| Error::Setup(format!("cannot start: {error}")))?;
    for url in &options.ask {
        match runtime.block_on(elsewhere::Other::ask(url, engine.as_ref())) {
            Ok(other) => findings.extend(other.judge(&files)),
            Err(silent) => findings.push(silent),
        }
    }
    Ok(findings)
}
