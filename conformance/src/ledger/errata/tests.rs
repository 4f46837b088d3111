//! Files of errata, read from their text.

use super::*;

fn read(text: &str) -> Result<Vec<Erratum>, String> {
    let file: ErrataFile = toml::from_str(text).map_err(|error| error.to_string())?;
    file.into_errata(&BTreeMap::from([("004".parse().unwrap(), "d")]))
}

const PLACES: &str = "[[\"Body\", \"text\", \"004:38 some words\"]]";

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

#[test]
fn each_place_of_a_document_has_a_quote_and_no_other_has() {
    let of = |document: &str, place: &str| {
        let head = format!("document = \"{document}\"\n[E-AU-01]\n");
        read(&format!(
            "{head}silence = [{place}]\ndecision = \"Done.\"\n"
        ))
    };
    let bare = r#"["Body", "text"]"#;
    let quoted = r#"["Body", "text", "004:38 one", "004:39 two"]"#;
    let says = of("d", quoted).unwrap().remove(0).says;
    let told: Vec<_> = says[0].quotes.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["004:38 one", "004:39 two"]);
    for document in ["d", "across"] {
        assert!(of(document, quoted).is_ok());
        let error = of(document, bare).err().unwrap();
        assert_eq!(error, "E-AU-01: \"Body\" lacks a quote");
        // The second place of a row counts as the first does.
        let error = of(document, &format!("{quoted}, {bare}")).err().unwrap();
        assert!(error.ends_with("lacks a quote"), "{error}");
    }
    // A page that is not among the documents has none, but what it says of them may.
    assert!(of("other", bare).is_ok() && of("other", quoted).is_ok());
    for head in ["reference: ", "elsewhere: "] {
        assert!(of("d", &bare.replace("Body", &format!("{head}Body"))).is_ok());
        let error = of("d", &quoted.replace("Body", &format!("{head}Body")))
            .err()
            .unwrap();
        assert!(error.ends_with("and has a quote"), "{error}");
    }
    let cases = [
        (
            r#"["Body", "text", "005:38 one"]"#,
            "no document has the file 005",
        ),
        (r#"["Body", "text", "004:38"]"#, "FILE:LINE WORDS"),
        (r#"["Body"]"#, "lacks the place or what stands there"),
        (r#"["Body", "", "004:38 one"]"#, "may not be empty"),
        (r#"[" ", "text", "004:38 one"]"#, "may not be empty"),
    ];
    for (place, why) in cases {
        let error = of("d", place).err().unwrap();
        assert!(error.contains(why), "{place}: {error}");
    }
}
