//! Proof that a program needs nothing of a browser beyond WebAssembly's first version and mutable globals.

use crate::failure::{Doing, Result};
use crate::tools;
use std::path::Path;
use std::process::Command;

/// `None` where `wasm` is valid under those features alone, else what it needs.
pub fn validates_as_mvp(wasm: &Path) -> Result<Option<String>> {
    let wasm_opt = tools::wasm_opt::ensure()?.join("wasm-opt");
    let output = Command::new(wasm_opt)
        .args([
            "--mvp-features",
            "--enable-mutable-globals",
            "--output=/dev/null",
        ])
        .arg(wasm)
        .output()
        .doing("run wasm-opt")?;
    if output.status.success() {
        return Ok(None);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Ok(Some(errors.lines().take(3).collect::<Vec<_>>().join("; ")))
}
