//! A request to one of a provider's operations, as far as reading it is the same for all.

use axum::RequestExt;
use axum::extract::{RawPathParams, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use cards_model::{self as model, Body, FileUpload, Operation, Place, Received, Rules, Violations};
use serde_json::Value;

use crate::engine::answer::Rejection;
use crate::engine::intake::{self, Pairs};
use crate::engine::multipart::{Part, open_field};
use crate::engine::settings::Limits;

/// The kind of body that an operation takes.
#[derive(Clone, Copy)]
pub enum Takes {
    /// It takes no body: whatever comes does not matter.
    Nothing,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// JSON under one of these content types, of which a rejection names the first.
    Json(&'static [&'static str]),
    /// `multipart/form-data`.
    Multipart,
}

impl Takes {
    /// The kind of body that an operation's table states.
    pub const fn stated_by(operation: &Operation) -> Self {
        match operation.body {
            Body::None => Self::Nothing,
            Body::Form => Self::Form,
            Body::Json => Self::Json(&["application/json"]),
            Body::Multipart => Self::Multipart,
        }
    }
}

/// The reason why a request is not read.
pub enum Unreadable {
    /// It is no request at all.
    Rejected(Rejection),
    /// Fields are missing, of another kind, or break rules.
    Unmet(Violations),
}

/// A request whose body is read, within limits. Its text is judged by the operation.
pub struct Incoming {
    head: Parts,
    parameters: Option<RawPathParams>,
    form: Pairs,
    json: Vec<u8>,
    parts: Vec<Part>,
}

impl Incoming {
    /// Reads the body, within limits.
    pub async fn receive(
        mut request: Request,
        takes: Takes,
        limits: Limits,
    ) -> Result<Self, Rejection> {
        // It fails where the path is no UTF-8, and such a one comes no further than the journal.
        let parameters = request.extract_parts::<RawPathParams>().await.ok();
        let (head, body) = request.into_parts();
        let (mut form, mut json, mut parts) = (Pairs::new(), Vec::new(), Vec::new());
        match takes {
            Takes::Nothing => {}
            Takes::Form => form = intake::form(&head, body, limits).await?,
            Takes::Json(types) => json = intake::json(&head, body, types, limits).await?,
            Takes::Multipart => parts = intake::multipart(&head, body, limits).await?,
        }
        Ok(Self {
            head,
            parameters,
            form,
            json,
            parts,
        })
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// The path as it was sent, without the query.
    pub fn path(&self) -> &str {
        self.head.uri.path()
    }

    /// The decoded value that the path has for `{name}`.
    pub fn parameter(&self, name: &str) -> &str {
        let mut all = self.parameters.iter().flatten();
        all.find(|(other, _)| *other == name)
            .map_or("", |(_, value)| value)
    }

    /// The decoded pairs of the query, in the order received.
    pub fn query(&self) -> Pairs {
        intake::query(&self.head.uri)
    }

    /// The decoded pairs of the form, in the order received; none where it is not taken.
    pub fn form(&self) -> &Pairs {
        &self.form
    }

    /// The bytes of the JSON body; none where it is not taken.
    pub fn json(&self) -> &[u8] {
        &self.json
    }

    /// Reads a request by its table of fields.
    pub fn read<R: model::Request>(&self, rules: &Rules) -> Result<R, Unreadable> {
        let query = self.query();
        let json = match R::OPERATION.body {
            Body::Json => Some(self.object().map_err(Unreadable::Rejected)?),
            Body::None | Body::Form | Body::Multipart => None,
        };
        let texts = self.parts.iter().filter_map(|part| match part {
            Part::Text(name, text) => Some((&**name, &**text)),
            Part::File(..) => None,
        });
        let files = files(R::OPERATION, &self.parts);
        let mut received = Received::new()
            .pairs(Place::Path, self.parameters.iter().flatten())
            .pairs(Place::Query, borrowed(&query))
            .pairs(Place::Form, borrowed(&self.form))
            .pairs(Place::Part, texts)
            .files(files);
        if let Some(json) = &json {
            received = received.json(json);
            if let Ok(text) = std::str::from_utf8(&self.json) {
                received = received.json_text(text);
            }
        }
        R::receive(&received, rules).map_err(Unreadable::Unmet)
    }

    /// Reads the body, which has to be a JSON object.
    fn object(&self) -> Result<Value, Rejection> {
        let read = serde_json::from_slice(&self.json).ok();
        read.filter(Value::is_object).ok_or(Rejection::NoObject)
    }
}

/// Reads a request by its table of fields, where nothing else about it has to be judged first, such
/// as credentials.
pub async fn read<R: model::Request>(
    request: Request,
    limits: Limits,
    rules: &Rules,
) -> Result<R, Unreadable> {
    let takes = Takes::stated_by(R::OPERATION);
    let incoming = Incoming::receive(request, takes, limits).await;
    incoming.map_err(Unreadable::Rejected)?.read(rules)
}

/// The files, each with the field that it is for: the one that its part is named after, or the one
/// that is [open](open_field).
fn files<'a>(
    operation: &'static Operation,
    parts: &'a [Part],
) -> impl Iterator<Item = (&'a str, &'a FileUpload)> {
    let files = parts.iter().filter_map(|part| match part {
        Part::File(name, file) => Some((&**name, file)),
        Part::Text(..) => None,
    });
    let open = open_field(operation, files.clone().map(|(name, _)| name));
    files.map(move |(name, file)| match open {
        Some(first) if operation.field(name).is_none() => (first, file),
        _ => (name, file),
    })
}

fn borrowed(pairs: &Pairs) -> impl Iterator<Item = (&str, &str)> {
    let pairs = pairs.iter();
    pairs.map(|(name, value)| (name.as_str(), value.as_str()))
}
