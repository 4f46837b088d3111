//! OpenAPI 3.1 documents of the APIs that the sandbox serves, which no
//! provider has published.
//!
//! Requests come from the documented rules (`cards_model::Field`), replies from
//! the very types that the handlers serialise, the control API's paths from
//! the table that its router is made of.

mod airpay;
mod control;
mod field;
mod ibanera;
mod paysafe;
mod render;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use axum::http::StatusCode;
use cards_model::{Field, Operation};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// An API that the sandbox serves and describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Api {
    /// Airpay's calls.
    Airpay,
    /// Paysafe's calls.
    Paysafe,
    /// Ibanera's calls.
    Ibanera,
    /// The sandbox's own, under `/_sandbox/`.
    Control,
}

impl Api {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Airpay, Self::Paysafe, Self::Ibanera, Self::Control];

    /// The name in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Airpay => "airpay",
            Self::Paysafe => "paysafe",
            Self::Ibanera => "ibanera",
            Self::Control => "control",
        }
    }
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Api {
    type Err = ParseApiError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|api| api.as_str() == word);
        found.copied().ok_or(ParseApiError { _private: () })
    }
}

/// A word that names no [`Api`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown API: expected `airpay`, `paysafe`, `ibanera` or `control`")]
pub struct ParseApiError {
    _private: (),
}

/// The OpenAPI 3.1 document of an API: JSON, indented, the same text every
/// time. A running sandbox serves it at `/_sandbox/openapi/NAME.json`.
///
/// ```
/// use cards_sandbox::openapi::{Api, document};
///
/// let document: serde_json::Value = serde_json::from_str(&document(Api::Airpay))?;
/// assert_eq!(document["openapi"], "3.1.0");
/// let path = "/airpay/ms/cards/api/register-user";
/// assert_eq!(document["paths"][path]["post"]["operationId"], "register-user");
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn document(api: Api) -> String {
    let document = match api {
        Api::Airpay => airpay::document(),
        Api::Paysafe => paysafe::document(),
        Api::Ibanera => ibanera::document(),
        Api::Control => control::document(),
    };
    render::render(&document.finish())
}

/// The name of the header that every provider's reply carries.
const EXCHANGE: &str = "x-sandbox-exchange";

/// A document on the way.
pub(crate) struct Document {
    generator: SchemaGenerator,
    /// Of what JSON bodies are read into.
    requests: SchemaGenerator,
    value: Value,
    /// The shape of every reply that an operation's own rules do not bring
    /// about.
    failure: Value,
    /// Whether each reply carries the number of its exchange.
    is_journaled: bool,
    /// Where the body's limit is not the one of the providers' calls, or
    /// another site's page is refused: as under `/_sandbox/`.
    is_control: bool,
}

/// One operation on the way into a document.
pub(crate) struct Described {
    method: &'static str,
    path: String,
    value: Value,
    responses: BTreeMap<u16, Value>,
}

impl Document {
    /// A document without operations, and what every failure looks like.
    /// `description` is Markdown.
    fn new<Failure: JsonSchema>(title: &str, description: &str, servers: &Value) -> Self {
        let generator = |settings: SchemaSettings, path: &str| {
            let settings = settings.with(|settings| {
                settings.definitions_path = path.to_owned().into();
                settings.meta_schema = None;
            });
            settings.into_generator()
        };
        let settings = SchemaSettings::draft2020_12();
        let requests = generator(settings.clone().for_deserialize(), REQUESTS);
        let mut generator = generator(settings.for_serialize(), SCHEMAS);
        let value = json!({
            "openapi": "3.1.0",
            "info": {
                "title": title,
                "version": env!("CARGO_PKG_VERSION"),
                "description": description,
            },
            "servers": servers,
            "tags": [],
            "paths": {},
            "components": {},
        });
        Self {
            failure: generator.subschema_for::<Failure>().to_value(),
            generator,
            requests,
            value,
            is_journaled: false,
            is_control: false,
        }
    }

    /// A provider's document: every reply carries the exchange's number, and
    /// what is refused before the provider's rules apply has one shape.
    fn of_provider<Failure: JsonSchema>(title: &str, description: &str, servers: &Value) -> Self {
        let description = format!("{description}\n\n{COMMON}");
        let mut document = Self::new::<Failure>(title, &description, servers);
        document.is_journaled = true;
        document.value["components"]["headers"]["Exchange"] = json!({
            "description": "The number of this exchange in the sandbox's journal, \
                `/_sandbox/exchanges`, which tells why the call was answered so. \
                The provider itself sends no such header.",
            "required": true,
            "schema": {"type": "integer", "minimum": 1},
        });
        document
    }

