//! The files of `cards-model`: the table of fields, and a test.

use std::fmt::Write as _;

use super::operation::{Method, Operation, camel};
use super::table::{Field, Kind, Place, Rule};

/// The most fields that a constructor takes: Clippy's own measure is not far.
const MOST_GIVEN: usize = 6;

/// The file of the request.
pub(super) fn file(operation: &Operation) -> String {
    let mut text = format!(
        "//! `{} {}`\n//!\n//! {}.\n\n",
        operation.method.word(),
        operation.path,
        operation.title,
    );
    text.push_str(&uses(operation));
    let _ = write!(
        text,
        "\ncrate::request! {{\n    operation: Operation::new(\n        ProviderId::{},\n        \
         \"{}\",\n        Method::{},\n        \"{}\",\n        Effect::{},\n        \"{}\",\n    \
         ),\n    body: {},\n",
        operation.provider.name.to_uppercase(),
        operation.name,
        operation.method.variant(),
        operation.path,
        effect(operation),
        operation.title,
        body(operation),
    );
    let _ = write!(
        text,
        "    /// {}.\n    pub struct {} {{\n",
        operation.title,
        operation.type_name()
    );
    for field in &operation.fields {
        text.push_str(&row(operation, field));
    }
    text.push_str("    }\n");
    text.push_str(&constructor(operation));
    text.push_str("}\n");
    for field in &operation.fields {
        text.push_str(&listed(operation, field));
    }
    text
}

fn effect(operation: &Operation) -> &'static str {
    match operation.method {
        Method::Get => "Read",
        _ => "Mutation",
    }
}

fn uses(operation: &Operation) -> String {
    let has = |kind: &Kind| operation.fields.iter().any(|field| field.kind == *kind);
    let has_rules = operation
        .fields
        .iter()
        .flat_map(|field| attributes(operation, field))
        .any(|attribute| attribute.contains("rule::"));
    let mut uses = String::new();
    if operation
        .fields
        .iter()
        .any(|field| field.values().is_some())
    {
        uses.push_str("use crate::open_enum::open_enum;\n");
    }
    uses.push_str("use crate::operation::Operation;\n");
    uses.push_str("use crate::provider::{Effect, Method, ProviderId};\n");
    if has_rules {
        uses.push_str("use crate::rule;\n");
    }
    match (has(&Kind::Personal), has(&Kind::Secret)) {
        (true, true) => uses.push_str("use crate::sensitive::{Personal, Secret};\n"),
        (true, false) => uses.push_str("use crate::sensitive::Personal;\n"),
        (false, true) => uses.push_str("use crate::sensitive::Secret;\n"),
        (false, false) => {}
    }
    uses
}

fn body(operation: &Operation) -> String {
    let form = operation.names_in(Place::Form);
    if !form.is_empty() {
        // Signed in the order of the example, which is taken to be the table's.
        let names: Vec<_> = form.iter().map(|name| format!("\"{name}\"")).collect();
        let line = format!("form in [{}]", names.join(", "));
        return match line.len() > 80 {
            false => line,
            true => wrapped(&names),
        };
    }
    match operation.names_in(Place::Json).is_empty() {
        true => "none".to_owned(),
        false => "json".to_owned(),
    }
}

/// A form's names on several lines.
fn wrapped(names: &[String]) -> String {
    let mut lines = vec![String::new()];
    for name in names {
        let last = lines.len() - 1;
        match lines[last].len() + name.len() > 88 {
            true => lines.push(format!(" {name},")),
            false => lines[last].push_str(&format!(" {name},")),
        }
    }
    let lines: Vec<_> = lines
        .iter()
        .map(|line| format!("       {line}\n"))
        .collect();
    format!("form in [\n{}    ]", lines.concat())
}

