//! The settings of one run, wherever they were set.

use std::collections::BTreeMap;
use std::path::Path;

use cards_transport::ConfigError;

use super::profiles::{DEFAULT_PROFILE, Settings};
use crate::environment::{self, HEADERS, Kind, PROXY, SHARED, counting, file_of, key_of};
use crate::error::Error;
use crate::file::Named;
use crate::repeat::Instead;
use crate::{output, read};

/// Settings by the names of their environment variables.
#[derive(Clone, Default)]
pub(crate) struct Vars {
    /// The settings that win over everything.
    set: BTreeMap<String, String>,
    /// The secrets that files hold, once they are [read](Self::checked), each with
    /// the setting that names the file.
    files: BTreeMap<String, (String, String)>,
    /// The settings that count where the environment says nothing.
    profile: Settings,
    /// The profile that was asked for.
    profile_name: Option<String>,
}

/// The place where a setting stands that counts.
enum Origin {
    /// A flag, or the program itself.
    Set,
    Variable,
    /// The file that this variable leads to.
    VariableFile(String),
    Profile,
    /// The file that the profile leads to.
    ProfileFile(String),
}

impl Vars {
    /// The settings of a profile.
    pub(super) fn of_profile(profile: Settings, profile_name: Option<String>) -> Self {
        Self {
            profile,
            profile_name,
            ..Self::default()
        }
    }

    /// Fixed settings and nothing from outside.
    pub(crate) fn only(set: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        let blank = environment::settings().map(|it| (it.name.to_owned(), String::new()));
        let set = set
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        Self {
            set: blank.chain(set).collect(),
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

    /// A setting by its variable's name. An empty one counts as not set. Those of
    /// files are there once they are [read](Self::checked).
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        if let Some(value) = self.set.get(name) {
            return counting(name, value);
        }
        let variable = environment::text(name).ok().flatten();
        let file = || self.files.get(name).map(|(_, secret)| secret.clone());
        variable.or_else(file).or_else(|| self.of_profile_at(name))
    }

    /// The value that the profile has.
    fn of_profile_at(&self, name: &str) -> Option<String> {
        counting(name, self.profile.get(name)?)
    }

    /// Names the place of a setting that is set: its variable, the one of its
    /// file, or its key where the profile has it.
    pub(crate) fn place(&self, name: &str) -> String {
        let is_variable =
            self.set.contains_key(name) || environment::text(name).is_ok_and(|text| text.is_some());
        match self.files.get(name) {
            _ if is_variable => name.to_owned(),
            Some((place, _)) => place.clone(),
            None if self.of_profile_at(name).is_some() => in_profile(name),
            None => name.to_owned(),
        }
    }

    /// Says of an error that begins with a variable's name where that setting
    /// stands.
    pub(crate) fn at_its_place(&self, error: ConfigError) -> Error {
        let error = Error::from(error);
        let all = environment::settings().map(|it| it.name);
        let begun = all.filter(|name| error.message.starts_with(name));
        match begun.max_by_key(|name| name.len()) {
            None => error,
            Some(name) => {
                let message = error.message.replacen(name, &self.place(name), 1);
                Error { message, ..error }
            }
        }
    }

    /// Looks at the settings whose names begin so: reads the files that hold
    /// some, and warns of white space around one, which nobody sees and every
    /// checksum and login feels.
    ///
    /// # Errors
    ///
    /// Names each that is set to what is no text, that is set twice, and whose
    /// file cannot be used.
    pub(crate) fn checked(mut self, beginning: &str) -> Result<Self, Error> {
        let mut faults = Vec::new();
        for variable in environment::settings() {
            let name = variable.name;
            if !name.starts_with(beginning) {
                continue;
            }
            // These are read without white space around them.
            let is_trimmed = variable.kind == Kind::Word || [PROXY, HEADERS].contains(&name);
            match self.read(name, variable.kind == Kind::Secret) {
                Ok(None) => {}
                Ok(Some(_)) if is_trimmed => {}
                Ok(Some(place)) => self.warn_of_blanks(name, &place),
                Err(fault) => faults.push(fault),
            }
        }
        match &*faults {
            [] => Ok(self),
            [fault] => Err(Error::usage(fault)),
            faults => Err(Error::usage(format!(
                "{} settings cannot be used:\n  {}",
                faults.len(),
                faults.join("\n  ")
            ))),
        }
    }

    /// Looks at the settings of a provider, and at those of all of them.
    pub(crate) fn checked_for(self, provider: &str) -> Result<Self, Error> {
        self.checked(provider)?.checked_for_all()
    }

    /// Looks at the settings that are no provider's in particular.
    pub(crate) fn checked_for_all(self) -> Result<Self, Error> {
        SHARED.into_iter().try_fold(self, Self::checked)
    }

    /// Tells whether any setting whose name begins so is set, be it to what cannot be used.
    pub(crate) fn has_any(&self, beginning: &str) -> bool {
        let is_set = |name: &str| environment::text(name).is_err() || self.get(name).is_some();
        environment::settings()
            .map(|variable| variable.name)
            .filter(|name| name.starts_with(beginning))
            .any(|name| is_set(name) || is_set(&file_of(name)))
    }

    /// Reads a setting, and the file that holds it. Returns the place where it
    /// stands. `None`: nowhere, or a flag has set it.
    fn read(&mut self, name: &str, is_secret: bool) -> Result<Option<String>, String> {
        let (place, variable, path) = match self.origin(name, is_secret)? {
            None | Some(Origin::Set) => return Ok(None),
            Some(Origin::Variable) => return Ok(Some(name.to_owned())),
            Some(Origin::Profile) => {
                return Ok(Some(in_profile(name)));
            }
            Some(Origin::VariableFile(path)) => {
                let variable = file_of(name);
                (format!("the file of {variable}"), variable, path)
            }
            Some(Origin::ProfileFile(path)) => {
                let key = in_profile(&file_of(name));
                (format!("the file of {key}"), key, path)
            }
        };
        let secret = secret(&variable, Path::new(&path))?;
        self.files.insert(name.to_owned(), (variable, secret));
        Ok(Some(place))
    }

    /// Finds out where a setting stands.
    fn origin(&self, name: &str, is_secret: bool) -> Result<Option<Origin>, String> {
        if self.set.contains_key(name) {
            return Ok(Some(Origin::Set));
        }
        let file = file_of(name);
        let text = |name: &str| {
            let text = environment::text(name);
            text.map_err(|_| format!("{name} is not UTF-8 text"))
        };
        let of_profile = |name: &str| self.of_profile_at(name);
        let both = |one: &str, other: &str| {
            Err(format!(
                "{one} and {other} are both set: which one counts? unset the other"
            ))
        };
        let path = if is_secret { text(&file)? } else { None };
        match (text(name)?, path) {
            (Some(_), Some(_)) => return both(name, &file),
            (Some(_), None) => return Ok(Some(Origin::Variable)),
            (None, Some(path)) => return Ok(Some(Origin::VariableFile(path))),
            (None, None) => {}
        }
        match (of_profile(name), of_profile(&file)) {
            (Some(_), Some(_)) => both(&key_of(name), &format!("{} of the profile", key_of(&file))),
            (Some(_), None) => Ok(Some(Origin::Profile)),
            (None, Some(path)) => Ok(Some(Origin::ProfileFile(path))),
            (None, None) => Ok(None),
        }
    }

    fn warn_of_blanks(&self, name: &str, place: &str) {
        if self.get(name).is_some_and(|value| has_blanks(&value)) {
            output::warn(&format!(
                "{place} has white space around it, and is used with it: set it without, unless \
                 that is meant"
            ));
        }
    }
}

/// Names a setting by its key in a profile.
fn in_profile(name: &str) -> String {
    format!("{} in the profile", key_of(name))
}

/// Reads the file of a secret, without the line break at its end.
fn secret(variable: &str, path: &Path) -> Result<String, String> {
    let text = Named::new(variable, path).unless(Instead::Secret).text();
    let text = text.map_err(|unusable| unusable.line())?;
    Ok(read::without_line_break(&text).to_owned())
}

/// Tells of a variable whose value is no text.
pub(super) fn not_text(name: &str) -> Error {
    Error::usage(format!("{name} is not UTF-8 text"))
}

/// Tells whether a text begins or ends with what nobody sees.
fn has_blanks(text: &str) -> bool {
    let is_blank =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}' | '\u{feff}');
    text.starts_with(is_blank) || text.ends_with(is_blank)
}

