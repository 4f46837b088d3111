//! The profiles of a TOML file. What is wrong is said without a value: they are
//! credentials.

use std::collections::BTreeMap;

use toml::{Table, Value};

use crate::environment::{self, key_of};
use crate::repeat;

/// The profile that is read where none is asked for.
pub(super) const DEFAULT_PROFILE: &str = "default";

/// The settings of one profile, by the names of their variables.
pub(super) type Settings = BTreeMap<String, String>;

/// The profile that was looked for.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) settings: Settings,
    /// The faults of others, which did not keep it from being read.
    pub(super) passed_over: Vec<String>,
}

/// The profiles of a text, the bad ones with what is wrong with them.
type Profiles = BTreeMap<String, Result<Settings, String>>;

/// Finds the profile that was asked for by name, or the default one, which need
/// not be there.
pub(super) fn find(text: &str, asked: Option<&str>) -> Result<Found, String> {
    let name = asked.unwrap_or(DEFAULT_PROFILE);
    let (mut profiles, no_toml) = match profiles(text)? {
        Ok(profiles) => (profiles, None),
        Err(no_toml) => {
            let whole = in_parts(text);
            if !whole.contains_key(name) {
                return Err(no_toml);
            }
            (whole, Some(no_toml))
        }
    };
    match profiles.remove(name) {
        Some(Err(fault)) => Err(no_toml.unwrap_or(fault)),
        Some(Ok(settings)) => {
            let others = profiles.into_values().filter_map(Result::err);
            Ok(Found {
                settings,
                passed_over: match no_toml {
                    Some(no_toml) => vec![no_toml],
                    None => others.collect(),
                },
            })
        }
        None if asked.is_none() => Ok(Found {
            settings: Settings::new(),
            passed_over: profiles.into_values().filter_map(Result::err).collect(),
        }),
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
            Err(format!("no profile `{name}`; {there}"))
        }
    }
}

/// Reads `[profile.NAME]` tables. The inner error is that of a text which is not
/// TOML as a whole.
fn profiles(text: &str) -> Result<Result<Profiles, String>, String> {
    let table = match text.parse::<Table>() {
        Ok(table) => table,
        Err(error) => {
            let before = error
                .span()
                .map_or("", |span| text.get(..span.start).unwrap_or_default());
            let line = 1 + before.matches('\n').count();
            return Ok(Err(format!("line {line} is not TOML")));
        }
    };
    let mut profiles = Profiles::new();
    for (key, value) in table {
        let Value::Table(named) = value else {
            return Err(unknown(&key));
        };
        if key != "profile" {
            return Err(unknown(&key));
        }
        for (name, profile) in named {
            let settings = settings(&name, profile);
            profiles.insert(name, settings);
        }
    }
    Ok(Ok(profiles))
}

/// Reads a text that is not TOML as a whole, each part from one `[...]` to the
/// next by itself: the fault of one profile is no other's.
fn in_parts(text: &str) -> Profiles {
    let mut parts = vec![String::new()];
    for line in text.lines() {
        if line.trim_start().starts_with('[') {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push_str(line);
            part.push('\n');
        }
    }
    let mut all = Profiles::new();
    for part in parts {
        let Ok(Ok(profiles)) = profiles(&part) else {
            let head = part.lines().next().unwrap_or_default();
            if let Ok(Ok(named)) = self::profiles(head) {
                let broken = || Err("it is not TOML".to_owned());
                all.extend(named.into_keys().map(|name| (name, broken())));
            }
            continue;
        };
        for (name, settings) in profiles {
            let twice = || Err("it is there twice".to_owned());
            all.entry(name)
                .and_modify(|known| *known = twice())
                .or_insert(settings);
        }
    }
    all
}

fn settings(name: &str, profile: Value) -> Result<Settings, String> {
    let Value::Table(profile) = profile else {
        let name = repeat::chosen_name(name);
        return Err(format!(
            "`profile.{name}` is no table: write [profile.NAME]"
        ));
    };
    let settings = profile.into_iter();
    settings
        .map(|(key, value)| setting(name, &key, value))
        .collect()
}

/// The keys of a profile, each with the name of its variable.
fn keys() -> Vec<(String, String)> {
    let mut keys = Vec::new();
    for variable in environment::settings() {
        keys.push((key_of(variable.name), variable.name.to_owned()));
        if variable.kind == environment::Kind::Secret {
            let file = environment::file_of(variable.name);
            keys.push((key_of(&file), file));
        }
    }
    keys
}

fn unknown(key: &str) -> String {
    let keys = keys();
    let known = keys.iter().map(|(key, _)| key.as_str()).chain(["profile"]);
    let key = repeat::near_name(key, known);
    format!("unknown key {key}: settings belong into [profile.NAME]")
}

fn setting(profile: &str, key: &str, value: Value) -> Result<(String, String), String> {
    let profile = repeat::chosen_name(profile);
    let keys = keys();
    let Some((_, variable)) = keys.iter().find(|(known, _)| known == key) else {
        let key = repeat::near_name(key, keys.iter().map(|(key, _)| key.as_str()));
        return Err(format!(
            "unknown key {key} in [profile.{profile}]; `cards help environment` lists them"
        ));
    };
    match value {
        Value::String(text) => Ok((variable.clone(), text)),
        _ => Err(format!(
            "`{key}` in [profile.{profile}] must be a text in quotes"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_by_variable() {
        let text = "[profile.a]\nairpay_token = \"t\"\n[profile.b]\n";
        let found = find(text, Some("a")).unwrap();
        assert_eq!(found.settings["CARDS_AIRPAY_TOKEN"], "t");
        assert!(find(text, Some("b")).unwrap().settings.is_empty());
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
            (
                "[profile.a]\nairpay_tokn = 'MARKER'",
                "unknown key `airpay_tokn` in [profile.a]; `cards help environment` lists them",
            ),
        ] {
            assert_eq!(find(text, Some("a")).unwrap_err(), says);
        }
    }

    #[test]
    fn a_bad_profile_is_no_other_ones_fault() {
        let good = "[profile.good]\npaysafe_token = 'x'\n";
        for bad in [
            "[profile.bad]\npaysafe_token = MARKER\n",
            "[profile.bad]\npaysafe_token = 'MARKER\n",
            "[profile.bad\npaysafe_token = 'MARKER'\n",
            "[profile.bad]\npaysafe_tokn = 'MARKER'\n",
            "[profile.bad]\npaysafe_token = 7141\n",
            "[profile.bad]\npaysafe_token = ['MARKER']\n",
            "[profile.bad]\n[profile.bad]\n",
            "[profile]\nbad = 'MARKER'\n",
        ] {
            for text in [format!("{good}{bad}"), format!("{bad}{good}")] {
                let found = find(&text, Some("good")).unwrap();
                assert_eq!(found.settings["CARDS_PAYSAFE_TOKEN"], "x", "{text}");
                let said = found.passed_over.join("\n");
                assert!(!said.is_empty() && !said.contains("MARKER"), "{said}");
                assert!(find(&text, Some("bad")).is_err(), "{text}");
            }
        }
    }
}
