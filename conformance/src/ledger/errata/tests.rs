//! Files of errata, read from their text.

use super::super::settings;
use super::*;

fn read(text: &str) -> Result<Vec<Erratum>, String> {
    let file: ErrataFile = toml::from_str(text).map_err(|error| error.to_string())?;
    let settings = settings::read(SETTINGS).unwrap();
    file.into_errata(&BTreeMap::from([("004".parse().unwrap(), "d")]), &settings)
}

const SETTINGS: &str = "\
[\"Airpay::order\"]
of = \"client\"
about = \"orders\"
[\"Builder::clock\"]
of = \"sandbox\"
about = \"tells the time\"
";
const REST: &str = "decision = \"Done.\"\nbinds = \"both\"\nrisk = \"low\"\nask = \"Is it?\"";

const PLACES: &str = "[[\"Body\", \"text\", \"004:38 some words\"]]";

#[test]
fn a_row_is_one_of_two_kinds() {
    for kind in [Kind::Contradiction, Kind::Silence] {
        let word = kind.as_str();
        let text = format!("document = \"d\"\n[E-AU-01]\n{word} = {PLACES}\n{REST}\n");
        let rows = read(&text).unwrap();
        assert_eq!((rows.len(), rows[0].kind), (1, kind));
        assert_eq!((&*rows[0].id, &*rows[0].document), ("E-AU-01", "d"));
    }
}

#[test]
fn what_a_file_may_not_hold_is_told_and_never_passed_over() {
    let row = |id: &str, keys: &str| format!("document = \"d\"\n[{id}]\n{keys}\n{REST}\n");
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
            format!("[E-AU-01]\n{silence}\n{REST}\n"),
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
        read(&format!("{head}silence = [{place}]\n{REST}\n"))
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

#[test]
fn a_row_says_whom_it_binds_what_it_risks_what_to_ask_and_what_changes_it() {
    let of = |from: &str, to: &str| {
        let rest = REST.replace(from, to);
        let keys = format!("silence = {PLACES}\n{rest}\n");
        read(&format!("document = \"d\"\n[E-AU-01]\n{keys}"))
    };
    let row = of(
        "ask",
        "setting = [\"Airpay::order\", \"Builder::clock\"]\nask",
    )
    .unwrap()
    .remove(0);
    assert_eq!((row.binds, row.risk), (Party::Both, Risk::Low));
    assert_eq!((&*row.ask, row.setting.len()), ("Is it?", 2));
    let cases = [
        ("\"both\"", "\"request\"", "unknown variant `request`"),
        ("\"low\"", "\"medium\"", "unknown variant `medium`"),
        ("binds = \"both\"", "", "missing field `binds`"),
        ("risk = \"low\"", "", "missing field `risk`"),
        ("ask = \"Is it?\"", "", "missing field `ask`"),
        ("Is it?", "", "`ask` is not one question"),
        ("Is it?", "?", "`ask` is not one question"),
        ("Is it?", "It is.", "`ask` is not one question"),
        ("Is it?", "Is it? Or not?", "`ask` is not one question"),
        ("ask", "setting = \"Airpay::order\"\nask", "invalid type"),
        ("ask", "setting = [\"Order\"]\nask", "has no \"Order\""),
        (
            "ask",
            "setting = [\"Airpay::order\", \"Airpay::order\"]\nask",
            "names \"Airpay::order\" twice",
        ),
        (
            "binds = \"both\"",
            "setting = [\"Builder::clock\"]\nbinds = \"client\"",
            "binds the client, and \"Builder::clock\" is of the sandbox",
        ),
        (
            "binds = \"both\"",
            "setting = [\"Airpay::order\"]\nbinds = \"sandbox\"",
            "binds the sandbox, and \"Airpay::order\" is of the client",
        ),
    ];
    for (from, to, why) in cases {
        let error = of(from, to).err().unwrap();
        assert!(error.contains(why), "{to}: {error}");
    }
}

#[test]
fn a_setting_is_of_one_side() {
    assert_eq!(settings::read(SETTINGS).unwrap().len(), 2);
    let both = SETTINGS.replace("sandbox", "both");
    let error = settings::read(&both).err().unwrap();
    assert!(error.starts_with("Builder::clock: "), "{error}");
    let error = settings::read("[\"Airpay::order\"]\nof = \"client\"\nflag = []\n")
        .err()
        .unwrap();
    assert!(error.contains("unknown field `flag`"), "{error}");
}
