//! Hangs in a provider that has no customers, and checks that everything around it works without them.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::io::{Read, Write};
use std::net::TcpStream;

use axum::http::StatusCode;
use axum::routing::on;
use cards_model::{Effect, Method, Operation, ProviderId};
use cards_sandbox_core::{
    About, Answer, Described, Document, KnownOperation, Plugin, Provider, Rejection, Running,
    Served, Setup,
};
use serde_json::{Value, json};

const ACME: ProviderId = ProviderId::new("acme");

static GREET: Operation = Operation::new(
    ACME,
    "greet",
    Method::Get,
    "/acme/greeting",
    Effect::Read,
    "Acme Greeting",
);

struct Acme;

impl Provider for Acme {
    fn id(&self) -> ProviderId {
        ACME
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["/acme"]
    }

    fn reject(&self, rejection: Rejection) -> Answer {
        refused(rejection.status())
    }

    fn fail(&self, status: StatusCode) -> Answer {
        refused(status)
    }
}

fn refused(status: StatusCode) -> Answer {
    Answer::refused(status, &json!({"no": status.as_u16()}), "it is refused")
}

async fn greet() -> Answer {
    Answer::accepted(&json!({"hello": "there"})).of(&GREET)
}

const OPERATIONS: &[Served] = &[Served {
    known: KnownOperation {
        operation: &GREET,
        prefixes: &["", "/acme/v2"],
        fail: refused,
        test_values: &[],
    },
    serve: |method| on(method, greet),
    describe: |document| {
        let about = About {
            tag: "greetings",
            summary: "Greet",
            text: "",
            page: None,
        };
        Described::of(&GREET, &about).responds(200, document.reply::<Value>("A greeting."))
    },
}];

fn document() -> Document {
    Document::of_provider::<Value>("Acme", "Greets.", &json!([{"url": "/"}]))
}

fn start() -> Running {
    let acme = Plugin::new(Acme, OPERATIONS, document);
    Setup::default().start_blocking([acme]).unwrap()
}

/// Calls, and gives the status and the body.
fn call(server: &Running, method: &str, path: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(server.addr()).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, body.to_owned())
}

fn json(server: &Running, path: &str) -> Value {
    let (status, body) = call(server, "GET", path, "");
    assert_eq!(status, 200, "{path}: {body}");
    serde_json::from_str(&body).unwrap()
}

