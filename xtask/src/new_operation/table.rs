//! The table of fields that a new operation is made from, as its document has it:
//! a line for each field, its cells separated by tabs, under a line of headings.

use std::fmt;

/// A field of the operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// The name on the wire.
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) is_required: bool,
    /// The part of the request that it travels in. `None`: the provider's usual.
    pub(super) place: Option<Place>,
    pub(super) rules: Vec<Rule>,
    /// The value that the document's example sends; empty for none.
    pub(super) sample: String,
    /// A few words on what it is.
    pub(super) about: String,
}

/// The kind of value that a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Personal,
    Secret,
    Number,
    OneOf(Vec<String>),
}

/// The part of a request that a field travels in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Form,
    Query,
    Path,
    Json,
}

/// A rule of a field, in the words of the checks in `conformance/requirements`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    Length(u64, u64),
    Range(u64, Option<u64>),
    /// A phrase, with the function of `rule.rs` that checks it.
    Phrase(&'static str, &'static str),
}

/// The phrases, each with its function of `rule.rs`.
const PHRASES: [(&str, &str); 6] = [
    ("letters", "letters"),
    ("letters and spaces", "letters_and_spaces"),
    ("letters, digits and spaces", "alphanumeric_and_spaces"),
    ("digits", "digits"),
    ("email", "email"),
    ("date", "calendar_date"),
];

/// The headings, of which the first three have to be there.
const HEADINGS: [&str; 7] = [
    "name", "type", "required", "place", "rules", "sample", "about",
];

/// Tells what is wrong with a table, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TableError {
    line: usize,
    column: usize,
    what: String,
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.what
        )
    }
}

/// A cell and where it stands; lines and columns count from 1, columns in characters.
#[derive(Clone, Copy)]
struct Cell<'a> {
    line: usize,
    column: usize,
    text: &'a str,
}

impl Cell<'_> {
    fn wrong(self, what: impl Into<String>) -> TableError {
        TableError {
            line: self.line,
            column: self.column,
            what: what.into(),
        }
    }
}

/// Reads a table. Empty lines, and lines that begin with `#`, are passed over.
pub(super) fn read(text: &str) -> Result<Vec<Field>, TableError> {
    let mut lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|(index, line)| cells(index + 1, line));
    let Some(head) = lines.next() else {
        let what = "there is no table: its first line holds the headings, of which name, type and \
                    required have to be there";
        return Err(TableError {
            line: 1,
            column: 1,
            what: what.to_owned(),
        });
    };
    let headings = headings(&head)?;
    let mut fields: Vec<Field> = Vec::new();
    for row in lines {
        let field = field(&headings, &row)?;
        if fields.iter().any(|other| other.name == field.name) {
            return Err(row[0].wrong(format!("the field {} is there twice", field.name)));
        }
        fields.push(field);
    }
    match fields.is_empty() {
        true => Err(head[0].wrong("the table has headings and no field")),
        false => Ok(fields),
    }
}

fn cells(line: usize, text: &str) -> Vec<Cell<'_>> {
    let mut column = 1;
    let mut cells = Vec::new();
    for part in text.split('\t') {
        cells.push(Cell {
            line,
            column,
            text: part.trim(),
        });
        column += part.chars().count() + 1;
    }
    cells
}

fn headings<'a>(head: &[Cell<'a>]) -> Result<Vec<&'a str>, TableError> {
    for (at, cell) in head.iter().enumerate() {
        if !HEADINGS.contains(&cell.text) {
            let known = HEADINGS.join(", ");
            let what = format!("{:?} is no heading; those are {known}", cell.text);
            return Err(cell.wrong(what));
        }
        if head[..at].iter().any(|other| other.text == cell.text) {
            return Err(cell.wrong(format!("the heading {} is there twice", cell.text)));
        }
    }
    for wanted in &HEADINGS[..3] {
        if !head.iter().any(|cell| cell.text == *wanted) {
            let what = format!("there is no heading {wanted} (headings are separated by tabs)");
            return Err(head[0].wrong(what));
        }
    }
    Ok(head.iter().map(|cell| cell.text).collect())
}

