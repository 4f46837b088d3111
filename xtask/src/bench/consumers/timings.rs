//! What cargo's report of a build's timings says of each unit, and what it says while it builds.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// Names what cargo compiles or runs at a time: a package's library, program or build script.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Unit {
    package: String,
    version: String,
    kind: Kind,
    /// Empty where a build script runs: what it does is the same for each of ours.
    features: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Code,
    BuildScript,
    BuildScriptRun,
}

impl Unit {
    /// The name of its package.
    pub(super) fn package(&self) -> &str {
        &self.package
    }

    /// The version of its package.
    pub(super) fn version(&self) -> &str {
        &self.version
    }
}

/// Reads the seconds that each unit took from the page that `cargo build --timings` writes. What
/// was there already is not on it. `None` where the page holds no list of units.
pub(super) fn seconds(page: &str) -> Option<BTreeMap<Unit, f64>> {
    #[derive(Deserialize)]
    struct Timed {
        name: String,
        version: String,
        mode: String,
        target: String,
        features: Vec<String>,
        duration: f64,
    }
    let (_, list) = page.split_once("const UNIT_DATA = ")?;
    let list = serde_json::Deserializer::from_str(list).into_iter::<Vec<Timed>>();
    let mut seconds = BTreeMap::new();
    for timed in { list }.next()?.ok()? {
        let kind = match (timed.mode.as_str(), timed.target.trim()) {
            ("run-custom-build", _) => Kind::BuildScriptRun,
            (_, "build-script") => Kind::BuildScript,
            _ => Kind::Code,
        };
        let unit = Unit {
            package: timed.name,
            version: timed.version,
            features: match kind {
                Kind::BuildScriptRun => Vec::new(),
                Kind::Code | Kind::BuildScript => timed.features,
            },
            kind,
        };
        *seconds.entry(unit).or_default() += timed.duration;
    }
    Some(seconds)
}

/// Reads the units that a build needed from the messages that cargo prints in JSON, those among
/// them that were there already.
pub(super) fn needed(messages: &str) -> BTreeSet<Unit> {
    #[derive(Deserialize)]
    struct Message {
        reason: String,
        package_id: Option<String>,
        target: Option<Target>,
        #[serde(default)]
        features: Vec<String>,
    }
    #[derive(Deserialize)]
    struct Target {
        kind: Vec<String>,
    }
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok());
    let unit = |message: Message| {
        let is_script = |target: &Target| target.kind.iter().any(|kind| kind == "custom-build");
        let kind = match message.reason.as_str() {
            "build-script-executed" => Kind::BuildScriptRun,
            "compiler-artifact" if message.target.as_ref().is_some_and(is_script) => {
                Kind::BuildScript
            }
            "compiler-artifact" => Kind::Code,
            _ => return None,
        };
        let (package, version) = package(&message.package_id?)?;
        Some(Unit {
            package,
            version,
            kind,
            features: message.features,
        })
    };
    messages.filter_map(unit).collect()
}

/// The name and the version in an id of cargo's: `registry+https://...#serde@1.0.0`, or
/// `path+file:///.../serde#1.0.0` where the folder has the package's name.
fn package(id: &str) -> Option<(String, String)> {
    let (place, name) = id.rsplit_once('#')?;
    let (name, version) = match name.split_once('@') {
        Some(both) => both,
        None => (place.rsplit('/').next()?, name),
    };
    Some((name.to_owned(), version.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<script>
const UNIT_DATA = [
  {"i":0,"name":"a","version":"1.0.0","mode":"todo","target":" build-script","features":["x"],"start":0.1,"duration":0.5},
  {"i":1,"name":"a","version":"1.0.0","mode":"run-custom-build","target":" build-script (run)","features":["x"],"start":0.6,"duration":2.0},
  {"i":2,"name":"a","version":"1.0.0","mode":"todo","target":"","features":["x"],"start":2.6,"duration":4.0},
  {"i":3,"name":"own","version":"0.0.0","mode":"todo","target":" own \"bin\"","features":[],"start":6.6,"duration":8.0}
];
const CONCURRENCY_DATA = [];"#;

    const MESSAGES: &str = r#"
{"reason":"compiler-artifact","package_id":"registry+https://example.com/index#a@1.0.0","target":{"kind":["custom-build"]},"features":["x"],"fresh":true}
{"reason":"build-script-executed","package_id":"registry+https://example.com/index#a@1.0.0"}
{"reason":"compiler-artifact","package_id":"registry+https://example.com/index#a@1.0.0","target":{"kind":["lib"]},"features":["x"],"fresh":false}
{"reason":"compiler-artifact","package_id":"path+file:///somewhere/own#0.0.0","target":{"kind":["bin"]},"features":[]}
{"reason":"build-finished","success":true}
"#;

    #[test]
    fn each_unit_that_is_needed_is_found_among_those_that_were_timed() {
        let seconds = seconds(PAGE).unwrap();
        let needed = needed(MESSAGES);
        assert_eq!(needed.len(), 4);
        let took: Vec<f64> = needed.iter().map(|unit| seconds[unit]).collect();
        assert_eq!(took.iter().sum::<f64>(), 14.5);
    }

    #[test]
    fn the_features_of_code_tell_units_apart() {
        let other = PAGE.replace(r#"["x"]"#, r#"["y"]"#);
        let seconds = seconds(&other).unwrap();
        let found = needed(MESSAGES).into_iter();
        let found: Vec<_> = found.filter(|unit| seconds.contains_key(unit)).collect();
        let packages: Vec<_> = found.iter().map(Unit::package).collect();
        assert_eq!(packages, ["a", "own"], "what runs and what has no features");
    }

    #[test]
    fn a_page_without_units_is_told() {
        assert_eq!(seconds(""), None);
        assert_eq!(seconds("const UNIT_DATA = {}"), None);
        assert_eq!(seconds("const UNIT_DATA = [{}]"), None);
        assert_eq!(seconds("const UNIT_DATA = [];"), Some(BTreeMap::new()));
    }

    #[test]
    fn an_id_names_a_package_and_its_version() {
        let both = |id| package(id).map(|(name, version)| format!("{name} {version}"));
        let of = |id| both(id).unwrap_or_default();
        assert_eq!(
            of("registry+https://example.com/a#serde@1.0.0"),
            "serde 1.0.0"
        );
        assert_eq!(of("path+file:///x/cards-sign#0.1.0"), "cards-sign 0.1.0");
        assert_eq!(
            of("path+file:///x/folder#cards-sign@0.1.0"),
            "cards-sign 0.1.0"
        );
        assert_eq!(both("serde"), None);
    }
}