fn row(operation: &Operation, field: &Field) -> String {
    let mut text = String::new();
    let about = match field.about.as_str() {
        "" => camel(&field.name),
        about => about.trim_end_matches('.').to_owned(),
    };
    let _ = writeln!(text, "        /// {about}.");
    if is_asked_for(operation, field) {
        text.push_str("        #[serde(default)]\n");
    }
    let attributes = attributes(operation, field);
    let one_line = format!("        #[validate({})]", attributes.join(", "));
    let _ = match attributes.is_empty() {
        true => Ok(()),
        false if one_line.len() <= 100 => writeln!(text, "{one_line}"),
        false => writeln!(
            text,
            "        #[validate(\n            {},\n        )]",
            attributes.join(",\n            ")
        ),
    };
    let place = match operation.place(field) {
        Place::Form | Place::Json => "Body",
        Place::Query => "Query Parameters",
        Place::Path => "Path Parameters",
    };
    let sample = match field.sample.as_str() {
        "" => String::new(),
        sample => format!(" sampled \"{sample}\""),
    };
    let name = &field.name;
    let mark = match operation.place(field) == Place::Query && body(operation) != "none" {
        true => " of query",
        false => "",
    };
    let left = format!("        \"{name}\" in \"{place}, {name}\"{sample}{mark}");
    let right = format!("=> pub {}: {},", field.rust(), type_of(operation, field));
    let _ = match left.len() + right.len() < 100 {
        true => writeln!(text, "{left} {right}"),
        false => writeln!(text, "{left}\n            {right}"),
    };
    text
}

/// The type of a value that is there.
fn plain_type(operation: &Operation, field: &Field) -> String {
    match field.kind {
        Kind::Text => "String".to_owned(),
        Kind::Personal => "Personal".to_owned(),
        Kind::Secret => "Secret".to_owned(),
        Kind::Number => "i64".to_owned(),
        Kind::OneOf(_) => operation.enum_name(field),
    }
}

fn type_of(operation: &Operation, field: &Field) -> String {
    let plain = plain_type(operation, field);
    match field.is_required && !is_asked_for(operation, field) {
        true => plain,
        false => format!("Option<{plain}>"),
    }
}

/// Tells whether it is a number that has to be given by a rule, as its type would have one where
/// none is.
fn is_asked_for(operation: &Operation, field: &Field) -> bool {
    let is_number = field.kind == Kind::Number && operation.place(field) != Place::Path;
    is_number && field.is_required
}

/// The arguments of the field's `validate`.
fn attributes(operation: &Operation, field: &Field) -> Vec<String> {
    let mut all = Vec::new();
    let is_text = field.kind != Kind::Number;
    for rule in &field.rules {
        all.push(match rule {
            Rule::Length(least, most) if *least <= 1 && field.is_required => {
                format!("length(max = {most})")
            }
            Rule::Length(least, most) => format!("length(min = {least}, max = {most})"),
            Rule::Range(least, Some(most)) => format!("range(min = {least}, max = {most})"),
            Rule::Range(least, None) => format!("range(min = {least})"),
            Rule::Phrase(_, function) => format!("custom(function = rule::{function})"),
        });
    }
    if is_asked_for(operation, field) {
        all.insert(0, "required".to_owned());
    }
    if field.is_required && is_text {
        let after_lengths = usize::from(field.length().is_some());
        all.insert(
            after_lengths,
            "custom(function = rule::required)".to_owned(),
        );
    }
    if is_text && operation.place(field) == Place::Path {
        all.push("custom(function = rule::path_segment)".to_owned());
    }
    if field.values().is_some() {
        all.push("custom(function = rule::listed)".to_owned());
    }
    all
}

fn constructor(operation: &Operation) -> String {
    let required = operation.fields.iter().filter(|field| field.is_required);
    let given: Vec<_> = required
        .map(|field| format!("{}: {}", field.rust(), plain_type(operation, field)))
        .collect();
    match given.len() > MOST_GIVEN {
        // Whoever gives so many names them: the struct itself does that.
        true => String::new(),
        false => format!(
            "    /// A call with what it needs, and nothing else yet.\n    fn new({});\n",
            given.join(", ")
        ),
    }
}

/// The enum of a field's listed values.
fn listed(operation: &Operation, field: &Field) -> String {
    let Some(values) = field.values() else {
        return String::new();
    };
    let name = operation.enum_name(field);
    let mut text = format!(
        "\nopen_enum! {{\n    /// The values of `{}`.\n    pub enum {name} {{\n",
        field.name
    );
    for value in values {
        let variant = match value.chars().any(|c| c.is_ascii_lowercase()) {
            true => camel(value),
            false => camel(&value.to_lowercase()),
        };
        let _ = write!(
            text,
            "        /// `{value}`.\n        {variant} = \"{value}\",\n"
        );
    }
    text.push_str("    }\n}\n");
    text
}

/// The test beside it: that a valid request keeps every rule.
pub(super) fn test(operation: &Operation) -> String {
    include_str!("templates/model_test.rs.txt")
        .replace("@PROVIDER@", operation.provider.name)
        .replace("@NAME@", &operation.name)
        .replace("@TYPE@", &operation.type_name())
        .replace("@VALID@", &operation.valid_json(None))
}
