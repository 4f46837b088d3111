//! Puts a document together.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use cards_model::ProviderId;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::links::{self, Issuer};
use super::{Described, places, plain, render};
use crate::engine::operations::Operations;
use crate::engine::provider::Providers;

/// The name of the header that every provider's reply carries.
const EXCHANGE: &str = "x-sandbox-exchange";

/// The terms that a document is under, which are the workspace's: an expression of SPDX.
const LICENSE: &str = env!("CARGO_PKG_LICENSE");

/// Makes a schema of what each provider has.
type ByProviders = fn(&Providers, &mut SchemaGenerator) -> Schema;

/// A document on the way.
pub struct Document {
    generator: SchemaGenerator,
    /// Makes the schemas of what JSON bodies are read into.
    requests: SchemaGenerator,
    value: Value,
    /// The shape of every reply that an operation's own rules do not bring
    /// about.
    failure: Value,
    /// The operations whose replies have a credential that others require.
    issuers: Vec<Issuer>,
    /// Says whether each reply carries the number of its exchange.
    is_journaled: bool,
    /// Says whether the body's limit is not the one of the providers' calls, and another site's
    /// page is refused: as under `/_sandbox/`.
    pub(crate) is_control: bool,
    /// The operations that a fault can be of.
    pub(crate) operations: Operations,
    /// The providers whose customers and cards there are.
    pub(crate) providers: Providers,
}

impl Document {
    /// A document without operations, and what every failure looks like.
    /// `description` is Markdown.
    pub(crate) fn new<Failure: JsonSchema>(
        title: &str,
        description: &str,
        servers: &Value,
    ) -> Self {
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
                "license": {"name": LICENSE, "identifier": LICENSE},
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
            issuers: Vec::new(),
            is_journaled: false,
            is_control: false,
            operations: Operations::default(),
            providers: Providers::new([]),
        }
    }

    /// A provider's document: every reply carries the exchange's number, and
    /// what is refused before the provider's rules apply has one shape.
    pub fn of_provider<Failure: JsonSchema>(
        title: &str,
        description: &str,
        servers: &Value,
    ) -> Self {
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

    /// Adds a tag, in the order of the alphabet.
    pub fn tag(&mut self, name: &str, description: &str) {
        let tag = json!({"name": name, "description": description});
        push(&mut self.value["tags"], tag);
        if let Value::Array(tags) = &mut self.value["tags"] {
            tags.sort_by(|one, next| one["name"].as_str().cmp(&next["name"].as_str()));
        }
    }

    /// Adds a way to prove who calls.
    pub fn security_scheme(&mut self, name: &str, scheme: Value) {
        self.value["components"]["securitySchemes"][name] = scheme;
    }

    /// The schema of what a type serialises to, kept among the components.
    pub fn schema<T: JsonSchema>(&mut self) -> Value {
        self.generator.subschema_for::<T>().to_value()
    }

    /// A body of JSON that is read into a type.
    pub fn json<T: JsonSchema>(&mut self) -> Value {
        let schema = self.requests.subschema_for::<T>().to_value();
        json!({"application/json": {"schema": schema}})
    }

    /// Describes a body of JSON whose schema has this name and is no type's.
    pub(crate) fn json_of(&mut self, name: &str, schema: Value) -> Value {
        let definitions = self.requests.definitions_mut();
        definitions.insert(name.to_owned(), schema);
        json!({"application/json": {"schema": {"$ref": format!("#{REQUESTS}/{name}")}}})
    }

    /// A body of JSON that each provider reads into a type of its own.
    pub(crate) fn json_by(&mut self, make: ByProviders) -> Value {
        let schema = make(&self.providers, &mut self.requests);
        json!({"application/json": {"schema": schema}})
    }

    /// A reply of JSON in which each provider has a type of its own.
    pub(crate) fn reply_by(&mut self, description: &str, make: ByProviders) -> Value {
        let schema = make(&self.providers, &mut self.generator);
        self.reply_of(description, &schema.to_value())
    }

    /// A reply of JSON.
    pub fn reply<T: JsonSchema>(&mut self, description: &str) -> Value {
        let schema = self.schema::<T>();
        self.reply_of(description, &schema)
    }

    /// A reply of the shape that every failure has.
    pub fn failure(&self, description: &str) -> Value {
        self.reply_of(description, &self.failure)
    }

    /// A reply of JSON with this schema.
    pub fn reply_of(&self, description: &str, schema: &Value) -> Value {
        let mut reply = json!({
            "description": description,
            "content": {"application/json": {"schema": schema}},
        });
        if self.is_journaled {
            reply["headers"][EXCHANGE] = json!({"$ref": "#/components/headers/Exchange"});
        }
        reply
    }

    pub(crate) fn add(&mut self, operation: Described) {
        let Described {
            method,
            path,
            mut value,
            mut responses,
            issued,
        } = operation;
        if let Value::Object(operation) = &mut value {
            // A call that needs no credentials says so.
            operation.entry("security").or_insert_with(|| json!([]));
        }
        self.name_bodies(&mut value);
        let has_body = value.get("requestBody").is_some();
        let has_file = value.pointer("/requestBody/content/multipart~1form-data");
        let is_large = has_body && (self.is_control || has_file.is_some());
        for (status, description) in refusals(has_body, is_large, self.is_control) {
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
        if let Some(issued) = issued {
            self.issuers.push((path.clone(), method.clone(), issued));
        }
        self.value["paths"][path][method] = value;
    }

    /// Puts the schema of a body among the components, under the operation's name: generators
    /// name its type after it.
    fn name_bodies(&mut self, operation: &mut Value) {
        let id = operation["operationId"].as_str().unwrap_or_default();
        let words = id.split('-').map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_ascii_uppercase() + rest
        });
        let name: String = words.chain(["Body".to_owned()]).collect();
        let content = operation.pointer_mut("/requestBody/content");
        let media = content.and_then(Value::as_object_mut);
        for (_, media) in media.into_iter().flatten() {
            if media["schema"].get("$ref").is_none() {
                let schema = media["schema"].take();
                media["schema"] = json!({"$ref": format!("#{REQUESTS}/{name}")});
                self.requests.definitions_mut().insert(name.clone(), schema);
            }
        }
    }

    /// Puts a prefix before the servers that are told by a path of the sandbox that serves this.
    pub(crate) fn place(&mut self, prefix: &str) {
        let servers = self.value["servers"].as_array_mut();
        for server in servers.into_iter().flatten().filter(|_| !prefix.is_empty()) {
            let path = server["url"].as_str().filter(|url| url.starts_with('/'));
            if let Some(path) = path {
                server["url"] = format!("{prefix}{}", path.trim_end_matches('/')).into();
            }
        }
    }

    /// Writes the document.
    pub(crate) fn text(self) -> String {
        render::render(&self.finish())
    }

    fn finish(mut self) -> Value {
        let details = self.providers.iter().filter_map(|one| one.detail());
        let kinds = details.map(|kind| (kind.name, (kind.schema)(&mut self.generator).to_value()));
        let kinds = kinds.collect();
        let mut schemas = self.generator.take_definitions(true);
        let mut renamed = BTreeMap::new();
        let requests = self.requests.take_definitions(true);
        for (name, schema) in requests {
            // The schemas of what is given and what is shown may differ, as in what is left out.
            let free = match schemas.get(&name) {
                Some(shown) if *shown != schema => format!("{name}Given"),
                _ => name.clone(),
            };
            renamed.insert(format!("#{REQUESTS}/{name}"), format!("#{SCHEMAS}/{free}"));
            schemas.insert(free, schema);
        }
        self.value["components"]["schemas"] = Value::Object(schemas);
        rename(&mut self.value, &renamed);
        let names: Vec<_> = self.providers.ids().map(ProviderId::as_str).collect();
        places::fill(&mut self.value, &names, &kinds);
        plain::plain(&mut self.value);
        links::link(&mut self.value, &self.issuers);
        self.value
    }
}

