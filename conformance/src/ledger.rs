//! Requirements, errata and cases: what the documents say and what holds it.
//! The READMEs beside the files tell what each of them holds.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};

use self::errata::ErrataFile;
pub use self::errata::{Erratum, Kind, Party, Risk, Says};
pub use self::quote::{FileNumber, Quote};
pub use self::settings::Setting;
use crate::cases;

mod errata;
mod quote;
mod settings;

/// The folder in which the ledger is.
pub const DIRECTORY: &str = env!("CARGO_MANIFEST_DIR");

/// A file of the ledger that cannot be read.
#[derive(Debug)]
pub struct LedgerError {
    path: String,
    message: String,
}

impl LedgerError {
    pub(crate) fn new(path: String, message: String) -> Self {
        Self { path, message }
    }
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message.trim_end())
    }
}

impl std::error::Error for LedgerError {}

/// All rows.
#[derive(Serialize)]
pub struct Ledger {
    /// The documents, in the order of their files.
    pub documents: Vec<Document>,
    /// The errata, in the order of their files.
    pub errata: Vec<Erratum>,
    /// All settings that there are, by name.
    pub settings: Vec<Setting>,
    /// Each case of `conformance/cases` that holds a row which does not exist.
    #[serde(skip)]
    pub strays: Vec<(String, String)>,
}

/// One document's statements.
#[derive(Serialize)]
pub struct Document {
    /// Its id.
    pub document: String,
    /// The provider and the title.
    pub title: String,
    /// Names the source of the statements.
    pub source: Source,
    /// The number of its file among the documents. `None`: it is not one of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<FileNumber>,
    /// Its statements, in its order.
    pub requirement: Vec<Requirement>,
}

/// The sources that the statements of a file are from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// One of the five documents.
    #[default]
    Document,
    /// Another public page of the provider.
    Reference,
}

impl Source {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Document, Self::Reference];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Reference => "reference",
        }
    }

    /// A noun that tells what it is.
    pub fn description(self) -> &'static str {
        match self {
            Self::Document => "one of the five documents",
            Self::Reference => "another public page of the provider",
        }
    }
}

/// One statement.
#[derive(Serialize)]
pub struct Requirement {
    /// Stable, and of this row alone.
    pub id: String,
    /// Names the place in the document that says it.
    pub section: String,
    /// A sentence or two that tell what it says.
    pub statement: String,
    /// The operation concerned, `*` for all of the document.
    pub operation: String,
    /// The wire path of the field concerned; empty for the whole call.
    pub field: String,
    /// The kind of statement: `length`, `meaning`, and so on.
    pub kind: String,
    /// Lists those who have to honour it.
    pub binds: Vec<Bound>,
    /// The tests that hold it: its own, where `check` generates one, the cases
    /// that say so, and those that it names.
    pub checks: Vec<String>,
    /// The row of the ledger that overrides or settles it; empty for none.
    pub erratum: String,
    /// The checks in a few words, from which cases are generated.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub check: Vec<String>,
    /// The errata whose decisions those cases hold beside `erratum`.
    #[serde(skip)]
    pub holds: Vec<String>,
}

/// The party that a statement binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Bound {
    /// Binds the request, which is checked before it is sent.
    Request,
    /// Binds the reply, as it is read.
    Reply,
    /// Binds the way in which a call is made.
    Client,
    /// Binds the server of this workspace.
    Sandbox,
}

impl Bound {
    /// Everybody.
    pub const ALL: [Self; 4] = [Self::Request, Self::Reply, Self::Client, Self::Sandbox];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Reply => "reply",
            Self::Client => "client",
            Self::Sandbox => "sandbox",
        }
    }

    fn list(words: &str) -> Result<Vec<Self>, String> {
        let named = |word: &str| Self::ALL.into_iter().find(|bound| bound.as_str() == word);
        let bound = |word| named(word).ok_or_else(|| format!("{word:?} is bound by nothing"));
        words.split(' ').map(bound).collect()
    }
}

/// A file of `requirements`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequirementFile {
    document: String,
    title: String,
    #[serde(default)]
    source: Source,
    file: Option<FileNumber>,
    operation: String,
    place: Vec<Place>,
}

/// The rows that one place of the document gives.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    at: String,
    #[serde(default)]
    field: String,
    operation: Option<String>,
    #[serde(deserialize_with = "bounds")]
    binds: Vec<Bound>,
    /// Each an id, a kind, a statement, and the clauses that [`Place::requirement`]
    /// reads.
    rows: Vec<Vec<String>>,
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

