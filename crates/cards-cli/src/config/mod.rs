//! Credentials: from the environment, then from a profile in a TOML file.

mod missing;
mod profiles;
mod vars;
mod wire;

use std::path::{Path, PathBuf};

pub(crate) use self::missing::Needs;
pub(crate) use self::vars::Vars;
use crate::environment::{self, CONFIG, CONFIG_HOME, PROFILE};
pub(crate) use crate::environment::{CA_FILE, WAIVE};
use crate::error::Error;
use crate::file::Named;
use crate::{output, repeat};

/// The flags that say where credentials come from.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Credentials")]
pub(crate) struct ConfigArgs {
    /// TOML file with profiles [default: cards/config.toml in $XDG_CONFIG_HOME
    /// or ~/.config] [env: CARDS_CONFIG]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Profile to take from the file: [profile.NAME] [default: default]
    /// [env: CARDS_PROFILE]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
}

impl ConfigArgs {
    /// Reads the file, if there is one.
    pub(crate) fn vars(&self) -> Result<Vars, Error> {
        let asked = self.config.clone().or_else(|| environment::path(CONFIG));
        let profile = self.asked_profile()?;
        let none = |why: &str| without_a_file(profile.as_deref(), why);
        let path = match (&asked, default_path()) {
            (Some(path), _) => path.clone(),
            (None, Some(path)) => path,
            (None, None) => return none("no home directory to look for one"),
        };
        let by = match (&self.config, &asked) {
            (Some(_), _) => "--config",
            (None, Some(_)) => CONFIG,
            (None, None) => "the usual configuration",
        };
        let file = Named::new(by, &path);
        // An empty one has no settings, as /dev/null has.
        let text = match file.text_even_empty() {
            Ok(text) => text,
            Err(fault) if asked.is_none() && fault.why.is_missing() => {
                return none(&format!("{} does not exist", repeat::path(&path)));
            }
            Err(fault) => return Err(fault.into()),
        };
        warn_of_others(&path);
        let in_file = |what| format!("{}: {what}", file.place());
        let found = profiles::find(&text, profile.as_deref())
            .map_err(|what| Error::usage(in_file(what)))?;
        for fault in found.passed_over {
            output::warn(&in_file(fault));
        }
        Ok(Vars::of_profile(found.settings, profile))
    }

    /// The profile that is asked for by name.
    fn asked_profile(&self) -> Result<Option<String>, Error> {
        match &self.profile {
            Some(name) => Ok(Some(name.clone())),
            None => environment::text(PROFILE).map_err(|_| vars::not_text(PROFILE)),
        }
    }
}

/// Settings without a profile, unless one was asked for.
fn without_a_file(profile: Option<&str>, why: &str) -> Result<Vars, Error> {
    match profile {
        None => Ok(Vars::default()),
        Some(name) => {
            let name = repeat::chosen_name(name);
            Err(Error::usage(format!("no profile `{name}`: {why}")))
        }
    }
}

fn default_path() -> Option<PathBuf> {
    Some(environment::folder(CONFIG_HOME, ".config")?.join("cards/config.toml"))
}

#[cfg(unix)]
fn warn_of_others(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let Ok(mode) = std::fs::metadata(path).map(|meta| meta.permissions().mode() & 0o777) else {
        return;
    };
    if mode & 0o077 != 0 {
        let path = repeat::path(path);
        output::warn(&format!(
            "other users of this machine can get at {path} (mode {mode:o}): chmod 600"
        ));
    }
}

#[cfg(not(unix))]
fn warn_of_others(_: &Path) {}
