//! `conformance/settings.toml`: all settings that there are, which the rows of errata name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::errata::Party;

/// One setting.
#[derive(Serialize)]
pub struct Setting {
    /// The name in the library; that of its path in the control API, where it has none.
    pub name: String,
    /// The side that it is a setting of.
    pub of: Party,
    /// The words behind "It".
    pub about: String,
    /// Other names in the library.
    pub also: Vec<String>,
    /// Flags of the program, with their dashes.
    pub flags: Vec<String>,
    /// Variables of the environment, and of profiles.
    pub variables: Vec<String>,
    /// Paths of the control API.
    pub endpoints: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingRow {
    of: Party,
    about: String,
    #[serde(default)]
    also: Vec<String>,
    #[serde(default)]
    flags: Vec<String>,
    #[serde(default)]
    variables: Vec<String>,
    #[serde(default)]
    endpoints: Vec<String>,
}

/// Reads the file's text.
pub(super) fn read(text: &str) -> Result<Vec<Setting>, String> {
    let rows: BTreeMap<String, SettingRow> =
        toml::from_str(text).map_err(|error| error.to_string())?;
    let setting = |(name, row): (String, SettingRow)| {
        if row.of == Party::Both {
            return Err(format!("{name}: is a setting of one side, or two settings"));
        }
        Ok(Setting {
            name,
            of: row.of,
            about: row.about,
            also: row.also,
            flags: row.flags,
            variables: row.variables,
            endpoints: row.endpoints,
        })
    };
    rows.into_iter().map(setting).collect()
}

impl Setting {
    /// Every name that it has, its own first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let others = [&self.also, &self.flags, &self.variables, &self.endpoints];
        let others = others.into_iter().flatten().map(String::as_str);
        std::iter::once(&*self.name).chain(others)
    }
}
