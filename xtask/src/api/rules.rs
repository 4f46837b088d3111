//! The crates that the public API of a library may name, out of `xtask/api.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::Error;
use super::listing::Line;

/// The file of the rules.
const FILE: &str = "xtask/api.toml";

/// The rules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    /// The crates that any line may name, by library, each with the reason.
    may_name: BTreeMap<String, BTreeMap<String, String>>,
    /// Single things that name another crate all the same. This list may only shrink.
    #[serde(default)]
    known: Vec<Known>,
}

/// One thing that names a crate that its library may not.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    library: String,
    /// The words that its line has.
    item: String,
    /// The crate that it names.
    names: String,
    #[serde(rename = "because")]
    _because: String,
}

pub(super) fn read(root: &Path) -> Result<Rules, Error> {
    let path = root.join(FILE);
    let text = fs::read_to_string(&path).map_err(|error| Error::file(&path, &error))?;
    text.parse()
        .map_err(|error: toml::de::Error| Error::file(&path, &error))
}

impl std::str::FromStr for Rules {
    type Err = toml::de::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        toml::from_str(text)
    }
}

impl Rules {
    /// Finds rules of libraries that are none.
    pub(super) fn of_others(&self, libraries: &[&str]) -> Vec<String> {
        let known = self.known.iter().map(|known| &known.library);
        let named: BTreeSet<&String> = self.may_name.keys().chain(known).collect();
        let others = named
            .into_iter()
            .filter(|name| !libraries.contains(&&***name));
        others
            .map(|name| format!("{FILE}: `{name}` is no library that is published; take it out"))
            .collect()
    }

    /// Finds lines that name what they may not, and rules that nothing needs.
    pub(super) fn judge(&self, library: &str, lines: &[Line]) -> Vec<String> {
        let may = self.may_name.get(library);
        let known: Vec<&Known> = self
            .known
            .iter()
            .filter(|known| known.library == library)
            .collect();
        let mut found = Vec::new();
        let (mut named, mut needed) = (BTreeSet::new(), BTreeSet::new());
        for line in lines {
            for name in &line.names {
                if may.is_some_and(|may| may.contains_key(name)) {
                    named.insert(&**name);
                    continue;
                }
                let excuse = known
                    .iter()
                    .position(|known| known.names == *name && line.text.contains(&known.item));
                match excuse {
                    Some(row) => {
                        needed.insert(row);
                    }
                    None => found.push(format!(
                        "{library} names `{name}`, which is no part of its API: {}\n    \
                         Keep it private, or wrap it. A crate that callers are meant to see is added to {FILE}, \
                         with the reason.",
                        line.text
                    )),
                }
            }
        }
        let needless = may.into_iter().flat_map(BTreeMap::keys);
        let needless = needless.filter(|name| !named.contains(&***name));
        found.extend(
            needless.map(|name| format!("{FILE}: {library} names `{name}` no more; take it out")),
        );
        let needless = known
            .iter()
            .enumerate()
            .filter(|(row, _)| !needed.contains(row));
        found.extend(needless.map(|(_, known)| {
            let Known { item, names, .. } = known;
            format!("{FILE}: `{item}` names `{names}` no more; take it out of `known`")
        }));
        found
    }
}
