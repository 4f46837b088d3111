//! Three failures that teach something.

use std::io::Read;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use cards_sandbox::{ChecksumVerdict, Running};
use cards_transport::airpay::Airpay;
use cards_transport::bytes::Bytes;
use cards_transport::http::{HeaderValue, Request, Response};
use cards_transport::model::airpay::UpdateCustomer;
use cards_transport::model::{Form, Request as _};
use cards_transport::sign::{Explain, Order, checksum, explain};
use cards_transport::{
    BlockingTransport, Error as CallError, Limits, Settings, TransportError, UreqTransport,
    blocking,
};

use super::people;
use super::text::wrapped;
use crate::call::client::{Backend, Client};
use crate::config::Vars;
use crate::error::Error;
use crate::output::{self, BAD, DIM};

/// A request that breaks the document's rules never leaves.
pub(super) fn broken_rules(sandbox: &Running, vars: &Vars) -> Result<(), Error> {
    title("1", "Rules are checked before anything is sent")?;
    let before = sandbox.exchanges().len();
    let mut wrong = people::person(Backend::Ureq)?;
    wrong.card_no = "4111".into();
    wrong.city = "New Delhi".into();
    wrong.password = "short".into();
    let client = blocking::Client::new(airpay(vars)?, UreqTransport::new()?);
    says(&failed(client.send(&wrong))?.to_string())?;
    let after = sandbox.exchanges().len();
    remark(&format!(
        "The server saw {} requests; no value is in the message.",
        after - before
    ))
}

/// Signed in the order of the document's example, sent in that of its table.
pub(super) fn wrong_checksum(sandbox: &Running, vars: &Vars) -> Result<(), Error> {
    title("2", "A refused checksum is explained")?;
    let call = UpdateCustomer::new(cards_sandbox::world::airpay::CUSTOMER)
        .country("India")
        .city("Kochi")
        .state("Kerala");
    let secret = vars.get("CARDS_AIRPAY_SECRET_KEY").unwrap_or_default();
    let mut fields = call.fields();
    Order::Example.arrange(&mut fields, UpdateCustomer::EXAMPLE_ORDER);
    let sum = checksum(fields.iter().map(|(_, value)| *value), secret.as_bytes()).to_hex();

    let transport = Resigned {
        inner: UreqTransport::new()?,
        checksum: sum.to_string(),
    };
    let client = blocking::Client::new(airpay(vars)?, transport);
    says(&failed(client.send(&call))?.to_string())?;

    let table: Vec<_> = UpdateCustomer::OPERATION
        .fields
        .iter()
        .map(|field| field.wire)
        .collect();
    let sent = call.fields();
    let why = Explain::new(&sent, secret.as_bytes(), &sum)
        .table(&table)
        .example(UpdateCustomer::EXAMPLE_ORDER);
    remark("The provider says no more than that. `cards verify` says:")?;
    output::out(&wrapped(&explain(&why).to_string(), "   "))?;
    let is_journaled = sandbox
        .exchanges()
        .pop()
        .is_some_and(|last| last.detail::<ChecksumVerdict>().is_some());
    match is_journaled {
        true => remark("The sandbox says the same in its log."),
        false => Ok(()),
    }
}

/// Shows that after a reset nobody knows whether the customer is registered.
pub(super) fn reset_connection(vars: &Vars) -> Result<(), Error> {
    title("3", "A mutation is not sent twice")?;
    let resetting = |error| Error::failure("cannot play a failing server").caused_by(error);
    let mut told: Vec<(String, usize)> = Vec::new();
    for backend in Backend::ALL {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(resetting)?;
        let address = server.local_addr().map_err(resetting)?;
        let serve = thread::spawn(move || connections(&server));
        let vars = vars
            .clone()
            .with("CARDS_AIRPAY_BASE_URL", format!("http://{address}"));
        let timeout = Duration::from_secs(20);
        let settings = Settings::new().total_timeout(timeout);
        let client = Client::new(
            airpay(&vars)?,
            backend,
            settings,
            vars.backend_options()?,
            Some(timeout),
        )?;
        let error = failed(client.send(&people::person(backend)?))?;
        // A last connection, which says that there is no other to wait for.
        drop(TcpStream::connect(address));
        told.push((error.to_string(), serve.join().unwrap_or_default()));
    }
    let (error, requests) = &told[0];
    says(error)?;
    match told.iter().all(|other| *other == told[0]) {
        true => remark(&format!(
            "The server reset the connection. It saw {requests} request from each backend, and \
             the error says that the outcome is unknown: registering twice is worse than failing."
        )),
        // The one is as true as the other, and says it in its own words.
        false => told[1..].iter().try_for_each(|(error, _)| says(error)),
    }
}

/// Resets every connection that sends something, and counts them. One that
/// sends nothing ends it.
fn connections(server: &TcpListener) -> usize {
    let mut resets = 0;
    while let Ok((mut stream, _)) = server.accept() {
        // Closed with bytes unread, a connection is reset.
        match stream.read(&mut [0; 1]) {
            Ok(1) => resets += 1,
            _ => break,
        }
    }
    resets
}

/// Sends with another checksum than the right one.
struct Resigned {
    inner: UreqTransport,
    checksum: String,
}

impl BlockingTransport for Resigned {
    fn send(
        &self,
        mut request: Request<Bytes>,
        limits: Limits,
    ) -> Result<Response<Bytes>, TransportError> {
        if let Ok(checksum) = HeaderValue::from_str(&self.checksum) {
            request.headers_mut().insert("checksum", checksum);
        }
        self.inner.send(request, limits)
    }

    fn sleep(&self, pause: Duration) {
        self.inner.sleep(pause);
    }
}

fn airpay(vars: &Vars) -> Result<Airpay, Error> {
    Ok(Airpay::from_vars(|name| vars.get(name))?)
}

fn failed<T>(outcome: Result<T, CallError>) -> Result<CallError, Error> {
    match outcome {
        Err(error) => Ok(error),
        Ok(_) => Err(Error::failure("a call succeeded that was made to fail")),
    }
}

fn title(number: &str, what: &str) -> Result<(), Error> {
    output::out(&format!("{number}. {what}\n"))
}

/// Prints the text of the client's error.
fn says(error: &str) -> Result<(), Error> {
    let text = wrapped(&format!("error: {error}"), "   ");
    output::out(&text.replacen("error:", &format!("{BAD}error:{BAD:#}"), 1))
}

fn remark(text: &str) -> Result<(), Error> {
    output::out(&format!("{DIM}{}{DIM:#}", wrapped(text, "   ")))
}
