use serde_json::json;

use super::*;

#[test]
fn keys_have_an_order_of_their_own() {
    let value = json!({
        "zebra": 1,
        "paths": {"/b": {}, "/a": {"post": {}, "get": {}}},
        "openapi": "3.1.0",
        "schema": {
            "properties": {"a": {}, "b": {"type": "string", "description": "B"}, "c": {}},
            "type": "object",
            "required": ["c", "b"],
        },
        "inner": {"x-order": ["z", "a"], "properties": {"a": {}, "type": {}, "z": {}}},
    });
    let compact = serde_json::to_string(&Ordered::of(&value)).unwrap();
    assert_eq!(
        compact,
        concat!(
            r#"{"openapi":"3.1.0","paths":{"/a":{"get":{},"post":{}},"/b":{}},"#,
            r#""schema":{"type":"object","required":["c","b"],"#,
            r#""properties":{"c":{},"b":{"type":"string","description":"B"},"a":{}}},"#,
            r#""inner":{"properties":{"z":{},"a":{},"type":{}}},"zebra":1}"#
        )
    );
}
