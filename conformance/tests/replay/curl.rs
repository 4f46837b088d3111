//! The documents' own curl commands.

use cards_model::Form;
use cards_model::airpay::{CustomerPreference, RegisterUser, UpdateCustomer};
use cards_sign::Order;
use cards_transport::Call;
use cards_transport::airpay::Airpay;
use conformance::fixture::Case;

use crate::common::fake::request;
use crate::common::operations::Operation;
use crate::common::{cases, on_the_wire};
use crate::stage::{provider, same};

fn commands() -> Vec<Case> {
    let commands: Vec<_> = cases()
        .into_iter()
        .filter(|case| case.curl.is_some())
        .collect();
    assert_eq!(commands.len(), 3);
    commands
}

/// With the example's order and the masked digits filled in alike, the
/// client sends what curl sends: the same line, headers and fields.
#[test]
fn the_client_sends_the_fields_of_the_documents_command() {
    for case in commands() {
        match &*case.operation {
            "register-user" => compared::<RegisterUser>(&case),
            "update-customer" => compared::<UpdateCustomer>(&case),
            _ => compared::<CustomerPreference>(&case),
        }
    }
}

fn compared<F: Form + Operation + Call<Provider = Airpay>>(case: &Case) {
    let mut filled = case.input.clone().unwrap();
    for (name, value) in &case.meta.substitutions {
        filled[name] = value.as_str().into();
    }
    let airpay = provider::<F>(case, "http://localhost:1").order(Order::Example);
    let ours = request(&F::from_input(&filled).unwrap(), airpay).unwrap();
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

/// The bytes of a case's `curl.http`, for this host.
pub(crate) fn curl_bytes(case: &Case, host: &str) -> Vec<u8> {
    let text = case.curl.as_ref().unwrap().replace("<host>", host);
    let (head, body) = text.split_once("\n\n").unwrap();
    format!("{}\r\n\r\n{body}", head.replace('\n', "\r\n")).into_bytes()
}

fn curl_request(case: &Case, host: &str) -> conformance::wire::WireRequest {
    conformance::wire::WireRequest::parse(&curl_bytes(case, host)).unwrap()
}
