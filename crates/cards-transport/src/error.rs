//! One error, whatever went wrong.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use cards_model::{Effect, Operation, Violations};
use http::StatusCode;

use crate::paging::PagingTrouble;
use crate::provider::ConfigError;
use crate::reply::RawReply;
use crate::transport::{TransportError, TransportErrorKind};

/// Why a call brought no value.
///
/// Ask [`kind`](Self::kind) or the `is_*` predicates; read what the server sent
/// with [`status`](Self::status) and [`raw`](Self::raw). The text names the
/// operation and what to do, and holds no value of the request or the reply.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

/// The kinds of [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request breaks documented rules; nothing was sent.
    Invalid,
    /// Credentials are missing or cannot be sent.
    Config,
    /// No connection at the last attempt. See [`Error::is_not_sent`] for those
    /// before.
    Connect,
    /// A time limit ran out: on a read, or before a mutation was sent.
    Timeout,
    /// The reply did not arrive whole or is not HTTP, on a read.
    Interrupted,
    /// A mutation may or may not have taken effect.
    OutcomeUnknown,
    /// The reply is larger than the limit, on a read.
    TooLarge,
    /// The provider understood and said no.
    Refused,
    /// The provider does not take the credentials (HTTP 401).
    Unauthorized,
    /// An HTTP status that is no success, without a refusal that can be read.
    Http,
    /// A success whose body is not what the document describes.
    Malformed,
    /// The pages of a list contradict each other.
    Paging,
}

struct Inner {
    kind: ErrorKind,
    operation: &'static Operation,
    attempts: u32,
    /// Whether any attempt may have reached the provider.
    sent: bool,
    raw: Option<RawReply>,
    cause: Cause,
}

enum Cause {
    Violations(Violations),
    Config(ConfigError),
    Transport(TransportError),
    Refusal(Refusal),
    Json(JsonTrouble),
    Paging(PagingTrouble),
    Status,
}

/// What a provider says when it says no, in one shape for all three.
///
/// `Display` shows the code and the fields' codes. The message is the
/// provider's free text, which may repeat what was sent; it is shown only to
/// those who ask for it.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The code: Airpay's `fail`, Paysafe's `DW-...`, Ibanera's first code.
    pub code: Option<String>,
    /// The sentence that came with it.
    pub message: Option<String>,
    /// The fields at fault.
    pub fields: Vec<FieldRefusal>,
}

/// One field that a provider refuses.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldRefusal {
    /// The field's name on the wire.
    pub field: String,
    /// The code or sentence that came with it.
    pub error: String,
}

/// Where a JSON body is not what was expected. It shows no part of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonTrouble {
    path: String,
    line: usize,
    column: usize,
    is_syntax: bool,
}

/// Why a 2xx reply brings no value.
#[derive(Debug)]
#[non_exhaustive]
pub enum Rejection {
    /// The body says no.
    Refused(Refusal),
    /// The body is not what the document describes.
    Malformed(JsonTrouble),
}

impl Error {
    pub(crate) fn invalid(operation: &'static Operation, violations: Violations) -> Self {
        let cause = Cause::Violations(violations);
        Self::new(ErrorKind::Invalid, operation, 0, false, None, cause)
    }

    pub(crate) fn config(
        operation: &'static Operation,
        attempts: u32,
        sent: bool,
        error: ConfigError,
    ) -> Self {
        let cause = Cause::Config(error);
        Self::new(ErrorKind::Config, operation, attempts, sent, None, cause)
    }

    pub(crate) fn paging(
        operation: &'static Operation,
        trouble: PagingTrouble,
        raw: RawReply,
    ) -> Self {
        let attempts = raw.attempts();
        let cause = Cause::Paging(trouble);
        Self::new(
            ErrorKind::Paging,
            operation,
            attempts,
            true,
            Some(raw),
            cause,
        )
    }

    pub(crate) fn transport(
        operation: &'static Operation,
        attempts: u32,
        sent: bool,
        error: TransportError,
        raw: Option<RawReply>,
    ) -> Self {
        let kind = match (error.kind(), error.is_maybe_sent(), operation.effect) {
            (_, true, Effect::Mutation) => ErrorKind::OutcomeUnknown,
            (TransportErrorKind::Timeout, ..) => ErrorKind::Timeout,
            (TransportErrorKind::TooLarge, ..) => ErrorKind::TooLarge,
            (TransportErrorKind::Request, ..) => ErrorKind::Config,
            (TransportErrorKind::Connect | TransportErrorKind::Tls, ..) | (_, false, _) => {
                ErrorKind::Connect
            }
            _ => ErrorKind::Interrupted,
        };
        Self::new(
            kind,
            operation,
            attempts,
            sent,
            raw,
            Cause::Transport(error),
        )
    }

