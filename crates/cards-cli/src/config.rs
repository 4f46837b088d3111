//! Credentials: from the environment, then from a profile in a TOML file.

use std::collections::BTreeMap;
use std::env::VarError;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use cards_transport::BackendOptions;
use toml::{Table, Value};

use crate::error::Error;
use crate::{output, read, repeat};

/// Where credentials come from.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Credentials")]
pub(crate) struct ConfigArgs {
    /// TOML file with profiles [default: ~/.config/cards/config.toml]
    #[arg(
        long,
        value_name = "FILE",
        env = "CARDS_CONFIG",
        hide_env_values = true
    )]
    config: Option<PathBuf>,

    /// Profile to take from the file: [profile.NAME] [default: default]
    #[arg(
        long,
        value_name = "NAME",
        env = "CARDS_PROFILE",
        hide_env_values = true
    )]
    profile: Option<String>,
}

/// Settings by the names of their environment variables.
#[derive(Clone, Default)]
pub(crate) struct Vars {
    /// The settings that win over everything.
    set: BTreeMap<String, String>,
    /// The settings that count where the environment says nothing.
    profile: BTreeMap<String, String>,
    /// The profile that was asked for.
    profile_name: Option<String>,
}

/// The settings, as `Airpay::from_vars` and the like name them.
const VARIABLES: [&str; 25] = [
    "CARDS_AIRPAY_BASE_URL",
    "CARDS_AIRPAY_SECRET_KEY",
    "CARDS_AIRPAY_AFFILIATE",
    "CARDS_AIRPAY_PROCESSOR_KEY",
    "CARDS_AIRPAY_TOKEN",
    "CARDS_AIRPAY_MOBILE_NO",
    "CARDS_AIRPAY_PASSWORD",
    "CARDS_AIRPAY_ORDER",
    "CARDS_PAYSAFE_BASE_URL",
    "CARDS_PAYSAFE_TOKEN",
    "CARDS_PAYSAFE_BRAND",
    "CARDS_PAYSAFE_CLIENT_ID",
    "CARDS_PAYSAFE_CLIENT_SECRET",
    "CARDS_IBANERA_BASE_URL",
    "CARDS_IBANERA_TOKEN",
    "CARDS_IBANERA_USERNAME",
    "CARDS_IBANERA_PASSWORD",
    "CARDS_IBANERA_TOTP_SECRET",
    "CARDS_IBANERA_TOTP_TEXT",
    "CARDS_IBANERA_TOTP_DIGITS",
    "CARDS_IBANERA_TOTP_STEP",
    "CARDS_IBANERA_TOTP_ALGORITHM",
    "CARDS_IBANERA_OTP",
    "CARDS_IBANERA_OTP_REUSE",
    CA_FILE,
];

/// The certificates to trust in place of the usual ones: a PEM file, for a
/// server with a certificate of one's own.
pub(crate) const CA_FILE: &str = "CARDS_CA_FILE";

/// The profile that is read where none is asked for.
const DEFAULT_PROFILE: &str = "default";

impl ConfigArgs {
    /// Reads the file, if there is one.
    pub(crate) fn vars(&self) -> Result<Vars, Error> {
        let path = match (&self.config, default_path()) {
            (Some(path), _) => path.clone(),
            (None, Some(path)) => path,
            (None, None) => return self.without_a_file("no home directory to look for one"),
        };
        let shown = repeat::chosen_name(&path.display().to_string()).to_owned();
        let text = match read::text(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound && self.config.is_none() => {
                return self.without_a_file(&format!("{shown} does not exist"));
            }
            Err(error) => {
                let message = format!("cannot read the configuration {shown}");
                return Err(Error::usage(message).caused_by(error));
            }
        };
        warn_of_others(&path);
        let in_file = |what| Error::usage(format!("configuration {shown}: {what}"));
        let mut profiles = profiles(&text).map_err(in_file)?;
        let name = self.profile.as_deref().unwrap_or(DEFAULT_PROFILE);
        let profile = match profiles.remove(name) {
            Some(profile) => profile,
            None if self.profile.is_none() => BTreeMap::new(),
            None => {
                let names: Vec<_> = profiles
                    .keys()
                    .map(|name| repeat::chosen_name(name))
                    .collect();
                let name = repeat::chosen_name(name);
                let there = match names.is_empty() {
                    true => "there are none".to_owned(),
                    false => format!("there are: {}", names.join(", ")),
                };
                return Err(in_file(format!("no profile `{name}`; {there}")));
            }
        };
        Ok(Vars {
            profile,
            profile_name: self.profile.clone(),
            ..Vars::default()
        })
    }

