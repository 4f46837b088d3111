//! The cases under `generated/`, which `fixtures/generate.py` writes from the
//! checks of requirements and errata: one line for the requests that they start
//! from, then a line for each row, and one for each of its cases.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::ledger::{DIRECTORY, LedgerError};

/// The cases that follow from the check of one row.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Generated {
    /// The row, with its check as it was read.
    pub row: Row,
    /// The request that the cases start from.
    pub base: Base,
    /// The cases.
    pub cases: Vec<Case>,
}

/// A row that has a check.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Row {
    /// The id of the requirement or the erratum.
    pub id: String,
    /// The operation that is tried.
    pub operation: String,
    /// The field that is tried, by its wire name; of a reply, by its path.
    pub field: String,
    /// The phrases that the cases follow from.
    pub check: Vec<String>,
}

/// A request that breaks no rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Base {
    /// The method.
    pub method: String,
    /// The path, encoded.
    pub path: String,
    /// The credentials that it needs: `keys`, `token`, `bearer` or `ibanera`.
    pub auth: String,
    /// The pairs of the body or the query, in order.
    pub names: Vec<String>,
    /// The fields by their wire names.
    pub base: BTreeMap<String, Value>,
    /// The fields as pairs of a form or the query, encoded.
    pub pairs: BTreeMap<String, String>,
    /// The fields as a JSON body.
    pub body: Option<String>,
}

/// One value of the row's field.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Case {
    /// The fields that differ from the base; `null` takes one out.
    pub input: BTreeMap<String, Value>,
    /// The kinds of rule that the row's field breaks; `type` alone where the
    /// value cannot even be read.
    pub breaks: Vec<String>,
    /// `samples`, `doc_expiry` or `doc_expiry_required`: what the rules are set to take.
    pub rules: Option<String>,
    /// `accepted`, `refused`, or `unknown` where no rule is broken and the
    /// sandbox knows nobody of this name. `None`: it is not asked.
    pub sandbox: Option<String>,
    /// The fields that differ in a form or the query.
    pub pairs: Option<BTreeMap<String, Option<String>>>,
    /// The JSON body, where it is another one.
    pub body: Option<String>,
    /// The path, where it is another one.
    pub path: Option<String>,
    /// The header of a form.
    pub checksum: Option<String>,
    /// The reply, where the row is about one: then nothing is sent.
    pub reply: Option<Reply>,
}

/// A reply with one value of the row's field.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Reply {
    /// The body.
    pub body: String,
    /// The field as it is read, by JSON pointer.
    pub at: String,
    /// The value that is read there; `null` where it reads as `None`.
    pub reads: Value,
    /// The field as a broken rule names it.
    pub field: String,
}

impl Generated {
    /// The whole input of a case.
    pub fn input(&self, case: &Case) -> BTreeMap<String, Value> {
        let mut input = self.base.base.clone();
        input.extend(case.input.clone());
        input.retain(|_, value| !value.is_null());
        input
    }

    /// The request for a case: its path with the query, and its body. `None`:
    /// nobody is asked but the model, and no part of a request is given.
    pub fn request(&self, case: &Case) -> Option<(String, String)> {
        if case.pairs.is_none() && case.body.is_none() && case.path.is_none() {
            return None;
        }
        let path = case.path.as_deref().unwrap_or(&self.base.path);
        if let Some(body) = case.body.as_ref().or(self.base.body.as_ref()) {
            return Some((path.to_owned(), body.clone()));
        }
        let changed = |name: &String| case.pairs.as_ref()?.get(name);
        let pair = |name: &String| match changed(name) {
            Some(changed) => changed.as_deref(),
            None => self.base.pairs.get(name).map(String::as_str),
        };
        let pairs: Vec<_> = self.base.names.iter().filter_map(pair).collect();
        Some(match (&*self.base.method, pairs.join("&")) {
            ("POST", body) => (path.to_owned(), body),
            (_, query) if query.is_empty() => (path.to_owned(), query),
            (_, query) => (format!("{path}?{query}"), String::new()),
        })
    }
}

/// Reads everything that was generated, file by file.
pub fn all() -> Result<Vec<Generated>, LedgerError> {
    let folder = Path::new(DIRECTORY).join("generated");
    let failed = |path: &Path, why: String| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        LedgerError::new(format!("conformance/generated/{name}"), why)
    };
    let entries = fs::read_dir(&folder).map_err(|e| failed(&folder, e.to_string()))?;
    let mut paths: Vec<_> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.sort();
    let mut rows = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).map_err(|e| failed(&path, e.to_string()))?;
        rows.extend(read(&text).map_err(|why| failed(&path, why))?);
    }
    Ok(rows)
}

fn read(text: &str) -> Result<Vec<Generated>, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Head {
        operations: BTreeMap<String, Base>,
    }
    let mut lines = text.lines();
    let head: Head = parsed(lines.next().unwrap_or_default())?;
    let mut rows: Vec<Generated> = Vec::new();
    for line in lines {
        if line.starts_with(' ') {
            let row = rows.last_mut().ok_or("begins with a case")?;
            row.cases.push(parsed(line)?);
        } else {
            let row: Row = parsed(line)?;
            let base = head.operations.get(&row.operation).cloned();
            let base = base.ok_or_else(|| format!("{} starts from nothing", row.operation))?;
            let cases = Vec::new();
            rows.push(Generated { row, base, cases });
        }
    }
    Ok(rows)
}

fn parsed<T: DeserializeOwned>(line: &str) -> Result<T, String> {
    serde_json::from_str(line).map_err(|error| format!("{error}: {line}"))
}
