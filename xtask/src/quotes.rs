//! `cargo xtask quotes`: the ledger's quotes, looked for in the documents.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anstream::{eprintln, println};
use conformance::ledger::{self, Erratum, FileNumber, Ledger, LedgerError, Quote};

use crate::workspace;

/// The options of `cargo xtask quotes`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The folder of the documents, in files whose names begin with the numbers
    /// that the quotes name, such as 004.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// The reason why the quotes could not be looked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{path}: {message}")]
    File { path: String, message: String },
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// The lines of each document.
type Texts = BTreeMap<FileNumber, Vec<String>>;

/// Looks for every quote and tells whether each stands where the ledger says.
pub(crate) fn run(options: &Options) -> Result<bool, Error> {
    let ledger = ledger::read(&workspace().join("conformance"))?;
    let texts = texts(&options.folder, &ledger)?;
    let misplaced: Vec<String> = ledger
        .errata
        .iter()
        .flat_map(|row| misplaced(row, &texts))
        .collect();
    for trouble in &misplaced {
        eprintln!("{trouble}");
    }
    let places = ledger.errata.iter().flat_map(|row| &row.says);
    let quotes: usize = places.map(|says| says.quotes.len()).sum();
    let rows = ledger.errata.len();
    match misplaced.len() {
        0 => println!("All {quotes} quotes of {rows} rows stand in the documents, word for word."),
        count => eprintln!("{count} of {quotes} quotes do not stand where the ledger says."),
    }
    Ok(misplaced.is_empty())
}

/// Reads the documents of a ledger from a folder.
fn texts(folder: &Path, ledger: &Ledger) -> Result<Texts, Error> {
    let failed = |path: &Path, message: String| Error::File {
        path: path.display().to_string(),
        message,
    };
    let entries = fs::read_dir(folder).map_err(|error| failed(folder, error.to_string()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    paths.sort();
    let mut texts = Texts::new();
    for (number, document) in ledger.documents.iter().filter_map(|d| Some((d.file?, d))) {
        let Some(path) = paths.iter().find(|path| begins_with(path, number)) else {
            let message = format!("has no file {number}*, which is {}", document.document);
            return Err(failed(folder, message));
        };
        let text = fs::read_to_string(path).map_err(|error| failed(path, error.to_string()))?;
        texts.insert(number, text.lines().map(str::to_owned).collect());
    }
    Ok(texts)
}

fn begins_with(path: &Path, number: FileNumber) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let rest = name.strip_prefix(&*number.to_string());
    rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Tells each quote of a row that does not stand on its line, and where it does.
fn misplaced(row: &Erratum, texts: &Texts) -> Vec<String> {
    let quotes = row.says.iter().flat_map(|says| &says.quotes);
    let is_wrong = |quote: &&Quote| {
        let lines = texts.get(&quote.file);
        let line = lines.and_then(|lines| lines.get(quote.line.saturating_sub(1)));
        line.is_none_or(|line| !quote.stands_in(line))
    };
    let told = |quote: &Quote| {
        let found: Vec<String> = places(quote, texts).collect();
        let found = match &*found {
            [] => "it stands nowhere in the documents".to_owned(),
            found => format!("it stands at {}", found.join(", ")),
        };
        format!(
            "conformance/errata/{}.toml: {}: {:?} does not stand at {}:{}; {found}",
            row.document, row.id, quote.words, quote.file, quote.line
        )
    };
    quotes.filter(is_wrong).map(told).collect()
}

/// The places where the words of a quote stand: those of its own file first.
fn places(quote: &Quote, texts: &Texts) -> impl Iterator<Item = String> {
    let mut files: Vec<_> = texts.iter().collect();
    files.sort_by_key(|(file, _)| (**file != quote.file, **file));
    files.into_iter().flat_map(move |(file, lines)| {
        let found = lines
            .iter()
            .zip(1..)
            .filter(|(line, _)| quote.stands_in(line));
        found.map(move |(_, number): (_, usize)| format!("{file}:{number}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use conformance::ledger::{Kind, Party, Risk, Says};

    fn row(quote: &str) -> Erratum {
        let says = vec!["Body".to_owned(), "text".to_owned(), quote.to_owned()];
        Erratum {
            id: "E-AU-01".into(),
            document: "d".into(),
            kind: Kind::Silence,
            says: vec![Says::try_from(says).unwrap()],
            decision: String::new(),
            binds: Party::Both,
            risk: Risk::Low,
            ask: "Is it?".into(),
            setting: Vec::new(),
            checks: Vec::new(),
            check: Vec::new(),
        }
    }

    fn texts_of(files: &[(&str, &str)]) -> Texts {
        let lines = |text: &str| text.lines().map(str::to_owned).collect();
        let file = |(number, text): &(&str, &str)| (number.parse().unwrap(), lines(text));
        files.iter().map(file).collect()
    }

    #[test]
    fn a_quote_stands_on_its_line_or_it_is_told_where_it_does() {
        let texts = texts_of(&[
            ("001", "the card\nis here\n"),
            ("002", "is here\nthe cards\n"),
        ]);
        let told = |quote: &str| misplaced(&row(quote), &texts).join("\n");
        assert_eq!(told("001:1 the card"), "");
        assert_eq!(told("001:2 is here"), "");
        let head = "conformance/errata/d.toml: E-AU-01: ";
        let cases = [
            (
                "001:1 is here",
                "\"is here\" does not stand at 001:1; it stands at 001:2, 002:1",
            ),
            (
                "002:2 is here",
                "\"is here\" does not stand at 002:2; it stands at 002:1, 001:2",
            ),
            (
                "002:2 the card",
                "\"the card\" does not stand at 002:2; it stands at 001:1",
            ),
            (
                "001:9 is here",
                "\"is here\" does not stand at 001:9; it stands at 001:2, 002:1",
            ),
            (
                "003:1 is here",
                "\"is here\" does not stand at 003:1; it stands at 001:2, 002:1",
            ),
            ("001:1 is  here", "it stands nowhere in the documents"),
            ("001:1 The card", "it stands nowhere in the documents"),
        ];
        for (quote, why) in cases {
            let text = told(quote);
            assert!(
                text.starts_with(head) && text.ends_with(why),
                "{quote}: {text}"
            );
        }
    }

    #[test]
    fn a_folder_lacks_no_document() {
        let ledger = ledger::read(&workspace().join("conformance")).unwrap();
        let folder = tempfile::tempdir().unwrap();
        for number in ["000", "001", "002", "003", "0040"] {
            fs::write(folder.path().join(format!("{number}_a.txt")), "a line\n").unwrap();
        }
        let error = texts(folder.path(), &ledger).unwrap_err().to_string();
        let why = "has no file 004*, which is airpay-register-user";
        assert!(error.ends_with(why), "{error}");
        fs::write(folder.path().join("004.txt"), "a line\n").unwrap();
        assert_eq!(texts(folder.path(), &ledger).unwrap().len(), 5);
    }
}
