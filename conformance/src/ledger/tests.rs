//! Files of requirements in a folder of their own, which goes away with its guard.

use super::*;

struct Folder(PathBuf);

impl Folder {
    /// One file of requirements; `head` stands before its rows.
    fn new(name: &str, head: &str) -> Self {
        let root = std::env::temp_dir().join(format!("ledger-{}-{name}", std::process::id()));
        for part in ["requirements", "errata", "cases"] {
            fs::create_dir_all(root.join(part)).unwrap();
        }
        let rows = "document = \"d\"\ntitle = \"D\"\noperation = \"o\"\n[[place]]\nat = \"P\"\n\
                    binds = \"request\"\nrows = [[\"R1\", \"type\", \"It is text.\"]]\n";
        fs::write(root.join("settings.toml"), "").unwrap();
        fs::write(root.join("requirements/d.toml"), format!("{head}{rows}")).unwrap();
        Self(root)
    }

    fn source(&self) -> Result<Source, String> {
        let ledger = read(&self.0).map_err(|error| error.to_string())?;
        assert_eq!(ledger.requirements().count(), 1);
        Ok(ledger.documents[0].source)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_file_says_where_its_statements_are_from() {
    let of = |name: &str, head: &str| Folder::new(name, head).source();
    let file = "file = \"004\"\n";
    assert_eq!(of("none", file), Ok(Source::Document));
    for source in Source::ALL {
        let file = if source == Source::Document { file } else { "" };
        let head = format!("{file}source = \"{}\"\n", source.as_str());
        assert_eq!(of(source.as_str(), &head), Ok(source));
    }
    for (name, head, why) in [
        ("no-file", "", "lacks its `file`"),
        (
            "a-file",
            "source = \"reference\"\nfile = \"004\"\n",
            "has no `file`",
        ),
    ] {
        let error = of(name, head).unwrap_err();
        assert!(error.contains(why), "{error}");
    }
    let error = of("other", "source = \"hearsay\"\n").unwrap_err();
    assert!(
        error.starts_with("conformance/requirements/d.toml: "),
        "{error}"
    );
    assert!(
        error.contains("hearsay") && error.contains("reference"),
        "{error}"
    );
}

#[test]
fn the_ledger_of_the_house_has_the_five_documents() {
    let ledger = read(Path::new(DIRECTORY)).unwrap();
    let documents = ledger.documents.iter();
    let documents = documents.filter(|document| document.source == Source::Document);
    assert_eq!(documents.count(), 5);
}

/// Each operation says of itself what the file with its rows says, but for one that
/// no page describes: its rows stand on the page of what it is inferred from.
#[test]
fn an_operation_is_known_from_where_its_rows_are_from() {
    use cards_model::Source as Known;

    let ledger = read(Path::new(DIRECTORY)).unwrap();
    for row in ledger.requirements().filter(|row| row.operation != "*") {
        let is_own = |operation: &&cards_model::Operation| operation.name == row.operation;
        let operation = cards_transport::operations().find(is_own).unwrap();
        let document = ledger
            .documents
            .iter()
            .find(|document| document.requirement.iter().any(|own| own.id == row.id));
        let is_document = document.unwrap().source == Source::Document;
        assert_eq!(
            operation.source == Known::Document,
            is_document,
            "{operation}: `known_from`, and the file with {}",
            row.id
        );
    }
}
