//! What a visitor downloads.

use super::{PROGRAMS, Program};
use crate::failure::{Doing, Result};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// The weight of one program, in bytes.
struct Size {
    /// As served.
    raw: u64,
    /// After gzip -9.
    gzip: u64,
}

/// Prints what each program weighs, and says of each whether it keeps its limit.
pub fn print_sizes(site: &Path) -> Result<Vec<bool>> {
    println!(
        "  {:16} {:>9} {:>9} {:>9} {:>9}",
        "gzip -9, bytes", "raw", "gzip", "goal", "limit"
    );
    let line = |program: &Program| {
        let size = size(site, program)?;
        let fits = size.gzip <= program.limit;
        let verdict = match size.gzip {
            _ if !fits => "  over its limit",
            gzip if gzip > program.goal => "  over its goal",
            _ => "",
        };
        println!(
            "  {:16} {:>9} {:>9} {:>9} {:>9}{verdict}",
            program.name, size.raw, size.gzip, program.goal, program.limit
        );
        Ok(fits)
    };
    PROGRAMS.iter().map(line).collect()
}

/// A program's WebAssembly and JavaScript together, or its one file.
fn size(site: &Path, program: &Program) -> Result<Size> {
    let mut total = Size { raw: 0, gzip: 0 };
    for entry in std::fs::read_dir(site).doing(format_args!("read {}", site.display()))? {
        let path = entry.doing(format_args!("read {}", site.display()))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_program = name.ends_with(".wasm") || name.ends_with(".js");
        if name == program.stem || (name.starts_with(program.stem) && is_program) {
            let bytes = std::fs::read(&path).doing(format_args!("read {}", path.display()))?;
            total.raw += bytes.len() as u64;
            total.gzip += gzip(bytes)?;
        }
    }
    if total.raw == 0 {
        return Err(format!(
            "{} was not built: no file in {} begins with {}.",
            program.name,
            site.display(),
            program.stem
        )
        .into());
    }
    Ok(total)
}

fn gzip(bytes: Vec<u8>) -> Result<u64> {
    let mut child = Command::new("gzip")
        .args(["-9", "-n", "-c"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .doing("run gzip to measure the page")?;
    let input = child.stdin.take();
    let writer = std::thread::spawn(move || input.map(|mut input| input.write_all(&bytes)));
    let output = child
        .wait_with_output()
        .doing("run gzip to measure the page")?;
    let _ = writer.join();
    Ok(output.stdout.len() as u64)
}