#[cfg(test)]
mod tests {
    use super::*;

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
                "CARDS_AIRPAY_UTC_OFFSET" => "+05:30",
                "CARDS_AIRPAY_GENERATE_OTP_PATH" => "/x",
                "CARDS_IBANERA_OTP" | "CARDS_IBANERA_TOTP_SECRET" => return None,
                "CARDS_IBANERA_TOTP_DIGITS" => "6",
                "CARDS_IBANERA_TOTP_STEP" => "30",
                "CARDS_IBANERA_TOTP_ALGORITHM" => "sha1",
                "CARDS_IBANERA_OTP_REUSE" => "learn",
                "CARDS_PAYSAFE_SIGNATURE_KEY" => "ZmFrZQ==",
                "CARDS_PAYSAFE_SIGNATURE_SCOPE" => "bodies",
                "CARDS_IBANERA_AUTHORIZATION" => "bare",
                _ => "x",
            };
            Some(answer.to_owned())
        };
        Airpay::from_vars(var).unwrap();
        Paysafe::from_vars(var).unwrap();
        Ibanera::from_vars(var).unwrap();
        // Programs that receive events read these, which are beside the others in an environment.
        for name in ["CARDS_PAYSAFE_WEBHOOK_KEY", "CARDS_IBANERA_WEBHOOK_SECRET"] {
            asked.borrow_mut().insert(name.to_owned());
        }
        // They are nobody's in particular.
        asked.borrow_mut().extend(SHARED.map(str::to_owned));
        let known: std::collections::BTreeSet<_> = environment::settings()
            .map(|it| it.name.to_owned())
            .collect();
        assert_eq!(*asked.borrow(), known);
    }
}