const SCHEMAS: &str = "/components/schemas";
/// The place where the schemas of requests are until the document is finished.
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

/// A reply with examples, each under its name.
pub fn with_examples(mut reply: Value, examples: &[(&str, Value)]) -> Value {
    let examples: Map<String, Value> = examples
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!({"value": value})))
        .collect();
    reply["content"]["application/json"]["examples"] = examples.into();
    reply
}

/// Lists what any operation may be refused for before the provider's rules
/// apply, and what becomes of it when the sandbox itself fails.
fn refusals(has_body: bool, is_large: bool, is_control: bool) -> Vec<(StatusCode, &'static str)> {
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
                    "The body is larger than 16 MiB; that of a whole world, than 64 MiB."
                } else {
                    "The body is larger than the sandbox takes: 64 KiB unless it was set otherwise."
                },
            ),
        ]);
    }
    if is_large {
        all.push((
            StatusCode::SERVICE_UNAVAILABLE,
            "Too many other large bodies are on their way: send it again after `Retry-After`.",
        ));
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
    in its examples, the sandbox takes the example's value too; such values are excepted from \
    the condition of their field. A path without an operation is answered with 404, another method with 405, \
    both in the shape of the other failures. Faults that were ordered through the control API \
    can bring any other answer.";

/// Pushes onto an array.
fn push(array: &mut Value, item: Value) {
    if let Some(array) = array.as_array_mut() {
        array.push(item);
    }
}
