//! The written cases under `cases/`, each file with its names replaced and once
//! for each operation that it is about. What a case holds beside its id is the
//! tests' business.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::ledger::{DIRECTORY, LedgerError};

/// Reads every file as a table, with its name. A file that others are `like`
/// comes once for each operation of theirs, with the values there for `<name>`,
/// and `<operation>` for the operation's name; and its names are theirs, too.
pub fn all() -> Result<Vec<(String, Table)>, LedgerError> {
    all_in(&Path::new(DIRECTORY).join("cases"))
}

pub(crate) fn all_in(folder: &Path) -> Result<Vec<(String, Table)>, LedgerError> {
    let shown = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        format!("conformance/cases/{name}")
    };
    let failed = |path: &Path, why: String| LedgerError::new(shown(path), why);
    let entries = fs::read_dir(folder).map_err(|e| failed(folder, e.to_string()))?;
    let mut paths: Vec<_> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    paths.sort();
    let mut files = BTreeMap::new();
    for path in paths {
        let text = fs::read_to_string(&path).map_err(|e| failed(&path, e.to_string()))?;
        let table: Table = text.parse().map_err(|e| failed(&path, format!("{e}")))?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        files.insert(stem.into_owned(), (path.clone(), table));
    }
    let mut alike = BTreeMap::new();
    for stem in files.keys().cloned().collect::<Vec<_>>() {
        let (path, mut table) = files[&stem].clone();
        let tables = take_alike(&mut table, &files, &mut alike);
        tables.map_err(|why| failed(&path, why))?;
        files.insert(stem, (path, table));
    }
    let mut expanded = Vec::new();
    for (stem, (path, table)) in files {
        let tables = alike.remove(&stem).unwrap_or_else(|| vec![table]);
        for table in tables {
            let table = named(table).map_err(|why| failed(&path, why))?;
            expanded.push((shown(&path), table));
        }
    }
    Ok(expanded)
}

/// All files by their names without an ending.
type Files = BTreeMap<String, (PathBuf, Table)>;

/// Takes the table `like` out of a file: reads each file that is named there with
/// the values for each operation, and adds to this one the other's tables of
/// names, as far as it has none of its own.
fn take_alike(
    table: &mut Table,
    files: &Files,
    alike: &mut BTreeMap<String, Vec<Table>>,
) -> Result<(), String> {
    let is_table = |value: Value| match value {
        Value::Table(table) => Ok(table),
        _ => Err("`like` holds a table for each operation of each file".to_owned()),
    };
    let like = table.remove("like").unwrap_or(Value::Table(Table::new()));
    for (stem, operations) in is_table(like)? {
        let (_, template) = files
            .get(&stem)
            .ok_or_else(|| format!("`like`: there is no file {stem}"))?;
        for (operation, values) in is_table(operations)? {
            let values = is_table(values)?;
            let like = read_for(template, &operation, values)?;
            for part in ["let", "call", "around"] {
                add_missing(table, part, &like);
            }
            alike.entry(stem.clone()).or_default().push(like);
        }
    }
    Ok(())
}

/// A file as it is read for an operation.
fn read_for(template: &Table, operation: &str, mut values: Table) -> Result<Table, String> {
    values.insert("operation".to_owned(), operation.into());
    let mut table = filled(&Value::Table(template.clone()), &values)?;
    drop_lacking(&mut table, values.get("lacks"));
    drop_without(&mut table, operation, values.get("without"));
    match table {
        Value::Table(table) => Ok(table),
        _ => Err("a table stays one".to_owned()),
    }
}

/// Adds the names of another file's table that this file's has not.
fn add_missing(table: &mut Table, part: &str, other: &Table) {
    let Some(Value::Table(theirs)) = other.get(part) else {
        return;
    };
    let own = table
        .entry(part)
        .or_insert_with(|| Value::Table(Table::new()));
    for (name, value) in theirs {
        if let Some(own) = own.as_table_mut() {
            own.entry(name).or_insert_with(|| value.clone());
        }
    }
}

/// Takes out of `holds` the rows that the operation's document does not have,
/// and the cases that then hold nothing.
fn drop_lacking(table: &mut Value, lacks: Option<&Value>) {
    let lacks = lacks.and_then(Value::as_array).cloned().unwrap_or_default();
    let cases = table.get_mut("case").and_then(Value::as_array_mut);
    for cases in cases.into_iter() {
        for case in cases.iter_mut() {
            if let Some(holds) = case.get_mut("holds").and_then(Value::as_array_mut) {
                holds.retain(|id| !lacks.contains(id));
            }
        }
        cases.retain(|case| {
            case["holds"]
                .as_array()
                .is_some_and(|holds| !holds.is_empty())
        });
    }
}