    fn tag(&mut self, name: &str, description: &str) {
        let tag = json!({"name": name, "description": description});
        push(&mut self.value["tags"], tag);
    }

    fn security_scheme(&mut self, name: &str, scheme: Value) {
        self.value["components"]["securitySchemes"][name] = scheme;
    }

    /// The schema of what a type serialises to, kept among the components.
    pub(crate) fn schema<T: JsonSchema>(&mut self) -> Value {
        self.generator.subschema_for::<T>().to_value()
    }

    /// A body of JSON that is read into a type.
    pub(crate) fn json<T: JsonSchema>(&mut self) -> Value {
        let schema = self.requests.subschema_for::<T>().to_value();
        json!({"application/json": {"schema": schema}})
    }

    /// A reply of JSON.
    pub(crate) fn reply<T: JsonSchema>(&mut self, description: &str) -> Value {
        let schema = self.schema::<T>();
        self.reply_of(description, &schema)
    }

    /// A reply of the shape that every failure has.
    pub(crate) fn failure(&self, description: &str) -> Value {
        self.reply_of(description, &self.failure)
    }

    pub(crate) fn reply_of(&self, description: &str, schema: &Value) -> Value {
        let mut reply = json!({
            "description": description,
            "content": {"application/json": {"schema": schema}},
        });
        if self.is_journaled {
            reply["headers"][EXCHANGE] = json!({"$ref": "#/components/headers/Exchange"});
        }
        reply
    }

    fn add(&mut self, operation: Described) {
        let Described {
            method,
            path,
            mut value,
            mut responses,
        } = operation;
        let has_body = value.get("requestBody").is_some();
        for (status, description) in refusals(has_body, self.is_control) {
            let reply = self.reply_of(description, &self.failure);
            responses.entry(status.as_u16()).or_insert(reply);
        }
        for (status, description) in BEFORE_ANY_OPERATION {
            // Answered by the HTTP server: no body, and no exchange either.
            let reply = json!({"description": description});
            responses.entry(status.as_u16()).or_insert(reply);
        }
        let responses: Map<String, Value> = responses
            .into_iter()
            .map(|(status, reply)| (status.to_string(), reply))
            .collect();
        value["responses"] = responses.into();
        self.value["paths"][path][method] = value;
    }

    fn finish(mut self) -> Value {
        let mut schemas = self.generator.take_definitions(true);
        let mut renamed = BTreeMap::new();
        let requests = self.requests.take_definitions(true);
        for (name, schema) in requests {
            // What is given and what is shown may differ, as in what is left out.
            let free = match schemas.get(&name) {
                Some(shown) if *shown != schema => format!("{name}Given"),
                _ => name.clone(),
            };
            renamed.insert(format!("#{REQUESTS}/{name}"), format!("#{SCHEMAS}/{free}"));
            schemas.insert(free, schema);
        }
        self.value["components"]["schemas"] = Value::Object(schemas);
        rename(&mut self.value, &renamed);
        self.value
    }
}

const SCHEMAS: &str = "/components/schemas";
/// Where the schemas of requests are until the document is finished.
const REQUESTS: &str = "/components/requests";

/// Points references to where their schemas have come to be.
fn rename(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let name = value.as_str().and_then(|target| names.get(target));
                match name {
                    Some(name) if key == "$ref" => *value = name.clone().into(),
                    _ => rename(value, names),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, names)),
        _ => {}
    }
}