    fn without_a_file(&self, why: &str) -> Result<Vars, Error> {
        match &self.profile {
            None => Ok(Vars::default()),
            Some(name) => {
                let name = repeat::chosen_name(name);
                Err(Error::usage(format!("no profile `{name}`: {why}")))
            }
        }
    }
}

impl Vars {
    /// Fixed settings and nothing from outside.
    pub(crate) fn only(set: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let blank = VARIABLES.map(|name| (name.to_owned(), String::new()));
        let set = set
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        Self {
            set: blank.into_iter().chain(set).collect(),
            ..Self::default()
        }
    }

    /// Sets one, whatever the environment says.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.set.insert(name.to_owned(), value.into());
        self
    }

    /// The profile's name.
    pub(crate) fn profile_name(&self) -> &str {
        self.profile_name.as_deref().unwrap_or(DEFAULT_PROFILE)
    }

    /// Returns the value that a flag [set](Self::with), an empty one too. `None`:
    /// no flag did.
    pub(crate) fn flag(&self, name: &str) -> Option<&str> {
        self.set.get(name).map(String::as_str)
    }

    /// A setting by its variable's name. An empty one counts as not set.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let value = match self.set.get(name) {
            Some(value) => Some(value.clone()),
            None => std::env::var(name)
                .ok()
                .filter(|value| !value.is_empty())
                .or_else(|| self.profile.get(name).cloned()),
        };
        value.filter(|value| !value.is_empty())
    }

    /// Looks at the settings whose names begin so: warns of white space around
    /// one, which nobody sees and every checksum and login feels.
    ///
    /// # Errors
    ///
    /// Fails where one is set to what is no text, which [`get`](Self::get)
    /// passes over.
    pub(crate) fn check(&self, beginning: &str) -> Result<(), Error> {
        for name in VARIABLES {
            if !name.starts_with(beginning) || self.set.contains_key(name) {
                continue;
            }
            let in_environment = match std::env::var(name) {
                Err(VarError::NotUnicode(_)) => {
                    return Err(Error::usage(format!("{name} is not UTF-8 text")));
                }
                Ok(value) => !value.is_empty(),
                Err(VarError::NotPresent) => false,
            };
            // An address is read without it.
            if name.ends_with("_BASE_URL") || !self.get(name).is_some_and(|it| has_blanks(&it)) {
                continue;
            }
            let place = match in_environment {
                true => name.to_owned(),
                false => format!("{} in the profile", key_of(name)),
            };
            output::warn(&format!(
                "{place} has white space around it, and is used with it: set it without, unless \
                 that is meant"
            ));
        }
        Ok(())
    }
}

/// Whether a text begins or ends with what nobody sees.
fn has_blanks(text: &str) -> bool {
    let is_blank =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}' | '\u{feff}');
    text.starts_with(is_blank) || text.ends_with(is_blank)
}

impl Vars {
    /// The options of both backends, with [`CA_FILE`].
    pub(crate) fn backend_options(&self) -> Result<BackendOptions, Error> {
        let options = BackendOptions::new();
        self.check(CA_FILE)?;
        let Some(path) = self.get(CA_FILE) else {
            return Ok(options);
        };
        let shown = repeat::chosen_name(&path);
        let pem = read::bytes(Path::new(&path)).map_err(|error| {
            Error::usage(format!("cannot read the certificates {shown} ({CA_FILE})"))
                .caused_by(error)
        })?;
        options
            .roots_pem(&pem)
            .map_err(|error| Error::usage(format!("the certificates {shown} ({CA_FILE}): {error}")))
    }
}

fn default_path() -> Option<PathBuf> {
    let home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty())?;
    Some(home.join(".config/cards/config.toml"))
}

/// Reads `[profile.NAME]` tables. What is wrong is said without a value: they
/// are credentials.
fn profiles(text: &str) -> Result<BTreeMap<String, BTreeMap<String, String>>, String> {
    let table = text.parse::<Table>().map_err(|error| {
        let before = error
            .span()
            .map_or("", |span| &text[..span.start.min(text.len())]);
        let line = 1 + before.matches('\n').count();
        format!("line {line} is not TOML")
    })?;
    let mut profiles = BTreeMap::new();
    for (key, value) in table {
        let Value::Table(named) = value else {
            return Err(unknown(&key));
        };
        if key != "profile" {
            return Err(unknown(&key));
        }
        for (name, profile) in named {
            let Value::Table(profile) = profile else {
                let name = repeat::chosen_name(&name);
                return Err(format!(
                    "`profile.{name}` is no table: write [profile.NAME]"
                ));
            };
            let settings = profile
                .into_iter()
                .map(|(key, value)| setting(&name, &key, value));
            profiles.insert(name.clone(), settings.collect::<Result<_, _>>()?);
        }
    }
    Ok(profiles)
}

