//! The links of the documents: each leads from a reply that has a token to a call that the token
//! opens, and following it works.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use cards_sandbox::openapi::Api;
use cards_sandbox::world;
use http::{Request, Response};
use serde_json::Value;

use crate::exchange::{Sandbox, credentials, digest, one_time_code};
use crate::judge::{self, Described, items, members};
use crate::rows::variants;
use crate::{documents, filled};

/// A link of a document, and where it leads from.
#[derive(Clone, Copy)]
struct Link<'a> {
    source: Described<'a>,
    status: &'a str,
    value: &'a Value,
}

/// Every link of a document.
fn links(document: &Value) -> impl Iterator<Item = Link<'_>> {
    judge::operations(document).flat_map(|source| {
        members(&source.value["responses"]).flat_map(move |(status, reply)| {
            members(&reply["links"]).map(move |(_, value)| Link {
                source,
                status,
                value,
            })
        })
    })
}

fn id<'a>(described: &Described<'a>) -> &'a str {
    described.value["operationId"].as_str().unwrap()
}

/// Reads a runtime expression: the text before the pointer into the reply's body, and the pointer.
fn parsed(expression: &str) -> Option<(&str, &str)> {
    let (before, expression) = match expression.split_once('{') {
        Some((before, embedded)) => (before, embedded.strip_suffix('}')?),
        None => ("", expression),
    };
    Some((before, expression.strip_prefix("$response.body#")?))
}

impl<'a> Link<'a> {
    fn target(&self) -> Result<Described<'a>, String> {
        let wanted = self.value["operationId"].as_str();
        let wanted = wanted.ok_or("it names no operation")?;
        let found = judge::operations(self.source.document).find(|other| id(other) == wanted);
        found.ok_or_else(|| format!("no operation is called {wanted}"))
    }

    /// The one header that it gives, with the text before the pointer, and the pointer.
    fn header(&self) -> Result<(&'a str, &'a str, &'a str), String> {
        let mut parameters = members(&self.value["parameters"]);
        let (Some((name, expression)), None) = (parameters.next(), parameters.next()) else {
            return Err("it gives other than one parameter".to_owned());
        };
        let header = name.strip_prefix("header.");
        let header = header.ok_or_else(|| format!("{name} is no header"))?;
        let read = expression.as_str().and_then(parsed);
        let (before, pointer) = read.ok_or_else(|| format!("{expression} reads nothing"))?;
        Ok((header, before, pointer))
    }

    /// Holds that everything that it names is there.
    fn resolve(&self) -> Result<(), String> {
        let known = ["operationId", "description", "parameters"];
        let mut keys = members(self.value).map(|(key, _)| key.as_str());
        if let Some(key) = keys.find(|key| !known.contains(key)) {
            return Err(format!("not every generator takes {key}"));
        }
        let target = self.target()?;
        let (header, _, pointer) = self.header()?;
        if !takes(&target, header) {
            return Err(format!("{} takes no header {header}", id(&target)));
        }
        let reply = &self.source.value["responses"][self.status];
        let schema = &reply["content"]["application/json"]["schema"];
        let steps: Vec<_> = pointer.split('/').skip(1).collect();
        let has_text = has_text(self.source.document, schema, &steps);
        let none = || format!("the reply has no text at {pointer}");
        has_text.then_some(()).ok_or_else(none)
    }
}

/// Tells whether an operation has a parameter of this name in a header, or requires a credential
/// there.
fn takes(described: &Described<'_>, header: &str) -> bool {
    let is_named = |parameter: &Value| parameter["in"] == "header" && parameter["name"] == header;
    let schemes = &described.document["components"]["securitySchemes"];
    let is_required = |(scheme, _): (&String, &Value)| match schemes[scheme]["type"].as_str() {
        Some("http") => header == "Authorization",
        _ => is_named(&schemes[scheme]),
    };
    let required = items(&described.value["security"]).flat_map(members);
    described.parameters().any(is_named) || required.into_iter().any(is_required)
}

/// Tells whether one of the shapes of a schema requires a text in this place.
fn has_text(document: &Value, schema: &Value, steps: &[&str]) -> bool {
    let mut shapes = variants(document, schema).into_iter();
    let Some((step, below)) = steps.split_first() else {
        return shapes.any(|schema| schema["type"] == "string");
    };
    shapes.any(|schema| {
        let mut required = items(&schema["required"]);
        let inner = &schema["properties"][step];
        required.any(|name| name == step) && has_text(document, inner, below)
    })
}

#[test]
fn each_link_resolves_and_each_call_with_a_token_is_linked() {
    for (api, document) in documents() {
        for link in links(&document) {
            let resolved = link.resolve();
            resolved.unwrap_or_else(|why| panic!("{api}, {}: {why}: {}", link.status, link.value));
        }
        for described in judge::operations(&document) {
            let wants =
                |name: &str| members(&described.value["security"][0]).any(|(one, _)| one == name);
            let from = links(&document).filter(|link| {
                link.target()
                    .is_ok_and(|target| id(&target) == id(&described))
            });
            let is_behind_a_token = wants("token") || wants("bearer");
            assert_eq!(
                from.count(),
                usize::from(is_behind_a_token),
                "{api} {}",
                id(&described)
            );
        }
    }
}

