//! The packages of the workspace and those below it, as `cargo metadata` and `Cargo.lock`
//! tell them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The reason why the packages could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(
        "cargo metadata failed; Cargo.lock has to fit the manifests, and the crates' registry to be reachable once\n{0}"
    )]
    Metadata(String),
    #[error("Cargo.lock: {0}")]
    Lock(String),
}

/// One package.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) description: Option<String>,
    /// The licence, as an expression of SPDX or nearly so.
    pub(crate) license: Option<String>,
    pub(crate) repository: Option<String>,
    /// The registry that it is from; `None` for one of the workspace.
    pub(crate) source: Option<String>,
    pub(crate) manifest_path: PathBuf,
    targets: Vec<Target>,
    /// The features, and what each of them asks for.
    pub(crate) features: BTreeMap<String, Vec<String>>,
    /// The registries that it may be published to; `None` for all.
    publish: Option<Vec<String>>,
}

#[derive(Clone, Debug, Deserialize)]
struct Target {
    kind: Vec<String>,
}

impl Package {
    /// Tells whether a program of its own runs when it is built.
    pub(crate) fn has_build_script(&self) -> bool {
        self.has("custom-build")
    }

    /// Tells whether it is a library of the workspace that others may use.
    pub(crate) fn is_published_library(&self) -> bool {
        self.source.is_none() && self.publish.is_none() && self.has("lib")
    }

    fn has(&self, kind: &str) -> bool {
        self.targets
            .iter()
            .any(|target| target.kind.iter().any(|it| it == kind))
    }
}

/// Reads every package that `Cargo.lock` has, for every platform.
pub(crate) fn read(root: &Path) -> Result<Vec<Package>, Error> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    let output = crate::cargo()
        .current_dir(root)
        .args([
            "metadata",
            "--format-version=1",
            "--locked",
            "--all-features",
        ])
        .output()
        .map_err(|error| Error::Metadata(error.to_string()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Error::Metadata(said.trim_end().to_owned()));
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout)
        .map_err(|error| Error::Metadata(error.to_string()))?;
    let mut packages = metadata.packages;
    packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    Ok(packages)
}

/// Reads the SHA-256 of each package of a registry, in hex, by name and version.
pub(crate) fn checksums(root: &Path) -> Result<BTreeMap<(String, String), String>, Error> {
    let path = root.join("Cargo.lock");
    let text = fs::read_to_string(path).map_err(|error| Error::Lock(error.to_string()))?;
    checksums_of(&text)
}

fn checksums_of(lock: &str) -> Result<BTreeMap<(String, String), String>, Error> {
    #[derive(Deserialize)]
    struct Lock {
        package: Vec<Locked>,
    }
    #[derive(Deserialize)]
    struct Locked {
        name: String,
        version: String,
        checksum: Option<String>,
    }
    let lock: Lock = toml::from_str(lock).map_err(|error| Error::Lock(error.to_string()))?;
    let packages = lock.package.into_iter();
    let known = packages.filter_map(|it| Some(((it.name, it.version), it.checksum?)));
    Ok(known.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_and_their_checksums_fit() {
        let root = crate::workspace();
        let (packages, checksums) = (read(&root).unwrap(), checksums(&root).unwrap());
        for package in &packages {
            let key = (package.name.clone(), package.version.clone());
            let is_ours = package.source.is_none();
            assert_eq!(checksums.contains_key(&key), !is_ours, "{key:?}");
        }
        let published = packages.iter().filter(|it| it.is_published_library());
        let published: Vec<_> = published.map(|it| &*it.name).collect();
        assert_eq!(
            published,
            [
                "cards-model",
                "cards-paste",
                "cards-sandbox",
                "cards-sandbox-core",
                "cards-sign",
                "cards-transport"
            ]
        );
        let ring = packages.iter().find(|it| it.name == "ring").unwrap();
        assert!(ring.has_build_script());
        assert!(
            !packages
                .iter()
                .any(|it| it.name == "cards-model" && it.has_build_script())
        );
    }

    #[test]
    fn a_lock_that_cannot_be_read_is_told() {
        let error = checksums_of("package = 1").unwrap_err().to_string();
        assert!(error.starts_with("Cargo.lock: "), "{error}");
    }
}