impl Described {
    /// An operation with everything that its own statement has: name, path,
    /// method, parameters.
    fn of(operation: &'static Operation, tag: &str, summary: &str) -> Self {
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
    fn text(mut self, description: &str, page: Option<&str>) -> Self {
        self.value["description"] = description.into();
        if let Some(page) = page {
            self.value["externalDocs"] = json!({"description": "The provider's page", "url": page});
        }
        self
    }

    /// All of these schemes together.
    fn secured_by(mut self, schemes: &[&str]) -> Self {
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
    fn parameter(mut self, field: Option<&Field>, key: &str, value: &Value) -> Self {
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

/// A reply with examples, each under its name.
fn with_examples(mut reply: Value, examples: &[(&str, Value)]) -> Value {
    let examples: Map<String, Value> = examples
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!({"value": value})))
        .collect();
    reply["content"]["application/json"]["examples"] = examples.into();
    reply
}

/// What any operation may be refused for before the provider's rules apply,
/// and what becomes of it when the sandbox itself fails.
fn refusals(has_body: bool, is_control: bool) -> Vec<(StatusCode, &'static str)> {
    let mut all = vec![
        (
            StatusCode::BAD_REQUEST,
            if is_control {
                "Malformed, or a value that is not taken: the message says which."
            } else if has_body {
                "Malformed: another content type than the documented one, or percent-encoding \
                 that is none."
            } else {
                "Malformed: percent-encoding that is none."
            },
        ),
        (
            StatusCode::INTERNAL_SERVER_ERROR,
            "The sandbox's store failed.",
        ),
    ];
    if has_body {
        all.extend([
            (
                StatusCode::REQUEST_TIMEOUT,
                "The body did not arrive in time.",
            ),
            (
                StatusCode::PAYLOAD_TOO_LARGE,
                if is_control {
                    "The body is larger than 16 MiB."
                } else {
                    "The body is larger than the sandbox takes: 64 KiB unless it was set otherwise."
                },
            ),
        ]);
    }
    if is_control {
        all.push((
            StatusCode::FORBIDDEN,
            "Refused, as another web site's page may have sent it: `Host` names neither an \
             address nor a name that the sandbox was told to answer to, or `Origin` or \
             `Sec-Fetch-Site` is another site's.",
        ));
    }
    all
}

const BEFORE_ANY_OPERATION: [(StatusCode, &str); 2] = [
    (
        StatusCode::URI_TOO_LONG,
        "The request's address is longer than the server takes. Without a body.",
    ),
    (
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        "More or longer header fields than the server takes. Without a body.",
    ),
];

const COMMON: &str = "This is what the `cards` sandbox serves, generated from the documented \
    rules and from the types of its replies. Where the provider's document breaks its own rules \
    in its examples, the sandbox takes the example's value too; such values are listed as \
    alternatives. A path without an operation is answered with 404, another method with 405, \
    both in the shape of the other failures. Faults that were ordered through the control API \
    can bring any other answer.";

/// Pushes onto an array.
fn push(array: &mut Value, item: Value) {
    if let Some(array) = array.as_array_mut() {
        array.push(item);
    }
}

/// For `schema_with`: one of a documented list of values.
pub(crate) mod listed {
    use schemars::{Schema, SchemaGenerator, json_schema};
    use serde_json::json;

    macro_rules! listed {
        ($($name:ident: $type:ty,)+) => {
            $(pub(crate) fn $name(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"type": "string", "enum": <$type>::VALUES})
            })+
        };
    }

    listed! {
        kyc_status: cards_model::airpay::KycStatus,
        airpay_card_type: cards_model::airpay::CardType,
        card_status: cards_model::paysafe::CardStatus,
        card_type: cards_model::paysafe::CardType,
        scheme: cards_model::paysafe::Scheme,
        wallet_type: cards_model::paysafe::WalletType,
        tokenization_status: cards_model::paysafe::TokenizationStatus,
        action: cards_model::paysafe::Action,
    }

    /// A provider's name, or null.
    pub(crate) fn provider(_: &mut SchemaGenerator) -> Schema {
        let mut names: Vec<Option<&str>> = Vec::new();
        names.extend(
            cards_model::Provider::ALL
                .iter()
                .map(|one| Some(one.as_str())),
        );
        names.push(None);
        json_schema!({"type": ["string", "null"], "enum": names})
    }

    /// What `cards_model::Violation` serialises to.
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

    /// One provider's name.
    pub(crate) fn provider_name(_: &mut SchemaGenerator) -> Schema {
        let all = cards_model::Provider::ALL.iter();
        let names: Vec<_> = all.map(|one| one.as_str()).collect();
        json_schema!({"type": "string", "enum": names})
    }

    /// The same as [`decimal`], or null: left out.
    pub(crate) fn decimal_or_null(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["number", "null"],
            "description": "At most 28 digits, written without an exponent.",
        })
    }

    /// A number that is written by its own text, of any precision.
    pub(crate) fn decimal(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "number"})
    }
}
