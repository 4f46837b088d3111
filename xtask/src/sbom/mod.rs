//! `cargo xtask sbom`: bills of materials of the program and of every library, in the form of
//! CycloneDX 1.6.
//!
//! One file for each choice of features, as cargo resolves it. The crate `cyclonedx-bom` writes
//! no more than 1.5, and a document is little more than what cargo tells anyway.

mod document;
mod graph;
mod licence;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs;

use anstream::println;

use self::document::Sources;
use self::graph::Choice;
use crate::packages::{self, Package};

/// The options of `cargo xtask sbom`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The platform that the program is built for.
    #[arg(
        long,
        value_name = "TRIPLE",
        default_value = "x86_64-unknown-linux-gnu"
    )]
    target: String,
}

/// The reason why a bill could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Packages(#[from] packages::Error),
    #[error("cargo tree failed\n{0}")]
    Tree(String),
    #[error(
        "{0} is in the tree and not among the packages: run it again, as Cargo.lock has changed"
    )]
    Unknown(String),
    #[error("SOURCE_DATE_EPOCH is to be a number of seconds since 1970")]
    Epoch,
    #[error("{path}: {message}")]
    File { path: String, message: String },
}

/// Writes every bill.
pub(crate) fn run(options: &Options) -> Result<bool, Error> {
    let root = crate::workspace();
    let folder = root.join("target/sbom");
    let failed = |path: &std::path::Path, error: &dyn std::fmt::Display| Error::File {
        path: path.display().to_string(),
        message: error.to_string(),
    };
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    let sources = Sources::read(&root)?;
    let timestamp = timestamp(std::env::var("SOURCE_DATE_EPOCH").ok().as_deref())?;
    for choice in choices(&sources.packages) {
        let graph = graph::read(&root, &choice, &options.target)?;
        let bill = sources.bill(&choice, &graph, &options.target, timestamp.as_deref())?;
        let path = folder.join(format!("{}.cdx.json", choice.name()));
        fs::write(&path, format!("{bill:#}\n")).map_err(|error| failed(&path, &error))?;
        println!(
            "target/sbom/{}.cdx.json: {} components, {} of them in the build alone",
            choice.name(),
            graph.others(),
            graph.others() - graph.linked_others()
        );
    }
    Ok(true)
}

/// The program, and each library: without features, with each, and with all of them. A feature
/// that others ask for is none to be asked for by itself.
fn choices(packages: &[Package]) -> Vec<Choice> {
    let mut choices = vec![Choice {
        package: "cards-cli".to_owned(),
        features: Vec::new(),
    }];
    for library in packages.iter().filter(|it| it.is_published_library()) {
        let asked: BTreeSet<&String> = library.features.values().flatten().collect();
        let features: Vec<String> = library
            .features
            .keys()
            .filter(|name| !asked.contains(name) && *name != "default")
            .cloned()
            .collect();
        let each = features.iter().map(|feature| vec![feature.clone()]);
        let all = (features.len() > 1).then(|| features.clone());
        choices.extend(
            std::iter::once(Vec::new())
                .chain(each)
                .chain(all)
                .map(|features| Choice {
                    package: library.name.clone(),
                    features,
                }),
        );
    }
    choices
}

/// Reads a time of the build, as other builders that can be repeated are told it. `None`: there
/// is none in the file.
fn timestamp(epoch: Option<&str>) -> Result<Option<String>, Error> {
    let Some(epoch) = epoch.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let seconds: i64 = epoch.parse().map_err(|_| Error::Epoch)?;
    let timestamp = jiff::Timestamp::from_second(seconds).map_err(|_| Error::Epoch)?;
    Ok(Some(timestamp.to_string()))
}
