//! The folder for what the program keeps from run to run.

use std::fs::DirBuilder;
use std::io;
use std::path::{Path, PathBuf};

use crate::environment::{self, STATE_HOME};

/// Finds `$XDG_STATE_HOME/cards`, or the same below the home folder, which may
/// still have to be [made](make). `None`: there is no home.
pub(crate) fn folder() -> Option<PathBuf> {
    let state = environment::path(STATE_HOME);
    let state = match state.filter(|state| state.is_absolute()) {
        Some(state) => state,
        None => {
            // A home that is not there is none, and is not made.
            let home = std::env::home_dir().filter(|home| home.is_absolute() && home.is_dir())?;
            home.join(".local/state")
        }
    };
    Some(state.join("cards"))
}

/// Makes a folder and those above it, where they are not there yet, for this
/// user alone.
pub(crate) fn make(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
