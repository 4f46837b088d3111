//! One row for each operation of a provider: its name and routes, its handler, and what OpenAPI
//! says of it. Whatever has to know which operations there are is made from these rows.

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::routing::{MethodFilter, MethodRouter};
use serde_json::json;

use crate::engine::app::App;
use crate::engine::endpoint::filter;
use crate::engine::openapi::{Described, Document};
use crate::engine::operations::KnownOperation;
use crate::engine::test_values;

/// An operation as it is served.
pub struct Served {
    /// The part that the engine knows of it below the handlers.
    pub known: KnownOperation,
    /// The handler, for the operation's method.
    pub serve: fn(MethodFilter) -> MethodRouter<App>,
    /// Tells what it takes and answers.
    pub describe: fn(&mut Document) -> Described,
}

/// Lists these operations for whatever needs no more than to know them.
pub(crate) fn known(operations: &'static [Served]) -> Vec<&'static KnownOperation> {
    operations.iter().map(|served| &served.known).collect()
}

/// Makes the routes of these operations.
pub(crate) fn routes(operations: &'static [Served]) -> Router<App> {
    let mut router = Router::new();
    for served in operations {
        for prefix in served.known.prefixes {
            let path = format!("{prefix}{}", served.known.operation.path);
            router = router.route(&path, (served.serve)(filter(served.known.operation.method)));
        }
    }
    router
}

/// Adds these operations to the document of their provider.
pub(crate) fn describe(mut document: Document, operations: &[Served]) -> Document {
    for served in operations {
        let described = (served.describe)(&mut document);
        document.add(with_test_values(&document, described, &served.known));
    }
    document
}

/// Adds the test values of an operation, and the replies that come of nothing else.
fn with_test_values(
    document: &Document,
    mut described: Described,
    known: &KnownOperation,
) -> Described {
    for row in known.test_values() {
        let answer = row.answer();
        let (status, headers, _) = answer.parts();
        if described.tells_of(status.as_u16()) {
            continue;
        }
        let mut reply = document.failure(match status {
            StatusCode::TOO_MANY_REQUESTS => {
                "A test value brings it, and a limit of calls where the sandbox is set to have one."
            }
            _ => "A test value brings it.",
        });
        for (name, value) in headers {
            reply["headers"][name.as_str()] = json!({
                "required": true,
                "schema": match *name {
                    RETRY_AFTER => json!({
                        "type": "string",
                        "pattern": "^[0-9]+$",
                        "description": "The seconds after which a call is taken again.",
                    }),
                    _ => json!({"type": "string", "const": value.to_str().unwrap_or_default()}),
                },
            });
        }
        described = described.responds(status.as_u16(), reply);
    }
    described.note(&test_values::markdown(known.test_values))
}
