//! The files of `conformance`: the rows that follow from the table, of which some
//! have a check already, and the operation's way of travelling.

use std::fmt::Write as _;

use super::operation::Operation;
use super::table::{Field, Kind, Place};

/// The file of requirements. A row without a check is one that somebody has to
/// write: the harness names it until it is held.
pub(super) fn requirements(operation: &Operation) -> String {
    let (provider, name) = (operation.provider.name, &operation.name);
    let id = &operation.prefix;
    let title = operation.title.as_str();
    let mut text = format!(
        "# Made from a table of fields. The address of the page goes here, and what else it states \
         into rows below.\ndocument = \"{provider}-{name}\"\ntitle = \"{title}\"\nsource = \
         \"reference\"\noperation = \"{name}\"\n\n[[place]]\nat = \"{method}\"\nbinds = \"client \
         sandbox\"\nrows = [\n  [\"{id}-OP-endpoint\", \"endpoint\", \"{method} to {path}.\"],\n]\n",
        method = operation.method.word(),
        path = operation.path,
    );
    for field in &operation.fields {
        text.push_str(&place(operation, field));
    }
    let _ = write!(
        text,
        "\n[[place]]\nat = \"Reply\"\nbinds = \"reply sandbox\"\nrows = [\n  [\"{id}-REPLY-success\", \
         \"example\", \"What a success is answered with.\"],\n  [\"{id}-REPLY-error\", \"error\", \
         \"What a failure is answered with.\"],\n]\n"
    );
    text
}

/// The rows of one field.
fn place(operation: &Operation, field: &Field) -> String {
    let name = &field.name;
    let id = format!("{}-{}-{name}", operation.prefix, section(operation, field));
    let wire = match operation.place(field) {
        Place::Form | Place::Json => name.clone(),
        Place::Query => format!("query:{name}"),
        Place::Path => format!("path:{name}"),
    };
    let (row, what, check) = match field.is_required {
        true => ("required", "must be given", given(operation, field)),
        false => (
            "optional",
            "may be left out",
            "absent when not set".to_owned(),
        ),
    };
    let mut rows = vec![format!(
        "[\"{id}-{row}\", \"required\", \"{name} {what}.\", \"{check}\"]"
    )];
    let valid = field.valid();
    let kind = match field.kind {
        Kind::Number => "a number",
        _ => "text",
    };
    rows.push(format!(
        "[\"{id}-type\", \"type\", \"{name} is {kind}.\", \"takes {}\"]",
        quoted(field, &valid)
    ));
    for phrase in field.phrases() {
        let word = phrase.split([' ', ',']).next().unwrap_or_default();
        let kind = match word {
            "length" => "length",
            "number" => "range",
            "email" | "date" => "format",
            _ => "characters",
        };
        rows.push(format!(
            "[\"{id}-{kind}\", \"{kind}\", \"{name}: {phrase}.\", \"{phrase}\"]"
        ));
    }
    if let Some(values) = field.values() {
        let values = values.join(" ");
        rows.push(format!(
            "[\"{id}-closed\", \"allowed\", \"{name} is one of {values}.\", \"one of {values}\"]"
        ));
    }
    if !field.sample.is_empty() {
        let breaks = match field.breaks_length() {
            true => " breaks length",
            false => "",
        };
        let sample = quoted(field, &field.sample);
        rows.push(format!(
            "[\"{id}-sample\", \"example\", \"The document's own value.\",\n    \"sample \
             {sample}{breaks}\"]"
        ));
    }
    rows.push(format!(
        "[\"{id}-meaning\", \"meaning\", \"What {name} stands for.\"]"
    ));
    let rows: Vec<_> = rows.iter().map(|row| format!("  {row},\n")).collect();
    format!(
        "\n[[place]]\nat = \"{}, {name}\"\nfield = \"{wire}\"\nbinds = \"request sandbox\"\nrows = \
         [\n{}]\n",
        section_title(operation, field),
        rows.concat()
    )
}

/// The check that a field has to be given.
fn given(operation: &Operation, field: &Field) -> String {
    let is_text = field.kind != Kind::Number;
    let breaks_length = is_text && field.length().is_some_and(|(least, _)| least > 1);
    match operation.place(field) {
        // An empty part of a path is another path.
        Place::Path if is_text => "model: refuses required ''".to_owned(),
        Place::Path => format!("takes {}", field.valid()),
        _ if breaks_length => "refuses required+length ''".to_owned(),
        _ => "required".to_owned(),
    }
}

/// A value as a check writes it.
fn quoted(field: &Field, value: &str) -> String {
    match field.kind {
        Kind::Number => value.to_owned(),
        _ => format!("'{value}'"),
    }
}

fn section(operation: &Operation, field: &Field) -> &'static str {
    match operation.place(field) {
        Place::Form | Place::Json => "BODY",
        Place::Query => "QUERY",
        Place::Path => "PATH",
    }
}

/// The name of a field's part of the document, as the model's rows have it.
fn section_title(operation: &Operation, field: &Field) -> &'static str {
    match operation.place(field) {
        Place::Form | Place::Json => "Body",
        Place::Query => "Query Parameters",
        Place::Path => "Path Parameters",
    }
}

/// The way in which the operation travels, for the generator of the cases.
pub(super) fn travels(operation: &Operation) -> String {
    let auth = operation.provider.auth;
    let names = |place| {
        let names = operation.names_in(place);
        let names: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
        names.join(", ")
    };
    let mut text = format!("path = \"{}\"\nauth = \"{auth}\"\n", operation.path);
    let usual = match operation.names_in(Place::Form).is_empty() {
        true => "GET",
        false => "POST",
    };
    if operation.method.word() != usual {
        let _ = writeln!(text, "method = \"{}\"", operation.method.word());
    }
    for (key, place) in [
        ("form", Place::Form),
        ("json", Place::Json),
        ("query", Place::Query),
    ] {
        let names = names(place);
        let is_told =
            key == "query" && usual == "GET" && operation.names_in(Place::Json).is_empty();
        if !names.is_empty() || is_told {
            let _ = writeln!(text, "{key} = [{names}]");
        }
    }
    text.push_str("\n[valid]\n");
    for (field, value) in operation.valid() {
        let _ = match field.kind {
            Kind::Number => writeln!(text, "{} = {value}", field.name),
            _ => writeln!(text, "{} = \"{value}\"", field.name),
        };
    }
    text
}
