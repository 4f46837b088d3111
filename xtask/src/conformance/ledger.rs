//! Requirements, errata and cases: what the documents say and what holds it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Error;

/// All rows.
#[derive(Serialize)]
pub(crate) struct Ledger {
    pub(crate) documents: Vec<Document>,
    pub(crate) errata: Vec<Erratum>,
    /// The rows that each case of `conformance/cases` says that it holds.
    #[serde(skip)]
    pub(crate) cases: BTreeMap<String, Vec<String>>,
}

/// Holds one document's statements.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    pub(crate) document: String,
    pub(crate) title: String,
    pub(crate) requirement: Vec<Requirement>,
}

/// Holds one statement.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Requirement {
    pub(crate) id: String,
    pub(crate) section: String,
    pub(crate) statement: String,
    pub(crate) operation: String,
    pub(crate) field: String,
    pub(crate) kind: String,
    pub(crate) binds: Vec<Bound>,
    pub(crate) checks: Vec<String>,
    #[serde(default)]
    pub(crate) erratum: String,
}

/// The party that a statement binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Bound {
    Request,
    Reply,
    Client,
    Sandbox,
}

impl Bound {
    pub(crate) const ALL: [Self; 4] = [Self::Request, Self::Reply, Self::Client, Self::Sandbox];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Reply => "reply",
            Self::Client => "client",
            Self::Sandbox => "sandbox",
        }
    }
}

/// Holds one contradiction or silence.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Erratum {
    pub(crate) id: String,
    pub(crate) document: String,
    pub(crate) kind: String,
    pub(crate) says: Vec<Says>,
    pub(crate) decision: String,
    #[serde(default)]
    pub(crate) setting: String,
    pub(crate) checks: Vec<String>,
}

/// Quotes what one place says.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Says {
    pub(crate) r#where: String,
    pub(crate) what: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrataFile {
    erratum: Vec<Erratum>,
}

#[derive(Deserialize)]
struct CaseFile {
    case: Vec<CaseHead>,
}

/// The part of a case that the ledger needs; the rest is the tests' business.
#[derive(Deserialize)]
struct CaseHead {
    id: String,
    holds: Vec<String>,
}

/// Reads the whole ledger.
pub(crate) fn read(folder: &Path) -> Result<Ledger, Error> {
    let documents = read_all::<Document>(&folder.join("requirements"))?;
    let errata = read_all::<ErrataFile>(&folder.join("errata"))?;
    let cases = read_all::<CaseFile>(&folder.join("cases"))?;
    Ok(Ledger {
        documents,
        errata: errata.into_iter().flat_map(|file| file.erratum).collect(),
        cases: cases
            .into_iter()
            .flat_map(|file| file.case)
            .map(|case| (case.id, case.holds))
            .collect(),
    })
}

fn read_all<T: DeserializeOwned>(folder: &Path) -> Result<Vec<T>, Error> {
    let failed = |path: &Path, message: String| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let parent = folder.file_name().unwrap_or_default().to_string_lossy();
        Error::File {
            path: format!("conformance/{parent}/{name}"),
            message,
        }
    };
    let entries = fs::read_dir(folder).map_err(|error| failed(folder, error.to_string()))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "toml")
    });
    paths.sort();
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).map_err(|error| failed(path, error.to_string()))?;
        toml::from_str(&text).map_err(|error| failed(path, error.to_string()))
    };
    paths.iter().map(read).collect()
}

impl Ledger {
    /// Every statement with its document.
    pub(crate) fn requirements(&self) -> impl Iterator<Item = &Requirement> {
        self.documents
            .iter()
            .flat_map(|document| &document.requirement)
    }
}
