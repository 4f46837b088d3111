//! Stage 5: the sandbox, which has to answer as documented.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::marker::PhantomData;
use std::net::TcpStream;
use std::sync::Arc;

use cards_model::airpay::{CustomerPreference, RegisterUser, UpdateCustomer};
use cards_model::ibanera::{CardsByCustomer, ListCustomerCards};
use cards_model::paysafe::ListPrepaidCards;
use cards_sandbox::{ChecksumVerdict, Running, Sandbox, world};
use cards_sign::Order;
use cards_transport::airpay::Airpay;
use cards_transport::ibanera::Ibanera;
use cards_transport::paysafe::Paysafe;
use cards_transport::{BackendOptions, Call, Retry, Settings, Visit};
use conformance::fixture::Case;
use serde_json::{Value, json};

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::fake::FakeClock;
use crate::common::operations::{from_input, visited};
use crate::common::{case, cases, named, noon};
use crate::curl::curl_bytes;
use crate::shape::{merged, shape, within};
use crate::stage::{input, provider_in_order, requests};

for_both_backends!(
    documented_airpay_requests_are_answered_as_documented,
    a_wrong_checksum_is_answered_with_the_documented_failure,
    paysafe_examples_come_back_as_documented,
    ibanera_examples_come_back_as_documented,
    requests_of_our_own_are_accepted,
    a_list_of_137_cards_is_walked_to_its_end,
    tokens_are_fetched_with_the_worlds_credentials,
);

fn start() -> Running {
    let clock = Arc::new(noon);
    Sandbox::builder().clock(clock).start_blocking().unwrap()
}

fn from_env<P, E: std::fmt::Debug>(
    sandbox: &Running,
    from_vars: impl Fn(&dyn Fn(&str) -> Option<String>) -> Result<P, E>,
) -> P {
    let env = sandbox.env();
    let var = |name: &str| {
        let found = env.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.clone())
    };
    from_vars(&var).unwrap()
}

fn strict() -> Settings {
    FakeClock::new().settings().retry(Retry::never())
}

/// Exactly these bytes; the status and the JSON that come back.
fn exchange(sandbox: &Running, request: &[u8]) -> (u16, Value) {
    let mut stream = TcpStream::connect(sandbox.addr()).unwrap();
    stream.write_all(request).unwrap();
    // The connection stays open; the length tells where the reply ends.
    let mut reply = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let size = stream.read(&mut buffer).unwrap();
        reply.extend_from_slice(&buffer[..size]);
        let text = String::from_utf8_lossy(&reply);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            assert!(size > 0, "{text}");
            continue;
        };
        let length = head.to_ascii_lowercase();
        let length = length.split("content-length: ").nth(1).unwrap();
        let length: usize = length.lines().next().unwrap().parse().unwrap();
        if body.len() >= length {
            let status = head[9..12].parse().unwrap();
            return (status, serde_json::from_str(&body[..length]).unwrap());
        }
        assert!(size > 0, "{text}");
    }
}

fn documented(id: &str) -> Value {
    let reply = case(id).reply.unwrap();
    serde_json::from_slice(&reply.body).unwrap()
}

/// As the documents' curl commands send them, with only host, checksum and
/// masked digits replaced.
#[test]
fn the_documents_curl_commands_are_answered_as_documented() {
    let sandbox = start();
    for case in cases().iter().filter(|case| case.curl.is_some()) {
        let host = sandbox.addr().to_string();
        let (status, answer) = exchange(&sandbox, &curl_bytes(case, &host));
        let verdict = sandbox.exchanges().pop().unwrap().verdict;
        assert_eq!(status, 200, "fixtures/{}: {verdict}", case.id());
        let expected = documented(&case.id().replace("request-example", "success-example"));
        assert_eq!(
            answer["status"],
            expected["status"],
            "fixtures/{}: {verdict}",
            case.id()
        );
        assert_eq!(answer["message"], expected["message"]);
        assert_eq!(shape(&answer), shape(&expected), "fixtures/{}", case.id());
        // What a server makes itself is another each time.
        if expected["data"].is_object() {
            assert_eq!(answer["data"]["kyc_status"], "MIN_KYC");
            assert_eq!(answer["data"]["kycRefNo"], Value::Null);
        } else {
            assert_eq!(answer, expected);
        }
    }
}

