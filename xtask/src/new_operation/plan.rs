//! All that is to be written, made before anything is.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use cards_transport::operations;

use super::operation::{Operation, camel};
use super::{Error, Options, ledger, lists, model, provider, sandbox, table};

/// A file that is made, or one that lines are added to.
pub(super) struct Change {
    /// The path from the root of the workspace.
    pub(super) path: String,
    pub(super) place: Place,
    pub(super) text: String,
}

/// The place that a text goes to.
pub(super) enum Place {
    /// Into a file that is not there yet.
    New,
    /// Into a file in the place of this text.
    Lines(String),
}

impl Change {
    /// The lines that are not there yet.
    pub(super) fn added(&self) -> Vec<&str> {
        let before: Vec<&str> = match &self.place {
            Place::New => Vec::new(),
            Place::Lines(before) => before.lines().collect(),
        };
        let lines = self.text.lines();
        lines.filter(|line| !before.contains(line)).collect()
    }
}

/// The operation that is asked for.
pub(super) fn operation(options: &Options, table: &str) -> Result<Operation, Error> {
    let known = provider::named(&options.provider);
    let provider = known.ok_or_else(|| Error::Provider(options.provider.clone()))?;
    let name = options.name.clone();
    let is_word = |word: &str| {
        let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        !word.is_empty() && word.chars().all(is_part)
    };
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.split('-').all(is_word) {
        return Err(Error::Name(name));
    }
    if operations().any(|other| other.name == name) {
        return Err(Error::Exists("`operations!`", name));
    }
    let fields = table::read(table).map_err(|error| Error::Table {
        path: options.fields.display().to_string(),
        error,
    })?;
    let words = name.split('-').map(camel).collect::<Vec<_>>().join(" ");
    let title = format!("{} {words}", camel(provider.name));
    let letters = [provider.name, &name].map(|word| &word[..1]).concat();
    let usual = provider.paths.map(|paths| format!("{paths}{name}"));
    let path = options.path.clone().or(usual).ok_or(Error::Path)?;
    check_path(&path, &fields)?;
    let prefix = options.prefix.clone();
    let operation = Operation {
        provider,
        title: options.title.clone().unwrap_or(title),
        method: options.method.unwrap_or(provider.method),
        path,
        prefix: prefix.unwrap_or_else(|| letters.to_uppercase()),
        name,
        fields,
    };
    let in_form = |field: &&table::Field| operation.place(field) == table::Place::Form;
    let mut numbers = operation
        .fields
        .iter()
        .filter(|field| field.kind == table::Kind::Number);
    match numbers.find(in_form) {
        Some(field) => Err(Error::NumberInForm(field.name.clone())),
        None => Ok(operation),
    }
}

/// Checks that each parameter of the path is a field that has to be given.
fn check_path(path: &str, fields: &[table::Field]) -> Result<(), Error> {
    let mut rest = path;
    while let Some((_, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let is_its = |field: &&table::Field| field.name == name && field.is_required;
        if !fields.iter().any(|field| is_its(&field)) {
            return Err(Error::Parameter(name.to_owned()));
        }
        rest = after;
    }
    match path.starts_with('/') {
        true => Ok(()),
        false => Err(Error::Path),
    }
}

/// Makes every change, formatted, or tells why one cannot be made.
pub(super) fn changes(root: &Path, operation: &Operation) -> Result<Vec<Change>, Error> {
    check_prefix(root, operation)?;
    let mut changes = new_files(root, operation)?;
    changes.extend(lines(root, operation)?);
    for change in &mut changes {
        if change.path.ends_with(".rs") {
            change.text = formatted(&change.text)?;
        }
    }
    Ok(changes)
}

fn check_prefix(root: &Path, operation: &Operation) -> Result<(), Error> {
    let folder = root.join("conformance/requirements");
    let failed = |error| Error::File {
        path: "conformance/requirements".to_owned(),
        error,
    };
    let begins = format!("[\"{}-", operation.prefix);
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let text = fs::read_to_string(entry.map_err(failed)?.path()).map_err(failed)?;
        if text.contains(&begins) {
            return Err(Error::Prefix(operation.prefix.clone()));
        }
    }
    Ok(())
}

fn new_files(root: &Path, operation: &Operation) -> Result<Vec<Change>, Error> {
    let (provider, name) = (operation.provider.name, &operation.name);
    let module = operation.module();
    let sandbox = sandbox_folder(provider);
    let (handler, test) = sandbox::files(operation);
    let files = [
        (
            format!("crates/cards-model/src/{provider}/{module}.rs"),
            model::file(operation),
        ),
        (
            format!("crates/cards-model/tests/it/{module}.rs"),
            model::test(operation),
        ),
        (format!("{sandbox}/{module}.rs"), handler),
        (format!("{sandbox}/{module}/tests.rs"), test),
        (
            format!("conformance/requirements/{provider}-{name}.toml"),
            ledger::requirements(operation),
        ),
        (
            format!("conformance/fixtures/{provider}/{name}/operation.toml"),
            ledger::travels(operation),
        ),
    ];
    let new = |(path, text): (String, String)| match root.join(&path).exists() {
        true => Err(Error::Taken { path }),
        false => Ok(Change {
            path,
            place: Place::New,
            text,
        }),
    };
    files.into_iter().map(new).collect()
}

