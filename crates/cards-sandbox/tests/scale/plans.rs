//! Holds that SQLite finds a way along an index for every statement in the sources: whoever adds one
//! that goes through a whole table hears of it here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cards_sandbox::{Sandbox, Store};
use rusqlite::Connection;

/// The statements that may go through a table, by their beginnings, and why. A whole statement ends with a
/// line break.
const MAY: [(&str, &str); 13] = [
    ("DELETE FROM {table}", "it empties a table"),
    (r#"DELETE FROM "{table}"{kept}"#, "it empties a table"),
    ("DELETE FROM token\n", "it empties a table"),
    ("DELETE FROM used_code\n", "it empties a table"),
    ("INSERT INTO {table} (", "it adds one row"),
    (
        "UPDATE token SET expires_at = ?1 WHERE expires_at > ?2",
        "it ends all tokens, of which there are some 100,000 at most",
    ),
    (
        "SELECT * FROM airpay_customer ORDER BY number",
        "a world is saved whole",
    ),
    (
        "SELECT customer_id FROM paysafe_customer ORDER BY",
        "a world is saved whole",
    ),
    (
        "SELECT 1 FROM airpay_transaction AS refund",
        "it sorts one customer's",
    ),
    (
        "SELECT transaction_id, paise, at, kind, refund_of",
        "it sorts one customer's",
    ),
    (
        "UPDATE event_delivery SET due_at = max(",
        "the clock goes back, for all that waits",
    ),
    (
        "SELECT 1 FROM event_delivery WHERE ended_at IS NULL AND due_at",
        "a sandbox starts, and looks at all that waits",
    ),
    (
        "UPDATE event_delivery SET state = 'waiting', due_at = iif(state = 'queued', min(due_at, ?1), due_at) WHERE number IN",
        "the outbox is full",
    ),
];

/// The tables that never have more than a few rows.
const SMALL: [&str; 8] = [
    "CONSTANT",
    "event_receiver",
    "held",
    "json_each",
    "setting",
    "sqlite_master",
    "sqlite_schema",
    "sqlite_sequence",
];

#[test]
fn no_statement_goes_through_a_table_that_grows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let sandbox = Sandbox::builder().store(Store::File(path.clone()));
    drop(sandbox.start_blocking().unwrap());
    let connection = Connection::open(&path).unwrap();

    let statements = statements();
    assert!(statements.len() > 150, "{} are found", statements.len());
    let (mut excused, mut wrong) = (BTreeSet::new(), Vec::new());
    for (file, sql) in &statements {
        let whole = format!("{sql}\n");
        let may = MAY.iter().find(|(begins, _)| whole.starts_with(begins));
        // A check that tests alone have.
        if sql == "SELECT body, status, tokenizations FROM paysafe_card" {
            continue;
        }
        if let Some((begins, _)) = may {
            excused.insert(*begins);
            continue;
        }
        let sql = sql
            .replace("{table}", "ibanera_card")
            .replace("{}", "ibanera_card");
        match plan(&connection, &sql) {
            Ok(steps) => {
                let slow = steps.into_iter().filter(|step| is_slow(step));
                wrong.extend(slow.map(|step| format!("{}: {step}\n    {sql}", file.display())));
            }
            Err(error) => wrong.push(format!("{}: {error}\n    {sql}", file.display())),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let unused: Vec<_> = MAY
        .iter()
        .filter(|(begins, _)| !excused.contains(begins))
        .collect();
    assert!(
        unused.is_empty(),
        "no statement begins so any more: {unused:?}"
    );
}

fn is_slow(step: &str) -> bool {
    let table = step
        .strip_prefix("SCAN ")
        .and_then(|rest| rest.split(' ').next());
    step.contains("TEMP B-TREE") || table.is_some_and(|table| !SMALL.contains(&table))
}

/// Gives the steps of SQLite's plan.
fn plan(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
    let mut rows = statement.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next()? {
        steps.push(row.get("detail")?);
    }
    Ok(steps)
}

#[test]
fn a_statement_that_goes_through_a_table_is_noticed() {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("CREATE TABLE card (id INTEGER PRIMARY KEY, name TEXT)")
        .unwrap();
    for (sql, is_noticed) in [
        ("SELECT name FROM card WHERE id = ?1", false),
        ("SELECT name FROM card WHERE ?1 IS NULL OR id = ?1", true),
        ("SELECT count(*) FROM card", true),
        ("SELECT id FROM card WHERE id > 7 ORDER BY name", true),
    ] {
        let steps = plan(&connection, sql).unwrap();
        assert_eq!(
            steps.iter().any(|step| is_slow(step)),
            is_noticed,
            "{sql}: {steps:?}"
        );
    }
}

/// Lists the statements of both crates with their files, each as one text.
fn statements() -> Vec<(PathBuf, String)> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for source in ["src", "../cards-sandbox-core/src"] {
        find(&here.join(source), &mut files);
    }
    let texts = files
        .iter()
        .map(|file| literals(&fs::read_to_string(file).unwrap()));
    let texts: Vec<_> = texts.collect();
    let everywhere: BTreeMap<_, _> = texts.iter().flat_map(|text| text.named.clone()).collect();
    let mut found = Vec::new();
    for (file, text) in files.iter().zip(&texts) {
        for literal in &text.all {
            let sql = put_in(literal, &text.named, &everywhere);
            let begins = ["SELECT ", "INSERT ", "UPDATE ", "DELETE FROM "];
            if begins.iter().any(|word| sql.starts_with(word)) {
                found.push((file.clone(), sql));
            }
        }
    }
    found
}

/// Finds the files that are no tests.
fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        match path.is_dir() {
            true if !["tests", "testing"].contains(&name) => find(&path, files),
            false if name.ends_with(".rs") && !["tests.rs", "acme.rs"].contains(&name) => {
                files.push(path);
            }
            _ => {}
        }
    }
}

