//! The fields of texts that a derived `Debug` shows, in the sources of every crate.
//!
//! Whoever adds one has to think of what its values can tell: a type that hides them, a `Debug`
//! of its own, or a line of `shown.txt`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use conformance::trust::Report;

use crate::replies::is_known;

/// The fields that are known, each with its crate, file and type.
const SHOWN: &str = include_str!("shown.txt");

/// Types of fields that hold whatever they are given.
#[rustfmt::skip]
const TEXTS: [&str; 16] = [
    "String", "str", "Cow", "OsString", "OsStr", "PathBuf", "Path", "Bytes", "RawValue", "Value",
    "Map", "HeaderMap", "HeaderValue", "Uri", "Url", "Authority",
];

#[test]
fn every_text_that_a_derived_debug_shows_is_known() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut shown = BTreeSet::new();
    for package in fs::read_dir(root.join("crates")).unwrap() {
        let package = package.unwrap().path();
        if package.join("Cargo.toml").is_file() {
            sources(&package.join("src"), &mut |path, source| {
                let file = path.strip_prefix(root.join("crates")).unwrap();
                let file = file.to_str().unwrap().replacen("/src/", " ", 1);
                let provider = file.split([' ', '/']).nth(1).unwrap_or_default();
                let fields = texts(source).into_iter();
                let is_model = file.starts_with("cards-model ");
                let fields = fields.filter(|field| !(is_model && is_known(provider, field)));
                shown.extend(fields.map(|field| format!("{file} {field}")));
            });
        }
    }
    let known: BTreeSet<_> = SHOWN.lines().map(str::to_owned).collect();
    let mut report = Report::new("canary-types");
    report.tried(shown.len() as u64);
    for field in shown.difference(&known) {
        report.failed(format!("{field} is shown by Debug, and not known"));
    }
    for field in known.difference(&shown) {
        report.failed(format!("{field} is known, and not shown any more"));
    }
    report.end();
}

/// Visits every source below a folder that is no test.
fn sources(folder: &Path, visit: &mut impl FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && stem != "tests" {
            sources(&path, visit);
        } else if path.extension().is_some_and(|it| it == "rs") && !stem.ends_with("tests") {
            visit(&path, &fs::read_to_string(&path).unwrap());
        }
    }
}

/// The fields of texts of the types in a source that derive `Debug`: `Type.field`.
fn texts(source: &str) -> Vec<String> {
    let source = source.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
    let code = |line: &&str| !line.trim_start().starts_with("//");
    let source: Vec<_> = source.lines().filter(code).collect();
    let source = source.join("\n");
    let mut all = Vec::new();
    for derived in source.split("#[derive(").skip(1) {
        let (traits, rest) = derived.split_once(")]").unwrap();
        if !traits.split(',').any(|one| one.trim() == "Debug") {
            continue;
        }
        let item = after_attributes(rest);
        // Before it stands how far it is seen, which has parentheses too.
        let starts =
            ["struct", "enum"].map(|keyword| Some((item.find(&format!("{keyword} "))?, keyword)));
        let Some((start, keyword)) = starts.into_iter().flatten().min() else {
            continue;
        };
        let item = &item[start + keyword.len() + 1..];
        let name: String = item.chars().take_while(|c| is_word(*c)).collect();
        let fields = parts(within(item)).into_iter();
        // A variant's name alone is no type.
        let fields = fields.filter(|field| keyword == "struct" || field.contains(['(', '{']));
        let fields = fields.filter(|field| holds_text(field));
        all.extend(fields.map(|field| format!("{name}.{}", called(field, keyword))));
    }
    all
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Skips the attributes before an item or a field.
fn after_attributes(text: &str) -> &str {
    let mut rest = text.trim_start();
    while let Some(attribute) = rest.strip_prefix("#[") {
        let mut depth = 1;
        let end = attribute.find(|c| {
            depth += match c {
                '[' => 1,
                ']' => -1,
                _ => 0,
            };
            depth == 0
        });
        rest = attribute[end.unwrap() + 1..].trim_start();
    }
    rest
}

/// Cuts out the text within the first braces, or parentheses before them, of an item.
fn within(item: &str) -> &str {
    let Some(start) = item.find(['{', '(', ';']) else {
        return "";
    };
    let mut depth = 0;
    let end = item[start..].find(|c| {
        depth += match c {
            '{' | '(' => 1,
            '}' | ')' => -1,
            _ => 0,
        };
        depth == 0
    });
    let end = end.unwrap_or_default();
    item.get(start + 1..start + end).unwrap_or_default()
}

/// The fields or variants of a body.
fn parts(body: &str) -> Vec<&str> {
    let mut depth = 0;
    let mut before = ' ';
    let parts = body.split(|c| {
        match c {
            '{' | '(' | '[' | '<' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            '>' if before != '-' => depth -= 1,
            _ => {}
        }
        before = c;
        c == ',' && depth == 0
    });
    parts
        .map(after_attributes)
        .filter(|part| !part.is_empty())
        .collect()
}

/// Tells whether a field may hold a text that is no part of the program.
fn holds_text(field: &str) -> bool {
    let own = field
        .replace("&'static [&'static str]", "")
        .replace("&'static str", "");
    let (_, types) = own.split_once([':', '(', '{']).unwrap_or(("", &own));
    let mut words = types.split(|c| !is_word(c));
    let is_bytes = types.contains("Vec<u8>") || types.contains("[u8");
    is_bytes || words.any(|word| TEXTS.contains(&word))
}

/// The name of a field or variant.
fn called<'a>(field: &'a str, keyword: &str) -> &'a str {
    let end = match keyword {
        "struct" => field.find(':').unwrap_or(0),
        _ => field.find(|c| !is_word(c)).unwrap_or(field.len()),
    };
    field[..end].split_whitespace().last().unwrap_or("0")
}

#[test]
fn a_text_is_found_in_every_kind_of_item() {
    let source = r#"
/// Words.
#[derive(Clone, Debug)]
#[serde(rename_all = "x", bound(a[0]))]
pub struct Named<'a> {
    /// Words: String.
    #[serde(default, with = "a,b")]
    pub plain: Option<Cow<'a, str>>,
    count: u32,
    said: &'static str,
    pub(crate) map: BTreeMap<String, u32>,
}
#[derive(Debug)]
struct Tuple(u32, String);
#[derive(Clone)]
struct Silent { text: String }
#[derive(Debug)]
pub(crate) struct Inner {
    pub(super) text: String,
}
#[derive(Debug)]
pub(in crate::a) struct Deep(Vec<String>);
#[derive(Debug)]
pub(super) enum Other { One(Uri) }
#[derive(Debug)]
enum Several { One, Path, Two(String), Three { a: u8, b: Vec<u8> }, Four(&'static str), Five(u8) }
"#;
    let expected = [
        "Named.plain",
        "Named.map",
        "Tuple.0",
        "Inner.text",
        "Deep.0",
        "Other.One",
        "Several.Two",
        "Several.Three",
    ];
    assert_eq!(texts(source), expected);
}
