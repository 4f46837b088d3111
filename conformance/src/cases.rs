//! The written cases under `cases/`, each file with its names replaced and once
//! for each operation that it is about. What a case holds beside its id is the
//! tests' business.

use std::fs;
use std::path::Path;

use toml::{Table, Value};

use crate::ledger::{DIRECTORY, LedgerError};

/// Reads every file as a table, with its name. A file with a table `for` comes
/// once for each operation there, with that operation's values for `<name>`,
/// and `<operation>` for its name.
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
    for path in paths {
        let text = fs::read_to_string(&path).map_err(|e| failed(&path, e.to_string()))?;
        let table: Table = text.parse().map_err(|e| failed(&path, format!("{e}")))?;
        for table in expanded(table).map_err(|why| failed(&path, why))? {
            files.push((shown(&path), table));
        }
    }
    Ok(files)
}

fn expanded(mut table: Table) -> Result<Vec<Table>, String> {
    let Some(operations) = table.remove("for") else {
        return Ok(vec![named(table)?]);
    };
    let operations = operations.as_table().ok_or("`for` is no table")?;
    let of = |(operation, values): (&String, &Value)| {
        let mut values = values.as_table().cloned().ok_or("`for` holds tables")?;
        values.insert("operation".to_owned(), operation.as_str().into());
        let mut table = filled(&Value::Table(table.clone()), &values)?;
        drop_lacking(&mut table, values.get("lacks"));
        match table {
            Value::Table(table) => named(table),
            _ => Err("a table stays one".to_owned()),
        }
    };
    operations.iter().map(of).collect()
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