#[test]
fn its_operation_is_served_journaled_and_described() {
    let server = start();
    for path in ["/acme/greeting", "/acme/v2/acme/greeting"] {
        assert_eq!(json(&server, path), json!({"hello": "there"}));
    }
    assert_eq!(
        call(&server, "GET", "/acme/other", ""),
        (404, r#"{"no":404}"#.into())
    );
    assert_eq!(
        call(&server, "PUT", "/acme/greeting", ""),
        (405, r#"{"no":405}"#.into())
    );
    assert_eq!(call(&server, "GET", "/other", "").0, 404);

    let told = server.exchanges();
    let told: Vec<_> = told
        .iter()
        .map(|one| {
            (
                one.provider.map(ProviderId::as_str),
                one.operation,
                one.status,
            )
        })
        .collect();
    let acme = Some("acme");
    assert_eq!(
        told,
        [
            (acme, Some("greet"), 200),
            (acme, Some("greet"), 200),
            (acme, None, 404),
            (acme, None, 405),
            (None, None, 404),
        ]
    );
    let listed = json(&server, "/_sandbox/exchanges?provider=acme&operation=greet");
    assert_eq!(listed["exchanges"].as_array().map(Vec::len), Some(2));
    let (status, body) = call(&server, "GET", "/_sandbox/exchanges?operation=wave", "");
    assert!(status == 400 && body.contains("greet"), "{status} {body}");

    let described = json(&server, "/_sandbox/openapi/acme.json");
    assert_eq!(
        described["paths"]["/acme/greeting"]["get"]["operationId"],
        "greet"
    );
    let control = json(&server, "/_sandbox/openapi/control.json");
    assert_eq!(control["openapi"], "3.1.0");
}

#[test]
fn faults_are_ordered_of_it_by_name() {
    let server = start();
    let order =
        r#"{"fault":"status","status":503,"provider":"acme","operation":"greet","times":1}"#;
    assert_eq!(call(&server, "POST", "/_sandbox/faults", order).0, 201);
    assert_eq!(
        call(&server, "GET", "/acme/greeting", ""),
        (503, r#"{"no":503}"#.into())
    );
    assert_eq!(call(&server, "GET", "/acme/greeting", "").0, 200);

    let unknown = r#"{"fault":"status","status":503,"provider":"other"}"#;
    let (status, body) = call(&server, "POST", "/_sandbox/faults", unknown);
    assert!(status == 400 && body.contains("`acme`"), "{status} {body}");
}

#[test]
fn without_customers_the_world_is_empty_and_can_be_saved_and_loaded() {
    let server = start();
    assert_eq!(json(&server, "/_sandbox/world"), json!({}));
    let (_, saved) = call(&server, "GET", "/_sandbox/world/file", "");
    assert_eq!(call(&server, "PUT", "/_sandbox/world", &saved).0, 200);
    let part = r#"{"acme":{"customers":[]}}"#;
    let (status, body) = call(&server, "PUT", "/_sandbox/world", part);
    assert!(
        status == 400 && body.contains("an unknown field"),
        "{status} {body}"
    );
    for (method, path) in [
        ("POST", "/_sandbox/world/acme/customers"),
        ("POST", "/_sandbox/world/acme/customers/1/cards"),
        ("DELETE", "/_sandbox/world/acme/customers/1"),
        ("DELETE", "/_sandbox/world/acme/customers/1/cards/1"),
    ] {
        assert_eq!(call(&server, method, path, "{}").0, 404, "{method} {path}");
    }
    assert_eq!(
        json(&server, "/_sandbox/credentials"),
        json!({"acme": null, "env": {}})
    );
    assert_eq!(call(&server, "POST", "/_sandbox/reset", "").0, 200);
}

#[test]
fn the_page_shows_its_calls_and_offers_it_for_faults() {
    let server = start();
    call(&server, "GET", "/acme/greeting", "");
    for (path, text) in [
        ("/", "greet"),
        ("/_sandbox/page/faults", "acme"),
        ("/_sandbox/page/customers", "Customers"),
        ("/_sandbox/page/clock", "Clock"),
    ] {
        let (status, body) = call(&server, "GET", path, "");
        assert!(status == 200 && body.contains(text), "{path}: {status}");
    }
}

/// Says why a server with these plugins does not start.
fn refusal(plugins: impl IntoIterator<Item = Plugin>) -> String {
    let error = Setup::default().start_blocking(plugins).unwrap_err();
    assert!(error.is_settings(), "{error:?}");
    error.to_string()
}

struct Named(&'static str, &'static [&'static str]);

impl Provider for Named {
    fn id(&self) -> ProviderId {
        ProviderId::new(self.0)
    }

    fn prefixes(&self) -> &'static [&'static str] {
        self.1
    }

    fn reject(&self, rejection: Rejection) -> Answer {
        refused(rejection.status())
    }

    fn fail(&self, status: StatusCode) -> Answer {
        refused(status)
    }
}

#[test]
fn plugins_that_cannot_stand_side_by_side_are_refused() {
    let acme = || Plugin::new(Acme, OPERATIONS, document);
    let twice = "two providers, or the sandbox itself, are named acme";
    assert_eq!(refusal([acme(), acme()]), twice);
    for reserved in ["control", "env", "version"] {
        let plugin = Plugin::new(Named(reserved, &["/x"]), &[], document);
        assert!(refusal([plugin]).contains(reserved));
    }
    let same = Plugin::new(Named("other", &["/acme"]), OPERATIONS, document);
    assert_eq!(
        refusal([acme(), same]),
        "two operations are at GET /acme/greeting"
    );
    let outside = Plugin::new(Named("other", &["/other"]), OPERATIONS, document);
    let why = "acme greet is outside of its provider's prefixes: /acme/greeting";
    assert_eq!(refusal([outside]), why);
}
