//! Fuzzing: every target of `fuzz/` under libFuzzer for a bounded time, two at a time.
//!
//! Coverage comes from LLVM's own pass, which the stable compiler has: no nightly toolchain and no further tool. Only the workspace's crates are
//! instrumented, and the fuzzer is built as a test is, so that what they stand on is built once for all parts.

use super::tally::Tally;
use crate::failure::{Doing, Result};
use crate::{run, workspace};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;

/// Set where this program stands in for rustc.
const AS_RUSTC: &str = "LIANYAN_XTASK_AS_RUSTC";
/// Seconds for each target; `LIANYAN_FUZZ_SECONDS` says otherwise.
const SECONDS: u32 = 60;
/// Targets driven at the same time.
const AT_ONCE: usize = 2;
/// One execution that takes longer, in seconds, is a hang.
const HANG: u32 = 25;
/// Memory of one target, in MB.
const MEMORY: u32 = 2048;
/// What runs beside goes first: it is measured by the clock.
const NICE: [&str; 2] = ["-n", "10"];
/// What shows the fuzzer which ways the program took.
const COVERAGE: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

pub fn fuzz() -> Result<Tally> {
    if !run::on_path("c++") && std::env::var_os("CXX").is_none() {
        return Ok(Tally::skipped("fuzz", "the fuzzer wants a C++ compiler"));
    }
    let program = build()?;
    let seconds = seconds()?;
    let targets = Mutex::new(targets(&program)?.into_iter());
    let total = Mutex::new((Tally::default(), 0));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(target) = next(&targets) {
                    let driven = drive(&program, &target, seconds);
                    let (tally, executions) = driven.unwrap_or_else(|failure| {
                        println!("  {target}: {failure}");
                        (Tally::failed(), 0)
                    });
                    let mut total = total.lock().unwrap_or_else(|e| e.into_inner());
                    total.0.add(&tally);
                    total.1 += executions;
                }
            });
        }
    });
    let (tally, executions) = total.into_inner().unwrap_or_else(|e| e.into_inner());
    println!("  {:18} {executions:>10} executions", "in all");
    Ok(tally)
}

fn next(targets: &Mutex<std::vec::IntoIter<String>>) -> Option<String> {
    targets.lock().unwrap_or_else(|e| e.into_inner()).next()
}

fn seconds() -> Result<u32> {
    match std::env::var("LIANYAN_FUZZ_SECONDS") {
        Ok(text) => text
            .parse()
            .map_err(|_| "LIANYAN_FUZZ_SECONDS is no number of seconds.".into()),
        Err(_) => Ok(SECONDS),
    }
}

fn build() -> Result<PathBuf> {
    let here = std::env::current_exe().doing("find this program")?;
    let mut command = Command::new("cargo");
    command
        .args([
            "build",
            "--workspace",
            "--example",
            "fuzzer",
            "--features",
            "lianyan-fuzz/libfuzzer",
        ])
        .current_dir(workspace::root())
        .env("RUSTC_WORKSPACE_WRAPPER", here)
        .env(AS_RUSTC, "1")
        // Dependencies keep what the profile says of them.
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "2");
    let log = workspace::target().join("xtask/fuzz.log");
    run::step("Building the fuzz targets", &log, &mut command)?;
    Ok(workspace::target().join("debug/examples/fuzzer"))
}

/// Where cargo has called this program in rustc's place: rustc with coverage.
pub fn as_rustc() -> Option<ExitCode> {
    std::env::var_os(AS_RUSTC)?;
    let mut words = std::env::args_os().skip(1);
    let rustc = words.next()?;
    let mut command = Command::new(rustc);
    command.args(words).args(COVERAGE.map(OsString::from));
    let good = command.status().is_ok_and(|status| status.success());
    Some(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn targets(program: &Path) -> Result<Vec<String>> {
    let names = run::output(&program.to_string_lossy(), &[]);
    let names = names.ok_or("the fuzz targets cannot be listed.")?;
    Ok(names.lines().map(String::from).collect())
}

/// Whether it found nothing, and how often it executed the target.
fn drive(program: &Path, target: &str, seconds: u32) -> Result<(Tally, u64)> {
    let folder = |name: &str| workspace::target().join("fuzz").join(name).join(target);
    let (corpus, findings) = (folder("corpus"), folder("findings"));
    for folder in [&corpus, &findings] {
        std::fs::create_dir_all(folder).doing(format_args!("create {}", folder.display()))?;
    }
    let output = Command::new("nice")
        .args(NICE)
        .arg(program)
        // What was found once is tried first, until nothing is wrong with it.
        .args([&corpus, &findings])
        .arg(format!("-max_total_time={seconds}"))
        // The same beginning everywhere: what one machine finds, another can find again.
        .arg("-seed=1")
        .arg(format!("-timeout={HANG}"))
        .arg(format!("-rss_limit_mb={MEMORY}"))
        .arg(format!("-artifact_prefix={}/", findings.display()))
        .arg("-print_final_stats=1")
        .env("LIANYAN_FUZZ_TARGET", target)
        .env("LIANYAN_FUZZ_SEEDS", &corpus)
        .stdin(Stdio::null())
        .output()
        .doing(format_args!("run {}", program.display()))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let executions = figure(&text, "stat::number_of_executed_units:").unwrap_or(0);
    let ways = figure(&text, " ft: ").unwrap_or(0);
    println!("  {target:18} {executions:>10} executions, {ways:>6} ways through the code");
    if !output.status.success() {
        let last: Vec<&str> = text.lines().rev().take(40).collect();
        last.iter().rev().for_each(|line| println!("    {line}"));
        println!(
            "  {target}: what it found is kept in {}",
            findings.display()
        );
    }
    let good = output.status.success() && executions > 0;
    Ok((Tally::of(good), executions))
}

/// The number behind the last `name` in libFuzzer's output.
fn figure(text: &str, name: &str) -> Option<u64> {
    let (_, rest) = text.rsplit_once(name)?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::figure;

    #[test]
    fn the_fuzzers_last_figures_count() {
        let text = "#2 INITED cov: 7 ft: 8 corp: 1\n#9 DONE   cov: 8 ft: 11 corp: 2/6b\nstat::number_of_executed_units: 519\n";
        assert_eq!(figure(text, " ft: "), Some(11));
        assert_eq!(figure(text, "stat::number_of_executed_units:"), Some(519));
        assert_eq!(figure("", " ft: "), None);
    }
}
