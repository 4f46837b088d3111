//! The files of the sandbox: the handler, which says that it is not written yet,
//! and the test that it has to pass.

use std::fmt::Write as _;

use super::operation::Operation;
use super::table::Place;

/// The handler and its test, as files.
pub(super) fn files(operation: &Operation) -> (String, String) {
    let mut pairs = String::new();
    for (field, value) in operation.valid() {
        let _ = writeln!(pairs, "        (\"{}\", \"{value}\"),", field.name);
    }
    let body = match operation.names_in(Place::Json).is_empty() {
        true => String::new(),
        false => operation.valid_json(Some(Place::Json)),
    };
    let filled = |template: &str| {
        template
            .replace("@NAME@", &operation.name)
            .replace("@TYPE@", &operation.type_name())
            .replace("@MODULE@", &operation.module())
            .replace("@METHOD@", &operation.method.word())
            .replace("@PATH@", &operation.path)
            .replace("@TITLE@", &operation.title)
            .replace("@TARGET@", &operation.target())
            .replace("@BODY@", &body)
            .replace("@PAIRS@\n", &pairs)
    };
    let provider = operation.provider;
    (filled(provider.handler), filled(provider.test))
}
