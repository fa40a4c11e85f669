//! Files that are written whole or not at all; and those that hold private keys: nobody reads them but their owner.

use crate::error::{Error, Result};
use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

/// Writes a file that only its owner may read, whole or not at all, and durably: a key must be there before anything is signed with it.
pub fn write_private(file: &Path, text: impl AsRef<[u8]>) -> Result<()> {
    put_in_place(file, text.as_ref(), create)
}

/// The same, where anybody may read it.
pub fn write_public(file: &Path, text: impl AsRef<[u8]>) -> Result<()> {
    put_in_place(file, text.as_ref(), |beside| File::create(beside))
}

/// Writes a file beside, and puts it where it belongs once it is whole.
fn put_in_place(file: &Path, bytes: &[u8], create: fn(&Path) -> io::Result<File>) -> Result<()> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(".new");
    let written = create(beside.as_ref()).and_then(|mut handle| {
        handle.write_all(bytes)?;
        handle.sync_all()
    });
    let placed = written.and_then(|()| fs::rename(&beside, file));
    if placed.is_err() {
        let _ = fs::remove_file(&beside);
    }
    placed.map_err(Error::file(file))?;
    let folder = file.parent().filter(|folder| *folder != Path::new(""));
    sync_names(folder.unwrap_or(Path::new(".")))
}

/// Makes the names in a folder durable: a file's bytes are of no use under none.
#[cfg(unix)]
pub fn sync_names(folder: &Path) -> Result<()> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(Error::file(folder))
}

#[cfg(not(unix))]
pub fn sync_names(_: &Path) -> Result<()> {
    Ok(())
}

/// Whether others than the owner may read or write the file.
pub fn is_open_to_others(file: &Path) -> io::Result<bool> {
    Ok(mode(&fs::metadata(file)?) & 0o077 != 0)
}

#[cfg(unix)]
fn create(file: &Path) -> io::Result<File> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let mut options = File::options();
    options.write(true).create(true).truncate(true).mode(0o600);
    let handle = options.open(file)?;
    // Where there was a file, it kept its own.
    handle.set_permissions(fs::Permissions::from_mode(0o600))?;
    Ok(handle)
}

#[cfg(not(unix))]
fn create(file: &Path) -> io::Result<File> {
    File::create(file)
}

#[cfg(unix)]
fn mode(metadata: &fs::Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions())
}

#[cfg(not(unix))]
fn mode(_: &fs::Metadata) -> u32 {
    0
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_private_file_is_closed_to_others_even_where_it_was_open() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("key.json");
        fs::write(&file, "an older and longer one").expect("writes");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("opens");
        assert!(is_open_to_others(&file).expect("is there"));
        write_private(&file, "new").expect("writes");
        assert!(!is_open_to_others(&file).expect("is there"));
        assert_eq!(fs::read(&file).expect("is there"), b"new");
    }

    #[test]
    fn a_file_is_replaced_whole_or_not_at_all() {
        use std::io::Read;
        let folder = tempfile::tempdir().expect("a folder");
        let [file, beside] =
            ["config.toml", "config.toml.new"].map(|name| folder.path().join(name));
        write_public(&file, "old").expect("writes");
        let mut old = File::open(&file).expect("is there");
        write_public(&file, "new").expect("writes");
        let mut text = String::new();
        old.read_to_string(&mut text).expect("readable");
        assert_eq!(text, "old", "nobody ever reads half of it");
        fs::create_dir(&beside).expect("in the way");
        assert!(write_public(&file, "newer").is_err());
        assert_eq!(fs::read(&file).expect("is there"), b"new");
        fs::remove_dir(&beside).expect("out of the way");
        write_private(&file, "newer").expect("writes");
        assert!(!beside.exists());
    }
}
