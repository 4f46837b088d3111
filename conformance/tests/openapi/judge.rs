//! Requests and replies against the schemas of a document.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use cards_sandbox::openapi::Api;
use cards_transport::form_parts;
use http::{Method, Request, Response, Uri};
use jsonschema::Validator;
use serde_json::Value;

use crate::common::operations::{Input, nested};

/// Validators that were built already, by document and schema.
static BUILT: Mutex<BTreeMap<(String, String), Arc<Validator>>> = Mutex::new(BTreeMap::new());

/// Says what is wrong with an instance of a schema of a document, which takes no
/// property that it does not know.
pub(crate) fn trouble(document: &Value, schema: &Value, instance: &Value) -> Option<String> {
    let key = (document["info"]["title"].to_string(), schema.to_string());
    let built = BUILT.lock().unwrap().get(&key).cloned();
    let validator = built.unwrap_or_else(|| {
        let mut components = document["components"].clone();
        close(&mut components["schemas"]);
        let mut root = schema.clone();
        root["components"] = components;
        root["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
        let options = jsonschema::options().should_validate_formats(true);
        let validator = Arc::new(options.build(&root).unwrap());
        let kept = Arc::clone(&validator);
        BUILT.lock().unwrap().insert(key, kept);
        validator
    });
    let errors = validator.iter_errors(instance);
    let errors = errors.map(|error| format!("{}: {error}; ", error.instance_path()));
    Some(errors.collect()).filter(|errors: &String| !errors.is_empty())
}

/// A document must not stay silent about a property that is sent.
fn close(schema: &mut Value) {
    if schema["type"] == "object" && schema.get("properties").is_some() {
        let schema = schema.as_object_mut().unwrap();
        schema.entry("additionalProperties").or_insert(false.into());
    }
    match schema {
        Value::Object(object) => object.values_mut().for_each(close),
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// The values of an object; none of anything else.
pub(crate) fn members(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

/// The items of an array; none of anything else.
pub(crate) fn items(array: &Value) -> impl Iterator<Item = &Value> + Clone {
    array.as_array().into_iter().flatten()
}

/// Every `$ref` in a value.
pub(crate) fn references(value: &Value) -> Vec<&str> {
    let own = value.get("$ref").and_then(Value::as_str);
    let below = members(value).map(|(_, value)| value).chain(items(value));
    own.into_iter().chain(below.flat_map(references)).collect()
}

/// Holds one operation of a document.
#[derive(Clone, Copy)]
pub(crate) struct Described<'a> {
    pub(crate) document: &'a Value,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) value: &'a Value,
}

/// Every operation of a document.
pub(crate) fn operations(document: &Value) -> impl Iterator<Item = Described<'_>> {
    members(&document["paths"]).flat_map(move |(path, item)| {
        members(item).map(move |(method, value)| Described {
            document,
            method,
            path,
            value,
        })
    })
}

fn all(documents: &[(Api, Value)]) -> impl Iterator<Item = Described<'_>> {
    documents
        .iter()
        .flat_map(|(_, document)| operations(document))
}

/// The operation of this id.
pub(crate) fn named<'a>(documents: &'a [(Api, Value)], id: &str) -> Result<Described<'a>, String> {
    let found = all(documents).find(|described| described.value["operationId"] == id);
    found.ok_or_else(|| format!("no operation is called {id}"))
}

/// The operation that a request is for.
pub(crate) fn of_target<'a>(
    documents: &'a [(Api, Value)],
    method: &Method,
    uri: &Uri,
) -> Option<Described<'a>> {
    all(documents).find(|described| {
        let is_method = method.as_str().eq_ignore_ascii_case(described.method);
        is_method && described.path_parameters(uri.path()).is_some()
    })
}

impl<'a> Described<'a> {
    fn trouble(&self, schema: &Value, instance: &Value) -> Option<String> {
        trouble(self.document, schema, instance)
    }

