//! Requests to the control API of a running sandbox.

use std::time::Duration;

use cards_transport::bytes::Bytes;
use cards_transport::http::{Method, Request, Response, StatusCode};
use cards_transport::{BaseUrl, BlockingTransport, ErrorKind, Limits, UreqTransport};
use serde_json::Value;

use crate::config::{CA_FILE, Vars};
use crate::end::End;
use crate::error::{Error, OUTCOME_UNKNOWN};
use crate::signals;

/// The most bytes of a reply: a journal and a world are large.
const MOST_BYTES: usize = 256 * 1024 * 1024;

/// Tells whether a success is a sandbox's reply to what was asked.
type IsOurs = fn(&Value) -> bool;

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

    pub(super) fn get(&self, path: &str, is_ours: IsOurs) -> Result<Value, Error> {
        self.ask(Method::GET, path, None, is_ours)
    }

    pub(super) fn put(&self, path: &str, body: &Value, is_ours: IsOurs) -> Result<Value, Error> {
        self.ask(Method::PUT, path, Some(body.to_string()), is_ours)
    }

    pub(super) fn post(
        &self,
        path: &str,
        body: Option<&Value>,
        is_ours: IsOurs,
    ) -> Result<Value, Error> {
        self.ask(Method::POST, path, body.map(Value::to_string), is_ours)
    }

    pub(super) fn delete(&self, path: &str, is_ours: IsOurs) -> Result<Value, Error> {
        self.ask(Method::DELETE, path, None, is_ours)
    }

    /// Sends JSON text as it is.
    pub(super) fn put_text(
        &self,
        path: &str,
        body: String,
        is_ours: IsOurs,
    ) -> Result<Value, Error> {
        self.ask(Method::PUT, path, Some(body), is_ours)
    }

    /// The text of a reply, as it came.
    pub(super) fn get_text(&self, path: &str, is_ours: IsOurs) -> Result<String, Error> {
        let response = self.send(Method::GET, path, None)?;
        self.read(&response, true, is_ours)?;
        Ok(String::from_utf8_lossy(response.body()).into_owned())
    }

    fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
        is_ours: IsOurs,
    ) -> Result<Value, Error> {
        let is_read = method == Method::GET;
        let response = self.send(method, path, body)?;
        let came = self.read(&response, is_read, is_ours)?;
        if !is_read {
            signals::ends_with(|| Error::interrupted().after_change());
        }
        Ok(came)
    }

    /// Reads a success, which something else than a sandbox may have sent.
    fn read(
        &self,
        response: &Response<Bytes>,
        is_read: bool,
        is_ours: IsOurs,
    ) -> Result<Value, Error> {
        let came = serde_json::from_slice(response.body()).ok();
        came.filter(is_ours)
            .ok_or_else(|| self.is_something_else(is_read))
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
        if !is_read {
            let url = self.base.as_str().to_owned();
            signals::ends_with(move || unknown(&url).caused_by("interrupted"));
        }
        let limits = Limits::new(self.timeout, MOST_BYTES);
        let sent = self.transport.send(request, limits);
        let response = sent.map_err(|error| {
            let end = End::of_transport(&error, is_read);
            ended(self.base.as_str(), &end).caused_by(error)
        })?;
        match response.status().is_success() {
            true => Ok(response),
            false => Err(self.no_success(&response, is_read)),
        }
    }

    /// Says what a reply means that is no success.
    fn no_success(&self, response: &Response<Bytes>, is_read: bool) -> Error {
        let status = response.status();
        // Of a change with 408 the server itself does not know how far it got.
        let is_not_done = status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT;
        let said = serde_json::from_slice::<Value>(response.body()).ok();
        let why = said.as_ref().and_then(|said| said["error"].as_str());
        // A sandbox has what is read here, and says why it refuses the rest.
        let is_refusal = is_not_done && !(is_read && status == StatusCode::NOT_FOUND);
        let kind = match why {
            _ if !is_read && !is_not_done => ErrorKind::OutcomeUnknown,
            Some(why) if is_refusal => {
                let end = End::of_reply(ErrorKind::Refused, None, is_read);
                return Error::ended(&end, format!("the sandbox refuses: {why}"));
            }
            _ => ErrorKind::Http,
        };
        let why = why.filter(|_| status.is_server_error());
        let why = why.map_or_else(String::new, |why| format!(": {why}"));
        let status = status.as_u16();
        ended(
            self.base.as_str(),
            &End::of_reply(kind, Some(status), is_read),
        )
        .caused_by(format!("it answers with HTTP {status}{why}"))
    }

    /// Says that another server has answered, which may have changed something too.
    pub(super) fn is_something_else(&self, is_read: bool) -> Error {
        let url = self.base.as_str();
        let error = match is_read {
            true => ended(url, &End::of_reply(ErrorKind::Malformed, None, is_read)),
            false => unknown(url),
        };
        error.caused_by("what answers is something else")
    }
}

/// Says that a change may have taken effect.
fn unknown(url: &str) -> Error {
    ended(url, &End::of_reply(ErrorKind::OutcomeUnknown, None, false))
}

fn ended(url: &str, end: &End) -> Error {
    let message = match end.kind {
        ErrorKind::OutcomeUnknown => format!("the sandbox at {url}: {OUTCOME_UNKNOWN}"),
        _ => format!("no sandbox answers at {url}"),
    };
    Error::ended(end, message)
}

#[cfg(test)]
mod tests {
    use conformance::server::{RawServer, Reaction};

    use super::*;
    use crate::end::Outcome;
    use crate::exit::Exit;

    #[test]
    fn of_a_change_that_nobody_answers_the_outcome_is_unknown() {
        let server = RawServer::playing([Reaction::SendAndStall(Vec::new())]).unwrap();
        let client = Client::new(&server.url(), "--url").unwrap();
        let client = client.within(Duration::from_millis(200));
        let anything: IsOurs = |_| true;
        let body = Value::Null;
        for change in [
            client.post("/x", None, anything),
            client.put("/x", &body, anything),
            client.delete("/x", anything),
        ] {
            let error = change.unwrap_err();
            assert_eq!(
                (error.exit, error.outcome),
                (Exit::OutcomeUnknown, Outcome::Unknown)
            );
            let cause = error.causes.first().map(String::as_str);
            assert_eq!(cause, Some("the time limit ran out"));
        }
        let error = client.get("/x", anything).unwrap_err();
        assert_eq!(
            (error.exit, error.outcome),
            (Exit::TryAgain, Outcome::Failed)
        );
    }
}
