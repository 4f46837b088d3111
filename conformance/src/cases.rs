//! The written cases under `cases/`, each file with its names replaced and once
//! for each operation that it is about. What a case holds beside its id is the
//! tests' business.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use toml::{Table, Value};

use crate::ledger::{DIRECTORY, LedgerError};

/// Reads every file as a table, with its name. A file that others are `like`
/// comes once for each operation of theirs, with the values there for `<name>`,
/// and `<operation>` for the operation's name.
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
    let mut files = Vec::new();
    let mut alike = Alike::new();
    for path in paths {
        let text = fs::read_to_string(&path).map_err(|e| failed(&path, e.to_string()))?;
        let mut table: Table = text.parse().map_err(|e| failed(&path, format!("{e}")))?;
        if let Some(like) = table.remove("like") {
            add(&mut alike, like).map_err(|why| failed(&path, why))?;
        }
        files.push((path, table));
    }
    let mut expanded = Vec::new();
    for (path, table) in files {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let of = alike.remove(&*stem);
        for table in tables(table, of).map_err(|why| failed(&path, why))? {
            expanded.push((shown(&path), table));
        }
    }
    match alike.keys().next() {
        None => Ok(expanded),
        Some(stem) => Err(failed(&folder.join(stem), "is no file of cases".to_owned())),
    }
}

/// The operations that a file is read for, by its name without an ending, each
/// with the values of its own.
type Alike = BTreeMap<String, Vec<(String, Table)>>;

/// Adds the table `like` of a file: operations by the file that they are like.
fn add(alike: &mut Alike, like: Value) -> Result<(), String> {
    let tables = |value: Value| match value {
        Value::Table(table) => Ok(table),
        _ => Err("`like` holds a table for each operation of each file".to_owned()),
    };
    for (stem, operations) in tables(like)? {
        for (operation, values) in tables(operations)? {
            let of_file = alike.entry(stem.clone()).or_default();
            of_file.push((operation, tables(values)?));
        }
    }
    Ok(())
}

/// The file once, or once for each operation that is like it.
fn tables(table: Table, alike: Option<Vec<(String, Table)>>) -> Result<Vec<Table>, String> {
    let Some(alike) = alike else {
        return Ok(vec![named(table)?]);
    };
    let template = Value::Table(table);
    let of = |(operation, mut values): (String, Table)| {
        values.insert("operation".to_owned(), operation.into());
        let mut table = filled(&template, &values)?;
        drop_lacking(&mut table, values.get("lacks"));
        match table {
            Value::Table(table) => named(table),
            _ => Err("a table stays one".to_owned()),
        }
    };
    alike.into_iter().map(of).collect()
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
        assert_eq!(error, "conformance/cases/shard: is no file of cases");
    }
}
