//! Finds the packages that a choice of features is built of, as `cargo tree` tells it: each
//! package, and what it needs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Error;

/// Names what is built: a package and the features that are asked for.
pub(super) struct Choice {
    pub(super) package: String,
    pub(super) features: Vec<String>,
}

impl Choice {
    /// The name of its file: cards-transport+reqwest+ureq.
    pub(super) fn name(&self) -> String {
        let features = self.features.iter();
        std::iter::once(&self.package)
            .chain(features)
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("+")
    }
}

/// A package by name and version.
pub(super) type Key = (String, String);

/// The packages of a build.
#[derive(Debug, PartialEq)]
pub(super) struct Graph {
    /// The one that is built.
    pub(super) root: Key,
    /// Each package, and what it needs, to run or to be built.
    pub(super) needs: BTreeMap<Key, BTreeSet<Key>>,
    /// The packages that are in what comes out; the others run in the build: derives, build scripts
    /// and what they need.
    pub(super) linked: BTreeSet<Key>,
}

impl Graph {
    /// The number of packages beside the one that is built.
    pub(super) fn others(&self) -> usize {
        self.needs.len() - 1
    }

    /// The number of those in what comes out.
    pub(super) fn linked_others(&self) -> usize {
        self.linked.len() - 1
    }
}

/// Asks cargo for the graph of a choice.
pub(super) fn read(root: &Path, choice: &Choice, target: &str) -> Result<Graph, Error> {
    let tree = |edges: &str| -> Result<String, Error> {
        let output = crate::cargo()
            .current_dir(root)
            .args(["tree", "--locked", "--package", &choice.package])
            .args([
                "--no-default-features",
                "--features",
                &choice.features.join(","),
            ])
            .args(["--target", target, "--edges", edges])
            .args(["--prefix", "depth", "--format", " {p}", "--color", "never"])
            .output()
            .map_err(|error| Error::Tree(error.to_string()))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(Error::Tree(said.trim_end().to_owned()));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (root, needs) = parse(&tree("normal,build")?)?;
    let (_, linked) = parse(&tree("normal,no-proc-macro")?)?;
    Ok(Graph {
        root,
        needs,
        linked: linked.into_keys().collect(),
    })
}

/// Reads lines such as `2 ring v0.17.14`, each below the last one of a depth less. What was told
/// before is marked with `(*)`, and not told again.
fn parse(tree: &str) -> Result<(Key, BTreeMap<Key, BTreeSet<Key>>), Error> {
    let mut needs: BTreeMap<Key, BTreeSet<Key>> = BTreeMap::new();
    let mut above: Vec<Key> = Vec::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let wrong = || Error::Tree(format!("its line {line:?} is not of the form that it has"));
        let mut words = line.split_whitespace();
        let depth: usize = words
            .next()
            .and_then(|it| it.parse().ok())
            .ok_or_else(wrong)?;
        let name = words.next().ok_or_else(wrong)?;
        let version = words
            .next()
            .and_then(|it| it.strip_prefix('v'))
            .ok_or_else(wrong)?;
        let key = (name.to_owned(), version.to_owned());
        if depth > above.len() {
            return Err(wrong());
        }
        above.truncate(depth);
        if let Some(user) = above.last() {
            needs.entry(user.clone()).or_default().insert(key.clone());
        }
        needs.entry(key.clone()).or_default();
        above.push(key);
    }
    let root = above.into_iter().next();
    let root = root.ok_or_else(|| Error::Tree("it printed nothing".to_owned()))?;
    Ok((root, needs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        (name.to_owned(), "1.0.0".to_owned())
    }

    #[test]
    fn a_tree_is_read_with_what_it_does_not_repeat() {
        let tree = "0 app v1.0.0 (/a path)\n1 b v1.0.0 (proc-macro)\n2 d v1.0.0\n1 c v1.0.0\n\
                    2 d v1.0.0 (*)\n1 d v1.0.0 (*)\n";
        let (root, needs) = parse(tree).unwrap();
        assert_eq!(root, key("app"));
        let of = |name: &str| {
            needs[&key(name)]
                .iter()
                .map(|it| &*it.0)
                .collect::<Vec<_>>()
        };
        assert_eq!(of("app"), ["b", "c", "d"]);
        assert_eq!((of("b"), of("c"), of("d")), (vec!["d"], vec!["d"], vec![]));
    }

    #[test]
    fn a_tree_of_another_form_is_refused() {
        for tree in [
            "",
            "app v1.0.0",
            "0 app",
            "0 app 1.0.0",
            "1 app v1.0.0",
            "0 a v1\n2 b v1",
        ] {
            assert!(parse(tree).is_err(), "{tree:?}");
        }
    }
}
