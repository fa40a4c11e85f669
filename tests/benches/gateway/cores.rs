//! Which core a program has.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

/// The gateway's, and the load's.
pub const GATEWAY: usize = 0;
pub const LOAD: usize = 1;

/// Whether both can be given theirs.
pub fn can_be_chosen() -> bool {
    [GATEWAY, LOAD].iter().all(|core| {
        let mut nothing = on(*core, "true");
        let status = nothing.stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    })
}

/// A program that has this core alone.
pub fn on(core: usize, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string()]).arg(program);
    command
}
