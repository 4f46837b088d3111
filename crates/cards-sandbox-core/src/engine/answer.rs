//! Holds what a handler gives back: the reply, and why it is that reply.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use cards_model::{Operation, Rule, Violation, Violations};
use serde::Serialize;

use crate::engine::detail::Detail;

/// A reply with its reason, which the journal takes off again. `Debug` shows neither the headers
/// nor the body, in which a token may be.
pub struct Answer {
    status: StatusCode,
    body: Vec<u8>,
    headers: Vec<(HeaderName, HeaderValue)>,
    verdict: Box<Verdict>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status.as_u16())
            .field("body", &format_args!("[{} bytes]", self.body.len()))
            .field("verdict", &self.verdict)
            .finish_non_exhaustive()
    }
}

/// The reason why a call was answered as it was. No value of a request is in here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) operation: Option<&'static Operation>,
    pub(crate) accepted: bool,
    pub(crate) why: Cow<'static, str>,
    pub(crate) violations: Vec<Violation>,
    pub(crate) detail: Option<Arc<dyn Detail>>,
    /// The rules that are not met, until the operation is known.
    unmet: Vec<UnmetRule>,
}

/// A broken rule of a document that no request type checks: only who serves
/// the call can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmetRule {
    field: &'static str,
    /// The place where the document states it; the field's row where `None`.
    row: Option<Cow<'static, str>>,
    rule: Rule,
    limit: &'static str,
}

impl UnmetRule {
    /// Makes a broken rule of a field in the operation's table.
    pub const fn field(field: &'static str, rule: Rule, limit: &'static str) -> Self {
        Self {
            field,
            row: None,
            rule,
            limit,
        }
    }

    /// Makes a broken rule that the document states in another place.
    pub fn at(
        field: &'static str,
        row: impl Into<Cow<'static, str>>,
        rule: Rule,
        limit: &'static str,
    ) -> Self {
        Self {
            field,
            row: Some(row.into()),
            rule,
            limit,
        }
    }

    fn of(&self, operation: &Operation) -> Violation {
        let row = operation.field(self.field).map(|field| field.row);
        let row = self.row.as_deref().or(row).unwrap_or(self.field);
        Violation::new(operation, self.field, row, self.rule, self.limit)
    }
}

impl Answer {
    /// A JSON reply to a call that did what was asked.
    pub fn accepted(body: &impl Serialize) -> Self {
        Self::new(StatusCode::OK, body, true, "accepted")
    }

    /// Accepts a call with JSON that is written already: where a reply is large, by the thread that
    /// read it, which has its parts at hand and is to free them.
    pub fn accepted_json(body: Vec<u8>) -> Self {
        let mut answer = Self::accepted(&());
        answer.body = body;
        answer
    }

    /// A JSON reply to a call that did not.
    pub fn refused(
        status: StatusCode,
        body: &impl Serialize,
        why: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(status, body, false, why)
    }

    fn new(
        status: StatusCode,
        body: &impl Serialize,
        accepted: bool,
        why: impl Into<Cow<'static, str>>,
    ) -> Self {
        // Our own reply types have text keys and no map in them: nothing fails.
        let body = serde_json::to_vec(body).unwrap_or_default();
        let verdict = Verdict {
            accepted,
            why: why.into(),
            ..Verdict::default()
        };
        Self {
            status,
            body,
            headers: Vec::new(),
            verdict: Box::new(verdict),
        }
    }

    /// Tells which operation was called, and cites the unmet rules by its table.
    pub fn of(mut self, operation: &'static Operation) -> Self {
        self.verdict.operation = Some(operation);
        let unmet = std::mem::take(&mut self.verdict.unmet);
        let violations = unmet.iter().map(|rule| rule.of(operation));
        self.verdict.violations.extend(violations);
        self
    }

    /// Answers under this HTTP status; 200 where a call was accepted and nothing is said.
    pub fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// Gives the reason in other words, for the journal.
    pub(crate) fn because(mut self, why: impl Into<Cow<'static, str>>) -> Self {
        self.verdict.why = why.into();
        self
    }

    /// Gives the HTTP status, the headers and the body as they are sent.
    pub(crate) fn parts(&self) -> (StatusCode, &[(HeaderName, HeaderValue)], &[u8]) {
        (self.status, &self.headers, &self.body)
    }

    /// Adds a header.
    pub fn header(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.push((name, HeaderValue::from_static(value)));
        self
    }

    /// Adds the broken rules of the request, for the journal.
    pub fn violations(mut self, violations: &Violations) -> Self {
        self.verdict.violations.extend(violations.iter().cloned());
        self
    }

    /// Adds broken rules that only the server can check, for the journal.
    pub fn unmet(mut self, unmet: impl IntoIterator<Item = UnmetRule>) -> Self {
        self.verdict.unmet.extend(unmet);
        self
    }

    /// Adds what only the provider can tell of the call, for the journal.
    pub fn detail(mut self, detail: impl Detail) -> Self {
        self.verdict.detail = Some(Arc::new(detail));
        self
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response<Body> {
        let has_body = !self.body.is_empty();
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        if has_body {
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(header::CONTENT_TYPE, json);
        }
        response.headers_mut().extend(self.headers);
        response.extensions_mut().insert(*self.verdict);
        response
    }
}

/// Says why a request is rejected before any provider's rules apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// No operation is at this path.
    UnknownPath,
    /// The path is for other methods.
    WrongMethod,
    /// The body has more bytes than this.
    TooLarge(usize),
    /// The body did not arrive in time.
    TooSlow,
    /// Too many other bodies are in memory.
    Busy,
    /// The client went away, or broke HTTP's framing of the body.
    Broken,
    /// Percent signs without two hex digits, or bytes that are no UTF-8.
    Encoding,
    /// No header Host, more than one, or one that is neither a name nor an address.
    Host,
    /// A transfer coding beside `chunked`, or that one more than once.
    Coding,
    /// Another content type than this one.
    ContentType(&'static str),
    /// A body that is no JSON object.
    NoObject,
    /// A body whose parts cannot be read, and why.
    NoMultipart(&'static str),
}

impl Rejection {
    /// Gives the HTTP status of it.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::UnknownPath => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken
            | Self::Encoding
            | Self::Host
            | Self::Coding
            | Self::ContentType(_)
            | Self::NoObject
            | Self::NoMultipart(_) => StatusCode::BAD_REQUEST,
        }
    }

    /// Says it in words, for the journal.
    pub fn why(self) -> Cow<'static, str> {
        match self {
            Self::UnknownPath => "no provider has this path".into(),
            Self::WrongMethod => "this path is not for this method".into(),
            Self::TooLarge(limit) => format!("the body is over {limit} bytes").into(),
            Self::TooSlow => "the body did not arrive in time".into(),
            Self::Busy => {
                "too many other large bodies are on their way; send this one again later".into()
            }
            Self::Broken => "the body could not be read to its end".into(),
            Self::Encoding => {
                "not percent-encoded UTF-8: a % without two hex digits, or a byte that is no text"
                    .into()
            }
            Self::Host => {
                "HTTP/1.1 requires one header Host, with a name or an address and perhaps a port \
                 (RFC 9112, 3.2)"
                    .into()
            }
            Self::Coding => {
                "the one transfer coding that is read here is chunked, and it is named once (RFC \
                 9112, 6.1)"
                    .into()
            }
            Self::ContentType(expected) => format!("the content type has to be {expected}").into(),
            Self::NoObject => "the body is no JSON object".into(),
            Self::NoMultipart(why) => why.into(),
        }
    }
}
