//! Files that are new, and that this user alone can read.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Writes a file that was not there, nor where a link leads: whole, or not at all.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
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
