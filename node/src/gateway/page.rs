//! The page's files on the disk. Who renews `chains.json`, or the page, only writes the files: they are looked at, and shown when they have changed.

use super::site::{Shown, Site, router};
use crate::error::{Error, Result};
use axum::Router;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};
use tokio::{task, time};

/// Between two looks.
const EVERY: Duration = Duration::from_secs(2);

/// When each file was written, and its length.
type Look = BTreeMap<PathBuf, (SystemTime, u64)>;

/// A page whose files may change.
pub struct Page {
    files: Files,
    /// How the files looked when they were read.
    read: Look,
    shown: Arc<Shown>,
}

/// Where they are.
#[derive(Clone)]
struct Files {
    folder: PathBuf,
    chains: Option<PathBuf>,
}

impl Page {
    /// Reads the page in a folder, with this `chains.json` in place of its own.
    pub fn open(folder: PathBuf, chains: Option<PathBuf>) -> Result<Self> {
        let files = Files { folder, chains };
        let read = files.look()?;
        let shown = Arc::new(Shown::new(files.read(None)?));
        Ok(Self { files, read, shown })
    }

    /// Its routes; they serve what is shown at the time.
    pub fn router(&self) -> Router {
        router(self.shown.clone())
    }

    /// Shows what is on the disk whenever it has changed, the whole at once, and never while it is being written: two looks must give the same.
    /// What cannot be read is not shown, and the page stays as it was.
    pub async fn follow(mut self) {
        let mut before = None;
        loop {
            time::sleep(EVERY).await;
            let look = self.files.look().ok();
            if let Some(look) = look.clone()
                && look != self.read
                && before.as_ref() == Some(&look)
            {
                self.read = look;
                self.show().await;
            }
            before = look;
        }
    }

    async fn show(&self) {
        let (files, before) = (self.files.clone(), self.shown.now());
        match task::spawn_blocking(move || files.read(Some(&before))).await {
            Ok(Ok(site)) => {
                self.shown.replace(site);
                eprintln!("gateway  the page has changed");
            }
            Ok(Err(why)) => eprintln!("gateway  the page on the disk is not shown: {why}"),
            Err(why) => eprintln!("gateway  the page on the disk cannot be read: {why}"),
        }
    }
}

impl Files {
    fn read(&self, before: Option<&Site>) -> Result<Site> {
        let site = Site::read(&self.folder, before).map_err(Error::file(&self.folder))?;
        let Some(file) = &self.chains else {
            return Ok(site);
        };
        let chains = fs::read(file).and_then(|chains| site.with_chains(chains, before));
        chains.map_err(Error::file(file))
    }

    fn look(&self) -> Result<Look> {
        let mut look = Look::new();
        look_into(&self.folder, &mut look)?;
        if let Some(file) = &self.chains {
            note(file, &mut look)?;
        }
        Ok(look)
    }
}

fn look_into(folder: &Path, look: &mut Look) -> Result<()> {
    let failed = || Error::file(folder);
    for entry in fs::read_dir(folder).map_err(failed())? {
        let entry = entry.map_err(failed())?;
        match entry.file_type().map_err(failed())?.is_dir() {
            true => look_into(&entry.path(), look)?,
            false => note(&entry.path(), look)?,
        }
    }
    Ok(())
}

fn note(file: &Path, look: &mut Look) -> Result<()> {
    let about = fs::metadata(file).and_then(|about| Ok((about.modified()?, about.len())));
    look.insert(file.to_owned(), about.map_err(Error::file(file))?);
    Ok(())
}
