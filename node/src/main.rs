//! The node's program.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// A block is thousands of small pieces that come and go together, which the system's allocator gives back and fetches again each time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    node::run::main()
}
