//! Names and makes the files that stand beside the store's.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Gives the options that make a file for its owner's eyes only.
pub(super) fn private() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.create(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The path of a file that belongs to another: its name and more.
pub(super) fn beside(path: &Path, more: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(more);
    name.into()
}
