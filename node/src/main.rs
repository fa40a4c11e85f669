//! The node's program.

use std::process::ExitCode;

fn main() -> ExitCode {
    node::run::main()
}
