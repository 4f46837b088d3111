//! Files that are new, and that this user alone can read.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Writes a file that was not there, nor where a link leads: whole, or not at all, however the
/// program ends. It has another name until it is whole, by which it is left where the program is
/// killed. Where the file system cannot give it its name without a look at what has it, it grows in
/// its place.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new("."));
    let open = |path: &Path| for_me().create_new(true).open(path);
    let mut names = tempfile::Builder::new();
    let mut new = names.prefix(".cards-").make_in(folder, open)?;
    // Not by the other name, which an error would tell.
    new.as_file_mut().write_all(bytes)?;
    match new.persist_noclobber(path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => fill(path, bytes),
        placed => placed.map(drop).map_err(|error| error.error),
    }
}

/// Writes a file that was not there, nor where a link leads, and removes it where that fails.
pub(crate) fn fill(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = for_me().create_new(true).open(path)?;
    let written = file.write_all(bytes);
    drop(file);
    if written.is_err() {
        drop(fs::remove_file(path));
    }
    written
}

/// Opens for writing what this user alone can read.
pub(crate) fn for_me() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Tells whether a file is another user's.
#[cfg(unix)]
pub(crate) fn is_foreign(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    meta.uid() != rustix::process::geteuid().as_raw()
}

/// Tells whether a file is another user's, which this system does not say.
#[cfg(not(unix))]
pub(crate) fn is_foreign(_: &fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_new_and_whole_and_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        write(&file, b"first").unwrap();
        let error = write(&file, b"second").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&file).unwrap(), b"first");
        // No folder of that name, and none to write to.
        write(&folder.path().join("b").join("c"), b"").unwrap_err();
        write(&folder.path().join(".."), b"").unwrap_err();
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn no_link_is_followed_and_nobody_else_may_read() {
        use std::os::unix::fs::{MetadataExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("a"), folder.path().join("b"));
        symlink(&file, &link).unwrap();
        let error = write(&link, b"x").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert!(!file.exists());
        write(&file, b"x").unwrap();
        let meta = file.metadata().unwrap();
        assert_eq!((meta.mode() & 0o777, meta.nlink()), (0o600, 1));
    }

    #[test]
    fn a_file_has_its_name_only_once_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        let bytes = vec![b'x'; 4 * 1024 * 1024];
        std::thread::scope(|scope| {
            let writing = scope.spawn(|| write(&file, &bytes));
            while !writing.is_finished() {
                if let Ok(meta) = file.metadata() {
                    assert_eq!(meta.len(), 4 * 1024 * 1024);
                }
            }
            writing.join().unwrap().unwrap();
        });
    }
}
