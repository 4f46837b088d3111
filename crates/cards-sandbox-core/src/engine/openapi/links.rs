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
        let Some((parameter, value)) = place(scheme, issued.pointer) else {
            continue;
        };
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
        if let Some(response) = responses.get_mut(issued.status.to_string()) {
            response["links"] = links.into();
        }
    }
}

/// The parameter that a scheme's credential goes into, as links name it, and the runtime expression
/// that makes its value of the reply. `None` for a scheme that the document lacks, or of another
/// kind than a key and a bearer's token.
fn place(scheme: &Value, pointer: &str) -> Option<(String, String)> {
    let credential = format!("$response.body#{pointer}");
    match (scheme["type"].as_str()?, scheme["scheme"].as_str()) {
        ("apiKey", _) => {
            let (place, name) = (scheme["in"].as_str()?, scheme["name"].as_str()?);
            Some((format!("{place}.{name}"), credential))
        }
        ("http", Some("bearer")) => Some((
            "header.Authorization".to_owned(),
            format!("Bearer {{{credential}}}"),
        )),
        _ => None,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn linked(scheme: Value, status: u16) -> Value {
        let mut document = json!({
            "components": {"securitySchemes": {"one": scheme}},
            "paths": {
                "/token": {"post": {"operationId": "issue", "responses": {"200": {"description": "It."}}}},
                "/cards": {"get": {"operationId": "list", "security": [{"one": []}], "responses": {}}},
                "/open": {"get": {"operationId": "open", "security": [], "responses": {}}},
            },
        });
        let issued = Issued {
            status,
            scheme: "one",
            pointer: "/token",
        };
        link(
            &mut document,
            &[("/token".to_owned(), "post".to_owned(), issued)],
        );
        document["paths"]["/token"]["post"]["responses"].take()
    }

    #[test]
    fn a_credential_goes_where_its_scheme_says() {
        for (scheme, parameters) in [
            (
                json!({"type": "http", "scheme": "bearer"}),
                json!({"header.Authorization": "Bearer {$response.body#/token}"}),
            ),
            (
                json!({"type": "apiKey", "in": "query", "name": "key"}),
                json!({"query.key": "$response.body#/token"}),
            ),
        ] {
            let links = &linked(scheme, 200)["200"]["links"];
            assert_eq!(links["list"]["parameters"], parameters);
            assert_eq!(links.as_object().unwrap().len(), 1, "{links}");
        }
    }

    #[test]
    fn a_status_or_a_scheme_that_is_not_described_is_linked_with_nothing() {
        let plain = json!({"200": {"description": "It."}});
        assert_eq!(
            linked(json!({"type": "http", "scheme": "bearer"}), 201),
            plain
        );
        for scheme in [Value::Null, json!({"type": "http", "scheme": "basic"})] {
            assert_eq!(linked(scheme, 200), plain);
        }
    }
}
