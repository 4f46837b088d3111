//! A session in which nothing goes wrong says so in the log: no line of it is a
//! warning or an error.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[path = "../common/mod.rs"]
mod common;
mod session;

use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cards_sandbox::openapi::{Api, document};
use cards_sandbox::{OneTimePasswords, Sandbox, Store, Tls};
use common::receiver::Receiver;
use common::{airpay_request, body, exchange, registration, request, status};
use serde_json::Value;
use session::Session;
use tracing_subscriber::filter::LevelFilter;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Takes what was logged since the last time.
    fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A text of a reply.
fn text(reply: &str, pointer: &str) -> String {
    let reply: Value = serde_json::from_str(reply).unwrap();
    let found = reply.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("{pointer}")).to_owned()
}

/// The operations that carry a token and were not called yet: each as its own
/// document shows it, for a customer and a card that are there.
fn as_documented(session: &mut Session, api: Api, scheme: &str, token: &str) {
    let document: Value = serde_json::from_str(&document(api)).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            if operation["security"][0].get(scheme).is_none() || session.done.contains(name) {
                continue;
            }
            let media = operation["requestBody"]["content"].as_object();
            let media = media.and_then(|all| all.iter().next());
            let example = media.map(|(_, media)| &media["example"]);
            if scheme == "token" {
                let example = example.and_then(Value::as_object).unwrap().iter();
                let fields = example.map(|(field, value)| match (name, field.as_str()) {
                    (_, "entity_id") => ("entity_id", "AIRPAYCUST0001"),
                    // The card that add-card has added is replaced, and no other.
                    ("card-replacement", "old_kit_no") => ("old_kit_no", "100000001236"),
                    ("card-replacement", "new_kit_no") => ("new_kit_no", "100000009999"),
                    ("set-pin" | "lock-unlock", "kit_no") => ("kit_no", "100000000978"),
                    ("set-pin", "expiryDate") => ("expiryDate", "1249"),
                    (_, field) => (field, value.as_str().unwrap()),
                });
                session.airpay(name, token, &fields.collect::<Vec<_>>());
                continue;
            }
            let mut target = path.clone();
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let parameter = |key: &str| parameter[key].as_str().unwrap_or_default();
                let place = format!("{{{}}}", parameter("name"));
                target = target.replace(&place, parameter("example"));
            }
            let bearer = format!("Bearer {token}");
            let headers = [
                ("authorization", &*bearer),
                ("content-type", media.map_or("text/plain", |(name, _)| name)),
            ];
            let sent = example.map(Value::to_string).unwrap_or_default();
            session.send(&method.to_uppercase(), &target, &headers, &sent);
        }
    }
}