/// The texts of a source file, and those of them that are constants, by name.
struct Literals {
    all: Vec<String>,
    named: BTreeMap<String, String>,
}

/// Reads the texts between quotes, up to the tests of the file.
fn literals(source: &str) -> Literals {
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    let source: Vec<_> = source.lines().filter(is_code).collect();
    // A quote as a character, or in a raw text, would end no text.
    let source = source
        .join("\n")
        .replace("'\"'", "' '")
        .replace("b'\"'", "' '");
    let mut read = Literals {
        all: Vec::new(),
        named: BTreeMap::new(),
    };
    let mut rest = &*source;
    while let Some((before, from)) = rest.split_once('"') {
        let hashes = before.len() - before.trim_end_matches('#').len();
        let is_raw = before.trim_end_matches('#').ends_with('r');
        let (text, after) = if is_raw {
            raw(from, hashes)
        } else {
            quoted(from)
        };
        if let Some((_, name)) = before.trim_end().rsplit_once("const ")
            && let Some(name) = name.strip_suffix(": &str =")
        {
            read.named.insert(name.to_owned(), text.clone());
        }
        read.all.push(text);
        rest = after;
    }
    read
}

fn raw(from: &str, hashes: usize) -> (String, &str) {
    let end = format!("\"{}", "#".repeat(hashes));
    let (text, after) = from.split_once(&end).unwrap_or((from, ""));
    (text.to_owned(), after)
}

fn quoted(from: &str) -> (String, &str) {
    let (mut text, mut rest) = (String::new(), from);
    while let Some(at) = rest.find(['"', '\\']) {
        text.push_str(&rest[..at]);
        if rest[at..].starts_with('"') {
            return (text, &rest[at + 1..]);
        }
        let mut escaped = rest[at + 1..].chars();
        rest = match escaped.next() {
            // The text goes on in the next line.
            Some('\n') => escaped.as_str().trim_start(),
            Some(letter) => {
                text.push(letter);
                escaped.as_str()
            }
            None => break,
        };
    }
    (text, "")
}

/// Puts constants into the places of `{NAME}`, those of the same file before others.
fn put_in(
    text: &str,
    here: &BTreeMap<String, String>,
    everywhere: &BTreeMap<String, String>,
) -> String {
    let mut text = text.trim().to_owned();
    for (name, value) in here.iter().chain(everywhere) {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}
