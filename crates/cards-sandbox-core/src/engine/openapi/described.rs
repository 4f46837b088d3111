//! Describes one operation in a document.

use std::collections::BTreeMap;

use cards_model::{Body, Operation};
use serde_json::{Map, Value, json};

use super::field;
use super::links::Issued;

/// The text of an operation in a provider's document, beside its rules.
pub struct About {
    /// The tag that groups it with others.
    pub tag: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Markdown; the title of the provider's document follows it.
    pub text: &'static str,
    /// The address of the provider's page about it, where there is one.
    pub page: Option<&'static str>,
}

/// Holds one operation on the way into a document.
pub struct Described {
    /// The method in small letters.
    pub(super) method: String,
    pub(super) path: String,
    pub(super) value: Value,
    pub(super) responses: BTreeMap<u16, Value>,
    pub(super) issued: Option<Issued>,
}

impl Described {
    /// Describes a provider's operation with everything that its own statement has: name, path,
    /// method, parameters, a JSON body.
    pub fn of(operation: &'static Operation, about: &About) -> Self {
        let method = operation.method.as_str().to_ascii_lowercase();
        let fields = operation.fields.iter();
        let parameters: Vec<_> = fields
            .filter_map(|field| field::parameter(field, operation.document))
            .collect();
        let mut described = Self::new(
            &method,
            operation.path,
            operation.name,
            about.tag,
            about.summary,
        );
        if !parameters.is_empty() {
            described.value["parameters"] = parameters.into();
        }
        match operation.body {
            Body::Json => described = described.body(field::json_body(operation)),
            Body::Multipart => described = described.body(field::multipart_body(operation)),
            Body::None | Body::Form => {}
        }
        let text = format!("{}\n\n{}.", about.text, operation.document);
        described.text(text.trim_start(), about.page)
    }

    pub(crate) fn new(method: &str, path: &str, id: &str, tag: &str, summary: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            value: json!({"operationId": id, "tags": [tag], "summary": summary}),
            responses: BTreeMap::new(),
            issued: None,
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

    /// Adds Markdown behind the text.
    pub(crate) fn note(mut self, markdown: &str) -> Self {
        if !markdown.is_empty() {
            let text = self.value["description"].as_str().unwrap_or_default();
            self.value["description"] = format!("{text}\n\n{markdown}").into();
        }
        self
    }

    /// Tells whether a reply under this HTTP status is told.
    pub(crate) fn tells_of(&self, status: u16) -> bool {
        self.responses.contains_key(&status)
    }

    /// Requires all of these schemes together.
    pub fn secured_by(mut self, schemes: &[&str]) -> Self {
        let all: Map<String, Value> = schemes
            .iter()
            .map(|scheme| ((*scheme).to_owned(), json!([])))
            .collect();
        self.value["security"] = json!([all]);
        self
    }

    /// Requires a body: by media type, its schema.
    pub fn body(mut self, content: Value) -> Self {
        self.value["requestBody"] = json!({"required": true, "content": content});
        self
    }

    /// A text in the path.
    pub fn with_path_parameter(mut self, name: &str, description: &str, example: &Value) -> Self {
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
    pub fn with_parameter(
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

    /// Says something of one of the parameters, or of a field of the body.
    pub fn parameter(mut self, name: &str, key: &str, value: &Value) -> Self {
        let parameters = self.value.get_mut("parameters");
        let parameters = parameters.and_then(Value::as_array_mut);
        let named = |parameter: &&mut Value| parameter["name"] == name;
        if let Some(parameter) = parameters.and_then(|all| all.iter_mut().find(named)) {
            match key {
                "example" => parameter["example"] = value.clone(),
                key => parameter["schema"][key] = value.clone(),
            }
        }
        let content = self.value.pointer_mut("/requestBody/content");
        let content = content.and_then(Value::as_object_mut);
        for (_, body) in content.into_iter().flatten() {
            if let Some(schema) = body.pointer_mut(&format!("/schema/properties/{name}")) {
                match key {
                    "example" => schema["examples"] = json!([value]),
                    key => schema[key] = value.clone(),
                }
                if key == "example" && body["example"].is_object() {
                    body["example"][name] = value.clone();
                }
            }
        }
        self
    }

    /// Adds a reply under an HTTP status.
    pub fn responds(mut self, status: u16, reply: Value) -> Self {
        self.responses.insert(status, reply);
        self
    }

    /// Says that the reply under this status has the credential of a scheme: the document links
    /// it with each operation that requires the scheme. `pointer` is the JSON pointer to it in
    /// the reply's body. A status without a reply, and a scheme that is neither a key nor a
    /// bearer's token, are linked with nothing.
    pub fn issues(mut self, status: u16, scheme: &'static str, pointer: &'static str) -> Self {
        self.issued = Some(Issued {
            status,
            scheme,
            pointer,
        });
        self
    }
}