    pub(crate) fn rejected(
        operation: &'static Operation,
        rejection: Rejection,
        raw: RawReply,
    ) -> Self {
        let (kind, cause) = match rejection {
            Rejection::Refused(refusal) => (ErrorKind::Refused, Cause::Refusal(refusal)),
            Rejection::Malformed(json) => (ErrorKind::Malformed, Cause::Json(json)),
        };
        Self::new(kind, operation, raw.attempts(), true, Some(raw), cause)
    }

    pub(crate) fn status_code(
        operation: &'static Operation,
        refusal: Option<Refusal>,
        raw: RawReply,
    ) -> Self {
        let kind = match (raw.status(), &refusal) {
            (StatusCode::UNAUTHORIZED, _) => ErrorKind::Unauthorized,
            (_, Some(_)) => ErrorKind::Refused,
            (_, None) => ErrorKind::Http,
        };
        let cause = refusal.map_or(Cause::Status, Cause::Refusal);
        Self::new(kind, operation, raw.attempts(), true, Some(raw), cause)
    }

    fn new(
        kind: ErrorKind,
        operation: &'static Operation,
        attempts: u32,
        sent: bool,
        raw: Option<RawReply>,
        cause: Cause,
    ) -> Self {
        Self(Arc::new(Inner {
            kind,
            operation,
            attempts,
            sent,
            raw,
            cause,
        }))
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Which operation failed. Where a login on behalf of a call failed, it is
    /// the login.
    pub fn operation(&self) -> &'static Operation {
        self.0.operation
    }

    /// How often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The HTTP status, where a reply came.
    pub fn status(&self) -> Option<StatusCode> {
        self.raw().map(RawReply::status)
    }

    /// What the server sent, whole or as far as it came. The body may hold
    /// personal data.
    pub fn raw(&self) -> Option<&RawReply> {
        self.0.raw.as_ref()
    }

    /// The broken rules of a request that was not sent.
    pub fn violations(&self) -> Option<&Violations> {
        match &self.0.cause {
            Cause::Violations(violations) => Some(violations),
            _ => None,
        }
    }

    /// What the provider said.
    pub fn refusal(&self) -> Option<&Refusal> {
        match &self.0.cause {
            Cause::Refusal(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Where the body is not what was expected.
    pub fn json(&self) -> Option<&JsonTrouble> {
        match &self.0.cause {
            Cause::Json(json) => Some(json),
            _ => None,
        }
    }

    /// What the backend met.
    pub fn transport_kind(&self) -> Option<TransportErrorKind> {
        match &self.0.cause {
            Cause::Transport(error) => Some(error.kind()),
            _ => None,
        }
    }

    /// The request breaks documented rules.
    pub fn is_invalid(&self) -> bool {
        self.kind() == ErrorKind::Invalid
    }

    /// It is certain that no attempt of this call has reached the provider.
    pub fn is_not_sent(&self) -> bool {
        !self.0.sent
    }

    /// A mutation of which nobody here knows whether it took effect: the
    /// connection failed after sending, the server failed (5xx), or its answer
    /// cannot be read. Find out before sending it again.
    pub fn is_outcome_unknown(&self) -> bool {
        let is_mutation = self.operation().effect == Effect::Mutation;
        let is_server_error = self.status().is_some_and(|status| status.is_server_error());
        let is_unclear = match self.kind() {
            ErrorKind::Malformed => true,
            ErrorKind::Http | ErrorKind::Refused => is_server_error,
            _ => false,
        };
        self.kind() == ErrorKind::OutcomeUnknown || is_mutation && is_unclear
    }

    /// A time limit ran out.
    pub fn is_timeout(&self) -> bool {
        self.transport_kind() == Some(TransportErrorKind::Timeout)
    }

    /// No connection could be made.
    pub fn is_connect(&self) -> bool {
        self.kind() == ErrorKind::Connect
    }

    /// The provider understood and said no.
    pub fn is_refused(&self) -> bool {
        self.kind() == ErrorKind::Refused
    }

    /// The provider does not take the credentials.
    pub fn is_unauthorized(&self) -> bool {
        self.kind() == ErrorKind::Unauthorized
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Cause::Violations(violations) = &inner.cause {
            // They name the operation themselves.
            return write!(f, "not sent: {violations}");
        }
        write!(f, "{}: ", inner.operation)?;
        match (inner.kind, &inner.cause) {
            (_, Cause::Violations(violations)) => write!(f, "{violations}")?,
            (_, Cause::Config(error)) => write!(f, "not sent: {error}")?,
            (ErrorKind::OutcomeUnknown, Cause::Transport(error)) => write!(
                f,
                "outcome unknown: {error} after the request may have been sent; \
                 find out whether it took effect before sending it again"
            )?,
            (_, Cause::Transport(error)) => write!(f, "{error}")?,
            (ErrorKind::Unauthorized, Cause::Refusal(refusal)) => {
                write!(f, "the credentials are not accepted: {refusal}")?;
            }
            (ErrorKind::Unauthorized, _) => f.write_str("the credentials are not accepted")?,
            (_, Cause::Refusal(refusal)) => write!(f, "refused: {refusal}")?,
            (_, Cause::Json(json)) => write!(f, "reply not understood: {json}")?,
            (_, Cause::Paging(trouble)) => write!(f, "{trouble}")?,
            (_, Cause::Status) => f.write_str("unexpected status")?,
        }
        if let Some(raw) = &inner.raw {
            write!(
                f,
                " (HTTP {}, {} bytes)",
                raw.status().as_u16(),
                raw.body().len()
            )?;
        }
        if inner.attempts > 1 {
            write!(f, " after {} attempts", inner.attempts)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.to_string())
            .field("raw", &self.0.raw)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.cause {
            Cause::Transport(error) => error.source(),
            _ => None,
        }
    }
}

impl Refusal {
    pub(crate) fn new(code: Option<String>, message: Option<String>) -> Self {
        Self {
            code,
            message,
            fields: Vec::new(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_deref().map_or("no reason given", code_word))?;
        for (index, field) in self.fields.iter().enumerate() {
            f.write_str(if index == 0 { ": " } else { ", " })?;
            write!(f, "{field}")?;
        }
        Ok(())
    }
}

impl fmt::Display for FieldRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", code_word(&self.field), code_word(&self.error))
    }
}

impl fmt::Debug for FieldRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FieldRefusal({self})")
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Refusal({self})")
    }
}

