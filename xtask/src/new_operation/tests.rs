//! The texts that are written for a table; that they parse; and the tables that are refused.

use std::fs;

use super::operation::Operation;
use super::*;

const FIELDS: &str = "\
# As the page has it.
name\ttype\trequired\trules\tsample\tabout
entity_id\ttext\tyes\tlength 1..50\t91f5evhk72f56432ec678sdfes685h42sd2t21k430912508233b7r37562g2hps\tThe customer's id
kit_no\ttext\tyes

old_pin\tsecret\tyes\tlength 4..4; digits\t1234
kind\tone of SMS EMAIL\tno\t\tSMS
expiryDate\tpersonal\tno\tlength 4..4;digits
";

fn options(name: &str) -> Options {
    Options {
        provider: "airpay".to_owned(),
        name: name.to_owned(),
        fields: PathBuf::from("fields.tsv"),
        title: Some("Airpay Set PIN".to_owned()),
        method: None,
        path: None,
        prefix: Some("AZ".to_owned()),
        dry_run: true,
    }
}

fn operation(table: &str) -> Result<Operation, String> {
    plan::operation(&options("swap-pin"), table).map_err(|error| error.to_string())
}

/// A copy of the lists in a folder of its own.
fn lists() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let paths = plan::changes(&workspace(), &operation(FIELDS).unwrap()).unwrap();
    let lists = paths
        .iter()
        .filter(|change| matches!(change.place, Place::Lines(_)));
    for list in lists {
        let path = folder.path().join(&list.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(workspace().join(&list.path), path).unwrap();
    }
    folder
}

fn changes(root: &Path) -> Result<Vec<Change>, String> {
    let operation = operation(FIELDS)?;
    plan::changes(root, &operation).map_err(|error| error.to_string())
}

#[test]
fn every_file_is_written_as_its_neighbours_are() {
    let mut changes = changes(&workspace()).unwrap();
    changes.retain(|change| matches!(change.place, Place::New));
    let told = changes
        .iter()
        .map(|change| format!("== {}\n{}\n", change.path, change.text));
    insta::assert_snapshot!(told.collect::<String>());
}

/// A line goes where its neighbours are: first, between them, and last.
#[test]
fn a_line_finds_its_place_in_a_list() {
    let modules = "//! Head.\n\nmod b;\npub(crate) mod d;\n\npub use b::B;\npub use d::{D, E};\n";
    for (name, at) in [("a", 2), ("c", 3), ("e", 4)] {
        let text = lists::module(modules, name).unwrap();
        assert_eq!(text.lines().nth(at), Some(&*format!("mod {name};")));
        assert_eq!(text.lines().count(), modules.lines().count() + 1);
    }
    for (name, at) in [("a", 5), ("c", 6), ("e", 7)] {
        let text = lists::public_use(modules, name, &["X".to_owned()]).unwrap();
        assert_eq!(text.lines().nth(at), Some(&*format!("pub use {name}::X;")));
    }
    let names = ["B".to_owned()];
    let one = lists::import("use a::A;\n", "a", &names);
    assert_eq!(one.unwrap(), "use a::{A, B};\n");
    let several = lists::import("//! Head.\nuse a::{\n    A, C,\n};\n", "a", &names);
    assert_eq!(several.unwrap(), "//! Head.\nuse a::{A, B, C};\n");

    let list = "operations! {\n    One {\n        A;\n        Login;\n    }\n    Two {\n        Other;\n    }\n}\n";
    let text = lists::operation(list, "One", "B;").unwrap();
    assert!(
        text.contains("        A;\n        B;\n        Login;\n    }\n    Two"),
        "{text}"
    );
    let text = lists::operation(list, "Two", "B;").unwrap();
    assert!(
        text.contains("    Two {\n        B;\n        Other;\n"),
        "{text}"
    );

    let list = "const OPERATIONS: &[Served] = &[\n    served::<A>(),\n    served::<Login>(),\n];\n";
    let text = lists::served(list, "served::<B>()").unwrap();
    let rows = "&[served::<A>(), served::<B>(), served::<Login>()];";
    assert!(text.contains(rows), "{text}");

    let row = |name: &str| format!("    About {{\n        operation: \"{name}\",\n    }},\n");
    let list = format!("[\n{}{}{}];\n", row("a"), row("b"), row("other"));
    let text = lists::about(&list, &["a", "b", "login"], &row("c")).unwrap();
    let expected = format!(
        "[\n{}{}{}{}];\n",
        row("a"),
        row("b"),
        row("c"),
        row("other")
    );
    assert_eq!(text, expected);
    let list = "| `a-x.toml` | A |\n| `b-x.toml` | B |\n";
    let text = lists::document(list, "a", "| new |").unwrap();
    assert_eq!(text, "| `a-x.toml` | A |\n| new |\n| `b-x.toml` | B |\n");
}

