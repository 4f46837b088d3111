//! The document of the control API: made from the same table as its router.

use serde_json::json;

use super::Document;
use crate::{control, providers};

pub(super) fn document() -> Document {
    let servers = json!([
        {"url": "/", "description": "The sandbox that serves this document"},
        {"url": "http://127.0.0.1:8484", "description": "`cards sandbox` without options"},
    ]);
    let mut document = Document::new::<control::Problem<'_>>(
        "Cards sandbox control",
        "What the sandbox tells about itself, for developers and tests. It has no credentials: \
         keep the sandbox on the loopback interface. These calls stay out of the journal. A path \
         without an operation is answered with 404, another method with 405; every failure is an \
         object with the text `error` and, where one field is wrong, its name in `field`.",
        &servers,
    );
    document.operations = providers::operations();
    document.is_control = true;
    document.providers = providers::all();
    document.tag("control", "The sandbox itself.");
    for endpoint in control::ENDPOINTS {
        let described = (endpoint.describe)(&mut document, endpoint.blank());
        document.add(described);
    }
    document
}
