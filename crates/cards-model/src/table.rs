//! Makes the table of an operation's fields, and checks it, while the crate is
//! compiled.

use crate::constraint::Kind;
use crate::operation::{Body, Field, Operation, Place};
use crate::provider::Method;

#[cfg(test)]
mod tests;

/// The part of a request that a field travels in: the path where that has a
/// parameter of its name, or else the one given.
pub const fn place(path: &str, wire: &str, other: Place) -> Place {
    let mut rest = path.as_bytes();
    while let Some((name, after)) = next_parameter(rest) {
        if equal(name, wire.as_bytes()) {
            return Place::Path;
        }
        rest = after;
    }
    other
}

/// Counts the rows that fields have together with their own.
pub const fn rows(parts: &[(Field, &[Field])]) -> usize {
    let (mut count, mut at) = (0, 0);
    while at < parts.len() {
        count += 1 + parts[at].1.len();
        at += 1;
    }
    count
}

/// The rows of the fields themselves. There are `N`.
pub const fn own<const N: usize>(parts: &[(Field, &[Field])]) -> [Field; N] {
    let mut own = [parts[0].0; N];
    let mut at = 0;
    while at < parts.len() {
        own[at] = parts[at].0;
        at += 1;
    }
    own
}

/// Puts the rows of objects' fields behind those of the objects. There are `N`
/// rows in all.
pub const fn flat<const N: usize>(parts: &[(Field, &'static [Field])]) -> [Field; N] {
    let mut all = [parts[0].0; N];
    let (mut end, mut at) = (0, 0);
    while at < parts.len() {
        let (own, nested) = parts[at];
        all[end] = own;
        end += 1;
        let mut of_nested = 0;
        while of_nested < nested.len() {
            all[end] = nested[of_nested];
            end += 1;
            of_nested += 1;
        }
        at += 1;
    }
    all
}

/// An operation with its table. A table that is at odds with itself or with the
/// path does not compile.
pub const fn operation(
    operation: Operation,
    body: Body,
    example_order: &'static [&'static str],
    fields: &'static [Field],
) -> Operation {
    let whole = Operation {
        body,
        example_order,
        fields,
        ..operation
    };
    check(&whole);
    whole
}

const fn check(operation: &Operation) {
    let fields = operation.fields;
    let mut at = 0;
    while at < fields.len() {
        let field = fields[at];
        let (before, _) = fields.split_at(at);
        assert!(
            position(before, field.wire.as_bytes()).is_none(),
            "two fields have the same name on the wire"
        );
        let is_text = matches!(field.kind, Kind::Text);
        let is_plain = is_text || matches!(field.kind, Kind::Integer { .. });
        match field.place {
            Place::Path => assert!(
                is_plain && field.required,
                "a field in a path is a text or a number and must be given"
            ),
            Place::Form => assert!(
                is_text || matches!(field.kind, Kind::Decimal),
                "a field of a form is a text"
            ),
            Place::Query => assert!(
                !matches!(field.kind, Kind::Object | Kind::File),
                "an object or a file has no place in a query"
            ),
            Place::Json => assert!(
                !matches!(field.kind, Kind::File),
                "a file has no place in a JSON body"
            ),
            Place::Part => assert!(
                !matches!(field.kind, Kind::Object | Kind::List),
                "a part is a text, a number, a truth value or a file"
            ),
        }
        at += 1;
    }
    check_path(operation);
    check_example(operation);
    assert!(
        matches!(operation.body, Body::None) || !matches!(operation.method, Method::Get),
        "a GET has no body"
    );
}

const fn check_path(operation: &Operation) {
    let mut rest = operation.path.as_bytes();
    while let Some((name, after)) = next_parameter(rest) {
        assert!(
            position(operation.fields, name).is_some(),
            "the path has a parameter without a field"
        );
        rest = after;
    }
}

const fn check_example(operation: &Operation) {
    let example = operation.example_order;
    let mut at = 0;
    while at < example.len() {
        assert!(
            position(operation.fields, example[at].as_bytes()).is_some(),
            "the order of the example names a field that there is not"
        );
        at += 1;
    }
    let (mut in_form, mut at) = (0, 0);
    while at < operation.fields.len() {
        in_form += matches!(operation.fields[at].place, Place::Form) as usize;
        at += 1;
    }
    assert!(
        example.is_empty() || example.len() == in_form,
        "the order of the example leaves a field out"
    );
}

/// The index of the first field of this name.
const fn position(fields: &[Field], wire: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < fields.len() {
        if equal(fields[at].wire.as_bytes(), wire) {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// The name of a path's next parameter, and what follows it.
const fn next_parameter(path: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut start = 0;
    while start < path.len() {
        if path[start] == b'{' {
            let (_, rest) = path.split_at(start + 1);
            let mut end = 0;
            loop {
                assert!(end < rest.len(), "a parameter of the path has no end");
                if rest[end] == b'}' {
                    return Some(rest.split_at(end));
                }
                end += 1;
            }
        }
        start += 1;
    }
    None
}

const fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}
