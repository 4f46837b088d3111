//! Describes one operation in a document.

use std::collections::BTreeMap;

use cards_model::{Field, Operation};
use serde_json::{Map, Value, json};

use super::field;

/// Holds one operation on the way into a document.
pub(crate) struct Described {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) value: Value,
    pub(super) responses: BTreeMap<u16, Value>,
}

impl Described {
    /// An operation with everything that its own statement has: name, path,
    /// method, parameters.
    pub(super) fn of(operation: &'static Operation, tag: &str, summary: &str) -> Self {
        let parameters: Vec<_> = operation
            .fields
            .iter()
            .filter(|_| operation.method == cards_model::Method::Get)
            .map(|field| field::parameter(field, operation.path, operation.document))
            .collect();
        let method = match operation.method {
            cards_model::Method::Get => "get",
            cards_model::Method::Post => "post",
        };
        let mut described = Self::new(method, operation.path, operation.name, tag, summary);
        if !parameters.is_empty() {
            described.value["parameters"] = parameters.into();
        }
        described
    }

    pub(crate) fn new(
        method: &'static str,
        path: &str,
        id: &str,
        tag: &str,
        summary: &str,
    ) -> Self {
        Self {
            method,
            path: path.to_owned(),
            value: json!({"operationId": id, "tags": [tag], "summary": summary}),
            responses: BTreeMap::new(),
        }
    }

    /// Markdown; where the provider has a page about it, its address.
    pub(crate) fn text(mut self, description: &str, page: Option<&str>) -> Self {
        self.value["description"] = description.into();
        if let Some(page) = page {
            self.value["externalDocs"] = json!({"description": "The provider's page", "url": page});
        }
        self
    }

    /// Requires all of these schemes together.
    pub(super) fn secured_by(mut self, schemes: &[&str]) -> Self {
        let all: Map<String, Value> = schemes
            .iter()
            .map(|scheme| ((*scheme).to_owned(), json!([])))
            .collect();
        self.value["security"] = json!([all]);
        self
    }

    pub(crate) fn body(mut self, content: Value) -> Self {
        self.value["requestBody"] = json!({"required": true, "content": content});
        self
    }

    /// A text in the path.
    pub(crate) fn with_path_parameter(
        mut self,
        name: &str,
        description: &str,
        example: &Value,
    ) -> Self {
        let schema = json!({"type": "string", "minLength": 1});
        self = self.with_parameter("path", name, description, &schema);
        if let Some(Value::Array(all)) = self.value.get_mut("parameters")
            && let Some(last) = all.last_mut()
        {
            last["example"] = example.clone();
        }
        self
    }

    /// A parameter of the path, or one of the query or a header, which may be
    /// left out.
    pub(crate) fn with_parameter(
        mut self,
        place: &str,
        name: &str,
        description: &str,
        schema: &Value,
    ) -> Self {
        let parameter = json!({
            "name": name,
            "in": place,
            "required": place == "path",
            "description": description,
            "schema": schema,
        });
        match &mut self.value["parameters"] {
            Value::Array(all) => all.push(parameter),
            none => *none = json!([parameter]),
        }
        self
    }

    /// Something about one of the parameters.
    pub(super) fn parameter(mut self, field: Option<&Field>, key: &str, value: &Value) -> Self {
        let parameters = self.value["parameters"].as_array_mut();
        let named = |parameter: &&mut Value| field.is_some_and(|f| parameter["name"] == f.wire);
        if let Some(parameter) = parameters.and_then(|all| all.iter_mut().find(named)) {
            match key {
                "example" => parameter["example"] = value.clone(),
                key => parameter["schema"][key] = value.clone(),
            }
        }
        self
    }

    pub(crate) fn responds(mut self, status: u16, reply: Value) -> Self {
        self.responses.insert(status, reply);
        self
    }
}
