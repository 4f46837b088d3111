//! Requests and replies against the schemas of a document.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use cards_sandbox::openapi::Api;
use http::{Method, Request, Response, Uri};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::common::operations::nested;

/// A schema of a document, which takes no property that it does not know.
pub(crate) struct Judge(Arc<Validator>);

/// Validators that were built already, by document and schema.
static BUILT: Mutex<BTreeMap<(String, String), Arc<Validator>>> = Mutex::new(BTreeMap::new());

impl Judge {
    pub(crate) fn new(document: &Value, schema: &Value) -> Self {
        let key = (document["info"]["title"].to_string(), schema.to_string());
        if let Some(built) = BUILT.lock().unwrap().get(&key) {
            return Self(Arc::clone(built));
        }
        let mut components = document["components"].clone();
        close(&mut components["schemas"]);
        let mut root = schema.clone();
        root["components"] = components;
        root["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&root)
            .unwrap();
        let validator = Arc::new(validator);
        BUILT.lock().unwrap().insert(key, Arc::clone(&validator));
        Self(validator)
    }

    /// Says what is wrong with an instance, if anything is.
    pub(crate) fn trouble(&self, instance: &Value) -> Option<String> {
        let errors: Vec<_> = self
            .0
            .iter_errors(instance)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        (!errors.is_empty()).then(|| errors.join("; "))
    }
}

/// A document must not stay silent about a property that is sent.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            let is_object = object.get("type") == Some(&json!("object"));
            if is_object && object.contains_key("properties") {
                object
                    .entry("additionalProperties")
                    .or_insert(Value::Bool(false));
            }
            object.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// Every operation with its method and path.
pub(crate) fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            let operations = item.as_object().unwrap();
            operations
                .iter()
                .map(move |(method, operation)| (method.as_str(), path.as_str(), operation))
        })
        .collect()
}

/// Every `$ref` in a value.
pub(crate) fn references(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(object) => {
            let own = object.get("$ref").and_then(Value::as_str);
            let below = object.values().flat_map(references);
            own.into_iter().chain(below).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// Holds one operation of a document.
pub(crate) struct Described<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) value: &'a Value,
    prefix: &'a str,
}

/// The operation of this id.
pub(crate) fn named<'a>(
    documents: &'a [(Api, Value)],
    id: &str,
) -> Result<(&'a Value, Described<'a>), String> {
    for (_, document) in documents {
        for (method, path, value) in operations(document) {
            if value["operationId"] == id {
                return Ok((document, Described::new(document, method, path, value)));
            }
        }
    }
    Err(format!("no operation is called {id}"))
}

/// The operation that a request is for.
pub(crate) fn of_target<'a>(
    documents: &'a [(Api, Value)],
    method: &Method,
    uri: &Uri,
) -> Option<(&'a Value, Described<'a>)> {
    for (_, document) in documents {
        for (verb, path, value) in operations(document) {
            let described = Described::new(document, verb, path, value);
            let is_it = method.as_str().eq_ignore_ascii_case(verb);
            if is_it && described.path_parameters(uri.path()).is_some() {
                return Some((document, described));
            }
        }
    }
    None
}

impl<'a> Described<'a> {
    pub(crate) fn new(
        document: &'a Value,
        method: &'a str,
        path: &'a str,
        value: &'a Value,
    ) -> Self {
        let prefix = document["servers"][0]["url"].as_str().unwrap_or_default();
        Self {
            method,
            path,
            value,
            prefix: prefix.trim_end_matches('/'),
        }
    }

