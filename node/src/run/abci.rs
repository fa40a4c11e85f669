//! `lianyan-node abci`: the application for one CometBFT process.

use super::{options, servers};
use crate::{
    abci::Server,
    application::Application,
    error::{Error, Result},
    fetch::Fetch,
    statesync::Shelf,
    store::Store,
};
use std::{
    fs, io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};
use tokio::runtime::Runtime;

/// The application's database in its home.
pub(super) const DATABASE: &str = "application.redb";
/// The folder of its snapshots there.
const SNAPSHOTS: &str = "snapshots";

/// Serves until Ctrl-C, or until the application fails.
pub(super) fn run(options: &options::Abci) -> Result<()> {
    fs::create_dir_all(&options.home).map_err(Error::file(&options.home))?;
    let store = Arc::new(open(&options.home.join(DATABASE))?);
    let shelf = Shelf::open(options.home.join(SNAPSHOTS), options.snapshots)?;
    let mut application = Application::open(store, options.horizon)?
        .with_snapshots(shelf)
        .with_rate(options.rate);
    if let Some(blocks) = options.blocks {
        application = application.with_blocks(blocks);
    }
    application.require_known_rules()?;
    let application = Arc::new(application);
    let server = Server::start(application.clone(), &options.listen)?;
    let info = application.info();
    println!(
        "application at height {}, listening at {}",
        info.last_block_height, options.listen
    );
    let runtime = Runtime::new().map_err(|error| Error::Setup(format!("cannot start: {error}")))?;
    if !options.blobs_from.is_empty() {
        let fetch = Fetch::new(application, options.blobs_from.iter().cloned())?;
        runtime.spawn(fetch.run());
    }
    let orphaned = Arc::new(AtomicBool::new(false));
    if options.with_parent {
        watch_parent(orphaned.clone());
    }
    runtime.block_on(servers::until_end(|| {
        server.has_ended() || orphaned.load(Ordering::Relaxed)
    }));
    server.stop()
}

/// The database, which one process has at a time.
fn open(database: &Path) -> Result<Store> {
    Store::open(database).map_err(|why| match why {
        Error::Store(why) if matches!(*why, redb::Error::DatabaseAlreadyOpen) => {
            Error::Setup(format!(
                "{} is in use: another `lianyan-node abci` serves this home, such as the unit lianyan-app; end it first",
                database.display()
            ))
        }
        why => why,
    })
}

/// The parent holds the other end of standard input, and never writes.
fn watch_parent(orphaned: Arc<AtomicBool>) {
    thread::spawn(move || {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        orphaned.store(true, Ordering::Relaxed);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_starts_it_a_second_time_is_told_what_has_the_home() {
        let folder = tempfile::tempdir().expect("a folder");
        let database = folder.path().join(DATABASE);
        let _first = open(&database).expect("opens");
        let why = open(&database).err().expect("it is in use").to_string();
        assert!(why.contains("lianyan-app"), "{why}");
    }
}