/// Takes out the cases of these names, and those that begin with one and a dot: they do not
/// hold for the operation.
fn drop_without(table: &mut Value, operation: &str, without: Option<&Value>) {
    let names = without.and_then(Value::as_array).into_iter().flatten();
    let names: Vec<_> = names.filter_map(Value::as_str).collect();
    let is_out = |id: &str| {
        let id = id
            .strip_prefix(operation)
            .and_then(|rest| rest.strip_prefix('.'));
        let id = id.unwrap_or_default();
        names.iter().any(|name| {
            let rest = id.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    let cases = table.get_mut("case").and_then(Value::as_array_mut);
    for cases in cases.into_iter() {
        cases.retain(|case| !case["id"].as_str().is_some_and(is_out));
    }
}

/// A copy with each `<name>` replaced, in keys too; a text that is nothing else
/// becomes the value itself.
fn filled(value: &Value, values: &Table) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => {
            let whole = text
                .strip_prefix('<')
                .and_then(|rest| rest.strip_suffix('>'));
            match whole.and_then(|name| values.get(name)) {
                Some(value) => value.clone(),
                None => text_filled(text, values).into(),
            }
        }
        Value::Array(items) => {
            let items: Result<_, String> = items.iter().map(|item| filled(item, values)).collect();
            Value::Array(items?)
        }
        Value::Table(table) => {
            let of = |(key, value): (&String, &Value)| {
                Ok((text_filled(key, values), filled(value, values)?))
            };
            let table: Result<Table, String> = table.iter().map(of).collect();
            Value::Table(table?)
        }
        other => other.clone(),
    })
}

fn text_filled(text: &str, values: &Table) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| {
        match value.as_str() {
            Some(value) => text.replace(&format!("<{name}>"), value),
            None => text,
        }
    })
}

/// The table with each `$name` replaced by what the table `let` has there.
fn named(mut table: Table) -> Result<Table, String> {
    let named = match table.remove("let") {
        Some(Value::Table(named)) => named,
        _ => Table::new(),
    };
    for (_, value) in &mut table {
        replace(value, &named)?;
    }
    Ok(table)
}

fn replace(value: &mut Value, named: &Table) -> Result<(), String> {
    match value {
        Value::String(text) => {
            if let Some(name) = text.strip_prefix('$') {
                let found = named
                    .get(name)
                    .ok_or_else(|| format!("let has no {name}"))?;
                *value = found.clone();
            }
            Ok(())
        }
        Value::Array(items) => items.iter_mut().try_for_each(|item| replace(item, named)),
        Value::Table(table) => {
            let mut values = table.iter_mut();
            values.try_for_each(|(_, value)| replace(value, named))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files of cases in a folder that goes away with its guard.
    struct Folder(std::path::PathBuf);

    impl Folder {
        fn new(name: &str, files: [(&str, &str); 2]) -> Self {
            let root = std::env::temp_dir().join(format!("cases-{}-{name}", std::process::id()));
            fs::create_dir_all(&root).unwrap();
            for (file, text) in files {
                fs::write(root.join(file), text).unwrap();
            }
            Self(root)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    const SHARED: &str =
        "[[case]]\nid = \"<operation>.a\"\nholds = [\"<prefix>-1\", \"<prefix>-2\"]\n";

    #[test]
    fn a_file_is_read_for_each_operation_that_is_like_it() {
        let own = "[like.shared.one]\nprefix = \"O\"\n[like.shared.two]\nprefix = \"T\"\n\
                   lacks = [\"T-2\"]\n[[case]]\nid = \"one.b\"\nholds = [\"O-3\"]\n";
        let folder = Folder::new("alike", [("own.toml", own), ("shared.toml", SHARED)]);
        let read = all_in(&folder.0).unwrap();
        let cases = read.iter().map(|(file, table)| {
            let case = &table["case"][0];
            format!("{file} {} {}", case["id"], case["holds"])
        });
        assert_eq!(
            cases.collect::<Vec<_>>(),
            [
                r#"conformance/cases/own.toml "one.b" ["O-3"]"#,
                r#"conformance/cases/shared.toml "one.a" ["O-1", "O-2"]"#,
                r#"conformance/cases/shared.toml "two.a" ["T-1"]"#,
            ]
        );
    }

    #[test]
    fn what_is_like_no_file_is_told() {
        let own = "[like.shard.one]\nprefix = \"O\"\n";
        let folder = Folder::new("stray", [("own.toml", own), ("shared.toml", SHARED)]);
        let error = all_in(&folder.0).unwrap_err().to_string();
        assert_eq!(
            error,
            "conformance/cases/own.toml: `like`: there is no file shard"
        );
    }
}
