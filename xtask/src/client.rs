//! The chores' HTTP client: each call on a connection of its own, to a server
//! on this machine, whatever the environment says of proxies.
//!
//! No chore sends what only a raw socket can; the sandbox's own tests of the
//! wire do.

use std::io::ErrorKind;
use std::sync::LazyLock;
use std::time::Duration;

use http::Request;
use ureq::Agent;

/// The longest that a call may take on a machine that has better things to do.
const PATIENCE: Duration = Duration::from_secs(120);

static AGENT: LazyLock<Agent> = LazyLock::new(|| {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None)
        // A sandbox that stops waits for connections that may be used again.
        .max_idle_connections(0)
        .timeout_global(Some(PATIENCE));
    config.build().into()
});

/// An answer of any status.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// A call without an answer.
#[derive(Debug, thiserror::Error)]
#[error("no answer from {url}: {source}")]
pub(crate) struct Error {
    url: String,
    source: Box<ureq::Error>,
}

impl Error {
    /// Tells whether the connection was closed in the place of an answer.
    pub(crate) fn is_lost(&self) -> bool {
        match &*self.source {
            ureq::Error::Io(error) => matches!(
                error.kind(),
                ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset
            ),
            _ => false,
        }
    }
}

pub(crate) fn get(url: &str) -> Result<Reply, Error> {
    call("GET", url, [], "")
}

/// Sends a call, without a body where it is empty.
pub(crate) fn call<'a>(
    method: &str,
    url: &str,
    headers: impl IntoIterator<Item = (&'a str, &'a str)>,
    body: &str,
) -> Result<Reply, Error> {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let answer = match body {
        "" => request.body(()).map(|request| AGENT.run(request)),
        body => request.body(body).map(|request| AGENT.run(request)),
    };
    let read = || {
        let mut answer = answer??;
        Ok(Reply {
            status: answer.status().as_u16(),
            body: answer.body_mut().read_to_string()?,
        })
    };
    read().map_err(|source: ureq::Error| Error {
        url: url.to_owned(),
        source: Box::new(source),
    })
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use cards_sandbox::{Fault, Sandbox};

    use super::*;

    #[test]
    fn a_refusal_is_an_answer() {
        let sandbox = Sandbox::start_blocking().unwrap();
        let refused = get(&format!("{}/nowhere", sandbox.url())).unwrap();
        assert_eq!(refused.status, 404);
        assert!(refused.body.contains("error"), "{}", refused.body);
    }

    #[test]
    fn what_is_sent() {
        let sandbox = Sandbox::start_blocking().unwrap();
        let faults = format!("{}/_sandbox/faults", sandbox.url());
        let json = [("content-type", "application/json")];
        let added = call("POST", &faults, json, r#"{"fault": "garbage"}"#).unwrap();
        assert_eq!(added.status, 201, "{}", added.body);
        assert_eq!(sandbox.faults().list().len(), 1);
        assert_eq!(call("DELETE", &faults, [], "").unwrap().status, 200);
    }

    #[test]
    fn a_lost_reply_is_told_from_a_server_that_is_not_there() {
        let sandbox = Sandbox::start_blocking().unwrap();
        sandbox.faults().add(Fault::lost_reply()).unwrap();
        let url = format!("{}/customers/12345678/prepaid/cards", sandbox.url());
        assert!(get(&url).err().unwrap().is_lost());
        assert_eq!(sandbox.exchanges().len(), 1, "asked once");

        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let nobody = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        let error = get(&nobody).err().unwrap();
        assert!(!error.is_lost());
        let start = format!("no answer from {nobody}: ");
        assert!(error.to_string().starts_with(&start), "{error}");
    }
}