/// The folder of a provider in the sandbox.
fn sandbox_folder(provider: &str) -> String {
    format!("crates/cards-sandbox/src/providers/{provider}")
}

fn lines(root: &Path, operation: &Operation) -> Result<Vec<Change>, Error> {
    let provider = operation.provider.name;
    let (module, type_name) = (operation.module(), operation.type_name());
    let request = std::slice::from_ref(&type_name);
    let models = format!("cards_model::{provider}");
    let row = format!("{type_name} {}", operation.provider.row);
    let others = operations().filter(|other| other.provider.as_str() == provider);
    let others: Vec<_> = others.map(|other| other.name).collect();
    let model = format!("crates/cards-model/src/{provider}/mod.rs");
    let handlers = format!("{}/mod.rs", sandbox_folder(provider));
    Ok(vec![
        edit(root, &model, |text| {
            let text = lists::module(text, &module)?;
            lists::public_use(&text, &module, &operation.types())
        })?,
        edit(root, "crates/cards-model/tests/it/main.rs", |text| {
            lists::module(text, &module)
        })?,
        edit(root, "crates/cards-transport/src/operations.rs", |text| {
            let text = lists::import(text, &models, request)?;
            lists::operation(&text, &camel(provider), &row)
        })?,
        edit(root, &handlers, |text| {
            let text = lists::module(text, &module)?;
            let text = lists::import(&text, &models, request)?;
            lists::served(&text, &format!("served::<{type_name}>()"))
        })?,
        edit(root, "crates/cards-cli/src/call/about.rs", |text| {
            lists::about(text, &others, &about(operation))
        })?,
        edit(root, "conformance/requirements/README.md", |text| {
            lists::document(text, provider, &document(operation))
        })?,
    ])
}

fn edit(
    root: &Path,
    path: &str,
    change: impl FnOnce(&str) -> Result<String, lists::NoPlace>,
) -> Result<Change, Error> {
    let path = path.to_owned();
    let before = match fs::read_to_string(root.join(&path)) {
        Ok(before) => before,
        Err(error) => return Err(Error::File { path, error }),
    };
    match change(&before) {
        Ok(text) => Ok(Change {
            path,
            place: Place::Lines(before),
            text,
        }),
        Err(why) => Err(Error::NoPlace { path, why }),
    }
}

/// The row of examples of the command.
fn about(operation: &Operation) -> String {
    let flags = operation.valid().into_iter();
    let flags = flags.map(|(field, value)| format!(" {} {value}", field.flag()));
    format!(
        "    About {{\n        operation: \"{}\",\n        about: \"{}\",\n        after_help: \
         \"\\\nExample:\n  cards {} {}{}\",\n    }},\n",
        operation.name,
        operation.title,
        operation.provider.name,
        operation.name,
        flags.collect::<String>(),
    )
}

/// The row of the table of documents.
fn document(operation: &Operation) -> String {
    let Operation { name, prefix, .. } = operation;
    let provider = operation.provider.name;
    let provider_name = camel(provider);
    format!("| `{provider}-{name}.toml` (reference) | {provider_name} | `{name}` | `{prefix}` |")
}

/// The text as rustfmt has it.
fn formatted(text: &str) -> Result<String, Error> {
    let failed = |why: String| Error::Format(why);
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    if let Some(mut stdin) = rustfmt.stdin.take() {
        stdin
            .write_all(text.as_bytes())
            .map_err(|error| failed(error.to_string()))?;
    }
    let output = rustfmt
        .wait_with_output()
        .map_err(|error| failed(error.to_string()))?;
    match output.status.success() {
        true => String::from_utf8(output.stdout).map_err(|error| failed(error.to_string())),
        false => Err(failed(String::from_utf8_lossy(&output.stderr).into_owned())),
    }
}

/// Writes everything; each text has been made by now.
pub(super) fn write(root: &Path, changes: &[Change]) -> Result<(), Error> {
    for change in changes {
        let path = root.join(&change.path);
        let failed = |error| Error::File {
            path: change.path.clone(),
            error,
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        fs::write(&path, &change.text).map_err(failed)?;
    }
    Ok(())
}

/// Says how to go on.
pub(super) fn next_steps(operation: &Operation) -> String {
    let (provider, name) = (operation.provider.name, &operation.name);
    let module = operation.module();
    format!(
        "\
Next:
  python3 conformance/fixtures/generate.py
    writes the cases of the checks
  cargo test -p cards-sandbox --lib {module}
    fails until the handler is written
  cargo test -p conformance --test replay
    asks for examples in conformance/fixtures/{provider}/{name}: smallest, largest, a
    refused one, replies
  cargo xtask conformance
    names each row of requirements that has no check yet"
    )
}