    /// Reads what a path has in the place of the template's parameters, where
    /// it is one of this operation.
    fn path_parameters(&self, path: &str) -> Option<Vec<(String, String)>> {
        let prefix = self.document["servers"][0]["url"].as_str();
        let prefix = prefix.unwrap_or_default().trim_end_matches('/');
        // Paysafe's card calls are served below another prefix too, as the document says.
        let other = self.path.starts_with("/customers/").then_some("/v2");
        let prefixes = [prefix, other.unwrap_or(prefix)];
        let below = prefixes.iter().find_map(|prefix| path.strip_prefix(prefix));
        let path = below.unwrap_or(path);
        let (template, given) = (self.path.split('/'), path.split('/'));
        if template.clone().count() != given.clone().count() {
            return None;
        }
        let mut parameters = Vec::new();
        for (template, given) in template.zip(given) {
            match template.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
                Some(name) => {
                    // A plus sign is one in a path.
                    let pair = format!("{name}={}", given.replace('+', "%2B"));
                    parameters.extend(form_urlencoded::parse(pair.as_bytes()).into_owned());
                }
                None if template == given => {}
                None => return None,
            }
        }
        Some(parameters)
    }

    /// Every example with its schema.
    pub(crate) fn examples(&self) -> Vec<(&'a Value, &'a Value)> {
        let bodies = members(&self.value["responses"]).map(|(_, body)| body);
        let bodies = bodies.chain([&self.value["requestBody"]]);
        let media = bodies.flat_map(|body| members(&body["content"]).map(|(_, media)| media));
        let of_media = media.flat_map(|media| {
            let named = members(&media["examples"]).map(|(_, example)| &example["value"]);
            let examples = named.chain(media.get("example"));
            examples.map(|example| (&media["schema"], example))
        });
        let of_parameters = self.parameters().filter_map(|parameter| {
            let example = parameter.get("example")?;
            Some((&parameter["schema"], example))
        });
        of_media.chain(of_parameters).collect()
    }

    pub(crate) fn parameters(&self) -> impl Iterator<Item = &'a Value> + Clone + use<'a> {
        items(&self.value["parameters"])
    }

    /// The parameter of a name, whatever its case: Ibanera's names have none.
    fn parameter(&self, name: &str) -> Option<&'a Value> {
        let named = |parameter: &&Value| {
            let own = parameter["name"].as_str();
            own.is_some_and(|own| own.eq_ignore_ascii_case(name))
        };
        self.parameters().find(named)
    }

    /// The schema of a form or JSON body. That of a provider's operation stands among the
    /// components for its name's sake.
    pub(crate) fn body(&self) -> Option<&'a Value> {
        let (_, media) = members(&self.value["requestBody"]["content"]).next()?;
        let schema = &media["schema"];
        let reference = schema["$ref"].as_str();
        let own = reference.filter(|reference| reference.ends_with("Body"));
        own.map_or(Some(schema), |reference| {
            self.document.pointer(&reference[1..])
        })
    }

    /// The schema of a request's field.
    pub(crate) fn field(&self, name: &str) -> Option<&'a Value> {
        let schema = match self.parameter(name) {
            Some(parameter) => &parameter["schema"],
            None => {
                let mut steps = name.split('.');
                steps.try_fold(self.body()?, |schema, step| schema["properties"].get(step))?
            }
        };
        schema.is_object().then_some(schema)
    }

    /// Tells whether a schema says this rule of a request's field: of credentials and of what is
    /// there already, such as a customer's password, none can.
    pub(crate) fn tells(&self, field: &str, rule: &str) -> bool {
        let schema = self.field(field);
        schema.is_some_and(|schema| match rule {
            "allowed" => schema.to_string().contains("\"enum\":"),
            _ => ["length", "characters", "format", "required"].contains(&rule),
        })
    }

    /// Says what is wrong with a request's fields, by their wire names.
    pub(crate) fn trouble_of_input(&self, input: &Input) -> Option<String> {
        let mut rest = input.clone();
        let mut troubles = Vec::new();
        for parameter in self.parameters() {
            let name = parameter["name"].as_str().unwrap();
            let trouble = match rest.remove(name) {
                Some(value) => self.trouble(&parameter["schema"], &value),
                None if parameter["required"] == true => Some("is missing".to_owned()),
                None => None,
            };
            troubles.extend(trouble.map(|why| format!("{name}: {why}")));
        }
        // Only the other components are closed: a form may have fields that no
        // document knows.
        let body = self.body();
        troubles.extend(body.and_then(|body| self.trouble(body, &nested(&rest))));
        (!troubles.is_empty()).then(|| troubles.join("; "))
    }

    /// The same for a request as it is sent.
    pub(crate) fn trouble_of_request(&self, request: &Request<Bytes>) -> Option<String> {
        let query = request.uri().query().unwrap_or_default();
        let query = form_urlencoded::parse(query.as_bytes()).into_owned();
        let of_path = self.path_parameters(request.uri().path());
        let mut input = Input::new();
        for (name, text) in of_path.into_iter().flatten().chain(query) {
            let Some(parameter) = self.parameter(&name) else {
                continue;
            };
            let name = parameter["name"].as_str().unwrap().to_owned();
            match (input.get_mut(&name), typed(&parameter["schema"], &text)) {
                (Some(Value::Array(all)), Value::Array(more)) => all.extend(more),
                (Some(_), _) => {}
                (None, value) => drop(input.insert(name, value)),
            }
        }
        let content = &self.value["requestBody"]["content"];
        if content.get("application/x-www-form-urlencoded").is_some() {
            // Where a field comes twice, the last counts.
            for (name, text) in form_urlencoded::parse(request.body()) {
                input.insert(name.into_owned(), text.into());
            }
        } else if content.get("multipart/form-data").is_some() {
            if form_parts(request).is_empty() {
                return Some("the body has no parts".to_owned());
            }
            for part in form_parts(request) {
                let value = match part.file {
                    // Under another name it is the one file all the same.
                    Some((_, bytes)) => ("file".to_owned(), Value::from("x".repeat(bytes))),
                    None => {
                        let schema = self.field(&part.name).unwrap_or(&Value::Null);
                        let value = typed(schema, &part.text);
                        (part.name, value)
                    }
                };
                input.extend([value]);
            }
        } else if self.body().is_some() {
            match serde_json::from_slice::<Input>(request.body()) {
                Ok(object) => input.extend(object),
                Err(_) => return Some("the body is no object".to_owned()),
            }
        }
        self.trouble_of_input(&input)
    }

    /// Says what is wrong with a reply: its status, its headers, its body.
    pub(crate) fn trouble_of_reply(&self, reply: &Response<Bytes>) -> Option<String> {
        let status = reply.status();
        self.wrong(reply).map(|why| format!("{status}: {why}"))
    }

    fn wrong(&self, reply: &Response<Bytes>) -> Option<String> {
        let Some(described) = self.value["responses"].get(reply.status().as_str()) else {
            return Some(format!("is no status of {} {}", self.method, self.path));
        };
        let given = |name: &str| reply.headers().get(name)?.to_str().ok();
        for (name, header) in members(&described["headers"]) {
            let header = match header["$ref"].as_str() {
                Some(reference) => self.document.pointer(&reference[1..]).unwrap(),
                None => header,
            };
            let trouble = match given(name) {
                Some(text) => self.trouble(&header["schema"], &typed(&header["schema"], text)),
                None => (header["required"] == true).then(|| "is missing".to_owned()),
            };
            if let Some(why) = trouble {
                return Some(format!("header {name}: {why}"));
            }
        }
        let content_type = given("content-type").unwrap_or_default();
        let Some(media) = described["content"].get(content_type) else {
            return Some(format!("{content_type} is not described"));
        };
        match serde_json::from_slice(reply.body()) {
            Ok(body) => self.trouble(&media["schema"], &body),
            Err(_) => Some("the body is no JSON".to_owned()),
        }
    }
}

/// A text of a path, a query or a header as the value that its schema is about.
fn typed(schema: &Value, text: &str) -> Value {
    match schema["type"].as_str() {
        Some("integer") => text.parse::<u64>().map_or(text.into(), Value::from),
        Some("boolean") => text.parse::<bool>().map_or(text.into(), Value::from),
        Some("array") => text.split(',').collect(),
        _ => text.into(),
    }
}