fn field(headings: &[&str], row: &[Cell<'_>]) -> Result<Field, TableError> {
    let first = row[0];
    if let Some(extra) = row.get(headings.len()) {
        let what = format!("{:?} stands under no heading", extra.text);
        return Err(extra.wrong(what));
    }
    let cell = |heading: &str| {
        let at = headings.iter().position(|other| *other == heading)?;
        row.get(at).copied().filter(|cell| !cell.text.is_empty())
    };
    let given = |heading: &str| {
        cell(heading).ok_or_else(|| first.wrong(format!("the cell under {heading} is empty")))
    };
    let name = given("name")?;
    check_name(name)?;
    let kind = kind(given("type")?)?;
    let required = given("required")?;
    let is_required = match required.text {
        "yes" => true,
        "no" => false,
        other => return Err(required.wrong(format!("{other:?} is neither yes nor no"))),
    };
    let rules = cell("rules").map(|cell| rules(cell, &kind)).transpose()?;
    let text = |heading: &str| cell(heading).map_or("", |cell| cell.text).to_owned();
    let field = Field {
        name: name.text.to_owned(),
        is_required,
        place: cell("place").map(place).transpose()?,
        rules: rules.unwrap_or_default(),
        sample: text("sample"),
        about: text("about"),
        kind,
    };
    match cell("sample") {
        Some(sample) if sample.text.contains(['"', '\\', '\'']) => {
            Err(sample.wrong("a sample holds no quotes and no backslash: write it by hand"))
        }
        _ => Ok(field),
    }
}

fn check_name(cell: Cell<'_>) -> Result<(), TableError> {
    if cell.text.contains('.') {
        let what = "fields within an object are written by hand, with `object!`: take them out";
        return Err(cell.wrong(what));
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let begins = cell.text.starts_with(|c: char| c.is_ascii_alphabetic());
    match begins && cell.text.chars().all(is_part) {
        true => Ok(()),
        false => {
            let what = format!(
                "{:?} is no name: letters, digits and underscores",
                cell.text
            );
            Err(cell.wrong(what))
        }
    }
}

fn kind(cell: Cell<'_>) -> Result<Kind, TableError> {
    Ok(match cell.text {
        "text" => Kind::Text,
        "personal" => Kind::Personal,
        "secret" => Kind::Secret,
        "number" => Kind::Number,
        other => match other.strip_prefix("one of ") {
            Some(values) => one_of(cell, values)?,
            None => {
                let known = "text, personal, secret, number, or `one of` and the values";
                return Err(cell.wrong(format!("{other:?} is no type; those are {known}")));
            }
        },
    })
}

fn one_of(cell: Cell<'_>, values: &str) -> Result<Kind, TableError> {
    let values: Vec<_> = values.split_whitespace().map(str::to_owned).collect();
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let odd = values.iter().find(|value| {
        !value.starts_with(|c: char| c.is_ascii_alphabetic()) || !value.chars().all(is_part)
    });
    match odd {
        Some(odd) => {
            let what = format!("the value {odd:?} is no word: write this field by hand");
            Err(cell.wrong(what))
        }
        None if values.len() < 2 => Err(cell.wrong("`one of` has two values or more")),
        None => Ok(Kind::OneOf(values)),
    }
}

fn place(cell: Cell<'_>) -> Result<Place, TableError> {
    Ok(match cell.text {
        "form" => Place::Form,
        "query" => Place::Query,
        "path" => Place::Path,
        "json" => Place::Json,
        other => {
            let what = format!("{other:?} is no place; those are form, query, path and json");
            return Err(cell.wrong(what));
        }
    })
}

fn rules(cell: Cell<'_>, kind: &Kind) -> Result<Vec<Rule>, TableError> {
    let rule = |phrase: &str| {
        let rule = rule(phrase.trim()).ok_or_else(|| {
            let known: Vec<_> = PHRASES.iter().map(|(phrase, _)| *phrase).collect();
            let known = known.join("; ");
            cell.wrong(format!(
                "{:?} is no rule; those are length A..B; number A..B; {known}; with semicolons \
                 between",
                phrase.trim()
            ))
        })?;
        let fits = match (&rule, kind) {
            (_, Kind::OneOf(_)) => false,
            (Rule::Range(..), kind) => *kind == Kind::Number,
            (_, kind) => *kind != Kind::Number,
        };
        match fits {
            true => Ok(rule),
            false => Err(cell.wrong(format!("{:?} is no rule for this type", phrase.trim()))),
        }
    };
    cell.text.split(';').map(rule).collect()
}

fn rule(phrase: &str) -> Option<Rule> {
    if let Some(bounds) = phrase.strip_prefix("length ") {
        let (least, most) = bounds.split_once("..")?;
        let (least, most) = (least.parse().ok()?, most.parse().ok()?);
        return (least <= most && most > 0).then_some(Rule::Length(least, most));
    }
    if let Some(bounds) = phrase.strip_prefix("number ") {
        let (least, most) = bounds.split_once("..")?;
        let least = least.parse().ok()?;
        let most = (!most.is_empty()).then(|| most.parse()).transpose().ok()?;
        let is_range = most.is_none_or(|most: u64| least <= most);
        return is_range.then_some(Rule::Range(least, most));
    }
    let (phrase, function) = PHRASES.iter().find(|(known, _)| *known == phrase)?;
    Some(Rule::Phrase(phrase, function))
}
