//! What `lianyan-node abci` of the next release will be: the same application, which knows one more version of the rules. For tests that play an
//! upgrade.

use lianyan_tests::Outcome;
use node::abci::{Address, Server};
use node::application::{Application, DEFAULT_HORIZON};
use node::store::Store;
use records::registry::RULES_VERSION;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// Until the parent, which holds the other end of standard input, has ended.
fn serve() -> Outcome {
    let home = after("--home")?;
    let address: Address = after("--listen")?.parse()?;
    let store = Store::open(&Path::new(&home).join("application.redb"))?;
    let application =
        Application::open(Arc::new(store), DEFAULT_HORIZON)?.with_rules(RULES_VERSION + 1);
    let server = Server::start(Arc::new(application), &address)?;
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(server.stop()?)
}

/// What stands after a word of the command line.
fn after(option: &str) -> Outcome<String> {
    let mut words = std::env::args().skip_while(|word| word != option);
    let word = words.nth(1);
    Ok(word.ok_or_else(|| format!("{option} is missing"))?)
}
