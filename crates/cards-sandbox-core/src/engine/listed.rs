//! Schemas for `schema_with`: one of a documented list of values, and the like.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

/// Makes functions for `schema_with`, each of which lists the values of a type.
#[macro_export]
macro_rules! listed {
    ($($name:ident: $type:ty,)+) => {
        $(pub fn $name(_: &mut $crate::schemars::SchemaGenerator) -> $crate::schemars::Schema {
            $crate::schemars::json_schema!({"type": "string", "enum": <$type>::VALUES})
        })+
    };
}

/// Stands for the providers' names in an `enum`: a schema cannot know which there are, so
/// that [`Document`](crate::engine::openapi::Document) puts them into this place.
pub(crate) const PROVIDERS: &str = "names of all providers";

/// A provider's name, or null.
pub(crate) fn provider(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["string", "null"], "enum": [PROVIDERS, null]})
}

/// Gives the schema of a list of what `cards_model::Violation` serialises to.
pub(crate) fn violations(_: &mut SchemaGenerator) -> Schema {
    let text = |description: &str| json!({"type": "string", "description": description});
    json_schema!({
        "type": "array",
        "items": {
            "type": "object",
            "title": "Violation",
            "required": ["provider", "operation", "field", "rule", "limit", "source"],
            "properties": {
                "provider": {"type": "string"},
                "operation": {"type": "string"},
                "field": text("The field's name on the wire."),
                "rule": text("The kind of rule: required, length, characters, format and so on."),
                "limit": text("What the field should be."),
                "source": text("The document and the row that say so."),
            },
        },
    })
}

/// Gives the schema of a provider's name.
pub(crate) fn provider_name(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "enum": [PROVIDERS]})
}

/// Gives the schema of a [`decimal`] or null: left out.
pub fn decimal_or_null(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": ["number", "null"],
        "description": "At most 28 digits, written without an exponent.",
    })
}

/// A number that is written by its own text, of any precision.
pub fn decimal(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "number"})
}

/// Gives the part of a schema that asks for one of these fields, of this type.
pub fn one_of(fields: &[(&str, &str)]) -> Value {
    let given = fields
        .iter()
        .map(|(field, kind)| json!({"required": [field], "properties": {*field: {"type": kind}}}));
    given.collect()
}
