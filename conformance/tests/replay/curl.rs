//! The documents' own curl commands.

use cards_sign::Order;
use cards_transport::Call;
use conformance::fixture::Case;
use conformance::wire::WireRequest;
use serde_json::Value;

use crate::common::fake::request;
use crate::common::operations::from_input;
use crate::common::{cases, on_the_wire};
use crate::stage::{provider_in_order, same};

pub(crate) fn commands() -> impl Iterator<Item = Case> {
    cases().into_iter().filter(|case| case.curl.is_some())
}

/// Checks that the client sends what curl sends, with the example's order and the masked digits
/// filled in alike: the same line, headers and fields.
pub(crate) fn compared<C: Call>(case: &Case) {
    let airpay = provider_in_order::<C>(case, "http://localhost:1", Order::Example);
    let ours = request(&from_input::<C>(&filled(case)).unwrap(), airpay).unwrap();
    let ours = on_the_wire(&ours);
    let theirs = WireRequest::parse(&curl_bytes(case, "localhost:1")).unwrap();
    same(case, "curl: method", &ours.method, &theirs.method);
    same(case, "curl: path", &ours.target, &theirs.target);
    for (name, value) in &theirs.headers {
        if !["accept", "user-agent"].contains(&&*name.to_ascii_lowercase()) {
            let stage = format!("curl: {name}");
            same(case, &stage, &ours.header(name), &Some(value));
        }
    }
    let fields = |request: &WireRequest| -> Vec<_> {
        form_urlencoded::parse(&request.body).into_owned().collect()
    };
    same(case, "curl: fields", &fields(&ours), &fields(&theirs));
}

/// The input of a case with its masked digits filled in.
fn filled(case: &Case) -> Value {
    let mut input = case.input.clone().unwrap();
    for (name, value) in &case.meta.substitutions {
        input[name] = value.as_str().into();
    }
    input
}

/// The bytes of a case's `curl.http`, for this host.
pub(crate) fn curl_bytes(case: &Case, host: &str) -> Vec<u8> {
    let text = case.curl.as_ref().unwrap().replace("<host>", host);
    let (head, body) = text.split_once("\n\n").unwrap();
    format!("{}\r\n\r\n{body}", head.replace('\n', "\r\n")).into_bytes()
}
