//! Checks that a table of fields is refused where two of its names are the same, or where it does not fit
//! its path, its example or its body. Elsewhere the compiler evaluates these functions.

use std::panic::catch_unwind;

use super::{flat, operation, own, place, rows};
use crate::constraint::Kind;
use crate::operation::{Body, Field, Operation, Place, Sensitivity};
use crate::provider::{Effect, Method, ProviderId};

const FIELD: Field = Field {
    wire: "a",
    rust: "a",
    place: Place::Json,
    required: true,
    row: "Body, a",
    sample: None,
    kind: Kind::Text,
    sensitivity: Sensitivity::Plain,
    is_page: false,
    constraints: &[],
    docs: &["A field"],
};
const OTHER: Field = Field { wire: "b", ..FIELD };

const fn of(method: Method, path: &'static str) -> Operation {
    Operation::new(ProviderId::AIRPAY, "x", method, path, Effect::Read, "X")
}

/// Gives what a table is refused for; empty where it is not.
fn refused(
    whole: Operation,
    body: Body,
    example: &'static [&'static str],
    fields: &'static [Field],
) -> &'static str {
    let refused = catch_unwind(|| operation(whole, body, example, fields)).err();
    refused.map_or("", |why| why.downcast_ref::<&str>().copied().unwrap())
}

fn refused_in(place: Place, kind: Kind, required: bool) -> &'static str {
    let field = Field {
        place,
        kind,
        required,
        ..FIELD
    };
    let fields: &'static [Field] = Box::leak(Box::new([field]));
    refused(of(Method::Post, "/x"), Body::Json, &[], fields)
}

#[test]
fn a_kind_has_its_places() {
    let integer = Kind::Integer { min: 0, max: 9 };
    let kinds = [
        Kind::Text,
        integer,
        Kind::Decimal,
        Kind::List,
        Kind::Boolean,
        Kind::Object,
        Kind::File,
    ];
    let in_path = "a field in a path is a text or a number and must be given";
    let in_form = "a field of a form is a text";
    let in_query = "an object or a file has no place in a query";
    let in_json = "a file has no place in a JSON body";
    let in_part = "a part is a text, a number, a truth value or a file";
    // Of each place, what is said of the kinds in their order.
    for (place, why, is_refused) in [
        (Place::Path, in_path, [0, 0, 1, 1, 1, 1, 1]),
        (Place::Form, in_form, [0, 1, 0, 1, 1, 1, 1]),
        (Place::Query, in_query, [0, 0, 0, 0, 0, 1, 1]),
        (Place::Json, in_json, [0, 0, 0, 0, 0, 0, 1]),
        (Place::Part, in_part, [0, 0, 0, 1, 0, 1, 0]),
    ] {
        for (kind, is_refused) in kinds.into_iter().zip(is_refused) {
            let wanted = if is_refused == 1 { why } else { "" };
            assert_eq!(refused_in(place, kind, true), wanted, "{place:?} {kind:?}");
        }
    }
    assert_eq!(refused_in(Place::Path, Kind::Text, false), in_path);
    assert_eq!(refused_in(Place::Json, Kind::Text, false), "");
}

#[test]
fn names_paths_and_examples_fit_the_fields() {
    const FORM: Field = Field {
        place: Place::Form,
        ..FIELD
    };
    const FORM_OTHER: Field = Field { wire: "b", ..FORM };
    let post = || of(Method::Post, "/x");
    let of_path = |path| refused(of(Method::Post, path), Body::Json, &[], &[FIELD, OTHER]);

    let twice = refused(post(), Body::Json, &[], &[FIELD, OTHER, FIELD]);
    assert_eq!(twice, "two fields have the same name on the wire");
    for (path, why) in [
        ("/x/{a}/y/{b}", ""),
        ("/x/{a}/{c}", "the path has a parameter without a field"),
        ("/x/{ab}", "the path has a parameter without a field"),
        ("/x/{a", "a parameter of the path has no end"),
        ("/x/{", "a parameter of the path has no end"),
    ] {
        assert_eq!(of_path(path), why, "{path}");
    }
    for (example, why) in [
        (&[][..], ""),
        (&["b", "a"], ""),
        (&["a"], "the order of the example leaves a field out"),
        (
            &["a", "c"],
            "the order of the example names a field that there is not",
        ),
    ] {
        let said = refused(post(), Body::Form, example, &[FORM, FORM_OTHER]);
        assert_eq!(said, why, "{example:?}");
    }
    let get = |body| refused(of(Method::Get, "/x"), body, &[], &[]);
    assert_eq!(get(Body::Json), "a GET has no body");
    assert_eq!(get(Body::None), "");
}

#[test]
fn a_field_is_in_the_path_where_that_has_its_name() {
    assert_eq!(place("/x/{a}/{bc}", "bc", Place::Json), Place::Path);
    assert_eq!(place("/x/{a}/{bc}", "b", Place::Json), Place::Json);
    assert_eq!(place("/x", "a", Place::Query), Place::Query);
}

#[test]
fn rows_of_an_objects_fields_follow_its_own() {
    const NESTED: [Field; 2] = [
        Field {
            wire: "a.c",
            ..FIELD
        },
        Field {
            wire: "a.d",
            ..FIELD
        },
    ];
    const PARTS: &[(Field, &[Field])] = &[(FIELD, &NESTED), (OTHER, &[])];
    assert_eq!(rows(PARTS), 4);
    assert_eq!(own::<2>(PARTS), [FIELD, OTHER]);
    let names = flat::<4>(PARTS).map(|field| field.wire);
    assert_eq!(names, ["a", "a.c", "a.d", "b"]);
}