fn unknown(key: &str) -> String {
    let known = VARIABLES.map(key_of);
    let known = known.iter().map(String::as_str).chain(["profile"]);
    let key = repeat::near_name(key, known);
    format!("unknown key {key}: settings belong into [profile.NAME]")
}

fn setting(profile: &str, key: &str, value: Value) -> Result<(String, String), String> {
    let profile = repeat::chosen_name(profile);
    let variable = format!("CARDS_{}", key.to_uppercase());
    if key != key.to_lowercase() || !VARIABLES.contains(&&*variable) {
        let known = VARIABLES.map(key_of);
        let key = repeat::near_name(key, known.iter().map(String::as_str));
        return Err(format!(
            "unknown key {key} in [profile.{profile}]; known are {}",
            known.join(", ")
        ));
    }
    match value {
        Value::String(text) => Ok((variable, text)),
        _ => Err(format!(
            "`{key}` in [profile.{profile}] must be a text in quotes"
        )),
    }
}

/// `CARDS_AIRPAY_TOKEN` as `airpay_token`.
fn key_of(variable: &str) -> String {
    variable.trim_start_matches("CARDS_").to_lowercase()
}

#[cfg(unix)]
fn warn_of_others(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let Ok(mode) = std::fs::metadata(path).map(|meta| meta.permissions().mode() & 0o777) else {
        return;
    };
    if mode & 0o077 != 0 {
        let path = path.display();
        output::warn(&format!(
            "other users of this machine can get at {path} (mode {mode:o}): chmod 600"
        ));
    }
}

#[cfg(not(unix))]
fn warn_of_others(_: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_by_variable() {
        let read = profiles("[profile.a]\nairpay_token = \"t\"\n[profile.b]\n").unwrap();
        assert_eq!(read["a"]["CARDS_AIRPAY_TOKEN"], "t");
        assert!(read["b"].is_empty());
    }

    #[test]
    fn what_is_wrong_is_said_without_the_value() {
        for (text, says) in [
            (
                "4622940000003713 = 1",
                "unknown key [a value]: settings belong into [profile.NAME]",
            ),
            ("\n[profile.a]\nairpay_token = MARKER", "line 3 is not TOML"),
            (
                "[profile.a]\nairpay_token = 7141",
                "`airpay_token` in [profile.a] must be a text in quotes",
            ),
            (
                "profile.a = 'MARKER'",
                "`profile.a` is no table: write [profile.NAME]",
            ),
        ] {
            assert_eq!(profiles(text).unwrap_err(), says);
        }
        let unknown = profiles("[profile.a]\nairpay_tokn = 'MARKER'").unwrap_err();
        assert!(
            unknown.starts_with(
                "unknown key `airpay_tokn` in [profile.a]; known are airpay_base_url,"
            )
        );
        assert!(!unknown.contains("MARKER"));
    }

    #[test]
    fn every_provider_reads_only_what_a_file_may_hold() {
        use cards_transport::{airpay::Airpay, ibanera::Ibanera, paysafe::Paysafe};
        use std::cell::RefCell;
        let asked = RefCell::new(std::collections::BTreeSet::new());
        // Answers everything, so that everything is asked.
        let var = |name: &str| {
            asked.borrow_mut().insert(name.to_owned());
            let answer = match name {
                name if name.ends_with("BASE_URL") => "http://localhost",
                "CARDS_AIRPAY_ORDER" => "table",
                "CARDS_IBANERA_OTP" | "CARDS_IBANERA_TOTP_SECRET" => return None,
                "CARDS_IBANERA_TOTP_DIGITS" => "6",
                "CARDS_IBANERA_TOTP_STEP" => "30",
                "CARDS_IBANERA_TOTP_ALGORITHM" => "sha1",
                "CARDS_IBANERA_OTP_REUSE" => "learn",
                _ => "x",
            };
            Some(answer.to_owned())
        };
        Airpay::from_vars(var).unwrap();
        Paysafe::from_vars(var).unwrap();
        Ibanera::from_vars(var).unwrap();
        // It is nobody's in particular.
        asked.borrow_mut().insert(CA_FILE.to_owned());
        let known: std::collections::BTreeSet<_> = VARIABLES.map(str::to_owned).into();
        assert_eq!(*asked.borrow(), known);
    }
}
