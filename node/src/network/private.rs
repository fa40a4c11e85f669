//! Files that hold private keys: nobody reads them but their owner.

use crate::error::{Error, Result};
use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

/// Writes a file that nobody else can read, at no moment.
pub fn write_private(file: &Path, text: &str) -> Result<()> {
    let written = create(file).and_then(|mut handle| {
        handle.write_all(text.as_bytes())?;
        handle.sync_all()
    });
    written.map_err(Error::file(file))
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
}
