use proptest::prelude::*;

use super::*;

fn plained(schema: &Value) -> Value {
    let mut document = json!({"components": {"schemas": {"One": schema}}});
    plain(&mut document);
    document["components"]["schemas"]["One"].take()
}

#[test]
fn shapes_become_those_that_generators_know() {
    for (given, wanted) in [
        (
            json!({"type": "array", "maxItems": 0}),
            json!({"type": "array", "maxItems": 0, "items": {"type": "object"}}),
        ),
        (
            json!({"type": "null"}),
            json!({"type": ["object", "null"], "not": {"type": "object"}}),
        ),
        // As an alternative it is known.
        (
            json!({"anyOf": [{"$ref": "#/a"}, {"type": "null"}]}),
            json!({"anyOf": [{"$ref": "#/a"}, {"type": "null"}]}),
        ),
        (
            json!({
                "description": "Either.",
                "oneOf": [
                    {"type": "string", "const": "a", "description": "The\nfirst."},
                    {"type": "string", "const": "b", "description": "The second."},
                ],
            }),
            json!({
                "description": "Either.\n\n- `a`: The first.\n- `b`: The second.",
                "type": "string",
                "enum": ["a", "b"],
            }),
        ),
        (
            json!({"type": "integer", "minimum": 0, "format": "uint64"}),
            json!({"type": "integer", "minimum": 0, "format": "int64"}),
        ),
        (
            json!({"type": ["integer", "null"], "minimum": 0, "maximum": 65535}),
            json!({
                "type": ["integer", "null"], "minimum": 0, "maximum": 65535, "format": "int32",
            }),
        ),
        (
            json!({"type": "object", "if": {"a": 1}, "then": {"b": 2}}),
            json!({"type": "object", "if": {"a": 1}, "then": {"b": 2}}),
        ),
        (
            json!({"type": "object", "allOf": [{"if": {"a": 1}, "then": {"b": 2}}]}),
            json!({"type": "object", "if": {"a": 1}, "then": {"b": 2}}),
        ),
        (
            json!({"type": "string", "allOf": [{"pattern": "a"}, {"pattern": "b"}]}),
            json!({
                "type": "string",
                "if": {"type": "string"},
                "then": {"allOf": [{"pattern": "a"}, {"pattern": "b"}]},
            }),
        ),
        // A condition with a type of its own is not put in place of the other type.
        (
            json!({"type": "string", "allOf": [{"type": "object", "if": {"a": 1}, "then": {"b": 2}}]}),
            json!({
                "type": "string",
                "if": {"type": "string"},
                "then": {"type": "object", "if": {"a": 1}, "then": {"b": 2}},
            }),
        ),
        // A property's name is no keyword, and an example no schema.
        (
            json!({"properties": {"oneOf": {"type": "array"}}, "example": {"type": "array"}}),
            json!({
                "properties": {"oneOf": {"type": "array", "items": {"type": "object"}}},
                "example": {"type": "array"},
            }),
        ),
    ] {
        assert_eq!(plained(&given), wanted, "{given}");
        assert_eq!(plained(&wanted), wanted, "twice");
    }
}

/// Values of every type, few enough that schemas and values meet.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2_i64..3).prop_map(Value::from),
        "[ab]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        let members = prop::collection::btree_map("[ab]", inner.clone(), 0..3);
        prop_oneof![
            prop::collection::vec(inner, 0..3).prop_map(Value::from),
            members.prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn kind() -> impl Strategy<Value = Value> {
    let kinds = ["string", "integer", "boolean", "null", "object"];
    prop_oneof![
        prop::sample::select(kinds.to_vec()).prop_map(Value::from),
        prop::sample::subsequence(kinds.to_vec(), 2).prop_map(|kinds| json!(kinds)),
    ]
}

fn schema() -> impl Strategy<Value = Value> {
    let texts = prop::sample::subsequence(vec!["", "a", "b", "ab"], 1..3);
    let consts = texts.prop_map(|texts| {
        let all = texts
            .into_iter()
            .map(|text| json!({"type": "string", "const": text}));
        json!({"oneOf": all.collect::<Vec<_>>()})
    });
    let leaf = prop_oneof![
        kind().prop_map(|kind| json!({"type": kind})),
        consts,
        "[ab]{1,2}".prop_map(|pattern| json!({"type": "string", "pattern": pattern})),
        (0..3_u8).prop_map(|min| json!({"minLength": min, "minimum": min})),
        Just(json!({"required": ["a"]})),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let parts = prop::collection::vec(inner.clone(), 1..3);
        let combined = (
            prop::option::of(kind()),
            prop::sample::select(COMBINED.to_vec()),
            parts,
        );
        let combined = combined.prop_map(|(kind, key, parts)| {
            let mut schema = json!({key: parts});
            schema
                .as_object_mut()
                .unwrap()
                .extend(kind.map(|kind| ("type".to_owned(), kind)));
            schema
        });
        let (a, b, c) = (inner.clone(), inner.clone(), inner.clone());
        let full = (kind(), inner.clone(), inner, a, b, c);
        let full = full.prop_map(|(kind, condition, then, a, b, any)| {
            json!({
                "type": kind,
                "if": condition,
                "then": then,
                "properties": {"a": a, "b": b},
                "anyOf": [any, {"type": "boolean"}],
            })
        });
        prop_oneof![combined, full]
    })
}

proptest! {
    #[test]
    fn a_plain_schema_takes_what_it_took(
        schema in schema(), values in prop::collection::vec(value(), 1..20),
    ) {
        let plain = plained(&schema);
        let [before, after] = [&schema, &plain].map(|schema| jsonschema::validator_for(schema).unwrap());
        for value in values {
            let (before, after) = (before.is_valid(&value), after.is_valid(&value));
            prop_assert_eq!(before, after, "{} of {}, then {}", value, schema, plain);
        }
    }
}