    /// Reads what a path has in the place of the template's parameters, where
    /// it is one of this operation.
    fn path_parameters(&self, path: &str) -> Option<BTreeMap<String, Value>> {
        let path = path.strip_prefix(self.prefix).unwrap_or(path);
        let (template, given): (Vec<_>, Vec<_>) =
            (self.path.split('/').collect(), path.split('/').collect());
        if template.len() != given.len() {
            return None;
        }
        let mut parameters = BTreeMap::new();
        for (template, given) in template.into_iter().zip(given) {
            match template.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
                Some(name) => {
                    parameters.insert(name.to_owned(), decoded(given).into());
                }
                None if template == given => {}
                None => return None,
            }
        }
        Some(parameters)
    }

    /// Every example with its schema.
    pub(crate) fn examples(&self) -> Vec<(&'a Value, Value)> {
        let mut found = Vec::new();
        let bodies = self.value["responses"].as_object().unwrap().values();
        let bodies = bodies.chain([&self.value["requestBody"]]);
        for body in bodies {
            for media in body["content"]
                .as_object()
                .into_iter()
                .flat_map(Map::values)
            {
                let named = media["examples"].as_object();
                let named = named.into_iter().flat_map(Map::values);
                let examples = named
                    .map(|example| &example["value"])
                    .chain(media.get("example"));
                found.extend(examples.map(|example| (&media["schema"], example.clone())));
            }
        }
        for parameter in self.parameters() {
            if let Some(example) = parameter.get("example") {
                found.push((&parameter["schema"], example.clone()));
            }
        }
        found
    }

    pub(crate) fn parameters(&self) -> &'a [Value] {
        self.value["parameters"]
            .as_array()
            .map_or(&[], Vec::as_slice)
    }

    /// The schema of a form or JSON body.
    pub(crate) fn body(&self) -> Option<&'a Value> {
        let content = self.value["requestBody"]["content"].as_object()?;
        Some(&content.values().next()?["schema"])
    }

    /// The schema of a field of the body, by its wire name.
    pub(crate) fn property(&self, field: &str) -> Option<&'a Value> {
        let mut steps = field.split('.');
        let property = steps.try_fold(self.body()?, |schema, step| schema["properties"].get(step));
        property.filter(|schema| schema.is_object())
    }

    /// A field's documented sample values.
    pub(crate) fn samples(&self, field: &str) -> Vec<Value> {
        let examples = self.property(field).map(|schema| &schema["examples"]);
        let examples = examples.and_then(Value::as_array);
        examples.cloned().unwrap_or_default()
    }

    /// Whether a schema says this rule of a request's field: of credentials and
    /// of what is there already, such as a customer's password, none can.
    pub(crate) fn tells(&self, field: &str, rule: &str) -> bool {
        let mut parameters = self.parameters().iter();
        let parameter = parameters.find(|parameter| parameter["name"] == field);
        let schema = match parameter {
            Some(parameter) => Some(&parameter["schema"]),
            None => self.property(field),
        };
        let Some(schema) = schema else {
            return false;
        };
        match rule {
            "allowed" => schema.to_string().contains("\"enum\":"),
            "length" | "characters" | "format" | "required" => true,
            _ => false,
        }
    }

    /// Says what is wrong with a request's fields, by their wire names.
    pub(crate) fn trouble(
        &self,
        document: &Value,
        input: &BTreeMap<String, Value>,
    ) -> Option<String> {
        let mut troubles = Vec::new();
        let mut rest = input.clone();
        for parameter in self.parameters() {
            let name = parameter["name"].as_str().unwrap();
            match rest.remove(name) {
                Some(value) => {
                    let judge = Judge::new(document, &parameter["schema"]);
                    troubles.extend(judge.trouble(&value).map(|why| format!("{name}: {why}")));
                }
                None if parameter["required"] == true => {
                    troubles.push(format!("{name} is missing"));
                }
                None => {}
            }
        }
        if let Some(body) = self.body() {
            // Only components are closed: a form may have fields that no
            // document knows.
            troubles.extend(Judge::new(document, body).trouble(&nested(&rest)));
        }
        (!troubles.is_empty()).then(|| troubles.join("; "))
    }

    /// The same for a request as it is sent.
    pub(crate) fn trouble_of_request(
        &self,
        document: &Value,
        request: &Request<Bytes>,
    ) -> Option<String> {
        let mut input = self
            .path_parameters(request.uri().path())
            .unwrap_or_default();
        for parameter in self.parameters() {
            let name = parameter["name"].as_str().unwrap();
            if parameter["schema"]["type"] == "integer"
                && let Some(value) = input.get_mut(name)
                && let Some(number) = value.as_str().and_then(|text| text.parse::<u64>().ok())
            {
                *value = number.into();
            }
        }
        let query = request.uri().query().unwrap_or_default();
        for (name, text) in form_urlencoded::parse(query.as_bytes()) {
            // Ibanera's names have no case.
            let parameter = self.parameters().iter().find(|parameter| {
                parameter["name"]
                    .as_str()
                    .unwrap()
                    .eq_ignore_ascii_case(&name)
            });
            let Some(parameter) = parameter else {
                continue;
            };
            let schema = &parameter["schema"];
            let value = match schema["type"].as_str() {
                Some("integer") => match text.parse::<u64>() {
                    Ok(number) => number.into(),
                    Err(_) => text.into(),
                },
                Some("boolean") => match text.parse::<bool>() {
                    Ok(word) => word.into(),
                    Err(_) => text.into(),
                },
                Some("array") => text.split(',').collect(),
                _ => text.into(),
            };
            let name = parameter["name"].as_str().unwrap().to_owned();
            match (input.get_mut(&name), value) {
                (Some(Value::Array(all)), Value::Array(more)) => all.extend(more),
                (Some(_), _) => {}
                (None, value) => {
                    input.insert(name, value);
                }
            }
        }
        let is_form = self.value["requestBody"]["content"]
            .get("application/x-www-form-urlencoded")
            .is_some();
        if is_form {
            // Where a field comes twice, the last counts.
            for (name, text) in form_urlencoded::parse(request.body()) {
                input.insert(name.into_owned(), text.into());
            }
        } else if self.body().is_some() {
            match serde_json::from_slice::<BTreeMap<_, _>>(request.body()) {
                Ok(object) => input.extend(object),
                Err(_) => return Some("the body is no object".to_owned()),
            }
        }
        self.trouble(document, &input)
    }

    /// Says what is wrong with a reply: its status, its headers, its body.
    pub(crate) fn trouble_of_reply(
        &self,
        document: &Value,
        reply: &Response<Bytes>,
    ) -> Option<String> {
        let status = reply.status();
        let status = status.as_str();
        let Some(described) = self.value["responses"].get(status) else {
            return Some(format!(
                "{} {}: {status} is not described",
                self.method, self.path
            ));
        };
        for (name, header) in described["headers"].as_object().into_iter().flatten() {
            let header = match header["$ref"].as_str() {
                Some(reference) => document.pointer(&reference[1..]).unwrap(),
                None => header,
            };
            let value = reply
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok());
            let Some(value) = value else {
                if header["required"] == true {
                    return Some(format!("{status} has no header {name}"));
                }
                continue;
            };
            let instance = match header["schema"]["type"].as_str() {
                Some("integer") => value.parse::<u64>().map_or(Value::Null, Value::from),
                _ => value.into(),
            };
            if let Some(trouble) = Judge::new(document, &header["schema"]).trouble(&instance) {
                return Some(format!("{status}, header {name}: {trouble}"));
            }
        }
        let content_type = reply.headers().get("content-type");
        let content_type = content_type.and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default();
        let Some(media) = described["content"].get(content_type) else {
            return Some(format!("{status}: {content_type} is not described"));
        };
        let Ok(body) = serde_json::from_slice::<Value>(reply.body()) else {
            return Some(format!("{status}: the body is no JSON"));
        };
        let trouble = Judge::new(document, &media["schema"]).trouble(&body);
        trouble.map(|trouble| format!("{status}: {trouble}"))
    }
}

fn decoded(segment: &str) -> String {
    // A plus sign is one in a path.
    let segment = segment.replace('+', "%2B");
    let pairs = format!("a={segment}");
    let mut pairs = form_urlencoded::parse(pairs.as_bytes());
    pairs
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
