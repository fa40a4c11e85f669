//! The machines on which the processes run, so that they can be poor: each program is started by a shell script that looks at its node's folder
//! for what is wrong with this machine.

use super::super::Consortium;
use lianyan_tests::Outcome;
use node::network::Plan;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The file in a node's folder with the shell's words before a program is started.
const FAULT: &str = "fault.sh";

/// Puts a script before every program of a plan. A write beyond what a process may is an error then, not its death.
pub fn wrap(plan: &mut Plan) -> Outcome {
    plan.cometbft = script(plan, "cometbft", &plan.cometbft)?;
    plan.application = script(plan, "application", &plan.application)?;
    Ok(())
}

fn script(plan: &Plan, name: &str, program: &Path) -> Outcome<PathBuf> {
    let program = program.canonicalize()?;
    let file = plan.folder.join(format!("{name}.sh"));
    let program = program.display();
    let text = format!(
        "#!/bin/sh\nprogram={name}\ntrap '' XFSZ\n[ -f {FAULT} ] && . ./{FAULT}\nexec '{program}' \"$@\"\n"
    );
    fs::write(&file, text)?;
    fs::set_permissions(&file, Permissions::from_mode(0o755))?;
    Ok(file)
}

/// What is wrong with a node's machine from the next start of its programs on.
pub fn fault(consortium: &Consortium, node: usize, words: &str) -> Outcome {
    let file = consortium.plan.home(node).folder().join(FAULT);
    Ok(fs::write(file, words)?)
}

/// Nothing is wrong with it any more.
pub fn repair(consortium: &Consortium, node: usize) -> Outcome {
    let file = consortium.plan.home(node).folder().join(FAULT);
    Ok(fs::remove_file(file)?)
}
