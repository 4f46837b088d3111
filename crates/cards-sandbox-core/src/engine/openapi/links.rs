//! Links each reply that has a credential with the operations that require it.

use serde_json::{Map, Value, json};

/// Holds where a reply has the credential that other operations require.
pub(super) struct Issued {
    /// The reply's status.
    pub(super) status: u16,
    /// The name of the security scheme, which says where the credential goes.
    pub(super) scheme: &'static str,
    /// The JSON pointer to it in the reply's body.
    pub(super) pointer: &'static str,
}

/// Holds an operation's path and method with the credential that its reply has.
pub(super) type Issuer = (String, String, Issued);

/// Links the replies of these operations with each operation that requires their credential.
/// No link has a `requestBody`: generators of clients refuse it.
pub(super) fn link(document: &mut Value, issuers: &[Issuer]) {
    for (path, method, issued) in issuers {
        let scheme = &document["components"]["securitySchemes"][issued.scheme];
        let (parameter, value) = place(scheme, issued.pointer);
        let links: Map<String, Value> = operations_with(document, issued.scheme)
            .map(|id| {
                let link = json!({
                    "operationId": id,
                    "description": "With the token of this reply.",
                    "parameters": {&parameter: value},
                });
                (id.to_owned(), link)
            })
            .collect();
        let responses = &mut document["paths"][path][method]["responses"];
        responses[issued.status.to_string()]["links"] = links.into();
    }
}

/// The header that a scheme's credential goes into, as links name it, and the runtime expression
/// that makes the header's value of the reply.
fn place(scheme: &Value, pointer: &str) -> (String, String) {
    let credential = format!("$response.body#{pointer}");
    match scheme["name"].as_str() {
        Some(name) => (format!("header.{name}"), credential),
        None => (
            "header.Authorization".to_owned(),
            format!("Bearer {{{credential}}}"),
        ),
    }
}

/// The names of the operations that require a scheme.
fn operations_with<'a>(document: &'a Value, scheme: &'a str) -> impl Iterator<Item = &'a str> {
    let paths = document["paths"].as_object().into_iter();
    let operations = paths
        .flat_map(Map::values)
        .filter_map(Value::as_object)
        .flat_map(Map::values);
    operations
        .filter(move |operation| {
            let ways = operation["security"].as_array();
            ways.is_some_and(|ways| ways.iter().any(|way| way.get(scheme).is_some()))
        })
        .filter_map(|operation| operation["operationId"].as_str())
}
