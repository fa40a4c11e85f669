//! Files that are written whole or not at all.

use std::{fs, io, io::Write, path::Path};

/// How a file's name ends that is still being written.
pub const UNFINISHED: &str = ".new";

/// A file takes its name once its bytes are on the disk: until then an older one of that name stays as it was. Who may read it stays the same, and a link
/// stays a link. What is no file, as a pipe, is written to.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let older = fs::metadata(path).ok();
    if older.as_ref().is_some_and(|older| !older.is_file()) {
        return fs::write(path, bytes);
    }
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    // Another program may be writing the same name.
    let unfinished = path.with_extension([&std::process::id().to_string(), UNFINISHED].concat());
    let written = || {
        let mut file = fs::File::create(&unfinished)?;
        if let Some(older) = &older {
            file.set_permissions(older.permissions())?;
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)
    };
    written().inspect_err(|_| {
        let _ = fs::remove_file(&unfinished);
    })?;
    match path.parent() {
        Some(folder) => settle(folder),
        None => Ok(()),
    }
}

/// Brings the names in a folder to the disk: until then a crash may undo that they were given or taken away.
pub fn settle(folder: &Path) -> io::Result<()> {
    let here = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    // Only there can folders be opened.
    if cfg!(unix) {
        fs::File::open(here)?.sync_all()
    } else {
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn an_older_file_is_whole_until_the_new_one_is_and_stays_as_private() {
        let folder = std::env::temp_dir().join(format!("lianyan-file-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("makes a folder");
        let [file, same, link] = ["a.proof", "same", "link"].map(|name| folder.join(name));
        fs::write(&file, "older").expect("writes");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("sets");
        // Another name of the same bytes: what is written over them, a crash leaves half written.
        fs::hard_link(&file, &same).expect("links");
        symlink(&file, &link).expect("links");
        write(&link, b"newer").expect("writes");
        assert_eq!(fs::read(&same).expect("reads"), b"older");
        assert_eq!(fs::read(&file).expect("reads"), b"newer");
        assert!(link.is_symlink());
        let mode = fs::metadata(&file).expect("is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(&folder).expect("reads").count(), 3);
        write(Path::new("/dev/null"), b"to no file").expect("writes");
        assert!(!Path::new("/dev/null").is_file());
        // The folder of a name without one is where the program runs.
        settle(Path::new("")).expect("is there");
        settle(&folder.join("gone")).expect_err("is not there");
        fs::remove_dir_all(folder).expect("cleans up");
    }
}
