//! What a light client keeps, as files of a folder.

use crate::file::{UNFINISHED, settle, write};
use light_client::client::{Shelf, StoreError};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// A folder; a name is a path in it.
pub struct Folder(pub PathBuf);

impl Folder {
    /// The folder, made where it is not there, that can be read and written in. One that cannot would hide a fork that was found, or forget it.
    pub fn open(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        fs::read_dir(path)?;
        let probe = path.join([&std::process::id().to_string(), UNFINISHED].concat());
        fs::write(&probe, [])?;
        fs::remove_file(&probe)?;
        Ok(Self(path.into()))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Done once the file would survive a crash of the system: a fork that was found must.
    fn keep(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let folder = path.parent().unwrap_or(&self.0);
        let is_new = !folder.is_dir();
        fs::create_dir_all(folder)?;
        write(path, bytes)?;
        // Folders that were made for it have names too.
        let above = folder.ancestors().skip(1);
        let above = above.take_while(|above| {
            is_new && self.0.parent().is_none_or(|root| above.starts_with(root))
        });
        above.into_iter().try_for_each(settle)
    }
}

impl Shelf for Folder {
    async fn names(&self, beginning: &str) -> Result<Vec<String>, StoreError> {
        let mut names = Vec::new();
        list(&self.0, "", &mut names).map_err(failed)?;
        names.retain(|name| name.starts_with(beginning) && !name.ends_with(UNFINISHED));
        names.sort();
        Ok(names)
    }

    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match fs::read(self.path(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    async fn put(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.keep(&self.path(name), bytes).map_err(failed)
    }

    async fn remove(&self, names: &[String]) -> Result<(), StoreError> {
        for name in names {
            match fs::remove_file(self.path(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
                _ => {}
            }
        }
        Ok(())
    }
}

fn list(folder: &Path, beginning: &str, names: &mut Vec<String>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        // What has no such name is nobody's here.
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let name = [beginning, &name].concat();
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &[&name, "/"].concat(), names)?;
        } else {
            names.push(name);
        }
    }
    Ok(())
}

fn failed(error: io::Error) -> StoreError {
    StoreError(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::block_on;

    #[test]
    fn a_folder_keeps_what_was_put_into_it_and_nothing_unfinished() {
        let path = std::env::temp_dir().join(format!("lianyan-shelf-{}", std::process::id()));
        let shelf = Folder(path.clone());
        let names = |beginning: &str| block_on(shelf.names(beginning)).expect("reads");
        assert!(names("").is_empty(), "a folder that is not there yet");
        for name in ["ab/01", "ab/02", "cd/halt"] {
            block_on(shelf.put(name, name.as_bytes())).expect("writes");
        }
        fs::write(path.join("ab/03.new"), b"half").expect("writes");
        assert_eq!(names("ab/"), ["ab/01", "ab/02"]);
        assert_eq!(block_on(shelf.get("ab/02")), Ok(Some(b"ab/02".to_vec())));
        block_on(shelf.put("ab/02", b"newer")).expect("writes");
        assert_eq!(block_on(shelf.get("ab/02")), Ok(Some(b"newer".to_vec())));
        let gone = ["ab/01", "ab/99"].map(String::from);
        block_on(shelf.remove(&gone)).expect("removes");
        assert_eq!(names(""), ["ab/02", "cd/halt"]);
        assert_eq!(block_on(shelf.get("ab/01")), Ok(None));
        fs::remove_dir_all(path).expect("cleans up");
    }
}
