//! The documents' own curl commands.

use cards_sign::Order;
use cards_transport::Call;
use conformance::fixture::Case;

use crate::common::fake::request;
use crate::common::operations::from_input;
use crate::common::{cases, on_the_wire};
use crate::stage::{Stage, provider_in_order, replay, same};

fn commands() -> Vec<Case> {
    let commands: Vec<_> = cases()
        .into_iter()
        .filter(|case| case.curl.is_some())
        .collect();
    assert!(commands.len() >= 3, "{}", commands.len());
    commands
}

/// With the example's order and the masked digits filled in alike, the
/// client sends what curl sends: the same line, headers and fields.
#[test]
fn the_client_sends_the_fields_of_the_documents_command() {
    for case in commands() {
        replay::<Compared>(&case);
    }
}

struct Compared;

impl Stage for Compared {
    fn replay<C: Call>(case: &Case) {
        let mut filled = case.input.clone().unwrap();
        for (name, value) in &case.meta.substitutions {
            filled[name] = value.as_str().into();
        }
        let airpay = provider_in_order::<C>(case, "http://localhost:1", Order::Example);
        let ours = request(&from_input::<C>(&filled).unwrap(), airpay).unwrap();
        let ours = on_the_wire(&ours);
        let theirs = curl_request(case, "localhost:1");
        same(case, "curl: method", &ours.method, &theirs.method);
        same(case, "curl: path", &ours.target, &theirs.target);
        for (name, value) in &theirs.headers {
            if !["accept", "user-agent"].contains(&&*name.to_ascii_lowercase()) {
                same(
                    case,
                    &format!("curl: {name}"),
                    &ours.header(name),
                    &Some(value),
                );
            }
        }
        let fields = |body: &[u8]| -> Vec<(String, String)> {
            form_urlencoded::parse(body).into_owned().collect()
        };
        same(
            case,
            "curl: fields",
            &fields(&ours.body),
            &fields(&theirs.body),
        );
    }
}

/// The bytes of a case's `curl.http`, for this host.
pub(crate) fn curl_bytes(case: &Case, host: &str) -> Vec<u8> {
    let text = case.curl.as_ref().unwrap().replace("<host>", host);
    let (head, body) = text.split_once("\n\n").unwrap();
    format!("{}\r\n\r\n{body}", head.replace('\n', "\r\n")).into_bytes()
}

fn curl_request(case: &Case, host: &str) -> conformance::wire::WireRequest {
    conformance::wire::WireRequest::parse(&curl_bytes(case, host)).unwrap()
}