/// The calls about a card of Ibanera's: method, path below the customer's, body.
const IBANERA_CARDS: [(&str, &str, &str); 7] = [
    ("GET", "cards/reviewcreatecard?customersId=11057", ""),
    (
        "POST",
        "cards/create",
        r#"{"customersId":11057,"currency":"USD","cardReferenceId":"Q1","shippingMethod":"Standard","cardProgramID":1001,"shippingAddress":{"shippingAddressLine1":"Suite 500","shippingAddressCity":"Austin","shippingAddressState":"Texas","shippingAddressPostcode":"73301","shippingAddressCountry":"USA"}}"#,
    ),
    (
        "POST",
        "cards/documentupload",
        "--b\r\nContent-Disposition: form-data; name=\"customersId\"\r\n\r\n11079\r\n\
         --b\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\nTax Document\r\n\
         --b\r\nContent-Disposition: form-data; name=\"documentSide\"\r\n\r\nFront\r\n\
         --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\n--b--\r\n",
    ),
    ("POST", "cards/activate", r#"{"cardsId":1004}"#),
    (
        "POST",
        "simulations/payins",
        r#"{"DestinationAccountId":1004,"TransferType":"ACH","Amount":5}"#,
    ),
    ("GET", "cards/balances", ""),
    ("GET", "cards/transactions?CardsId=1004", ""),
];

/// Every call of every provider, with the standing credentials and with those
/// that the logins bring.
fn calls(session: &mut Session) {
    let before = std::mem::take(&mut session.done);
    let login = [("mobile_no", "9000000978"), ("password", "PaSwd@1234")];
    let issued = text(&session.airpay("user-login", "", &login), "/data/token");
    let born = [("mobile_no", "9000000978"), ("dob", "1990-01-31")];
    let link = text(&session.airpay("forgot-password", "", &born), "/data/url");
    let (_, token) = link.split_once("?token=").unwrap();
    let reset = format!(r#"{{"token":"{token}","password":"PaSwd@1234"}}"#);
    session.control("POST", "/airpay/password-resets", &reset);
    session.airpay("generate-otp", "", &[("mobile_no", "9000000777")]);
    session.control("GET", "/airpay/one-time-passwords/9000000777", "");
    for (token, number) in [("sandbox-token", "1"), (&*issued, "2")] {
        let otp = session.control("POST", "/airpay/one-time-passwords", "{}");
        let email = format!("quiet{number}@example.com");
        let (otp, card_no) = (text(&otp, "/otp"), format!("411111111111111{number}"));
        let new = [
            ("email", &*email),
            ("card_no", &*card_no),
            ("kit_no", number),
            ("otp", &*otp),
        ];
        session.airpay("register-user", token, &registration(&new));
        let entity_id = ("entity_id", "AIRPAYCUST0002");
        session.airpay("update-customer", token, &[entity_id, ("city", "Kochi")]);
        let preference = [entity_id, ("status", "ALLOWED"), ("type", "ATM")];
        session.airpay("customer-preference", token, &preference);
    }

    let basic = [
        (
            "authorization",
            "Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1jbGllbnQtc2VjcmV0",
        ),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let token = session.send(
        "POST",
        "/digitalwallets/v1/auth/brands/sandbox/token",
        &basic,
        "grant_type=client_credentials",
    );
    let issued = text(&token, "/access_token");
    for token in ["sandbox-paysafe-token", &issued] {
        let bearer = format!("Bearer {token}");
        let cards = "/customers/12345678/prepaid/cards?include=TOKENIZATIONS,AVAILABLE_ACTIONS";
        for prefix in ["", "/digitalwallets/v1"] {
            session.get(&format!("{prefix}{cards}"), &[("authorization", &bearer)]);
        }
    }

    let otp = session.otp();
    let login = format!(r#"{{"username":"sandbox","password":"Sandbox@1234","otp":"{otp}"}}"#);
    let json = [("content-type", "application/json")];
    let login = session.send("POST", "/api/v1/public/auth/login", &json, &login);
    let issued = text(&login, "/details/accessToken");
    for token in ["sandbox-ibanera-token", &issued] {
        let bearer = format!("Bearer {token}");
        for call in ["list?pageNumber=1&pageSize=5", "?customersId=11057"] {
            let otp = session.otp();
            let target = format!("/api/v1/customer/cards/byuser/{call}").replace("/?", "?");
            session.get(&target, &[("authorization", &bearer), ("otp", &otp)]);
        }
    }

    for (method, target, sent) in IBANERA_CARDS {
        let otp = session.otp();
        let kind = match sent.starts_with("--b") {
            true => "multipart/form-data; boundary=b",
            false => "application/json",
        };
        let headers = [
            ("authorization", "Bearer sandbox-ibanera-token"),
            ("content-type", kind),
            ("otp", &otp),
        ];
        let answer = session.send(
            method,
            &format!("/api/v1/customer/{target}"),
            &headers,
            sent,
        );
        assert!(answer.contains(r#""status":"1""#), "{target}: {answer}");
    }
    as_documented(session, Api::Airpay, "token", "sandbox-token");
    as_documented(session, Api::Paysafe, "bearer", "sandbox-paysafe-token");
    session.done.extend(before);
}

/// Makes events, which a receiver takes.
fn events(session: &mut Session) {
    let url = Receiver::start().url;
    let order = r#"{"fault":"duplicate","times":1}"#;
    let fault = session.control("POST", "/delivery-faults", order);
    let receiver = format!(r#"{{"provider":"paysafe","url":"{url}"}}"#);
    let receiver = session.control("POST", "/receivers", &receiver);
    let order = r#"{"action":"expire","card":"12345678-0000-4000-8000-000000000002"}"#;
    session.control("POST", "/issuer/paysafe", order);
    let listed = session.control("GET", "/events?provider=paysafe", "");
    let id = |reply: &str, pointer: &str| {
        let reply: Value = serde_json::from_str(reply).unwrap();
        reply.pointer(pointer).unwrap().to_string()
    };
    let event = format!("/events/{}", id(&listed, "/events/0/number"));
    let waiting = |session: &mut Session| session.control("GET", "/events", "").contains("waiting");
    for (method, path) in [
        ("GET", &*event),
        ("POST", &format!("{event}/resend")),
        ("GET", "/event-steps"),
        ("GET", "/receivers"),
        ("GET", "/delivery-faults"),
        ("DELETE", &format!("/delivery-faults/{}", id(&fault, "/id"))),
        ("DELETE", "/delivery-faults"),
    ] {
        session.control(method, path, "");
    }
    while waiting(session) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let receiver = format!("/receivers/{}", id(&receiver, "/number"));
    session.control("DELETE", &receiver, "");
}

/// Makes every call of the control API, but those that forget.
fn control(session: &mut Session) {
    for (method, path, sent) in [
        ("GET", "/health", ""),
        ("GET", "/exchanges?limit=10", ""),
        ("GET", "/test-values", ""),
        ("GET", "/world", ""),
        ("GET", "/clock", ""),
        ("PUT", "/clock", r#"{"now":"2030-01-01T00:00:00Z"}"#),
        ("DELETE", "/clock", ""),
        (
            "POST",
            "/world/airpay/customers",
            r#"{"cards":[{"kit_no":"70"}]}"#,
        ),
        (
            "POST",
            "/world/airpay/customers/AIRPAYCUST0001/cards",
            r#"{"kit_no":"71"}"#,
        ),
        (
            "DELETE",
            "/world/airpay/customers/AIRPAYCUST0001/cards/71",
            "",
        ),
        ("DELETE", "/world/airpay/customers/AIRPAYCUST0001", ""),
        (
            "POST",
            "/world/paysafe/customers",
            r#"{"customerId":"7","cards":[{"cardId":"seven"}]}"#,
        ),
        (
            "POST",
            "/paysafe/cards/seven/actions",
            r#"{"action":"LOCK"}"#,
        ),
        (
            "PUT",
            "/paysafe/cards/seven/status",
            r#"{"status":"SUSPENDED"}"#,
        ),
        ("DELETE", "/world/paysafe/customers/7/cards/seven", ""),
        (
            "POST",
            "/world/ibanera/customers",
            r#"{"customersId":7,"cards":[{"id":7}]}"#,
        ),
        ("PUT", "/ibanera/cards/7", r#"{"totalBalance":1.10}"#),
        ("DELETE", "/world/ibanera/customers/7/cards/7", ""),
        ("DELETE", "/world/ibanera/customers/7", ""),
        ("DELETE", "/credentials/tokens", ""),
    ] {
        session.control(method, path, sent);
    }
    events(session);
    session.get("/_worlds/quiet/", &[]);
    let fault = r#"{"fault":"status","status":503,"operation":"register-user"}"#;
    let fault: Value = serde_json::from_str(&session.control("POST", "/faults", fault)).unwrap();
    let fault = format!("/faults/{}", fault["id"]);
    for (method, path) in [
        ("GET", "/faults"),
        ("GET", &fault),
        ("DELETE", &fault),
        ("DELETE", "/faults"),
        ("GET", "/worlds"),
        ("DELETE", "/worlds/quiet"),
    ] {
        session.control(method, path, "");
    }
    for api in Api::ALL {
        session.control("GET", &format!("/openapi/{api}.json"), "");
    }
    let world = session.control("GET", "/world/file", "");
    session.control("PUT", "/world", &world);
}

fn pages(session: &mut Session) {
    for path in [
        "customers",
        "events",
        "faults",
        "clock",
        "reset",
        "checksum",
        "test-values",
    ] {
        session.get(&format!("/_sandbox/page/{path}"), &[]);
    }
    let last = session.control("GET", "/exchanges", "");
    let last: Value = serde_json::from_str(&last).unwrap();
    for exchange in last["exchanges"].as_array().unwrap() {
        session.get(&format!("/?exchange={}", exchange["id"]), &[]);
        session.control("GET", &format!("/exchanges/{}", exchange["id"]), "");
    }
    session.get("/", &[]);
    let card = "12345678-0000-4000-8000-000000000001";
    for (path, sent) in [
        ("customers/act", format!("card_id={card}&action=LOCK")),
        ("faults", "fault=delay&millis=10&operation=login".to_owned()),
        ("faults/remove", "id=1".to_owned()),
        ("faults/clear", String::new()),
        ("clock/hold", "frozen=true".to_owned()),
        ("clock/advance", "seconds=60".to_owned()),
        ("clock/real", String::new()),
        (
            "checksum",
            "operation=user-login&order=table&form=lines&secret=s&fields=mobile_no=1".to_owned(),
        ),
        ("exchanges/forget", String::new()),
        ("reset", String::new()),
    ] {
        session.form(path, &sent);
    }
}

/// The whole of it twice: what has ended must not be said by what comes after.
fn session(address: SocketAddr) {
    let mut session = Session::with(address);
    for _ in 0..2 {
        calls(&mut session);
        control(&mut session);
        pages(&mut session);
        session.control("DELETE", "/exchanges", "");
        session.control("POST", "/reset", "");
    }
    for (method, path, id) in &session.operations {
        let path = path.join("/");
        assert!(session.done.contains(id), "{method} {path} was not called");
    }
}

#[test]
fn a_session_in_which_nothing_goes_wrong_logs_no_warning_and_no_error() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::WARN)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cards.db");
    for store in [Store::Memory, Store::File(path.clone()), Store::File(path)] {
        let codes = OneTimePasswords::SingleUse;
        let sandbox = Sandbox::builder().store(store).one_time_passwords(codes);
        let sandbox = sandbox.start_blocking().unwrap();
        session(sandbox.addr());
        sandbox.shutdown_blocking();
        assert_eq!(log.take(), "");
    }
    let sandbox = Sandbox::builder().tls(Tls::generated());
    drop(sandbox.start_blocking().unwrap());
    assert_eq!(log.take(), "");

    // The log is looked at: what does go wrong is in it.
    let sandbox = Sandbox::start_blocking().unwrap();
    let stranger = [("sec-fetch-site", "cross-site")];
    common::post(sandbox.addr(), "/_sandbox/reset", &stranger, "");
    let said = log.take();
    assert!(
        said.contains("WARN") && said.contains("a request was refused"),
        "{said}"
    );
}
