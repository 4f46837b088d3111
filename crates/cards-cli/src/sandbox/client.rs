//! Requests to the control API of a running sandbox.

use std::time::Duration;

use cards_transport::bytes::Bytes;
use cards_transport::http::{Method, Request, Response};
use cards_transport::{BaseUrl, BlockingTransport, Limits, UreqTransport};
use serde_json::Value;

use crate::config::{CA_FILE, Vars};
use crate::error::Error;

/// The most bytes of a reply: a journal and a world are large.
const MOST_BYTES: usize = 256 * 1024 * 1024;

/// The way to one sandbox.
pub(super) struct Client {
    base: BaseUrl,
    transport: UreqTransport,
    timeout: Duration,
}

impl Client {
    /// Makes one for an address that a flag gave.
    pub(super) fn new(url: &str, flag: &str) -> Result<Self, Error> {
        let base = url
            .parse()
            .map_err(|error| Error::usage(format!("{flag}: {error}")))?;
        // For a sandbox with TLS.
        let options = Vars::default().checked(CA_FILE)?.trusting()?;
        Ok(Self {
            base,
            transport: UreqTransport::with_options(&options)?,
            timeout: Duration::from_secs(30),
        })
    }

    /// Limits the time of each request.
    pub(super) fn within(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    pub(super) fn get(&self, path: &str) -> Result<Value, Error> {
        self.ask(Method::GET, path, None)
    }

    pub(super) fn put(&self, path: &str, body: &Value) -> Result<Value, Error> {
        self.ask(Method::PUT, path, Some(body.to_string()))
    }

    pub(super) fn post(&self, path: &str, body: Option<&Value>) -> Result<Value, Error> {
        self.ask(Method::POST, path, body.map(Value::to_string))
    }

    pub(super) fn delete(&self, path: &str) -> Result<Value, Error> {
        self.ask(Method::DELETE, path, None)
    }

    /// Sends JSON text as it is.
    pub(super) fn put_text(&self, path: &str, body: String) -> Result<Value, Error> {
        self.ask(Method::PUT, path, Some(body))
    }

    /// The text of a reply, as it came.
    pub(super) fn get_text(&self, path: &str) -> Result<String, Error> {
        let response = self.send(Method::GET, path, None)?;
        Ok(String::from_utf8_lossy(response.body()).into_owned())
    }

    fn ask(&self, method: Method, path: &str, body: Option<String>) -> Result<Value, Error> {
        let response = self.send(method, path, body)?;
        serde_json::from_slice(response.body()).map_err(|_| self.is_something_else())
    }

    fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<Response<Bytes>, Error> {
        let is_read = method == Method::GET;
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base.as_str()));
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let request = request
            .body(Bytes::from(body.unwrap_or_default()))
            .map_err(|_| Error::usage("the address of the sandbox is no URL"))?;
        let limits = Limits::new(self.timeout, MOST_BYTES);
        let sent = self.transport.send(request, limits);
        let response = sent.map_err(|error| self.does_not_answer().caused_by(error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status().as_u16();
        // A sandbox has what is read here, and says why it refuses the rest.
        let is_refusal = response.status().is_client_error() && !(is_read && status == 404);
        let said = serde_json::from_slice::<Value>(response.body()).ok();
        let why = said.as_ref().and_then(|said| said["error"].as_str());
        Err(match why {
            Some(why) if is_refusal => Error::usage(format!("the sandbox refuses: {why}")),
            _ => self
                .does_not_answer()
                .caused_by(format!("it answers with HTTP {status}")),
        })
    }

    pub(super) fn does_not_answer(&self) -> Error {
        Error::failure(format!("no sandbox answers at {}", self.base.as_str()))
    }

    pub(super) fn is_something_else(&self) -> Error {
        self.does_not_answer()
            .caused_by("what answers is something else")
    }
}