/// Ibanera's samples with their placeholders for credentials, as printed
/// but for the host.
#[test]
fn the_documents_ibanera_samples_are_answered_as_documented() {
    let sandbox = start();
    let send = |target: &str| {
        let host = sandbox.addr();
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: {host}\r\nAuthorization: YOUR_API_KEY\r\n\
             otp: text\r\nAccept: */*\r\n\r\n"
        );
        exchange(&sandbox, request.as_bytes())
    };
    let example = documented("ibanera/cards-by-customer/success-example");

    let (status, list) = send("/api/v1/customer/cards/byuser/list");
    assert_eq!((status, &list["status"]), (200, &json!("1")), "{list}");
    assert_eq!(list["errors"], json!([]));
    let sample = documented("ibanera/list-customer-cards/generated-sample");
    within(&shape(&list["details"]), &shape(&sample["details"]));
    within(&shape(&list), &merged(&shape(&sample), &shape(&example)));

    let (status, one) = send("/api/v1/customer/cards/byuser?customersId=11057");
    assert_eq!((status, &one["status"]), (200, &json!("1")), "{one}");
    let customer = match &one["details"] {
        Value::Array(customers) => customers[0].clone(),
        customer => customer.clone(),
    };
    assert_eq!(customer["customersId"], json!(11057));
    within(&shape(&example["details"][0]), &shape(&customer));

    let (_, none) = send("/api/v1/customer/cards/byuser");
    assert_eq!(none["status"], json!("0"), "{none}");
    let error = &none["errors"][0];
    assert_eq!(error["messageCode"], json!("Required"));
    assert_eq!(
        error["fieldName"].as_str().unwrap().to_lowercase(),
        "customersid"
    );
}

fn filled<C: Call>(case: &Case) -> C {
    let mut input = case.input.clone().unwrap();
    for (name, value) in &case.meta.substitutions {
        input[name] = value.as_str().into();
    }
    from_input(&input).unwrap()
}

fn documented_airpay_requests_are_answered_as_documented<B: Backend>() {
    for order in Order::ALL {
        let sandbox = start();
        let mut sent = 0;
        for case in requests().filter(|case| case.curl.is_some()) {
            sent += 1;
            let request = DocumentedRequest::<B>(&sandbox, &case, order, PhantomData);
            visited(&case.operation, request).unwrap();
        }
        assert!(sent >= 3, "{sent}");
    }
}

struct DocumentedRequest<'a, B>(&'a Running, &'a Case, Order, PhantomData<B>);

impl<B: Backend> Visit for DocumentedRequest<'_, B> {
    type Output = ();

    fn visit<C: Call>(self) {
        let Self(sandbox, case, order, _) = self;
        let provider = provider_in_order::<C>(case, &sandbox.airpay_url(), order);
        let client = B::client(
            provider,
            &BackendOptions::new(),
            FakeClock::new().unchecked(),
        );
        let reply = client.send(&filled::<C>(case));
        let verdict = sandbox.exchanges().pop().unwrap();
        let reply = reply.unwrap_or_else(|error| panic!("{order}: {error}: {verdict:?}"));
        let body: Value = serde_json::from_slice(reply.body()).unwrap();
        let expected = documented(&case.id().replace("request-example", "success-example"));
        assert_eq!(shape(&body), shape(&expected));
        assert!(verdict.detail().is_some_and(ChecksumVerdict::is_right));
    }
}

fn a_wrong_checksum_is_answered_with_the_documented_failure<B: Backend>() {
    let sandbox = start();
    let wrong = Airpay::new(sandbox.airpay_url().parse().unwrap(), "another-key");
    let client = B::client(
        wrong.token("sandbox-token"),
        &BackendOptions::new(),
        strict(),
    );
    let error = client
        .send(&UpdateCustomer::new("AIRPAYCUST0001"))
        .unwrap_err();
    assert!(error.is_refused(), "{error:?}");
    let body: Value = serde_json::from_slice(error.raw().unwrap().body()).unwrap();
    assert_eq!(body, documented("airpay/update-customer/error-example"));
    let exchange = sandbox.exchanges().pop().unwrap();
    let verdict: &ChecksumVerdict = exchange.detail().unwrap();
    assert!(!verdict.is_right());
}

fn paysafe_examples_come_back_as_documented<B: Backend>() {
    let sandbox = start();
    let paysafe = from_env(&sandbox, |var| Paysafe::from_vars(var));
    let client = B::client(paysafe, &BackendOptions::new(), strict());
    for (include, example) in [
        (false, "get-prepaid-cards"),
        (true, "get-prepaid-cards-tokenizations"),
    ] {
        let mut call = input::<ListPrepaidCards>(&case("paysafe/list-prepaid-cards/filtered"));
        if !include {
            call.include.clear();
        }
        let reply = client.send(&call).unwrap();
        let body: Value = serde_json::from_slice(reply.body()).unwrap();
        let expected = documented(&format!("paysafe/list-prepaid-cards/{example}"));
        assert_eq!(body["cards"][0], expected["cards"][0], "{example}");
        within(&shape(&expected["meta"]), &shape(&body["meta"]));
        assert_eq!(named(&reply.check()), Vec::<String>::new());
    }
}

fn ibanera_examples_come_back_as_documented<B: Backend>() {
    let sandbox = start();
    let ibanera = from_env(&sandbox, |var| Ibanera::from_vars(var));
    let client = B::client(ibanera, &BackendOptions::new(), strict());
    let call = input::<CardsByCustomer>(&case("ibanera/cards-by-customer/request-example"));
    let reply = client.send(&call).unwrap();
    assert_eq!(reply.customers.len(), 1);
    assert_eq!(reply.customers[0].customers_id, 11057);
    assert!(reply.cards().any(|card| card.suppressed == Some(true)));
    assert!(reply.cards().all(|card| card.total_balance.is_some()));
    let page = client.send(&ListCustomerCards::new()).unwrap();
    assert_eq!((page.page_number, page.page_size), (Some(1), Some(10)));
    assert_eq!(page.customers.len(), 10);
}

/// Without switching any check off.
fn requests_of_our_own_are_accepted<B: Backend>() {
    let sandbox = start();
    let airpay = || from_env(&sandbox, |var| Airpay::from_vars(var));
    let client = B::client(airpay(), &BackendOptions::new(), strict());
    let registered = client.send(&input::<RegisterUser>(&case("airpay/register-user/valid")));
    let entity_id = registered.unwrap().entity_id.clone();
    client.send(&UpdateCustomer::new(&*entity_id)).unwrap();
    let update = input::<UpdateCustomer>(&case("airpay/update-customer/largest"));
    client
        .send(&UpdateCustomer {
            entity_id: entity_id.clone(),
            ..update
        })
        .unwrap();
    let preference = input::<CustomerPreference>(&case("airpay/customer-preference/largest"));
    client
        .send(&CustomerPreference {
            entity_id,
            ..preference
        })
        .unwrap();

    let paysafe = from_env(&sandbox, |var| Paysafe::from_vars(var));
    let client = B::client(paysafe, &BackendOptions::new(), strict());
    let call = input::<ListPrepaidCards>(&case("paysafe/list-prepaid-cards/largest"));
    let call = ListPrepaidCards {
        customer_id: "12345678".into(),
        ..call
    };
    assert_eq!(client.send(&call).unwrap().cards.len(), 0);

    let ibanera = from_env(&sandbox, |var| Ibanera::from_vars(var));
    let client = B::client(ibanera, &BackendOptions::new(), strict());
    let call = input::<ListCustomerCards>(&case("ibanera/list-customer-cards/largest"));
    assert_eq!(client.send(&call).unwrap().customers.len(), 0);
}

fn a_list_of_137_cards_is_walked_to_its_end<B: Backend>() {
    let sandbox = start();
    let paysafe = from_env(&sandbox, |var| Paysafe::from_vars(var));
    let client = B::client(paysafe, &BackendOptions::new(), strict());
    let customer = world::paysafe::CUSTOMER_WITH_MANY;
    let items = client.items(ListPrepaidCards::new(customer).limit(50), 1_000);
    let ids: BTreeSet<_> = items
        .into_iter()
        .map(|card| card.unwrap().card_id)
        .collect();
    assert_eq!(ids.len(), 137);
    assert_eq!(sandbox.exchanges().len(), 3);
    let ibanera = from_env(&sandbox, |var| Ibanera::from_vars(var));
    let client = B::client(ibanera, &BackendOptions::new(), strict());
    assert_eq!(client.items(ListCustomerCards::new(), 1_000).len(), 23);
}

/// No standing token: each provider's login is used.
fn tokens_are_fetched_with_the_worlds_credentials<B: Backend>() {
    let sandbox = start();
    let airpay = Airpay::new(
        sandbox.airpay_url().parse().unwrap(),
        world::airpay::SECRET_KEY,
    )
    .keys(world::airpay::AFFILIATE, world::airpay::PROCESSOR_KEY)
    .login(world::airpay::MOBILE_NO, world::airpay::PASSWORD);
    let client = B::client(airpay, &BackendOptions::new(), strict());
    client
        .send(&UpdateCustomer::new(world::airpay::CUSTOMER))
        .unwrap();
    let paysafe = Paysafe::new(sandbox.paysafe_url().parse().unwrap()).client(
        world::paysafe::BRAND,
        world::paysafe::CLIENT_ID,
        world::paysafe::CLIENT_SECRET,
    );
    let client = B::client(paysafe, &BackendOptions::new(), strict());
    client
        .send(&ListPrepaidCards::new(world::paysafe::CUSTOMER))
        .unwrap();
    let ibanera = Ibanera::new(sandbox.ibanera_url().parse().unwrap())
        .totp_base32(world::ibanera::TOTP_SECRET)
        .unwrap()
        .login(world::ibanera::USERNAME, world::ibanera::PASSWORD);
    let client = B::client(ibanera, &BackendOptions::new(), strict());
    client
        .send(&CardsByCustomer::new(world::ibanera::CUSTOMER))
        .unwrap();
    assert_eq!(sandbox.exchanges().len(), 6);
    assert!(sandbox.exchanges().iter().all(|exchange| exchange.accepted));
}