#[test]
fn what_is_written_parses_and_is_within_bounds() {
    for (provider, path) in [
        ("airpay", None),
        ("paysafe", Some("/customers/{entity_id}/pin")),
        ("ibanera", Some("/api/v1/pin")),
    ] {
        let options = Options {
            provider: provider.to_owned(),
            path: path.map(str::to_owned),
            ..options("swap-pin")
        };
        let operation = plan::operation(&options, FIELDS).unwrap();
        parses(plan::changes(&workspace(), &operation).unwrap());
    }
}

fn parses(changes: Vec<Change>) {
    for Change { path, text, .. } in changes {
        if path.ends_with(".rs") {
            syn::parse_file(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
            let long = text.lines().find(|line| line.chars().count() > 100);
            // A sample may be as long as it is.
            assert!(
                long.is_none_or(|line| line.contains("sampled")),
                "{path}: {long:?}"
            );
        } else if path.ends_with(".toml") {
            toml::from_str::<toml::Table>(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        }
    }
}

#[test]
fn a_second_run_is_refused_and_so_is_a_name_that_is_taken() {
    let folder = lists();
    let root = folder.path();
    fs::create_dir_all(root.join("conformance/requirements")).unwrap();
    plan::write(root, &changes(root).unwrap()).unwrap();
    let error = changes(root).err().unwrap();
    assert_eq!(
        error,
        "the prefix AZ is that of other requirements; give another with --prefix"
    );
    fs::remove_file(root.join("conformance/requirements/airpay-swap-pin.toml")).unwrap();
    let error = changes(root).err().unwrap();
    let path = "crates/cards-model/src/airpay/swap_pin.rs";
    assert_eq!(
        error,
        format!("{path} is there already; it is another's, or left over")
    );
    for (name, told) in [
        (
            "register-user",
            "`operations!` has the operation register-user already",
        ),
        (
            "Set-Pin",
            "\"Set-Pin\" is no name: small letters and digits, in words with one hyphen between",
        ),
        (
            "set--pin",
            "\"set--pin\" is no name: small letters and digits, in words with one hyphen between",
        ),
        (
            "",
            "\"\" is no name: small letters and digits, in words with one hyphen between",
        ),
        (
            "1-pin",
            "\"1-pin\" is no name: small letters and digits, in words with one hyphen between",
        ),
    ] {
        let error = plan::operation(&options(name), FIELDS).err().unwrap();
        assert_eq!(error.to_string(), told);
    }
    let number = plan::operation(
        &options("swap-pin"),
        "name\ttype\trequired\nn\tnumber\tyes\n",
    );
    let told = "n is a number, and a form holds texts: make it text, with the rule digits";
    assert_eq!(number.err().unwrap().to_string(), told);
    let stranger = Options {
        provider: "stripe".to_owned(),
        ..options("swap-pin")
    };
    let error = plan::operation(&stranger, FIELDS).err().unwrap();
    assert!(
        error.to_string().starts_with("\"stripe\" is no provider"),
        "{error}"
    );
}

#[test]
fn a_list_that_looks_otherwise_is_told_and_nothing_is_written() {
    for (path, broken, why) in [
        (
            "crates/cards-model/src/airpay/mod.rs",
            "pub use ",
            "there is no line `pub use NAME::`",
        ),
        (
            "crates/cards-model/src/airpay/mod.rs",
            "mod ",
            "there is no line `mod NAME;`",
        ),
        (
            "crates/cards-model/tests/it/main.rs",
            "mod ",
            "there is no line `mod NAME;`",
        ),
        (
            "crates/cards-transport/src/operations.rs",
            "    Airpay {\n",
            "`operations!` has no block `Airpay {`",
        ),
        (
            "crates/cards-transport/src/operations.rs",
            "use cards_model::airpay::",
            "there is no line `use cards_model::airpay::`",
        ),
        (
            "crates/cards-cli/src/call/about.rs",
            "operation: ",
            "no row of the list is about an operation of this provider",
        ),
        (
            "conformance/requirements/README.md",
            "| `airpay-",
            "no row begins with | `airpay-",
        ),
    ] {
        let folder = lists();
        let list = folder.path().join(path);
        let text = fs::read_to_string(&list).unwrap();
        fs::write(&list, text.replace(broken, "// ")).unwrap();
        let error = changes(folder.path()).err().unwrap();
        let told = format!("{path}: {why}, so that a line would find no place; nothing is written");
        assert_eq!(error, told);
        let made = folder
            .path()
            .join("crates/cards-model/src/airpay/swap_pin.rs");
        assert!(!made.exists());
    }
}

#[test]
fn a_bad_table_is_told_by_line_and_column() {
    let head = "name\ttype\trequired\trules\n";
    for (table, told) in [
        (
            "",
            "line 1, column 1: there is no table: its first line holds the headings, of which name, type and required have to be there",
        ),
        (
            "name\ttype\n",
            "line 1, column 1: there is no heading required (headings are separated by tabs)",
        ),
        (
            "name\ttype\tneeded\n",
            "line 1, column 11: \"needed\" is no heading; those are name, type, required, place, rules, sample, about",
        ),
        (
            "name\ttype\trequired\tname\n",
            "line 1, column 20: the heading name is there twice",
        ),
        (
            head,
            "line 1, column 1: the table has headings and no field",
        ),
        (
            &format!("{head}a\ttext\n"),
            "line 2, column 1: the cell under required is empty",
        ),
        (
            &format!("{head}a\ttext\tmaybe\n"),
            "line 2, column 8: \"maybe\" is neither yes nor no",
        ),
        (
            &format!("{head}\n#\na\tblob\tyes\n"),
            "line 4, column 3: \"blob\" is no type; those are text, personal, secret, number, or `one of` and the values",
        ),
        (
            &format!("{head}é_é\ttext\tyes\n"),
            "line 2, column 1: \"é_é\" is no name: letters, digits and underscores",
        ),
        (
            &format!("{head}a.b\ttext\tyes\n"),
            "line 2, column 1: fields within an object are written by hand, with `object!`: take them out",
        ),
        (
            &format!("{head}a\ttext\tyes\na\ttext\tyes\n"),
            "line 3, column 1: the field a is there twice",
        ),
        (
            &format!("{head}a\ttext\tyes\tlength 9..1\n"),
            "line 2, column 12: \"length 9..1\" is no rule; those are length A..B; number A..B; letters; letters and spaces; letters, digits and spaces; digits; email; date; with semicolons between",
        ),
        (
            &format!("{head}a\ttext\tyes\tnumber 1..\n"),
            "line 2, column 12: \"number 1..\" is no rule for this type",
        ),
        (
            &format!("{head}a\tone of A\tyes\n"),
            "line 2, column 3: `one of` has two values or more",
        ),
        (
            &format!("{head}a\tone of A 1B\tyes\n"),
            "line 2, column 3: the value \"1B\" is no word: write this field by hand",
        ),
        (
            &format!("{head}a\ttext\tyes\t\tmore\n"),
            "line 2, column 13: \"more\" stands under no heading",
        ),
    ] {
        let error = operation(table).err();
        let told = format!("fields.tsv: {told}");
        assert_eq!(error.as_ref(), Some(&told), "{table}");
    }
}