impl JsonTrouble {
    pub(crate) fn new(path: String, error: &serde_json::Error) -> Self {
        let is_syntax = error.is_syntax() || error.is_eof();
        Self {
            path,
            line: error.line(),
            column: error.column(),
            is_syntax,
        }
    }

    /// The path of the field at fault, such as `cards[0].expiry.month`; `.`
    /// for the whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The line in the body, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in the body, counted from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// Whether the text is no JSON at all, or ends too early.
    pub fn is_syntax(&self) -> bool {
        self.is_syntax
    }
}

impl fmt::Display for JsonTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.is_syntax {
            "no JSON"
        } else {
            "not what the document describes"
        };
        write!(
            f,
            "{what} at {} (line {}, column {})",
            self.path, self.line, self.column
        )
    }
}

impl Rejection {
    /// A field is absent without which the reply means nothing.
    pub(crate) fn missing(path: &str) -> Self {
        Self::Malformed(JsonTrouble {
            path: path.into(),
            line: 1,
            column: 1,
            is_syntax: false,
        })
    }
}

/// Reads JSON; where that fails, reads it once more to learn the path.
pub(crate) fn read_json<'de, T: serde::Deserialize<'de>>(text: &'de str) -> Result<T, Rejection> {
    read_part("", text, text)
}

/// As [`read_json`], for the part of a body that stands at `path`; troubles
/// are placed in the whole body.
pub(crate) fn read_part<'de, T: serde::Deserialize<'de>>(
    path: &str,
    body: &str,
    part: &'de str,
) -> Result<T, Rejection> {
    serde_json::from_str(part).map_err(|error| {
        let mut deserializer = serde_json::Deserializer::from_str(part);
        let inner = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
            Err(located) => located.path().to_string(),
            Ok(_) => ".".to_owned(),
        };
        let path = match (path, inner.as_str()) {
            ("", inner) => inner.to_owned(),
            (path, ".") => path.to_owned(),
            (path, inner) if inner.starts_with('[') => format!("{path}{inner}"),
            (path, inner) => format!("{path}.{inner}"),
        };
        // `part` is borrowed from `body`, or is a stand-in for what is absent.
        let start = (part.as_ptr() as usize).wrapping_sub(body.as_ptr() as usize);
        let before = body.get(..start).unwrap_or_default();
        let mut trouble = JsonTrouble::new(path, &error);
        if trouble.line == 1 {
            trouble.column += before.len() - before.rfind('\n').map_or(0, |at| at + 1);
        }
        trouble.line += before.matches('\n').count();
        Rejection::Malformed(trouble)
    })
}

/// The body as text: one UTF-8 check for all that is read from it.
pub(crate) fn body_text(body: &[u8]) -> Result<&str, Rejection> {
    std::str::from_utf8(body).map_err(|error| {
        let before = &body[..error.valid_up_to()];
        let line = 1 + before.iter().filter(|&&b| b == b'\n').count();
        let column = 1 + before.iter().rev().take_while(|&&b| b != b'\n').count();
        Rejection::Malformed(JsonTrouble {
            path: ".".into(),
            line,
            column,
            is_syntax: true,
        })
    })
}

/// A provider's text, where it looks like a code or a field's name: one word
/// with at most four digits. A sentence may repeat what was sent.
fn code_word(text: &str) -> &str {
    let is_taken =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'[' | b']');
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if text.len() <= 64 && digits <= 4 && text.bytes().all(is_taken) {
        text
    } else {
        "[message withheld]"
    }
}
