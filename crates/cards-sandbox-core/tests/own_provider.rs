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
    let length = body.len();
    sent(
        server,
        &format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        ),
    )
}

/// Sends a form of the page, and gives the status and the body.
fn submit(server: &Running, path: &str, form: &str) -> (u16, String) {
    let length = form.len();
    sent(
        server,
        &format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             content-type: application/x-www-form-urlencoded\r\n\
             content-length: {length}\r\n\r\n{form}"
        ),
    )
}

/// Sends a request as it is, and gives the status and the body.
fn sent(server: &Running, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(server.addr()).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
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

#[test]
fn the_page_shows_a_call_that_is_opened() {
    let server = start();
    call(&server, "GET", "/acme/greeting", "");
    call(&server, "POST", "/other", "{\"a\":1}");
    sent(
        &server,
        "GET /acme/greeting HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
    );
    let opened = |id: u64| {
        let (status, page) = call(&server, "GET", &format!("/?exchange={id}"), "");
        assert_eq!(status, 200, "{page}");
        page.split_once("<article")
            .unwrap()
            .1
            .split_once("</article>")
            .unwrap()
            .0
            .to_owned()
    };
    let (greeted, lost, bare) = (opened(1), opened(2), opened(3));
    assert!(greeted.contains("Exchange 1<span class=\"what\">acme greet</span>"));
    assert!(lost.contains("<span class=\"what\">– unknown path</span>"));
    let body = |bytes, of| format!("<dt>Body</dt><dd>{bytes} bytes of {of}</dd>");
    assert!(greeted.contains(&body(0, "application/json")), "{greeted}");
    // Nobody has read it.
    assert!(lost.contains(&body(0, "application/json")), "{lost}");
    assert!(!bare.contains("<dt>Body</dt>"), "{bare}");
    assert_eq!(call(&server, "GET", "/?exchange=9", "").0, 404);
}

#[test]
fn the_page_says_at_a_field_of_a_fault_what_is_wrong_with_it() {
    let server = start();
    let faults = "/_sandbox/page/faults";
    let (status, page) = submit(&server, faults, "fault=status&status=many&times=2");
    assert_eq!(status, 400, "{page}");
    for text in [
        "value=\"many\" aria-invalid=\"true\" aria-describedby=\"status-error\"",
        "<p class=\"wrong\" id=\"status-error\">from 200 to 999</p>",
        "Nothing was ordered: what is marked is wrong.",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    for other in ["times-error", "provider-error"] {
        assert!(!page.contains(other), "{other}: {page}");
    }
    let (status, page) = submit(&server, faults, "fault=status&status=503&provider=none");
    assert!(
        status == 400 && page.contains("id=\"provider-error\">one of the list</p>"),
        "{status} {page}"
    );
    assert_eq!(json(&server, "/_sandbox/faults"), json!({"faults": []}));
    let order = "fault=status&status=503&times=1&provider=acme&operation=greet";
    assert_eq!(submit(&server, faults, order).0, 303);
    let ordered = json(&server, "/_sandbox/faults");
    let fault = &ordered["faults"][0];
    assert_eq!(
        (&fault["status"], &fault["times"]),
        (&json!(503), &json!(1))
    );
}

#[test]
fn the_page_resends_and_removes_by_number_alone() {
    let server = start();
    for path in [
        "/_sandbox/page/events/resend",
        "/_sandbox/page/events/remove",
        "/_sandbox/page/faults/remove",
    ] {
        let name = if path.contains("faults") {
            "id"
        } else {
            "number"
        };
        for wrong in ["", "one", "1.5"] {
            let (status, page) = submit(&server, path, &format!("{name}={wrong}"));
            let why = format!("{name}: has to be a ");
            assert!(status == 400 && page.contains(&why), "{path}: {page}");
        }
        // It is gone by now.
        assert_eq!(submit(&server, path, &format!("{name}=7")).0, 303, "{path}");
    }
}

#[test]
fn the_control_document_names_its_providers_and_describes_their_customers() {
    let server = start();
    let control = json(&server, "/_sandbox/openapi/control.json");
    let served = &control["components"]["schemas"]["OpenApi"];
    assert_eq!(served["properties"]["openapi"]["const"], "3.1.0");
    assert_eq!(
        served["required"],
        json!(["openapi", "info", "paths", "components"])
    );
    let add = &control["paths"]["/_sandbox/world/{provider}/customers"]["post"];
    assert_eq!(add["operationId"], "add-customer");
    assert_eq!(add["parameters"][0]["schema"]["enum"], json!(["acme"]));
    let of_card = "/_sandbox/world/{provider}/customers/{id}/cards/{card}";
    let parameters = control["paths"][of_card]["delete"]["parameters"].as_array();
    let card = parameters.unwrap().iter().find(|it| it["name"] == "card");
    assert_eq!(card.unwrap()["description"], "Its id.");
    let file = &control["paths"]["/_sandbox/openapi/{file}"]["get"]["parameters"][0];
    assert_eq!(file["description"], "One of acme.json, control.json.");
}

#[test]
fn the_page_shows_the_values_of_a_call_where_they_are_kept() {
    let acme = || [Plugin::new(Acme, OPERATIONS, document)];
    let opened = |setup: Setup| {
        let server = setup.start_blocking(acme()).unwrap();
        call(&server, "GET", "/acme/greeting?a=b", "");
        call(&server, "GET", "/?exchange=1", "").1
    };
    let mut keeps = Setup::default();
    keeps.keep_values = true;
    let page = opened(keeps);
    let reply = "<h3>Values of the reply</h3><dl class=\"kept-values\"><div><dt><code>hello</code></dt>\
                 <dd><code>there</code></dd></div></dl>";
    assert!(page.contains(reply), "{page}");
    assert!(page.contains("<h3>Values of the request</h3>"), "{page}");
    let page = opened(Setup::default());
    assert!(page.contains("Values are not kept."), "{page}");
    assert!(!page.contains("there</code>"), "{page}");
}

#[test]
fn a_world_beside_the_first_has_calls_pages_and_documents_of_its_own() {
    let server = start();
    let greeted = json(&server, "/_worlds/b/acme/greeting");
    assert_eq!(greeted, json!({"hello": "there"}));
    let count = |path: &str| json(&server, path)["exchanges"].as_array().map(Vec::len);
    assert_eq!(count("/_sandbox/exchanges"), Some(0));
    assert_eq!(count("/_worlds/b/_sandbox/exchanges"), Some(1));
    let url = |path: &str| json(&server, path)["servers"][0]["url"].clone();
    assert_eq!(url("/_sandbox/openapi/acme.json"), "/");
    assert_eq!(url("/_worlds/b/_sandbox/openapi/acme.json"), "/_worlds/b");
    let (status, page) = call(&server, "GET", "/_worlds/b/", "");
    let link = "href=\"/_worlds/b/?exchange=1\"";
    assert!(status == 200 && page.contains(link), "{page}");
    assert!(!page.contains("href=\"/_sandbox"), "{page}");
    // No site opens one by a name of its own.
    let from_elsewhere = "GET /_worlds/c/acme/greeting HTTP/1.1\r\nhost: site.example\r\n\
                          connection: close\r\n\r\n";
    assert_eq!(sent(&server, from_elsewhere).0, 403);
    let worlds = json(&server, "/_sandbox/worlds").to_string();
    assert!(
        worlds.contains("\"b\"") && !worlds.contains("\"c\""),
        "{worlds}"
    );
}

#[test]
fn a_stream_ends_with_the_last_item_that_was_asked_for() {
    let server = start();
    for _ in 0..3 {
        call(&server, "GET", "/acme/greeting", "");
    }
    for limit in [1, 2, 3] {
        let (status, events) = sent(
            &server,
            &format!(
                "GET /_sandbox/exchanges?after=0&limit={limit} HTTP/1.1\r\nhost: localhost\r\n\
                 accept: text/event-stream\r\n\r\n"
            ),
        );
        assert_eq!(status, 200, "{events}");
        let ids = events.lines().filter_map(|line| line.strip_prefix("id:"));
        let ids: Vec<_> = ids.map(str::trim).collect();
        assert_eq!(ids, ["1", "2", "3"][..limit], "{events}");
    }
}

#[test]
fn a_server_with_tls_answers_plain_http_and_nothing_else_in_the_clear() {
    let mut setup = Setup::default();
    setup.tls = Some(cards_sandbox_core::Tls::generated());
    let acme = Plugin::new(Acme, OPERATIONS, document);
    let server = setup.start_blocking([acme]).unwrap();
    let said = |sent: &[u8]| {
        let mut stream = TcpStream::connect(server.addr()).unwrap();
        stream.write_all(sent).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut reply = Vec::new();
        // It may be cut off.
        let _ = stream.read_to_end(&mut reply);
        String::from_utf8_lossy(&reply).into_owned()
    };
    let plain = said(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
    assert!(
        plain.starts_with("HTTP/1.1 400 ") && plain.contains("speaks https"),
        "{plain}"
    );
    for hello in [
        &b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00"[..],
        b"\x16",
        b"\x00GET",
    ] {
        let reply = said(hello);
        assert!(!reply.contains("HTTP"), "{reply}");
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
