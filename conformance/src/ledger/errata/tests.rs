//! Files of errata, read from their text.

use super::*;

fn read(text: &str) -> Result<Vec<Erratum>, String> {
    let file: ErrataFile = toml::from_str(text).map_err(|error| error.to_string())?;
    file.into_errata()
}

const PLACES: &str = "[[\"Body\", \"text\"]]";

#[test]
fn a_row_is_one_of_two_kinds() {
    for kind in [Kind::Contradiction, Kind::Silence] {
        let word = kind.as_str();
        let text =
            format!("document = \"d\"\n[E-AU-01]\n{word} = {PLACES}\ndecision = \"Done.\"\n");
        let rows = read(&text).unwrap();
        assert_eq!((rows.len(), rows[0].kind), (1, kind));
        assert_eq!((&*rows[0].id, &*rows[0].document), ("E-AU-01", "d"));
    }
}

#[test]
fn what_a_file_may_not_hold_is_told_and_never_passed_over() {
    let row =
        |id: &str, keys: &str| format!("document = \"d\"\n[{id}]\n{keys}\ndecision = \"Done.\"\n");
    let silence = format!("silence = {PLACES}");
    let both = format!("{silence}\ncontradiction = {PLACES}");
    let cases = [
        (
            row("E-AU-01", &both),
            "E-AU-01: has a contradiction and a silence",
        ),
        (row("E-AU-01", ""), "E-AU-01: has neither"),
        (
            row("E-AU-01", "silence = []"),
            "E-AU-01: its silence names no place",
        ),
        (
            row("E-AU-01", &format!("{silence}\nsettings = \"x\"")),
            "unknown field `settings`",
        ),
        (row("E-AU", &silence), "`E-AU` is neither"),
        (row("E-AU-1", &silence), "`E-AU-1` is neither"),
        (row("E-AU-x1", &silence), "`E-AU-x1` is neither"),
        (row("notes", &silence), "`notes` is neither"),
        (
            format!("title = \"D\"\n{}", row("E-AU-01", &silence)),
            "`title` is neither",
        ),
        (
            format!("[E-AU-01]\n{silence}\ndecision = \"Done.\"\n"),
            "missing field `document`",
        ),
        (
            "document = \"d\"\nE-AU-01 = \"text\"\n".to_owned(),
            "invalid type",
        ),
    ];
    for (text, why) in cases {
        match read(&text) {
            Err(error) => assert!(error.contains(why), "{text}\n{error}"),
            Ok(_) => panic!("taken: {text}"),
        }
    }
}