fn bounds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Bound>, D::Error> {
    Bound::list(&String::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// Reads the whole ledger below a folder, as [`DIRECTORY`].
pub fn read(folder: &Path) -> Result<Ledger, LedgerError> {
    let mut documents = Vec::new();
    for (path, file) in read_all::<RequirementFile>(&folder.join("requirements"))? {
        let document = file.into_document();
        documents.push(document.map_err(|message| LedgerError { path, message })?);
    }
    let settings = read_settings(folder)?;
    let numbered = documents
        .iter()
        .filter_map(|d: &Document| Some((d.file?, &*d.document)));
    let files: BTreeMap<_, _> = numbered.collect();
    let mut errata = Vec::new();
    for (path, file) in read_all::<ErrataFile>(&folder.join("errata"))? {
        let rows = file.into_errata(&files, &settings);
        errata.extend(rows.map_err(|message| LedgerError { path, message })?);
    }
    let mut ledger = Ledger {
        documents,
        errata,
        settings,
        strays: Vec::new(),
    };
    for (path, table) in cases::all_in(&folder.join("cases"))? {
        let file: CaseFile = table.try_into().map_err(|error| LedgerError {
            path,
            message: format!("{error}"),
        })?;
        file.case.iter().for_each(|case| ledger.add(case));
    }
    ledger.lead_on();
    Ok(ledger)
}

impl RequirementFile {
    fn into_document(self) -> Result<Document, String> {
        match (self.source, self.file) {
            (Source::Document, None) => return Err("one of the documents lacks its `file`".into()),
            (Source::Reference, Some(_)) => {
                return Err("a reference has no `file` among the documents".into());
            }
            _ => {}
        }
        let mut requirement = Vec::new();
        for place in &self.place {
            for row in &place.rows {
                requirement.push(place.requirement(row, &self.operation)?);
            }
        }
        Ok(Document {
            document: self.document,
            title: self.title,
            source: self.source,
            file: self.file,
            requirement,
        })
    }
}

impl Place {
    /// A clause is `field WIRE-PATH` or `binds WHOM` where the place's own do
    /// not fit, `test NAME`, `holds ERRATA`, the id of the erratum, or part of the
    /// check.
    fn requirement(&self, row: &[String], operation: &str) -> Result<Requirement, String> {
        let [id, kind, statement, clauses @ ..] = row else {
            return Err(format!("{}: {row:?} lacks id, kind or statement", self.at));
        };
        let mut requirement = Requirement {
            id: id.clone(),
            section: self.at.clone(),
            statement: statement.clone(),
            operation: self.operation.as_deref().unwrap_or(operation).to_owned(),
            field: self.field.clone(),
            kind: kind.clone(),
            binds: self.binds.clone(),
            checks: Vec::new(),
            erratum: String::new(),
            check: Vec::new(),
            holds: Vec::new(),
        };
        for clause in clauses {
            match clause.split_once(' ') {
                Some(("field", field)) => requirement.field = field.to_owned(),
                Some(("binds", whom)) => {
                    requirement.binds = Bound::list(whom).map_err(|why| format!("{id}: {why}"))?;
                }
                Some(("holds", ids)) => {
                    requirement.holds = ids.split(' ').map(str::to_owned).collect();
                }
                Some(("test", name)) => requirement.checks.push(name.to_owned()),
                None if clause.starts_with("E-") => requirement.erratum.clone_from(clause),
                _ => requirement.check.push(clause.clone()),
            }
        }
        if !requirement.check.is_empty() {
            requirement.checks.push(format!("statements::{id}"));
        }
        Ok(requirement)
    }
}

/// Reads the settings that there are.
fn read_settings(folder: &Path) -> Result<Vec<Setting>, LedgerError> {
    let failed = |message| LedgerError {
        path: "conformance/settings.toml".to_owned(),
        message,
    };
    let text = fs::read_to_string(folder.join("settings.toml"));
    settings::read(&text.map_err(|error| failed(error.to_string()))?).map_err(failed)
}

/// The files of a folder with their names.
fn read_all<T: DeserializeOwned>(folder: &Path) -> Result<Vec<(String, T)>, LedgerError> {
    let parent = folder.file_name().unwrap_or_default().to_string_lossy();
    let shown = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        format!("conformance/{parent}/{name}")
    };
    let failed = |path: &Path, message: String| LedgerError {
        path: shown(path),
        message,
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
        let file = toml::from_str(&text).map_err(|error| failed(path, error.to_string()))?;
        Ok((shown(path), file))
    };
    paths.iter().map(read).collect()
}

impl Ledger {
    /// Every statement with its document.
    pub fn requirements(&self) -> impl Iterator<Item = &Requirement> {
        self.documents
            .iter()
            .flat_map(|document| &document.requirement)
    }

    /// Lets what a statement's check generates hold the decision that overrides the statement, or
    /// settles it, too.
    fn lead_on(&mut self) {
        let documents = self.documents.iter();
        for row in documents.flat_map(|document| &document.requirement) {
            let name = format!("statements::{}", row.id);
            let generates = !row.check.is_empty();
            let own = Some(&row.erratum).filter(|id| generates && !id.is_empty());
            for id in own.into_iter().chain(&row.holds) {
                match self.errata.iter_mut().find(|other| other.id == *id) {
                    Some(erratum) => erratum.checks.push(name.clone()),
                    None => self.strays.push((name.clone(), id.clone())),
                }
            }
        }
    }

    /// Names a case in the rows that it holds.
    fn add(&mut self, case: &CaseHead) {
        let name = format!("statements::{}", case.id);
        let mut left: BTreeSet<&str> = case.holds.iter().map(String::as_str).collect();
        let documents = self.documents.iter_mut();
        for row in documents.flat_map(|document| &mut document.requirement) {
            if left.remove(row.id.as_str()) {
                row.checks.push(name.clone());
            }
        }
        for row in &mut self.errata {
            if left.remove(row.id.as_str()) {
                row.checks.push(name.clone());
            }
        }
        let strays = left.into_iter().map(|id| (name.clone(), id.to_owned()));
        self.strays.extend(strays);
    }
}

#[cfg(test)]
mod tests;