/// Makes a call out of an operation's own examples, with every credential but tokens, and with
/// these headers.
fn request(
    sandbox: &Sandbox,
    described: &Described<'_>,
    headers: &[(&str, String)],
) -> Request<Bytes> {
    let url = sandbox.running.url();
    let prefix = described.document["servers"][0]["url"].as_str().unwrap();
    let item = &described.document["paths"][described.path];
    let mut target = url + prefix.trim_end_matches('/') + &filled(described.path, item);
    let in_query = |parameter: &&Value| parameter["in"] == "query" && parameter["required"] == true;
    for (index, parameter) in described.parameters().filter(in_query).enumerate() {
        let (name, example) = (&parameter["name"], &parameter["example"]);
        target.push(if index == 0 { '?' } else { '&' });
        target += &format!("{}={example}", name.as_str().unwrap());
    }
    let mut request = Request::builder()
        .method(&*described.method.to_ascii_uppercase())
        .uri(target);
    let mut body = String::new();
    let mut form = Vec::new();
    if let Some((kind, media)) = members(&described.value["requestBody"]["content"]).next() {
        request = request.header("content-type", kind);
        let mut example = media["example"].clone();
        // The examples have numbers that are masked or nobody's, and a one-time password of
        // another moment.
        match id(described) {
            "user-login" => example["mobile_no"] = world::airpay::MOBILE_NO.into(),
            "lock-unlock" => {
                example["entity_id"] = world::airpay::CUSTOMER.into();
                example["kit_no"] = "100000000978".into();
            }
            "set-pin" => {
                example["kit_no"] = "100000000513".into();
                example["expiryDate"] = "1249".into();
            }
            "forgot-password" => {
                example["mobile_no"] = world::airpay::MOBILE_NO.into();
                example["dob"] = "1990-01-31".into();
            }
            "add-card" => {
                example["card_no"] = "4622940000003713".into();
                example["card_expiry"] = "12/2030".into();
            }
            "login" => example["otp"] = one_time_code().unwrap().into(),
            _ => {}
        }
        body = example.to_string();
        if kind == "multipart/form-data" {
            request = Request::builder()
                .method(&*described.method.to_ascii_uppercase())
                .uri(request.uri_ref().unwrap())
                .header("content-type", format!("{kind}; boundary=b"));
            body = in_parts(&example);
        } else if kind != "application/json" {
            let pairs = members(&example)
                .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
            form.extend(pairs);
            body = form_urlencoded::Serializer::new(String::new())
                .extend_pairs(&form)
                .finish();
        }
    }
    for (scheme, _) in members(&described.value["security"][0]) {
        let known = match scheme.as_str() {
            "affiliate" => credentials("keys").unwrap(),
            "otp" => vec![("otp", one_time_code().unwrap())],
            "checksum" => vec![("checksum", digest(&form, None))],
            "client" => vec![("authorization", basic())],
            other => {
                // The key comes with the affiliate, and tokens with the links.
                let others = ["processorKey", "token", "bearer"];
                assert!(others.contains(&other), "{other}");
                Vec::new()
            }
        };
        for (name, value) in known {
            request = request.header(name, value);
        }
    }
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    request.body(Bytes::from(body)).unwrap()
}

/// A multipart body of an example; the part that begins as a PDF does is a file.
fn in_parts(example: &Value) -> String {
    let parts = members(example).map(|(name, value)| {
        let text = value.as_str().map_or(value.to_string(), str::to_owned);
        let is_file = text.starts_with("%PDF");
        let file = if is_file { "; filename=\"a.pdf\"" } else { "" };
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{text}\r\n")
    });
    parts.collect::<String>() + "--b--\r\n"
}

/// The credentials of a Paysafe client; no character of them has to be encoded.
fn basic() -> String {
    use world::paysafe::{CLIENT_ID, CLIENT_SECRET};
    let pair = format!("{CLIENT_ID}:{CLIENT_SECRET}");
    format!("Basic {}", STANDARD.encode(pair))
}

/// Sends a call, and tells its reply and whether the journal says that it was accepted.
fn sent(
    sandbox: &Sandbox,
    described: &Described<'_>,
    headers: &[(&str, String)],
) -> (Response<Bytes>, bool) {
    let reply = sandbox.send(request(sandbox, described, headers)).unwrap();
    let journal = sandbox.running.exchanges();
    let last = journal.last().unwrap();
    assert_eq!(last.operation, Some(id(described)));
    (reply, last.accepted)
}

#[test]
fn following_a_link_is_accepted_and_its_target_without_it_is_not() {
    for (api, document) in documents() {
        let mut followed = 0;
        for link in links(&document) {
            followed += 1;
            let sandbox = Sandbox::start_with("received").unwrap();
            let target = link.target().unwrap();
            let place = format!("{api}, {} to {}", id(&link.source), id(&target));
            let (reply, is_accepted) = sent(&sandbox, &link.source, &[]);
            let body = String::from_utf8_lossy(reply.body()).into_owned();
            assert!(is_accepted, "{place}: {body}");
            assert_eq!(reply.status().as_str(), link.status, "{place}");
            let body: Value = serde_json::from_str(&body).unwrap();
            let (header, before, pointer) = link.header().unwrap();
            let token = body.pointer(pointer).and_then(Value::as_str);
            let token = token.unwrap_or_else(|| panic!("{place}: {body}"));

            let (reply, is_accepted) = sent(&sandbox, &target, &[]);
            assert!(!is_accepted, "{place}, without the token: {reply:?}");
            let headers = [(header, format!("{before}{token}"))];
            let (_, is_accepted) = sent(&sandbox, &target, &headers);
            let journal = sandbox.running.exchanges();
            assert!(is_accepted, "{place}: {}", journal.last().unwrap().verdict);
        }
        let least = usize::from(api != Api::Control);
        assert!(followed >= least, "{api}");
    }
}
